"""A chance holds at one prevalence: what it is at another. Imports nothing that computes, so that a page may ask."""

import math

LEAST = 1e-12
"""A chance of nothing or of certainty has no odds; it is taken for one as close to it."""


def moved(chance: float, was: float, now: float) -> float:
    """A chance at the prevalence ``was``, as the same one at ``now``; it lies between the same others.

    >>> round(moved(0.5, 0.5, 0.001), 6)
    0.001
    """
    there = odds(min(max(chance, LEAST), 1 - LEAST)) / odds(was) * odds(now)
    return there / (1 + there)


def odds(share: float) -> float:
    """
    >>> odds(0.75)
    3.0
    """
    return share / (1 - share)


def log_odds(share: float) -> float:
    return math.log(odds(share))
