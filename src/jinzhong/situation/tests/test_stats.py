"""The figures of a period, each worked out by hand from the table in ``small``."""

from datetime import date
from decimal import Decimal

import pytest

from jinzhong.situation import operations, queries
from jinzhong.situation.figures import Only, Total
from jinzhong.situation.periods import BadPeriod, Period, chosen
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, five_cases, victim
from jinzhong.situation.told import as_json
from tests.district import at

MAY = Period(date(2021, 5, 1), date(2021, 6, 1))


@pytest.fixture
def five(place):
    five_cases()
    return place


def may(**rest):
    return queries.stats(MAY, viewer=None, **rest)


def cases_by(lines):
    return {one.code: one.cases for one in lines if one.cases}


def test_may_counts_from_the_first_midnight_to_the_last(five):
    told = may()

    assert told.total == Total(3, Decimal("90000.50"))
    assert told.loss_avg == Decimal("90000.50") / 3
    assert cases_by(told.by_town) == {YUELIN: 2, XIKOU: 1}
    assert cases_by(told.by_class) == {"loan": 2, "investment": 1}
    assert cases_by(told.by_area) == {"urban": 1, "rural": 1, "unknown": 1}


def test_a_month_is_held_against_the_month_before(five):
    told = may()

    assert told.previous == (Period(date(2021, 4, 1), date(2021, 5, 1)), Total(2, Decimal("15000.00")))
    assert told.change_percent == "50.0"
    assert told.loss_change_percent == "500.0"


def test_some_days_are_held_against_as_many_days_before(five):
    told = queries.stats(Period(date(2021, 5, 10), date(2021, 5, 20)), viewer=None)

    assert told.previous[0] == Period(date(2021, 4, 30), date(2021, 5, 10))
    assert told.previous[1] == Total(2, Decimal("25000.00"))
    assert told.change_percent == "-50.0"


def test_a_zero_base_has_no_change(five):
    told = may()
    shown = as_json(told, read_at=at("08:30"))

    assert told.last_year[1].cases == 0
    assert told.yoy_percent is None
    assert shown["yoy_percent"] is None
    assert shown["last_year"] == {"since": "2020-05-01", "until": "2020-06-01", "cases": 0, "loss": "0.00"}


def test_an_empty_period_has_no_shares(place):
    told = may()

    assert told.total == Total(0, Decimal(0))
    assert told.loss_avg is None
    assert {one.percent for one in [*told.by_class, *told.by_town, *told.by_sex, *told.by_age]} == {None}


def test_shares_and_rates_are_rounded_half_up(five):
    told = may()
    loan, investment = told.by_class[0], told.by_class[1]

    assert (loan.code, loan.percent, loan.loss_percent) == ("loan", "66.7", "22.2")
    assert (investment.percent, investment.loss_percent) == ("33.3", "77.8")
    # 2 of 118,000 residents; 3 of 190,000
    assert {one.code: one.rate_10k for one in told.by_town} == {YUELIN: "0.17", XIKOU: "0.14"}
    assert told.rate_10k == "0.16"


def test_victims_are_persons_not_cases(five):
    told = may()

    assert told.persons == 4
    assert {one.code: (one.persons, one.percent) for one in told.by_sex} == {
        "F": (2, "50.0"),
        "M": (2, "50.0"),
    }
    assert {one.code: one.persons for one in told.by_age if one.persons} == {
        "20-30": 2,
        "66+": 1,
        "unknown": 1,
    }


def test_each_band_ends_where_the_next_begins(place):
    for age in (17, 18, 19, 20, 30, 31, 40, 41, 50, 51, 60, 61, 65, 66):
        file_case(f"B{age}", "2021-05-02", YUELIN, "loan", 0, victim("F", age))

    assert {one.code: one.persons for one in may().by_age} == {
        "<18": 1, "18-19": 2, "20-30": 2, "31-40": 2, "41-50": 2, "51-60": 2, "61-65": 2, "66+": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("only", "cases", "persons"),
    [
        (Only(town=XIKOU), 1, 2),
        (Only(fraud_class="loan"), 2, 2),
        (Only(area="unknown"), 1, 1),
        (Only(sex="F"), 2, 2),
        (Only(sex="M", age="66+"), 1, 1),
        (Only(age="unknown"), 1, 1),
        (Only(town=YUELIN, age="66+"), 0, 0),
    ],
)
def test_what_is_asked_for_alone_is_counted_alone(five, only, cases, persons):
    told = may(only=only)

    assert (told.total.cases, told.persons) == (cases, persons)


