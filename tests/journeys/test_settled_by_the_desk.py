"""The desk settles a warning, and takes it back."""

from jinzhong import flow
from jinzhong.agenda import queries as agenda
from jinzhong.dispatch import queries as orders
from tests.district import at
from tests.journeys.test_one_alert import raise_alert


def test_a_false_alarm_calls_the_officers_back(place):
    raised = raise_alert(place, at("14:05"))

    for _ in range(2):
        flow.settle_warning(warning=raised.warning, outcome="false_alarm", by=place.desk, now=at("14:07"))
    raised.order.refresh_from_db()
    raised.warning.refresh_from_db()

    assert (raised.order.state, raised.order.outcome) == ("closed", "false_alarm")
    assert raised.warning.state == "closed"
    assert not agenda.open_deadlines().filter(on_id=raised.order.pk).exists()


def test_taken_back_it_is_on_the_desk_and_officers_go_again(place):
    raised = raise_alert(place, at("14:05"))
    flow.settle_warning(warning=raised.warning, outcome="false_alarm", by=place.desk, now=at("14:07"))

    warning = flow.reopen_warning(warning=raised.warning, by=place.desk, now=at("14:07:08"))

    assert warning.state == "open"
    again = orders.open_order(warning)
    assert again is not None
    assert again.pk != raised.order.pk
    assert again.sent_at == at("14:07:08")
