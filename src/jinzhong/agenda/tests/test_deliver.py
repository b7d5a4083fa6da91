"""Messages to the outside: sent once, again when that failed, put aside when they can't be sent at all."""

from datetime import timedelta

from jinzhong import clock
from jinzhong.agenda import operations, queries
from jinzhong.agenda.models import Outbox
from tests.district import at


def turn(send, moment) -> int:
    """One turn of a worker."""
    return operations.deliver(operations.lease_outbox(worker="a", now=moment), send, now=moment)


def test_the_same_key_is_one_message(message):
    operations.post("ring", {"ring:1": {"order": "1"}}, at=at("14:01"))

    assert [(one.pk, one.made_at) for one in Outbox.objects.all()] == [(message.pk, at("14:00"))]


def test_a_message_is_sent_once(message):
    sent = []
    for minute in ("14:00", "14:01", "14:02"):
        turn(lambda row: sent.append(row.key), at(minute))

    assert sent == ["ring:1"]


def test_an_unreachable_side_is_tried_for_ever(message):
    def away(row) -> None:
        raise ConnectionRefusedError

    moment = at("14:00")
    for _ in range(20):
        turn(away, moment)
        moment += timedelta(seconds=61)

    row = Outbox.objects.get()
    assert (row.tries, row.dead_at, row.last_error) == (20, None, "ConnectionRefusedError")
    assert turn(lambda row: None, moment) == 1


def test_a_message_that_cant_be_sent_is_put_aside_after_three_tries(message):
    def poison(row) -> None:
        raise ValueError

    moment = at("14:00")
    for _ in range(5):
        turn(poison, moment)
        moment += timedelta(seconds=61)

    assert Outbox.objects.get().tries == 3
    assert [one.key for one in queries.dead_letters()] == ["ring:1"]


def test_a_poison_message_does_not_stop_the_queue_behind_it(message):
    operations.post("ring", {"ring:2": {}}, at=at("14:00"))
    sent = []

    def send(row) -> None:
        if row.key == "ring:1":
            raise ValueError
        sent.append(row.key)

    turn(send, at("14:00"))

    assert sent == ["ring:2"]


def test_no_transaction_is_open_while_the_other_side_answers(message, django_capture_on_commit_callbacks):
    """A slow gateway must not hold the writers of SQLite up."""
    from django.db import connection

    depth = len(connection.savepoint_ids)
    seen = []
    turn(lambda row: seen.append(len(connection.savepoint_ids)), at("14:00"))

    assert seen == [depth]


def test_what_a_slow_side_leaves_no_time_for_is_given_back(db, monkeypatch):
    """Three sends of eight seconds: the third would begin after sixteen, and might not end before the lease does."""
    operations.post("ring", {f"ring:{number}": {} for number in "123"}, at=at("14:00"))
    passed, sent = [0], []
    monkeypatch.setattr(clock, "machine_seconds", lambda: passed[0])

    def send(row) -> None:
        sent.append(row.key)
        passed[0] += 8

    assert turn(send, at("14:00")) == 2
    assert turn(send, at("14:00")) == 1
    assert sent == ["ring:1", "ring:2", "ring:3"]
    assert operations.SENDING + timedelta(seconds=10) <= operations.LEASE


def test_messages_of_one_turn_are_ticked_off_together(message, django_assert_num_queries):
    """Each commit is a place in the line of those who raise alerts."""
    operations.post("ring", {"ring:2": {}, "ring:3": {}}, at=at("14:00"))
    waiting = operations.lease_outbox(worker="a", now=at("14:00"))

    with django_assert_num_queries(3):  # savepoint, tick off, release
        operations.deliver(waiting, lambda row: None, now=at("14:00"))

    assert not operations.lease_outbox(worker="a", now=at("14:01"))


def test_where_nothing_was_taken_nobody_stands_in_line(message, django_assert_num_queries):
    waiting = operations.lease_outbox(worker="a", now=at("14:00"))

    def unreachable(row) -> None:
        raise ConnectionRefusedError

    with django_assert_num_queries(1):  # the one that failed is counted
        assert operations.deliver(waiting, unreachable, now=at("14:00")) == 0
