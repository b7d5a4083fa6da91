"""One numbering of many texts: ids in the order they are met, and the id of any other text of theirs."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit

from jinzhong_engine.backends import digits
from jinzhong_engine.backends.cores import side_by_side
from jinzhong_engine.backends.register import SHAPE

MIX = np.uint64(0x9E3779B97F4A7C15)
"""Spreads keys over the places (Knuth's multiplicative hashing: 2**64 over the golden ratio)."""
HIGH = np.uint64(32)


class Numbering(NamedTuple):
    """``texts[i]`` has id ``i``. ``columns``: int32 ids of what was numbered. ``find``: those of other texts, ``len(texts)`` for one
    that isn't among them."""

    texts: pa.Array
    columns: list[Any]
    find: Callable[[pa.Array], Any]


def numbered(columns: list[pa.ChunkedArray]) -> Numbering:
    """By their packed forms; as texts where one of them has none."""
    keys = side_by_side(packed, columns)
    if any((one == digits.NO_FORM).any() for one in keys):
        return _as_texts(columns)
    ids, known, places = numbers(np.concatenate(keys))

    def find(texts: pa.Array) -> Any:
        made = digits.keys(texts)
        found = np.empty(len(made), np.int32)
        _find(made, places, len(known), found)
        return found

    return Numbering(digits.texts(known), _by_column(ids, columns), find)


def _as_texts(columns: list[pa.ChunkedArray]) -> Numbering:
    texts = [chunk for one in columns for chunk in one.cast(pa.string()).chunks]
    coded = pa.chunked_array(texts).dictionary_encode().unify_dictionaries().combine_chunks()
    known = coded.dictionary

    def find(texts: pa.Array) -> Any:
        found = pc.fill_null(pc.index_in(texts.cast(pa.string()), value_set=known), len(known))
        return found.to_numpy(zero_copy_only=False)

    return Numbering(known, _by_column(coded.indices.to_numpy(zero_copy_only=False), columns), find)


def _by_column(ids: Any, columns: list[pa.ChunkedArray]) -> list[Any]:
    return np.split(ids, np.cumsum([len(one) for one in columns])[:-1])


def packed(column: pa.ChunkedArray) -> Any:
    """int64 of each text (``digits.keys``)."""
    return np.concatenate([np.zeros(0, np.int64), *(digits.keys(one) for one in column.chunks)])


def numbers(keys: Any) -> tuple[Any, Any, Any]:
    """(int32 id of each key, -1 for NO_FORM; keys by id; where ``_find`` looks them up)."""
    ids, known = np.empty(len(keys), np.int32), np.empty(len(keys), np.int64)
    places, count = enter(keys, no_places(), known, 0, ids)
    return ids, known[:count].copy(), places


def no_places() -> Any:
    """Where keys are looked up, and none is there yet: key and id, a power of two of them, never full."""
    return np.zeros((1024, 2), np.int64)


@njit(cache=True, nogil=True)
def _place(key: int, places: Any) -> Any:
    """Of the key, or the free one where it would stand."""
    last = len(places) - 1
    at = np.int64(np.uint64(key) * MIX >> HIGH) & last
    while places[at, 0] != key and places[at, 0] != digits.NO_FORM:
        at = (at + 1) & last
    return at


@njit(cache=True, nogil=True)
def enter(keys: Any, places: Any, known: Any, count: int, ids: Any) -> tuple[Any, int]:
    """The id of each key goes to ``ids``, -1 for NO_FORM; a new key has the next one and stands in ``known``. Returns (the places, how many
    are known)."""
    for row in range(len(keys)):
        key = keys[row]
        if key == digits.NO_FORM:
            ids[row] = -1
            continue
        at = _place(key, places)
        if places[at, 0] != key:
            if 3 * count > 2 * len(places):
                places = _wider(places)
                at = _place(key, places)
            places[at, 0], places[at, 1], known[count] = key, count, key
            count += 1
        ids[row] = places[at, 1]
    return places, count


@njit(cache=True, nogil=True)
def _wider(places: Any) -> Any:
    wider = np.zeros((2 * len(places), 2), np.int64)
    for old in range(len(places)):
        if places[old, 0] != digits.NO_FORM:
            wider[_place(places[old, 0], wider)] = places[old]
    return wider


@njit(cache=True, nogil=True)
def _find(keys: Any, places: Any, unknown: int, ids: Any) -> None:
    for row in range(len(keys)):
        at = _place(keys[row], places)
        ids[row] = unknown if places[at, 0] == digits.NO_FORM else places[at, 1]


NEVER = np.iinfo(np.int64).max
"""The moment of what nobody told."""
NO_MOMENTS = np.zeros(0, np.int64)


class Moments:
    """Of a table of a register the moment of any number, by its text. ``given``: there is a table."""

    def __init__(self, table: pa.Table | None) -> None:
        self.given = table is not None
        said = table or SHAPE.empty_table()
        self._known = numbered([said["number"]])
        self._at = np.full(len(self._known.texts) + 1, NEVER)
        self._at[self._known.columns[0]] = said["at"].to_numpy()

    def of(self, numbers: pa.Array) -> Any:
        """int64 of each number, NEVER where nothing is told; empty where there is no table at all."""
        return self._at[self._known.find(numbers)] if self.given else NO_MOMENTS
