"""Whether a place without a case has earned an award or been lucky."""

from typing import NamedTuple

from jinzhong_engine.surveillance.tails import poisson_below

LUCK_TO = 0.05
"""An award is given where luck alone would bring the best of all areas so far in at most this share of times."""


class Award(NamedTuple):
    """``expected``: cases without any effort; ``p_zero``: chance of none then; ``p_best_of``: that it happens in at least
    one of the areas looked at (no more than so, by Bonferroni), for the boast is always about the best one."""

    expected: float
    p_zero: float
    p_best_of: float
    award: bool


def award(*, residents: int, days: int, cases: int, district_rate: float, areas: int) -> Award:
    """``district_rate``: cases per person and day.

    >>> small = award(residents=3_000, days=31, cases=0, district_rate=557 / 577_505 / 151, areas=12)
    >>> round(small.expected, 2), round(small.p_zero, 2), small.award
    (0.59, 0.55, False)
    >>> long = award(residents=3_689, days=243, cases=0, district_rate=557 / 577_505 / 151, areas=12)
    >>> round(long.expected, 1), round(long.p_zero, 3), round(long.p_best_of, 3), long.award
    (5.7, 0.003, 0.039, True)
    """
    expected = residents * days * district_rate
    p_zero = poisson_below(0, expected)
    p_best_of = min(1.0, areas * p_zero)
    return Award(expected, p_zero, p_best_of, cases == 0 and p_best_of <= LUCK_TO)
