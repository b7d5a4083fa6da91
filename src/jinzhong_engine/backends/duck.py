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
            "SET threads TO 2; SET preserve_insertion_order = false; SET enable_progress_bar = false"
        )
        engine.execute(f"SET temp_directory = '{Path(spill)}'")
        if memory:
            engine.execute(f"SET memory_limit = '{memory // 2**20} MiB'")
        _view(engine, "calls", calls, "start", _CALLS)
        _view(engine, "messages", NO_MESSAGES if messages is None else messages, "sent", _MESSAGES)
        ask = ibis.duckdb.from_connection(engine)
        made = relational.features(ask.table("calls"), ask.table("messages"), as_of)
        return engine.sql(ibis.to_sql(made, dialect="duckdb")).to_arrow_table().sort_by("number")


_CALLS = "caller, callee, kind, cell, imei, peer_city, CAST(seconds AS BIGINT) AS seconds"
_MESSAGES = "sender, receiver, text_hash"
NO_MESSAGES = pa.table(
    {"sender": pa.array([], pa.string()), "receiver": pa.array([], pa.string()), "sent": pa.array([], pa.int64()),
     "text_hash": pa.array([], pa.string())}
)  # fmt: skip


def _view(engine: Any, name: str, events: Lazy, time: str, others: str) -> None:
    """Times are whole microseconds, whatever the file keeps them as."""
    if isinstance(events, pa.Table):
        engine.register(f"given_{name}", events)
        source, moment = f"given_{name}", time
    else:
        listed = ", ".join("'" + one.replace("'", "''") + "'" for one in events)
        source, moment = f"read_parquet([{listed}])", f"epoch_us({time})"
    engine.execute(f"CREATE VIEW {name} AS SELECT {others}, {moment} AS {time} FROM {source}")
