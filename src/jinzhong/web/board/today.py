"""领导大屏: today at a glance, live; nobody's name on the wall."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from jinzhong import clock
from jinzhong.dispatch import queries as orders
from jinzhong.situation import board as alarms
from jinzhong.situation import queries as situation
from jinzhong.situation import sentences
from jinzhong.situation.periods import Period, add_months
from jinzhong.vault import forms
from jinzhong.warning import queries as warnings
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.people import named, quiet
from jinzhong.web.shared.request import Request

LINES = 6
TOP_CLASSES = 4
CHECKABLE = ("reversed", "counter_cancelled")
"""Kinds of evidence that somebody else can check."""
BAR = 150
"""Pixels of the longest bar."""
SHARE = 420
"""Pixels of all protected money."""


@dataclass(frozen=True)
class Line:
    """A grave open warning, without the person."""

    warning: Any
    why: str
    officers: str
    word: Any
    due: datetime | None
    since: datetime | None
    done: datetime | None = None

    @property
    def late_word(self) -> str:
        return str(self.word).removesuffix("剩")


@dataclass(frozen=True)
class Counted:
    """Cases of this month so far, and of the same days of last month."""

    name: str
    cases: int
    before: int
    bar: int = 0
    tick: int = 0


@page("board", name="board", may="board.read", menu=(90, _("大屏")))
def board(request: Request) -> HttpResponse:
    return render(request, "board/today.html", _shown(request))


@page("board/now", name="board-now", may="board.read")
def now_(request: Request) -> HttpResponse:
    """What is on the wall, for it to refresh itself."""
    return render(request, "board/now.html", _shown(request))


def _shown(request: Request) -> dict[str, Any]:
    now, viewer = clock.now(), request.user
    month = _month(now.date())
    classes, cases = _counts(viewer, month)
    told = alarms.board(alarms.last_week(now.date()), viewer=viewer, as_of=now)
    return {
        "now": now,
        "lines": _lines(viewer),
        "open_count": warnings.open_by_rank(viewer=viewer).filter(grade__in=("red", "orange")).count(),
        "month": month,
        "cases_month": cases,
        "classes": classes,
        "week": sentences.span(told.week),
        "towns": sorted(told.lines, key=lambda one: one.town.order),
        **_today(viewer, now),
        **_protected(viewer, now),
    }


def _today(viewer: Any, now: datetime) -> dict[str, Any]:
    today = Period(now.date(), now.date() + timedelta(days=1))
    yesterday = Period(today.since - timedelta(days=1), today.since)
    midnight = clock.midnight(today.since)
    told = list(warnings.search(viewer=viewer, since=midnight))
    gone = orders.orders(viewer=viewer)
    times = sorted(
        (one.arrived_at - one.sent_at).total_seconds()
        for one in gone.filter(arrived_at__gte=midnight, grade="red")
        if one.arrived_at
    )
    saved = list(gone.filter(closed_at__gte=midnight, outcome="dissuaded"))
    return {
        "cases_today": situation.total(today, viewer=viewer).cases,
        "cases_yesterday": situation.total(yesterday, viewer=viewer).cases,
        "warnings": len(told),
        "red": sum(one.grade == "red" for one in told),
        "orange": sum(one.grade == "orange" for one in told),
        "arrivals": len(times),
        "median": _quantile(times, 0.5),
        "ninety": _quantile(times, 0.9),
        "saved": len(saved),
        "saved_amount": sum((one.amount_protected or Decimal(0) for one in saved), Decimal(0)),
    }


def _quantile(times: list[float], share: float) -> float | None:
    """The time within which this share arrived (nearest rank); None where nobody did."""
    return times[max(0, -(-len(times) * round(share * 100) // 100) - 1)] if times else None


def _lines(viewer: Any) -> list[Line]:
    """Open ones of the two gravest grades: who isn't met first, oldest first."""
    grave = warnings.open_by_rank(viewer=viewer).filter(grade__in=("red", "orange"))
    found = list(grave.prefetch_related("sources__alert")[:60])
    newest = orders.newest_orders(found)
    names = named(found)
    told = [_line(one, newest.get(one.pk), names[one.pk]) for one in found]
    return sorted(told, key=lambda one: (one.done is not None, one.due or one.warning.opened_at))[:LINES]


def _line(warning: Any, order: Any, names: list[str]) -> Line:
    told = quiet(warning.story, names)
    why = told or str(_("；")).join(map(warnings.reason_word, warning.reasons))
    going = (
        _surnames(one.account for one in order.assignments.all() if one.released_at is None) if order else ""
    )
    if order is None:
        return Line(
            warning, why, str(_("待派单")), _("派单剩"), warnings.in_hand_by(warning), warning.opened_at
        )
    if order.state == "closed":
        again = _("%(outcome)s，待再派") % {"outcome": order.get_outcome_display()}
        return Line(warning, why, f"{going} {again}", "", None, None)
    if order.arrived_at:
        met = _("%(who)s 已见面") % {"who": going}
        return Line(warning, why, met, _("到门用"), None, order.sent_at, order.arrived_at)
    if order.state == "waiting":
        asked = _("%(who)s 等签收") % {"who": going}
        return Line(warning, why, asked, _("签收剩"), order.sign_by, order.sent_at)
    away = _("%(who)s 在路上") % {"who": going}
    return Line(warning, why, away, _("到门剩"), order.meet_by, order.sent_at)


def _surnames(accounts: Iterable[Any]) -> str:
    """王* 李*: colleagues, not citizens, and still no full name."""
    return " ".join(forms.mask_name(one.name) if one.name else one.username for one in accounts)


def _month(day: date) -> Period:
    return Period(day.replace(day=1), day + timedelta(days=1))


def _counts(viewer: Any, month: Period) -> tuple[list[Counted], int]:
    """(classes, cases) of the month so far, each beside the same days of last month."""
    first = add_months(month.since, -1)
    before = Period(first, min(first + (month.until - month.since), month.since))
    now, then = situation.stats(month, viewer=viewer), situation.stats(before, viewer=viewer)
    earlier = {one.code: one.cases for one in then.by_class}
    top = [Counted(one.name, one.cases, earlier.get(one.code, 0)) for one in now.by_class[:TOP_CLASSES]]
    rest = Counted(
        str(_("其余")),
        now.total.cases - sum(one.cases for one in top),
        then.total.cases - sum(one.before for one in top),
    )
    longest = max([1, *(max(one.cases, one.before) for one in (*top, rest))])
    bars = [
        Counted(one.name, one.cases, one.before, BAR * one.cases // longest, BAR * one.before // longest)
        for one in (*top, rest)
    ]
    return bars, now.total.cases


def _protected(viewer: Any, now: datetime) -> dict[str, Any]:
    """Of this year: (word, yuan, pixels of ``SHARE``) by how the amount is known, strongest first; the sum; what can be checked."""
    since = clock.midnight(date(now.year, 1, 1))
    kept = orders.orders(viewer=viewer).filter(closed_at__gte=since, outcome="dissuaded")
    sums: defaultdict[str, Decimal] = defaultdict(Decimal)
    for evidence, amount in kept.values_list("evidence", "amount_protected"):
        sums[evidence] += amount or 0
    whole = sum(sums.values(), Decimal(0))
    return {
        "protected": [
            (word, sums[code], int(SHARE * sums[code] / (whole or 1)))
            for code, word in orders.evidence_words()
        ],
        "protected_sum": whole,
        "checkable": sum((sums[code] for code in CHECKABLE), Decimal(0)),
    }
