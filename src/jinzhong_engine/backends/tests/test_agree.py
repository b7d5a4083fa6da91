"""One definition: what the relational executor reads, the native one computes, on every stream of events."""

import importlib.util
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends import duck, native, run
from jinzhong_engine.backends.kernel import Row
from jinzhong_engine.backends.live import Live
from jinzhong_engine.backends.register import Register
from jinzhong_engine.backends.tests.streams import (
    AS_OF,
    apart,
    assert_equal,
    busy,
    calls,
    edgy,
    elsewhere,
    events,
    register,
    registers,
    streams,
    together,
)
from jinzhong_engine.features.catalogue import CATALOGUE, NAMES, WINDOWS
from jinzhong_engine.features.windows import DAY, HOUR, SECOND, WEEK

TWELVE = (
    "out_calls_7d", "in_calls_7d", "out_share_7d", "out_parties_7d", "calls_per_party_7d", "short_call_share_7d",
    "max_fanout_1h_7d", "handsets_7d", "active_days_7d", "hour_entropy_7d", "new_party_share_7d", "callback_share_7d",
)  # fmt: skip


@settings(max_examples=8, deadline=None)
@given(st.lists(st.tuples(streams, registers), max_size=12))
def test_native_equals_relational(worlds):
    """A dozen worlds at once: DuckDB needs a second for its question, whatever is asked."""
    given_events = apart([elsewhere(row, f"{at}-") for at, (rows, _) in enumerate(worlds) for row in rows])
    said = _together([one for _, one in worlds])

    assert_equal(
        native.features(*given_events, AS_OF, register=said),
        duck.features(*given_events, AS_OF, register=said),
    )


def _together(registers: list[Register]) -> Register:
    """What is said in all these worlds, of whose numbers ``elsewhere`` makes."""
    tables: dict[str, list[pa.Table]] = {"opened": [], "known": []}
    for at, one in enumerate(registers):
        for name, table in one.given.items():
            renamed = pc.binary_join_element_wise(f"{at}-", table["number"], "")
            tables[name].append(table.set_column(0, "number", renamed))
    return Register(**{name: pa.concat_tables(some) for name, some in tables.items() if some})


@settings(max_examples=4, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([300, 3000]))
def test_native_equals_relational_at_the_bounds_of_windows_hours_and_days_and_no_future_changes_it(
    seed, count
):
    rows = together(*edgy(seed, count))
    past = [row for row in rows if row[2] < AS_OF]
    mixed = random.Random(seed).sample(rows, len(rows))

    assert len(past) < len(rows)
    assert_equal(native.features(*apart(past), AS_OF), duck.features(*apart(mixed), AS_OF))


def test_a_thousand_numbers_on_a_handset_are_counted_and_no_more():
    """999, 1,000 and 1,003 numbers of the week, each on its handset twice; one more before the week, and one at the moment."""
    rows = [
        (
            f"15{on:02}000{one:04}",
            "B",
            AS_OF - 1 - one * 60 * SECOND,
            5,
            "domestic",
            None,
            f"i{on}",
            None,
            None,
        )
        for on, many in enumerate((999, 1000, 1003))
        for one in [*range(many), *range(many)]
    ]
    rows += [("Z", "B", at, 5, "domestic", None, "i0", None, None) for at in (AS_OF - WEEK - 1, AS_OF)]
    live = Live()
    live.add(events(together(rows, [])), 0)
    chosen = live.active(AS_OF)

    made = native.features(calls(rows), None, AS_OF)
    found = dict(zip(made["number"].to_pylist(), made["handset_numbers_7d"].to_pylist(), strict=True))
    assert [found[f"15{on:02}0000000"] for on in range(3)] == [999, 1000, 1000]
    assert_equal(made, duck.features(calls(rows), None, AS_OF))
    grown = native.as_table(live.numbers.texts(chosen), live.features(chosen, AS_OF)).sort_by("number")
    assert grown.select(made.column_names).equals(made)


@pytest.mark.parametrize("kept_as", ["nanoseconds", "text", "no zone", "whole numbers", "empty texts"])
def test_whatever_a_file_keeps_them_as_both_read_the_same(tmp_path, kept_as):
    """Phone numbers are digits here, so that a file may keep them as whole numbers."""
    table = _written_otherwise(busy(seed=3, count=3000)[0], kept_as)
    pq.write_table(table, tmp_path / "calls.parquet")

    one, other = (
        run.features(
            run.Events(tmp_path / "calls.parquet"), as_of=AS_OF, latest=AS_OF + 2 * DAY, engine=engine, memory=None, tell=print
        )
        for engine in ("native", "duckdb")
    )  # fmt: skip

    assert_equal(one, other)
    if kept_as == "empty texts":
        assert max(one["handsets_7d"].to_pylist()) == 0


