"""Cases by area, class and day, summed into weeks: what every alarm and listing is computed from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from jinzhong_engine.tables import REAL, TEXT, Column

TOTAL = "*"
DAY = timedelta(days=1)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
EPOCH = date(1970, 1, 1)
Whole = NDArray[np.int64]
Place = Callable[[int, str], str]
OPTIONAL = (
    Column("village", TEXT, "village or community of the cases, for clusters", may_be_null=True),
    Column("largest_loss", REAL, "largest loss of a single case of this row", "yuan", may_be_null=True),
)


class BadCounts(ValueError):
    """A row that can't be counted; the message names it."""


@dataclass(frozen=True)
class Counts:
    """``cases``: per row; ``area`` and ``fraud_class``: places in ``areas`` and ``classes``; ``day``: days since 1970;
    ``villages``: "" where unknown; ``losses``: largest single one, 0 where unknown; ``populations``: of each area the
    versions by the day from which they hold."""

    areas: list[str]
    classes: list[str]
    area: Whole
    fraud_class: Whole
    day: Whole
    cases: Whole
    villages: list[str]
    losses: NDArray[np.float64]
    populations: dict[str, dict[date, int]]

    @property
    def first(self) -> date:
        return as_date(self.day.min())

    @property
    def last(self) -> date:
        return as_date(self.day.max())

    @property
    def is_weekly(self) -> bool:
        """Every row stands on the same day of the week, so each stands for a week."""
        return len(set((self.day % 7).tolist())) == 1

    def residents(self, area: str, on: date) -> int:
        """By the version in force on a day; before the first one, the first."""
        known = self.populations[area]
        return known[max((day for day in known if day <= on), default=min(known))]

    def by_periods(self, edges: list[date]) -> tuple[Whole, NDArray[np.float64]]:
        """Cases and the largest single loss of each area in the periods between the edges: rows of areas."""
        at = np.searchsorted([_number(one) for one in edges], self.day, side="right") - 1
        used = (at >= 0) & (at < len(edges) - 1)
        cases = np.zeros((len(self.areas), len(edges) - 1), dtype=np.int64)
        losses = np.zeros(cases.shape)
        np.add.at(cases, (self.area[used], at[used]), self.cases[used])
        np.maximum.at(losses, (self.area[used], at[used]), self.losses[used])
        return cases, losses

    def case_days(self) -> dict[str, list[date]]:
        """The days with a case, in order, of each area."""
        found: dict[str, list[date]] = {area: [] for area in self.areas}
        for area, day in sorted(
            set(zip(self.area[self.cases > 0].tolist(), self.day[self.cases > 0].tolist(), strict=True))
        ):
            found[self.areas[area]].append(as_date(day))
        return found


@dataclass(frozen=True)
class Weekly:
    """``starts``: first days of whole weeks; ``series``: cases of each week, by area and class (``*``: all)."""

    starts: list[date]
    series: dict[tuple[str, str], Whole]


def read(table: pa.Table, place: Place = "row {0} {1}".format) -> Counts:
    """``table``: columns of ``tables.AREA_COUNTS``, perhaps those of ``OPTIONAL``. ``place`` names a row and column in messages. Raises BadCounts."""
    if not len(table):
        raise BadCounts("no rows")
    for name in ("date", "cases", "population"):
        _refuse(np.array(table[name].is_null().to_pylist()), name, "is empty", place)
    area, fraud_class = table["area"].to_pylist(), table["fraud_class"].to_pylist()
    cases, population = _whole(table["cases"]), _whole(table["population"])
    _refuse(np.array([not one for one in area]), "area", "is empty", place)
    _refuse(np.array([not one for one in fraud_class]), "fraud_class", "is empty", place)
    _refuse(cases < 0, "cases", "is below 0", place)
    _refuse(population < 1, "population", "must be 1 or more", place)
    there = table.column_names
    return _made(
        area,
        fraud_class,
        _whole(table["date"].cast(pa.int32())),
        cases,
        population,
        table["village"].to_pylist() if "village" in there else [None] * len(table),
        np.array(table["largest_loss"].to_pylist(), dtype=float)
        if "largest_loss" in there
        else np.zeros(len(table)),
        place,
    )


def _whole(column: pa.ChunkedArray) -> Whole:
    return np.array(column.to_pylist(), dtype=np.int64)  # to_numpy() would import pandas, a second or more


def _refuse(wrong: NDArray[np.bool_], column: str, why: str, place: Place) -> None:
    if wrong.any():
        raise BadCounts(f"{place(int(np.argmax(wrong)), column)}: {why}")


