"""One day's calls and messages as tables: everybody's and the offenders', put in the order of time."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine import tables
from jinzhong_engine.world import life
from jinzhong_engine.world.chance import mix
from jinzhong_engine.world.fraud import FRAUD_TEXTS
from jinzhong_engine.world.life import CELLS, KINDS, NONE, TEXTS, Calls, Messages
from jinzhong_engine.world.plan import World
from jinzhong_engine.world.register import CHINA

Ints = np.ndarray
MICRO = 1_000_000
_PLACE_BITS = 32


@dataclass(frozen=True)
class Days:
    """Draws the days of a planned world, in any order and any process."""

    world: World

    @cached_property
    def _calls(self) -> tuple[Ints, Ints]:
        return _by_day(self.world.fraud_calls.day, self.world.size.days)

    @cached_property
    def _texts(self) -> tuple[Ints, Ints]:
        return _by_day(self.world.fraud_texts.day, self.world.size.days)

    @cached_property
    def cells(self) -> pa.Array:
        towns = self.world.people.towns
        own = [
            f"{towns[one.town]}-{n:03d}-{k + 1}"
            for n, one in enumerate(self.world.people.communities)
            for k in range(CELLS)
        ]
        return pa.array(
            [*own, *(f"{city}-{place:04d}" for city, place in self.world.fraud_cells)], pa.string()
        )

    @cached_property
    def handsets(self) -> pa.Array:
        count = 2 * self.world.book.first_fraud + self.world.fraud_handsets
        digits = mix(np.arange(count), self.world.size.seed, 51) % np.uint64(10**13)
        return pc.cast(pa.array(digits.astype(np.int64) + 86 * 10**13), pa.string())

    @cached_property
    def hashes(self) -> pa.Array:
        """Sixteen hex digits for each text there is."""
        count = TEXTS + FRAUD_TEXTS
        digits = mix(np.arange(count), self.world.size.seed, 52).astype(">u8").tobytes().hex()
        return pa.StringArray.from_buffers(
            count, pa.py_buffer(np.arange(count + 1, dtype=np.int32) * 16), pa.py_buffer(digits.encode())
        )

    def day(self, n: int) -> date:
        return self.world.size.start + timedelta(days=n)

    def calls(self, n: int) -> pa.Table:
        """``tables.CALLS`` of the n-th day."""
        day, book, size = self.day(n), self.world.book, self.world.size
        parts = [
            life.calls_of(
                self.world.habits, book, seed=size.seed, day=day.toordinal(), n=n, is_weekend=day.weekday() >= 5, shard=shard
            )
            for shard in life.shards(book)
        ]  # fmt: skip
        joined = Calls(*(np.concatenate(values) for values in zip(*parts, self._fraud_calls(n), strict=True)))
        order = in_time(joined.t)
        caller, callee, t, seconds, kind, cell, imei = (values[order] for values in joined)
        return pa.Table.from_arrays(
            [
                book.text.take(pa.array(caller)), book.text.take(pa.array(callee)), self._moments(n, t), pa.array(seconds),
                pa.DictionaryArray.from_arrays(pa.array(kind), list(KINDS)), _known(self.cells, cell), _known(self.handsets, imei),
                pa.DictionaryArray.from_arrays(pa.array(book.city[callee].astype(np.int8)), list(book.cities)),
            ],
            names=[one.name for one in tables.CALLS.required],
        )  # fmt: skip

    def _fraud_calls(self, n: int) -> Calls:
        order, bounds = self._calls
        some = order[bounds[n] : bounds[n + 1]]
        found, first = self.world.fraud_calls, self.world.book.first_fraud
        number, peer, is_out = found.number[some] + first, found.peer[some], found.is_out[some]
        is_home = ~is_out & (peer < first)
        home = np.where(is_home, peer, 0)
        return Calls(
            np.where(is_out, number, peer).astype(np.int32), np.where(is_out, peer, number).astype(np.int32), found.t[some],
            found.seconds[some], found.kind[some],
            np.where(is_home, self.world.habits.home_cell[home], found.cell[some]).astype(np.int32),
            np.where(is_home, home * 2, found.imei[some]).astype(np.int32),
        )  # fmt: skip

    def messages(self, n: int) -> pa.Table:
        """``tables.MESSAGES`` of the n-th day."""
        day, book, size = self.day(n), self.world.book, self.world.size
        share = self.world.profile.life["messages_sent"]
        parts = [
            life.messages_of(
                self.world.habits,
                book,
                share_sent=share,
                seed=size.seed,
                day=day.toordinal(),
                n=n,
                shard=shard,
            )
            for shard in life.shards(book)
        ]
        joined = Messages(
            *(np.concatenate(values) for values in zip(*parts, self._fraud_texts(n), strict=True))
        )
        order = in_time(joined.t)
        sender, receiver, t, text = (values[order] for values in joined)
        return pa.Table.from_arrays(
            [
                book.text.take(pa.array(sender)), book.text.take(pa.array(receiver)), self._moments(n, t),
                self.hashes.take(pa.array(text)),
            ],
            names=tables.MESSAGES.schema.names,
        )  # fmt: skip

    def _fraud_texts(self, n: int) -> Messages:
        order, bounds = self._texts
        some = order[bounds[n] : bounds[n + 1]]
        found = self.world.fraud_texts
        number, peer, is_out = (
            found.number[some] + self.world.book.first_fraud,
            found.peer[some],
            found.is_out[some],
        )
        return Messages(
            np.where(is_out, number, peer).astype(np.int32), np.where(is_out, peer, number).astype(np.int32), found.t[some],
            found.text[some],
        )  # fmt: skip

    def _moments(self, n: int, t: Ints) -> pa.Array:
        day = self.day(n)
        midnight = int(datetime(day.year, day.month, day.day, tzinfo=CHINA).timestamp())
        return pa.array((t.astype(np.int64) + midnight) * MICRO).cast(tables.TIME)


def in_time(t: Ints) -> Ints:
    """Order by second, what is equal stays as it was; faster than a stable argsort.

    >>> in_time(np.array([5, 1, 5, 0])).tolist()
    [3, 1, 0, 2]
    """
    keyed = np.sort((t.astype(np.int64) << _PLACE_BITS) | np.arange(len(t)))
    return keyed & ((1 << _PLACE_BITS) - 1)


def _by_day(day: Ints, days: int) -> tuple[Ints, Ints]:
    order = np.argsort(day, kind="stable")
    return order, np.searchsorted(day[order], np.arange(days + 1))


def _known(texts: pa.Array, place: Ints) -> pa.Array:
    return texts.take(pa.array(place, mask=place == NONE))
