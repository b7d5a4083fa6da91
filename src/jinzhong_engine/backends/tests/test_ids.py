"""Small integers for texts of all kinds, and the part of N that each text belongs to."""

import numpy as np
import pyarrow as pa

from jinzhong_engine.backends.ids import Ids

TEXTS = ["13800000001", "95588#1", "0574-88512345", "客服", "+85261234567", "1" * 30]


def parts(texts: list[str]) -> dict[str, int]:
    ids = Ids()
    found = ids.encode(pa.array(texts))
    return dict(zip(texts, ids.parts(found, 5).tolist(), strict=True))


def test_a_text_belongs_to_the_same_part_in_whatever_order_it_is_met():
    assert parts(TEXTS) == parts(TEXTS[::-1])
    assert set(parts([f"1380000{one:04}" for one in range(500)]).values()) == set(range(5))


def test_an_id_stands_for_its_text_and_nothing_for_nothing():
    ids = Ids()
    found = ids.encode(pa.array([*TEXTS, None, TEXTS[0]]))

    assert found.tolist() == [0, 1, 2, 3, 4, 5, -1, 0]
    assert ids.texts(found[[3, 1]]).to_pylist() == [TEXTS[3], TEXTS[1]]


def test_texts_that_are_kept_are_counted_anew_and_the_others_are_met_again():
    ids = Ids()
    ids.encode(pa.array(TEXTS))
    ids.keep(np.array([False, False, True, True, False, True]))

    assert ids.texts().to_pylist() == [TEXTS[2], TEXTS[3], TEXTS[5]]
    assert ids.encode(pa.array([TEXTS[5], TEXTS[1], TEXTS[0], TEXTS[3]])).tolist() == [2, 3, 4, 1]
    assert ids.texts().to_pylist() == [TEXTS[one] for one in (2, 3, 5, 1, 0)]
