"""One alert's whole day through the operations: teller, officers, door, outcome."""

from decimal import Decimal

from jinzhong import flow
from jinzhong.agenda import queries as agenda
from jinzhong.audit import queries as audit
from jinzhong.dispatch import operations as dispatch
from jinzhong.intake.sources.bank_alert.parse import parse
from tests.district import at

ALERT = {
    "customer_name": "张桂兰",
    "customer_phone": "138 1234 6620",
    "amount": "86000",
    "payee_account": "6222 0202 0000 7731",
    "story": "自称配合办案",
}


def raise_alert(place, moment, given=ALERT, by=None):
    return flow.raise_alert(
        source="bank_alert", fields=parse(given), raw=given, by=by or place.teller, sent_at=moment, now=moment
    )


def test_a_bank_alert_is_red_and_sends_the_two_nearest(place):
    raised = raise_alert(place, at("14:05:32"))

    assert raised.warning.grade == "red"
    assert raised.warning.amount == Decimal("86000.00")
    assert [one.account.staff_no for one in raised.order.assignments.all()] == ["217", "226"]
    assert raised.order.sign_by == at("14:06:32")
    assert raised.order.meet_by == at("14:10:32")


def test_two_alerts_about_one_person_are_one_warning(place):
    first = raise_alert(place, at("14:05:32"))
    second = raise_alert(
        place, at("14:20"), {"customer_phone": "+86 13812346620", "amount": 90000}, by=place.far_teller
    )

    assert second.warning.pk == first.warning.pk
    assert second.order.pk == first.order.pk
    assert second.warning.amount == Decimal("90000.00")
    assert second.warning.sources.count() == 2


def test_a_day_later_it_is_another_warning(place):
    first = raise_alert(place, at("14:05"))
    second = raise_alert(place, at("14:05", "2021-06-01"))

    assert second.warning.pk != first.warning.pk


def test_unsigned_goes_to_the_next_then_to_the_chief(place):
    order = raise_alert(place, at("14:05:00")).order

    flow.work_once(worker="w", now=at("14:05:59"), deliver={"ring": lambda key, payload: None})
    order.refresh_from_db()
    assert order.escalations == 0

    flow.work_once(worker="w", now=at("14:06:01"), deliver={"ring": lambda key, payload: None})
    flow.work_once(worker="w", now=at("14:06:02"), deliver={"ring": lambda key, payload: None})
    order.refresh_from_db()
    assert order.escalations == 1
    assert order.assignments.last().account.staff_no == "340"

    flow.work_once(worker="w", now=at("14:08:02"), deliver={"ring": lambda key, payload: None})
    order.refresh_from_db()
    assert order.escalations == 2
    assert order.assignments.last().account == place.chief


def test_signed_in_time_nobody_else_is_asked(place):
    order = raise_alert(place, at("14:05:00")).order
    officer = place.patrols[0]
    dispatch.sign(order=order, by=officer, happened_at=at("14:05:40"), now=at("14:05:41"))
    dispatch.depart(order=order, by=officer, happened_at=at("14:06:00"), now=at("14:06:00"))
    dispatch.arrive(order=order, by=officer, happened_at=at("14:09:21"), now=at("14:09:22"))
    closed = dispatch.close(
        order=order, by=officer, happened_at=at("14:20"), now=at("14:20"), outcome="dissuaded", amount_protected=Decimal("50000"),
        evidence="counter_cancelled", met_by=["officer_217", "officer_226"],
    )  # fmt: skip

    assert (
        flow.work_once(worker="w", now=at("15:00"), deliver={"ring": lambda key, payload: None}) == 2
    )  # the two rings
    assert closed.warning.state == "closed"
    assert {one.outcome for one in agenda.deadlines_of([order.pk])} == {"met"}
    assert audit.verify().broken == ""


def test_an_unnamed_customer_is_whoever_stands_there(place):
    first = raise_alert(place, at("14:05"), {})
    again = raise_alert(place, at("14:06"), {"signs": ["on_the_phone"]})

    assert first.order is not None
    assert again.warning.pk == first.warning.pk


def test_the_teller_presses_first_and_writes_later(place):
    raised = raise_alert(place, at("14:05"), {})
    given = {"customer_phone": "13812346620", "amount": 30000}
    later = flow.amend_alert(
        alert=raised.alert,
        fields=parse(given),
        raw=given,
        by=place.teller,
        sent_at=at("14:07"),
        now=at("14:07"),
    )

    assert later.warning.pk == raised.warning.pk
    assert later.warning.amount == Decimal("30000.00")
    assert later.order.pk == raised.order.pk


def test_named_later_the_officers_under_way_go_on_for_the_known_person(place):
    morning = raise_alert(place, at("08:05"), by=place.far_teller)
    dispatch.close(
        order=morning.order,
        by=place.patrols[0],
        happened_at=at("08:20"),
        now=at("08:20"),
        outcome="dissuaded",
    )
    pressed = raise_alert(place, at("14:05"), {})
    given = {"customer_phone": ALERT["customer_phone"]}
    named = flow.amend_alert(
        alert=pressed.alert,
        fields=parse(given),
        raw=given,
        by=place.teller,
        sent_at=at("14:07"),
        now=at("14:07"),
    )

    assert named.warning.pk == morning.warning.pk
    assert named.warning.state == "open"
    assert named.order.pk == pressed.order.pk
    assert named.order.warning_id == morning.warning.pk


def test_named_later_a_second_pair_of_officers_is_called_back(place):
    first = raise_alert(place, at("14:00"), by=place.far_teller)
    pressed = raise_alert(place, at("14:05"), {})
    given = {"customer_phone": ALERT["customer_phone"]}
    named = flow.amend_alert(
        alert=pressed.alert,
        fields=parse(given),
        raw=given,
        by=place.teller,
        sent_at=at("14:07"),
        now=at("14:07"),
    )
    pressed.order.refresh_from_db()

    assert named.order.pk == first.order.pk
    assert (pressed.order.state, pressed.order.outcome) == ("closed", "duplicate")
    assert {one.outcome for one in agenda.deadlines_of([pressed.order.pk])} == {"dropped"}
