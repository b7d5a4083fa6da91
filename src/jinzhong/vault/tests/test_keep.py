"""A person, a number, an account is one subject, found again by any spelling without decrypting."""

from jinzhong.vault import operations, queries
from jinzhong.vault.models import Identifier, Subject
from tests.district import at

ID = "11010519491231002X"


def keep(**said: str) -> Subject:
    return operations.keep("person", at=at("14:05"), **said)


def found(kind: str, text: str) -> list:
    return [one.pk for one in queries.find(kind, text)]


def test_one_person_however_the_phone_is_written(db):
    first = keep(name="张桂兰", phone="138 1234 6620")

    for spelling in ("+86 138-1234-6620", "13812346620", "008613812346620"):
        assert keep(phone=spelling).pk == first.pk
        assert found("phone", spelling) == [first.pk]
    assert Identifier.objects.filter(subject=first).count() == 2


def test_found_by_each_identifier(db):
    person = keep(name="张桂兰", phone="13812346620", id_number=ID)
    account = operations.keep("account", at=at("14:05"), account="6222 0202 0000 7731")

    assert found("id_number", ID.lower()) == [person.pk]
    assert found("name", "张 桂 兰") == [person.pk]
    assert found("account", "6222020200007731") == [account.pk]
    assert found("phone", "13812346621") == []


def test_a_name_alone_makes_nobody_the_same(db):
    assert keep(name="张伟").pk != keep(name="张伟").pk
    assert len(found("name", "张伟")) == 2


def test_a_known_id_number_is_the_person_whatever_the_phone(db):
    first = keep(name="张桂兰", phone="13812346620", id_number=ID)

    assert keep(phone="13900000000", id_number=ID).pk == first.pk


def test_families_share_phones(db):
    mother = keep(name="张桂兰", phone="13812346620", id_number=ID)

    assert (
        keep(name="李小明", phone="13812346620").pk
        == keep(name="李小明", phone="13812346620").pk
        != mother.pk
    )
    assert keep(phone="13812346620", id_number="110101199003071233").pk != mother.pk


def test_what_is_newly_known_completes_the_person(db):
    first = keep(phone="13812346620")
    keep(phone="13812346620", name="张桂兰")
    keep(phone="13812346620", id_number=ID)

    assert found("id_number", ID) == [first.pk]
    assert queries.shown(first).name == "张*"


def test_a_person_and_an_account_with_the_same_digits_are_two(db):
    person = keep(phone="13812346620")
    account = operations.keep("account", at=at("14:05"), account="13812346620")

    assert account.pk != person.pk


def test_shown_masked_by_default(db):
    person = keep(name="张桂兰", phone="13812346620", id_number=ID)
    shown = queries.shown(person, to="desk", now=at("14:06"))

    assert (shown.name, shown.phone, shown.id_number) == ("张*", "138****6620", "110***********002X")
    assert shown.until is None
