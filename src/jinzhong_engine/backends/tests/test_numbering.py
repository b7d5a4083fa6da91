"""Texts get ids in the order they are met, and others are found among them."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from jinzhong_engine.backends.numbering import numbered

TEXTS = st.lists(
    st.one_of(st.from_regex(r"[-+0-9]{1,17}", fullmatch=True), st.text(max_size=20)), max_size=30
)


def column(*chunks: list[str]) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(one, pa.string()) for one in chunks], pa.string())


def test_ids_follow_the_order_in_which_texts_are_met():
    known = numbered([column(["110", "0571"], ["110"]), column(["95588", "0571"])])

    assert known.texts.to_pylist() == ["110", "0571", "95588"]
    assert [one.tolist() for one in known.columns] == [[0, 1, 0], [2, 1]]
    assert known.find(pa.array(["95588", "571", "no number", "110"])).tolist() == [2, 3, 3, 0]


@settings(deadline=None, max_examples=40)
@given(TEXTS, TEXTS, TEXTS)
def test_each_text_has_one_id_and_is_found_by_it(one, other, asked):
    known = numbered([column(one), column(other)])

    names = known.texts.to_pylist()
    assert names == list(dict.fromkeys(one + other))
    assert [[names[place] for place in ids] for ids in known.columns] == [one, other]
    found = known.find(pa.array(asked, pa.string())).tolist()
    assert found == [names.index(text) if text in names else len(names) for text in asked]


def test_two_hundred_thousand_numbers_are_told_apart():
    many = [f"1{one:010}" for one in range(200_000)]

    known = numbered([column(many[:150_000]), column(many[100_000:])])

    assert known.columns[1][:2].tolist() == [100_000, 100_001]
    assert known.find(pa.array(many)).tolist() == list(range(200_000))
