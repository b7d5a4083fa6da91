"""Event files in, checked once at the door; result tables out. CSV, Parquet, XLSX, or a folder of Parquet files.

Times become whole microseconds, UTC. Texts stay dictionaries from the file to the dense ids, so that ten million phone numbers
are never ten million strings.
"""

import codecs
import csv
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq

from jinzhong_engine.backends import writing
from jinzhong_engine.backends.cores import later, side_by_side
from jinzhong_engine.features.windows import EARLIEST
from jinzhong_engine.tables import CALLS, COUNT, DAY, REAL, TEXT, TIME, Column, Table

ENDINGS = (".csv", ".parquet", ".xlsx")


Lazy: TypeAlias = pa.Table | list[str]
"""A checked table, or checked Parquet files that stay on disk."""


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


@contextmanager
def _readable(file: str | Path) -> Iterator[None]:
    """What Arrow can't read in here is that file's fault."""
    try:
        yield
    except (
        pa.ArrowInvalid,
        pa.ArrowTypeError,
        pa.ArrowNotImplementedError,  # a type or a way of packing that Arrow knows and can't read
        UnicodeDecodeError,
    ) as problem:
        raise BadTable(f"{file}: {str(problem).splitlines()[0]}") from problem


def parquet_files(path: Path) -> list[str]:
    """The Parquet files a path stands for; empty when it is a file of another kind."""
    if path.is_dir():
        found = sorted(str(one) for one in path.rglob("*.parquet"))
        if not found:
            raise BadTable(f"{path}: no Parquet file in this folder")
        return found
    if not path.exists():
        raise BadTable(f"{path}: no such file or folder")
    return [str(path)] if path.suffix == ".parquet" else []


def read_events(path: Path, shape: Table, latest: int) -> pa.Table:
    """The columns of ``shape``: texts as dictionaries, times as int64 microseconds, counts as int32.

    ``latest``: no event may lie after this moment; a clock that runs ahead would else hide everything that follows.
    """
    files = parquet_files(path)
    if not files:
        return checked(read_table(path), shape, latest, Place(str(path)))
    return pa.concat_tables(
        side_by_side(lambda one: checked(_part(one, shape), shape, latest, Place(one)), files)
    )


EARLIER = ("caller", "callee", "start")
"""All that a feature reads of a call that lies before the week."""
MANY = ("caller", "callee", "imei")
"""Texts with about as many values as rows: a dictionary for each file would cost four times the reading, and is made once anyway."""


LONGEST_TOLD = 60
AHEAD = 3_000_000
"""Earlier calls that may be read before they are asked for: 40 bytes each."""


class Early:
    """A file of calls before the week that vouches for itself; ``EARLIER`` of it, texts as they stand. ``waits``: nobody has begun it."""

    def __init__(self, file: str) -> None:
        self.file, self.rows, self.waits = file, rows_in([file]), True
        self._ahead: Future[pa.Table] | None = None

    def begin(self) -> None:
        self._ahead, self.waits = later(self._table), False

    def read(self) -> pa.Table:
        """Nothing is kept here of what was read."""
        ahead, self._ahead, self.waits = self._ahead, None, False
        return ahead.result() if ahead else self._table()

    def _table(self) -> pa.Table:
        with _readable(self.file):
            read = pq.ParquetFile(self.file).read(EARLIER, use_threads=False)
        for name in ("caller", "callee"):
            _written_in_one_form(read[name], name, Place(self.file))
        return pa.table([read["caller"], read["callee"], _microseconds(read["start"])], names=list(EARLIER))


def read_calls(path: Path, latest: int, since: int) -> tuple[pa.Table, list[Early]]:
    """(calls, files of earlier calls): of Parquet files that lie before ``since`` less is read, and it is read later.

    Whether a file lies there, and keeps to the contract in what is left unread, its footer says; one that can't vouch for itself is
    read and checked whole.
    """
    whole, early = apart(parquet_files(path), since)
    if not whole and not early:
        return read_events(path, CALLS, latest), []
    earlier = [Early(one) for one in early]
    read_ahead(earlier)
    read = side_by_side(lambda one: checked(_part(one, CALLS, MANY), CALLS, latest, Place(one), MANY), whole)
    nothing = checked(CALLS.schema.empty_table(), CALLS, latest, Place(str(path)), MANY)
    return pa.concat_tables(read or [nothing]), earlier


def apart(files: list[str], since: int) -> tuple[list[str], list[str]]:
    """(files to be read whole, those that stand apart: whose footer vouches that they lie before the moment)."""
    early = [one for one in files if _vouched_before(one, since)]
    return [one for one in files if one not in set(early)], early


