"""Whom listed numbers talk to now: told when they are listed and when somebody gets in deeper, as the batch's patterns say."""

import json
import random
import shutil

import pyarrow as pa
import pytest

from jinzhong_engine.backends.live import Live
from jinzhong_engine.evaluate.made import made_by, of_week
from jinzhong_engine.evaluate.reached import reached
from jinzhong_engine.evaluate.talking import DEPTH, People
from jinzhong_engine.features.windows import SECOND
from jinzhong_engine.models.watch import Watch

BAD, OTHER, CHEN, LIN = "15400002093", "15400002094", "15410007104", "15410000936"
START = 1_622_390_400 * SECOND
"""31 May 2021, 00:00 in China."""
MINUTE = 60 * SECOND


def is_resident(number: str) -> bool:
    return number.startswith("1541")


def calls(*rows: tuple[int, str, str, int]) -> pa.Table:
    """minute, caller, callee, seconds."""
    nothing = {"kind": "domestic", "cell": None, "imei": None, "peer_city": None}
    told = [
        {"caller": a, "callee": b, "start": START + at * MINUTE, "seconds": seconds, **nothing}
        for at, a, b, seconds in rows
    ]
    texts = [(name, pa.string()) for name in ("caller", "callee", "kind", "cell", "imei", "peer_city")]
    return pa.Table.from_pylist(
        told, schema=pa.schema([*texts, ("start", pa.int64()), ("seconds", pa.int32())])
    )


class Told:
    """A watch's ledgers, and what is told of people after each batch."""

    def __init__(self, tmp_path):
        self.live, self.people = Live(), People(tmp_path / "people", is_resident=is_resident)

    def after(self, *rows, enters=(), leaves=()):
        table = calls(*rows)
        self.live.add(table, 0)
        moment = START + rows[-1][0] * MINUTE + 1
        for number in (*enters, *leaves):
            self.people.changed(number, number in enters, moment)
        lines = [json.loads(one) for one in self.people.look(self.live, table, moment)]
        return [(one["number"], one["person"], one["was"], one["pattern"]) for one in lines]


@pytest.fixture
def told(tmp_path) -> Told:
    return Told(tmp_path)


def test_told_when_listed_and_when_somebody_gets_in_deeper(told):
    assert told.after((0, BAD, CHEN, 30), (1, BAD, LIN, 0), (2, BAD, "95588", 900)) == []
    assert told.after((3, LIN, CHEN, 60), enters=[BAD]) == [(BAD, CHEN, None, "shallow")]  # LIN was only rung
    assert told.after((4, BAD, CHEN, 1300)) == [(BAD, CHEN, "shallow", "medium")]
    assert told.after((5, BAD, CHEN, 40), (6, BAD, LIN, 20)) == [(BAD, LIN, None, "shallow")]
    assert told.after((7, CHEN, "95588", 60)) == [(BAD, CHEN, "medium", "deep")]
    assert told.after((8, CHEN, "95588", 60), (9, BAD, CHEN, 90)) == []


def test_listed_anew_it_is_told_anew(told):
    told.after((0, BAD, CHEN, 30), enters=[BAD])
    assert told.after((1, BAD, CHEN, 1300), leaves=[BAD]) == []
    assert told.after((2, LIN, CHEN, 1), enters=[BAD]) == [(BAD, CHEN, None, "medium")]


def test_of_two_listed_numbers_neither_is_a_resident_and_both_are_told_of(told):
    found = told.after((0, BAD, OTHER, 900), (1, BAD, CHEN, 1300), (2, OTHER, CHEN, 30), enters=[BAD, OTHER])
    assert found == [(BAD, CHEN, None, "medium"), (OTHER, CHEN, None, "shallow")]
    assert told.after((3, CHEN, "95588", 30)) == [(BAD, CHEN, "medium", "deep")]


@pytest.mark.parametrize("seed", range(5))
def test_what_is_told_is_what_the_batch_finds(told, seed):
    """Within the week contact only gets deeper, so what was told last is what the patterns of the whole week say."""
    chance = random.Random(seed)
    everybody = [BAD, OTHER, "95588", "110", "+16505550100", *(f"1541000000{one}" for one in range(6))]
    rows = [
        (minute, *chance.sample(everybody, 2), chance.choice([0, 5, 40, 700, 1400])) for minute in range(300)
    ]
    last = {}
    for at in range(0, 300, 25):
        for number, person, was, pattern in told.after(
            *rows[at : at + 25], enters=[BAD, OTHER] if at == 100 else []
        ):
            assert last.get((number, person)) == was
            assert DEPTH[pattern] > DEPTH.get(was, 0)
            last[number, person] = pattern
    week = of_week(calls(*rows), START + 300 * MINUTE)
    batch = reached(week, made_by(week, [BAD, OTHER]), is_resident=is_resident)
    assert last == {(number, one.number): one.pattern for number, them in batch.items() for one in them}
    assert last


def test_killed_at_any_moment_each_line_is_told_once(model, days_of_calls, tmp_path):
    """Copied away between two batches, as a kill leaves it, and gone on with from there, with all events sent again."""
    events = days_of_calls.append_column("id", pa.array([f"r{at}" for at in range(days_of_calls.num_rows)]))
    pieces = [events.slice(at, 500) for at in range(0, events.num_rows, 500)]

    def watching(folder) -> Watch:
        people = People(folder / "people", is_resident=lambda number: not number.startswith(("+", "95")))
        return Watch(model, folder / "state", folder / "list", lateness=600 * SECOND, people=people)

    whole = tmp_path / "whole"
    whole.mkdir()
    first = watching(whole)
    for at, piece in enumerate(pieces):
        first.take(piece)
        if at in (len(pieces) // 3, 2 * len(pieces) // 3):
            first.journal.settle()
            shutil.copytree(whole, tmp_path / str(at))
            if at == len(pieces) // 3:
                first.mark()
    first.close()
    said = (whole / "people").read_text("utf-8")
    assert said.count("\n") > 20

    for at in (len(pieces) // 3, 2 * len(pieces) // 3):
        again = watching(tmp_path / str(at))
        for piece in pieces:
            again.take(piece)
        again.close()
        assert (tmp_path / str(at) / "people").read_text("utf-8") == said
