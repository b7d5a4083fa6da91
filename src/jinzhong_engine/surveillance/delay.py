"""迟报: how many cases of the last days are still to come, from how late earlier ones came, and how sure that is."""

from collections.abc import Iterator, Sequence
from math import sqrt
from typing import NamedTuple

from jinzhong_engine.surveillance.tails import beta_binomial_quantile, binomial_quantile


class Known(NamedTuple):
    """The share of the cases of some days that is known so long after them, and its standard deviation."""

    share: float
    sd: float = 0.0

    @property
    def weights(self) -> tuple[float, float]:
        """Of the beta distribution with this mean and deviation; the deviation isn't 0."""
        size = self.share * (1 - self.share) / self.sd**2 - 1
        return self.share * size, (1 - self.share) * size


ALL = Known(1.0)
"""Nothing more is waited for."""


class Nowcast(NamedTuple):
    """``expected``: what the days come to; ``low``, ``high``: 95 of 100. None where too little is known to say."""

    known: int
    expected: float | None
    low: int | None
    high: int | None


LEAST = 30
"""Fewer earlier cases say nothing about a delay."""
ON_TIME, LATE = 0.5, 0.5
"""Prior cases of each step; those that are late are spread over all steps, so that many steps don't make a share smaller."""


def known(delays: Sequence[tuple[int, int]], waits: Sequence[int], longest: int) -> Known | None:
    """The share that is known of days which were waited for so long. ``delays``: of each earlier case the days it took to be
    known, and the days we have been able to wait for it.

    A share is a product of steps, each the chance of having come by the day before the step's where it has come by that day
    (reverse-time hazards); only cases for which we have waited long enough count at a step, so that those still missing don't
    bias it. The steps are independent beta distributions, so mean and variance of their products are exact. None where a
    step rests on fewer than ``LEAST`` cases.
    """
    steps = list(_steps(delays, longest))
    asked = sorted(min(wait, longest) for wait in waits)
    found = _moments(steps, longest)
    if any(one not in found for one in asked):
        return None
    mean = sum(found[one][0] for one in asked) / len(asked)
    both = sum(_both(found, one, other) for one in asked for other in asked) / len(asked) ** 2
    return Known(mean, sqrt(max(0.0, both - mean**2)))


def _steps(delays: Sequence[tuple[int, int]], longest: int) -> Iterator[tuple[int, float, float]]:
    """(days, weight of on time, weight of late) from the longest delay downwards, as long as enough cases are known."""
    for late in range(longest, 0, -1):
        waited = [delay for delay, wait in delays if wait >= late and delay <= late]
        if len(waited) < LEAST:
            return
        on_time = sum(delay < late for delay in waited)
        yield late, on_time + ON_TIME, len(waited) - on_time + LATE / longest


def _moments(steps: Sequence[tuple[int, float, float]], longest: int) -> dict[int, tuple[float, float]]:
    """By the days waited: the share's mean, and the mean of its square."""
    mean = square = 1.0
    found = {longest: (mean, square)}
    for late, on_time, missed in steps:
        size = on_time + missed
        mean *= on_time / size
        square *= on_time * (on_time + 1) / (size * (size + 1))
        found[late - 1] = (mean, square)
    return found


def _both(found: dict[int, tuple[float, float]], one: int, other: int) -> float:
    """Mean of the product of two days' shares: the newer day's is the older's times further steps."""
    newer, older = sorted((one, other))
    return found[older][1] * found[newer][0] / found[older][0]


def nowcast(cases: int, share: Known | None) -> Nowcast:
    """What a day or week will come to: the known cases and those still on their way (negative binomial; its share beta
    distributed). Where the share may well be next to nothing, the cases to come have no mean and nothing is said.

    >>> nowcast(8, Known(0.8))
    Nowcast(known=8, expected=10.0, low=8, high=14)
    >>> nowcast(8, Known(0.8, sd=0.1)).high
    17
    >>> nowcast(8, ALL)
    Nowcast(known=8, expected=8.0, low=8, high=8)
    """
    if share is None or share.share <= 0 or (share.sd and share.weights[0] <= 1):
        return Nowcast(cases, None, None, None)
    if share.share >= 1:
        return Nowcast(cases, float(cases), cases, cases)
    low, high = (cases + _missing(chance, cases, share) for chance in (0.025, 0.975))
    return Nowcast(cases, cases / share.share, low, high)


def _missing(chance: float, cases: int, share: Known) -> int:
    if not share.sd:
        return binomial_quantile(chance, cases + 1.0, share.share)
    return beta_binomial_quantile(chance, cases + 1.0, *share.weights)
