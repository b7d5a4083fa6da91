"""Whether a table keeps to the contract (``tables``), and where it doesn't: which column, the first row, what is wrong.

Times become whole microseconds, UTC. Texts stay dictionaries from the file to the dense ids, so that ten million phone numbers
are never ten million strings.
"""

from datetime import UTC, datetime
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import writing
from jinzhong_engine.features.windows import EARLIEST
from jinzhong_engine.tables import COUNT, DAY, REAL, TEXT, TIME, YES_NO, Column, Table

LONGEST_TOLD = 60


class BadTable(ValueError):
    """A table that can't be used: one line that says which, where and what is wrong."""


class Place(NamedTuple):
    """What a table is called, and how many rows of it stand above these; None: the name says which row it is."""

    name: str
    above: int | None = 0

    def row(self, at: int) -> str:
        """Of the row that is this one here, from 0."""
        return "" if self.above is None else f" in row {self.above + at + 1}"

    def first(self, mask: Any) -> str:
        """Of the first row where it holds."""
        return self.row(int(pc.index(mask, True).as_py()))


def checked(read: pa.Table, shape: Table, latest: int, place: Place, plain: tuple[str, ...] = ()) -> pa.Table:
    """The contract's columns of a table, in its types; raises BadTable where a value can't be true. ``plain``: texts left as they stand."""
    missing = [one.name for one in shape.required if one.name not in read.column_names]
    if missing:
        raise BadTable(
            f"{place.name}: column {', '.join(missing)} is missing; {shape.name} have {_names(shape)}"
        )
    columns = []
    for one in shape.columns:
        if one.name not in read.column_names:
            columns.append(pa.chunked_array([pa.nulls(read.num_rows, one.type)]))
            continue
        column = _typed(once(read, one.name, place.name), one, place, one.name not in plain)
        if not one.may_be_null and column.null_count:
            raise BadTable(f"{place.name}: column {one.name} is empty{place.first(column.is_null())}")
        if one.is_phone:
            written_in_one_form(column, one.name, place)
        if one.one_of:
            _one_of(column, one, place)
        columns.append(column)
    made = pa.table(columns, names=[one.name for one in shape.columns])
    _in_bounds(made, shape, latest, place)
    return made


def written_in_one_form(column: pa.ChunkedArray, name: str, place: Place) -> None:
    """The number isn't told: it may be somebody's."""
    found = writing.first_otherwise(column)
    if found is not None:
        raise BadTable(
            f"{place.name}: {name} is not in canonical form{place.row(found)}; write 13812341234, 0574-88881234, 95588 or +16505550100: without +86, 0 before a mobile, spaces or brackets"
        )


def _one_of(column: pa.ChunkedArray, known: Column, place: Place) -> None:
    said = {one for chunk in column.chunks for one in _values(chunk)}
    if said <= {*known.one_of}:
        return
    texts = column.cast(TEXT)
    at = pc.index(pc.is_in(texts, value_set=pa.array(known.one_of)), False).as_py()
    if at >= 0:  # a dictionary may hold what no row says
        raise BadTable(
            f"{place.name}: {known.name} is {_quoted(texts[at])}{place.row(at)}, not one of {', '.join(known.one_of)}"
        )


def _values(chunk: pa.Array) -> list[Any]:
    return (chunk.dictionary if pa.types.is_dictionary(chunk.type) else pc.unique(chunk)).to_pylist()


def once(table: pa.Table, name: str, where: str) -> pa.ChunkedArray:
    """The column of this name; a table that has two doesn't say which is meant."""
    if len(table.schema.get_all_field_indices(name)) > 1:
        raise BadTable(f"{where}: column {name} is there twice; leave one out")
    return table[name]


def _in_bounds(made: pa.Table, shape: Table, latest: int, place: Place) -> None:
    for one in shape.columns:
        column = made[one.name]
        if one.type == TIME and len(column):
            low, high = pc.min_max(column).as_py().values()
            if low < EARLIEST:
                raise BadTable(
                    f"{place.name}: {one.name} is {clock_text(low)}{place.first(pc.less(column, EARLIEST))}; a clock never set, or seconds instead of microseconds?"
                )
            if high > latest:
                raise BadTable(
                    f"{place.name}: {one.name} is {clock_text(high)}{place.first(pc.greater(column, latest))}, which lies in the future"
                )
        elif one.type == COUNT and len(column) and pc.min(column).as_py() < 0:
            raise BadTable(f"{place.name}: {one.name} is negative{place.first(pc.less(column, 0))}")


