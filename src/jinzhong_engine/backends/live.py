"""Ledgers that grow: the same stretches the batch files in one go, kept up call by call. The kernel can't tell them apart.

A stretch that is full moves to the end of the pool with twice its room. When the pool is full everything is packed anew and
what no feature looks at any more is dropped, so that memory follows the look-back and not the time the watch has run.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from jinzhong_engine.backends import kernel
from jinzhong_engine.backends.cores import THREADS, side_by_side
from jinzhong_engine.backends.ledger import BRIEF, KINDS, MADE, Ledger
from jinzhong_engine.backends.native import kinds
from jinzhong_engine.features.windows import LOOKBACK, WEEK

ROOM = 4
"""Places of a fresh stretch: most numbers make few calls."""


@njit(cache=True, nogil=True)
def _insert(
    events: Any, start: Any, end: Any, room: Any, used: int, owners: Any, news: Any, begin: int
) -> Any:
    """File news[begin:] under their owners, keeping each stretch in the order of time.

    Returns (places used, first row that found no room).
    """
    for row in range(begin, len(owners)):
        owner = owners[row]
        if owner < 0:
            continue
        size = end[owner] - start[owner]
        if size == room[owner]:
            wanted = max(ROOM, 2 * size)
            if used + wanted > len(events):
                return used, row
            for place in range(size):
                events[used + place] = events[start[owner] + place]
            start[owner], end[owner], room[owner] = used, used + size, wanted
            used += wanted
        place = end[owner]
        while place > start[owner] and events[place - 1].at > news[row].at:
            events[place] = events[place - 1]
            place -= 1
        events[place] = news[row]
        end[owner] += 1
    return used, len(owners)


@njit(cache=True, nogil=True)
def _pack(events: Any, start: Any, end: Any, room: Any, oldest: int, packed: Any) -> int:
    """Move what is not older into ``packed``, every stretch with room for half as much again; returns the places used."""
    used = 0
    for owner in range(len(start)):
        first = start[owner]
        while first < end[owner] and events[first].at < oldest:
            first += 1
        size = end[owner] - first
        for place in range(size):
            packed[used + place] = events[first + place]
        start[owner], end[owner] = used, used + size
        room[owner] = size + size // 2
        used += room[owner]
    return used


class Growing:
    """One ledger that grows. ``oldest`` of ``add``: events before it may be dropped."""

    def __init__(self, kind: np.dtype):
        self.events = np.empty(1024, kind)
        self.start, self.end, self.room = (np.zeros(0, np.int64) for _ in range(3))
        self.used = 0

    def add(self, owners: Any, news: Any, count: int, oldest: int) -> None:
        self.start, self.end, self.room = (_longer(one, count) for one in (self.start, self.end, self.room))
        row = 0
        while row < len(owners):
            self.used, row = _insert(
                self.events, self.start, self.end, self.room, self.used, owners, news, row
            )
            if row < len(owners):
                self._make_room(len(owners) - row, oldest)

    def _make_room(self, rows: int, oldest: int) -> None:
        kept = int((self.end - self.start).sum())
        packed = np.empty(4 * (kept + ROOM * rows) + 1024, self.events.dtype)
        self.used = _pack(self.events, self.start, self.end, self.room, oldest, packed)
        self.events = packed

    def ledger(self, count: int) -> Ledger:
        self.start, self.end, self.room = (_longer(one, count) for one in (self.start, self.end, self.room))
        return Ledger(self.events, self.start, self.end)


def _longer(array: Any, count: int) -> Any:
    """At least ``count`` long, with air for more: grown by half, not by one."""
    if len(array) >= count:
        return array
    grown = np.zeros(count + count // 2 + 64, array.dtype)
    grown[: len(array)] = array
    return grown


class Ids:
    """Small integers for texts, in the order they are met."""

    def __init__(self) -> None:
        self.of: dict[str, int] = {}
        self.texts: list[str] = []

    def encode(self, column: Any) -> Any:
        """int32 ids of a column; -1 for nothing."""
        coded = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if pa.types.is_dictionary(coded.type) and len(coded.dictionary) > len(coded):
            coded = coded.dictionary_decode()  # a slice of a large table carries all its texts along
        coded = coded if pa.types.is_dictionary(coded.type) else pc.dictionary_encode(coded)
        texts = coded.dictionary.to_pylist()
        known = [self.of.get(one, -1) for one in texts]
        if -1 in known:
            known = [self.id(one) for one in texts]
        places = pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)
        return np.array([*known, -1], np.int32)[places]

    def id(self, text: str) -> int:
        found = self.of.setdefault(text, len(self.texts))
        if found == len(self.texts):
            self.texts.append(text)
        return found


class Live:
    """Everything the features of any number need, as of now."""

    def __init__(self) -> None:
        self.numbers, self.cells, self.imeis, self.cities = Ids(), Ids(), Ids(), Ids()
        self.made, self.received, self.uses = Growing(MADE), Growing(BRIEF), Growing(BRIEF)
        self._nothing = Growing(BRIEF)
        self._papers = [kernel.scratch(1, 1, 1, 1, 1)] * THREADS
        self._on_handset = np.zeros(1, np.int64)

    def add(self, calls: pa.Table, oldest: int) -> Any:
        """calls: checked, times int64. Returns the ids of their callers; ``oldest``: what lies before it may be dropped."""
        caller, callee = self.numbers.encode(calls["caller"]), self.numbers.encode(calls["callee"])
        made = np.empty(len(caller), MADE)
        made["at"], made["other"] = calls["start"].to_numpy(), callee
        made["seconds"] = calls["seconds"].to_numpy()
        made["cell"], made["imei"] = self.cells.encode(calls["cell"]), self.imeis.encode(calls["imei"])
        made["city"] = self.cities.encode(calls["peer_city"])
        made["kind"] = kinds(calls["kind"])
        brief = np.empty(len(caller), BRIEF)
        brief["at"], brief["other"], brief["what"] = made["at"], caller, made["seconds"]
        count = len(self.numbers.texts)
        self.made.add(caller, made, count, oldest)
        self.received.add(callee, brief, count, oldest)
        self.uses.add(np.ascontiguousarray(made["imei"]), brief, len(self.imeis.texts), oldest)
        return caller

    def features(self, chosen: Any, moment: int) -> Any:
        """One line of features for each of the chosen ids, from what happened before the moment."""
        out = np.empty((len(chosen), kernel.WIDTH))
        made, received, sent, uses = self._ledgers()
        papers = self._fitting_papers(chosen, made)
        handsets = _handsets(chosen, moment, made, papers[0])
        kernel.handset_counts(handsets, moment, uses, papers[0], self._on_handset)

        def part(numbers: Any, paper: kernel.Scratch, lines: Any) -> None:
            kernel.rows(numbers, moment, made, received, sent, self._on_handset, paper, lines)

        side_by_side(part, np.array_split(chosen, THREADS), papers, np.array_split(out, THREADS))
        return out

    def active(self, moment: int) -> Any:
        """Ids of the numbers with a call made or received in the week before the moment."""
        made, received, _sent, _uses = self._ledgers()
        count = len(self.numbers.texts)
        return np.flatnonzero(_active(moment, count, made) | _active(moment, count, received))

    def calls(self) -> pa.Table:
        """All that is kept, as a table of calls: what a snapshot stores and ``add`` takes back."""
        count = len(self.numbers.texts)
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

    def _ledgers(self) -> tuple[Ledger, Ledger, Ledger, Ledger]:
        count = len(self.numbers.texts)
        growing = (self.made, self.received, self._nothing)
        made, received, sent = (one.ledger(count) for one in growing)
        return made, received, sent, self.uses.ledger(len(self.imeis.texts))

    def _fitting_papers(self, chosen: Any, made: Ledger) -> list[kernel.Scratch]:
        """A paper for each thread, at least as large as everything met so far; larger paper is made now and then, with air."""
        sizes = [len(one.texts) for one in (self.numbers, self.cells, self.imeis, self.cities)]
        widest = int((made.end[chosen] - made.start[chosen]).max(initial=1))
        paper = self._papers[0]
        held = (paper.met, paper.seen_cell, paper.seen_imei, paper.seen_city, paper.calls)
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
    return pa.DictionaryArray.from_arrays(
        pa.array(ids, pa.int32(), mask=ids < 0), pa.array(of.texts, pa.string())
    )


def oldest_needed(watermark: int, as_of: int | None) -> int:
    """Before this no feature looks, neither now nor at the moment the final scores are asked for."""
    return min(watermark, watermark if as_of is None else as_of) - LOOKBACK
