"""Fair rates where counts are small: how far a count may lie from its rate, and rates drawn towards the district's."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jinzhong_engine.surveillance.tails import poisson_quantile

Reals = NDArray[np.float64]
INTERVAL = 0.95
SPREAD = 0.5
"""Before any case is seen, areas are as likely to differ by more than this (standard deviation over mean) as by less: half-Cauchy."""
ALONE, ALONE_SPREAD = 0.1, 1.0
"""One area in ten may stand alone, whatever the others are like: its risk differs from the district's by so much (standard
deviation over mean)."""
SPREADS, LEVELS = 24, 15
"""How many spreads and district rates are weighed."""
HALVINGS = 32


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
    """Gamma–Poisson: how much the areas really differ is weighed from all of them, then each count is read in that light.
    A village of 300 with one case is not thirty times worse than the district.

    The spread and the district's rate are not taken as known but averaged over (``_Priors``): with the likeliest spread alone
    the intervals hold the truth far less often than they say (``benchmarks/rates.py``). Each area is taken to be like the others,
    or else to stand alone with a risk of its own (a mixture of two Gammas), so that one that does isn't drawn to them.

    >>> big, small = shrunken([60, 1], [100_000, 300])
    >>> 1 < small.rate / big.rate < 3
    True
    """
    seen, people = np.array(cases, float), np.array(residents, float)
    if not seen.sum():
        return [Rate(0.0, 0.0, of_count(0).high / one, 0.0) for one in people]
    priors = _Priors.weighed(seen, people)
    shape, scale = priors.shape[:, None] + seen, (priors.shape / priors.level)[:, None] + people
    mean, own = ((priors.weight * part).sum(axis=0) for part in (shape / scale, people / scale))
    tail = (1 - INTERVAL) / 2
    low, high = (_quantile(chance, shape, scale, priors.weight) for chance in (tail, 1 - tail))
    return [Rate(*(float(part) for part in one)) for one in zip(mean, low, high, own, strict=True)]


class _Priors(NamedTuple):
    """Gammas from which the areas may draw their risk, and how likely each is after the counts, for each area: one row a
    spread and district rate, first as of an area like the others, then as of one that stands alone."""

    shape: Reals
    level: Reals
    weight: Reals

    @classmethod
    def weighed(cls, seen: Reals, people: Reals) -> "_Priors":
        spread = SPREAD * np.tan(np.pi / 2 * (np.arange(SPREADS) + 0.5) / SPREADS)
        apart = np.sqrt(1 / seen.sum() + spread**2 * (people**2).sum() / people.sum() ** 2)
        steps = np.linspace(-4, 4, LEVELS)
        level = (seen.sum() / people.sum() * np.exp(np.outer(apart, steps))).ravel()
        shape, width = np.repeat(spread**-2.0, LEVELS), np.repeat(apart, LEVELS)
        mean, alone = level[:, None] * people, np.full_like(shape, ALONE_SPREAD**-2.0)
        like = np.log1p(-ALONE) + _fit(seen, mean, shape[:, None])
        apart_alone = np.log(ALONE) + _fit(seen, mean, alone[:, None])
        both = np.logaddexp(like, apart_alone)
        fit = both.sum(axis=1) + np.log(width)
        likely = np.exp(fit - fit.max())
        kept = likely > 1e-5
        share = (likely[kept] / likely[kept].sum())[:, None] * np.exp(np.stack([like, apart_alone]) - both)[
            :, kept
        ]
        return cls(np.concatenate([shape[kept], alone[kept]]), np.tile(level[kept], 2), np.concatenate(share))


def _fit(seen: Reals, mean: Reals, a: Reals) -> Reals:
    """Logarithm of the chance of the counts where so many are expected (negative binomial), without what is the same for all."""
    terms = special.gammaln(a + seen) - special.gammaln(a)
    return np.asarray(terms - a * np.log1p(mean / a) + seen * (np.log(mean) - np.log(a + mean)))


def _quantile(chance: float, shape: Reals, scale: Reals, weight: Reals) -> Reals:
    """Of the weighed Gammas of each area, by halving on the logarithm."""
    low, high = np.full(shape.shape[1], -30.0), np.full(shape.shape[1], 2.0)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        below = (weight * special.gammainc(shape, scale * np.exp(middle))).sum(axis=0) < chance
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.exp(high)


def limits(expected: float) -> Limits:
    """Control limits around an expected count.

    >>> limits(4.0)
    Limits(low=1, high=8, far_low=0, far_high=11)
    """
    return Limits(*(poisson_quantile(chance, expected) for chance in (0.025, 0.975, 0.001, 0.999)))
