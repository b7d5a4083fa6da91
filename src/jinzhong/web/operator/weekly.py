"""The weekly report: how early numbers were listed, beside the old rule that would have listed as many."""

from datetime import date, timedelta
from math import isinf
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.scoring import weekly
from jinzhong.vault import queries as vault
from jinzhong.web.operator.shown import number_of
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

MARKS = [0, 1, 2, 5, 10, 20, 50, 100]
"""People reached, at which the chart counts."""
LINES = 100
"""Numbers of the week in the table; those that reached the most."""
STEP, BAR, ROOM, ABOVE, BELOW = 72, 28, 90, 18, 20
"""The chart in pixels: a mark, one of its two bars, the tallest bar, room for words above and below."""


@page("numbers/weekly", name="numbers-weekly", may="number.read")
def report(request: Request) -> HttpResponse:
    today = clock.now().date()
    until = _until(request.GET.get("until", ""), newest=today + timedelta(days=1))
    weeks = weekly.weeks(viewer=request.user, until=until)
    week = weeks[0]
    found = sorted(week.found, key=lambda one: (-one.listed.people, one.entry.rank))
    shown = {
        "week": week,
        "weeks": [{"week": one, "address": one.until.isoformat()} for one in weeks],
        "some": any(one.numbers for one in weeks),
        "simulated": any(one.entry.of.simulated for one in week.found),
        "pairs": _pairs(week),
        "chart": _chart(week),
        "lines": _lines(found[:LINES]),
        "all": len(found),
        "later": (until + weekly.WEEK).isoformat()
        if until + weekly.WEEK <= today + timedelta(days=1)
        else "",
        "earlier": (until - weekly.WEEK).isoformat(),
    }
    return render(request, "operator/weekly.html", shown)


def _until(text: str, *, newest: date) -> date:
    """The day before which the week ends; what is no day, or lies ahead, is the newest."""
    try:
        return min(date.fromisoformat(text), newest)
    except ValueError:
        return newest


def _pairs(week: weekly.Week) -> list[dict[str, Any]]:
    """The middle number by both rules: people reached, calls, seconds since its first call."""
    listed, plain = week.listed, week.plain
    rows = [(_("打通"), "people"), (_("打了"), "calls"), (_("过了"), "seconds")]
    return [
        {"word": word, "of": of, "listed": getattr(listed, of), "plain": getattr(plain, of)}
        for word, of in rows
    ]


def _chart(week: weekly.Week) -> dict[str, Any] | None:
    """How many had been listed before they had reached more than so many people, by the list and by the old rule."""
    of = len(week.compared)
    if not of:
        return None
    marks = [
        {
            "most": most,
            "x": at * STEP,
            "middle": at * STEP + BAR,
            "bars": [_bar(at * STEP + place * BAR, count, of) for place, count in enumerate((listed, plain))],
        }
        for at, (most, listed, plain) in enumerate(weekly.reach(week.compared, marks=MARKS))
    ]
    ground = ABOVE + ROOM
    return {"marks": marks, "wide": len(MARKS) * STEP, "tall": ground + BELOW, "ground": ground, "of": of}


def _bar(x: int, count: int, of: int) -> dict[str, Any]:
    height = round(ROOM * count / of)
    return {"x": x, "middle": x + BAR // 2, "count": count, "height": height, "y": ABOVE + ROOM - height}


def _lines(found: list[weekly.Found]) -> list[dict[str, Any]]:
    subjects = vault.shown_many([one.entry.number for one in found])
    return [
        {
            "found": one,
            "number": number_of(subjects[one.entry.number_id]),
            "never": isinf(one.plain.people),
        }
        for one in found
    ]
