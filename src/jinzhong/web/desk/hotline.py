"""热线: what a seat writes down while somebody calls, and the calls of today."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock, flow
from jinzhong.district import queries as district
from jinzhong.intake import queries as intake
from jinzhong.intake.sources.base import Refused
from jinzhong.intake.sources.hotline_call.parse import FIELDS, SIGNS, parse
from jinzhong.vault import queries as vault
from jinzhong.warning import queries as warnings
from jinzhong.web.desk.hints import ALWAYS, HINTS
from jinzhong.web.desk.people import bar
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.people import quiet
from jinzhong.web.shared.request import Request

CALLERS = (("hotline_call", gettext_lazy("本人")), ("family_call", gettext_lazy("家属或旁人")))
SHOWN_CALLS = 30


@page(
    "desk/hotline", name="hotline", may="call.take", methods=("GET", "POST"), menu=(20, gettext_lazy("热线"))
)
def hotline(request: Request) -> HttpResponse:
    """The form; sent, it becomes a warning and, where that is grave, officers go at once."""
    if request.method != "POST":
        return _shown(request, {}, {})
    given = _given(request)
    try:
        return once(request, lambda: _take(request, given))
    except Refused as problem:
        return _shown(
            request, given, dict(reversed(problem.errors)), status=422
        )  # the first fault of a field stands


def _given(request: Request) -> dict[str, Any]:
    """What was written, empty fields left out."""
    said: dict[str, Any] = {name: request.POST.get(name, "").strip() for name in FIELDS - {"signs"}}
    said["signs"] = [sign for sign in request.POST.getlist("signs") if sign in SIGNS]
    return {name: value for name, value in said.items() if value}


def _take(request: Request, given: dict[str, Any]) -> str:
    now, source = clock.now(), request.POST.get("caller", "")
    raised = flow.raise_alert(
        source=source if source in dict(CALLERS) else CALLERS[0][0],
        fields=parse(given, towns={one.code for one in district.towns()}),
        raw=given,
        by=request.user,
        sent_at=now,
        now=now,
    )
    said = {"number": raised.warning.number, "grade": warnings.grade_word(raised.warning.grade)}
    sent = _("%(number)s %(grade)s，已派人") if raised.order else _("%(number)s %(grade)s，在队列里等办")
    messages.success(request, sent % said)
    return reverse("desk-warning", args=[raised.warning.pk])


def _shown(
    request: Request, given: dict[str, Any], errors: dict[str, str], status: int = 200
) -> HttpResponse:
    now = clock.now()
    shown = {
        "given": given,
        "errors": errors,
        "caller": request.POST.get("caller", CALLERS[0][0]),
        "callers": CALLERS,
        "signs": list(_signs_by_grade()),
        "hints": HINTS,
        "always": ALWAYS,
        "towns": district.towns(),
        "calls": _calls(request.user, now),
        "bar": bar(now),
    }
    return render(request, "desk/hotline.html", shown, status=status)


def _signs_by_grade() -> Iterator[tuple[str, list[tuple[str, Any]]]]:
    """(grade, its signs), gravest first: what ticking one of them means is read from the ladder."""
    graded = [(warnings.grade_of_sign(sign), sign, word) for sign, word in SIGNS.items()]
    for grade, _word in warnings.grades():
        signs = [(sign, word) for found, sign, word in graded if found == grade]
        if signs:
            yield grade, signs


def _calls(viewer: Any, now: datetime) -> list[dict[str, Any]]:
    """The calls of today, newest first."""
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    found = intake.alerts(viewer=viewer).filter(source__in=dict(CALLERS), received_at__gte=today)
    rows = list(found.select_related("warned__warning").order_by("-received_at", "-pk")[:SHOWN_CALLS])
    people = vault.shown_many([one.person for one in rows if one.person])
    names = vault.names(people)
    return [
        _call(one, people[one.person_id], names[one.person_id]) if one.person_id else _call(one, None, [])
        for one in rows
    ]


def _call(alert: Any, person: vault.Shown | None, names: list[str]) -> dict[str, Any]:
    return {
        "alert": alert,
        "warning": alert.warned.warning.merged_into or alert.warned.warning,
        "person": person,
        "story": quiet(alert.story, [*names, alert.payee_name]),
    }
