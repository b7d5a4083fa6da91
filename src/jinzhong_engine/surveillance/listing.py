"""The monthly listing of every area, from counts by day: the same counts give the same list.

Months are taken in order from the first one known, because a colour also depends on those before it.
"""

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from types import MappingProxyType

from jinzhong_engine.ladders import town_listing as ladder
from jinzhong_engine.ladders.town_listing import Due, Rules, Standing
from jinzhong_engine.sayings import Saying
from jinzhong_engine.surveillance import tails
from jinzhong_engine.surveillance.counts import DAY, BadCounts, Counts, as_date

PER = 10_000
SPARSE_DAYS = 5
"""Rows on no more than so many days of each month stand for weeks or months, so the first month is whole."""
WHOLE_FROM = 7
"""Rows that begin by this day of a month are taken to cover all of it."""
YEAR = 12


@dataclass(frozen=True)
class Line:
    """An area in the list. ``before``: cases of the same month a year before, None if unknown; rates are per 10,000."""

    area: str
    residents: int
    cases: int
    before: int | None
    standing: Standing
    window_months: int
    colour: str
    reasons: list[str]
    red_months: int
    due: list[Due]
    days_without_case: int
    star: bool


@dataclass(frozen=True)
class Listing:
    month: date
    rules: Rules
    cases: int
    residents: int
    lines: list[Line]

    @property
    def district_rate(self) -> float:
        return self.cases / self.residents * PER


def of_month(
    counts: Counts,
    month: date,
    *,
    rules: Rules | None = None,
    overdue: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    published: Mapping[date, Mapping[str, str]] = MappingProxyType({}),
) -> Listing:
    """The list of a month (its first day). ``overdue``: what areas owe beyond its day; ``published``: by month and
    area the colours that were. Raises BadCounts."""
    return of_months(counts, month, rules=rules, overdue=overdue, published=published)[-1]


def of_months(
    counts: Counts,
    month: date,
    *,
    rules: Rules | None = None,
    overdue: Mapping[str, tuple[str, ...]] = MappingProxyType({}),
    published: Mapping[date, Mapping[str, str]] = MappingProxyType({}),
) -> list[Listing]:
    """The lists of every known month up to this one. A later one looks back on the colours that were published, whatever
    the earlier months would be by what is known now."""
    known = _months(counts, until=_next(month))
    if month not in known:
        first, last = (f"{one:%Y-%m}" for one in (known[0], known[-1])) if known else ("nothing", "nothing")
        raise BadCounts(f"{month:%Y-%m}: the counts cover {first} to {last}")
    seen = _Seen(counts, known)
    colours: dict[str, list[str]] = {area: [] for area in counts.areas}
    found: list[Listing] = []
    for one in known:
        version = rules or ladder.in_force(one)
        late = overdue if one == month else {}
        lines = [seen.line(area, one, colours[area], version, late) for area in counts.areas]
        for line in lines:
            colours[line.area].append(published.get(one, {}).get(line.area, line.colour))
        people = sum(line.residents for line in lines)
        found.append(Listing(one, version, sum(line.cases for line in lines), people, lines))
    return found


