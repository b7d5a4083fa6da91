"""Ledgers that grow: the same stretches the batch files in one go, kept up call by call. The kernel can't tell them apart.

A stretch that is full moves to the end of the pool with twice its room. When the pool is full everything is packed anew and
what no feature looks at any more is dropped, so that memory follows the look-back and not the time the watch has run.
"""

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit, types
from numba.typed import Dict

from jinzhong_engine.backends import digits, kernel
from jinzhong_engine.backends.cores import THREADS, side_by_side
from jinzhong_engine.backends.ledger import BRIEF, KINDS, MADE, Ledger
from jinzhong_engine.backends.native import kinds
from jinzhong_engine.features.windows import LOOKBACK, WEEK

ROOM = 4
"""Places of a fresh stretch: most numbers make few calls."""

MANY = 100
"""Times as many calls known as are new: then only the new ones are looked at, and else all get their slots anew."""


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


@njit(cache=True, nogil=True)
def _insert(pool: Any, owners: Any, news: Any, order: Any) -> None:
    """File events under their owners, each stretch in the order of time."""
    events, start, end = pool.events, pool.start, pool.end
    for row in order:
        owner, at = owners[row], news[row].at
        place = end[owner]
        while place > start[owner] and events[place - 1].at > at:
            events[place] = events[place - 1]
            place -= 1
        events[place] = news[row]
        end[owner] += 1


@njit(cache=True, nogil=True)
def _slots(pairs: Any, made: Any, received: Any, parties: Any, slots: Any) -> None:
    """The slot of the other among the owner's parties, for each pair: what their latest event carries, or the next one."""
    for at in range(len(pairs)):
        owner, other = pairs[at] >> 32, pairs[at] & 0xFFFFFFFF
        slots[at] = -1
        for place in range(made.end[owner] - 1, made.start[owner] - 1, -1):
            if made.events[place].other == other:
                slots[at] = made.events[place].slot
                break
        if slots[at] < 0:
            for place in range(received.end[owner] - 1, received.start[owner] - 1, -1):
                if received.events[place].other == other:
                    slots[at] = received.events[place].slot
                    break
        if slots[at] < 0:
            slots[at] = parties[owner]
            parties[owner] += 1


def _empty(kind: np.dtype) -> Pool:
    start, end, room, used = (np.zeros(size, np.int64) for size in (0, 0, 0, 1))
    return Pool(np.empty(1024, kind), start, end, room, used)


def _with_room(pool: Pool, count: int, owners: Any, oldest: int) -> Pool:
    """With place for ``count`` owners and for one more event of each of ``owners``; another pool where this one was full."""
    start, end, room = (_longer(one, count) for one in (pool.start, pool.end, pool.room))
    pool = pool._replace(start=start, end=end, room=room)
    coming, counts = np.unique(owners[owners >= 0], return_counts=True)
    if _widen(pool, coming, counts):
        return pool
    kept = int((pool.end - pool.start).sum())
    packed = np.empty(2 * (kept + ROOM * len(owners)) + 1024, pool.events.dtype)
    _pack(pool, coming, counts, oldest, packed)
    return pool._replace(events=packed)


def _longer(array: Any, count: int) -> Any:
    """At least ``count`` long, with air for more: grown by half, not by one."""
    if len(array) >= count:
        return array
    grown = np.zeros(count + count // 2 + 64, array.dtype)
    grown[: len(array)] = array
    return grown


@njit(cache=True)
def _no_places() -> Any:
    return Dict.empty(types.int64, types.int32)


@njit(cache=True, nogil=True)
def _place(keys: Any, places: Any, ids: Any, fresh: Any) -> int:
    """The id of each key, -1 for NO_FORM; keys that were new come to stand in ``fresh``, returns how many."""
    found = 0
    for row in range(len(keys)):
        key = keys[row]
        if key == digits.NO_FORM:
            ids[row] = -1
        elif key in places:
            ids[row] = places[key]
        else:
            ids[row] = places[key] = np.int32(len(places))
            fresh[found] = key
            found += 1
    return found


class Ids:
    """Small integers for texts, in the order they are met. A text has a key: its packed form, or for one that has none
    the next whole number below 0."""

    def __init__(self) -> None:
        self._places, self._keys, self._count = _no_places(), np.zeros(64, np.int64), 0
        self._odd: dict[str, int] = {}

    def __len__(self) -> int:
        return self._count

    def encode(self, column: Any) -> Any:
        """int32 ids of a column; -1 for nothing."""
        chunk = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not pa.types.is_dictionary(chunk.type):
            return self._ids(chunk)
        if len(chunk.dictionary) > len(chunk):  # a slice of a large table carries all its texts along
            return self._ids(chunk.dictionary_decode())
        places = pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False)
        return np.append(self._ids(chunk.dictionary), np.int32(-1))[places]

    def _ids(self, texts: pa.Array) -> Any:
        keys = digits.keys(texts)
        for row in np.flatnonzero(keys == digits.NO_FORM).tolist():
            if texts[row].is_valid:
                keys[row] = self._odd.setdefault(texts[row].as_py(), -1 - len(self._odd))
        ids, fresh = np.empty(len(keys), np.int32), np.empty(len(keys), np.int64)
        found = _place(keys, self._places, ids, fresh)
        self._keys = _longer(self._keys, self._count + found)
        self._keys[self._count : self._count + found] = fresh[:found]
        self._count += found
        return ids

    def texts(self, ids: Any = slice(None)) -> pa.Array:
        """The texts of these ids; of all, in their order."""
        keys = self._keys[: self._count][ids]
        known = digits.texts(pa.array(np.maximum(keys, digits.NO_FORM)))
        if not self._odd:
            return known
        odd = pa.array(list(self._odd)).take(pa.array(-1 - keys, mask=keys >= 0))
        return pc.if_else(pa.array(keys >= 0), known, odd)


