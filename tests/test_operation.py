"""An operation is one: alone, or as a part of the one that called it."""

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from jinzhong.agenda.models import Outbox
from jinzhong.agenda.operations import post
from jinzhong.operation import operation
from tests.district import at


class Refused(Exception):
    pass


@operation
def leave(key: str, *, refuse: bool = False) -> None:
    post("ring", {key: {}}, at=at("14:00"))
    if refuse:
        raise Refused


@operation
def leave_two(*, refuse: bool = False) -> None:
    leave("ring:1")
    leave("ring:2", refuse=refuse)


@operation
def leave_one_at_least() -> None:
    leave("ring:1")
    try:
        with transaction.atomic():
            leave("ring:2", refuse=True)
    except Refused:
        leave("ring:3")


@operation
def swallow() -> None:
    leave("ring:1")
    try:
        leave("ring:2", refuse=True)
    except Refused:
        leave("ring:3")


def left() -> set[str]:
    return set(Outbox.objects.values_list("key", flat=True))


@pytest.mark.django_db(transaction=True)
def test_a_part_has_no_savepoint_of_its_own():
    with CaptureQueriesContext(connection) as asked:
        leave_two()

    assert left() == {"ring:1", "ring:2"}
    assert not [one for one in asked if "SAVEPOINT" in one["sql"]]


@pytest.mark.django_db(transaction=True)
def test_a_refusal_in_a_part_undoes_the_whole():
    with pytest.raises(Refused):
        leave_two(refuse=True)

    assert left() == set()


@pytest.mark.django_db(transaction=True)
def test_a_refusal_swallowed_without_a_savepoint_commits_nothing():
    with pytest.raises(TransactionManagementError):
        swallow()

    assert left() == set()


def test_a_refusal_in_a_savepoint_of_the_caller_undoes_that_part(db):
    leave_one_at_least()

    assert left() == {"ring:1", "ring:3"}


def test_a_refused_operation_leaves_the_transaction_around_it_usable(db):
    with pytest.raises(Refused):
        leave_two(refuse=True)

    assert left() == set()