def test_a_late_case_is_missing_as_of_the_morning_and_there_at_noon(five):
    file_case("M4", "2021-05-31", XIKOU, "brushing", 1_000, known=at("10:02", "2021-06-01"))

    assert may(as_of=at("08:30", "2021-06-01")).total.cases == 3
    assert may(as_of=at("10:02", "2021-06-01")).total.cases == 3
    assert may(as_of=at("12:00", "2021-06-01")).total == Total(4, Decimal("91000.50"))
    assert may().total.cases == 4


def test_a_case_that_moved_counts_once_where_it_belongs_now(five):
    file_case(
        "M1", "2021-05-01", XIKOU, "loan", 20_000, victim("F", 30), area="urban", clock="00:00", known=at("09:00", "2021-06-02"),
    )  # fmt: skip

    assert cases_by(may(as_of=at("09:00", "2021-06-02")).by_town) == {YUELIN: 2, XIKOU: 1}
    assert cases_by(may().by_town) == {YUELIN: 1, XIKOU: 2}
    assert may().total.cases == 3


def test_a_withdrawn_case_no_longer_counts(five):
    file_case(
        "M2", "2021-05-15", XIKOU, "investment", "70000.50", status="withdrawn", known=at("09:00", "2021-06-02"),
    )  # fmt: skip

    assert may(as_of=at("08:00", "2021-06-02")).total.cases == 3
    assert may().total == Total(2, Decimal("20000.00"))


def test_a_town_sees_its_own_and_nothing_else(five):
    own = queries.stats(MAY, viewer=five.town_xikou)
    of_another = queries.stats(MAY, viewer=five.town_xikou, only=Only(town=YUELIN))

    assert own.total == Total(1, Decimal("70000.50"))
    assert [one.code for one in own.by_town] == [XIKOU]
    assert own.city is None
    assert of_another.total.cases == 0
    assert queries.stats(MAY, viewer=five.desk).total.cases == 3
    for nobody in (five.admin, five.citizen, five.teller):
        assert queries.stats(MAY, viewer=nobody).total.cases == 0


def city(month: int, cases: int, day: str = "2021-06-01"):
    return operations.record_city_count(
        month=date(2021, month, 1), cases=cases, source="市局月报", by="desk", at=at("09:00", day)
    )


def test_the_citys_share_needs_whole_months_that_are_all_told(five):
    city(4, 40)
    both = Period(date(2021, 4, 1), date(2021, 6, 1))

    assert queries.stats(both, viewer=None).city_percent is None
    city(5, 60)
    assert queries.stats(both, viewer=None).city_percent == "5.00"
    assert queries.stats(Period(date(2021, 4, 1), date(2021, 5, 31)), viewer=None).city_percent is None
    assert queries.stats(both, viewer=None, as_of=at("09:00", "2021-06-01")).city_percent is None


def test_a_corrected_city_count_counts_from_then_on(five):
    first = city(5, 60)

    assert city(5, 60) == first
    city(5, 64, "2021-06-03")
    assert may(as_of=at("08:00", "2021-06-02")).city == 60
    assert may().city == 64
    with pytest.raises(operations.NotAMonth):
        operations.record_city_count(
            month=date(2021, 5, 2), cases=1, source="", by="desk", at=at("09:00", "2021-06-03")
        )


def test_borders_of_periods():
    assert Period(date(2021, 5, 31), date(2021, 6, 1)).previous() == Period(
        date(2021, 5, 30), date(2021, 5, 31)
    )
    assert Period(date(2020, 2, 1), date(2020, 3, 1)).last_year() == Period(
        date(2019, 2, 1), date(2019, 3, 1)
    )
    assert Period(date(2020, 2, 29), date(2020, 3, 1)).last_year().days == 0
    assert Period(date(2021, 12, 15), date(2022, 1, 15)).months() == [date(2021, 12, 1), date(2022, 1, 1)]
    for since, until in ((date(2021, 5, 2), date(2021, 5, 2)), (date(1, 1, 1), date(2021, 1, 1))):
        with pytest.raises(BadPeriod):
            chosen(since, until)
