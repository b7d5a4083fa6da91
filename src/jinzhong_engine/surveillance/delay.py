"""迟报: how many cases of the last days are still to come, from how late earlier ones came."""

from collections.abc import Sequence
from typing import NamedTuple

from jinzhong_engine.surveillance.tails import binomial_quantile


class Nowcast(NamedTuple):
    """``complete``: share of a day's cases that is known so long after it; None where too little is known to say."""

    known: int
    complete: float | None
    expected: float | None
    low: int | None
    high: int | None


LEAST = 30
"""Fewer earlier cases say nothing about a delay."""


def completeness(delays: Sequence[tuple[int, int]], longest: int) -> list[float | None]:
    """Share of cases known within 0, 1, … ``longest`` days. ``delays``: of each case the days it took to be known, and the
    days we have been able to wait for it.

    Only cases for which we have waited long enough count at each step, so that those still missing don't bias it
    (reverse-time hazards). None where fewer than ``LEAST`` were waited for.
    """
    shares: list[float | None] = [1.0]
    for late in range(longest, 0, -1):
        waited = [delay for delay, wait in delays if wait >= late and delay <= late]
        if shares[0] is None or len(waited) < LEAST:
            shares.insert(0, None)
            continue
        on_time = sum(delay < late for delay in waited)
        shares.insert(0, shares[0] * on_time / len(waited))
    return shares


def nowcast(known: int, complete: float | None) -> Nowcast:
    """What a day or week will come to: the known cases and those still on their way (negative binomial).

    >>> nowcast(8, 0.8).expected
    10.0
    >>> nowcast(8, 1.0)
    Nowcast(known=8, complete=1.0, expected=8.0, low=8, high=8)
    """
    if not complete:
        return Nowcast(known, complete, None, None, None)
    if complete >= 1:
        return Nowcast(known, complete, float(known), known, known)
    missing = [binomial_quantile(chance, known + 1.0, complete) for chance in (0.025, 0.975)]
    return Nowcast(known, complete, known / complete, known + missing[0], known + missing[1])
