"""Everything the features of any number need, kept up event by event, for the same kernel as the batch's."""

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from jinzhong_engine.backends import kernel, pool
from jinzhong_engine.backends.cores import THREADS, in_stretches, side_by_side
from jinzhong_engine.backends.ids import Ids
from jinzhong_engine.backends.ledger import BRIEF, KNEW, MADE, Ledger
from jinzhong_engine.backends.native import kinds, roaming
from jinzhong_engine.backends.numbering import NO_MOMENTS, Moments
from jinzhong_engine.backends.pool import Pool, longer
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.features.windows import LOOKBACK, WEEK

Call = tuple[int, str, int]
"""When, with whom, seconds."""
NO_SLOT = -1
NONE_BEFORE = np.zeros(0, KNEW)
"""Calls grow old here in the ledger they were entered in; none stand apart."""


class Live:
    """Everything the features of any number need, as of now.

    ``part`` (k, n): only of the numbers in part k of n; n processes that are given the same events know them all between them. What is said
    of numbers known as fraud needs the calls of all.
    """

    def __init__(self, part: tuple[int, int] = (0, 1), register: Register = NOTHING) -> None:
        self.numbers, self.cells, self.imeis, self.cities, self._hashes = (Ids() for _ in range(5))
        self._pools = [pool.empty(kind) for kind in (MADE, BRIEF, BRIEF, BRIEF)]
        self._part, self._mine = part, np.zeros(0, bool)
        self._parties, self._fresh, self._none = (np.zeros(0, np.int64) for _ in range(3))
        self._papers = [kernel.scratch(1, 1, 1, 1, 1)] * THREADS
        self.told(register)

    def told(self, register: Register) -> None:
        """From now on this is what is said of the numbers beside their events."""
        self._register = [Moments(one) for one in register]
        self._moments = [NO_MOMENTS for _one in register]

    @property
    def met(self) -> int:
        """How many numbers and texts of messages have ids."""
        return len(self.numbers) + len(self._hashes)

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
        calls, messages = _by_kind(events)
        news, owners = self._encoded(calls)
        sent, sender = self._messages(messages)
        if self._part[1] > 1:
            owners = [self._own(owners[0]), self._own(owners[1]), owners[2]]
            sender = self._own(sender)
        self._file([*owners, sender], [*news, sent], oldest)
        for of in owners[:2]:
            _count(self._fresh, of)
        told = np.unique(np.concatenate([owners[0], sender]))
        return told[told >= 0].astype(np.int64)

    def forget(self, oldest: int, besides: Any) -> Any:
        """Numbers with no event since ``oldest`` lose their ids, but for ``besides``; the new id of each number, -1 where it has none. Texts
        of messages that nobody sent since lose theirs too."""
        count = len(self.numbers)
        self._sweep(oldest, max(len(one.start) for one in self._pools))
        kept = np.zeros(count, bool)
        kept[besides] = True
        for one in self._pools:
            pool.met(one, one.events["other"], kept)
        for one in self._of_numbers():
            kept |= (one.end > one.start)[:count]
        names = _new_ids(kept)
        for one in self._pools:
            pool.rename(one, one.events["other"], names)
        made, received, uses, sent = self._pools
        self._pools = [pool.of(made, kept), pool.of(received, kept), uses, pool.of(sent, kept)]
        self._parties, self._fresh = self._parties[:count][kept], self._fresh[:count][kept]
        self._mine = self._mine[:count][kept[: len(self._mine)]]
        self._moments = [one[kept[: len(one)]] for one in self._moments]
        self.numbers.keep(kept)
        self._forget_texts()
        self._papers = [kernel.scratch(1, 1, 1, 1, 1)] * THREADS
        return names

    def _forget_texts(self) -> None:
        sent = self._pools[-1]
        kept = np.zeros(len(self._hashes), bool)
        pool.met(sent, sent.events["what"], kept)
        pool.rename(sent, sent.events["what"], _new_ids(kept))
        self._hashes.keep(kept)

    def _of_numbers(self) -> list[Pool]:
        made, received, _uses, sent = self._pools
        return [made, received, sent]

    def _encoded(self, calls: pa.Table) -> tuple[list[Any], list[Any]]:
        """(calls as they lie under their callers, callees and handsets, who these are)."""
        caller, callee = self.numbers.encode(calls["caller"]), self.numbers.encode(calls["callee"])
        made = np.zeros(len(caller), MADE)
        made["slot"] = NO_SLOT
        made["at"], made["other"] = calls["start"].to_numpy(), callee
        made["seconds"] = pc.fill_null(calls["seconds"], 0).to_numpy()
        made["cell"], made["imei"] = self.cells.encode(calls["cell"]), self.imeis.encode(calls["imei"])
        made["city"] = self.cities.encode(calls["peer_city"])
        made["kind"], made["roaming"] = kinds(calls["kind"]), roaming(calls)
        brief = np.zeros(len(caller), BRIEF)
        brief["slot"] = NO_SLOT
        brief["at"], brief["other"], brief["what"] = made["at"], caller, made["seconds"]
        return [made, brief, brief], [caller, callee, made["imei"].copy()]

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

    def _file(self, owners: list[Any], news: list[Any], oldest: int) -> None:
        """Events under their owners; some others are looked at for old events meanwhile."""
        self._sweep(oldest, 1 + max(map(len, owners)) // 2)
        count = len(self.numbers)
        self._parties, self._fresh, self._none = (
            longer(one, count) for one in (self._parties, self._fresh, self._none)
        )
        counts = (count, count, len(self.imeis), count)
        self._pools = side_by_side(
            pool.with_events, self._pools, counts, owners, news, [oldest] * len(counts), self._slotted()
        )

    def _sweep(self, oldest: int, count: int) -> None:
        for one, fresh in zip(self._pools, self._slotted(), strict=True):
            pool.sweep(one, count, oldest, fresh)

    def _slotted(self) -> list[Any]:
        """Beside each pool: of how many events of an owner the slots are still to be given; empty where events carry none."""
        none = np.zeros(0, np.int64)
        return [self._fresh, self._fresh, none, none]

    def _sizes(self, numbers: Any) -> Any:
        """How many calls made and received are kept of each: at least as many as it has parties."""
        made, received = self.made, self.received
        return made.end[numbers] - made.start[numbers] + received.end[numbers] - received.start[numbers]

    def features(self, chosen: Any, moment: int) -> Any:
        """One line of features for each of the chosen ids, from what happened before the moment."""
        out = np.empty((len(chosen), kernel.WIDTH))
        sizes, book = self._sizes(chosen), self._book(moment)
        papers = self._fitting_papers(int(sizes.max(initial=1)))

        def part(low: int, high: int, paper: kernel.Scratch) -> None:
            kernel.rows(chosen[low:high], moment, book, paper, out[low:high])

        in_stretches(part, sizes + 50, papers)
        return out

    def ids_of(self, numbers: Collection[str]) -> dict[str, int]:
        """The ids of numbers that were met: together, since each look-up costs more than what is looked up."""
        return dict(zip(numbers, self.numbers.encode(pa.array(numbers, pa.string())).tolist(), strict=True))

    def calls_of(self, number: str, since: int, until: int) -> tuple[list[Call], list[Call]]:
        """Calls that a number made, and those it received, ``since <= at < until``, in order."""
        made, received = self._calls(self.ids_of([number])[number], since, until)
        names = self._named(np.concatenate([made["other"], received["other"]]), lambda _: True)
        return _told(made, "seconds", names), _told(received, "what", names)

    def talks_of(
        self, number: int, since: int, until: int, others: list[int] | None, wanted: Callable[[str], bool]
    ) -> tuple[list[Call], list[Call]]:
        """The same by id, but only calls with those of the others (None: all), and of the wanted, to whom it talked at all."""
        made, received = self._calls(number, since, until)
        if others is not None:
            made, received = (its[np.isin(its["other"], others)] for its in (made, received))
        talked = np.concatenate([made["other"][made["seconds"] > 0], received["other"][received["what"] > 0]])
        names = self._named(talked, wanted) if len(talked) else {}
        return _told(made, "seconds", names), _told(received, "what", names)

    def _calls(self, owner: int, since: int, until: int) -> list[Any]:
        whole = [one.events[one.start[owner] : one.end[owner]] for one in (self.made, self.received)]
        return [its[(its["at"] >= since) & (its["at"] < until)] for its in whole]

    def _named(self, ids: Any, wanted: Callable[[str], bool]) -> dict[int, str]:
        """The texts of those of the ids that are wanted."""
        met = np.unique(ids).astype(np.int64)
        texts = zip(met.tolist(), self.numbers.texts(met).to_pylist(), strict=True)
        return {one: text for one, text in texts if wanted(text)}

    def active(self, moment: int, chosen: Any = None) -> Any:
        """Those of the chosen ids, by default of all, with a call made or received in the week before the moment."""
        numbers = np.arange(len(self.numbers)) if chosen is None else chosen
        return numbers[_active(numbers, moment, self.made) | _active(numbers, moment, self.received)]

    def _book(self, moment: int) -> kernel.Book:
        made, received, uses, sent = (Ledger(one.events, one.start, one.end) for one in self._pools)
        before = Ledger(NONE_BEFORE, self._none, self._none)
        self._moments = [
            np.append(known, of.of(self._new(len(known)))) if of.given else known
            for of, known in zip(self._register, self._moments, strict=True)
        ]
        opened, known = self._moments
        sharing = kernel.shared_with(known, moment, made)
        return kernel.Book(before, made, received, sent, uses, self._parties, self._fresh, opened, sharing)

    def _new(self, known: int) -> pa.Array:
        """The numbers with ids from ``known`` on."""
        return self.numbers.texts(np.arange(known, len(self.numbers)))

    def _fitting_papers(self, widest: int) -> list[kernel.Scratch]:
        """A paper for each thread, at least as large as everything met so far; larger paper is made now and then, with air."""
        sizes = [len(one) for one in (self.numbers, self.cells, self.imeis, self.cities)]
        paper = self._papers[0]
        held = (paper.met, paper.seen_cell, paper.seen_imei, paper.seen_city, paper.slots)
        if any(len(one) < size for one, size in zip(held, (*sizes, widest), strict=True)):
            numbers, cells, imeis, cities, slots = (2 * size + 64 for size in (*sizes, widest))
            self._papers = [kernel.scratch(numbers, cells, imeis, cities, slots) for _ in range(THREADS)]
        return self._papers


@njit(cache=True, nogil=True)
def _count(fresh: Any, owners: Any) -> None:
    """One more event without a slot for each owner."""
    for owner in owners:
        if owner >= 0 and fresh[owner] != kernel.ALL:
            fresh[owner] += 1


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


def _told(its: Any, seconds: str, names: dict[int, str]) -> list[Call]:
    """Those of the calls whose other one is named."""
    rows = zip(its["at"].tolist(), its["other"].tolist(), its[seconds].tolist(), strict=True)
    return [(at, names[other], its_seconds) for at, other, its_seconds in rows if other in names]


def _new_ids(kept: Any) -> Any:
    """The kept ones counted anew in their order, -1 for the others."""
    return np.where(kept, np.cumsum(kept) - 1, -1).astype(np.int32)


def _by_kind(events: pa.Table) -> tuple[pa.Table, pa.Table]:
    """(calls, messages)."""
    if "text_hash" not in events.column_names or events["text_hash"].null_count == events.num_rows:
        return events, events.slice(0, 0)
    is_call = events["text_hash"].is_null()
    return events.filter(is_call), events.filter(pc.invert(is_call))


def oldest_needed(watermark: int, as_of: int | None) -> int:
    """Before this no feature looks, neither now nor at the moment the final scores are asked for."""
    return min(watermark, watermark if as_of is None else as_of) - LOOKBACK
