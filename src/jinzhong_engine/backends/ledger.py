"""A ledger keeps, for every number, its own events side by side in the order of time.

Ids are dense: a number, a handset, a cell is a small integer. One counting sort files all events under their owner; the live
ledger grows instead, each owner's stretch doubling when it is full. The kernel reads both the same way: ``events[start:end]``.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

MADE = np.dtype(
    [
        ("at", "i8"),
        ("other", "i4"),
        ("slot", "i4"),
        ("seconds", "i4"),
        ("cell", "i4"),
        ("imei", "i4"),
        ("city", "i4"),
        ("kind", "i2"),
        ("roaming", "i2"),
    ]
)
"""A call made, filed under its caller. -1: not recorded; ``roaming``: 1 or 0. ``slot``: the place of the other among the caller's parties (``kernel.settle``)."""

KNEW = np.dtype([("at", "i8"), ("other", "i4"), ("slot", "i4")])
"""A call made before the week, filed under its caller: no feature asks more of it."""

BRIEF = np.dtype([("at", "i8"), ("other", "i4"), ("what", "i4"), ("slot", "i4")])
"""A call received (``what``: seconds, under its callee), a use of a handset (under the handset) or a message sent
(``what``: its text, under its sender)."""

DOMESTIC, INTERNATIONAL, FORWARDED = range(3)
"""Places in CALL_KINDS."""


class Ledger(NamedTuple):
    """``events[start[n]:end[n]]`` are the events of owner ``n``, ascending in time."""

    events: Any
    start: Any
    end: Any


@njit(cache=True, nogil=True)
def _places(owners: Any, count: int) -> Any:
    """Where each owner's stretch begins; one more than there are owners."""
    start = np.zeros(count + 1, np.int64)
    for owner in owners:
        if owner >= 0:
            start[owner + 1] += 1
    for owner in range(count):
        start[owner + 1] += start[owner]
    return start


@njit(cache=True, nogil=True)
def _file_made(
    caller: Any,
    at: Any,
    callee: Any,
    seconds: Any,
    cell: Any,
    imei: Any,
    city: Any,
    kind: Any,
    roaming: Any,
    start: Any,
    events: Any,
) -> None:
    free = start[:-1].copy()
    for row in range(len(caller)):
        one = events[free[caller[row]]]
        free[caller[row]] += 1
        one.at, one.other, one.seconds = at[row], callee[row], seconds[row]
        one.cell, one.imei, one.city = cell[row], imei[row], city[row]
        one.kind, one.roaming = kind[row], roaming[row]


@njit(cache=True, nogil=True)
def _file_brief(owners: Any, at: Any, other: Any, what: Any, start: Any, events: Any) -> None:
    free = start[:-1].copy()
    for row in range(len(owners)):
        if owners[row] < 0:
            continue
        one = events[free[owners[row]]]
        free[owners[row]] += 1
        one.at, one.other = at[row], other[row]
        if what is not None:
            one.what = what[row]


def file_made(caller: Any, columns: tuple[Any, ...], count: int) -> Ledger:
    """Calls under their caller. ``columns``: at, callee, seconds, cell, imei, city, kind, roaming; rows ascending in time."""
    start = _places(caller, count)
    events = np.empty(start[-1], MADE)
    at, callee, seconds, cell, imei, city, kind, roaming = columns
    _file_made(caller, at, callee, seconds, cell, imei, city, kind, roaming, start, events)
    return Ledger(events, start[:-1], start[1:])


def file_brief(owners: Any, at: Any, other: Any, what: Any, count: int) -> Ledger:
    """Brief events under their owner, without ``what`` calls before the week; rows ascending in time. An owner of -1 is nobody and is left out."""
    start = _places(owners, count)
    events = np.empty(start[-1], KNEW if what is None else BRIEF)
    _file_brief(owners, at, other, what, start, events)
    return Ledger(events, start[:-1], start[1:])


@njit(cache=True, nogil=True)
def ascends(at: Any) -> bool:
    """Whether no moment lies before the one in front of it."""
    back = 0
    for row in range(1, len(at)):
        back += at[row] < at[row - 1]
    return back == 0
