"""Tables of other offices as files: CSV, Parquet (a folder means all of it) and XLSX, read into the columns of a contract.

Whatever is wrong is told with file, row and column, the row as a spreadsheet numbers it.
"""

import csv
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from jinzhong.cases.export import WRITERS, safe
from jinzhong.intake.sources.case_sheet.read import UnreadableFile, read_table
from jinzhong_engine.backends.files import csv_fault
from jinzhong_engine.surveillance import counts
from jinzhong_engine.surveillance.counts import Counts
from jinzhong_engine.tables import AREA_COUNTS, Column, Table

MOST_ROWS = 5_000_000
MOST_BYTES = 2**30
HEADER_ROWS = {".csv": 2, ".xlsx": 2, ".parquet": 1}
"""What the first row of data is called."""


class BadFile(ValueError):
    """The file can't be used; the message says what, where and what to do."""


class Given(NamedTuple):
    """A table as it came: ``place`` names a row and column of it."""

    table: pa.Table
    name: str
    numbers: Sequence[int]

    def place(self, row: int, column: str = "") -> str:
        return f"{self.name}: row {self.numbers[row]}" + (f", column {column}" if column else "")


def read(path: Path, wanted: Table, *, optional: Sequence[Column] = ()) -> Given:
    """The wanted columns in their types, and the optional ones that are there. Raises BadFile."""
    raw, numbers = _raw(path)
    _check_columns(path, raw.column_names, wanted, optional)
    given = Given(raw, path.name, numbers)
    known = [one for one in (*wanted.columns, *optional) if one.name in raw.column_names]
    typed = pa.Table.from_arrays([_typed(given, one) for one in known], names=[one.name for one in known])
    return given._replace(table=typed)


def area_counts(path: Path) -> Counts:
    """Cases by area, class and day. Raises BadFile, BadCounts."""
    given = read(path, AREA_COUNTS, optional=counts.OPTIONAL)
    if not len(given.table):
        raise BadFile(f"{path}: no rows below the header")
    return counts.read(given.table, given.place)


def _raw(path: Path) -> tuple[pa.Table, Sequence[int]]:
    if path.is_dir():
        files = sorted(path.glob("*.parquet"))
        if not files:
            raise BadFile(f"{path}: no Parquet files in this folder")
        parts = [_parquet(one) for one in files]
        with _readable(path):
            table = pa.concat_tables(parts, promote_options="default")
        return table, range(1, len(table) + 1)
    readers = {".csv": _csv, ".parquet": _parquet}
    if path.suffix == ".xlsx":
        return _xlsx(path)
    if path.suffix not in readers:
        raise BadFile(f"{path}: end it with .csv, .parquet or .xlsx, or name a folder of Parquet files")
    table = readers[path.suffix](path)
    return table, range(HEADER_ROWS[path.suffix], len(table) + HEADER_ROWS[path.suffix])


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What Arrow can't read in here is this file's fault."""
    try:
        yield
    except pa.ArrowException as problem:
        said = csv_fault(path) if path.suffix == ".csv" else ""
        raise BadFile(f"{path}: {said or ' '.join(str(problem).split())[:200]}") from problem


def _csv(path: Path) -> pa.Table:
    """Every cell as text first, so that a wrong one can be shown as it stands."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        try:
            header = next(csv.reader(file), [])
        except (UnicodeDecodeError, csv.Error) as problem:
            raise BadFile(f"{path}: row 1 isn't UTF-8 text separated by commas") from problem
    if not header:
        raise BadFile(f"{path}: is empty")
    with _readable(path):
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(column_names=header, skip_rows=1),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in header},
                strings_can_be_null=True,
                null_values=[""],
            ),
        )
    return _not_too_much(path, table)


def _parquet(path: Path) -> pa.Table:
    """A small file may unpack to gigabytes, so it is taken in batch by batch."""
    batches, size = [], 0
    with _readable(path):
        file = pq.ParquetFile(path)
        for batch in file.iter_batches(batch_size=65_536):
            size += batch.nbytes
            if size > MOST_BYTES:
                raise BadFile(f"{path}: more than {MOST_BYTES // 2**20} MB unpacked; split it")
            batches.append(batch)
    return _not_too_much(path, pa.Table.from_batches(batches, schema=file.schema_arrow))


def _not_too_much(path: Path, table: pa.Table) -> pa.Table:
    if len(table) > MOST_ROWS:
        raise BadFile(f"{path}: more than {MOST_ROWS} rows; split it")
    return table


