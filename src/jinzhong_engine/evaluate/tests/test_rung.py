"""Whom listed numbers rang, counted by hand."""

from jinzhong_engine.evaluate.made import Made
from jinzhong_engine.evaluate.rung import Rung, rung
from jinzhong_engine.features.windows import DAY, HOUR, SECOND, WEEK

AS_OF = 1_622_390_400 * SECOND
"""31 May 2021, 00:00 in China."""
MINUTE = 60 * SECOND


def made(*calls: tuple[str, int]) -> Made:
    """What A made: whom it rang, how long after the beginning of the seven days."""
    return {"A": [(AS_OF - WEEK + at, callee, 0) for callee, at in calls]}


def test_a_person_counts_once_a_day_and_once_in_the_busiest_hour():
    """On the first day one person twice; on the third, from ten o'clock, three people, of whom the first is rung again."""
    ten = 2 * DAY + 10 * HOUR
    found = rung(
        made(
            ("X", 0),
            ("X", 9 * HOUR),
            ("X", ten),
            ("Y", ten + 5 * MINUTE - 1),
            ("X", ten + 6 * MINUTE),
            ("Z", ten + 59 * MINUTE),
        ),
        as_of=AS_OF,
    )
    assert found == {
        "A": Rung([1, 0, 3, 0, 0, 0, 0], AS_OF - WEEK + ten, [2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    }


def test_of_hours_alike_the_last_is_told():
    found = rung(made(("X", HOUR), ("Y", 5 * HOUR)), as_of=AS_OF)
    assert found["A"].hour == AS_OF - WEEK + 5 * HOUR


def test_a_number_that_rang_nobody_has_no_hour():
    assert rung(made(), as_of=AS_OF) == {"A": Rung([0] * 7, None, [0] * 12)}
