"""Plain data for ten minutes, for a purpose, logged."""

import pytest

from jinzhong.audit import queries as audit
from jinzhong.vault import operations, queries
from jinzhong.vault.models import Reveal
from tests.district import at

PLAIN, MASKED = "13812346620", "138****6620"


@pytest.fixture
def person(db):
    made = operations.keep("person", at=at("14:00"), name="张桂兰", phone=PLAIN)
    operations.reveal(subject=made, by="desk", purpose="contact", at=at("14:05"), why="回拨 13812346620")
    return made


def phone(person, to: str, moment: str) -> str:
    return queries.shown(person, to=to, now=at(moment)).phone


def test_plain_for_ten_minutes_and_not_a_second_more(person):
    assert phone(person, "desk", "14:04:59") == MASKED
    assert phone(person, "desk", "14:05") == PLAIN
    assert phone(person, "desk", "14:14:59") == PLAIN
    assert phone(person, "desk", "14:15") == MASKED


def test_plain_for_nobody_else(person):
    assert phone(person, "chief", "14:06") == MASKED
    assert queries.shown(person).phone == MASKED


def test_plain_for_no_other_person(person):
    other = operations.keep("person", at=at("14:00"), phone="13900001111")

    assert phone(other, "desk", "14:06") == "139****1111"


def test_logged_with_who_whom_when_and_why_but_without_the_words(person):
    (line,) = audit.events_on([person.pk])

    assert (line.kind, line.by, line.purpose, line.recorded_at) == (
        "vault.revealed",
        "desk",
        "contact",
        at("14:05"),
    )
    assert PLAIN not in line.facts
    assert Reveal.objects.get().why == "回拨 13812346620"


def test_no_reveal_without_a_known_purpose(person):
    with pytest.raises(ValueError):
        operations.reveal(subject=person, by="desk", purpose="curious", at=at("14:05"))
    assert Reveal.objects.count() == 1
