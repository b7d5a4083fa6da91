"""Unsigned orders go to the next officer, then to the duty chief; what is late is told, once."""

from jinzhong.agenda import queries as agenda
from jinzhong.audit import queries as audit
from jinzhong.dispatch import operations
from tests.district import at


def told(order) -> list[tuple[str, str]]:
    """(kind, deadline or step) of what the clock did."""
    lines = audit.events_on([order.pk]).filter(by="clock").order_by("seq")
    return [(line.kind, line.facts) for line in lines]


def asked(order) -> list[tuple[str, str]]:
    return [(one.account.username, one.part) for one in order.assignments.all()]


def test_a_second_too_early_nobody_else_is_asked(order, work):
    work("14:05:59")

    assert told(order) == []


def test_unsigned_the_next_free_officer_then_the_chief_then_nobody(order, work):
    for moment in ("14:06", "14:06:30", "14:08", "14:08:30"):
        work(moment)
    order.refresh_from_db()

    assert asked(order) == [
        ("officer_217", "first"),
        ("officer_226", "together"),
        ("officer_340", "next"),
        ("chief", "leader"),
    ]
    assert order.escalations == 2
    assert [kind for kind, _ in told(order)] == ["dispatch.escalated", "dispatch.escalated"]
    assert not agenda.deadlines_of([order.pk]).filter(kind="order.sign", settled_at=None).exists()


def test_the_escalation_happened_when_it_was_due_and_was_known_when_the_worker_came(order, work):
    work("14:07:30")

    step = order.steps.get(step="escalated")
    assert (step.happened_at, step.recorded_at) == (at("14:06"), at("14:07:30"))


def test_found_hours_late_it_is_still_one_step_at_a_time(order, work):
    """The machine was down: the next officer gets two minutes from now, not from then."""
    work("15:00")
    work("15:00:01")
    order.refresh_from_db()
    assert order.escalations == 1

    work("15:02")
    order.refresh_from_db()
    assert order.escalations == 2


def test_nobody_else_on_patrol_it_goes_to_the_chief_at_once(place, order, work):
    place.shift.duties.filter(account=place.patrols[1]).delete()

    work("14:06")

    assert asked(order)[-1] == ("chief", "leader")


def test_nobody_on_duty_at_all_it_is_told_and_the_order_stays_open(place, order, work):
    place.shift.duties.all().delete()

    work("14:06")
    order.refresh_from_db()

    assert (order.state, order.escalations) == ("waiting", 1)


def test_signed_by_the_second_one_the_chief_is_left_alone(place, order, work):
    work("14:06")
    operations.sign(order=order, by=place.patrols[1], happened_at=at("14:07"), now=at("14:07"))
    work("14:08")
    order.refresh_from_db()

    assert order.escalations == 1
    outcomes = {one.step: one.outcome for one in agenda.deadlines_of([order.pk]) if one.kind == "order.sign"}
    assert outcomes == {0: "missed", 1: "met"}


def test_late_at_the_door_and_late_in_reporting_are_told_once_each(place, order, work):
    operations.sign(order=order, by=place.patrols[0], happened_at=at("14:05:30"), now=at("14:05:30"))
    for moment in ("14:10", "14:10:31", "14:35", "14:36"):
        work(moment)
    order.refresh_from_db()

    assert told(order) == [
        ("dispatch.late", '{"deadline": "order.meet"}'),
        ("dispatch.late", '{"deadline": "order.feedback"}'),
    ]
    assert order.escalations == 0


def test_closed_in_between_nothing_more_happens(place, order, work):
    operations.close(
        order=order,
        by=place.patrols[0],
        happened_at=at("14:05:50"),
        now=at("14:05:50"),
        outcome="false_alarm",
    )
    for moment in ("14:06", "14:10", "14:35"):
        work(moment)

    assert told(order) == []


def test_a_step_sent_late_from_the_phone_after_the_escalation_keeps_both(place, order, work):
    """Signed at 14:05:40 without network: the escalation had its reason, and the officer was in time."""
    work("14:06:05")
    operations.sign(order=order, by=place.patrols[0], happened_at=at("14:05:40"), now=at("14:09"))
    order.refresh_from_db()

    assert (order.escalations, order.signed_at) == (1, at("14:05:40"))
    assert order.signed_at <= order.sign_by
