"""点评 of member units: a list to find one, its day, week or month in sentences and figures, replies."""

from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from jinzhong import clock
from jinzhong.district.permissions import may
from jinzhong.review import inspection, operations, queries, units
from jinzhong.review.spans import By
from jinzhong.review.units import Period, Review, Unit
from jinzhong.situation import board, drill, sentences
from jinzhong.web.desk.spans import address, asked, month_of, ways
from jinzhong.web.desk.weeks import ABOVE, BELOW, TALL
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

STEP = 52
"""Of the bars of the weeks, in pixels."""


@dataclass(frozen=True)
class Bar:
    since: date
    count: int
    x: int
    y: float
    height: float
    hot: bool

    @property
    def word_y(self) -> float:
        return round(self.y - 4, 1)


@page("review/units", name="listing-units", may="unit.read")
def review_units(request: Request) -> HttpResponse:
    """The units of a kind that the viewer may read of, with the last whole week's count."""
    now = clock.now()
    seen = list(queries.reviewed(viewer=request.user))
    here = [one for one in queries.REVIEWED if any(unit.kind == one for unit in seen)]
    kind = next((one for one in here if one == request.GET.get("kind")), here[0] if here else "")
    shown = [one for one in seen if one.kind == kind]
    week = board.last_week(now.date())
    counts = units.week_counts(shown, week, as_of=now)
    papers = inspection.papers(viewer=request.user).filter(receiver__in=shown, closed_at=None)
    overdue = {one.unit: one.overdue for one in inspection.tallies(papers, now.date())}
    told = {
        "kinds": [(str(one), one.label, one == kind) for one in here],
        "lines": [(one, counts.get(one.code, 0), overdue.get(one, 0)) for one in shown],
        "counted": units.count_title(kind),
        "span": sentences.span(week),
    }
    return render(request, "desk/review_units.html", told)


@page("review/units/<str:code>", name="listing-unit", may="unit.read")
def review_unit(request: Request, code: str) -> HttpResponse:
    """The last week that is over, unless another day, week or month is asked for."""
    by, period = asked(request.GET, default="week")
    return _shown(request, code, by, period)


@page("review/units/<str:code>/reply", name="listing-unit-reply", may="unit.answer", methods=("POST",))
def reply(request: Request, code: str) -> HttpResponse:
    """What the unit, or the office, says about the month."""
    unit = _unit(request, code)
    if unit is None:
        return missing(request)
    by, period = asked(request.POST, default="week")

    def done() -> str:
        text = request.POST.get("text", "")
        operations.remark(on=unit, month=month_of(period), text=text, by=request.user, now=clock.now())
        return f"{reverse('listing-unit', args=[unit.code])}?{address(by, period)}#said"

    try:
        return once(request, done)
    except operations.Unfit as problem:
        return _shown(request, code, by, period, error=str(problem))


def _unit(request: Request, code: str) -> Unit | None:
    return queries.reviewed(viewer=request.user).filter(code=code).first()


def _shown(request: Request, code: str, by: By, period: Period, error: str = "") -> HttpResponse:
    unit, now = _unit(request, code), clock.now()
    if unit is None:
        return missing(request)
    told = units.review(unit, by, period, viewer=request.user, now=now)
    bars = bars_of(told.history if any(count for _since, count in told.history) else [])
    said = told.said
    shown = {
        "told": told,
        "any": any((said.good, said.bad, said.usual, said.owed)),
        "span": sentences.span(period),
        "now": now,
        **ways(by, period),
        "bars": bars,
        **drawn(bars),
        "counted": units.week_title(unit.kind),
        "peers_from": units.PEERS,
        "rows": _rows(request, told) if may(request.user, "situation.read") else "",
        "month": month_of(period),
        "remarks": queries.remarks_on(unit, month_of(period), viewer=request.user),
        "may_reply": may(request.user, "unit.answer"),
        "reply_about": [("by", by), ("day", period.since.isoformat())],
        "error": error,
    }
    return render(request, "desk/review_unit.html", shown, status=422 if error else 200)


def _rows(request: Request, told: Review) -> str:
    """The warnings or orders behind the count."""
    of = {"warnings": drill.warnings(told.period, unit=told.unit.code), "sent": drill.orders(told.period, "sent", told.unit.code)}  # fmt: skip
    return urlencode(of[told.counted].words()) if told.counted in of else ""


def bars_of(history: list[tuple[date, int]]) -> list[Bar]:
    """A bar a week, the newest marked. ``history``: first day of each week and its count."""
    top, found = max([1, *(count for _since, count in history)]), []
    for place, (since, count) in enumerate(history):
        height = round(TALL * count / top, 1)
        found.append(Bar(since, count, place * STEP, ABOVE + TALL - height, height, since == history[-1][0]))
    return found


def drawn(bars: list[Bar]) -> dict[str, int]:
    """The size of their picture."""
    return {"wide": len(bars) * STEP, "tall": ABOVE + TALL + BELOW, "ground": ABOVE + TALL}
