"""Whom listed numbers got hold of, worked out by hand from who rang whom, when and for how long."""

import pyarrow as pa
import pytest

from jinzhong_engine.evaluate.made import made_by
from jinzhong_engine.evaluate.reached import Contact, Resident, pattern, reached

BANK, POLICE = "95588", "110"
LONG = 1300


def met(*rows: tuple[str, str, int, int], listed: str = "AB") -> dict[str, list[Resident]]:
    """caller, callee, when, seconds."""
    names = ("caller", "callee", "start", "seconds")
    calls = pa.table(dict(zip(names, zip(*rows, strict=True), strict=True)))
    return reached(calls, made_by(calls, listed), is_resident="XYZ".__contains__)


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


@pytest.mark.parametrize("other", [BANK, POLICE, "4008001234", "+16505550100", "010-88881234"])
def test_a_line_of_service_elsewhere_or_abroad_is_nobody_to_warn(other):
    """However long they talked and whoever rang whom."""
    found = met(("A", other, 1, LONG), (other, "A", 2, LONG), ("A", "X", 3, LONG))
    assert [one.number for one in found["A"]] == ["X"]


@pytest.mark.parametrize("minutes", [(12, 15, 18, 11), (10, 10), (1, 1, 1)])
def test_long_or_repeated_contact_is_never_shallow(minutes):
    """The district's grades make both yellow; four talks of ten to twenty minutes are long and repeated."""
    [one] = met(*(("A", "X", at, n * 60) for at, n in enumerate(minutes)))["A"]
    assert one.pattern == "medium"


@pytest.mark.parametrize("seconds", [(19 * 60,), (9 * 60, 9 * 60), (9, 9, 9, 9)])
def test_one_talk_two_short_ones_and_hanging_up_at_once_are_shallow(seconds):
    [one] = met(*(("A", "X", at, n) for at, n in enumerate(seconds)))["A"]
    assert one.pattern == "shallow"


def test_the_published_patterns_stay():
    long = Contact(0, LONG, "called")
    assert pattern([long]) == pattern([long, Contact(1, 60, "asks_official")]) == "medium"
    assert pattern([long, Contact(1, 60, "calls_bank")]) == "deep"
    back = Contact(1, 20, "calls_back")
    assert pattern([Contact(0, 20, "called"), back]) == "medium"
    assert pattern([long, back, Contact(2, 20, "called")]) == "deep"


def test_a_family_that_rings_to_and_fro_is_in_touch_often_and_sends_nobody_to_a_door():
    """与涉诈号码反复联系 is yellow: 深度受骗迹象, red, stands on a long talk."""
    to_and_fro = [Contact(at, 60, "called" if at % 2 else "calls_back") for at in range(8)]
    assert pattern(to_and_fro) == "medium"
    assert pattern([*to_and_fro, Contact(9, LONG - 8 * 60, "called")]) == "deep"
    assert (
        pattern([Contact(0, LONG, "called"), Contact(1, 9, "calls_back"), Contact(2, 9, "called")])
        == "medium"
    )


def test_the_bank_after_short_talks_is_medium_and_no_alarm():
    often = [Contact(at, 60, "called") for at in range(3)]
    assert pattern([*often, Contact(9, 60, "calls_bank")]) == "medium"
