"""Fair rates where counts are small: how far a count may lie from its rate, and rates drawn towards the district's."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy import optimize, special

from jinzhong_engine.surveillance.tails import poisson_quantile

INTERVAL = 0.95
FIRMEST = 1e6
"""From here on the towns differ by nothing but chance."""


class Interval(NamedTuple):
    low: float
    high: float


class Rate(NamedTuple):
    """``rate``: cases per resident, drawn towards the district's; ``own``: how much of it is the area's own count (0 to 1)."""

    rate: float
    low: float
    high: float
    own: float


class Limits(NamedTuple):
    """Counts between which an area of this size stays in 95 and in 99.8 of 100 months when it is like the others."""

    low: int
    high: int
    far_low: int
    far_high: int


def of_count(cases: int) -> Interval:
    """Exact interval of a Poisson mean (Garwood).

    >>> tuple(round(one, 2) for one in of_count(5))  # 1.62 to 11.67 in every table
    (1.62, 11.67)
    """
    tail = (1 - INTERVAL) / 2
    low = float(special.gammaincinv(cases, tail)) if cases else 0.0
    return Interval(low, float(special.gammaincinv(cases + 1, 1 - tail)))


def of_share(part: int, whole: int) -> Interval:
    """Exact interval of a share, 0 to 1 (Clopper and Pearson).

    >>> tuple(round(one, 3) for one in of_share(8, 10))  # 0.444 to 0.975 in every table
    (0.444, 0.975)
    """
    tail = (1 - INTERVAL) / 2
    low = float(special.betaincinv(part, whole - part + 1, tail)) if part else 0.0
    high = float(special.betaincinv(part + 1, whole - part, 1 - tail)) if part < whole else 1.0
    return Interval(low, high)


def shrunken(cases: Sequence[int], residents: Sequence[int]) -> list[Rate]:
    """Gamma–Poisson: how much the areas really differ is estimated from all of them (maximum likelihood), then each count
    is read in that light. A village of 300 with one case is not thirty times worse than the district.

    >>> big, small = shrunken([60, 1], [100_000, 300])
    >>> round(small.rate / big.rate, 1) < 2
    True
    """
    seen, people = np.array(cases, float), np.array(residents, float)
    level = seen.sum() / people.sum()
    if level == 0:
        return [Rate(0.0, 0.0, of_count(0).high / one, 0.0) for one in people]
    firmness = _firmness(seen, level * people)
    shape, scale = firmness + seen, firmness / level + people
    tail = (1 - INTERVAL) / 2
    return [
        Rate(
            rate=float(a / b),
            low=float(special.gammaincinv(a, tail) / b),
            high=float(special.gammaincinv(a, 1 - tail) / b),
            own=float(n / b),
        )
        for a, b, n in zip(shape, scale, people, strict=True)
    ]


def _firmness(seen: np.ndarray, expected: np.ndarray) -> float:
    """Shape of the Gamma from which areas draw their risk: large where they are alike."""

    def unlikely(log_shape: float) -> float:
        shape = float(np.exp(log_shape))
        terms = special.gammaln(shape + seen) - special.gammaln(shape)
        return float(-(terms - shape * np.log1p(expected / shape) - seen * np.log(shape + expected)).sum())

    best = optimize.minimize_scalar(unlikely, bounds=(np.log(0.01), np.log(FIRMEST)), method="bounded")
    return float(np.exp(best.x))


def limits(expected: float) -> Limits:
    """Control limits around an expected count.

    >>> limits(4.0)
    Limits(low=1, high=8, far_low=0, far_high=11)
    """
    return Limits(*(poisson_quantile(chance, expected) for chance in (0.025, 0.975, 0.001, 0.999)))
