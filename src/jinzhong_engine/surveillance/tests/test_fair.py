"""Rates, limits, delays and padding, by hand."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from benchmarks import nowcast as lateness
from benchmarks import rates as coverage
from jinzhong_engine.surveillance import delay, padding, rates
from jinzhong_engine.surveillance.padding import Record

NOON = datetime(2021, 5, 10, 12)


def test_areas_that_differ_by_chance_alone_are_drawn_to_the_districts_rate():
    """9 to 11 cases of 10,000 each vary less than chance would: near one rate for all, 10 in 10,000; but even 40 cases
    together leave 7.1 to 13.6 open (Garwood)."""
    found = rates.shrunken([9, 10, 11, 10], [10_000] * 4)

    assert [one.rate * 10_000 for one in found] == pytest.approx([10] * 4, abs=0.5)
    assert max(one.own for one in found) < 0.3
    assert all(one.low * 10_000 < 7.2 and one.high * 10_000 > 13.5 for one in found)


@pytest.mark.parametrize("spread", [0, 0.1, 0.3])
def test_the_interval_holds_the_truth_as_often_as_it_says(spread):
    """557 cases among 577,505 people in twelve towns, drawn anew; 95 of 100 are promised. 40 districts of 12 towns: chance
    alone moves the share by two or three points."""
    assert coverage.held(spread=spread, share_of_cases=1.0, draws=40, seed=11).mean() >= 0.92


def test_one_town_that_alone_has_twice_the_risk_keeps_its_interval():
    """The median town of twelve, 40 districts: of 150 it was held in 76 % before it might stand alone, 94 % since."""
    median = int(np.argsort(coverage.PEOPLE)[len(coverage.PEOPLE) // 2])
    found = coverage.held(spread=0, share_of_cases=1.0, draws=40, seed=11, twice=median)

    assert found[:, median].mean() >= 0.85
    assert found.mean() >= 0.93


def test_a_large_area_that_really_differs_keeps_its_own_rate_and_a_village_doesnt():
    found = rates.shrunken([100, 400, 100, 400, 2], [100_000] * 4 + [300])

    assert found[1].rate * 10_000 == pytest.approx(40, abs=1)
    assert found[1].own > 0.9
    assert found[4].own < 0.4
    assert found[4].rate < 0.7 * 2 / 300
    assert found[4].low < found[4].rate < found[4].high


def test_no_case_anywhere_is_a_rate_of_zero_with_an_upper_end():
    """Rule of three, exactly: 3.69 / residents."""
    assert rates.shrunken([0, 0], [1_000, 2_000])[0].high == pytest.approx(3.689 / 1_000, abs=1e-6)


def test_cases_still_on_their_way_are_counted_in():
    """100 old cases, half known on the day, half two days late: half, half and all are known after 0, 1 and 2 days. Today's
    40 cases have only come in at once and mustn't make us think that all do."""
    old = [(0, 30), (2, 30)] * 50
    given = [*old, *[(0, 0)] * 40]
    shares = [delay.known(given, [wait], longest=2).share for wait in (0, 1, 2)]

    assert shares == pytest.approx([0.5, 0.5, 1.0], abs=0.005)
    told = delay.nowcast(6, delay.known(given, [0], longest=2))
    assert told.expected == pytest.approx(12, abs=0.1)
    assert told.low < 12 < told.high


def test_a_share_is_as_sure_as_the_cases_it_rests_on():
    """Half of 100 cases a day late: Beta(50.5, 50.5), sd = sqrt(0.25 / 102). Of two days, one of them waited for, 0.75 and half
    the deviation. Of 30 cases the interval of the same count is wider."""
    many, few = ([(0, 9), (1, 9)] * (n // 2) for n in (100, 30))

    assert delay.known(many, [0], longest=1) == pytest.approx((0.5, (0.25 / 102) ** 0.5))
    assert delay.known(many, [0, 1], longest=1) == pytest.approx((0.75, (0.25 / 102) ** 0.5 / 2))
    sure, wide = (delay.nowcast(20, delay.known(given, [0], longest=1)) for given in (many, few))
    assert sure.high < wide.high
    assert delay.nowcast(20, delay.Known(0.5)).high < sure.high


def test_where_hardly_any_case_came_in_time_nothing_is_said():
    """None of 40 was known on the day: a share of 0.5 / 41, Beta(0.5, 40.5) has no mean of its inverse."""
    assert delay.nowcast(3, delay.known([(1, 9)] * 40, [0], longest=1)).expected is None


def test_the_interval_holds_what_came_as_often_as_it_says():
    """Simulated: 30 days of register with 25 cases a day; of 1000 weeks 949 are held, 930 where the shares count as certain
    (docs/figures.md). Of 300 chance moves it by a point or two."""
    found = lateness.held(days=30, wait=1, draws=300, seed=3, per_day=lateness.CITY)

    assert found.ours >= 0.93
    assert found.ours > found.shares_as_certain
    assert found.cases_wide > found.wide_before


def test_too_few_old_cases_say_nothing_of_the_delay():
    assert delay.known([(0, 9)] * 29, [0], longest=1) is None
    assert delay.known([(0, 9)] * 29, [1], longest=1) == delay.ALL
    assert delay.nowcast(6, None).expected is None


def visits(count, *, minutes=6.0, metres=60.0, late=timedelta(0), amount=None):
    """Every so many minutes, so far north of the last one."""
    return [
        Record(
            "陈",
            at := NOON + timedelta(minutes=minutes * n),
            at + late,
            (29.65 + metres * n / 111_195, 121.4),
            amount,
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("records", "kinds"),
    [
        (visits(60), []),
        (visits(10, minutes=1), ["burst"]),
        (visits(9, minutes=1), []),
        (visits(9, metres=15_000), ["impossible_speed"]),  # 15 km in 6 minutes: 150 km/h
        (visits(9, metres=10_000), []),  # 100 km/h
        (visits(10, metres=0), ["one_point"]),
        (visits(10, late=timedelta(hours=25)), ["back_filled"]),
        (visits(10, late=timedelta(hours=23)), []),
    ],
)
def test_what_honest_work_cannot_look_like_is_named(records, kinds):
    assert [one.kind for one in padding.signs(records)] == kinds


def test_one_round_sum_accuses_nobody():
    """Nobody else's ends in 000, and one of a dozen does: (0 + 1) / (12 + 2) = 7 % of amounts would, one in twelve is likely."""
    records = visits(12)
    others = [one._replace(staff=f"{n}", amount_yuan=1234) for n in range(3) for one in records]
    one = [each._replace(amount_yuan=5000 if at == 0 else 1234) for at, each in enumerate(records)]

    assert padding.signs([*others, *one]) == []


def test_round_sums_are_held_against_what_everybody_writes():
    """Half of everybody's sums end in 000; of one person all twelve: a chance of 1 in 4,096."""
    everybody = [
        one._replace(staff=f"{n}", amount_yuan=1000 if at % 2 else 1234)
        for n in range(5)
        for at, one in enumerate(visits(12))
    ]
    one = [each._replace(staff="陈", amount_yuan=5000) for each in visits(12)]

    found = padding.signs([*everybody, *one])

    assert [(sign.staff, sign.kind, sign.records) for sign in found] == [("陈", "round_amounts", 12)]
    assert found[0].reason == "12 笔金额里 12 笔以 000 结尾，大家一般是 50%"
