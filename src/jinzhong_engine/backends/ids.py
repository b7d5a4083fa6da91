"""Small integers for texts, in the order they are met."""

from typing import Any
from zlib import crc32

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import digits
from jinzhong_engine.backends.numbering import MIX, enter, no_places
from jinzhong_engine.backends.pool import longer


class Ids:
    """A text has a key: its packed form, or for one that has none the next whole number below 0."""

    def __init__(self) -> None:
        self._places, self._keys, self._count = no_places(), np.zeros(64, np.int64), 0
        self._odd: dict[str, int] = {}

    def __len__(self) -> int:
        return self._count

    def encode(self, column: Any) -> Any:
        """int32 ids of a column; -1 for nothing."""
        chunk = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
        if not pa.types.is_dictionary(chunk.type):
            return self._ids(chunk)
        if len(chunk.dictionary) > len(chunk):  # a slice of a large table carries all its texts along
            return self._ids(chunk.dictionary_decode())
        places = pc.fill_null(chunk.indices, -1).to_numpy(zero_copy_only=False)
        return np.append(self._ids(chunk.dictionary), np.int32(-1))[places]

    def _ids(self, texts: pa.Array) -> Any:
        keys = digits.keys(texts)
        for row in np.flatnonzero(keys == digits.NO_FORM).tolist():
            if texts[row].is_valid:
                keys[row] = self._odd.setdefault(texts[row].as_py(), -1 - len(self._odd))
        return self._entered(keys)

    def _entered(self, keys: Any) -> Any:
        ids = np.empty(len(keys), np.int32)
        self._keys = longer(self._keys, self._count + len(keys))
        self._places, self._count = enter(keys, self._places, self._keys, self._count, ids)
        return ids

    def texts(self, ids: Any = slice(None)) -> pa.Array:
        """The texts of these ids; of all, in their order."""
        keys = self._keys[: self._count][ids]
        known = digits.texts(np.maximum(keys, digits.NO_FORM))
        if not self._odd:
            return known
        odd = pa.array(list(self._odd)).take(pa.array(-1 - keys, mask=keys >= 0))
        return pc.if_else(pa.array(keys >= 0), known, odd)

    def keep(self, kept: Any) -> None:
        """Only these ids, a row of booleans: they are counted anew in their order, the others are met for the first time again."""
        keys = self._keys[: self._count][kept]
        odd, texts = keys < 0, list(self._odd)
        self._odd = {texts[-1 - key]: -1 - at for at, key in enumerate(keys[odd].tolist())}
        keys[odd] = -1 - np.arange(len(self._odd))
        self._places, self._keys, self._count = no_places(), np.zeros(64, np.int64), 0
        self._entered(keys)

    def parts(self, ids: Any, of: int) -> Any:
        """Which of so many parts each of these ids belongs to: the same for the same text in every process."""
        keys = self._keys[ids]
        if self._odd:
            sums = np.array([crc32(one.encode()) for one in self._odd], np.int64)
            odd = keys < 0
            keys[odd] = sums[-1 - keys[odd]]
        return (keys.astype(np.uint64) * MIX >> np.uint64(33)).astype(np.int64) % of