def _written_otherwise(table: pa.Table, kept_as: str) -> pa.Table:
    def put(name: str, column: Any) -> pa.Table:
        return table.set_column(table.column_names.index(name), name, column)

    for name in ("caller", "callee"):
        digits = pc.replace_substring(table[name], "n", "1540000")
        table = put(name, digits.cast(pa.int64()) if kept_as == "whole numbers" else digits)
    moments = table["start"].cast(pa.timestamp("us", tz="UTC"))
    as_text = pc.strftime(moments, "%Y-%m-%dT%H:%M:%S+00:00")
    others = {
        "nanoseconds": moments.cast(pa.timestamp("ns", tz="UTC")),
        "no zone": moments.cast(pa.timestamp("us")),
        "text": as_text,
    }
    table = put("start", others.get(kept_as, moments))
    return (
        put("imei", pc.fill_null(pa.nulls(table.num_rows, pa.string()), ""))
        if kept_as == "empty texts"
        else table
    )


def test_native_equals_relational_on_a_busy_stream():
    given_calls, given_messages = busy(seed=1, count=6000)

    assert_equal(
        native.features(given_calls, given_messages, AS_OF), duck.features(given_calls, given_messages, AS_OF)
    )


def with_spark(test: Any) -> Any:
    """The gate brings Spark and runs these; elsewhere they are skipped where it is missing, and say so."""
    missing = importlib.util.find_spec("pyspark") is None or shutil.which("java") is None
    why = "Spark needs PySpark (python3 dev.py setup spark) and Java 17"
    return pytest.mark.service(pytest.mark.skipif(missing, reason=why)(test))


@with_spark
def test_spark_equals_duckdb():
    from jinzhong_engine.backends import spark

    events = busy(seed=2, count=3000)
    some = sorted(set(events[0]["caller"].to_pylist()))[::3]
    said = register(
        {one: AS_OF - at * DAY for at, one in enumerate(some)}, dict.fromkeys(some[::9], AS_OF - 1)
    )

    found = duck.features(*events, AS_OF, register=said)

    assert_equal(spark.features(*events, AS_OF, register=said), found)
    assert 0 < found["age_days_ever"].null_count < found.num_rows
    assert pc.max(found["known_party_share_7d"]).as_py() > 0
    assert spark.session().sparkContext.master == "local[*]"


@with_spark
def test_spark_reads_files_of_which_some_lack_what_may_be_missing(tmp_path):
    from jinzhong_engine.backends import spark

    rows = busy(seed=6, count=2000)[0]
    for at, half in enumerate((rows.slice(0, 1000), rows.slice(1000).drop_columns("roaming"))):
        _arrive(tmp_path / "calls" / f"{at}.parquet", half, "start")
    paths = [str(tmp_path / "calls" / f"{at}.parquet") for at in range(2)]

    found = spark.features(paths, None, AS_OF)

    assert_equal(found, duck.features(paths, None, AS_OF))
    assert found["roaming_share_7d"].null_count < found.num_rows


@with_spark
def test_spark_computes_where_its_own_settings_or_the_option_say():
    """Each in a process of its own, since a process has one Spark."""
    asked = "from jinzhong_engine.backends import spark; print(spark.session({}).sparkContext.master)"
    told = os.environ | {"PYSPARK_SUBMIT_ARGS": "--master local[3] pyspark-shell"}

    def master(given: str) -> str:
        command = [sys.executable, "-c", asked.format(given)]
        done = subprocess.run(command, env=told, capture_output=True, text=True, check=True)
        return done.stdout.split()[-1]

    assert master("") == "local[3]"
    assert master("'local[1]'") == "local[1]"


