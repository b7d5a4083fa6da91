"""每万人发案 of the towns, read fairly: a small town's rate is drawn towards the district's, and each has its interval.

Reckoned is always over all towns, then only the viewer's are shown: a town sees the interval that the office sees.
"""

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Literal, NamedTuple

from jinzhong.district import queries as district
from jinzhong.district.models import Account, Town
from jinzhong.situation import queries
from jinzhong.situation.figures import Only
from jinzhong.situation.periods import Period
from jinzhong.situation.shares import PERSONS_PER_RATE

Against = Literal["higher", "lower", "like"]


class Spread(NamedTuple):
    """A rate per 10,000 and its 95 % interval."""

    rate: float
    low: float
    high: float


class TownRate(NamedTuple):
    """``own``: from the town's own count alone (Garwood); ``fair``: in the light of all towns (Gamma–Poisson)."""

    town: Town
    cases: int
    residents: int
    own: Spread
    fair: Spread
    against: Against


class Rates(NamedTuple):
    """``district``: cases per 10,000 of all towns; ``unknown``: towns of which no population is known."""

    district: Spread
    towns: list[TownRate]
    unknown: list[Town]


def can_rate(only: Only) -> bool:
    """Residents are known by town alone, not by area, sex or age."""
    return not (only.area or only.sex or only.age)


def rates(period: Period, *, viewer: Account | None, as_of: datetime, only: Only) -> Rates | None:
    """The viewer's towns (the one of ``only`` alone, if it names one), the highest first; None without a single case."""
    from jinzhong_engine.surveillance import rates as engine  # starts numpy and scipy

    found = queries.rows(period, viewer=None, as_of=as_of, only=replace(only, town=""))
    counted, residents = Counter(found.values_list("town", flat=True)), district.residents(period.last)
    known = [one for one in district.towns() if residents.get(one.code)]
    cases, people = [counted[one.code] for one in known], [residents[one.code] for one in known]
    if not sum(cases):
        return None
    level = _spread(sum(cases) / sum(people), *(one / sum(people) for one in engine.of_count(sum(cases))))
    shown = {one.code for one in queries.visible_towns(viewer) if only.town in ("", one.code)}
    lines = []
    for town, n, here, fair in zip(known, cases, people, engine.shrunken(cases, people), strict=True):
        if town.code in shown:
            own = _spread(n / here, *(one / here for one in engine.of_count(n)))
            told = _spread(fair.rate, fair.low, fair.high)
            lines.append(TownRate(town, n, here, own, told, _against(told, level)))
    unknown = [one for one in district.towns() if one.code in shown and not residents.get(one.code)]
    return Rates(level, sorted(lines, key=lambda one: -one.fair.rate), unknown)


def _spread(rate: float, low: float, high: float) -> Spread:
    return Spread(rate * PERSONS_PER_RATE, low * PERSONS_PER_RATE, high * PERSONS_PER_RATE)


def _against(one: Spread, level: Spread) -> Against:
    return "higher" if one.low > level.rate else "lower" if one.high < level.rate else "like"
