"""A ledger that grows: the same stretches the batch files in one go, kept up event by event. The kernel can't tell them apart.

A stretch that is full moves to the end of the pool with twice its room. When the pool is full everything is packed anew and
what no feature looks at any more is dropped, so that memory follows the look-back and not the time the watch has run.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

ROOM = 4
"""Places of a fresh stretch: most numbers make few calls."""


def longer(array: Any, count: int) -> Any:
    """At least ``count`` long, with air for more: grown by half, not by one."""
    if len(array) >= count:
        return array
    grown = np.zeros(count + count // 2 + 64, array.dtype)
    grown[: len(array)] = array
    return grown


class Pool(NamedTuple):
    """A ledger with room: ``room[n]`` places of ``events`` from ``start[n]`` on are the owner's; from ``used[0]`` on they are nobody's."""

    events: Any
    start: Any
    end: Any
    room: Any
    used: Any


@njit(cache=True, nogil=True)
def _widen(pool: Any, owners: Any, coming: Any) -> bool:
    """Room for what is coming: a stretch too short for it moves behind all others, with twice its room. False: the pool is full."""
    wanted = 0
    for at in range(len(owners)):
        size = pool.end[owners[at]] - pool.start[owners[at]] + coming[at]
        if size > pool.room[owners[at]]:
            wanted += max(ROOM, 2 * size)
    if pool.used[0] + wanted > len(pool.events):
        return False
    for at in range(len(owners)):
        owner = owners[at]
        size = pool.end[owner] - pool.start[owner]
        if size + coming[at] > pool.room[owner]:
            fresh, pool.room[owner] = pool.used[0], max(ROOM, 2 * (size + coming[at]))
            pool.used[0] += pool.room[owner]
            for place in range(size):
                pool.events[fresh + place] = pool.events[pool.start[owner] + place]
            pool.start[owner], pool.end[owner] = fresh, fresh + size
    return True


@njit(cache=True, nogil=True)
def _pack(pool: Any, owners: Any, coming: Any, oldest: int, packed: Any) -> None:
    """Move what is not older into ``packed``, every stretch with room for what is coming and half as much again."""
    used, at = 0, 0
    for owner in range(len(pool.start)):
        first = pool.start[owner]
        while first < pool.end[owner] and pool.events[first].at < oldest:
            first += 1
        size = pool.end[owner] - first
        for place in range(size):
            packed[used + place] = pool.events[first + place]
        pool.start[owner], pool.end[owner] = used, used + size
        if at < len(owners) and owners[at] == owner:
            size += coming[at]
            at += 1
        pool.room[owner] = size + size // 2
        used += pool.room[owner]
    pool.used[0] = used


def insert(pool: Pool, owners: Any, news: Any) -> None:
    """File events under their owners; an owner of -1 is nobody. Owner by owner, since each lies elsewhere."""
    order = np.argsort(owners, kind="stable")
    _insert(pool, owners, news, order[np.searchsorted(owners[order], 0) :])


@njit(cache=True, nogil=True)
def _insert(pool: Any, owners: Any, news: Any, order: Any) -> None:
    """Each stretch in the order of time."""
    events, start, end = pool.events, pool.start, pool.end
    for row in order:
        owner, at = owners[row], news[row].at
        place = end[owner]
        while place > start[owner] and events[place - 1].at > at:
            events[place] = events[place - 1]
            place -= 1
        events[place] = news[row]
        end[owner] += 1


def empty(kind: np.dtype) -> Pool:
    start, end, room, used = (np.zeros(size, np.int64) for size in (0, 0, 0, 1))
    return Pool(np.empty(1024, kind), start, end, room, used)


def with_room(pool: Pool, count: int, owners: Any, oldest: int) -> Pool:
    """With place for ``count`` owners and for one more event of each of ``owners``; another pool where this one was full."""
    start, end, room = (longer(one, count) for one in (pool.start, pool.end, pool.room))
    pool = pool._replace(start=start, end=end, room=room)
    coming, counts = np.unique(owners[owners >= 0], return_counts=True)
    if _widen(pool, coming, counts):
        return pool
    return packed(pool, owners, oldest)


def packed(pool: Pool, owners: Any, oldest: int) -> Pool:
    """Another pool, without what is older, with place for one more event of each of ``owners``."""
    coming, counts = np.unique(owners[owners >= 0], return_counts=True)
    kept = int((pool.end - pool.start).sum())
    events = np.empty(2 * (kept + ROOM * len(owners)) + 1024, pool.events.dtype)
    _pack(pool, coming, counts, oldest, events)
    return pool._replace(events=events)


def of(pool: Pool, owners: Any) -> Pool:
    """Of these owners, a row of booleans, counted anew."""
    count = len(owners)
    start, end, room = (one[:count][owners] for one in (pool.start, pool.end, pool.room))
    return pool._replace(start=start, end=end, room=room)


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