class Live:
    """Everything the features of any number need, as of now."""

    def __init__(self) -> None:
        self.numbers, self.cells, self.imeis, self.cities = Ids(), Ids(), Ids(), Ids()
        self.made, self.received, self.uses = _empty(MADE), _empty(BRIEF), _empty(BRIEF)
        self._no_messages = Ledger(np.empty(0, BRIEF), self.made.start, self.made.start)
        self._parties = np.zeros(0, np.int64)
        self._papers = [kernel.scratch(1, 1, 1, 1, 1)] * THREADS
        self._on_handset = np.zeros(1, np.int64)

    def add(self, calls: pa.Table, oldest: int) -> Any:
        """calls: checked, times int64. Returns the ids of their callers; ``oldest``: what lies before it may be dropped."""
        made, caller = self._encoded(calls)
        brief = np.zeros(len(made), BRIEF)
        brief["at"], brief["other"], brief["what"] = made["at"], caller, made["seconds"]
        owners = (caller, made["other"].copy(), made["imei"].copy())
        fresh = self._room_for(owners, oldest)
        if fresh or MANY * len(made) > self.made.used[0]:
            self._insert(owners, made, brief)
            self._settle_all()
        else:
            self._settle(caller, made, brief)
            self._insert(owners, made, brief)
        return caller

    def _encoded(self, calls: pa.Table) -> tuple[Any, Any]:
        """(the calls as they lie under their callers, their callers)."""
        caller, callee = self.numbers.encode(calls["caller"]), self.numbers.encode(calls["callee"])
        made = np.zeros(len(caller), MADE)
        made["at"], made["other"] = calls["start"].to_numpy(), callee
        made["seconds"] = calls["seconds"].to_numpy()
        made["cell"], made["imei"] = self.cells.encode(calls["cell"]), self.imeis.encode(calls["imei"])
        made["city"] = self.cities.encode(calls["peer_city"])
        made["kind"] = kinds(calls["kind"])
        return made, caller

    def _pools(self) -> tuple[Pool, Pool, Pool]:
        return self.made, self.received, self.uses

    def _room_for(self, owners: tuple[Any, Any, Any], oldest: int) -> bool:
        """Place for the calls under their three owners; whether anything had to be packed anew."""
        before = [one.events for one in self._pools()]
        count = len(self.numbers)
        counts = (count, count, len(self.imeis))
        self.made, self.received, self.uses = side_by_side(
            _with_room, self._pools(), counts, owners, [oldest] * 3
        )
        self._parties = _longer(self._parties, count)
        nothing = _longer(self._no_messages.start, count)
        self._no_messages = self._no_messages._replace(start=nothing, end=nothing)
        return any(
            one is not other.events for one, other in zip(before, self._pools(), strict=True)
        )

    def _settle(self, caller: Any, made: Any, brief: Any) -> None:
        """Each call's party gets the slot it has, with the caller and with the callee; the rest of them keep theirs."""
        one, other = caller.astype(np.int64), made["other"].astype(np.int64)
        pairs, places = np.unique(np.concatenate([one << 32 | other, other << 32 | one]), return_inverse=True)
        slots = np.empty(len(pairs), np.int32)
        _slots(pairs, self.made, self.received, self._parties, slots)
        made["slot"], brief["slot"] = np.split(slots[places], 2)

    def _insert(self, owners: tuple[Any, Any, Any], made: Any, brief: Any) -> None:
        """Owner by owner, since each lies elsewhere."""

        def file(pool: Pool, of: Any, news: Any) -> None:
            order = np.argsort(of, kind="stable")
            _insert(pool, of, news, order[np.searchsorted(of[order], 0) :])

        side_by_side(file, self._pools(), owners, (made, brief, brief))

    def _settle_all(self) -> None:
        """All slots anew: those of parties that were dropped are free again."""
        events = self.made.end - self.made.start + self.received.end - self.received.start
        papers = self._fitting_papers(int(events.max(initial=1)))
        everybody = np.array_split(np.arange(len(events)), THREADS)
        side_by_side(lambda part, paper: kernel.settle_all(part, self._book(), paper), everybody, papers)

    def features(self, chosen: Any, moment: int) -> Any:
        """One line of features for each of the chosen ids, from what happened before the moment."""
        out = np.empty((len(chosen), kernel.WIDTH))
        papers, book = self._fitting_papers(int(self._parties[chosen].max(initial=1))), self._book()

        def part(numbers: Any, paper: kernel.Scratch, lines: Any) -> None:
            handsets = _handsets(numbers, moment, book.made, paper)
            kernel.handset_counts(handsets, moment, book.uses, paper, self._on_handset)
            kernel.rows(numbers, moment, book, self._on_handset, paper, lines)

        side_by_side(part, np.array_split(chosen, THREADS), papers, np.array_split(out, THREADS))
        return out

    def active(self, moment: int) -> Any:
        """Ids of the numbers with a call made or received in the week before the moment."""
        count = len(self.numbers)
        return np.flatnonzero(_active(moment, count, self.made) | _active(moment, count, self.received))

    def calls(self) -> pa.Table:
        """All that is kept, as a table of calls: what a snapshot stores and ``add`` takes back."""
        count = len(self.numbers)
        sizes = (self.made.end - self.made.start)[:count]
        kept = np.concatenate(
            [
                self.made.events[low:high]
                for low, high in zip(self.made.start[:count], self.made.end[:count], strict=True)
            ]
            or [self.made.events[:0]]
        )
        columns = {
            "caller": _texts(np.repeat(np.arange(count), sizes), self.numbers), "callee": _texts(kept["other"], self.numbers),
            "start": pa.array(kept["at"]), "seconds": pa.array(kept["seconds"]),
            "kind": pa.DictionaryArray.from_arrays(pa.array(kept["kind"]), pa.array(KINDS)),
            "cell": _texts(kept["cell"], self.cells), "imei": _texts(kept["imei"], self.imeis),
            "peer_city": _texts(kept["city"], self.cities),
        }  # fmt: skip
        return pa.table(columns)

    def _book(self) -> kernel.Book:
        made, received, uses = (Ledger(one.events, one.start, one.end) for one in self._pools())
        return kernel.Book(made, received, self._no_messages, uses, self._parties)

    def _fitting_papers(self, widest: int) -> list[kernel.Scratch]:
        """A paper for each thread, at least as large as everything met so far; larger paper is made now and then, with air."""
        sizes = [len(one) for one in (self.numbers, self.cells, self.imeis, self.cities)]
        paper = self._papers[0]
        held = (paper.met, paper.seen_cell, paper.seen_imei, paper.seen_city, paper.slots)
        if any(len(one) < size for one, size in zip(held, (*sizes, widest), strict=True)):
            numbers, cells, imeis, cities, slots = (2 * size + 64 for size in (*sizes, widest))
            self._papers = [kernel.scratch(numbers, cells, imeis, cities, slots) for _ in range(THREADS)]
            self._on_handset = np.zeros(imeis, np.int64)
        return self._papers