def _xlsx(path: Path) -> tuple[pa.Table, Sequence[int]]:
    """Opened in a child process, as every stranger's workbook."""
    try:
        found = read_table(path, name=str(path))
    except UnreadableFile as problem:
        raise BadFile(str(problem)) from problem
    (_first, header), *rows = found.rows
    names = ["" if one is None else str(one) for one in header]
    columns = [
        pa.array([_text(row[at]) if at < len(row) else None for _number, row in rows], pa.string())
        for at in range(len(names))
    ]
    return pa.table(columns, names=names), [number for number, _row in rows]


def _text(cell: object) -> str | None:
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell).strip() or None if cell is not None else None


def _check_columns(path: Path, found: list[str], wanted: Table, optional: Sequence[Column]) -> None:
    needed = [one.name for one in wanted.columns]
    may = [*needed, *(one.name for one in optional)]
    if missing := [name for name in needed if name not in found]:
        raise BadFile(f"{path}: column {missing[0]} is missing; needed are {', '.join(needed)}")
    if unknown := [name for name in found if name not in may]:
        raise BadFile(
            f"{path}: unknown column {unknown[0] or '(without a name)'}; known are {', '.join(may)}"
        )
    if twice := [name for name in found if found.count(name) > 1]:
        raise BadFile(f"{path}: column {twice[0]} comes twice")


def _typed(given: Given, column: Column) -> pa.ChunkedArray:
    raw = given.table[column.name]
    if pa.types.is_dictionary(raw.type):
        raw = raw.cast(raw.type.value_type)
    if pa.types.is_string(raw.type) or pa.types.is_large_string(raw.type):
        raw = pc.utf8_trim_whitespace(raw.cast(pa.string()))
    try:
        return _cast(raw, column.type)
    except pa.ArrowException:
        at = next(n for n, one in enumerate(raw) if not _casts(one, column.type))
        raise BadFile(
            f"{given.place(at, column.name)}: {raw[at].as_py()} is not {_wanted(column.type)}"
        ) from None


def _cast(raw: pa.ChunkedArray, wanted: pa.DataType) -> pa.ChunkedArray:
    if pa.types.is_timestamp(raw.type) and pa.types.is_date(wanted):
        return raw.cast(wanted, safe=False)
    if pa.types.is_string(raw.type) and pa.types.is_integer(wanted):
        return raw.cast(pa.float64()).cast(wanted)  # a spreadsheet may write 3 as 3.0
    found = raw.cast(wanted)
    if (
        pa.types.is_floating(wanted)
        and not pc.all(pc.is_finite(found)).as_py()
        and len(found) > found.null_count
    ):
        raise pa.ArrowInvalid("not finite")
    return found


def _casts(one: pa.Scalar, wanted: pa.DataType) -> bool:
    try:
        _cast(pa.chunked_array([[one.as_py()]], one.type), wanted)
    except pa.ArrowException:
        return False
    return True


def _wanted(kind: pa.DataType) -> str:
    if pa.types.is_date(kind):
        return "a date as 2021-05-31"
    return (
        "a whole number"
        if pa.types.is_integer(kind)
        else "a number"
        if pa.types.is_floating(kind)
        else "text"
    )


# -- writing -------------------------------------------------------------------------------------------------


def write(path: Path, columns: dict[str, Sequence[object]]) -> None:
    """Columns as CSV, Parquet or XLSX. Raises BadFile for another ending."""
    if path.suffix == ".parquet":
        pq.write_table(pa.table(columns), path)
    elif path.suffix in WRITERS:
        rows = [list(columns), *zip(*columns.values(), strict=True)]
        with path.open("wb") as out:
            WRITERS[path.suffix](out, ([_plain(one) for one in row] for row in rows), "表")
    else:
        raise BadFile(f"{path}: end it with .csv, .parquet or .xlsx")


def check_target(path: Path) -> None:
    """Before the work is done for nothing. Raises BadFile."""
    if path.suffix not in (".parquet", *WRITERS):
        raise BadFile(f"{path}: end it with .csv, .parquet or .xlsx")
    if not path.parent.is_dir():
        raise BadFile(f"{path}: there is no folder {path.parent}")


def _plain(value: object) -> object:
    """A cell that a spreadsheet shows and doesn't run; True and False as 1 and 0."""
    if isinstance(value, bool):
        return int(value)
    return safe(value) if isinstance(value, str) and value != "*" else value
