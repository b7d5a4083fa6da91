"""Numbers packed into whole numbers and back; what isn't digits stays text, for every column."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends import digits

DIGITS = st.from_regex(r"[-+0-9]{1,17}", fullmatch=True)
ANY = st.one_of(DIGITS, st.text(max_size=20))


def column(texts: list[str], *, coded: bool = False) -> pa.ChunkedArray:
    made = pa.array(texts, pa.string())
    return pa.chunked_array([made.dictionary_encode() if coded else made])


@settings(deadline=None)
@given(st.lists(DIGITS), st.booleans())
def test_digits_come_back_as_they_were(texts, coded):
    (packed,) = digits.packed([column(texts, coded=coded)])
    assert packed.type == pa.int64()
    assert digits.texts(packed.combine_chunks()).to_pylist() == texts


@settings(deadline=None)
@given(st.lists(ANY), st.lists(ANY))
def test_two_texts_are_one_key_only_when_they_are_the_same(left, right):
    keys = [key for one in digits.packed([column(left), column(right)]) for key in one.to_pylist()]
    assert len(set(keys)) == len({*left, *right})


def test_a_slice_is_read_from_its_own_place():
    (packed,) = digits.packed([pa.chunked_array([pa.array(["13812346620", "0571", "+852"])[1:]])])
    assert packed.to_pylist() == [12**4 + 5 * 12**2 + 7 * 12 + 1, 12**4 + 11 * 12**3 + 8 * 12**2 + 5 * 12 + 2]


def test_one_value_without_a_packed_form_leaves_every_column_text():
    for odd in ("", "95588#1", "１３８", "1" * 18):
        left, right = digits.packed([column(["110"]), column([odd])])
        assert (left.to_pylist(), right.to_pylist()) == (["110"], [odd])
