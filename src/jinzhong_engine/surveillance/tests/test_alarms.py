"""Area alarms, each expected value worked out by hand."""

from datetime import date, timedelta
from math import exp

import pytest

from jinzhong_engine.ladders import area_early_warning as ladder
from jinzhong_engine.ladders.area_early_warning import BadLadder, Rung
from jinzhong_engine.surveillance import alarms, clusters, counts, farrington
from jinzhong_engine.surveillance.counts import BadCounts, Row

SATURDAY = date(2021, 1, 2)
PEOPLE = 60_000


def weeks(*cases: int, fraud_class: str = "loan", area: str = "A") -> list[Row]:
    """A row a week, from a Saturday."""
    return [
        Row(area, fraud_class, SATURDAY + timedelta(weeks=n), number, PEOPLE)
        for n, number in enumerate(cases)
    ]


def judged(rows, *, as_of=None, **how):
    made = counts.of(rows)
    weekly = counts.weekly(made, as_of=as_of or made.last + timedelta(weeks=1), starts_on="saturday")
    return [
        one
        for one in alarms.judge(
            weekly, clusters=clusters.clusters(made, weekly), huge=clusters.huge(made, weekly), **how
        )
        if one.fraud_class == "*"
    ]


def last(rows, **how):
    return judged(rows, **how)[-1]


@pytest.mark.parametrize(
    ("before", "now", "colour"),
    [
        (4, 8, "orange"),  # P(X >= 8; 4) = 0.051: just not red
        (4, 9, "red"),  # 0.021
        (4, 7, "yellow"),  # growth 75 %, but 0.111
        (4, 6, "blue"),  # growth 50 %, 0.215: chance
        (4, 4, "green"),
        (0, 5, "red"),  # floor 0.5
        (0, 4, "orange"),  # four cases are never red
        (0, 2, "blue"),
    ],
)
def test_growth_alone_colours_nothing_beyond_blue(before, now, colour):
    assert last(weeks(*[before] * 15, now)).colour == colour


def test_a_week_shows_what_it_was_held_against():
    """Expected 2: P(X >= 5; 2) = 1 - e^-2 (1 + 2 + 2 + 4/3 + 2/3) = 0.0527; P(X <= 5; 2) is the first above 0.95."""
    alarm = last(weeks(*[1, 2, 3] * 5, 5))

    assert (alarm.observed, alarm.expected, alarm.upper) == (5, 2.0, 5.0)
    assert alarm.p == pytest.approx(1 - exp(-2) * (1 + 2 + 2 + 4 / 3 + 2 / 3))
    assert alarm.period == SATURDAY + timedelta(weeks=15)
    assert alarm.reason.startswith("5 起，前 15 周平均 2 起，多 150%，偶然出现的可能为 5.3%")


def test_fourteen_weeks_are_not_enough():
    alarm = last(weeks(*[3] * 14, 9))

    assert (alarm.colour, alarm.expected, alarm.p) == ("none", None, None)
    assert alarm.reason == "此前只有 14 周数据，不足 15 周"


def test_who_acts_by_when_and_what_ends_it():
    red = last(weeks(*[4] * 15, 9))

    assert (red.who, red.act_by) == ("区反诈办牵头", red.period + timedelta(days=7))
    assert red.cleared == "连续 2 周不高于黄色后解除"


def test_a_small_town_that_rises_slowly_is_seen_in_the_longer_window():
    """12 cases in 36 weeks, then two a week for a month: 8 where 12 / 36 x 4 = 1.33 were to be expected."""
    alarm = last(weeks(*[1, 0, 0] * 12, 2, 2, 2, 2))

    assert (alarm.window_weeks, alarm.window_observed) == (4, 8)
    assert alarm.window_expected == pytest.approx(4 / 3)
    assert alarm.colour == "orange"
    assert "按近 4 周看：8 起，预期 1.33 起" in alarm.reason


def test_where_even_a_quarter_is_too_short_it_says_so():
    """One case in 16 weeks: 13 / 16 of a case is expected of a quarter."""
    alarm = last(weeks(1, *[0] * 28))

    assert (alarm.colour, alarm.window_weeks, alarm.window_expected) == ("green", 13, 13 / 16)
    assert alarm.reason.endswith("仍太少，看不出升降")


def test_a_large_town_is_judged_by_its_week_alone():
    assert last(weeks(*[4] * 40)).window_weeks is None


