"""三色挂牌: the list of a month, why, what is owed by when, and how a town comes off it."""

from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from jinzhong import clock
from jinzhong.district.permissions import Role, may
from jinzhong.review import index, operations, queries
from jinzhong.situation import queries as situation
from jinzhong.situation.periods import YEARS, Period, add_months
from jinzhong.web.shared.files import TABLES, attached
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request, needed_day
from jinzhong_engine.ladders import town_listing as ladder

MAY = {
    "publish": "listing.publish",
    "answer": "listing.answer",
    "accept": "listing.accept",
    "lift": "listing.lift",
    "export": "index.export",
}

SHORT = {
    "red": pgettext_lazy("牌，一个字", "红"),
    "yellow": pgettext_lazy("牌，一个字", "黄"),
    "green": pgettext_lazy("牌，一个字", "绿"),
}
"""One letter in every language: twelve of them stand beside one another on a phone."""


@page("review", name="listing", may="listing.read", menu=(45, gettext_lazy("挂牌")))
def listing(request: Request) -> HttpResponse:
    """A month's list as published; before that, the office sees what would be in it."""
    return _listing(request, month_asked(request.GET.get("month", "")))


@page("review/publish", name="listing-publish", may="listing.publish", methods=("POST",))
def publish(request: Request) -> HttpResponse:
    month = month_asked(request.POST.get("month", ""))
    return _act(request, month, lambda: operations.publish(month=month, by=request.user, now=clock.now()))


@page("review/index", name="listing-index", may="index.export", methods=("POST",))
def give_index(request: Request) -> HttpResponse:
    """The performance index of a month that is over as a file for 平安考核; who took it goes into the event log."""
    month, ending = month_asked(request.POST.get("month", "")), request.POST.get("ending", "")
    if ending not in TABLES:
        return _listing(request, month, error=_("没有导出：选 CSV 或 XLSX"))
    out, now, period = BytesIO(), clock.now(), Period(month, add_months(month, 1))
    units, formulas = index.of(period, as_of=now)
    index.give(
        out, ending=ending, period=period, units=units, formulas=formulas, by=request.user.get_username(), now=now
    )  # fmt: skip
    name = _("绩效指数%(month)s%(ending)s") % {"month": f"{month:%Y-%m}", "ending": ending}
    return attached(out.getvalue(), name, TABLES[ending])


@page("review/obligations/<uuid:pk>/do", name="listing-do", may="listing.answer", methods=("POST",))
def do(request: Request, pk: UUID) -> HttpResponse:
    """Hand in the plan or the report, or say how it was done."""
    text = request.POST.get("text", "")
    return _on(
        request, pk, lambda one: operations.do(obligation=one, text=text, by=request.user, now=clock.now())
    )


@page("review/obligations/<uuid:pk>/accept", name="listing-accept", may="listing.accept", methods=("POST",))
def accept(request: Request, pk: UUID) -> HttpResponse:
    return _on(request, pk, lambda one: operations.accept(obligation=one, by=request.user, now=clock.now()))


@page("review/obligations/<uuid:pk>/back", name="listing-back", may="listing.accept", methods=("POST",))
def send_back(request: Request, pk: UUID) -> HttpResponse:
    """What was handed in won't do: why, and by when again."""
    said = request.POST

    def act(one: queries.Obligation) -> object:
        due_on = _due(said.get("due", ""))
        return operations.send_back(
            obligation=one, why=said.get("why", ""), due_on=due_on, by=request.user, now=clock.now()
        )

    return _on(request, pk, act)


def _due(text: str) -> date:
    return needed_day(text, operations.Unfit(_("期限写成 2021-06-10 这样的日期")))


@page("review/standings/<uuid:pk>/lift", name="listing-lift", may="listing.lift", methods=("POST",))
def lift(request: Request, pk: UUID) -> HttpResponse:
    """Propose to lift."""
    one = queries.standing(str(pk), viewer=request.user)
    if one is None:
        return missing(request)

    def act() -> queries.Lifting:
        return operations.propose_lifting(standing=one, by=request.user, now=clock.now())

    return _act(request, one.listing.month, act)


@page("review/liftings/<uuid:pk>", name="listing-lifting", may="listing.lift", methods=("POST",))
def lifting(request: Request, pk: UUID) -> HttpResponse:
    """Approve a proposal, by another than who made it; or decline it."""
    one = queries.lifting(str(pk), viewer=request.user)
    if one is None:
        return missing(request)
    do = operations.approve_lifting if request.POST.get("answer") == "approve" else operations.decline_lifting
    return _act(
        request, one.standing.listing.month, lambda: do(lifting=one, by=request.user, now=clock.now())
    )


def _on(request: Request, pk: UUID, act: Any) -> HttpResponse:
    one = queries.obligation(str(pk), viewer=request.user)
    if one is None:
        return missing(request)
    return _act(request, one.standing.listing.month, lambda: act(one))


def _act(request: Request, month: date, act: Any) -> HttpResponse:
    def done() -> str:
        act()
        return f"{reverse('listing')}?month={month:%Y-%m}"

    try:
        return once(request, done)
    except operations.Unfit as problem:
        return _listing(request, month, error=str(problem))


def month_asked(text: str) -> date:
    """The month asked for, at most the last one that is over; words that name none are left out."""
    newest = queries.last_over(clock.now())
    try:
        month = date.fromisoformat(f"{text}-01")
    except ValueError:
        return newest
    return month if month.year in YEARS and month <= newest else newest


