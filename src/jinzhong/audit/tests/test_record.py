"""Writing the event log."""

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from jinzhong.audit import chain, operations, queries
from jinzhong.audit.models import Event
from jinzhong.audit.tests.conftest import Thing
from jinzhong.operation import operation
from tests.district import at


def test_a_line_says_who_what_when_and_what_we_knew_when(db):
    operations.record(
        "test.done", on=Thing(7), by="chief", at=at("14:03"), happened_at=at("13:59"), amount="50000.00"
    )

    line = Event.objects.get()
    assert (line.seq, line.kind, line.on_type, line.on_id, line.by) == (1, "test.done", "thing", "7", "chief")
    assert (line.happened_at, line.recorded_at) == (at("13:59"), at("14:03"))
    assert line.facts == '{"amount": "50000.00"}'


def test_a_line_commits_with_what_it_tells_about_or_not_at_all(db):
    with transaction.atomic():
        operations.record("test.done", on=Thing(7), by="chief", at=at("14:03"))
        transaction.set_rollback(True)

    assert queries.newest_seq() == 0


@pytest.mark.django_db(transaction=True)
def test_lines_taken_back_in_the_middle_leave_no_gap():
    with transaction.atomic():
        operations.record("test.first", on=Thing(1), by="chief", at=at("14:03"))
        with transaction.atomic():
            operations.record("test.undone", on=Thing(2), by="chief", at=at("14:03"))
            operations.record("test.undone", on=Thing(3), by="chief", at=at("14:03"))
            transaction.set_rollback(True)
        with transaction.atomic():
            operations.record("test.second", on=Thing(4), by="chief", at=at("14:03"))
        operations.record("test.third", on=Thing(5), by="chief", at=at("14:03"))

    assert list(Event.objects.values_list("seq", "kind")) == [
        (1, "test.first"),
        (2, "test.second"),
        (3, "test.third"),
    ]
    assert (queries.verify().broken, chain.kept_head().seq) == ("", 3)


@operation
def three_lines() -> None:
    operations.record("test.first", on=Thing(1), by="chief", at=at("14:03"))
    with transaction.atomic():
        operations.record("test.undone", on=Thing(2), by="chief", at=at("14:03"))
        transaction.set_rollback(True)
    with transaction.atomic():
        operations.record("test.second", on=Thing(3), by="chief", at=at("14:03"))
    operations.record("test.third", on=Thing(4), by="chief", at=at("14:03"))


@pytest.mark.django_db(transaction=True)
def test_the_lines_of_an_operation_are_written_together():
    """Each statement of a path is waited for by all who raise alerts."""
    with CaptureQueriesContext(connection) as asked:
        three_lines()

    assert list(Event.objects.values_list("seq", "kind")) == [
        (1, "test.first"),
        (2, "test.second"),
        (3, "test.third"),
    ]
    assert (queries.verify().broken, chain.kept_head().seq) == ("", 3)
    assert sum(one["sql"].startswith("INSERT") for one in asked) == 1


@pytest.mark.django_db(transaction=True)
def test_an_operation_may_leave_more_lines_than_one_statement_takes():
    @operation
    def many() -> None:
        for line in range(2 * operations.AT_ONCE + 1):
            operations.record("test.done", on=Thing(line), by="chief", at=at("14:03"))

    many()

    assert (queries.newest_seq(), queries.verify().broken) == (2 * operations.AT_ONCE + 1, "")


@pytest.mark.django_db(transaction=True)
def test_many_lines_taken_back_in_the_middle_take_none_with_them_that_stands():
    @operation
    def one_stands() -> None:
        operations.record("test.first", on=Thing(0), by="chief", at=at("14:03"))
        with transaction.atomic():
            for line in range(operations.AT_ONCE):
                operations.record("test.undone", on=Thing(line), by="chief", at=at("14:03"))
            transaction.set_rollback(True)
        operations.record("test.second", on=Thing(0), by="chief", at=at("14:03"))

    one_stands()

    assert list(Event.objects.values_list("seq", "kind")) == [(1, "test.first"), (2, "test.second")]
    assert (queries.verify().broken, chain.kept_head().seq) == ("", 2)


@pytest.mark.django_db(transaction=True)
def test_an_operation_that_follows_from_a_commit_leaves_its_own_lines():
    @operation
    def second() -> None:
        operations.record("test.second", on=Thing(2), by="chief", at=at("14:03"))

    @operation
    def first() -> None:
        operations.record("test.first", on=Thing(1), by="chief", at=at("14:03"))
        transaction.on_commit(second)

    first()

    assert list(Event.objects.values_list("kind", flat=True)) == ["test.first", "test.second"]
    assert (queries.verify().broken, chain.kept_head().seq) == ("", 2)


@pytest.mark.django_db(transaction=True)
def test_taking_the_turn_and_writing_nothing_leaves_the_head_outside_alone():
    with transaction.atomic():
        operations.take_turn()

    with pytest.raises(chain.HeadLost):
        chain.kept_head()


@pytest.mark.django_db(transaction=True)
def test_a_line_needs_the_transaction_of_what_it_tells_about():
    with pytest.raises(operations.NotInTransaction):
        operations.record("test.done", on=Thing(7), by="chief", at=at("14:03"))


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lines", [1, 2])
def test_each_commit_moves_the_head_outside(lines):
    for line in range(lines):
        with transaction.atomic():
            operations.record("test.done", on=Thing(line), by="chief", at=at("14:03"))
        assert chain.kept_head().seq == line + 1


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET purpose = 'x'", "DELETE FROM audit_event"])
def test_the_database_itself_refuses_to_change_a_line(write_log, statement):
    write_log(1)

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_the_head_outside_follows_each_commit(write_log):
    write_log(3)
    newest = Event.objects.order_by("-seq").first()

    assert chain.kept_head() == (3, newest.hash)


def test_the_head_outside_never_goes_back(write_log):
    write_log(3)
    newest = chain.kept_head()

    chain.keep_head(chain.Head(2, "a" * 64))

    assert chain.kept_head() == newest


def test_the_head_is_there_before_the_first_line_commits(db):
    with pytest.raises(chain.HeadLost):
        chain.kept_head()

    operations.record("test.done", on=Thing(7), by="chief", at=at("14:03"))

    assert chain.kept_head() == chain.EMPTY