@njit(cache=True, nogil=True)
def _handsets(chosen: Any, moment: int, made: Any, s: Any) -> Any:
    """Handsets the chosen numbers used in the week, each once."""
    s.turn[0] += 1
    found, count = np.empty(len(s.seen_imei), np.int64), 0
    for number in chosen:
        for place in range(made.end[number] - 1, made.start[number] - 1, -1):
            one = made.events[place]
            if one.at < moment - WEEK:
                break
            if one.at < moment and one.imei >= 0 and s.seen_imei[one.imei] != s.turn[0]:
                s.seen_imei[one.imei] = s.turn[0]
                found[count] = one.imei
                count += 1
    return found[:count]


@njit(cache=True, nogil=True)
def _active(moment: int, count: int, ledger: Any) -> Any:
    """Whether each number has an event in the week before the moment."""
    met = np.zeros(count, np.bool_)
    for number in range(count):
        for place in range(ledger.end[number] - 1, ledger.start[number] - 1, -1):
            at = ledger.events[place].at
            if at < moment:
                met[number] = at >= moment - WEEK
                break
    return met


def _texts(ids: Any, of: Ids) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(ids, pa.int32(), mask=ids < 0), of.texts())


def oldest_needed(watermark: int, as_of: int | None) -> int:
    """Before this no feature looks, neither now nor at the moment the final scores are asked for."""
    return min(watermark, watermark if as_of is None else as_of) - LOOKBACK