def read_ahead(earlier: Sequence[Early]) -> None:
    """Begins the next ones that aren't, as many as may be."""
    rows = 0
    for one in earlier:
        if one.waits:
            rows += one.rows
            if rows > AHEAD:
                break
            one.begin()


def _vouched_before(file: str, since: int) -> bool:
    """Whether the footer says: every call lies before the moment, and no value of the contract's columns is against it."""
    with _readable(file):
        known = pq.ParquetFile(file)
    schema, groups = known.schema_arrow, known.metadata
    if any(schema.names.count(one.name) != 1 for one in CALLS.columns) or not groups.num_row_groups:
        return False
    if any(schema.field(one.name).type != TEXT for one in CALLS.columns if one.type == TEXT):
        return False
    if not pa.types.is_timestamp(schema.field("start").type) or schema.field("seconds").type != COUNT:
        return False
    if schema.field("start").type.unit != "us":
        return False
    columns = [groups.schema.column(at).path for at in range(groups.num_columns)]
    return all(
        _vouches(one, groups.row_group(group).column(columns.index(one.name)).statistics, since)
        for group in range(groups.num_row_groups)
        for one in CALLS.columns
        if not one.may_be_null
    )


def _vouches(column: Column, known: Any, since: int) -> bool:
    if known is None or not known.has_null_count or known.null_count:
        return False
    if not known.has_min_max:
        return False
    if column.one_of:
        return known.min in column.one_of and known.max in column.one_of
    if column.type == TEXT:
        return bool(known.min)
    low, high = known.min_raw, known.max_raw
    return bool(low >= 0 if column.type == COUNT else low >= EARLIEST and high < since)


def lazily(path: Path, shape: Table, latest: int) -> Lazy:
    """Checked like ``read_events``, but Parquet stays on disk: only one batch at a time passes through memory."""
    files = parquet_files(path)
    if not files:
        return read_events(path, shape, latest)
    for one in files:
        with _readable(one):
            file = pq.ParquetFile(one)
            names = [column.name for column in shape.columns if column.name in file.schema_arrow.names]
            above = 0
            for batch in file.iter_batches(columns=names):
                checked(pa.table(batch), shape, latest, Place(one, above))
                above += batch.num_rows
            if not file.metadata.num_rows:
                checked(file.schema_arrow.empty_table(), shape, latest, Place(one))
    return files


def no_events(shape: Table) -> pa.Table:
    """A checked table without rows."""
    names = tuple(one.name for one in shape.columns)
    return checked(shape.schema.empty_table(), shape, 0, Place(shape.name), plain=names)


def checked(read: pa.Table, shape: Table, latest: int, place: Place, plain: tuple[str, ...] = ()) -> pa.Table:
    """The contract's columns of a table, in its types; raises BadTable where a value can't be true. ``plain``: texts left as they stand."""
    missing = [one.name for one in shape.columns if one.name not in read.column_names]
    if missing:
        raise BadTable(
            f"{place.name}: column {', '.join(missing)} is missing; {shape.name} have {_names(shape)}"
        )
    columns = []
    for one in shape.columns:
        column = _typed(once(read, one.name, place.name), one, place, one.name not in plain)
        if not one.may_be_null and column.null_count:
            raise BadTable(f"{place.name}: column {one.name} is empty{place.first(column.is_null())}")
        if one.is_phone:
            _written_in_one_form(column, one.name, place)
        if one.one_of:
            _one_of(column, one, place)
        columns.append(column)
    made = pa.table(columns, names=[one.name for one in shape.columns])
    _in_bounds(made, shape, latest, place)
    return made


def _written_in_one_form(column: pa.ChunkedArray, name: str, place: Place) -> None:
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
    if table.column_names.count(name) > 1:
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
        return _microseconds(column)
    return _text(column) if kind == TEXT else column.cast(kind)


