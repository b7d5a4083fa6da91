"""外勤: one task, one thumb. Sign, set out, arrive, say what happened; each step carries the phone's own time."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.vault import operations as vault_operations
from jinzhong.vault import queries as vault
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.people import named, quiet, staff
from jinzhong.web.shared.request import Request, moment_in
from jinzhong.web.templatetags.show import wan

AHEAD = timedelta(minutes=10)
"""A phone's clock further ahead than this is not believed: the server's time stands."""
LOOKED_AT = (("calls", gettext_lazy("通话、短信")), ("chats", gettext_lazy("聊天记录")), ("apps", gettext_lazy("涉诈 App")), ("transfers", gettext_lazy("频繁大额转账")))  # fmt: skip
ASKED = (
    ("why", gettext_lazy("为何转")),
    ("whose", gettext_lazy("谁的户")),
    ("secret", gettext_lazy("谁让瞒")),
)
PROTECTED = (("account", gettext_lazy("请银行临时保护账户")),)
AT = "field/orders/<uuid:pk>"


@dataclass(frozen=True)
class Task:
    """One order as the officer who goes sees it."""

    order: Any
    person: vault.Shown | None
    story: str
    metres: int | None
    others: str

    @property
    def minutes(self) -> int | None:
        return None if self.metres is None else max(1, round(self.metres / orders.METRES_PER_MINUTE))

    @property
    def km(self) -> str:
        return "" if self.metres is None else f"{self.metres / 1000:.1f}"


@page("field", name="field", may="field.read", menu=(15, gettext_lazy("外勤")))
def field(request: Request) -> HttpResponse:
    """What I have to do now; nothing, and it says when that changes."""
    return render(request, "field/task.html", _shown(request))


@page("field/now", name="field-now", may="field.read")
def now_(request: Request) -> HttpResponse:
    """The task alone, for the page to refresh itself."""
    return render(request, "field/now.html", _shown(request))


@page("field/shell", name="field-shell", may="")
def shell(request: Request) -> HttpResponse:
    """The frame a phone opens without a network: nobody's data in it, it fetches what the phone itself has kept."""
    return render(request, "field/shell.html", {})


@page("field.js", name="field-worker", may="")
def worker(request: Request) -> HttpResponse:
    """The phone's own helper for times without a network; it must be served from above the pages it helps."""
    answer = render(request, "field/worker.js", {}, content_type="text/javascript")
    answer["Service-Worker-Allowed"] = "/field"
    answer["Cache-Control"] = "no-cache"
    return answer


@page(f"{AT}/sign", name="field-sign", may="order.act", methods=("POST",))
def sign(request: Request, pk: UUID) -> HttpResponse:
    """I take it; from here on the plain name and number are mine to see, which is logged."""
    return _step(request, pk, dispatch.sign, reveal=True)


@page(f"{AT}/depart", name="field-depart", may="order.act", methods=("POST",))
def depart(request: Request, pk: UUID) -> HttpResponse:
    return _step(request, pk, dispatch.depart)


@page(f"{AT}/arrive", name="field-arrive", may="order.act", methods=("POST",))
def arrive(request: Request, pk: UUID) -> HttpResponse:
    return _step(request, pk, dispatch.arrive)


@page(f"{AT}/close", name="field-close", may="order.act", methods=("POST",))
def close(request: Request, pk: UUID) -> HttpResponse:
    """What happened at the door."""
    said = request.POST
    try:
        amount = _amount(said.get("amount_protected", ""))
    except InvalidOperation:
        return _refused(request, [_("没转出去的钱要写数字，例如 50000")])
    report: dict[str, Any] = {
        "outcome": said.get("outcome", ""),
        "amount_protected": amount,
        "evidence": said.get("evidence", "") if amount else "",
        "met_by": said.getlist("met_by"),
        "checks": said.getlist("checks"),
        "note": said.get("note", "").strip()[:1000],
    }
    return _step(request, pk, dispatch.close, **report)


@page(f"{AT}/reveal", name="field-reveal", may="person.reveal", methods=("POST",))
def reveal(request: Request, pk: UUID) -> HttpResponse:
    """The plain number once more, for ten minutes."""
    order = orders.mine(request.user).filter(pk=pk).exclude(state="closed").first()
    if order is None or order.warning.person is None:
        return missing(request)

    def do() -> str:
        _show_plain(order, request.user.username, clock.now())
        return reverse("field")

    return _go(request, once(request, do))


# -- doing ----------------------------------------------------------------------------------------------


