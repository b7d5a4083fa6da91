"""A day that no fact could lie on, typed or in an address, is no day: pages show what they show without one."""

import pytest

from jinzhong.review.models import SiteCheck
from tests.district import at
from tests.pages import logged_in, send

FAR = ("0001-01-01", "9999-12-31", "0001-W01-1", "²021-05-31", "x" * 500)
MOMENTS = ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00")


@pytest.mark.parametrize("day", FAR)
def test_a_far_day_in_an_address_breaks_no_page(place, time, day):
    auditor, desk = logged_in(place.auditor), logged_in(place.desk)

    for name in ("since", "until"):
        assert auditor.get("/audit", {name: day}).status_code == 200, name
        assert desk.get("/cases", {name: day}).status_code == 200, name
    assert desk.get("/desk/duty", {"week": day}).status_code == 200
    assert desk.get("/situation/alarms", {"week": day}).status_code == 200


@pytest.mark.parametrize("day", FAR)
def test_a_far_day_typed_is_told_or_passed_over(place, time, day):
    desk, inspector = logged_in(place.desk), logged_in(place.inspector)

    assert send(desk, "/desk/duty/repeat", week=day).status_code < 500
    assert send(desk, "/desk/duty/second", account="", unit="", since=day, until=day).status_code < 500
    assert send(desk, "/bulletins/campaigns", title="a", since=day, last=day).status_code < 500
    assert send(desk, "/situation/alarms/act", town="yuelin", week=day, text="a").status_code < 500
    assert send(inspector, "/inspection/new", to="x", kind="order", due=day).status_code < 500
    assert send(desk, "/numbers/line/set", value="0.5", since=day).status_code < 500
    assert send(desk, "/numbers/challenger/promote", since=day).status_code < 500
    assert send(desk, "/numbers/signals/on", since=day, signal="only_calls_out").status_code < 500


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_far_moment_in_an_address_names_nothing(place, time, moment):
    desk = logged_in(place.desk)
    since = {"of": "cases", "since": "2021-05-01", "until": "2021-05-31"}

    assert desk.get("/bulletins/daily/2021-05-30", {"draft": moment}).status_code == 404
    assert desk.get("/situation/rows", since | {"as_of": moment}).status_code == 404


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_phone_of_another_age_is_not_believed(place, time, moment):
    """Day one with the clock fourteen hours ahead lies before the first day that a database knows."""
    said = {"place": "outlet:outlet-001", "item-alarm_key": "good", "at": moment}

    assert send(logged_in(place.patrols[0]), "/field/check", **said).status_code == 200
    assert SiteCheck.objects.get().seen_at == at("14:06")
