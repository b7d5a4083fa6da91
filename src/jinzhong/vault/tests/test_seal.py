"""Encryption: nothing plain in the database, nothing changed goes unnoticed."""

import pytest
from django.core.exceptions import FieldError
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from jinzhong.config import instance
from jinzhong.vault import operations, seal
from jinzhong.vault.models import Identifier
from tests.district import at

PLACE = "vault.identifier.value"


@given(st.text())
def test_what_was_closed_opens_again(text):
    assert seal.open_(seal.close(text, place=PLACE), place=PLACE) == text


def test_closing_twice_looks_different():
    assert seal.close("13812341234", place=PLACE) != seal.close("13812341234", place=PLACE)


def test_every_single_changed_bit_is_refused():
    sealed = seal.close("13812341234", place=PLACE)

    for position in range(2, len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[position] ^= 1 << bit
            with pytest.raises(seal.Unreadable):
                seal.open_(bytes(changed), place=PLACE)


@pytest.mark.parametrize("cut", [0, 1, 2, 13, 14, 20, 29])
def test_a_cut_value_is_refused_never_blank(cut):
    with pytest.raises(seal.Unreadable):
        seal.open_(seal.close("13812341234", place=PLACE)[:cut], place=PLACE)


def test_a_value_moved_to_another_column_is_refused():
    with pytest.raises(seal.Unreadable):
        seal.open_(seal.close("13812341234", place=PLACE), place="intake.alert.story")


def test_a_value_of_an_unknown_key_says_which_key_is_missing():
    sealed = b"\x00\x09" + seal.close("13812341234", place=PLACE)[2:]

    with pytest.raises(instance.BadInstance, match=r"version 9 of the vault key"):
        seal.open_(sealed, place=PLACE)


def test_a_later_key_closes_and_the_earlier_one_still_opens(monkeypatch):
    old = seal.close("13812341234", place=PLACE)
    first = instance.key("vault", 1)
    keys = {1: first, 2: (2, b"n" * 32)}
    monkeypatch.setattr(seal.instance, "key", lambda name, version=None: keys[version or 2])

    assert seal.close("x", place=PLACE)[:2] == b"\x00\x02"
    assert seal.open_(old, place=PLACE) == "13812341234"


def test_the_table_holds_neither_the_value_nor_its_plain_hash(db):
    import hashlib

    operations.keep("person", at=at("14:05"), name="张桂兰", phone="13812346620")

    with connection.cursor() as cursor:
        cursor.execute("SELECT value, blind FROM vault_identifier")
        stored = b"".join(bytes(part) for row in cursor.fetchall() for part in row)
    for plain in ("张桂兰", "13812346620"):
        assert plain.encode() not in stored
        assert hashlib.sha256(plain.encode()).digest() not in stored


def test_a_sealed_column_cant_be_searched(db):
    with pytest.raises(FieldError):
        Identifier.objects.filter(value="13812346620").exists()


def test_the_key_file_is_private_and_beside_the_database():
    path = instance.data_folder() / "keys.json"

    assert path.stat().st_mode & 0o077 == 0


def test_the_blind_index_needs_the_key(monkeypatch):
    ours = seal.blind("phone", "13812346620")
    monkeypatch.setattr(seal.instance, "key", lambda name, version=None: (1, b"k" * 32))

    assert seal.blind("phone", "13812346620") != ours


def test_the_same_digits_as_phone_and_account_have_different_indexes():
    assert seal.blind("phone", "13812346620") != seal.blind("account", "13812346620")