def test_last_years_weekly_mean_may_be_the_base():
    """104 Saturdays from 2021 on: 2 cases each in 2021, 3 each in 2022."""
    alarm = last(weeks(*[2] * 52, *[3] * 52), baseline="last-year")

    assert (alarm.expected, alarm.reason[:15]) == (2.0, "3 起，上年周均 2 起，多 50%"[:15])


def test_three_of_a_kind_in_a_village_within_a_week_are_at_least_yellow():
    calm = weeks(*[2] * 16)
    day = calm[-1].day
    village = [Row("A", "loan", day + timedelta(days=n), 1, PEOPLE, "溪边村") for n in (0, 3, 6)]
    other = [row._replace(village=name) for row, name in zip(village, "甲乙丙", strict=True)]

    made = {}
    for name, extra in (("one", village), ("three", other)):
        table = counts.of([*calm[:-1], *extra])
        weekly = counts.weekly(table, as_of=day + timedelta(weeks=1), starts_on="saturday")
        near = clusters.clusters(table, weekly)
        made[name] = loans(alarms.judge(weekly, clusters=near))
        made["seasonal", name] = loans(
            alarms.judge_by_farrington(weekly, settings=farrington.Settings(b=3), clusters=near)
        )

    assert (made["one"].colour, made["three"].colour) == ("yellow", "blue")
    assert (made["seasonal", "one"].colour, made["seasonal", "three"].colour) == ("yellow", "none")
    for one in (made["one"], made["seasonal", "one"]):
        assert "溪边村 7 天内同类 3 起" in one.reason


def loans(found):
    return next(one for one in found if one.fraud_class == "loan")


def test_one_huge_case_is_told_apart_and_colours_nothing():
    rows = weeks(*[1] * 16)
    alarm = last([*rows[:-1], rows[-1]._replace(largest_loss=500_000.0)])

    assert (alarm.colour, alarm.huge_case) == ("green", 500_000.0)


# -- weeks -----------------------------------------------------------------------------------------------


def daily(first: date, days: int) -> list[Row]:
    return [Row("A", "loan", first + timedelta(days=n), 1, PEOPLE) for n in range(days)]


def test_days_make_whole_weeks_and_the_torn_ones_at_both_ends_are_left_out():
    """From Friday 1 January 2021; 30 days: one day, four weeks from Saturday the 2nd, and Saturday the 30th."""
    found = counts.weekly(
        counts.of(daily(date(2021, 1, 1), 30)), as_of=date(2021, 1, 31), starts_on="saturday"
    )

    assert (found.starts[0], found.starts[-1]) == (date(2021, 1, 2), date(2021, 1, 23))
    assert found.series["A", "*"].tolist() == [7, 7, 7, 7]


def test_rows_that_stand_for_weeks_may_start_on_another_day():
    """Mondays, counted in weeks from Saturday: each lies in a week of its own and the first is whole."""
    mondays = [Row("A", "loan", date(2021, 1, 4) + timedelta(weeks=n), n + 1, PEOPLE) for n in range(3)]

    found = counts.weekly(counts.of(mondays), as_of=date(2021, 1, 25), starts_on="saturday")

    assert found.series["A", "*"].tolist() == [1, 2, 3]


def test_a_week_beyond_the_counts_is_refused_not_called_quiet():
    with pytest.raises(BadCounts, match="end on 2021-01-30; the week from 2021-02-06"):
        counts.weekly(counts.of(daily(date(2021, 1, 1), 30)), as_of=date(2021, 2, 13), starts_on="saturday")


def test_two_populations_of_a_town_on_one_day_are_refused():
    rows = [Row("A", "loan", SATURDAY, 1, 100), Row("A", "brushing", SATURDAY, 1, 110)]

    with pytest.raises(BadCounts, match="A 2021-01-02, population: 110, but an earlier row"):
        counts.of(rows)


# -- the ladder ------------------------------------------------------------------------------------------


def test_a_ladder_with_a_gap_is_refused():
    rungs = ladder.VERSIONS[0].rungs
    ladder.check(rungs)

    with pytest.raises(BadLadder, match="steps are red, yellow, blue"):
        ladder.check([one for one in rungs if one.colour != "orange"])
    with pytest.raises(BadLadder, match="gap is left between blue and green"):
        ladder.check([*rungs[:3], Rung("blue", 0.05, 0, 1.0)])
    with pytest.raises(BadLadder, match="red: must not allow a greater chance than orange"):
        ladder.check([Rung("red", 0.5, 5, 0.2), *rungs[1:]])
