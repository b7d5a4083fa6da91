"""A ledger that grows: the same stretches the batch files in one go, kept up event by event. The kernel can't tell them apart.

Each stretch lies in a block, twice as large whenever it is full; blocks that were left are given out again. What no feature looks at
any more is dropped owner by owner, a few with each batch. So memory follows the look-back and not the time the watch has run, and no
batch waits for all events to be moved.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from jinzhong_engine.backends.kernel import ALL

ROOM = 4
"""Places of a fresh stretch: most numbers make few calls."""
KINDS = 48
"""Sizes of blocks, each twice the one before."""


def longer(array: Any, count: int) -> Any:
    """At least ``count`` long, with air for more: grown by half, not by one."""
    if len(array) >= count:
        return array
    grown = np.zeros(count + count // 2 + 64, array.dtype)
    grown[: len(array)] = array
    return grown


class Pool(NamedTuple):
    """A ledger with room: ``room[n]`` places of ``events`` from ``base[n]`` on are the owner's block, ``start[n]:end[n]`` its events in it.

    ``used[0]``: from there on places are nobody's. ``free[k]``: a block of ROOM << k places that was left, -1 where there is none; ``at``
    of its first event names the next. ``swept[0]``: the owner to be looked at next for old events.
    """

    events: Any
    base: Any
    start: Any
    end: Any
    room: Any
    used: Any
    free: Any
    swept: Any


@njit(cache=True, nogil=True)
def _block(pool: Any, size: int) -> tuple[int, int]:
    """(place, room) of a block for so many events; place -1: there is none."""
    which, room = 0, ROOM
    while room < size:
        which, room = which + 1, 2 * room
    place = pool.free[which]
    if place >= 0:
        pool.free[which] = pool.events[place].at
    elif pool.used[0] + room <= len(pool.events):
        place = pool.used[0]
        pool.used[0] += room
    return place, room


@njit(cache=True, nogil=True)
def _leave(pool: Any, owner: int) -> None:
    """The owner's block is free."""
    which, room = 0, ROOM
    while room < pool.room[owner]:
        which, room = which + 1, 2 * room
    if pool.room[owner]:
        pool.events[pool.base[owner]].at = pool.free[which]
        pool.free[which] = pool.base[owner]


@njit(cache=True, nogil=True)
def _move(pool: Any, owner: int, place: int, room: int) -> None:
    """The owner's events to the beginning of this block."""
    size = pool.end[owner] - pool.start[owner]
    for at in range(size):
        pool.events[place + at] = pool.events[pool.start[owner] + at]
    if place != pool.base[owner] or room != pool.room[owner]:
        _leave(pool, owner)
    pool.base[owner], pool.room[owner] = place, room
    pool.start[owner], pool.end[owner] = place, place + size


@njit(cache=True, nogil=True)
def _trim(pool: Any, owner: int, oldest: int, fresh: Any) -> None:
    """Drop what is older. The slots of its parties are free again, where the owner's events carry slots."""
    first = pool.start[owner]
    while first < pool.end[owner] and pool.events[first].at < oldest:
        first += 1
    if first > pool.start[owner] and owner < len(fresh):
        fresh[owner] = ALL
    pool.start[owner] = first


@njit(cache=True, nogil=True)
def _widen(pool: Any, owner: int, oldest: int, fresh: Any) -> bool:
    """Room for one event more; False: the pool has none."""
    _trim(pool, owner, oldest, fresh)
    size, room = pool.end[owner] - pool.start[owner] + 1, pool.room[owner]
    if size <= room - room // 4:
        _move(pool, owner, pool.base[owner], room)
        return True
    place, room = _block(pool, max(size, room + 1))
    if place >= 0:
        _move(pool, owner, place, room)
    return place >= 0


@njit(cache=True, nogil=True)
def sweep(pool: Any, count: int, oldest: int, fresh: Any) -> None:
    """Drop what is older of the next so many owners; a block that is mostly empty is changed for a smaller one."""
    for _turn in range(min(count, len(pool.start))):
        owner = pool.swept[0] = (pool.swept[0] + 1) % len(pool.start)
        if not pool.room[owner] or pool.events[pool.start[owner]].at >= oldest:
            continue
        _trim(pool, owner, oldest, fresh)
        size = pool.end[owner] - pool.start[owner]
        if not size:
            _leave(pool, owner)
            pool.base[owner] = pool.start[owner] = pool.end[owner] = pool.room[owner] = 0
        elif pool.room[owner] > ROOM and 4 * size <= pool.room[owner]:
            place, room = _block(pool, 2 * size)
            if place >= 0:
                _move(pool, owner, place, room)


@njit(cache=True, nogil=True)
def _file(pool: Any, owners: Any, news: Any, first: int, oldest: int, fresh: Any) -> int:
    """Each stretch in the order of time. Returns the first row that finds no room, or how many rows there are."""
    events, base, start, end, room = pool.events, pool.base, pool.start, pool.end, pool.room
    for row in range(first, len(owners)):
        owner, at = owners[row], news[row].at
        if owner < 0:
            continue
        if end[owner] == base[owner] + room[owner] and not _widen(pool, owner, oldest, fresh):
            return row
        place = end[owner]
        while place > start[owner] and events[place - 1].at > at:
            events[place] = events[place - 1]
            place -= 1
        events[place] = news[row]
        end[owner] += 1
    return len(owners)


def empty(kind: np.dtype) -> Pool:
    base, start, end, room, used, swept = (np.zeros(size, np.int64) for size in (0, 0, 0, 0, 1, 1))
    return Pool(np.zeros(1024, kind), base, start, end, room, used, np.full(KINDS, -1), swept)


def with_events(pool: Pool, count: int, owners: Any, news: Any, oldest: int, fresh: Any) -> Pool:
    """With these events filed under their owners, of whom there are ``count``; an owner of -1 is nobody. ``fresh``: of ``kernel.Book``, where
    events carry slots."""
    base, start, end, room = (longer(one, count) for one in (pool.base, pool.start, pool.end, pool.room))
    pool = pool._replace(base=base, start=start, end=end, room=room)
    done = 0
    while (done := _file(pool, owners, news, done, oldest, fresh)) < len(owners):
        _lengthen(pool.events, len(owners) - done + 2 * int(room[owners[done]]) + ROOM)
    return pool


def _lengthen(events: Any, wanted: int) -> None:
    """In place: the system moves pages of a large array, not their content."""
    events.resize(len(events) + max(wanted, len(events) // 64), refcheck=False)


def of(pool: Pool, owners: Any) -> Pool:
    """Of these owners, a row of booleans, counted anew; the others have no events."""
    count = len(owners)
    base, start, end, room = (one[:count][owners] for one in (pool.base, pool.start, pool.end, pool.room))
    return pool._replace(base=base, start=start, end=end, room=room, swept=np.zeros(1, np.int64))


@njit(cache=True, nogil=True)
def met(pool: Any, column: Any, marks: Any) -> None:
    """Mark what the events have in a column of theirs: another number, a text."""
    for owner in range(len(pool.start)):
        for place in range(pool.start[owner], pool.end[owner]):
            marks[column[place]] = True


@njit(cache=True, nogil=True)
def rename(pool: Any, column: Any, names: Any) -> None:
    """``names``: the new id of each."""
    for owner in range(len(pool.start)):
        for place in range(pool.start[owner], pool.end[owner]):
            column[place] = names[column[place]]