class _Seen:
    """Cases of each area and known month."""

    def __init__(self, counts: Counts, known: list[date]):
        self.counts, self.known = counts, known
        cases, losses = counts.by_periods([*known, _next(known[-1])])
        self.cases = {
            area: dict(zip(known, cases[n].tolist(), strict=True)) for n, area in enumerate(counts.areas)
        }
        self.losses = {
            area: dict(zip(known, losses[n].tolist(), strict=True)) for n, area in enumerate(counts.areas)
        }
        self.case_days = counts.case_days()
        self._districts: dict[tuple[date, ...], tuple[int, int]] = {}
        self._tops: dict[date, set[str]] = {}
        self.residents = {
            area: {one: counts.residents(area, _next(one) - DAY) for one in known} for area in counts.areas
        }

    def line(
        self, area: str, month: date, before: list[str], rules: Rules, overdue: Mapping[str, tuple[str, ...]]
    ) -> Line:
        window = self._window(area, month, rules)
        standing = self._standing(area, window, before, rules, overdue.get(area, ()))
        found, reasons = ladder.colour(standing)
        if len(window) > 1:
            reasons = [Saying.WINDOW_MONTHS.said(reason=one, months=len(window)) for one in reasons]
        red = [*before, found][-YEAR:].count("red")
        quiet = self._days_without_case(area, _next(month))
        return Line(
            area=area,
            residents=self.residents[area][month],
            cases=self.cases[area][month],
            before=self.cases[area].get(month.replace(year=month.year - 1)),
            standing=standing,
            window_months=len(window),
            colour=found,
            reasons=reasons,
            red_months=red,
            due=ladder.dues(found, published=ladder.publication(month, rules), red_months=red, rules=rules),
            days_without_case=quiet,
            star=found == "green" and quiet >= rules.star_days,
        )

    def _standing(
        self, area: str, window: list[date], before: list[str], rules: Rules, overdue: tuple[str, ...]
    ) -> Standing:
        month = window[-1]
        cases = sum(self.cases[area][one] for one in window)
        residents = self.residents[area][month]
        district, people = self._district(window)
        last_year = [self.cases[area].get(one.replace(year=one.year - 1)) for one in window]
        known = [one for one in last_year if one is not None]
        running = 0
        while running < len(before) and before[-1 - running] == "yellow":
            running += 1
        at = self.known.index(month)
        return Standing(
            cases=cases,
            rate=cases / residents * PER,
            district_rate=district / people * PER,
            p=tails.poisson_tail(cases, district / people * residents),
            rises=cases > sum(known) if len(known) == len(window) else None,
            top_months=self._top_months(area, at, rules),
            yellow_months=running,
            improves=at > 0 and self.cases[area][month] < self.cases[area][self.known[at - 1]],
            largest_loss=self.losses[area][month],
            overdue=overdue,
            months=len(window),
            rules=rules,
        )

    def _top_months(self, area: str, at: int, rules: Rules) -> int:
        """Months running, up to this one, among the highest rates. Equal ones are as many places: of three at the top of a
        top two none is named."""
        running = 0
        while running <= at and self._is_top(area, self.known[at - running], rules):
            running += 1
        return running

    def _is_top(self, area: str, month: date, rules: Rules) -> bool:
        if month not in self._tops:
            rates = {one: self._rate(one, month, rules) for one in self.counts.areas}
            order = sorted(rates.values(), reverse=True)
            places = {rate: sum(1 for _ in group) for rate, group in groupby(order)}
            ahead = 0
            self._tops[month] = set()
            for rate, many in places.items():
                ahead += many
                if rate > 0 and ahead <= rules.top:
                    self._tops[month] |= {one for one, each in rates.items() if each == rate}
        return area in self._tops[month]

    def _district(self, window: list[date]) -> tuple[int, int]:
        """Cases of the district in these months, and its residents at their end."""
        key = tuple(window)
        if key not in self._districts:
            self._districts[key] = (
                sum(self.cases[one][each] for one in self.counts.areas for each in window),
                sum(self.residents[one][window[-1]] for one in self.counts.areas),
            )
        return self._districts[key]

    def _rate(self, area: str, month: date, rules: Rules) -> float:
        """Cases per resident and month."""
        window = self._window(area, month, rules)
        return sum(self.cases[area][one] for one in window) / len(window) / self.residents[area][month]

    def _window(self, area: str, month: date, rules: Rules) -> list[date]:
        """This month; of a small town the last three, as far as they are known."""
        if self.residents[area][month] >= rules.small_below:
            return [month]
        at = self.known.index(month)
        return self.known[max(0, at - rules.small_months + 1) : at + 1]

    def _days_without_case(self, area: str, until: date) -> int:
        """Days from the last case, or from the first day counted, to the end of the month."""
        days = self.case_days[area]
        before = bisect_left(days, until)
        return (until - (days[before - 1] + DAY if before else self.counts.first)).days


def _months(counts: Counts, *, until: date) -> list[date]:
    """First days of the months that the counts cover, up to the one before ``until``."""
    month, found = counts.first.replace(day=1), []
    if not _is_sparse(counts) and counts.first.day > WHOLE_FROM:
        month = _next(month)
    while month < until and month <= counts.last:
        found.append(month)
        month = _next(month)
    return found


def _is_sparse(counts: Counts) -> bool:
    days: dict[date, set[int]] = {}
    for number in set(counts.day.tolist()):
        day = as_date(number)
        days.setdefault(day.replace(day=1), set()).add(day.day)
    return max(len(one) for one in days.values()) <= SPARSE_DAYS


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
