"""Whether phone numbers are written in their one form: one that is written in two ways would be taken for two.

China's own prefix, a nought in front of a mobile, spaces, brackets, full-width digits, hyphens within a mobile are other ways to write
a number. What is no phone number at all, a word, is left as it is.

>>> first_otherwise(pa.chunked_array([["13812341234", "0574-88881234", "95588", "+16505550100"], ["0016505550100"]]))
>>> first_otherwise(pa.chunked_array([["13812341234"], ["057488881234", "+8613812341234"]]))
2
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

OTHERWISE = r"^(\+|00)86|^(86|0)1[3-9][0-9]{9}$|^1[0-9]+-|[^!-~]|[()\[\].~]"
MOBILE = 11
"""Digits of a mobile, nearly all there is in a table of calls."""


def first_otherwise(column: pa.ChunkedArray) -> int | None:
    """The first row, from 0, whose number is written otherwise."""
    above = 0
    for chunk in column.chunks:
        found = _first_coded(chunk) if pa.types.is_dictionary(chunk.type) else _first(chunk)
        if found is not None:
            return above + found
        above += len(chunk)
    return None


def _first_coded(chunk: pa.DictionaryArray) -> int | None:
    """A dictionary may hold what no row says."""
    if _first(chunk.dictionary.cast(pa.string())) is None:
        return None
    return _first(chunk.dictionary_decode().cast(pa.string()))


def _first(texts: pa.StringArray) -> int | None:
    rows = _to_look_at(texts)
    looked = texts.take(rows)
    if not pc.any(pc.match_substring_regex(pc.unique(looked), OTHERWISE)).as_py():
        return None
    return int(rows[pc.index(pc.match_substring_regex(looked, OTHERWISE), True).as_py()].as_py())


def _to_look_at(texts: pa.StringArray) -> pa.Array:
    """The rows that aren't clearly a mobile, a landline with its area code or overseas: a few in a hundred."""
    _valid, bounds, letters = texts.buffers()
    ends = np.frombuffer(bounds or bytes(4), np.int32)[texts.offset : texts.offset + len(texts) + 1]
    said = np.frombuffer(letters or b"", np.uint8)[ends[0] : ends[-1]]
    if len(said) < 2 or said.min() < ord("+") or said.max() > ord("9") or (said == ord(".")).any():
        return pa.array(np.arange(len(texts)))
    lengths = np.diff(ends)
    begins: Any = np.minimum(ends[:-1] - ends[0], len(said) - 2)  # a short last one begins behind the end
    first, second = said[begins], said[begins + 1]
    is_mobile = (first == ord("1")) & (lengths == MOBILE)
    has_area = (first == ord("0")) & (second >= ord("2"))
    is_abroad = (first == ord("+")) & (second != ord("8"))
    return pa.array(np.flatnonzero(~(is_mobile | has_area | is_abroad)))
