"""注水: registrations that look made up. A sign is a reason for a person to look, never a verdict.

Each detector asks of one member of staff at a time whether honest work could look like this: visiting a block of flats
takes minutes a door, phones scatter by some metres, people do name round sums, and a rainy day is written up at night.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple

from scipy import special


class Record(NamedTuple):
    """A visit or registration. ``at``: when it is said to have happened; ``recorded_at``: when it was entered;
    ``place``: latitude and longitude."""

    staff: str
    at: datetime
    recorded_at: datetime
    place: tuple[float, float] | None = None
    amount_yuan: int | None = None


class Sign(NamedTuple):
    """What looks made up and how many records show it."""

    staff: str
    kind: str
    records: int
    reason: str


BURST, BURST_WITHIN = 10, timedelta(minutes=10)
"""Placeholder: a minute a household, door to door, is less than asking its three questions takes."""
SPEED_KMH, SPEED_FROM_KM, FAST_LEGS = 120.0, 2.0, 3
"""Nobody visits at motorway speed; one leg may be a phone that woke up late."""
POINT_LEAST, POINT_SHARE = 10, 0.25
"""To the fifth decimal, a metre: satellites scatter more than that even on one spot."""
ROUND_LEAST, ROUND_CHANCE = 12, 0.001
LATE, LATE_LEAST, LATE_SHARE = timedelta(hours=24), 10, 0.3
EARTH_KM = 6_371.0


def signs(records: Sequence[Record]) -> list[Sign]:
    """Every sign of every member of staff."""
    by_staff: dict[str, list[Record]] = defaultdict(list)
    for one in sorted(records, key=lambda one: (one.staff, one.at, one.recorded_at)):
        by_staff[one.staff].append(one)
    usual = _round_share(records)
    found: list[Sign] = []
    for staff, theirs in by_staff.items():
        found += [Sign(staff, kind, count, reason) for kind, count, reason in _of_one(theirs, usual)]
    return found


def _of_one(theirs: list[Record], usual: float) -> Iterator[tuple[str, int, str]]:
    for kind, detector in DETECTORS.items():
        count, reason = detector(theirs)
        if count:
            yield kind, count, reason
    count, reason = round_amounts(theirs, usual)
    if count:
        yield "round_amounts", count, reason


def burst(theirs: list[Record]) -> tuple[int, str]:
    """The most registrations said to have happened within ten minutes."""
    most = start = 0
    for end, one in enumerate(theirs):
        while one.at - theirs[start].at >= BURST_WITHIN:
            start += 1
        most = max(most, end - start + 1)
    return (most, f"10 分钟内登记 {most} 户") if most >= BURST else (0, "")


def impossible_speed(theirs: list[Record]) -> tuple[int, str]:
    """Legs between two places that nobody covers in the time between them."""
    placed = [one for one in theirs if one.place]
    fastest, legs = 0.0, 0
    for before, after in pairwise(placed):
        km = _km(before.place, after.place) if before.place and after.place else 0.0
        hours = max((after.at - before.at).total_seconds(), 1.0) / 3600
        if km >= SPEED_FROM_KM and km / hours > SPEED_KMH:
            fastest, legs = max(fastest, km / hours), legs + 1
    return (legs, f"{legs} 段路走得太快，最快每小时 {fastest:.0f} 公里") if legs >= FAST_LEGS else (0, "")


def one_point(theirs: list[Record]) -> tuple[int, str]:
    """Visits of many households from one and the same point."""
    points: dict[tuple[float, float], int] = defaultdict(int)
    for one in theirs:
        if one.place:
            points[round(one.place[0], 5), round(one.place[1], 5)] += 1
    placed, most = sum(points.values()), max(points.values(), default=0)
    if most < POINT_LEAST or most < POINT_SHARE * placed:
        return 0, ""
    return most, f"{placed} 户里 {most} 户的定位是同一个点"


def back_filled(theirs: list[Record]) -> tuple[int, str]:
    """Entered more than a day after they are said to have happened."""
    late = sum(one.recorded_at - one.at > LATE for one in theirs)
    if late < LATE_LEAST or late < LATE_SHARE * len(theirs):
        return 0, ""
    return late, f"{len(theirs)} 条里 {late} 条隔天以后才补录"


def round_amounts(theirs: list[Record], usual: float) -> tuple[int, str]:
    """Amounts ending in 000, against how often everybody's do (binomial tail)."""
    told = [one.amount_yuan for one in theirs if one.amount_yuan]
    ending = sum(amount % 1000 == 0 for amount in told)
    if len(told) < ROUND_LEAST or not ending:
        return 0, ""
    chance = float(special.bdtrc(ending - 1, len(told), usual))
    return (
        (ending, f"{len(told)} 笔金额里 {ending} 笔以 000 结尾，大家一般是 {usual:.0%}")
        if chance < ROUND_CHANCE
        else (0, "")
    )


DETECTORS: dict[str, Callable[[list[Record]], tuple[int, str]]] = {
    "burst": burst,
    "impossible_speed": impossible_speed,
    "one_point": one_point,
    "back_filled": back_filled,
}


def _round_share(records: Sequence[Record]) -> float:
    """How often amounts end in 000, the median over staff: a few who make them up don't move it."""
    shares: dict[str, list[bool]] = defaultdict(list)
    for one in records:
        if one.amount_yuan:
            shares[one.staff].append(one.amount_yuan % 1000 == 0)
    # A share of nothing in a dozen amounts isn't known to be nothing: one round amount must not accuse.
    told = sorted((sum(one) + 1) / (len(one) + 2) for one in shares.values() if len(one) >= ROUND_LEAST)
    return told[len(told) // 2] if told else 1.0


def _km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Great circle."""
    a, b = radians(one[0]), radians(other[0])
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other[1] - one[1]) / 2) ** 2
    return 2 * EARTH_KM * asin(sqrt(half))
