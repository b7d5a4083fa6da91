"""The comparison of ``benchmarks/numbers.py`` compares like with like: the queries written by hand give what native gives."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import _numbers_sql, numbers
from jinzhong_engine.backends import native
from jinzhong_engine.backends.tests.streams import AS_OF, busy
from jinzhong_engine.tables import CALLS, MESSAGES


@pytest.fixture
def busy_calls(tmp_path: Path) -> pa.Table:
    """Calls with equal times, calls to oneself, gaps in what is recorded, and some after the moment."""
    calls, _messages = busy(seed=5, count=8000)
    pq.write_table(calls.cast(CALLS.schema), tmp_path / "0.parquet")
    return calls


@pytest.mark.parametrize(("query", "count"), [(_numbers_sql.WHOLE, 45), (_numbers_sql.TWELVE, 12)])
def test_the_query_by_hand_gives_what_native_gives(busy_calls, tmp_path, monkeypatch, query, count):
    monkeypatch.setattr(numbers, "AS_OF", AS_OF)
    _calls, messages = busy(seed=5, count=8000)

    found = numbers.sql(tmp_path, query, messages.cast(MESSAGES.schema))

    assert found.num_columns == 1 + count
    assert numbers.differing(native.features(busy_calls, messages, AS_OF), found) == []


def test_the_whole_query_by_hand_gives_numbers_in_order(busy_calls, tmp_path, monkeypatch):
    monkeypatch.setattr(numbers, "AS_OF", AS_OF)

    found = numbers.sql(tmp_path)["number"].to_pylist()

    assert found == sorted(found)


def test_a_feature_that_differs_is_named(busy_calls):
    whole = native.features(busy_calls, None, AS_OF)
    counts = pa.array([one + 1 for one in whole["cells_7d"].to_pylist()])
    changed = whole.set_column(whole.column_names.index("cells_7d"), "cells_7d", counts)

    assert numbers.differing(whole, changed) == ["cells_7d"]
