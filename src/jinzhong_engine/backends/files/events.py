"""Events in, checked: what fits into memory, what stays on disk, what of the weeks before is read later."""

from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.backends.cores import later, side_by_side
from jinzhong_engine.backends.files.checks import Place, checked, microseconds, written_in_one_form
from jinzhong_engine.backends.files.kinds import parquet_files, read_table, readable, rows_in
from jinzhong_engine.features.windows import EARLIEST
from jinzhong_engine.tables import CALLS, COUNT, TEXT, Column, Table

EARLIER = ("caller", "callee", "start")
"""All that a feature reads of a call that lies before the week."""
MANY = ("caller", "callee", "imei")
"""Texts with about as many values as rows: a dictionary for each file would cost four times the reading, and is made once anyway."""
AHEAD = 3_000_000
"""Earlier calls that may be read before they are asked for: 40 bytes each."""
Lazy: TypeAlias = pa.Table | list[str]
"""A checked table, or checked Parquet files that stay on disk."""


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
        with readable(self.file):
            read = pq.ParquetFile(self.file).read(EARLIER, use_threads=False)
        for name in ("caller", "callee"):
            written_in_one_form(read[name], name, Place(self.file))
        return pa.table([read["caller"], read["callee"], microseconds(read["start"])], names=list(EARLIER))


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
    with readable(file):
        known = pq.ParquetFile(file)
    schema, groups = known.schema_arrow, known.metadata
    if any(schema.names.count(one.name) != 1 for one in CALLS.required) or not groups.num_row_groups:
        return False
    if any(
        schema.names.count(one.name) > 1 or schema.field(one.name).type != one.type
        for one in CALLS.columns
        if one.may_be_missing and one.name in schema.names
    ):
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
        with readable(one):
            file = pq.ParquetFile(one)
            names = [column.name for column in shape.columns if column.name in file.schema_arrow.names]
            above = 0
            for batch in file.iter_batches(columns=names):
                checked(pa.table(batch), shape, latest, Place(one, above))
                above += batch.num_rows
            if not file.metadata.num_rows:
                checked(file.schema_arrow.empty_table(), shape, latest, Place(one))
    return files


def _part(file: str, shape: Table, plain: tuple[str, ...] = ()) -> pa.Table:
    """The contract's columns of one Parquet file; which it lacks is for ``checked`` to say. ``plain``: texts without a dictionary."""
    with readable(file):
        held = [one for one in shape.columns if one.name in pq.read_schema(file).names]
        coded = [one.name for one in held if one.type == TEXT and one.name not in plain]
        return pq.ParquetFile(file, read_dictionary=coded).read([one.name for one in held])
