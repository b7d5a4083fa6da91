"""The relational executor on DuckDB: reads Parquet by itself, keeps within its memory, spills to disk.

Ibis is imported where it is used: DuckDB reads the week meanwhile.
"""

import tempfile
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

import duckdb
import pyarrow as pa

from jinzhong_engine.backends.cores import held, later
from jinzhong_engine.backends.files import BadTable, Lazy, alike
from jinzhong_engine.backends.register import NOTHING, SHAPE, Register
from jinzhong_engine.features.catalogue import CATALOGUE
from jinzhong_engine.features.windows import LOOKBACK, WEEK
from jinzhong_engine.tables import CALLS, COUNT, MESSAGES, TEXT, TIME, YES_NO, Column, Table

BESIDE = 90 * 2**20
"""Bytes beside what the process holds when DuckDB begins: Ibis, the plan, and what DuckDB takes beyond its limit. Measured (docs/figures.md)."""
PER_NUMBER = 1000
"""Bytes of a line of features, in DuckDB and in Arrow at once: eight for each and the number, twice, with air."""
LEAST = 64 * 2**20
"""Below this DuckDB can't hold what it is working on, spill or not."""


def features(
    calls: Lazy, messages: Lazy | None, as_of: int, *, memory: int = 0, register: Register = NOTHING
) -> pa.Table:
    """calls, messages: checked tables, or checked Parquet files. ``memory``: bytes the process may take, all of it; 0: DuckDB's own idea."""
    try:
        return _features(calls, messages, as_of, memory, register)
    except duckdb.OutOfMemoryException as problem:
        raise _too_little(memory) from problem


def ask(tables: dict[str, pa.Table], question: Callable[[Any], Any], *, memory: int = 0) -> pa.Table:
    """``question`` turns the named tables (as Ibis tables) into an expression; its answer as a table. ``memory``: as of ``features``."""
    try:
        return _ask(tables, question, memory)
    except duckdb.OutOfMemoryException as problem:
        raise _too_little(memory) from problem


def _ask(tables: dict[str, pa.Table], question: Callable[[Any], Any], memory: int) -> pa.Table:
    import ibis

    with _spilling() as engine:
        if memory:
            pa.default_memory_pool().release_unused()
            _limit(engine, memory, held() + BESIDE)
        for name, table in tables.items():
            engine.register(name, table)
        schemas = {name: ibis.Schema.from_pyarrow(table.schema) for name, table in tables.items()}
        answer = question({name: ibis.table(schema, name) for name, schema in schemas.items()})
        return engine.sql(ibis.to_sql(answer, dialect="duckdb")).to_arrow_table()


def _features(calls: Lazy, messages: Lazy | None, as_of: int, memory: int, register: Register) -> pa.Table:
    with _spilling() as engine:
        pa.default_memory_pool().release_unused()
        beside = held() + BESIDE
        if memory:
            _limit(engine, memory, beside)
        week = later(_given, engine, "TEMP TABLE calls", CALLS, calls, (as_of - WEEK, as_of))
        query = _query(as_of, register)
        week.result()
        if memory:
            _limit(engine, memory, beside + PER_NUMBER * _numbers(engine))
        _given(engine, "VIEW earlier", CALLS, calls, (as_of - LOOKBACK, as_of - WEEK))
        _given(engine, "VIEW messages", MESSAGES, messages, (as_of - WEEK, as_of))
        for name, table in register.given.items():
            engine.register(name, table)
        return engine.sql(query).to_arrow_table()


@contextmanager
def _spilling() -> Iterator[Any]:
    """A DuckDB that writes what doesn't fit into a folder of its own, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="jinzhong-duck-") as spill, duckdb.connect() as engine:
        engine.execute(
            "SET threads TO 2; SET preserve_insertion_order = false; SET enable_progress_bar = false; SET TimeZone = 'UTC'"
        )
        engine.execute(f"SET temp_directory = {_quoted(spill)}")
        yield engine


def _too_little(memory: int) -> BadTable:
    return BadTable(
        f"DuckDB: more than the {memory / 2**30:.1f} GB of --memory are needed even while it spills to disk; raise --memory"
    )


def _limit(engine: Any, memory: int, beside: int) -> None:
    """DuckDB gets what is left of ``memory`` when all else took its part."""
    left = memory - beside
    if left < LEAST:
        raise BadTable(
            f"--memory: {memory / 2**30:.2f} GB are too little: Python, Arrow and the features take about {beside / 2**30:.2f} GB, and DuckDB"
            f" needs something to compute with; give {(beside + LEAST) / 2**30 + 0.05:.1f}GB or more"
        )
    engine.execute(f"SET memory_limit = '{left // 2**20} MiB'")


def _numbers(engine: Any) -> int:
    """About how many lines the answer has."""
    both = "SELECT caller AS number FROM calls UNION ALL SELECT callee FROM calls"
    counted = engine.sql(f"SELECT approx_count_distinct(number) AS numbers FROM ({both})").to_arrow_table()
    return int(counted["numbers"][0].as_py())


def _query(as_of: int, register: Register) -> str:
    """All features of the tables ``calls``, ``messages`` and ``earlier``, by number, counts in eight bytes: DuckDB sums into sixteen."""
    import ibis

    from jinzhong_engine.backends import relational

    calls, messages, earlier = (
        ibis.table({one.name: READ_AS[one.type] for one in shape.columns}, name)
        for name, shape in (("calls", CALLS), ("messages", MESSAGES), ("earlier", CALLS))
    )
    beside = {name: ibis.table(ibis.Schema.from_pyarrow(SHAPE), name) for name in register.given}
    made = ibis.to_sql(relational.features(calls, messages, as_of, earlier, **beside), dialect="duckdb")
    counts = ", ".join(f"CAST({one.name} AS BIGINT) AS {one.name}" for one in CATALOGUE if one.is_count)
    return f"SELECT * REPLACE ({counts}) FROM ({made}) ORDER BY number"


READ_AS = {TEXT: "string", TIME: "int64", COUNT: "int64", YES_NO: "boolean"}
"""How ``plain`` gives the types of the contract, in Ibis's words."""


def plain(shape: Table, there: Collection[str], *, moment: str) -> list[str]:
    """The columns of a table as expressions: texts as texts and empty ones as nothing, counts whole, what isn't ``there`` empty;
    ``moment`` makes a time whole microseconds."""
    text = "CAST({0} AS STRING)"
    known = f"nullif({text}, '')"
    made = {TEXT: text, TIME: moment, COUNT: "CAST({0} AS BIGINT)"}
    gaps = {TEXT: known, YES_NO: f"CAST({known} AS BOOLEAN)"}

    def read(one: Column) -> str:
        how = (gaps if one.may_be_null else made)[one.type]
        return f"{how.format(one.name if one.name in there else 'NULL')} AS {one.name}"

    return [read(one) for one in shape.columns]


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
        sources = [([time], f"(SELECT NULL AS {time} LIMIT 0)")]
    elif isinstance(events, pa.Table):
        engine.register(f"given_{shape.name}", events)
        sources, moment, at, bound = [(events.column_names, f"given_{shape.name}")], "{0}", time, "{}"
    else:
        sources = [
            (there, f"read_parquet([{', '.join(map(_quoted, some))}])")
            for there, some in alike(events, shape)
        ]
    since, until = map(bound.format, period)
    parts = [
        f"SELECT {', '.join(plain(shape, there, moment=moment))} FROM {source} WHERE {at} >= {since} AND {at} < {until}"
        for there, source in sources
    ]
    engine.execute(f"CREATE {made} AS {' UNION ALL '.join(parts)}")