class Row(NamedTuple):
    """Cases of an area and class on a day, in a village where it is known."""

    area: str
    fraud_class: str
    day: date
    cases: int
    population: int
    village: str | None = None
    largest_loss: float = 0.0


def of(rows: Sequence[Row]) -> Counts:
    """The same from rows at hand. Raises BadCounts."""
    if not rows:
        raise BadCounts("no rows")
    area, fraud_class, day, cases, population, village, loss = zip(*rows, strict=True)
    return _made(
        list(area), list(fraud_class), np.array([_number(one) for one in day]), np.array(cases), np.array(population),
        list(village), np.array(loss, dtype=float), lambda at, column: f"{rows[at].area} {rows[at].day}, {column}",
    )  # fmt: skip


def _made(
    area_of: list[str],
    class_of: list[str],
    day: Whole,
    cases: Whole,
    residents: Whole,
    villages: list[str | None],
    losses: NDArray[np.float64],
    place: Place,
) -> Counts:
    areas, area = _coded(area_of)
    classes, fraud_class = _coded(class_of)
    populations = _populations(areas, area, day, residents, place)
    known = [one or "" for one in villages]
    found = Counts(areas, classes, area, fraud_class, day, cases, known, np.nan_to_num(losses), populations)
    _not_both(found)
    return found


def _coded(column: list[str]) -> tuple[list[str], Whole]:
    """Names in order, and for each row the place of its name."""
    names, places = np.unique(np.array(column), return_inverse=True)
    return [str(one) for one in names], places.astype(np.int64)


def _populations(
    areas: list[str], area: Whole, day: Whole, residents: Whole, place: Place
) -> dict[str, dict[date, int]]:
    keys, first, same = np.unique(np.stack([area, day]), axis=1, return_index=True, return_inverse=True)
    differs = np.flatnonzero(residents != residents[first][same.ravel()])
    if len(differs):
        at = int(differs[0])
        before = int(residents[first][same.ravel()][at])
        raise BadCounts(
            f"{place(at, 'population')}: {residents[at]}, but an earlier row of {areas[area[at]]} on the same day says {before}"
        )
    found: dict[str, dict[date, int]] = {name: {} for name in areas}
    for which, (code, when) in zip(first, keys.T, strict=True):
        found[areas[code]][as_date(when)] = int(residents[which])
    return found


def _not_both(counts: Counts) -> None:
    """An area told as a total and by class as well would be counted twice."""
    if TOTAL not in counts.classes:
        return
    totals = counts.fraud_class == counts.classes.index(TOTAL)
    both = set(counts.area[totals].tolist()) & set(counts.area[~totals].tolist())
    if both:
        name = counts.areas[min(both)]
        raise BadCounts(f"area {name}: rows of class * and of single classes; leave * out, it is summed")


def weekly(counts: Counts, *, as_of: date, starts_on: str) -> Weekly:
    """Whole weeks before ``as_of``. A day without a row is a day without a case; days before the first row are unknown.

    Raises BadCounts if no whole week is known, or nothing at all of the last one.
    """
    lead = (3 + _number(counts.first) - WEEKDAYS.index(starts_on)) % 7  # 1 January 1970 was a Thursday
    first = _number(counts.first) - lead
    if lead and not counts.is_weekly:
        first += 7
    number = (_number(as_of) - first) // 7
    if number < 1:
        raise BadCounts(f"no whole week from {counts.first} until {as_of}")
    last = as_date(first + 7 * (number - 1))
    if counts.last < last:
        raise BadCounts(f"the counts end on {counts.last}; the week from {last} lies beyond them")
    week = (counts.day - first) // 7
    used = (week >= 0) & (week < number)
    grid = np.zeros((len(counts.areas), len(counts.classes), number), dtype=np.int64)
    np.add.at(grid, (counts.area[used], counts.fraud_class[used], week[used]), counts.cases[used])
    series: dict[tuple[str, str], Whole] = {}
    for place, area in enumerate(counts.areas):
        series[area, TOTAL] = grid[place].sum(axis=0)
        for code in np.unique(counts.fraud_class[counts.area == place]):
            if counts.classes[code] != TOTAL:
                series[area, counts.classes[code]] = grid[place, code]
    return Weekly([as_date(first + 7 * n) for n in range(number)], series)


def as_date(number: int | np.integer) -> date:
    return EPOCH + int(number) * DAY


def _number(day: date) -> int:
    return (day - EPOCH).days
