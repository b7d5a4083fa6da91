"""How early a listed number was found, beside the old rule "more than so many calls a day" that would have listed as many.

Counts alone: calls made, seconds since the first of them, people who answered. What came before the seven days isn't looked at.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.evaluate.made import Made
from jinzhong_engine.features.windows import DAY, SECOND


@dataclass(frozen=True)
class Until:
    """What a number had done by a moment: calls made, seconds since the first of them, people who answered."""

    calls: int
    seconds: int
    people: int


@dataclass(frozen=True)
class Early:
    """Until it was listed, and until the old rule would have listed it; None: never within the week. ``ago``: seconds from its first call of the
    week to the end of it."""

    ago: int
    listed: Until
    plain: Until | None


def plain_limit(calls: pa.Table, listed: int, *, as_of: int) -> int:
    """The calls of a day above which, in the 24 hours before ``as_of``, at most ``listed`` numbers lie: the same work for those who look."""
    start = calls["start"]
    day = calls.filter(pc.and_(pc.greater_equal(start, as_of - DAY), pc.less(start, as_of)))
    counts = pc.value_counts(day["caller"].cast(pa.string())).field("counts")
    counts = sorted(counts.to_pylist(), reverse=True)
    return counts[listed] if len(counts) > listed else 0


def early(made: Made, listed: Mapping[str, int], *, as_of: int, limit: int) -> dict[str, Early]:
    """For each number and the moment it was listed at, in the seven days before ``as_of``; times in microseconds.

    ``made``: its calls of these days; a number that made none isn't told of.
    """
    found = {}
    for number, calls in made.items():
        if calls:
            calls = sorted(calls)
            ago = (as_of - calls[0][0]) // SECOND
            found[number] = Early(ago, _until(calls, listed[number]), _plain(calls, limit))
    return found


def _until(made: list[tuple[int, str, int]], moment: int) -> Until:
    """``made``: (when, whom, seconds) in order; those before the moment count."""
    before = [one for one in made if one[0] < moment]
    seconds = (moment - before[0][0]) // SECOND if before else 0
    return Until(len(before), seconds, len({callee for _at, callee, seconds in before if seconds > 0}))


def _plain(made: list[tuple[int, str, int]], limit: int) -> Until | None:
    """At the first call that makes it more than ``limit`` within 24 hours, itself counted."""
    for place in range(limit, len(made)):
        at = made[place][0]
        if made[place - limit][0] > at - DAY:
            return _until(made, at + 1)
    return None
