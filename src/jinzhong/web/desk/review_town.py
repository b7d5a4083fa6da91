"""点评 of a town: its month in sentences, its weeks, the index to be recomputed by hand, how it comes off the list, replies."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.district.permissions import may
from jinzhong.review import operations, queries, spans, town
from jinzhong.review.spans import By
from jinzhong.situation import drill, late, sentences
from jinzhong.situation import queries as situation
from jinzhong.situation.periods import Period
from jinzhong.web.desk.listing import month_asked
from jinzhong.web.desk.spans import address, asked, month_of, ways
from jinzhong.web.desk.weeks import weeks
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

if TYPE_CHECKING:
    from jinzhong_engine.ladders.performance_index import Indicator
    from jinzhong_engine.surveillance.index import Scored

STEP = 52
"""Of the bars of the weeks, in pixels."""


@page("review/towns/<str:code>", name="listing-town", may="listing.read")
def review_town(request: Request, code: str) -> HttpResponse:
    """A day, week or month of a town the viewer sees; the last month that is over unless another is asked for."""
    return _shown(request, code, *_asked(request.GET))


@page("review/towns/<str:code>/reply", name="listing-reply", may="listing.answer", methods=("POST",))
def reply(request: Request, code: str) -> HttpResponse:
    """What the town, or the office, says about that month."""
    place = _town(request, code)
    if place is None:
        return missing(request)
    by, period = _asked(request.POST)

    def done() -> str:
        operations.remark(
            on=place,
            month=month_of(period),
            text=request.POST.get("text", ""),
            by=request.user,
            now=clock.now(),
        )
        return f"{reverse('listing-town', args=[place.code])}?{address(by, period)}#said"

    try:
        return once(request, done)
    except operations.Unfit as problem:
        return _shown(request, code, by, period, error=str(problem))


def _asked(words: Mapping[str, str]) -> tuple[By, Period]:
    """Other pages ask for a month by name."""
    if month := words.get("month", ""):
        return "month", spans.period_of("month", month_asked(month))
    return asked(words, default="month")


def _town(request: Request, code: str) -> town.Town | None:
    return next((one for one in situation.visible_towns(request.user) if one.code == code), None)


@dataclass(frozen=True)
class Factor:
    """An indicator with the sum by which anybody gets its points."""

    title: str
    formula: str
    value: float | None
    points: float | None
    weight: float
    by_hand: str


def _shown(request: Request, code: str, by: By, period: Period, error: str = "") -> HttpResponse:
    place, month, now = _town(request, code), month_of(period), clock.now()
    if place is None:
        return missing(request)
    told = town.review(place, by, period, viewer=request.user, now=now)
    standing = next(
        (one for one in queries.standings(month, viewer=request.user) if one.town_id == code), None
    )
    listed = queries.listed_town(code, viewer=request.user)
    share = late.complete(told.week.week, as_of=now)
    shown = {
        "told": told,
        "month": month,
        "span": sentences.span(period),
        "now": now,
        "standing": standing,
        "lifted": queries.lifted().get((code, month)),
        "listed": listed,
        "prospect": queries.prospect(listed) if listed else None,
        "weeks": weeks(told.week, told.line, step=STEP) if told.line else None,
        "coming": late.coming(told.line.alarm.observed, share) if told.line else None,
        "factors": _factors(told.score),
        "points": sum(one.points or 0 for one in told.score.indicators) if told.score else 0,
        "rows": urlencode(drill.cases(told.period, town=code).words() | {"as_of": now.isoformat()}),
        "remarks": queries.remarks(code, month, viewer=request.user),
        "may_reply": may(request.user, "listing.answer"),
        "reply_about": [("by", by), ("day", period.since.isoformat())],
        **ways(by, period),
        "error": error,
    }
    return render(request, "desk/review_town.html", shown, status=422 if error else 200)


def _factors(score: "Scored | None") -> list[Factor]:
    return [
        Factor(
            title=one.indicator.title,
            formula=one.indicator.formula,
            value=one.value,
            points=one.points,
            weight=one.indicator.weight,
            by_hand=_by_hand(one.indicator, one.value),
        )
        for one in (score.indicators if score else [])
    ]


def _by_hand(indicator: "Indicator", value: float | None) -> str:
    """(31.83 − 40) ÷ (10 − 40) × 20, with a share below 0 or above 1 cut off."""
    if value is None:
        return _("没有数据，已从分母去掉")
    worst, best = indicator.worst, indicator.best
    sum_ = f"({value:.2f} − {worst:g}) ÷ ({best:g} − {worst:g})"
    whole = (value - worst) / (best - worst)
    cut = _("，超出按 %(n)s 算") % {"n": 0 if whole < 0 else 1} if not 0 <= whole <= 1 else ""
    return f"{sum_}{cut} × {indicator.weight:g}"
