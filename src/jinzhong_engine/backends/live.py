"""Everything the features of any number need, kept up event by event, for the same kernel as the batch's."""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from jinzhong_engine.backends import kernel, pool
from jinzhong_engine.backends.cores import THREADS, side_by_side
from jinzhong_engine.backends.ids import Ids
from jinzhong_engine.backends.ledger import BRIEF, KINDS, MADE, Ledger
from jinzhong_engine.backends.native import kinds
from jinzhong_engine.backends.pool import Pool, longer
from jinzhong_engine.features.windows import LOOKBACK, WEEK

MANY = 100
"""Times as many calls known as are new: then only the new ones are looked at, and else all get their slots anew."""

_CODED = pa.dictionary(pa.int32(), pa.string())
KEPT = pa.schema(
    [
        ("caller", _CODED), ("callee", _CODED), ("start", pa.int64()), ("seconds", pa.int32()), ("kind", _CODED),
        ("cell", _CODED), ("imei", _CODED), ("peer_city", _CODED), ("text_hash", _CODED),
    ]
)  # fmt: skip
"""Columns of what is kept."""


class Live:
    """Everything the features of any number need, as of now.

    ``part`` (k, n): only of the numbers in part k of n; n processes that are given the same events know them all between them.
    """

    def __init__(self, part: tuple[int, int] = (0, 1)) -> None:
        self.numbers, self.cells, self.imeis, self.cities, self._hashes = (Ids() for _ in range(5))
        self._pools = [pool.empty(kind) for kind in (MADE, BRIEF, BRIEF, BRIEF)]
        self._part, self._mine = part, np.zeros(0, bool)
        self._parties = np.zeros(0, np.int64)
        self._papers = [kernel.scratch(1, 1, 1, 1, 1)] * THREADS
        self._on_handset = np.zeros(1, np.int64)

    @property
    def made(self) -> Pool:
        return self._pools[0]

    @property
    def received(self) -> Pool:
        return self._pools[1]

    def add(self, events: pa.Table, oldest: int) -> Any:
        """events: calls, checked, times int64; where the column ``text_hash`` is there and not null, a message from caller to callee.

        Returns the ids of the numbers whose own they are; ``oldest``: what lies before it may be dropped.
        """
        calls, messages = _apart(events)
        news, owners = self._encoded(calls)
        sent, sender = self._messages(messages)
        if self._part[1] > 1:
            owners = [self._own(owners[0]), self._own(owners[1]), owners[2]]
            sender = self._own(sender)
        packed = self._room_for([*owners, sender], oldest)
        few = not packed and MANY * len(news[0]) < self.made.used[0]
        if few:
            self._settle(owners, news)
        side_by_side(pool.insert, self._pools, [*owners, sender], [*news, sent])
        if not few:
            self._settle_all()
        told = np.unique(np.concatenate([owners[0], sender]))
        return told[told >= 0].astype(np.int64)

    def _encoded(self, calls: pa.Table) -> tuple[list[Any], list[Any]]:
        """(calls as they lie under their callers, callees and handsets, who these are)."""
        caller, callee = self.numbers.encode(calls["caller"]), self.numbers.encode(calls["callee"])
        made = np.zeros(len(caller), MADE)
        made["at"], made["other"] = calls["start"].to_numpy(), callee
        made["seconds"] = pc.fill_null(calls["seconds"], 0).to_numpy()
        made["cell"], made["imei"] = self.cells.encode(calls["cell"]), self.imeis.encode(calls["imei"])
        made["city"] = self.cities.encode(calls["peer_city"])
        made["kind"] = kinds(calls["kind"])
        brief = np.zeros(len(caller), BRIEF)
        brief["at"], brief["other"], brief["what"] = made["at"], caller, made["seconds"]
        return [made, brief, brief.copy()], [caller, callee, made["imei"].copy()]

    def _messages(self, messages: pa.Table) -> tuple[Any, Any]:
        """(messages as they lie under their senders, their senders)."""
        sent = np.zeros(messages.num_rows, BRIEF)
        if not len(sent):
            return sent, np.zeros(0, np.int32)
        sender = self.numbers.encode(messages["caller"])
        sent["at"], sent["other"] = messages["start"].to_numpy(), self.numbers.encode(messages["callee"])
        sent["what"] = self._hashes.encode(messages["text_hash"])
        return sent, sender

    def _own(self, ids: Any) -> Any:
        """Ids of numbers in this process's part; -1 for the others."""
        known, count = len(self._mine), len(self.numbers)
        if known < count:
            which, of = self._part
            self._mine = np.append(self._mine, self.numbers.parts(np.arange(known, count), of) == which)
        return np.where(self._mine[ids], ids, np.int32(-1))

    def _room_for(self, owners: list[Any], oldest: int) -> bool:
        """Place for events under these owners; whether anything had to be packed anew."""
        before, count = [one.events for one in self._pools], len(self.numbers)
        counts = (count, count, len(self.imeis), count)
        self._pools = side_by_side(pool.with_room, self._pools, counts, owners, [oldest] * len(counts))
        self._parties = longer(self._parties, count)
        return any(events is not one.events for events, one in zip(before, self._pools, strict=True))

    def _settle(self, owners: list[Any], news: list[Any]) -> None:
        """Each call's party gets the slot it has, with the caller and with the callee; the rest of them keep theirs."""
        one, other = (ids.astype(np.int64) for ids in (news[1]["other"], news[0]["other"]))
        pairs = np.concatenate([one << 32 | other, other << 32 | one])
        mine = np.concatenate(owners[:2]) >= 0
        asked, places = np.unique(pairs[mine], return_inverse=True)
        found = np.empty(len(asked), np.int32)
        _slots(asked, self.made, self.received, self._parties, found)
        slots = np.zeros(len(pairs), np.int32)
        slots[mine] = found[places]
        news[0]["slot"], news[1]["slot"] = np.split(slots, 2)

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

    def active(self, moment: int, chosen: Any = None) -> Any:
        """Those of the chosen ids, by default of all, with a call made or received in the week before the moment."""
        numbers = np.arange(len(self.numbers)) if chosen is None else chosen
        return numbers[_active(numbers, moment, self.made) | _active(numbers, moment, self.received)]

    def kept(self) -> pa.Table:
        """All that is kept, as a table of events: what a snapshot stores and ``add`` takes back.

        Of a number in another part only what is known under others is there: its calls to this part, and which handset it used.
        """
        made, caller = self._flat(self.made)
        received, callee = self._flat(self.received)
        used, imei = self._flat(self._pools[2])
        sent, sender = self._flat(self._pools[3])
        calls = self._table(
            made, caller, made["other"], seconds=pa.array(made["seconds"]), kind=pa.DictionaryArray.from_arrays(pa.array(made["kind"]), pa.array(KINDS)),
            cell=self.cells.column(made["cell"]), imei=self.imeis.column(made["imei"]), peer_city=self.cities.column(made["city"]),
        )  # fmt: skip
        messages = self._table(sent, sender, sent["other"], text_hash=self._hashes.column(sent["what"]))
        tables = [calls, messages]
        if self._part[1] > 1:
            theirs = ~self._mine[received["other"]]
            received, callee = received[theirs], callee[theirs]
            tables.append(
                self._table(received, received["other"], callee, seconds=pa.array(received["what"]))
            )
            theirs = ~self._mine[used["other"]]
            used, imei = used[theirs], self.imeis.column(imei[theirs])
            tables.append(self._table(used, used["other"], used["other"], imei=imei))
        return pa.concat_tables(tables).unify_dictionaries()

    def _table(self, events: Any, caller: Any, callee: Any, **more: Any) -> pa.Table:
        """A table of events; what isn't given is nothing."""
        count = len(events)
        known = more | {
            "caller": self.numbers.column(caller), "callee": self.numbers.column(callee), "start": pa.array(events["at"]),
        }  # fmt: skip
        return pa.table({one.name: known.get(one.name, pa.nulls(count, one.type)) for one in KEPT})

    @staticmethod
    def _flat(of: Pool) -> tuple[Any, Any]:
        size = int((of.end - of.start).sum())
        events, owners = np.empty(size, of.events.dtype), np.empty(size, np.int32)
        pool.flat(of, events, owners)
        return events, owners

    def _book(self) -> kernel.Book:
        made, received, uses, sent = (Ledger(one.events, one.start, one.end) for one in self._pools)
        return kernel.Book(made, received, sent, uses, self._parties)

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
def _active(numbers: Any, moment: int, ledger: Any) -> Any:
    """Whether each number has an event in the week before the moment."""
    met = np.zeros(len(numbers), np.bool_)
    for row in range(len(numbers)):
        number = numbers[row]
        for place in range(ledger.end[number] - 1, ledger.start[number] - 1, -1):
            at = ledger.events[place].at
            if at < moment:
                met[row] = at >= moment - WEEK
                break
    return met


def _apart(events: pa.Table) -> tuple[pa.Table, pa.Table]:
    """(calls, messages)."""
    if "text_hash" not in events.column_names or events["text_hash"].null_count == events.num_rows:
        return events, events.slice(0, 0)
    is_call = events["text_hash"].is_null()
    return events.filter(is_call), events.filter(pc.invert(is_call))


def oldest_needed(watermark: int, as_of: int | None) -> int:
    """Before this no feature looks, neither now nor at the moment the final scores are asked for."""
    return min(watermark, watermark if as_of is None else as_of) - LOOKBACK
