"""The relational executor on DuckDB: reads Parquet by itself, keeps within its memory, spills to disk."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pyarrow as pa

from jinzhong_engine.backends import relational
from jinzhong_engine.backends.files import BadTable, Lazy
from jinzhong_engine.tables import CALLS, COUNT, MESSAGES, TEXT, TIME, Table


def features(calls: Lazy, messages: Lazy | None, as_of: int, *, memory: int = 0) -> pa.Table:
    """calls, messages: checked tables, or checked Parquet files. ``memory``: bytes it may take; 0: DuckDB's own idea."""
    try:
        return _features(calls, messages, as_of, memory)
    except duckdb.OutOfMemoryException as problem:
        raise BadTable(
            f"DuckDB: more than {memory / 2**30:.1f} GB are needed even while it spills to disk; raise --memory"
        ) from problem


def ask(tables: dict[str, pa.Table], question: Callable[[Any], Any]) -> pa.Table:
    """``question`` turns the named tables (as Ibis tables) into an expression; its answer as a table."""
    with duckdb.connect() as engine:
        for name, table in tables.items():
            engine.register(name, table)
        asked = ibis.duckdb.from_connection(engine)
        answer = question({name: asked.table(name) for name in tables})
        return engine.sql(ibis.to_sql(answer, dialect="duckdb")).to_arrow_table()


def _features(calls: Lazy, messages: Lazy | None, as_of: int, memory: int) -> pa.Table:
    with tempfile.TemporaryDirectory(prefix="jinzhong-duck-") as spill, duckdb.connect() as engine:
        engine.execute(
            "SET threads TO 2; SET preserve_insertion_order = false; SET enable_progress_bar = false; SET TimeZone = 'UTC'"
        )
        engine.execute(f"SET temp_directory = '{Path(spill)}'")
        if memory:
            engine.execute(f"SET memory_limit = '{memory // 2**20} MiB'")
        _view(engine, CALLS, calls)
        _view(engine, MESSAGES, NO_MESSAGES if messages is None else messages)
        ask = ibis.duckdb.from_connection(engine)
        made = relational.features(ask.table("calls"), ask.table("messages"), as_of)
        return engine.sql(ibis.to_sql(made, dialect="duckdb")).to_arrow_table().sort_by("number")


NO_MESSAGES = pa.table(
    {"sender": pa.array([], pa.string()), "receiver": pa.array([], pa.string()), "sent": pa.array([], pa.int64()),
     "text_hash": pa.array([], pa.string())}
)  # fmt: skip


def plain(shape: Table, *, moment: str) -> list[str]:
    """The columns of a table as expressions: texts as texts and empty ones as nothing, counts whole; ``moment`` makes a time
    whole microseconds."""
    made = {
        TEXT: "nullif(CAST({0} AS STRING), '') AS {0}",
        TIME: f"{moment} AS {{0}}",
        COUNT: "CAST({0} AS BIGINT) AS {0}",
    }
    return [made[one.type].format(one.name) for one in shape.columns]


def _view(engine: Any, shape: Table, events: Lazy) -> None:
    """As ``files.checked`` has it, whatever a file keeps it as."""
    if isinstance(events, pa.Table):
        engine.register(f"given_{shape.name}", events)
        source, moment = f"given_{shape.name}", "{0}"
    else:
        listed = ", ".join("'" + one.replace("'", "''") + "'" for one in events)
        source, moment = f"read_parquet([{listed}])", "epoch_us(CAST({0} AS TIMESTAMPTZ))"
    columns = ", ".join(plain(shape, moment=moment))
    engine.execute(f"CREATE VIEW {shape.name} AS SELECT {columns} FROM {source}")
