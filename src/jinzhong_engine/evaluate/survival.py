"""How many are listed after so much, with intervals that know that numbers of one gang behave alike."""

import math
from typing import Any

import numpy as np
from scipy.stats import beta

SURE = 0.95


def curve(until: list[float], gangs: list[str], marks: tuple[int, ...]) -> list[dict[str, Any]]:
    """Of numbers listed after ``until`` (infinite: never), the share listed within each mark, and its bounds 95 times of 100."""
    values = np.array(until, float)
    return [{"within": mark, **_share(values <= mark, gangs)} for mark in marks]


def _share(listed: Any, gangs: list[str]) -> dict[str, float | None]:
    if not len(listed):
        return {"share": None, "low": None, "high": None}
    share = float(listed.mean())
    low, high = bounds(share, alone(listed, gangs))
    return {"share": share, "low": low, "high": high}


def bounds(share: float, rows: float) -> tuple[float, float]:
    """The exact bounds of Clopper and Pearson for so many independent rows, which needn't be whole.

    >>> [round(one, 4) for one in bounds(1.0, 10)]  # 0.025 ** (1 / 10)
    [0.6915, 1.0]
    """
    right, tail = share * rows, (1 - SURE) / 2
    low = 0.0 if share == 0 else float(beta.ppf(tail, right, rows - right + 1))
    high = 1.0 if share == 1 else float(beta.ppf(1 - tail, right + 1, rows - right))
    return low, high


def alone(listed: Any, gangs: list[str]) -> float:
    """As many independent numbers as these are worth: the rows over the design effect (Korn and Graubard, Survey Methodology 24, 1998);
    where all fared alike nothing can be measured, and a gang counts as one.

    >>> alone(np.array([True, True, False, False]), ["a", "a", "b", "b"])  # two gangs, each of one mind
    1.0
    >>> alone(np.array([True, False, True, False]), ["a", "a", "b", "b"])
    4.0
    """
    rows, share = len(listed), float(listed.mean())
    of = np.unique(gangs, return_inverse=True)[1]
    number = int(of.max()) + 1
    if share in (0.0, 1.0) or number == 1:
        return float(number)
    apart = np.bincount(of, weights=listed - share)
    spread = number / (number - 1) * float((apart**2).sum()) / rows**2
    return share * (1 - share) / max(spread, share * (1 - share) / rows)


def median(until: list[float]) -> float | None:
    """None where fewer than half were ever listed."""
    middle = float(np.median(until)) if until else math.inf
    return None if math.isinf(middle) or math.isnan(middle) else middle
