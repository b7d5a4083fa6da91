"""Before anybody goes the person is called: three tries in vain within two hours raise the grade."""

import json

import pytest

from jinzhong import flow
from jinzhong.agenda.models import Outbox
from jinzhong.audit.models import Event
from jinzhong.dispatch import operations, queries
from jinzhong.intake.sources.hotline_call.parse import parse
from jinzhong.warning import operations as warnings
from tests.district import at

GIVEN = {"phone": "13812346620", "name": "张桂兰", "town": "330213002", "signs": ["long_call"], "age": "52"}


@pytest.fixture
def yellow(place):
    """A long call with a stranger, told to the hotline at 14:00."""
    return _told(place, GIVEN)


def _told(place, given):
    fields = parse(given, towns={"330213002"})
    raised = flow.raise_alert(
        source="hotline_call",
        fields=fields,
        raw=given,
        by=place.hotline,
        sent_at=at("14:00"),
        now=at("14:00"),
    )
    return raised.warning


def call(place, warning, answer, moment):
    return flow.note_call(
        warning=warning, answer=answer, by=place.hotline, happened_at=at(moment), now=at(moment)
    )


def test_a_yellow_one_is_to_be_called_within_thirty_minutes(place, yellow):
    assert yellow.grade == "yellow"
    assert queries.open_order(yellow) is None
    assert queries.call_by(yellow, []) == at("14:30")


def test_three_tries_in_vain_raise_to_orange_and_officers_go(place, yellow):
    call(place, yellow, "no_answer", "14:10")
    assert call(place, yellow, "busy", "14:40").grade == "yellow"

    raised = call(place, yellow, "hung_up", "15:20")

    assert (raised.grade, raised.reasons[-1]) == ("orange", "拨打三次未接通，升一级")
    assert queries.open_order(raised) is not None


def test_tries_older_than_two_hours_don_t_count(place, yellow):
    call(place, yellow, "no_answer", "14:10")
    call(place, yellow, "no_answer", "15:00")

    assert call(place, yellow, "no_answer", "16:10").grade == "yellow"
    assert call(place, yellow, "no_answer", "16:59").grade == "orange"


def test_who_was_reached_starts_no_further_clock(place, yellow):
    call(place, yellow, "doubts", "14:10")

    assert queries.call_by(yellow, queries.calls(yellow)) is None
    assert yellow.state == "open"


def test_persuaded_by_phone_it_is_settled_and_never_counts_as_met(place, yellow):
    call(place, yellow, "persuaded", "14:10")
    yellow.refresh_from_db()

    assert yellow.state == "closed"
    assert queries.orders(viewer=place.desk).count() == 0
    with pytest.raises(warnings.NotOpen):
        call(place, yellow, "busy", "14:20")


def test_a_try_that_isn_t_made_is_told_once_and_rings_the_chief(place, yellow, work):
    work("14:29:59")
    assert not Event.objects.filter(kind="dispatch.late").exists()
    work("14:30:01")
    work("14:30:02")

    told = Event.objects.get(kind="dispatch.late")
    assert (told.on_id, json.loads(told.facts)["deadline"]) == (str(yellow.pk), "warning.call")
    assert Outbox.objects.get(channel="ring").payload["account"] == str(place.chief.pk)


def test_called_in_time_the_next_try_is_due_45_minutes_later(place, yellow, work):
    call(place, yellow, "busy", "14:20")
    work("14:31")
    assert not Event.objects.filter(kind="dispatch.late").exists()

    work("15:05:01")
    assert Event.objects.get(kind="dispatch.late").happened_at == at("15:05")


def test_once_officers_go_nobody_waits_for_a_call(place, yellow, work):
    operations.send(warning=yellow, by="desk", now=at("14:05"))
    work("14:31")

    assert not Event.objects.filter(kind="dispatch.late", on_id=str(yellow.pk)).exists()


def test_settled_nobody_waits_for_a_call(place, yellow, work):
    flow.settle_warning(warning=yellow, outcome="false_alarm", by=place.desk, now=at("14:05"))
    work("14:31")

    assert not Event.objects.filter(kind="dispatch.late").exists()


def test_an_unknown_answer_is_refused(place, yellow):
    with pytest.raises(operations.UnknownAnswer):
        call(place, yellow, "maybe", "14:10")


def test_a_blue_one_is_to_be_called_the_same_day(place):
    blue = _told(place, GIVEN | {"signs": ["one_contact"]})

    assert (blue.grade, queries.call_by(blue, [])) == ("blue", at("14:00", "2021-06-01"))
