"""督导: the papers and what each unit has against it; a new paper; one paper with its reply and review."""

from collections.abc import Callable
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.district.permissions import may
from jinzhong.review import checks, inspection, operations, queries
from jinzhong.review.inspection import Account, Ground, Paper, Unit
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request, needed_day
from jinzhong_engine.ladders.town_listing import after_working_days

STATES = {
    "": gettext_lazy("全部"),
    "overdue": gettext_lazy("逾期"),
    "waiting": gettext_lazy("待回复"),
    "answered": gettext_lazy("待复核"),
    "closed": gettext_lazy("已办结"),
}
SHOWN_CHECKS = 20


def to_do(viewer: Account) -> int:
    """What waits for the viewer: of a unit its open papers, of who reviews those that were answered."""
    wanted = "answered" if may(viewer, "paper.review") else "waiting"
    return sum(
        inspection.state(one) == wanted for one in inspection.papers(viewer=viewer).filter(closed_at=None)
    )


@page("inspection", name="inspection", may="paper.read", menu=(47, gettext_lazy("督导")), count=to_do)
def overview(request: Request) -> HttpResponse:
    """The papers, newest first, and by unit what it has against it."""
    today = clock.now().date()
    found = list(inspection.papers(viewer=request.user))
    chosen = request.GET.get("state", "")
    chosen = chosen if chosen in STATES else ""
    rows = [_row(one, today) for one in found]
    shown = {
        "rows": [one for one in rows if chosen in ("", one["state"]) or (chosen == "overdue" and one["late"])],
        "any": bool(found),
        "tallies": inspection.tallies(found, today),
        "reviewed": set(queries.reviewed(viewer=request.user)),
        "states": [(code, word, code == chosen) for code, word in STATES.items()],
        "may_issue": may(request.user, "paper.issue"),
        "may_check": may(request.user, "check.record"),
        "checks": _checks(request),
    }  # fmt: skip
    return render(request, "desk/inspection.html", shown)


def _row(one: Paper, today: date) -> dict[str, Any]:
    state = inspection.state(one)
    return {"one": one, "state": state, "word": STATES[state], "late": inspection.days_late(one, today)}


def _checks(request: Request) -> list[tuple[Any, str, str]]:
    """The last site checks, what was found, and the form of a paper that rests on it."""
    issues = may(request.user, "paper.issue")
    return [
        (
            one,
            checks.findings(one),
            _paper_on(one) if issues and one.receiver and checks.findings(one) else "",
        )
        for one in checks.visible(request.user)[:SHOWN_CHECKS]
    ]


def _paper_on(one: Any) -> str:
    """The form of a paper that rests on what was found."""
    said = {"to": one.receiver.code, "kind": "letter", "ground": f"check:{one.pk}"}
    return f"{reverse('inspection-new')}?{urlencode(said)}"


@page("inspection/checks/<uuid:pk>", name="inspection-check", may="paper.read")
def site_check(request: Request, pk: UUID) -> HttpResponse:
    """What was seen at a place."""
    one = checks.check(pk, viewer=request.user)
    if one is None:
        return missing(request)
    issues = may(request.user, "paper.issue") and one.receiver and checks.findings(one)
    shown = {
        "one": one,
        "items": checks.told(one),
        "photos": range(1, one.photos.count() + 1),
        "paper": _paper_on(one) if issues else "",
    }
    return render(request, "desk/inspection/check.html", shown)


@page("inspection/checks/<uuid:pk>/photos/<int:number>", name="inspection-photo", may="paper.read")
def photo(request: Request, pk: UUID, number: int) -> HttpResponse:
    one = checks.check(pk, viewer=request.user)
    drawn = checks.photo(one, number) if one else None
    if drawn is None:
        return missing(request)
    return HttpResponse(drawn, content_type="image/jpeg")


# -- a new paper ----------------------------------------------------------------------------------------


@page("inspection/new", name="inspection-new", may="paper.issue", methods=("GET", "POST"))
def new(request: Request) -> HttpResponse:
    """First to whom; then on what grounds, what is demanded, by when."""
    if request.method != "POST":
        return _compose(request, request.GET.get("to", ""))
    receiver = _receiver(request.POST.get("to", ""))
    if receiver is None:
        return missing(request)
    made: list[Paper] = []

    def done() -> str:
        made.append(_issue(request, receiver))
        return reverse("inspection-paper", args=[made[0].pk])

    try:
        return once(request, done)
    except operations.Unfit as problem:
        return _compose(request, receiver.code, error=str(problem))


def _issue(request: Request, receiver: Unit) -> Paper:
    said, now = request.POST, clock.now()
    offered = inspection.written_grounds(receiver, viewer=request.user, now=now)
    chosen = [one for one in offered if _key(one) in said.getlist("ground")]
    return operations.issue_paper(
        kind=said.get("kind", ""),
        receiver=receiver,
        basis=[*chosen, Ground(operations.SITE, "", said.get("site", ""))],
        facts=said.get("facts", ""),
        demand=said.get("demand", ""),
        due_on=_due(said.get("due", "")),
        by=request.user,
        now=now,
    )


def _key(one: Ground) -> str:
    return f"{one.kind}:{one.key}"


def _due(text: str) -> date:
    return needed_day(text, operations.Unfit(_("期限写成 2021-06-10 这样的日期")))


def _receiver(code: str) -> Unit | None:
    return next((one for one in inspection.receivers() if one.code == code), None)