def _step(
    request: Request, pk: UUID, operation: Callable[..., Any], *, reveal: bool = False, **report: Any
) -> HttpResponse:
    order = orders.order(pk, viewer=request.user)
    if order is None or not orders.concerns(order, request.user):
        return missing(request)
    now = clock.now()
    happened_at = their_time(request.POST.get("at", ""), now)

    def do() -> str:
        operation(order=order, by=request.user, happened_at=happened_at, now=now, **report)
        if reveal and order.warning.person is not None:
            _show_plain(order, request.user.username, now)
        return reverse("field")

    try:
        return _go(request, once(request, do))
    except dispatch.WrongClosing as wrong:
        return _refused(request, [message for _field, message in wrong.errors])
    except dispatch.AlreadyClosed as closed:
        return _refused(request, [_both_sides(closed.order, report)], status=409)
    except dispatch.NotTheirOrder:
        said = _("这一单已转给 %(who)s，您这一步没有记入；要补充请打值班台") % {"who": _who_has(order)}
        return _refused(request, [said], status=409)


def _both_sides(order: Any, report: dict[str, Any]) -> str:
    """What the order says already beside what this phone wanted to say; a person decides, nothing is overwritten."""
    theirs = _in_words(order.outcome, order.amount_protected)
    if not report:
        return _("这一单已经反馈：%(theirs)s。您这一步没有记入") % {"theirs": theirs}
    yours = _in_words(report["outcome"], report["amount_protected"])
    said = _("这一单已经反馈：%(theirs)s。您填的是：%(yours)s，没有覆盖它；要改请打值班台")
    return said % {"theirs": theirs, "yours": yours}


def _in_words(outcome: str, amount: Decimal | None) -> str:
    word = str(dict(orders.outcomes()).get(outcome, "—"))
    return " ".join(filter(None, (word, wan(amount) if amount else "")))


def _who_has(order: Any) -> str:
    going = order.assignments.filter(released_at=None).select_related("account")
    return _("、").join(staff(one.account) for one in going) or _("别人")


def _show_plain(order: Any, username: str, now: datetime) -> None:
    vault_operations.reveal(
        subject=order.warning.person, by=username, purpose="visit", at=now, town=order.warning.town_id or ""
    )


def _refused(request: Request, faults: list[str], *, status: int = 422) -> HttpResponse:
    """Nothing was recorded; the phone keeps what was typed."""
    if request.headers.get("X-Phone"):
        return HttpResponse(
            _("；").join(map(str, faults)), status=status, content_type="text/plain; charset=utf-8"
        )
    for fault in faults:
        messages.error(request, fault)
    return HttpResponseRedirect(reverse("field"))


def _go(request: Request, answer: HttpResponse) -> HttpResponse:
    """The phone's script asks for no page after a step: it shows the next one itself."""
    return HttpResponse(status=204) if request.headers.get("X-Phone") else answer


def their_time(text: str, now: datetime) -> datetime:
    """When the phone says it happened: never later than now, never from a clock that runs ahead."""
    moment = moment_in(text)
    if moment is None or moment.tzinfo is None or moment > now + AHEAD:
        return now
    return min(moment.astimezone(clock.ZONE), now)


def _amount(text: str) -> Decimal | None:
    plain = text.replace(",", "").replace("，", "").strip()
    if not plain:
        return None
    amount = Decimal(plain)
    if not amount.is_finite() or abs(amount) >= Decimal("1e10"):
        raise InvalidOperation
    return amount.quantize(Decimal("0.01"))


# -- showing --------------------------------------------------------------------------------------------


def _shown(request: Request) -> dict[str, Any]:
    now = clock.now()
    mine = orders.mine(request.user)
    waiting = list(
        mine.exclude(state="closed").prefetch_related("assignments__account").order_by("sent_at", "pk")
    )
    chosen = next(
        (one for one in waiting if str(one.pk) == request.GET.get("order")), waiting[0] if waiting else None
    )
    done = list(
        mine.filter(state="closed", closed_at__gte=now - timedelta(hours=12)).order_by("-closed_at")[:8]
    )
    people = vault.shown_many([one.warning.person for one in done if one.warning.person])
    return {
        "now": now,
        "task": _task(chosen, request, now) if chosen else None,
        "waiting": waiting,
        "done": [(one, people.get(one.warning.person_id) if one.warning.person_id else None) for one in done],
        "looked_at": LOOKED_AT,
        "asked": ASKED,
        "protected": PROTECTED,
        "outcomes": orders.door_outcomes(),
        "evidence": orders.evidence_words(),
        "errors": list(messages.get_messages(request)),
    }


def _task(order: Any, request: Request, now: datetime) -> Task:
    person = vault.shown(order.warning.person, to=request.user.username, now=now)
    asked = [one for one in order.assignments.all() if one.released_at is None]
    own = next((one for one in asked if one.account_id == request.user.pk), None)
    others = [
        staff(one.account) + (_("，") + _("已签收") if one.signed_at else "")
        for one in asked
        if one is not own
    ]
    return Task(
        order,
        person,
        quiet(order.warning.story, named([order.warning])[order.warning_id]),
        own.metres if own else None,
        _("、").join(others),
    )