WANTED = {
    TIME: "a time; write it with its zone, as 2021-05-30T10:00:00+08:00",
    DAY: "a day; write it as 2021-05-30",
    COUNT: "a whole number",
    REAL: "a number",
    TEXT: "a text",
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


def _microseconds(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without a zone a time is UTC, as the contract says; a text carries its offset."""
    if pa.types.is_null(column.type):
        return column.cast(pa.int64())
    if pa.types.is_string(column.type):
        column = pc.replace_substring(column, "Z", "+00:00").cast(TIME)
    if not pa.types.is_timestamp(column.type):
        raise _OtherType
    is_finer = column.type.unit == "ns"  # only there is something left out; what is coarser may be too large
    return column.cast(pa.timestamp("us", tz=column.type.tz), safe=not is_finer).cast(pa.int64())


def _part(file: str, shape: Table, plain: tuple[str, ...] = ()) -> pa.Table:
    """The contract's columns of one Parquet file; which it lacks is for ``checked`` to say. ``plain``: texts without a dictionary."""
    with _readable(file):
        held = [one for one in shape.columns if one.name in pq.read_schema(file).names]
        coded = [one.name for one in held if one.type == TEXT and one.name not in plain]
        return pq.ParquetFile(file, read_dictionary=coded).read([one.name for one in held])


def read_table(path: Path) -> pa.Table:
    """Any table of a file, as its kind tells the types; CSV texts stay texts unless a whole column is numeric."""
    files = parquet_files(path)
    with _readable(path):
        if files:
            return pa.concat_tables([pq.read_table(one, partitioning=None) for one in files])
        if path.suffix == ".csv":
            return _read_csv(path)
        if path.suffix == ".xlsx":
            return _read_xlsx(path)
    raise BadTable(f"{path}: end it with {', '.join(ENDINGS)}, or name a folder of Parquet files")


TEXTUAL = (
    "number",
    "id",
    "caller",
    "callee",
    "sender",
    "receiver",
    "cell",
    "imei",
    "peer_city",
    "start",
    "sent",
    "text_hash",
)
"""Columns a CSV reader must not take for numbers: 0571 is a city, +86 a country, and a phone number keeps its zeros."""


def _read_csv(path: Path) -> pa.Table:
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise BadTable(f"{path}: is UTF-16; save it as UTF-8")
    options = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(TEXTUAL, TEXT),
        strings_can_be_null=True,
        null_values=["", "NA", "NaN", "nan", "null"],
    )
    return pyarrow.csv.read_csv(path, convert_options=options)


def _read_xlsx(path: Path) -> pa.Table:
    """The first sheet; read row by row, since a sheet may claim more rows than it has."""
    from zipfile import BadZipFile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        sheet = openpyxl.load_workbook(path, read_only=True, data_only=True).worksheets[0]
    except (BadZipFile, InvalidFileException, KeyError) as problem:
        raise BadTable(f"{path}: not an XLSX file") from problem
    sheet.reset_dimensions()
    lines = sheet.iter_rows(values_only=True)
    head = [str(one) for one in next(lines, ()) if one is not None]
    rows = [line[: len(head)] for line in lines if any(one is not None for one in line)]
    columns = [[row[at] if at < len(row) else None for row in rows] for at in range(len(head))]
    return pa.table([_cells(name, one) for name, one in zip(head, columns, strict=True)], names=head)


def _cells(name: str, values: list[Any]) -> pa.Array:
    if name in TEXTUAL and not all(isinstance(one, datetime | None) for one in values):
        return pa.array([None if one is None else str(one) for one in values], TEXT)
    return pa.array(values)


def write_table(made: pa.Table, path: Path) -> None:
    """Whole or not at all: written beside its place, then moved there."""
    beside = path.with_name(f".{path.name}.part")
    if path.suffix == ".parquet":
        pq.write_table(made, beside)
    elif path.suffix == ".csv":
        _write_csv(made, beside)
    elif path.suffix == ".xlsx":
        _write_xlsx(made, beside)
    else:
        raise BadTable(f"{path}: end it with {', '.join(ENDINGS)}")
    beside.replace(path)


def _write_csv(made: pa.Table, path: Path) -> None:
    """Numbers in the shortest form that reads back to the same bits."""
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(made.column_names)
        for batch in made.to_batches(max_chunksize=50_000):
            lines.writerows(zip(*(column.to_pylist() for column in batch.columns), strict=True))


def _write_xlsx(made: pa.Table, path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for line in _lines(made):
        sheet.append(line)
    book.save(path)


def _lines(made: pa.Table) -> Iterator[list[Any]]:
    yield made.column_names
    for row in made.to_pylist():
        yield list(row.values())


def clock_text(microseconds: int) -> str:
    """A moment as people write it, UTC."""
    try:
        return datetime.fromtimestamp(microseconds / 1_000_000, UTC).isoformat(timespec="seconds")
    except (ValueError, OverflowError, OSError):
        return f"{microseconds} µs"


def _names(shape: Table) -> str:
    return ", ".join(one.name for one in shape.columns)


def rows_in(paths: Iterable[str]) -> int:
    """Rows of Parquet files, from their footers."""
    rows = 0
    for one in paths:
        with _readable(one):
            rows += pq.read_metadata(one).num_rows
    return rows
