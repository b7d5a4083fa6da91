"""How early a number was found; every figure counted by hand."""

import pyarrow as pa
import pytest

from jinzhong_engine.evaluate.early import Early, Until, early, plain_limit
from jinzhong_engine.evaluate.made import made_by, of_week
from jinzhong_engine.features.windows import DAY, HOUR, SECOND, WEEK

AS_OF = 1_622_390_400 * SECOND
FRAUD, SHOP = "13900000001", "13900000002"


def calls(*rows):
    """(caller, before the moment, callee, seconds)."""
    names = ("caller", "start", "callee", "seconds")
    told = [(one, AS_OF - ago, callee, seconds) for one, ago, callee, seconds in rows]
    return pa.table(dict(zip(names, zip(*told, strict=True), strict=True)))


@pytest.fixture
def week():
    """Four calls an hour apart, two answered, one of them to the same person; a shop that rings ten on the last day; one call too old."""
    fraud = [(FRAUD, (6 - hour) * HOUR, f"1380000000{hour // 2}", 30 * (hour % 2)) for hour in range(4)]
    shop = [(SHOP, HOUR, f"1370000000{one}", 60) for one in range(10)]
    return calls(*fraud, (FRAUD, WEEK + 1, "13800000009", 60), *shop)


def told(calls, listed, *, limit):
    return early(made_by(of_week(calls, AS_OF), listed), listed, as_of=AS_OF, limit=limit)


def test_what_a_number_had_done_when_it_was_listed(week):
    found = told(week, {FRAUD: AS_OF - 3 * HOUR - 1}, limit=1)

    assert found == {
        FRAUD: Early(
            ago=6 * 3600, listed=Until(calls=3, seconds=3 * 3600 - 1, people=1), plain=Until(2, 3600, 1)
        )
    }


def test_the_old_rule_may_never_list_it(week):
    found = told(week, {FRAUD: AS_OF, SHOP: AS_OF}, limit=4)

    assert found[FRAUD].plain is None
    assert found[FRAUD].listed == Until(calls=4, seconds=6 * 3600, people=2)
    assert found[SHOP].plain.calls == 10  # all at the same moment


def test_calls_more_than_a_day_apart_are_not_one_day():
    rows = calls(*((FRAUD, day * DAY, f"1380000000{day}", 0) for day in range(1, 6)))

    assert told(rows, {FRAUD: AS_OF}, limit=1)[FRAUD].plain is None


def test_the_limit_lists_no_more_than_the_list(week):
    assert plain_limit(week, 1, as_of=AS_OF) == 4  # the shop alone rang more
    assert plain_limit(week, 2, as_of=AS_OF) == 0
    assert plain_limit(week, 0, as_of=AS_OF) == 10


def test_a_number_without_calls_is_not_told_of(week):
    assert told(week, {"13900000003": AS_OF}, limit=1) == {}
