"""Sending officers: who goes, and which clock starts."""

import pytest

from jinzhong import flow
from jinzhong.agenda import queries as agenda
from jinzhong.agenda.models import Outbox
from jinzhong.audit import queries as audit
from jinzhong.dispatch import operations, queries
from jinzhong.dispatch.models import Order
from jinzhong.district import operations as district
from jinzhong.intake.sources.hotline_call.parse import parse as hotline
from jinzhong.warning import operations as warnings
from tests.district import at


def deadlines(order) -> dict[str, object]:
    return {one.kind: one.due_at for one in agenda.deadlines_of([order.pk])}


def staff(order) -> list[str]:
    return [one.account.staff_no for one in order.assignments.all()]


def call(place, moment, *signs: str, **more):
    """Somebody calls the hotline about themselves."""
    given = {"phone": "13812346620", "town": "330213002", "signs": list(signs)} | more
    fields = hotline(given, towns={"330213002", "330213100"})
    return flow.raise_alert(
        source="hotline_call", fields=fields, raw=given, by=place.hotline, sent_at=moment, now=moment
    )


def test_a_red_order_in_town_has_one_five_and_thirty_minutes(order):
    assert deadlines(order) == {
        "order.sign": at("14:06"),
        "order.meet": at("14:10"),
        "order.feedback": at("14:35"),
    }
    assert (order.sign_by, order.meet_by, order.feedback_by) == (at("14:06"), at("14:10"), at("14:35"))


def test_a_red_order_in_the_country_has_fifteen_minutes_to_the_door(place, raise_alert):
    order = raise_alert(at("14:05"), by=place.far_teller).order

    assert order.meet_by == at("14:20")


def test_an_orange_order_has_three_minutes_and_half_an_hour(place):
    order = call(place, at("14:05"), "money_sent_before").order

    assert (order.grade, order.sign_by, order.meet_by) == ("orange", at("14:08"), at("14:35"))


def test_a_yellow_warning_waits_for_the_desk(place):
    raised = call(place, at("14:05"), "long_call")

    assert (raised.warning.grade, raised.order) == ("yellow", None)
    assert operations.send(warning=raised.warning, by="desk", now=at("14:10")).sign_by == at("14:20")


def test_the_two_nearest_free_officers_go(place, order, raise_alert):
    """All stand at one station; the free one comes first, then the lower staff number."""
    second = raise_alert(at("14:06"), {"customer_phone": "13900001111"}).order

    assert staff(order) == ["217", "226"]
    assert staff(second) == ["340", "217"]


def test_who_is_done_at_the_door_is_free_again(place, order, raise_alert):
    told = {"by": place.patrols[0], "happened_at": at("14:20"), "now": at("14:21")}
    operations.close(order=order, outcome="dissuaded", **told)

    assert staff(raise_alert(at("14:30"), {"customer_phone": "13900001111"}).order) == ["217", "226"]


def test_the_nearer_station_goes_first(place, raise_alert):
    """溪口 has a station now, 13 km from 岳林 and next to the outlet."""
    near = district.add_unit(
        code="station-2", name="溪口派出所", kind="station", town=place.xikou, latitude=29.69, longitude=121.27,
        by="test", at=at("07:00"),
    )  # fmt: skip
    officer = district.add_account(
        username="officer_501", password=None, role="station_officer", unit=near, staff_no="501", by="test", at=at("07:00"),
    )  # fmt: skip
    district.assign(shift=place.shift, account=officer, post="patrol", by="test", at=at("07:00"))

    order = raise_alert(at("14:05"), by=place.far_teller).order
    first = order.assignments.first()

    assert first.account == officer
    assert first.metres == 0
    assert order.assignments.last().metres == pytest.approx(13_900, abs=500)


def test_those_off_duty_are_not_asked(place, raise_alert):
    order = raise_alert(at("20:00")).order

    assert staff(order) == []
    assert order.state == "waiting"


def test_nobody_on_patrol_the_chief_is_asked(place, raise_alert):
    place.shift.duties.filter(post="patrol").delete()

    order = raise_alert(at("14:05")).order

    assert [(one.account, one.part) for one in order.assignments.all()] == [(place.chief, "leader")]


def test_sent_twice_it_is_one_order_and_each_phone_rings_once(order):
    again = operations.send(warning=order.warning, by="desk", now=at("14:07"))

    assert again.pk == order.pk
    assert Order.objects.count() == 1
    assert Outbox.objects.filter(channel="ring").count() == 2


def test_the_desk_may_choose_who_goes(place):
    raised = call(place, at("14:05"), "long_call")

    order = operations.send(warning=raised.warning, by="desk", now=at("14:06"), officers=[place.patrols[1]])

    assert staff(order) == ["340"]


def test_a_settled_warning_sends_nobody(order, place):
    operations.close(
        order=order, by=place.chief, happened_at=at("14:20"), now=at("14:20"), outcome="false_alarm"
    )

    with pytest.raises(warnings.NotOpen):
        operations.send(warning=order.warning, by="desk", now=at("14:21"))


def test_graver_while_officers_are_under_way_their_clock_is_tightened(place, raise_alert):
    """Orange from the hotline at 14:05, red from a bank's counter at 14:12: at the door by 14:17, not 14:35."""
    order = call(place, at("14:05"), "money_sent_before").order
    operations.sign(order=order, by=place.patrols[0], happened_at=at("14:06"), now=at("14:06"))

    raised = raise_alert(at("14:12"), {"customer_phone": "13812346620"})

    assert raised.order.pk == order.pk
    assert (raised.order.grade, raised.order.meet_by) == ("red", at("14:17"))
    assert raised.order.sign_by == at("14:08")
    assert deadlines(order)["order.meet"] == at("14:17")
    assert Outbox.objects.filter(channel="ring").count() == 4
    assert audit.events_on([order.pk]).filter(kind="dispatch.hurried").count() == 1


def test_numbers_of_the_day_are_counted_on(place, raise_alert):
    numbers = [
        raise_alert(at(moment, day), {"customer_phone": phone}).order.number
        for moment, day, phone in (
            ("14:05", "2021-05-31", "13900000001"),
            ("14:06", "2021-05-31", "13900000002"),
            ("00:01", "2021-06-01", "13900000003"),
        )
    ]

    assert numbers == ["PD20210531-0001", "PD20210531-0002", "PD20210601-0001"]


def test_a_station_without_a_place_on_the_map_still_sends(place, raise_alert):
    place.station.latitude = None
    place.station.save()

    order = raise_alert(at("14:05")).order

    assert staff(order) == ["217", "226"]
    assert order.assignments.first().metres is None


def test_how_far_the_outlet_is(place, order):
    """0.005 degrees of latitude and 0.005 of longitude at 29.66 N: 556 m and 483 m, so 736 m."""
    assert queries.metres_to(queries.goal_of(order.warning), place.patrols[0]) == pytest.approx(736, abs=3)
