"""The situation: every figure of a period, against what, and open to its rows; what is asked for stands in the address."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.cases import queries as cases
from jinzhong.situation import board, drill, fair, late, periods, queries, sentences, shares, words
from jinzhong.situation.bands import BANDS, UNKNOWN
from jinzhong.situation.figures import EVERYTHING, Only
from jinzhong.situation.periods import Period
from jinzhong.web.desk.fair_lines import Fair, fair_lines
from jinzhong.web.desk.situation_lines import Drawn, drawn
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

QUICK = (
    ("week", gettext_lazy("本周")),
    ("month", gettext_lazy("本月")),
    ("year", gettext_lazy("今年以来")),
    ("last_month", gettext_lazy("上月")),
)


@dataclass(frozen=True)
class Asked:
    """What the address asks for; ``wrong``: what of it couldn't be understood, in the reader's words."""

    period: Period
    only: Only = EVERYTHING
    as_table: bool = False
    wrong: str = ""

    @property
    def query(self) -> str:
        """The last day is within, as people say it."""
        said = {"since": self.period.since, "until": self.period.last}
        said |= {word: value for word, name in drill.FIELDS.items() if (value := getattr(self.only, name))}
        return f"?{urlencode(said | ({'show': 'table'} if self.as_table else {}))}"

    def but(self, **changes: Any) -> str:
        return replace(self, **changes).query


@page("situation", name="situation", may="situation.read", menu=(40, gettext_lazy("态势")))
def situation(request: Request) -> HttpResponse:
    """The figures of a period by what is known now."""
    now = clock.now()
    quick = periods.current(now.date(), week_start=settings.WEEK_START)
    asked = _asked(request, quick["month"])
    told = queries.stats(asked.period, viewer=request.user, as_of=now, only=asked.only)
    week = board.last_week(now.date())
    shown = {
        "board": (strip := board.board(week, viewer=request.user, as_of=now)),
        "coming": late.coming(strip.observed, late.complete(week, as_of=now)),
        "coming_here": _coming(request, asked, now),
        "fair": _fair(request, asked, now),
        "alarm_span": sentences.span(week),
        "asked": asked,
        "told": told,
        "now": now,
        "drawn": _drawn(request, asked, told),
        "scope": "、".join(_scope(request, asked.only)),
        "span": sentences.span(asked.period),
        "sentences": sentences.paragraph(told),
        "is_few": told.total.cases < shares.FEW,
        "few": shares.FEW,
        "quick": [
            (word, asked.but(period=quick[name]), quick[name] == asked.period) for name, word in QUICK
        ],
        "sifts": list(_sifts(request, asked.only)),
        "views": [(_("图"), asked.but(as_table=False), not asked.as_table), (_("表"), asked.but(as_table=True), asked.as_table)],
        "unsifted": asked.but(only=EVERYTHING) if asked.only else "",
    }  # fmt: skip
    return render(request, "desk/situation.html", shown, status=422 if asked.wrong else 200)


def _drawn(request: Request, asked: Asked, told: Any) -> Drawn:
    earlier = told.previous[0]
    is_known = queries.reaches_back_to(earlier.last, viewer=request.user, as_of=told.as_of)
    before = (
        queries.stats(earlier, viewer=request.user, as_of=told.as_of, only=asked.only) if is_known else None
    )
    days = queries.by_day(asked.period, viewer=request.user, as_of=told.as_of, only=asked.only)
    return drawn(told, before, days, viewer=request.user)


def _fair(request: Request, asked: Asked, now: datetime) -> Fair | None:
    if not fair.can_rate(asked.only):
        return None
    told = fair.rates(asked.period, viewer=request.user, as_of=now, only=asked.only)
    return fair_lines(told, asked.period, asked.only, now.isoformat()) if told else None


def _coming(request: Request, asked: Asked, now: datetime) -> late.Coming | None:
    """Of the days of the period that are over; None where none is, or nothing more is to come."""
    over = Period(asked.period.since, min(asked.period.until, queries.day_of(now)))
    if over.days < 1:
        return None
    known = queries.total(over, viewer=request.user, as_of=now, only=asked.only)
    return late.coming(known.cases, late.complete(over, as_of=now))


def _scope(request: Request, only: Only) -> list[str]:
    """Whose figures these are, where they aren't the whole district's."""
    towns = [] if only.town or queries.sees_all(request.user) else queries.visible_towns(request.user)
    return [one.name for one in towns] + words.only_names(only)


# -- what is asked for ----------------------------------------------------------------------------------


def _asked(request: Request, otherwise: Period) -> Asked:
    """This month unless the address says otherwise; of a wrong address the parts that can be understood."""
    wrong, period, only = [], otherwise, EVERYTHING
    try:
        period = _period(request, otherwise)
    except ValueError as problem:
        wrong.append(str(problem))
    try:
        only = _only(request)
    except drill.NoSuchRows:
        wrong.append(_("没有这个镇（街道）、类别或分组，或者不在您的辖区"))
    return Asked(period, only, request.GET.get("show") == "table", "；".join(wrong))


def _period(request: Request, otherwise: Period) -> Period:
    """Raises ValueError whose message says what to do."""
    given = [request.GET.get(name, "") for name in ("since", "until")]
    if not any(given):
        return otherwise
    try:
        since, last = (date.fromisoformat(text) for text in given)
    except ValueError as problem:
        raise ValueError(_("日期要写成 2021-05-31 这样，从和到都要填")) from problem
    return periods.chosen(since, min(last, date.max - timedelta(days=1)) + periods.DAY)


def _only(request: Request) -> Only:
    """Raises NoSuchRows, also for a town that the viewer doesn't see."""
    only = drill.only(request.GET)
    if only.town and only.town not in {one.code for one in queries.visible_towns(request.user)}:
        raise drill.NoSuchRows(only.town)
    return only


@dataclass(frozen=True)
class Sift:
    """One box of the filter."""

    name: str
    label: str
    choices: list[tuple[str, str]]
    chosen: str


def _sifts(request: Request, only: Only) -> Iterator[Sift]:
    towns = queries.visible_towns(request.user)
    if len(towns) > 1:
        yield Sift("town", _("镇（街道）"), [(one.code, one.name) for one in towns], only.town)
    yield Sift("class", _("类别"), list(cases.classes()), only.fraud_class)
    yield Sift("area", _("地区"), queries.areas(), only.area)
    sexes = [(code, words.sex_name(code)) for code in (*queries.SEXES, UNKNOWN)]
    yield Sift("sex", _("受害人性别"), sexes, only.sex)
    ages = [(code, words.age_name(code)) for code in (*(one.code for one in BANDS), UNKNOWN)]
    yield Sift("age", _("受害人年龄"), ages, only.age)