def _compose(request: Request, code: str, error: str = "") -> HttpResponse:
    now, said, receiver = clock.now(), request.POST, _receiver(code)
    kind = said.get("kind") or request.GET.get("kind", "")
    kind = kind if kind in inspection.WORKING_DAYS else "letter"
    offered = inspection.grounds(receiver, viewer=request.user, now=now) if receiver else []
    ticked = set(said.getlist("ground") or request.GET.getlist("ground"))
    shown = {
        "receiver": receiver,
        "receivers": inspection.receivers(),
        "kinds": [(code, word, inspection.WORKING_DAYS[code]) for code, word in inspection.paper_kinds()],
        "kind": kind,
        "grounds": [(_key(one), one.words, _key(one) in ticked) for one in offered],
        "said": said,
        "due": said.get("due") or after_working_days(now.date(), inspection.WORKING_DAYS[kind]).isoformat(),
        "error": error,
    }
    return render(request, "desk/inspection/new.html", shown, status=422 if error else 200)


# -- one paper ------------------------------------------------------------------------------------------


@page("inspection/<uuid:pk>", name="inspection-paper", may="paper.read")
def paper(request: Request, pk: UUID) -> HttpResponse:
    one = inspection.paper(pk, viewer=request.user)
    return _paper(request, one) if one else missing(request)


@page("inspection/<uuid:pk>/answer", name="inspection-answer", may="paper.answer", methods=("POST",))
def answer(request: Request, pk: UUID) -> HttpResponse:
    """The unit's reply, with what shows that it was done."""

    def act(one: Paper) -> object:
        said = request.POST
        return operations.answer_paper(
            paper=one, text=said.get("text", ""), evidence=said.get("evidence", ""), by=request.user, now=clock.now()
        )  # fmt: skip

    return _act(request, pk, act)


@page("inspection/<uuid:pk>/extend", name="inspection-extend", may="paper.answer", methods=("POST",))
def extend(request: Request, pk: UUID) -> HttpResponse:
    """Ask for more time, once."""

    def act(one: Paper) -> object:
        until, text = _due(request.POST.get("until", "")), request.POST.get("text", "")
        return operations.ask_extension(paper=one, until=until, text=text, by=request.user, now=clock.now())

    return _act(request, pk, act)


@page("inspection/<uuid:pk>/extension", name="inspection-extension", may="paper.review", methods=("POST",))
def extension(request: Request, pk: UUID) -> HttpResponse:
    """Give the time that was asked for, or don't."""

    def act(one: Paper) -> object:
        granted, text = request.POST.get("answer") == "grant", request.POST.get("text", "")
        return operations.answer_extension(
            paper=one, granted=granted, text=text, by=request.user, now=clock.now()
        )

    return _act(request, pk, act)


@page("inspection/<uuid:pk>/review", name="inspection-review", may="paper.review", methods=("POST",))
def review(request: Request, pk: UUID) -> HttpResponse:
    """Done, or sent back with a new day; by neither who issued it nor who answered."""

    def act(one: Paper) -> object:
        said, now = request.POST, clock.now()
        if said.get("verdict") == "reopen":
            return operations.reopen_paper(
                paper=one, text=said.get("text", ""), due_on=_due(said.get("due", "")), by=request.user, now=now
            )  # fmt: skip
        return operations.close_paper(paper=one, text=said.get("text", ""), by=request.user, now=now)

    return _act(request, pk, act)


def _act(request: Request, pk: UUID, act: Callable[[Paper], object]) -> HttpResponse:
    one = inspection.paper(pk, viewer=request.user)
    if one is None:
        return missing(request)

    def done() -> str:
        act(one)
        return reverse("inspection-paper", args=[one.pk])

    try:
        return once(request, done)
    except operations.Unfit as problem:
        return _paper(request, one, error=str(problem))


def _paper(request: Request, one: Paper, error: str = "") -> HttpResponse:
    now, state = clock.now(), inspection.state(one)
    asked, reply = inspection.asked_extension(one), inspection.last_reply(one)
    answers, reviews = may(request.user, "paper.answer"), may(request.user, "paper.review")
    late = inspection.days_late(one, now.date())
    shown = {
        "one": one,
        "state": state,
        "word": STATES[state],
        "late": late,
        "grounds": [(words, _address(kind, key)) for kind, key, words in one.basis],
        "steps": one.steps.all(),
        "asked": asked,
        "may_answer": answers and (state == "waiting" or (state == "answered" and not reviews)),
        "may_extend": answers and state == "waiting" and not late and not asked and not inspection.was_extended(one),
        "may_grant": reviews and asked is not None and asked.by != request.user.username,
        "may_review": reviews and reply is not None and state == "answered" and request.user.username not in (one.issued_by, reply.by),
        "waits_for_another": reviews and state == "answered",
        "next": _next(one) if may(request.user, "paper.issue") and state != "closed" and (late or one.reopened) else "",
        "next_word": dict(inspection.paper_kinds())[inspection.NEXT[one.kind]],
        "tomorrow": after_working_days(now.date(), 1),
        "said": request.POST,
        "error": error,
    }  # fmt: skip
    return render(request, "desk/inspection/paper.html", shown, status=422 if error else 200)


def _next(one: Paper) -> str:
    """The form of the paper that follows (提级), with this one as its ground."""
    said = {"to": one.receiver.code, "kind": inspection.NEXT[one.kind], "ground": f"paper:{one.pk}"}
    return f"{reverse('inspection-new')}?{urlencode(said)}"


def _address(kind: str, key: str) -> str:
    """Where a ground can be looked at; what is told alone is nowhere but here."""
    if kind == "alarm":
        week, _slash, town = key.partition("/")
        return f"{reverse('situation-alarms')}?{urlencode({'week': week, 'town': town})}#town"
    if kind == "listing":
        month, _slash, town = key.partition("/")
        return f"{reverse('listing')}?{urlencode({'month': month})}#t-{town}"
    pages = {"paper": "inspection-paper", "check": "inspection-check"}
    return reverse(pages[kind], args=[key]) if kind in pages else ""
