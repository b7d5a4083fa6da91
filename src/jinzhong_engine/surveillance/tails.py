"""Chances and quantiles of counts. From ``scipy.special``: ``scipy.stats`` takes seconds to import."""

from collections.abc import Callable
from math import comb

import numpy as np
from scipy import special

FUZZ = 64 * np.finfo(float).eps
"""A chance that falls short of the asked one by rounding alone still reaches it, as in R."""


def poisson_tail(cases: int, mean: float) -> float:
    """Chance of as many cases or more where so many are expected.

    >>> round(poisson_tail(5, 1.6), 4)
    0.0237
    """
    return float(special.gammainc(cases, mean)) if cases > 0 else 1.0


def poisson_below(cases: int, mean: float) -> float:
    """Chance of so many cases or fewer."""
    return float(special.pdtr(cases, mean))


def poisson_quantile(chance: float, mean: float) -> int:
    """The smallest number that isn't exceeded with this chance.

    >>> poisson_quantile(0.95, 1.6)
    4
    """
    return _smallest(lambda cases: poisson_below(cases, mean), chance)


def binomial_tail(cases: float, size: float, share: float) -> float:
    """Chance of as many cases or more, negative binomial: ``size`` and ``share`` as R's ``size`` and ``prob``."""
    return float(special.betaincc(size, cases, share)) if cases > 0 else 1.0


def binomial_quantile(chance: float, size: float, share: float) -> int:
    return _smallest(lambda cases: float(special.betainc(size, cases + 1, share)), chance)


def beta_binomial_quantile(chance: float, size: float, a: float, b: float) -> int:
    """The same where the share is beta distributed (beta negative binomial).

    >>> beta_binomial_quantile(0.975, 9.0, 8e6, 2e6), binomial_quantile(0.975, 9.0, 0.8)
    (6, 6)
    >>> beta_binomial_quantile(0.975, 9.0, 8.0, 2.0)
    10
    """
    wanted, asked = chance * (1 - FUZZ), 64
    while True:
        below = np.cumsum(np.exp(_beta_binomial(np.arange(asked), size, a, b)))
        if below[-1] >= wanted:
            return int(np.searchsorted(below, wanted))
        asked *= 2


def _beta_binomial(cases: np.ndarray, size: float, a: float, b: float) -> np.ndarray:
    """Logarithm of the chance of so many cases."""
    ways = special.gammaln(size + cases) - special.gammaln(size) - special.gammaln(cases + 1)
    return np.asarray(ways + special.betaln(a + size, b + cases) - special.betaln(a, b))


def tail_after(cases: int, before: int, share: float) -> float:
    """Chance of as many cases or more after ``before`` cases in a time of which the window is a ``share``.

    Poisson with the uncertainty of what was counted before (Gamma with Jeffreys' prior): negative binomial.

    >>> tail_after(5, 6, 0.1) > poisson_tail(5, 0.6)
    True
    """
    return binomial_tail(cases, before + 0.5, 1 / (1 + share))


def window_tail(cases: int, whole: int, share: float) -> float:
    """Chance that of ``whole`` cases as many or more fall into a window that is a ``share`` of the time (conditional binomial).

    >>> window_tail(3, 4, 0.5)  # 5 of 16
    0.3125
    """
    return float(special.bdtrc(cases - 1, whole, share)) if cases > 0 else 1.0


def window_below(cases: int, whole: int, share: float) -> float:
    """Chance that of ``whole`` cases so many or fewer fall into the window."""
    return float(special.bdtr(cases, whole, share))


def parted_tail(part: int, whole: int, other: int, other_whole: int) -> float:
    """Chance of as many of the first or more, where both shares are the same (Fisher's exact test, one side).

    >>> round(parted_tail(3, 4, 1, 4), 4)  # the lady tasting tea, 17 of 70
    0.2429
    """
    found = part + other
    ways = sum(comb(whole, n) * comb(other_whole, found - n) for n in range(part, min(whole, found) + 1))
    return ways / comb(whole + other_whole, found)


def _smallest(below: Callable[[int], float], chance: float) -> int:
    """By doubling, then halving: the smallest number with ``below(number) >= chance``."""
    wanted = chance * (1 - FUZZ)
    if below(0) >= wanted:
        return 0
    high = 1
    while below(high) < wanted:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if below(middle) >= wanted else (middle, high)
    return high
