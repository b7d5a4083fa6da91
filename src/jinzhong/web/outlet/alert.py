"""网点前哨: one key, what the teller saw, and what became of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock, flow
from jinzhong.dispatch import queries as orders
from jinzhong.district.permissions import may, require
from jinzhong.ids import new_id
from jinzhong.intake import queries as intake
from jinzhong.intake.sources.bank_alert import parse as bank_alert
from jinzhong.intake.sources.base import AlertFields, Refused
from jinzhong.vault import queries as vault
from jinzhong.warning import queries as warnings
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.people import staff
from jinzhong.web.shared.request import Request

PROMPT_AT, PROMPT_SOONER = 50_000, 20_000
"""Yuan from which the page suggests to look twice; the lower one for the elderly and for a deposit broken early."""
ELDERLY_FROM = 60
STAYS_IN_SIGHT = timedelta(minutes=30)
EARLIER = 8
TYPED = ("amount", "payee_account", "payee_name", "customer_phone", "customer_name", "customer_age", "story")


@dataclass(frozen=True)
class Mine:
    """One alert of this outlet and what became of it."""

    alert: Any
    person: vault.Shown | None
    warning: Any
    order: Any
    officers: str

    @property
    def seconds_to_door(self) -> float | None:
        if not (self.order and self.order.arrived_at):
            return None
        return (self.order.arrived_at - self.alert.received_at).total_seconds()

    def is_in_sight(self, now: datetime) -> bool:
        """Still going on, or just ended."""
        if self.order is None:
            return bool(self.warning.state == "open")
        return self.order.closed_at is None or now - self.order.closed_at < STAYS_IN_SIGHT


@page("outlet", name="outlet", may="outlet.read", menu=(5, gettext_lazy("前哨")))
def outlet(request: Request) -> HttpResponse:
    """The key, ready to be pressed; for the head of a bank, what its outlets raised."""
    return render(request, "outlet/alert.html", _shown(request))


@page("outlet/mine", name="outlet-mine", may="outlet.read")
def mine(request: Request) -> HttpResponse:
    """What became of mine, for the page to refresh itself."""
    return render(request, "outlet/mine.html", _mine(request))


@page("outlet/raise", name="outlet-raise", may="alert.raise", methods=("POST",))
def press(request: Request) -> HttpResponse:
    """The key was pressed. What can't be read is told and asked again; the alert goes out all the same."""
    given, now = _given(request), clock.now()
    fields, faults = _readable(given)
    alert_id = _uuid(request.POST.get("alert", "")) or new_id()

    def do() -> str:
        raised = flow.raise_alert(
            source="bank_alert",
            fields=fields,
            raw=given,
            by=request.user,
            sent_at=now,
            now=now,
            alert_id=alert_id,
        )
        return reverse("outlet-alert", args=[raised.alert.pk])

    answer = once(request, do)
    _tell(request, faults)
    return _go(request, answer)


@page("outlet/alerts/<uuid:pk>", name="outlet-alert", may="outlet.read", methods=("GET", "POST"))
def more(request: Request, pk: UUID) -> HttpResponse:
    """The alert that was raised, and what the teller still wants to add."""
    alert = intake.alert(pk, viewer=request.user)
    if alert is None:
        return missing(request)
    if request.method == "GET":
        return render(request, "outlet/alert.html", _shown(request, alert))
    require(request.user, "alert.raise")
    given, now = _given(request), clock.now()
    fields, faults = _readable(given)

    def do() -> str:
        flow.amend_alert(alert=alert, fields=fields, raw=given, by=request.user, sent_at=now, now=now)
        return reverse("outlet-alert", args=[pk])

    answer = once(request, do)
    _tell(request, faults or [("", _("已补充，民警那边同时看到"))])
    return _go(request, answer)


def _go(request: Request, answer: HttpResponse) -> HttpResponse:
    """The page's script opens the next page itself: a redirect it followed would use up what there is to tell."""
    if not request.headers.get("X-Script") or answer.status_code != 302:
        return answer
    return HttpResponse(status=204, headers={"X-Next": answer["Location"]})


# -- reading the form -----------------------------------------------------------------------------------


def _given(request: Request) -> dict[str, Any]:
    """What the form says; empty fields say nothing."""
    said: dict[str, Any] = {name: text for name in TYPED if (text := request.POST.get(name, "").strip())}
    signs = [one for one in request.POST.getlist("signs") if one in bank_alert.SIGNS]
    answers = {
        name: request.POST[f"q_{name}"] == "yes"
        for name in bank_alert.QUESTIONS
        if request.POST.get(f"q_{name}") in ("yes", "no")
    }
    return said | ({"signs": signs} if signs else {}) | ({"answers": answers} if answers else {})


def _readable(given: dict[str, Any]) -> tuple[AlertFields, list[tuple[str, str]]]:
    """The fields that can be read, and what is wrong with the others (taken out of ``given``)."""
    try:
        return bank_alert.parse(given), []
    except Refused as refusal:
        for name, _message in refusal.errors:
            given.pop(name, None)
        return bank_alert.parse(given), refusal.errors


def _tell(request: Request, faults: list[tuple[str, str]]) -> None:
    words = {
        "amount": _("金额"),
        "payee_account": _("收款账户"),
        "customer_phone": _("客户手机"),
        "customer_name": _("客户姓名"),
        "customer_age": _("客户年龄"),
        "story": _("情况"),
    }
    for name, message in faults:
        said = _("%(field)s没有记下：%(message)s。请补上") % {
            "field": words.get(name, name),
            "message": message,
        }
        messages.info(request, said if name else message)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# -- showing --------------------------------------------------------------------------------------------


def _shown(request: Request, alert: Any = None) -> dict[str, Any]:
    now = clock.now()
    on = set(alert.signs) if alert else set()
    answers = alert.answers if alert else {}
    return {
        "now": now,
        "alert": alert,
        "fresh": new_id(),
        "may_raise": may(request.user, "alert.raise"),
        "signs": [(code, word, code in on) for code, word in bank_alert.SIGNS.items()],
        "asks": [(code, *words, answers.get(code)) for code, words in bank_alert.QUESTIONS.items()],
        "prompt_at": PROMPT_AT,
        "prompt_sooner": PROMPT_SOONER,
        "elderly_from": ELDERLY_FROM,
        "unit": request.user.unit,
        **_mine(request),
        "others": _others(request, now),
    }


def _mine(request: Request) -> dict[str, Any]:
    now = clock.now()
    found = list(intake.alerts(viewer=request.user).order_by("-received_at", "-pk")[: EARLIER * 2])
    told = _told(found)
    return {
        "now": now,
        "current": [one for one in told if one.is_in_sight(now)][:3],
        "earlier": [one for one in told if not one.is_in_sight(now)][:EARLIER],
    }


def _told(alerts: list[Any]) -> list[Mine]:
    belongs = warnings.warnings_of(alerts)
    newest = orders.newest_orders(list(belongs.values()))
    people = vault.shown_many([one.person for one in alerts if one.person])
    return [
        Mine(
            one,
            people.get(one.person_id),
            belongs[one.pk],
            order := newest.get(belongs[one.pk].pk),
            _going(order),
        )
        for one in alerts
        if one.pk in belongs
    ]


def _going(order: Any) -> str:
    if order is None:
        return ""
    return _("、").join(staff(one.account) for one in order.assignments.all() if one.released_at is None)


def _others(request: Request, now: datetime) -> list[Any]:
    """Alerts of all outlets in the last 24 hours, without the person."""
    return intake.seen_by_all_outlets(viewer=request.user, now=now)[:12]
