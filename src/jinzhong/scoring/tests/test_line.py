"""A line is tried on the lists that were kept, goes live on a day, and is rolled back; kept lists never change."""

from datetime import date, timedelta

import pytest

from jinzhong.scoring import operations, queries
from jinzhong.scoring.operations import Unfit
from tests.district import at
from tests.number_list import DAY, ROWS, judged

from .test_judge import say

TODAY = date(2021, 6, 1)
MORNING = at("09:00", "2021-06-01")


def keep(operators, day, digest):
    return operations.keep_list(
        operator=operators.operator_1, day=day, given=judged(digest=digest), by="risk_1", now=MORNING
    )[0]


def test_a_trial_counts_and_says_what_it_does_not_know(kept, operators):
    first, second, _third = kept.entries.all()
    say(first, operators.desk)
    say(second, operators.risk_1, "innocent", "courier")

    tried = queries.trial(0.1, today=TODAY)
    assert (tried.lists, tried.listed, tried.numbers, tried.judged, tried.right) == (1, 3, 3, 2, 1)
    assert tried.unseen == 1  # the third lay below the line: nobody was shown it
    assert (round(tried.low, 3), round(tried.high, 3)) == (0.095, 0.905)  # Wilson, 1 of 2
    assert tried.floor == 0.2

    strict = queries.trial(0.7, today=TODAY)
    assert (strict.listed, strict.judged, strict.right, strict.unseen) == (1, 1, 1, 0)


def test_without_verdicts_a_trial_has_no_share(kept):
    tried = queries.trial(0.5, today=TODAY)
    assert (tried.listed, tried.judged, tried.share, tried.low) == (2, 0, None, None)


def test_the_list_of_this_morning_counts(kept, operators):
    assert queries.trial(0.5, today=DAY).lists == 1
    operations.set_line(value=0.7, since=DAY, by=operators.desk, now=at("09:00", DAY.isoformat()))


def test_lists_older_than_a_month_do_not_count(kept):
    assert queries.trial(0.5, today=DAY + timedelta(days=29)).lists == 1
    assert queries.trial(0.5, today=DAY + timedelta(days=31)).lists == 0


def test_a_line_goes_live_on_its_day_and_is_rolled_back(kept, operators):
    operations.set_line(value=0.7, since=TODAY + timedelta(days=1), by=operators.desk, now=MORNING)

    today = keep(operators, TODAY, "today")
    tomorrow = keep(operators, TODAY + timedelta(days=1), "tomorrow")
    assert (today.threshold, today.listed) == (0.5, 2)
    assert (tomorrow.threshold, tomorrow.listed) == (0.7, 1)
    assert tomorrow.threshold_set.trial["listed"] == 1

    operations.roll_back(by=operators.desk, now=MORNING)
    after = keep(operators, TODAY + timedelta(days=2), "after")
    assert (after.threshold, after.threshold_set) == (0.5, None)
    tomorrow.refresh_from_db()
    assert tomorrow.listed == 1
    with pytest.raises(Unfit, match="没有可以退回的阈值"):
        operations.roll_back(by=operators.desk, now=MORNING)


def test_rolled_back_the_one_before_is_in_force(kept, operators):
    for value in (0.7, 0.4):
        operations.set_line(value=value, since=TODAY, by=operators.desk, now=MORNING)
    assert queries.in_force(TODAY).value == 0.4
    operations.roll_back(by=operators.desk, now=MORNING)
    assert queries.in_force(TODAY).value == 0.7


@pytest.mark.parametrize(("value", "since", "why"), [(1.5, TODAY, "0 和 1 之间"), (0.5, DAY, "不能早于今天")])
def test_a_line_that_cannot_be(kept, operators, value, since, why):
    with pytest.raises(Unfit, match=why):
        operations.set_line(value=value, since=since, by=operators.desk, now=MORNING)


def test_without_lists_there_is_nothing_to_try(operators):
    with pytest.raises(Unfit, match="没有名单可以试算"):
        operations.set_line(value=0.5, since=TODAY, by=operators.desk, now=MORNING)


def test_rows_of_a_list_are_the_gravest_first(kept):
    assert [one.score for one in kept.entries.all()] == [one.score for one in ROWS]
