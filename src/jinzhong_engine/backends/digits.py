"""Phone numbers and IMEIs packed into whole numbers: ten million texts compare, sort and hash as eight bytes each.

Digits stand behind a one, so that zeros in front are kept: 0571 packs to 10571, and +852 to -1852. What isn't digits has no such form, and
then all stay texts: the ids are the same, only slower.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from jinzhong_engine.backends.cores import side_by_side

MOST = 17
"""Digits that fit behind the one."""
PLUS, ZERO = ord("+"), ord("0")


def packed(columns: list[pa.ChunkedArray]) -> list[pa.ChunkedArray]:
    """Each column as whole numbers; all of them as texts where any value of any column has no such form."""
    made = side_by_side(_packed, columns)
    if any(one is None for one in made):
        return [one.cast(pa.string()) for one in columns]
    return made


def texts(keys: pa.Array) -> pa.Array:
    """The texts that were packed."""
    if pa.types.is_string(keys.type):
        return keys
    digits = pc.utf8_slice_codeunits(pc.abs(keys).cast(pa.string()), 1)
    return pc.binary_join_element_wise(pc.if_else(pc.less(keys, 0), "+", ""), digits, "")


def _packed(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    made = [_chunk(one) for one in column.chunks]
    return None if any(one is None for one in made) else pa.chunked_array(made, pa.int64())


def _chunk(chunk: pa.Array) -> pa.Array | None:
    if pa.types.is_dictionary(chunk.type):
        words = _chunk(chunk.dictionary)
        return None if words is None else words.take(chunk.indices)
    _valid, offsets, letters = chunk.buffers()
    made = np.empty(len(chunk), np.int64)
    bounds = np.frombuffer(offsets, np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
    if chunk.null_count or not _pack(bounds, np.frombuffer(letters or b"", np.uint8), made):
        return None
    return pa.array(made)


@njit(cache=True, nogil=True)
def _pack(bounds: Any, letters: Any, made: Any) -> bool:
    for row in range(len(made)):
        low, high = bounds[row], bounds[row + 1]
        has_plus = low < high and letters[low] == PLUS
        low += has_plus
        if not 0 < high - low <= MOST:
            return False
        value = np.int64(1)
        for place in range(low, high):
            digit = np.int64(letters[place]) - ZERO
            if not 0 <= digit <= 9:
                return False
            value = value * 10 + digit
        made[row] = -value if has_plus else value
    return True
