"""From signing to the door: target and actual are both kept."""

import pytest

from jinzhong.agenda import queries as agenda
from jinzhong.dispatch import operations
from jinzhong.dispatch.models import State
from tests.district import at


def step(name, order, by, happened, known=None):
    return getattr(operations, name)(order=order, by=by, happened_at=at(happened), now=at(known or happened))


def steps(order) -> list[str]:
    return [one.step for one in order.steps.all()]


def outcome(order, kind: str) -> str:
    return agenda.deadlines_of([order.pk]).get(kind=kind, step=0).outcome


def test_in_order_each_step_is_kept_once(place, order):
    officer = place.patrols[0]
    for name, moment in (
        ("sign", "14:05:40"),
        ("depart", "14:06"),
        ("arrive", "14:09:21"),
        ("arrive", "14:11"),
    ):
        order = step(name, order, officer, moment)

    assert steps(order) == ["sent", "signed", "departed", "arrived"]
    assert (order.state, order.arrived_at) == (State.AT_THE_DOOR, at("14:09:21"))
    assert outcome(order, "order.meet") == "met"


@pytest.mark.parametrize(
    ("moment", "kept"), [("14:10", "met"), ("14:10:00.000001", "missed"), ("14:10:01", "missed")]
)
def test_late_is_later_than_the_target(place, order, moment, kept):
    step("arrive", order, place.patrols[0], moment)

    assert outcome(order, "order.meet") == kept


def test_a_phone_without_network_sends_the_later_step_alone(place, order):
    order = step("arrive", order, place.patrols[0], "14:08", known="14:30")

    assert (order.state, order.signed_at, order.arrived_at) == (State.AT_THE_DOOR, None, at("14:08"))
    assert order.steps.get(step="arrived").recorded_at == at("14:30")
    assert outcome(order, "order.sign") == "missed"
    assert outcome(order, "order.meet") == "met"


def test_whoever_takes_a_step_has_signed_also_behind_a_colleague(place, order):
    """A step said to be before the order was sent happened when it was sent."""
    step("sign", order, place.patrols[0], "14:05:40")
    step("depart", order, place.patrols[2], "13:50", known="14:06")

    signed = dict(order.assignments.values_list("account__username", "signed_at"))
    assert signed == {place.patrols[0].username: at("14:05:40"), place.patrols[2].username: at("14:05")}


def test_an_earlier_step_that_comes_after_a_later_one_changes_nothing(place, order):
    step("arrive", order, place.patrols[0], "14:08")
    order = step("sign", order, place.patrols[0], "14:05:30", known="14:09")

    assert order.state == State.AT_THE_DOOR
    assert steps(order) == ["sent", "arrived"]


def test_before_the_order_was_sent_nothing_happened(place, order):
    order = step("arrive", order, place.patrols[0], "13:00", known="14:08")

    assert order.arrived_at == at("14:05")


def test_after_closing_no_step_is_taken(place, order):
    operations.close(
        order=order, by=place.patrols[0], happened_at=at("14:20"), now=at("14:20"), outcome="not_found"
    )

    for name in ("sign", "depart", "arrive"):
        with pytest.raises(operations.AlreadyClosed):
            step(name, order, place.patrols[0], "14:21")


def test_reassigned_the_new_one_may_act_and_the_old_one_not(place, order):
    operations.reassign(order=order, to=place.patrols[1], by=place.chief, now=at("14:06"))

    with pytest.raises(operations.NotTheirOrder):
        step("sign", order, place.patrols[0], "14:07")
    assert step("sign", order, place.patrols[1], "14:07").state == State.SIGNED


def test_reassigned_who_signed_stays(place, order):
    step("sign", order, place.patrols[0], "14:05:30")
    operations.reassign(order=order, to=place.patrols[1], by=place.chief, now=at("14:06"))

    assert step("depart", order, place.patrols[0], "14:07").state == State.ON_THE_WAY
