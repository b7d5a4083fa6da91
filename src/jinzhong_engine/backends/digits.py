"""Phone numbers and IMEIs packed into whole numbers: ten million texts compare, sort and hash as eight bytes each.

A text of digits, hyphens and plus signs is a number in base 12 behind a one, so that zeros in front are kept: 05 packs to 1·144 + 0·12 + 5.
What holds anything else, or is too long, has no such form.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

MOST = 17
"""Letters that fit behind the one."""
LETTERS = np.frombuffer(b"0123456789-+", np.uint8)
BASE = len(LETTERS)
UNKNOWN = 255
_VALUES = np.full(256, UNKNOWN, np.uint8)
_VALUES[LETTERS] = np.arange(BASE)
NO_FORM = 0


def texts(keys: Any) -> pa.Array:
    """The texts that were packed."""
    bounds, letters = np.zeros(len(keys) + 1, np.int32), np.empty(MOST * len(keys), np.uint8)
    _unpack(keys, LETTERS, bounds, letters)
    return pa.StringArray.from_buffers(len(keys), pa.py_buffer(bounds), pa.py_buffer(letters[: bounds[-1]]))


def keys(texts: pa.Array) -> Any:
    """int64 of each text; NO_FORM where it has none, or where there is no text."""
    if pa.types.is_dictionary(texts.type):
        places = pc.fill_null(texts.indices, -1).to_numpy(zero_copy_only=False)
        return np.append(keys(texts.dictionary), NO_FORM)[places]
    _valid, offsets, letters = texts.buffers()
    made = np.empty(len(texts), np.int64)
    bounds = np.frombuffer(offsets or bytes(4), np.int32)[texts.offset : texts.offset + len(texts) + 1]
    _pack(bounds, np.frombuffer(letters or b"", np.uint8), _VALUES, made)
    if texts.null_count:
        made[texts.is_null().to_numpy(zero_copy_only=False)] = NO_FORM
    return made


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
