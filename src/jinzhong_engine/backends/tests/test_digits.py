"""Numbers packed into whole numbers and back; what isn't digits has no such form."""

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends import digits

DIGITS = st.from_regex(r"[-+0-9]{1,17}", fullmatch=True)


def keys(texts: list[str], *, coded: bool = False) -> list[int]:
    made = pa.array(texts, pa.string())
    return digits.keys(made.dictionary_encode() if coded else made).tolist()


@settings(deadline=None)
@given(st.lists(DIGITS), st.booleans())
def test_digits_come_back_as_they_were(texts, coded):
    assert digits.texts(np.array(keys(texts, coded=coded), np.int64)).to_pylist() == texts


@settings(deadline=None)
@given(st.lists(DIGITS))
def test_two_texts_are_one_key_only_when_they_are_the_same(texts):
    assert len(set(keys(texts))) == len(set(texts))


def test_a_slice_is_read_from_its_own_place():
    packed = digits.keys(pa.array(["13812346620", "0571", "+852"])[1:]).tolist()
    assert packed == [12**4 + 5 * 12**2 + 7 * 12 + 1, 12**4 + 11 * 12**3 + 8 * 12**2 + 5 * 12 + 2]


def test_other_texts_have_no_packed_form():
    assert keys(["", "95588#1", "１３８", "1" * 18, "110"])[:4] == [digits.NO_FORM] * 4
    assert digits.keys(pa.array([None, "0571"]).dictionary_encode()).tolist()[0] == digits.NO_FORM
