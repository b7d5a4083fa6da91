"""A feature table as the numbers a model sees."""

from collections.abc import Collection
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends.files import BadTable, once
from jinzhong_engine.backends.register import Register
from jinzhong_engine.features.catalogue import BY_NAME

KEYS = ("id", "number")
NEVER_FEATURES = (*KEYS, "labelled_on", "label_from")
"""Whose row it is, and what ``numbers labels`` writes beside the label: since when it is said, and by whom."""


def feature_names(table: pa.Table, *, without: tuple[str, ...], asking: Collection[str] = ()) -> list[str]:
    """The columns a model may learn from. What it learns from it needs whenever it judges: so not what a table of ``backends.register`` gives,
    unless it may go on ``asking`` for that one, nor an optional column of calls that nobody recorded."""
    names = [name for name in table.column_names if name not in (*NEVER_FEATURES, *without)]
    return [
        name for name in names if beside_calls(name) in (None, *asking) and not _is_unrecorded(table, name)
    ]


def beside_calls(name: str) -> str | None:
    """The table of ``backends.register`` that a feature is made of, if it is."""
    needs = BY_NAME[name].needs if name in BY_NAME else None
    return needs if needs in Register._fields else None


def _is_unrecorded(table: pa.Table, name: str) -> bool:
    return bool(name in BY_NAME and BY_NAME[name].needs and table[name].null_count == table.num_rows)


def matrix(table: pa.Table, names: list[str], where: str) -> Any:
    """float64, one column a name; NaN where a value is missing."""
    missing = [name for name in names if name not in table.column_names]
    if missing:
        raise BadTable(
            f"{where}: column {', '.join(missing[:5])} is missing ({len(missing)} of the {len(names)} this model was fitted on)"
        )
    columns = [_column(once(table, name, where), f"{where}: column {name}") for name in names]
    return np.column_stack(columns) if columns else np.empty((table.num_rows, 0))


def _column(column: pa.ChunkedArray, where: str) -> Any:
    kind = column.type
    if not (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_null(kind)
    ):
        raise BadTable(f"{where} holds {kind}, not numbers; leave it out or turn it into numbers")
    values = pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy()
    if np.isinf(values).any():
        raise BadTable(f"{where} is infinite in row {int(np.flatnonzero(np.isinf(values))[0]) + 1}")
    return values


def labels(table: pa.Table, name: str, where: str, *, least: int) -> Any:
    """0 and 1, each in so many rows at least."""
    if name not in table.column_names:
        raise BadTable(
            f"{where}: there is no column {name} for --label; it has {', '.join(table.column_names[:8])} …"
        )
    values = _column(once(table, name, where), f"{where}: column {name}")
    if not np.isin(values, (0, 1)).all() or len(np.unique(values)) < 2:
        raise BadTable(f"{where}: the label {name} must be 0 or 1 in every row, and both must occur")
    fraud = int(values.sum())
    if min(fraud, len(values) - fraud) < least:
        raise BadTable(
            f"{where}: the label {name} is 1 in {fraud} rows and 0 in {len(values) - fraud}; at least {least} of each are needed"
        )
    return values.astype(int)


def key(table: pa.Table, where: str) -> tuple[str, pa.ChunkedArray]:
    """The column that says whose row it is: ``id`` or ``number``."""
    for name in KEYS:
        if name in table.column_names:
            whose = once(table, name, where)
            if whose.null_count:
                at = int(pc.index(whose.is_null(), True).as_py()) + 1
                raise BadTable(
                    f"{where}: column {name} is empty in row {at}; nobody would know whose score it is"
                )
            _each_once(whose, name, where)
            return name, whose
    raise BadTable(f"{where}: there is no column id or number to say whose score it is")


def _each_once(whose: pa.ChunkedArray, name: str, where: str) -> None:
    """What it says isn't told again: it may be somebody's number."""
    met: dict[Any, int] = {}
    for row, one in enumerate(whose.to_pylist(), 1):
        first = met.setdefault(one, row)
        if first != row:
            raise BadTable(
                f"{where}: {name} is the same in row {row} as in row {first}; leave one of them out"
            )
