"""Whom a listed number rang, as counts: different numbers a day, and in its busiest hour by five minutes. No number of anybody is kept."""

from collections import Counter
from dataclasses import dataclass

from jinzhong_engine.evaluate.made import Made
from jinzhong_engine.features.windows import DAY, HOUR, WEEK

FIVE_MINUTES = HOUR // 12


@dataclass(frozen=True)
class Rung:
    """``days``: different numbers it rang in each of the seven times 24 hours before the moment, the oldest first; answered or not.

    ``hour``: when the clock hour in which it rang the most began, of several the last, in microseconds; None: it rang nobody.
    ``fives``: the numbers of that hour by the five minutes in which each was rung first; together they are all of them.
    """

    days: list[int]
    hour: int | None
    fives: list[int]


def rung(made: Made, *, as_of: int) -> dict[str, Rung]:
    """For each number, whom it rang in the seven days before ``as_of``. ``made``: its calls of these days."""
    return {number: _of(calls, as_of - WEEK) for number, calls in made.items()}


def _of(made: list[tuple[int, str, int]], since: int) -> Rung:
    days = Counter(day for day, _callee in {((at - since) // DAY, callee) for at, callee, _seconds in made})
    hours = Counter(hour for hour, _callee in {(at // HOUR * HOUR, callee) for at, callee, _seconds in made})
    if not hours:
        return Rung([0] * 7, None, [0] * 12)
    busiest = max(hours, key=lambda hour: (hours[hour], hour))
    first: dict[str, int] = {}
    for at, callee, _seconds in sorted(made):
        if busiest <= at < busiest + HOUR:
            first.setdefault(callee, (at - busiest) // FIVE_MINUTES)
    fives = Counter(first.values())
    return Rung([days[one] for one in range(7)], busiest, [fives[one] for one in range(12)])
