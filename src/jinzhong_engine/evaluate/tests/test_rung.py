"""Whom listed numbers rang, counted by hand."""

import pyarrow as pa

from jinzhong_engine.evaluate.rung import Rung, rung
from jinzhong_engine.features.windows import DAY, HOUR, SECOND, WEEK

AS_OF = 1_622_390_400 * SECOND
"""31 May 2021, 00:00 in China."""
MINUTE = 60 * SECOND


def calls(*rows: tuple[str, str, int]) -> pa.Table:
    """caller, callee, how long after the beginning of the seven days."""
    told = [{"caller": a, "callee": b, "start": AS_OF - WEEK + at} for a, b, at in rows]
    shape = pa.schema([("caller", pa.string()), ("callee", pa.string()), ("start", pa.int64())])
    return pa.Table.from_pylist(told, schema=shape)


def test_a_person_counts_once_a_day_and_once_in_the_busiest_hour():
    """On the first day one person twice; on the third, from ten o'clock, three people, of whom the first is rung again."""
    ten = 2 * DAY + 10 * HOUR
    found = rung(
        calls(
            ("A", "X", 0),
            ("A", "X", 9 * HOUR),
            ("A", "X", ten),
            ("A", "Y", ten + 5 * MINUTE - 1),
            ("A", "X", ten + 6 * MINUTE),
            ("A", "Z", ten + 59 * MINUTE),
            ("B", "A", ten),
        ),
        ["A"],
        as_of=AS_OF,
    )
    assert found == {
        "A": Rung([1, 0, 3, 0, 0, 0, 0], AS_OF - WEEK + ten, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    }


def test_of_hours_alike_the_last_is_told():
    found = rung(calls(("A", "X", HOUR), ("A", "Y", 5 * HOUR)), ["A"], as_of=AS_OF)
    assert found["A"].hour == AS_OF - WEEK + 5 * HOUR


def test_what_lies_outside_the_seven_days_counts_nowhere():
    outside = calls(("A", "X", -1), ("A", "Y", WEEK))
    assert rung(outside, ["A"], as_of=AS_OF) == {"A": Rung([0] * 7, None, [0] * 12)}
