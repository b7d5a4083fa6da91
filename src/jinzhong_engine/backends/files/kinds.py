"""Any table, in and out: CSV, Parquet, XLSX, or a folder of Parquet files."""

import codecs
import csv
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from jinzhong_engine.backends.files.checks import BadTable
from jinzhong_engine.tables import TEXT, Table

ENDINGS = (".csv", ".parquet", ".xlsx")


@contextmanager
def readable(file: str | Path) -> Iterator[None]:
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
    except OSError as problem:
        if problem.errno is not None:  # the machine's fault
            raise
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


def rows_in(paths: Iterable[str]) -> int:
    """Rows of Parquet files, from their footers."""
    rows = 0
    for one in paths:
        with readable(one):
            rows += pq.read_metadata(one).num_rows
    return rows


def alike(paths: Iterable[str], shape: Table) -> list[tuple[list[str], list[str]]]:
    """(columns of the contract, the Parquet files that have these): more than one where some lack what may be missing."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for one in paths:
        held = set(pq.read_schema(one).names)
        groups.setdefault(tuple(c.name for c in shape.columns if c.name in held), []).append(one)
    return [(list(columns), files) for columns, files in groups.items()]


def read_table(path: Path) -> pa.Table:
    """Any table of a file, as its kind tells the types; CSV texts stay texts unless a whole column is numeric."""
    files = parquet_files(path)
    with readable(path):
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
    "roaming",
    "start",
    "sent",
    "text_hash",
)
"""Columns whose kind a CSV reader must not guess: 0571 is a city, +86 a country, a phone number keeps its zeros, and what is neither yes
nor no is told by its row."""


def _read_csv(path: Path) -> pa.Table:
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            raise BadTable(f"{path}: is UTF-16; save it as UTF-8")
    options = pyarrow.csv.ConvertOptions(
        column_types=dict.fromkeys(TEXTUAL, TEXT),
        strings_can_be_null=True,
        null_values=["", "NA", "NaN", "nan", "null"],
    )
    try:
        return pyarrow.csv.read_csv(path, convert_options=options)
    except pa.ArrowInvalid as problem:
        if said := csv_fault(path):
            raise BadTable(f"{path}: {said}") from problem
        raise


def csv_fault(path: Path) -> str:
    """What is wrong with a CSV, without what a row says: it may be somebody's. Empty: nothing that is looked for here."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = csv.reader(file)
            wide = len(next(rows, []))
            for row in rows:
                if row and len(row) != wide:
                    return f"line {rows.line_num} has {len(row)} fields, the head has {wide}"
    except csv.Error as problem:
        return f"not CSV: {problem}"
    except UnicodeDecodeError:
        return "not UTF-8; save it as CSV in UTF-8 (in Excel: CSV UTF-8)"
    return ""


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
