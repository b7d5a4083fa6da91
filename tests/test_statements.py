"""Statements built once: asked with other values they answer like Django's own, and what goes in comes back."""

from datetime import datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from jinzhong.agenda.models import Deadline, Outbox
from jinzhong.statements import NotPreparable, insert, keep_first, keep_last, prepared
from jinzhong.vault import seal
from jinzhong.vault.models import Identifier, Subject
from jinzhong.warning.models import Source
from tests.district import at


@prepared
def due(kind: str, before: datetime) -> QuerySet[Deadline]:
    return Deadline.objects.filter(kind=kind, due_at__lt=before, settled_at=None).order_by("due_at")


@prepared
def steps_of(things: list[UUID]) -> QuerySet[Deadline, int]:
    return Deadline.objects.filter(on_id__in=things).order_by("step").values_list("step", flat=True)


@prepared
def named(blind: bytes) -> QuerySet[Identifier]:
    return Identifier.objects.select_related("subject").filter(blind=blind)


def deadline(kind: str, hour: str, *, on: UUID | None = None, step: int = 0) -> Deadline:
    return Deadline(kind=kind, on_id=on or uuid4(), step=step, due_at=at(hour), made_at=at("08:00"))


def message(key: str, **rest: object) -> Outbox:
    return Outbox(
        **{
            "key": key,
            "channel": "ring",
            "payload": {},
            "made_at": at("08:00"),
            "due_at": at("08:00"),
            **rest,
        }
    )


def test_a_question_is_answered_for_the_values_it_is_asked_with(db):
    insert(deadline("sign", "10:00"), deadline("sign", "09:00"), deadline("meet", "09:30"))

    assert [one.due_at for one in due("sign", at("11:00"))] == [at("09:00"), at("10:00")]
    assert [one.due_at for one in due("sign", at("10:00"))] == [at("09:00")]
    assert [one.kind for one in due(before=at("11:00"), kind="meet")] == ["meet"]


def test_a_list_may_have_any_length(db):
    first, second = uuid4(), uuid4()
    insert(deadline("sign", "10:00", on=first, step=1), deadline("sign", "10:00", on=second, step=2))

    assert steps_of([first]) == [1]
    assert steps_of([second, first]) == [1, 2]
    assert steps_of([uuid4(), uuid4()]) == []


def test_what_goes_in_encrypted_is_found_by_its_blind_index_and_read_plain(db):
    subject = Subject(kind="person", created_at=at("08:00"))
    blind = seal.blind("name", "张桂兰")
    insert(subject)
    insert(Identifier(subject=subject, kind="name", value="张桂兰", blind=blind, added_at=at("08:00")))

    (found,) = named(blind)
    assert (found.value, found.subject, found.added_at) == ("张桂兰", subject, at("08:00"))
    assert named(seal.blind("name", "王某")) == []


def test_a_question_that_does_more_than_compare_is_refused(db):
    @prepared
    def looks(kind: str) -> QuerySet[Deadline]:
        return Deadline.objects.filter(kind=kind.upper())

    with pytest.raises(NotPreparable):
        looks("sign")


def test_nothing_is_not_compared_like_a_value(db):
    """Where a column is nothing, SQL asks in other words; with those built for a value none would ever be found."""
    due("sign", at("11:00"))

    with pytest.raises(NotPreparable):
        due("sign", None)


def test_a_row_inserted_is_saved_like_any_other(db):
    made = message("ring:1", payload={"grade": "red"})
    insert(made)
    made.tries = 1
    made.save()

    assert Outbox.objects.get() == made
    assert (Outbox.objects.get().tries, Outbox.objects.get().payload) == (1, {"grade": "red"})


def test_of_two_with_one_key_the_first_or_the_last_stays(db):
    insert(message("ring:1", channel="ring"), message("ring:2", channel="ring"))

    keep_first([message("ring:1", channel="other"), message("ring:3", channel="other")], once=["key"])
    assert dict(Outbox.objects.values_list("key", "channel")) == {
        "ring:1": "ring",
        "ring:2": "ring",
        "ring:3": "other",
    }

    keep_last([message("ring:2", channel="newer")], once=["key"], renew=["channel"])
    assert Outbox.objects.get(key="ring:2").channel == "newer"


def test_what_the_database_forbids_stays_forbidden(db):
    with pytest.raises(IntegrityError), transaction.atomic():
        keep_first([message("ring:1", made_at=None)], once=["key"])
    with pytest.raises(IntegrityError), transaction.atomic():
        insert(Source(warning_id=uuid4(), alert_id=None, added_at=at("08:00")))


def test_no_rows_are_no_statement(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        keep_first([], once=["key"])