@with_spark
def test_spark_streaming_judges_each_batch_as_duckdb_does_and_goes_on_where_it_stopped(tmp_path):
    """Calls and messages. What is sent again counts once: by its id, whatever else it says, and in files without ids by all columns.
    A batch that no feature looks at any more is removed. What was kept before calls could say whether the caller roams counts on."""
    from jinzhong_engine.backends import spark

    given_calls, given_messages = (
        one.sort_by(at) for one, at in zip(busy(4, 1500), ("start", "sent"), strict=True)
    )
    unsaid = pa.nulls(900, pa.bool_()).to_pylist()
    roaming = pa.array(unsaid + given_calls["roaming"].to_pylist()[900:], pa.bool_())
    given_calls = given_calls.set_column(given_calls.column_names.index("roaming"), "roaming", roaming)
    given_messages = pa.concat_tables([given_messages.slice(0, 20), given_messages.slice(300)])
    again = _with_ids(given_calls.slice(20, 30), 20)
    again = again.set_column(3, "seconds", pa.array([3000] * 30, pa.int32()))
    arriving = [
        (_with_ids(given_calls.slice(0, 60), 0), _with_ids(given_messages.slice(0, 20), 5000)),
        (pa.concat_tables([again, _with_ids(given_calls.slice(60, 840), 60)]), None),
        (pa.concat_tables([given_calls.slice(900), given_calls.slice(950, 40)]), given_messages.slice(20)),
    ]
    come = [(0, 60, 0, 20), (60, 900, 20, 20), (900, 1500, 20, given_messages.num_rows)]
    found: dict[int, tuple[int, pa.Table]] = {}
    some = pc.unique(given_calls["caller"]).to_pylist()
    said = register(dict.fromkeys(some[::2], AS_OF - 90 * DAY), dict.fromkeys(some[::9], 0))

    def judge(batch: int, moment: int, features: pa.Table) -> None:
        assert batch not in found
        found[batch] = (moment, features)

    for at, (some_calls, some_messages) in enumerate(arriving):
        _arrive(tmp_path / "calls" / f"{at}.parquet", some_calls, "start")
        if some_messages is not None:
            _arrive(tmp_path / "messages" / f"{at}.parquet", some_messages, "sent")
        for kept in (tmp_path / "state" / "events").glob("batch=1/*.parquet"):
            pq.write_table(pq.ParquetFile(kept).read().drop_columns("roaming"), kept)
            kept.with_name(f".{kept.name}.crc").unlink()
        if at >= 1:
            folders = (tmp_path / name for name in ("calls", "messages", "state"))
            spark.stream(*folders, judge, register=said)

    assert sorted(found) == [0, 1, 2]
    for at, (moment, features) in found.items():
        low, high, wrote, written = come[at]
        so_far, texts = given_calls.slice(0, high), given_messages.slice(0, written)
        assert moment == max(so_far["start"][-1].as_py(), texts["sent"][-1].as_py()) + 1
        expected = duck.features(so_far, texts, moment, register=said)
        told = {
            *given_calls["caller"].to_pylist()[low:high],
            *given_messages["sender"].to_pylist()[wrote:written],
        }
        assert_equal(features, expected.filter(pc.is_in(expected["number"], pa.array(sorted(told)))))
    left = sorted(one.name for one in (tmp_path / "state" / "events").iterdir())
    assert left == ["batch=1", "batch=2"]


def _with_ids(table: pa.Table, first: int) -> pa.Table:
    return table.append_column("id", pa.array([f"r{first + row}" for row in range(table.num_rows)]))


def _arrive(path: Path, table: pa.Table, time: str) -> None:
    path.parent.mkdir(exist_ok=True)
    at = table.column_names.index(time)
    pq.write_table(table.set_column(at, time, table[time].cast(pa.timestamp("us", tz="UTC"))), path)


@settings(max_examples=60, deadline=None)
@given(streams, st.randoms())
def test_the_future_and_the_order_of_rows_change_nothing(rows, chance):
    past = [row for row in rows if row[2] < AS_OF]
    mixed = list(rows)
    chance.shuffle(mixed)

    assert native.features(*apart(mixed), AS_OF).equals(native.features(*apart(past), AS_OF))


def test_the_twelve_by_hand():
    """Chen (A) rings B twice, C and D once; B rings back, C had rung before; E was called a fortnight ago, D too."""
    at = AS_OF - 2 * DAY  # Saturday noon
    rows = [
        ("A", "B", at, 0, "domestic", "c", "i1", None),
        ("A", "C", at + 10 * 60 * SECOND, 9, "domestic", "c", "i1", None),
        ("A", "D", at + 20 * 60 * SECOND, 10, "domestic", "c", "i2", None),
        ("A", "B", at + HOUR, 120, "domestic", "c", None, None),
        ("B", "A", at + 2 * HOUR, 30, "domestic", None, None, None),
        ("C", "A", at - HOUR, 30, "domestic", None, None, None),
        ("A", "D", at - 14 * DAY, 5, "domestic", "c", "i1", None),
        ("A", "E", at - 14 * DAY, 5, "domestic", "c", "i1", None),
    ]

    found = {row["number"]: row for row in native.features(calls(rows), None, AS_OF).to_pylist()}

    assert list(found) == ["A", "B", "C", "D"]
    expected = (
        4,
        2,
        4 / 6,
        3,
        4 / 3,
        2 / 4,
        3,
        2,
        1,
        0.811278124459133,
        2 / 3,
        1 / 3,
    )  # H(3/4, 1/4) = 0.8113
    assert [found["A"][name] for name in TWELVE] == pytest.approx(expected, abs=1e-12)
    assert [found["D"][name] for name in TWELVE] == [0, 1, 0.0, 0, None, None, 0, 0, 0, None, None, None]


