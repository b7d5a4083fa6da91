"""The calls of a week, and who made them."""

import pyarrow as pa

from jinzhong_engine.evaluate.made import made_by, of_week
from jinzhong_engine.features.windows import SECOND, WEEK

AS_OF = 1_622_390_400 * SECOND
"""31 May 2021, 00:00 in China."""


def calls(*starts: int) -> pa.Table:
    """A rings X at these moments, and X rings back at the same ones."""
    told = [
        {"caller": caller, "callee": callee, "start": at, "seconds": 9}
        for at in starts
        for caller, callee in ("AX", "XA")
    ]
    return pa.Table.from_pylist(told)


def test_a_week_begins_with_its_first_moment_and_ends_before_its_last():
    week = of_week(calls(AS_OF - WEEK - 1, AS_OF - WEEK, AS_OF - 1, AS_OF), AS_OF)
    assert set(week["start"].to_pylist()) == {AS_OF - WEEK, AS_OF - 1}


def test_each_number_has_the_calls_it_made_itself():
    assert made_by(calls(5, 3), ["A", "B"]) == {"A": [(5, "X", 9), (3, "X", 9)], "B": []}
