"""The weekly report: how early numbers were listed, in calls, time and people reached, beside the old rule of the same size.

The old rule lists who makes more than so many calls a day; how many is such that it lists no more numbers than the list does
(``jinzhong_engine.evaluate.early``). Counted from the calls when a list was imported, as counts alone, so that it still stands when
the numbers are deleted. Whoever had begun to call before anybody looked isn't compared: no list could have had it in time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import inf, isinf
from statistics import median
from typing import Any
from uuid import UUID

from django.db.models import Exists, Min, OuterRef

from jinzhong.cases import queries as cases
from jinzhong.clock import ZONE, midnight
from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.scoring import queries
from jinzhong.scoring.models import DailyList, Entry, LiveChange

WEEK = timedelta(days=7)
WEEKS = 8
"""So many weeks stand side by side."""


@dataclass(frozen=True)
class Done:
    """What a number had done by the moment it was listed; infinite: it never was."""

    calls: float
    seconds: float
    people: float


NEVER = Done(inf, inf, inf)


@dataclass(frozen=True)
class Found:
    """A number first listed in a week. ``fraud``: what those say who looked, None: nothing yet; ``live``: the watch had it before the day's list."""

    entry: Entry
    fraud: bool | None
    live: bool
    listed: Done
    plain: Done


@dataclass(frozen=True)
class Middle:
    """The middle number of a week by one rule; None: nobody, or more than half were never listed. ``never``: so many."""

    calls: float | None
    seconds: float | None
    people: float | None
    never: int


@dataclass(frozen=True)
class Reported:
    """Numbers that confirmed cases name as offenders': listed before the first such case was reported, after it, never."""

    before: int
    after: int
    never: int

    @property
    def numbers(self) -> int:
        return self.before + self.after + self.never


@dataclass(frozen=True)
class Week:
    """The numbers first listed in ``since <= day < until``, as far as the calls were given. The rules are compared on those of them
    that are confirmed as fraud, or where nobody is, on all (``confirmed`` tells which)."""

    since: date
    until: date
    found: list[Found]
    unknown: int
    """First listed by a list that came without calls."""
    before: int
    """Had begun to call before anybody looked."""
    reported: Reported | None = None
    """By the week in which the first case that names a number was reported; None: not this viewer's business."""

    @property
    def numbers(self) -> int:
        return len(self.found) + self.unknown + self.before

    @property
    def fraud(self) -> int:
        return sum(one.fraud is True for one in self.found)

    @property
    def innocent(self) -> int:
        return sum(one.fraud is False for one in self.found)

    @property
    def confirmed(self) -> bool:
        return self.fraud > 0

    @property
    def limits(self) -> list[int]:
        """The least and the most calls a day from which the old rule would have listed."""
        of = sorted({one.entry.of.plain_limit or 0 for one in self.found})
        return of[:1] + of[1:][-1:]

    @property
    def compared(self) -> list[Found]:
        return [one for one in self.found if one.fraud] if self.confirmed else self.found

    @property
    def listed(self) -> Middle:
        return _middle_of([one.listed for one in self.compared])

    @property
    def plain(self) -> Middle:
        return _middle_of([one.plain for one in self.compared])


def weeks(*, viewer: Account, until: date) -> list[Week]:
    """The week that ends before ``until`` and those before it, newest first; each number where it was first listed."""
    earlier = Entry.objects.filter(
        number=OuterRef("number"), listed=True, of__day__lt=OuterRef("of__day"), of__superseded_at=None,
        of__operator=OuterRef("of__operator"),
    )  # fmt: skip
    first = queries.entries(viewer=viewer).filter(
        ~Exists(earlier), of__superseded_at=None, of__day__gte=until - WEEKS * WEEK, of__day__lt=until
    )
    said = {one.number: one.fraud for one in queries.labels(viewer=viewer, among=first)}
    rows, begun = list(first.order_by("-of__day", "rank")), _begun()
    made = [_week(rows, said, begun, until - back * WEEK) for back in range(WEEKS)]
    if not district.sight(viewer).district:
        return made
    told = {
        number: one
        for number, one in cases.fraud_numbers().items()
        if one.reported_at >= midnight(until - WEEKS * WEEK)
    }
    listed = _first_listed(told)
    return [replace(one, reported=_reported(told, listed, one)) for one in made]


def _first_listed(numbers: Collection[UUID]) -> dict[UUID, datetime]:
    """The end of the day's list that first had each of these numbers, or when a watch had it if that was before."""
    by_day = Entry.objects.filter(number__in=list(numbers), listed=True)
    live = LiveChange.objects.filter(number__in=list(numbers), listed=True)
    found: dict[UUID, datetime] = {}
    for number, at in (
        *by_day.order_by().values_list("number", "of__cut_off"),
        *live.order_by().values_list("number", "at"),
    ):
        found[number] = min(at, found.get(number, at))
    return found


def _reported(told: Mapping[UUID, cases.Fraud], listed: Mapping[UUID, datetime], week: Week) -> Reported:
    here = {
        number: one.reported_at
        for number, one in told.items()
        if week.since <= one.reported_at.astimezone(ZONE).date() < week.until
    }
    before = sum(number in listed and listed[number] <= at for number, at in here.items())
    never = sum(number not in listed for number in here)
    return Reported(before, len(here) - before - never, never)


def _begun() -> dict[UUID, datetime]:
    """Since when each operator's numbers are looked at: its first list, or what its watch told first."""
    lists = DailyList.objects.order_by().values_list("operator").annotate(Min("cut_off"))
    watched = dict(LiveChange.objects.order_by().values_list("operator").annotate(Min("at")))
    return {operator: min(cut_off, watched.get(operator, cut_off)) for operator, cut_off in lists}


def _week(rows: list[Entry], said: dict[UUID, bool], begun: dict[UUID, datetime], until: date) -> Week:
    here = [one for one in rows if until - WEEK <= one.of.day < until]
    known = [one for one in here if one.early]
    found = [
        _found(one, said.get(one.number_id)) for one in known if _began(one) >= begun[one.of.operator_id]
    ]
    return Week(until - WEEK, until, found, len(here) - len(known), len(known) - len(found))


def _began(entry: Entry) -> datetime:
    """Its first call of the week before the list."""
    told: dict[str, Any] = entry.early or {}
    return entry.of.cut_off - timedelta(seconds=told["ago"])


def _found(entry: Entry, fraud: bool | None) -> Found:
    told: dict[str, Any] = entry.early or {}
    plain = Done(**told["plain"]) if told["plain"] else NEVER
    return Found(entry, fraud, told["live"], Done(**told["listed"]), plain)


def _middle_of(done: list[Done]) -> Middle:
    return Middle(
        calls=_middle([one.calls for one in done]),
        seconds=_middle([one.seconds for one in done]),
        people=_middle([one.people for one in done]),
        never=sum(isinf(one.calls) for one in done),
    )


def _middle(values: list[float]) -> float | None:
    middle = median(values) if values else inf
    return None if isinf(middle) else middle


def reach(found: list[Found], *, marks: list[int]) -> list[tuple[int, int, int]]:
    """(people, so many numbers listed before they had reached more, so many by the old rule), by each mark."""
    return [
        (
            most,
            sum(one.listed.people <= most for one in found),
            sum(one.plain.people <= most for one in found),
        )
        for most in marks
    ]
