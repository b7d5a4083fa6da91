"""Whom listed numbers got hold of, worked out by hand from who rang whom, when and for how long."""

import pyarrow as pa

from jinzhong_engine.evaluate.made import made_by
from jinzhong_engine.evaluate.reached import Resident, reached

BANK, POLICE = "95588", "110"
LONG = 1300


def met(*rows: tuple[str, str, int, int], listed: str = "AB") -> dict[str, list[Resident]]:
    """caller, callee, when, seconds."""
    names = ("caller", "callee", "start", "seconds")
    calls = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    return reached(calls, made_by(calls, listed))


def test_who_was_only_rung_or_rings_another_listed_number_was_not_reached():
    assert met(("A", "X", 1, 0), ("A", "B", 2, 60), ("B", "A", 3, 60)) == {"A": [], "B": []}


def test_calls_of_both_directions_count_together_each_number_by_itself():
    found = met(("A", "X", 1, 60), ("X", "A", 5, 30), ("A", "X", 3, 0), ("B", "X", 4, 10))
    assert found == {"A": [Resident("X", "medium", 2, 90, 5)], "B": [Resident("X", "shallow", 1, 10, 4)]}


def test_a_call_to_a_bank_after_a_long_one_is_deep_and_to_the_police_is_not():
    found = met(
        ("A", "X", 1, LONG), ("X", BANK, 2, 60), ("A", "Y", 1, LONG), ("Y", POLICE, 2, 60), ("Z", BANK, 2, 60)
    )
    assert {one.number: one.pattern for one in found["A"]} == {"X": "deep", "Y": "medium"}
