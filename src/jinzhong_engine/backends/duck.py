"""The relational executor on DuckDB: reads Parquet by itself, keeps within its memory, spills to disk.

Ibis is imported where it is used: DuckDB reads the week meanwhile.
"""

import tempfile
from collections.abc import Callable
from typing import Any

import duckdb
import pyarrow as pa

from jinzhong_engine.backends.cores import later
from jinzhong_engine.backends.files import BadTable, Lazy
from jinzhong_engine.features.catalogue import CATALOGUE
from jinzhong_engine.features.windows import LOOKBACK, WEEK
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
    import ibis

    with duckdb.connect() as engine:
        for name, table in tables.items():
            engine.register(name, table)
        schemas = {name: ibis.Schema.from_pyarrow(table.schema) for name, table in tables.items()}
        answer = question({name: ibis.table(schema, name) for name, schema in schemas.items()})
        return engine.sql(ibis.to_sql(answer, dialect="duckdb")).to_arrow_table()


def _features(calls: Lazy, messages: Lazy | None, as_of: int, memory: int) -> pa.Table:
    with tempfile.TemporaryDirectory(prefix="jinzhong-duck-") as spill, duckdb.connect() as engine:
        engine.execute(
            "SET threads TO 2; SET preserve_insertion_order = false; SET enable_progress_bar = false; SET TimeZone = 'UTC'"
        )
        engine.execute(f"SET temp_directory = {_quoted(spill)}")
        if memory:
            engine.execute(f"SET memory_limit = '{memory // 2**20} MiB'")
        week = later(_given, engine, "TEMP TABLE calls", CALLS, calls, (as_of - WEEK, as_of))
        query = _query(as_of)
        week.result()
        _given(engine, "VIEW earlier", CALLS, calls, (as_of - LOOKBACK, as_of - WEEK))
        _given(engine, "VIEW messages", MESSAGES, messages, (as_of - WEEK, as_of))
        return engine.sql(query).to_arrow_table()


def _query(as_of: int) -> str:
    """All features of the tables ``calls``, ``messages`` and ``earlier``, by number, counts in eight bytes: DuckDB sums into sixteen."""
    import ibis

    from jinzhong_engine.backends import relational

    calls, messages, earlier = (
        ibis.table({one.name: READ_AS[one.type] for one in shape.columns}, name)
        for name, shape in (("calls", CALLS), ("messages", MESSAGES), ("earlier", CALLS))
    )
    made = ibis.to_sql(relational.features(calls, messages, as_of, earlier), dialect="duckdb")
    counts = ", ".join(f"CAST({one.name} AS BIGINT) AS {one.name}" for one in CATALOGUE if one.is_count)
    return f"SELECT * REPLACE ({counts}) FROM ({made}) ORDER BY number"


READ_AS = {TEXT: "string", TIME: "int64", COUNT: "int64"}
"""How ``plain`` gives the types of the contract, in Ibis's words."""


def plain(shape: Table, *, moment: str) -> list[str]:
    """The columns of a table as expressions: texts as texts and empty ones as nothing, counts whole; ``moment`` makes a time
    whole microseconds."""
    made = {
        TEXT: "CAST({0} AS STRING) AS {0}",
        TIME: f"{moment} AS {{0}}",
        COUNT: "CAST({0} AS BIGINT) AS {0}",
    }
    gaps = "nullif(CAST({0} AS STRING), '') AS {0}"
    return [(gaps if one.may_be_null else made[one.type]).format(one.name) for one in shape.columns]


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _given(engine: Any, made: str, shape: Table, events: Lazy | None, period: tuple[int, int]) -> None:
    """Events of a period as ``files.checked`` has them, whatever a file keeps them as, made a view or a table. The period is asked
    for in the file's own time, so that DuckDB passes over files that lie outside."""
    [time] = (one.name for one in shape.columns if one.type == TIME)
    moment, at, bound = (
        "epoch_us(CAST({0} AS TIMESTAMPTZ))",
        f"CAST({time} AS TIMESTAMPTZ)",
        "make_timestamptz({})",
    )
    if events is None:
        source = f"(SELECT {', '.join(f'NULL AS {one.name}' for one in shape.columns)} LIMIT 0)"
    elif isinstance(events, pa.Table):
        engine.register(f"given_{shape.name}", events)
        source, moment, at, bound = f"given_{shape.name}", "{0}", time, "{}"
    else:
        source = f"read_parquet([{', '.join(map(_quoted, events))}])"
    since, until = map(bound.format, period)
    columns = ", ".join(plain(shape, moment=moment))
    engine.execute(
        f"CREATE {made} AS SELECT {columns} FROM {source} WHERE {at} >= {since} AND {at} < {until}"
    )
