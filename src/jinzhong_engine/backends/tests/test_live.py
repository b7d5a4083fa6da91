"""At every event the live ledgers give every number all features as the batch does, to the last bit, whatever came before whatever else."""

import random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends import duck, native, pool
from jinzhong_engine.backends.live import Live, oldest_needed
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.backends.tests.streams import (
    AS_OF,
    CALL,
    EDGES,
    apart,
    assert_equal,
    edgy,
    elsewhere,
    events,
    registers,
    streams,
    together,
)
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import DAY, SECOND

LATENESS = 600 * SECOND
START = CALL.index("start")

longer_streams = st.builds(edgy, st.integers(0, 2**32), st.integers(60, 160)).map(
    lambda rows: together(*rows)
)
chances = st.integers(0, 2**32).map(random.Random)


class Parts:
    """One Live or several that share the numbers out; small pools, so that they grow."""

    def __init__(self, parts: int, said: Register = NOTHING):
        with pytest.MonkeyPatch.context() as patch:
            empty = pool.empty
            patch.setattr(pool, "empty", lambda kind: empty(kind)._replace(events=np.zeros(2, kind)))
            self.lives = [Live((one, parts), said) for one in range(parts)]

    def add(self, rows: list[tuple], oldest: int) -> set[str]:
        """Whose these are."""
        told = [live.numbers.texts(live.add(events(rows), oldest)).to_pylist() for live in self.lives]
        return {one for some in told for one in some}

    def forget(self, oldest: int, chance: random.Random) -> None:
        for live in self.lives:
            every = np.arange(len(live.numbers))
            besides = every[np.array([chance.random() < 0.1 for _one in every], bool)]
            texts = live.numbers.texts(besides)
            names = live.forget(oldest, besides)
            assert live.numbers.texts(names[besides]).equals(texts)

    def features(self, moment: int, of: set[str] | None = None) -> pa.Table:
        """Of every number with a call in the week, or of some."""
        return pa.concat_tables([_features(live, moment, of) for live in self.lives]).sort_by("number")


def _features(live: Live, moment: int, of: set[str] | None) -> pa.Table:
    chosen = live.active(moment)
    if of is not None:
        chosen = chosen[np.array([one in of for one in live.numbers.texts(chosen).to_pylist()], bool)]
    return native.as_table(live.numbers.texts(chosen), live.features(chosen, moment)).select(
        ["number", *NAMES]
    )


def batch(rows: list[tuple], moment: int, said: Register = NOTHING) -> pa.Table:
    return native.features(*apart(rows), moment, register=said)


def arriving(rows: list[tuple], chance: random.Random) -> list[tuple]:
    """Each late by up to the lateness."""
    return sorted(rows, key=lambda row: row[START] + chance.random() * LATENESS)


@settings(max_examples=25, deadline=None)
@given(streams, st.tuples(registers, registers), st.sampled_from([1, 1, 3]), st.booleans(), chances)
def test_live_equals_the_batch_after_every_event(rows, said, parts, all_are_asked, chance):
    """Asked are all numbers, or those alone whose event came, so that the others' events wait for their slots. Now and then whoever
    is too old is forgotten; the windows' ends are looked at as well as just after the event. Half way other things are said of the numbers."""
    if parts > 1:
        said = tuple(one._replace(known=None) for one in said)
    now_said, live, stream, newest = said[0], Parts(parts, said[0]), arriving(rows, chance), 0
    for at, row in enumerate(stream):
        if at == len(stream) // 2:
            now_said = said[1]
            for one in live.lives:
                one.told(now_said)
        newest = max(newest, row[START])
        oldest = oldest_needed(newest, AS_OF)
        told = live.add([row], oldest)
        assert told == {row[0]}
        moment = newest + 1 + chance.choice((0, 0, *EDGES))
        expected = batch(stream[: at + 1], moment, now_said)
        if not all_are_asked:
            expected = expected.filter(pc.is_in(expected["number"], pa.array(list(told), pa.string())))
        assert live.features(moment, None if all_are_asked else told).equals(expected), (at, moment)
        if chance.random() < 0.2:
            live.forget(oldest, chance)
    assert live.features(AS_OF).equals(batch(stream, AS_OF, now_said))
    assert live.features(newest + 1).equals(batch(stream, newest + 1, now_said))


@settings(max_examples=15, deadline=None)
@given(longer_streams, st.sampled_from([1, 3]), chances)
def test_live_equals_the_batch_in_bursts(rows, parts, chance):
    """Dozens of events of a number at once, which get all their slots anew, and ledgers that are moved, trimmed and packed."""
    live, stream, at, newest = Parts(parts), arriving(rows, chance), 0, 0
    while at < len(stream):
        piece = stream[at : at + chance.choice((1, 9, 30))]
        at += len(piece)
        newest = max(newest, *(row[START] for row in piece))
        live.add(piece, oldest_needed(newest, AS_OF))
        if chance.random() < 0.6:
            assert live.features(newest + 1).equals(batch(stream[:at], newest + 1)), at
        if chance.random() < 0.3:
            live.forget(oldest_needed(newest, AS_OF), chance)
    assert live.features(AS_OF).equals(batch(stream, AS_OF))


@settings(max_examples=20, deadline=None)
@given(longer_streams, chances)
def test_neither_what_comes_later_nor_the_order_changes_anything(rows, chance):
    """Of batch and live, calls and messages: the whole stream shuffled gives at each moment what its past alone does."""
    mixed = chance.sample(rows, len(rows))
    live = Parts(1)
    live.add(mixed, 0)
    for moment in (AS_OF, AS_OF - DAY, chance.choice(rows)[START], chance.choice(rows)[START] + 1):
        past = batch([row for row in rows if row[START] < moment], moment)
        assert batch(mixed, moment).equals(past)
        assert live.features(moment).equals(past)


def test_live_equals_the_relational_reference_on_every_noon_of_the_look_back():
    """The worlds of all noons, each with numbers and handsets of its own and moved by whole days, are asked for at once: DuckDB needs
    seconds for its question, whatever is asked."""
    rows = together(*edgy(seed=8, count=500))
    stream, live, newest = arriving(rows, random.Random(8)), Parts(1), 0
    noons, worlds, found = [AS_OF - before * DAY for before in range(30, 0, -3)], [], []
    for at, row in enumerate(stream):
        while noons and row[START] > noons[0] + LATENESS:
            noon = noons.pop(0)
            worlds += [elsewhere(one, f"{noon}-", AS_OF - noon) for one in stream[:at] if one[START] < noon]
            given = live.features(noon)
            names = pa.array([f"{noon}-{one}" for one in given["number"].to_pylist()])
            found.append(given.set_column(0, "number", names))
        newest = max(newest, row[START])
        live.add([row], oldest_needed(newest, newest - LATENESS - DAY))

    assert not noons
    assert_equal(pa.concat_tables(found).sort_by("number"), duck.features(*apart(worlds), AS_OF))
