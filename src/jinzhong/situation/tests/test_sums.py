"""Whatever cases come, the parts of every breakdown add up to the whole."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jinzhong.situation import queries
from jinzhong.situation.figures import Only
from jinzhong.situation.periods import Period
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, victim
from tests.district import at

FIRST = date(2021, 3, 30)
case = st.fixed_dictionaries(
    {
        "day": st.integers(0, 70),
        "town": st.sampled_from([YUELIN, XIKOU]),
        "fraud_class": st.sampled_from(["loan", "brushing", "gambling", "other"]),
        "loss": st.decimals(0, 1_000_000, places=2),
        "area": st.sampled_from(["urban", "rural", ""]),
        "victims": st.lists(st.tuples(st.sampled_from("FM"), st.integers(0, 120) | st.none()), max_size=3),
        "status": st.sampled_from(["filed", "cleared", "withdrawn"]),
        "known": st.integers(0, 90),
    }
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cases=st.lists(case, max_size=8),
    since=st.integers(0, 60),
    days=st.integers(1, 70),
    as_of=st.integers(0, 90) | st.none(),
)
def test_parts_add_up(place, cases, since, days, as_of):
    for place_in_list, one in enumerate(cases):
        _file(f"H{_file.count}-{place_in_list}", one)
    _file.count += 1
    period = Period(FIRST + timedelta(since), FIRST + timedelta(since + days))
    moment = at("00:00", str(FIRST + timedelta(as_of))) if as_of is not None else None

    told = queries.stats(period, viewer=None, as_of=moment)
    asked = {"viewer": None, "as_of": moment}

    for lines in (told.by_class, told.by_town, told.by_area, told.by_month):
        assert sum(one.cases for one in lines) == told.total.cases
        assert sum((one.loss for one in lines), Decimal(0)) == told.total.loss
    assert sum(one.persons for one in told.by_sex) == told.persons
    assert sum(one.persons for one in told.by_age) == told.persons
    assert sum(found.cases for _day, found in queries.by_day(period, **asked)) == told.total.cases
    assert queries.rows(period, **asked).count() == told.total.cases
    parts = [queries.stats(period, only=Only(town=town), **asked) for town in (YUELIN, XIKOU)]
    assert sum(one.total.cases for one in parts) == told.total.cases
    assert sum(one.persons for one in parts) == told.persons


def _file(number, one):
    file_case(
        number, str(FIRST + timedelta(one["day"])), one["town"], one["fraud_class"], one["loss"],
        *(victim(sex, age) for sex, age in one["victims"]),
        area=one["area"], status=one["status"], known=at("00:30", str(FIRST + timedelta(one["known"]))),
    )  # fmt: skip


_file.count = 0