def _typed(column: pa.ChunkedArray, one: Column, place: Place, coded: bool) -> pa.ChunkedArray:
    if one.type == TEXT and pa.types.is_dictionary(column.type) and not _has_empty(column):
        return column
    try:
        made = _read_as(one.type, column)
    except (_OtherType, pa.ArrowNotImplementedError) as problem:
        # Arrow has no cast from this type: as with our own, the column is at fault, and no row of it
        wanted = WANTED[one.type].split(";")[0]
        raise BadTable(
            f"{place.name}: column {one.name}: expected {wanted}, found {column.type}"
        ) from problem
    except pa.ArrowInvalid as problem:
        raise _unreadable(column, one, place) from problem
    return pc.dictionary_encode(made) if coded and one.type == TEXT else made


class _OtherType(Exception):
    """A column in which no value can be what it should be."""


def _read_as(kind: pa.DataType, column: pa.ChunkedArray) -> pa.ChunkedArray:
    if kind == TIME:
        return microseconds(column)
    if kind == YES_NO and column.type != YES_NO:
        return _text(column).cast(YES_NO)  # any whole number would be yes
    return _text(column) if kind == TEXT else column.cast(kind)


WANTED = {
    TIME: "a time; write it with its zone, as 2021-05-30T10:00:00+08:00",
    DAY: "a day; write it as 2021-05-30",
    COUNT: "a whole number",
    REAL: "a number",
    TEXT: "a text",
    YES_NO: "true or false",
}


def _unreadable(column: pa.ChunkedArray, one: Column, place: Place) -> BadTable:
    """In the user's words, with the first row that can't be read. What a text says isn't told: it may be somebody's number."""
    low, high = 0, len(column)  # all before ``low`` can be read, of those before ``high`` one can't
    while high - low > 1:
        middle = (low + high) // 2
        try:
            _read_as(one.type, column.slice(low, middle - low))
            low = middle
        except pa.ArrowInvalid:
            high = middle
    said = "" if one.type == TEXT else f" {_quoted(column[low])}"
    return BadTable(f"{place.name}: column {one.name} is{said}{place.row(low)}, not {WANTED[one.type]}")


def _quoted(value: pa.Scalar) -> str:
    """A value as it stands in a line of text; a long one is cut."""
    text = repr(value.as_py() if pa.types.is_string(value.type) else str(value.cast(TEXT)))
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"


def _has_empty(column: pa.ChunkedArray) -> bool:
    return any(pc.any(pc.equal(chunk.dictionary, "")).as_py() for chunk in column.chunks)


def _text(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text as it stands. A number read as a float has lost digits: refuse it rather than guess."""
    if pa.types.is_floating(column.type) and column.null_count < len(column):
        raise _OtherType
    text = column.cast(TEXT)
    if (pc.min(pc.binary_length(text)).as_py() or 0) > 0:
        return text
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, TEXT), text)


def microseconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without a zone a time is UTC, as the contract says; a text carries its offset."""
    if pa.types.is_null(column.type):
        return column.cast(pa.int64())
    if pa.types.is_string(column.type):
        column = pc.replace_substring(column, "Z", "+00:00").cast(TIME)
    if not pa.types.is_timestamp(column.type):
        raise _OtherType
    is_finer = column.type.unit == "ns"  # only there is something left out; what is coarser may be too large
    return column.cast(pa.timestamp("us", tz=column.type.tz), safe=not is_finer).cast(pa.int64())


def clock_text(microseconds: int) -> str:
    """A moment as people write it, UTC."""
    try:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return f"{microseconds} µs"


def _names(shape: Table) -> str:
    return ", ".join(one.name for one in shape.required)


def no_events(shape: Table) -> pa.Table:
    """A checked table without rows."""
    names = tuple(one.name for one in shape.columns)
    return checked(shape.schema.empty_table(), shape, 0, Place(shape.name), plain=names)