def test_the_share_of_roaming_by_hand():
    """Of A's four calls in the week three say it, two yes; the one before the week doesn't count, nor those that A receives. B's says nothing."""
    said = [(1, True), (2, True), (3, False), (4, None), (8, True)]
    rows = [("A", "B", AS_OF - days * DAY, 5, "domestic", "c", "i1", "0574", roams) for days, roams in said]
    rows += [("B", "A", AS_OF - HOUR, 5, "domestic", "c", "i2", "0574", None)]
    live = Live()
    live.add(events(together(rows, [])), 0)

    for made in (
        native.features(calls(rows), None, AS_OF),
        duck.features(calls(rows), None, AS_OF),
        native.as_table(live.numbers.texts([0, 1]), live.features(live.active(AS_OF), AS_OF)),
    ):
        assert made["number"].to_pylist() == ["A", "B"]
        assert made["roaming_share_7d"].to_pylist() == [pytest.approx(2 / 3, abs=1e-12), None]


def test_calls_that_dont_record_roaming_have_no_share_of_it():
    """Whether the column is empty or isn't there; all else stays the same."""
    rows = busy(seed=1, count=300)[0]
    empty = rows.set_column(8, "roaming", pa.nulls(300, pa.bool_()))
    others = [one for one in NAMES if one != "roaming_share_7d"]

    for made in (
        compute(table, None, AS_OF)
        for compute in (native.features, duck.features)
        for table in (empty, rows.drop_columns("roaming"))
    ):
        assert made["roaming_share_7d"].null_count == made.num_rows
        assert_equal(made, native.features(empty, None, AS_OF))
    assert made.select(others).num_columns == len(NAMES) - 1


def test_a_day_and_an_hour_are_of_china():
    """23:30 and 00:30 in Ningbo are one UTC day and two Chinese ones."""
    midnight = AS_OF - 12 * HOUR
    rows = [
        ("A", "B", midnight + shift, 60, "domestic", None, None, None) for shift in (-HOUR // 2, HOUR // 2)
    ]

    [row] = native.features(calls(rows), None, AS_OF).filter(pa.array([True, False])).to_pylist()

    assert (row["active_days_7d"], row["active_hours_7d"], row["night_share_7d"]) == (2, 2, 1.0)


def test_how_old_a_number_is_and_whether_those_known_as_fraud_rang_the_same_people():
    """A called B, C and D; K, known as fraud since yesterday, called B this week and C last week; L called D and is known from now on."""
    at = AS_OF - 2 * DAY
    rows = [
        *((caller, callee, at, 5, "domestic", None, None, None) for caller, callee in ("AB", "AC", "AD", "KB", "LD")),
        ("K", "C", at - WEEK, 5, "domestic", None, None, None),
        ("K", "A", AS_OF, 5, "domestic", None, None, None),
    ]  # fmt: skip
    said = register(
        {"A": AS_OF - 10 * DAY - 12 * HOUR, "B": AS_OF}, {"K": AS_OF - DAY, "L": AS_OF, "Q": AS_OF - DAY}
    )

    def told(name: str, said: Register) -> dict:
        made = native.features(calls(rows), None, AS_OF, register=said)
        return dict(zip(made["number"].to_pylist(), made[name].to_pylist(), strict=True))

    assert told("age_days_ever", said) == {"A": 10.5, "B": None, "C": None, "D": None, "K": None, "L": None}
    shares = told("known_party_share_7d", said)
    assert shares == {"A": 1 / 3, "B": None, "C": None, "D": None, "K": 0, "L": 0}
    for nothing in (register({"A": 0}, None), Register()):
        assert set(told("known_party_share_7d", nothing).values()) == {None}


def test_every_feature_is_told_and_computed_twice():
    assert Row._fields == NAMES
    assert len(NAMES) == len(set(NAMES)) >= 40
    assert set(TWELVE) <= set(NAMES)
    for one in CATALOGUE:
        assert one.zh and one.en and one.formula and one.window in WINDOWS, one.name