# -- showing --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Owed:
    """An obligation as it stands for this viewer. ``days_late``: until it was done, or until today."""

    one: queries.Obligation
    days_late: int
    may_do: bool
    may_accept: bool
    waits_for_another: bool


@dataclass(frozen=True)
class Line:
    """A town of the list. ``now``: how it is listed today, None where it is off the list; only where that is by this
    list, ``prospect`` says what would lower it. ``lifted``: where the colour printed holds no longer. ``waiting``: a lifting that another person has to approve."""

    one: queries.Standing
    now: queries.Listed | None
    lifted: queries.Lifted | None
    rate: float
    owed: list[Owed]
    prospect: queries.Prospect | None
    waiting: queries.Lifting | None
    may_propose: bool
    may_approve: bool
    may_decline: bool


@dataclass(frozen=True)
class Month:
    """A town's month in the table of the year. ``one`` None: not published."""

    month: date
    one: queries.Standing | None
    word: str
    lifted: queries.Lifted | None


def _year(request: Request, until: date) -> dict[str, Any]:
    """Towns down, the twelve months up to the last one that is over across; empty where nothing was published."""
    months = [add_months(until, -back) for back in range(11, -1, -1)]
    by_town = queries.year(until, viewer=request.user)
    lifted = queries.lifted()
    towns = [one for one in situation.visible_towns(request.user) if any(by_town.values())]

    def cell(own: dict[date, queries.Standing], month: date) -> Month:
        one = own.get(month)
        word = str(SHORT[one.colour]) if one else ""
        return Month(month, one, word, lifted.get((one.town_id, month)) if one else None)

    return {
        "months": months,
        "towns": [(one, [cell(by_town[one.pk], each) for each in months]) for one in towns],
    }


def _listing(request: Request, month: date, error: str = "") -> HttpResponse:
    now, known = clock.now(), queries.listing(month)
    newest = queries.last_over(now)
    allowed = {word: may(request.user, action) for word, action in MAY.items()}
    listed = {one.standing.town_id: one for one in queries.listed(viewer=request.user)}
    lifted = queries.lifted()
    lines = [
        _line(request, one, (listed.get(one.town_id), lifted.get((one.town_id, month))), allowed, now)
        for one in queries.standings(month, viewer=request.user)
    ]
    is_past = queries.is_past(month)
    shown = {
        "month": month,
        "known": known,
        "rate": known.cases / known.residents * queries.PER if known else None,
        "listed": [one for one in lines if one.one.colour != "green"],
        "green": [one for one in lines if one.one.colour == "green"],
        "is_past": is_past,
        "draft": _draft(month, now) if known is None and allowed["publish"] and not is_past else None,
        "year": _year(request, newest),
        "earlier_listed": [one for one in listed.values() if one.standing.listing.month < month],
        "tomorrow": ladder.after_working_days(now.date(), 1),
        "may": allowed,
        "now": now,
        "error": error,
        "earlier": add_months(month, -1),
        "later": add_months(month, 1) if month < newest else None,
    }
    return render(request, "desk/listing.html", shown, status=422 if error else 200)


def _line(
    request: Request,
    one: queries.Standing,
    place: tuple[queries.Listed | None, queries.Lifted | None],
    allowed: dict[str, bool],
    now: datetime,
) -> Line:
    listed, lifted = place
    prospect = queries.prospect(listed) if listed and listed.standing == one else None
    waiting = queries.waiting(one) if prospect else None
    lifts = allowed["lift"] and bool(prospect)
    holds = bool(prospect and prospect.to)
    return Line(
        one=one,
        now=listed,
        lifted=lifted,
        rate=one.cases / one.residents * queries.PER,
        owed=[_owed(request, each, allowed, now) for each in one.obligations.all()],
        prospect=prospect,
        waiting=waiting,
        may_propose=lifts and holds and waiting is None,
        may_approve=lifts and holds and bool(waiting and waiting.proposed_by != request.user.username),
        may_decline=lifts and waiting is not None,
    )


def _owed(request: Request, one: queries.Obligation, allowed: dict[str, bool], now: datetime) -> Owed:
    is_theirs = request.user.role != Role.TOWN or one.kind in queries.ACCEPTED
    until = (one.done_at or now).astimezone(clock.ZONE).date()
    waits = one.kind in queries.ACCEPTED and one.done_at is not None and one.accepted_at is None
    return Owed(
        one=one,
        days_late=max(0, (until - one.due_on).days) if one.due_on else 0,
        may_do=allowed["answer"] and is_theirs and one.done_at is None,
        may_accept=allowed["accept"] and waits and one.done_by != request.user.username,
        waits_for_another=waits,
    )


def _draft(month: date, now: datetime) -> Any:
    """What the list would be if it were published now; None where the cases of the month are missing."""
    from jinzhong_engine.surveillance.counts import BadCounts

    try:
        found = queries.computed(month, as_of=now)
    except BadCounts:
        return None
    names = queries.town_names()
    return [
        {
            "town": names[one.area],
            "colour": one.colour,
            "star": one.star,
            "cases": one.cases,
            "reasons": one.reasons,
        }
        for one in sorted(found.lines, key=lambda one: -queries.COLOURS.index(one.colour))
    ]
