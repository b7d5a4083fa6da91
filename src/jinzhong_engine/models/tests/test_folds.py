"""Nobody is judged by what would give him away: rows of the same time, of a later one, or of his own group."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.folds import folds

ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(0, 9), st.sampled_from("abcdefgh")), min_size=12, max_size=80
).filter(lambda rows: len({time for _label, time, _group in rows}) > 1)


@given(ROWS)
def test_what_judges_is_earlier_and_of_other_groups(rows):
    label, times, groups = (np.array(column) for column in zip(*rows, strict=True))

    made = list(folds(label, groups, times))

    for learn, judge in made:
        assert times[learn].max() < times[judge].min()
        assert not set(groups[learn]) & set(groups[judge])
    judged = [row for _learn, judge in made for row in judge]
    assert len(judged) == len(set(judged))


def test_days_of_uneven_size_stay_whole():
    """A first day of 70 rows, then ten of three: by rows the cuts would fall into the first day three times."""
    times = np.array([0] * 70 + [day for day in range(1, 11) for _row in range(3)])
    label = np.arange(100) % 2

    made = list(folds(label, None, times))

    assert [(len(learn), len(judge)) for learn, judge in made] == [(70, 12), (82, 18)]
    for learn, judge in made:
        assert not set(times[learn]) & set(times[judge])


def test_a_gang_that_goes_on_is_judged_by_the_others_of_before():
    """Two days; of the second, a and b were there before and n is new: a by b, b by a, n by both."""
    groups = np.array(list("aabbaabbnn"))
    times = np.array([0] * 4 + [1] * 6)
    label = np.array([0, 1] * 5)

    made = {
        tuple(sorted(set(groups[judge]))): set(groups[learn]) for learn, judge in folds(label, groups, times)
    }

    assert made == {("a",): {"b"}, ("b",): {"a"}, ("n",): {"a", "b"}}


def test_one_time_has_no_earlier_one():
    with pytest.raises(BadModel, match="of one time"):
        list(folds(np.array([0, 1] * 6), None, np.zeros(12)))
