"""Phone numbers and IMEIs packed into whole numbers: ten million texts compare, sort and hash as eight bytes each.

A text of digits, hyphens and plus signs is a number in base 12 behind a one, so that zeros in front are kept: 05 packs to 1·144 + 0·12 + 5.
What holds anything else, or is too long, has no such form.
"""

from typing import Any

import numpy as np
import pyarrow as pa
from numba import njit

from jinzhong_engine.backends.cores import side_by_side

MOST = 17
"""Letters that fit behind the one."""
LETTERS = np.frombuffer(b"0123456789-+", np.uint8)
BASE = len(LETTERS)
UNKNOWN = 255
_VALUES = np.full(256, UNKNOWN, np.uint8)
_VALUES[LETTERS] = np.arange(BASE)
NO_FORM = 0


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
    values = keys.to_numpy()
    bounds, letters = np.zeros(len(values) + 1, np.int32), np.empty(MOST * len(values), np.uint8)
    _unpack(values, LETTERS, bounds, letters)
    return pa.StringArray.from_buffers(len(values), pa.py_buffer(bounds), pa.py_buffer(letters[: bounds[-1]]))


def keys(texts: pa.Array) -> Any:
    """int64 of each text; NO_FORM where it has none, or where there is no text."""
    _valid, offsets, letters = texts.buffers()
    made = np.empty(len(texts), np.int64)
    bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    _pack(bounds, np.frombuffer(letters or b"", np.uint8), _VALUES, made)
    if texts.null_count:
        made[texts.is_null().to_numpy(zero_copy_only=False)] = NO_FORM
    return made


def _packed(column: pa.ChunkedArray) -> pa.ChunkedArray | None:
    made = [_chunk(one) for one in column.chunks]
    return None if any(one is None for one in made) else pa.chunked_array(made, pa.int64())


def _chunk(chunk: pa.Array) -> pa.Array | None:
    if pa.types.is_dictionary(chunk.type):
        words = _chunk(chunk.dictionary)
        return None if words is None else words.take(chunk.indices)
    made = keys(chunk)
    return None if (made == NO_FORM).any() else pa.array(made)


@njit(cache=True, nogil=True)
def _pack(bounds: Any, letters: Any, values: Any, made: Any) -> None:
    for row in range(len(made)):
        low, high = bounds[row], bounds[row + 1]
        key = np.int64(0 < high - low <= MOST)
        for place in range(low, high if key else low):
            value = values[letters[place]]
            if value == UNKNOWN:
                key = np.int64(NO_FORM)
                break
            key = key * BASE + value
        made[row] = key


@njit(cache=True, nogil=True)
def _unpack(keys: Any, alphabet: Any, bounds: Any, letters: Any) -> None:
    """The last letter comes first: each text is written from its end."""
    for row in range(len(keys)):
        key, size = keys[row], 0
        while key >= BASE:
            key //= BASE
            size += 1
        key = keys[row]
        for place in range(bounds[row] + size - 1, bounds[row] - 1, -1):
            letters[place] = alphabet[key % BASE]
            key //= BASE
        bounds[row + 1] = bounds[row] + size
