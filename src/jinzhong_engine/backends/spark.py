"""The relational executor on Spark: the same expressions, past one machine. Needs the extra ``spark`` and Java 17."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.backends import relational
from jinzhong_engine.backends.duck import plain
from jinzhong_engine.backends.files import Lazy, no_events
from jinzhong_engine.tables import CALLS, COUNT, MESSAGES, TEXT, TIME, Table

MICROSECONDS = "unix_micros(CAST({0} AS TIMESTAMP))"


def features(
    calls: Lazy, messages: Lazy | None, as_of: int, session: Any = None, memory: int | None = None
) -> pa.Table:
    """calls, messages: checked tables, or checked Parquet files. ``session``: a cluster's; default: this machine, ``memory`` bytes of it."""
    spark = session or local_session(memory)
    with TemporaryDirectory(prefix="jinzhong-spark-") as folder:
        _view(spark, CALLS, calls, Path(folder))
        _view(spark, MESSAGES, no_events(MESSAGES) if messages is None else messages, Path(folder))
        ask = ibis.pyspark.connect(spark)
        made = relational.features(ask.table("calls"), ask.table("messages"), as_of)
        return made.to_pyarrow().sort_by("number")


def stream(
    arriving: Path,
    state: Path,
    judge: Callable[[int, int, pa.Table], None],
    *,
    session: Any = None,
    files_at_once: int = 1,
    memory: int | None = None,
) -> None:
    """Structured Streaming over a folder into which Parquet files of calls arrive, until all that is there now is judged.

    ``judge(batch, moment, features)`` gets the callers of each batch, as of just after its last call. ``state`` keeps the calls and how far
    the stream has come; a batch that was broken off is judged again under its number, so what is written under it is never doubled.
    """
    spark = session or local_session(memory)
    kept = state / "calls"

    def batch(calls: Any, number: int) -> None:
        calls.write.mode("overwrite").parquet(str(kept / f"batch={number}"))
        so_far = spark.read.parquet(str(kept)).where(f"batch <= {number}").drop("batch")
        so_far.createOrReplaceTempView(CALLS.name)
        _view(spark, MESSAGES, no_events(MESSAGES), state)
        asked = ibis.pyspark.connect(spark)
        known = asked.table(CALLS.name)
        fresh = asked.read_parquet(str(kept / f"batch={number}"))
        latest = fresh.start.max().execute()
        if latest is None:
            return
        moment = int(latest) + 1
        made = relational.features(known, asked.table(MESSAGES.name), moment)
        judge(
            number, moment, made.semi_join(fresh, made.number == fresh.caller).to_pyarrow().sort_by("number")
        )

    state.mkdir(parents=True, exist_ok=True)
    incoming = spark.readStream.schema(_stored(CALLS)).option("maxFilesPerTrigger", files_at_once)
    given = incoming.parquet(str(arriving)).selectExpr(*plain(CALLS, moment=MICROSECONDS))
    writing = given.writeStream.foreachBatch(batch).option("checkpointLocation", str(state / "checkpoint"))
    writing.trigger(availableNow=True).start().awaitTermination()


def _stored(shape: Table) -> str:
    """The columns as the contract's Parquet files keep them."""
    kinds = {TEXT: "STRING", TIME: "TIMESTAMP", COUNT: "INT"}
    return ", ".join(f"{one.name} {kinds[one.type]}" for one in shape.columns)


def local_session(memory: int | None = None) -> Any:
    """Spark in this process; ``memory``: bytes it may take. Its own default of 1 GB spills each table of ten million calls to disk."""
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.master("local[2]").appName("jinzhong")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.driver.memory", f"{memory >> 20}m" if memory else "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )  # fmt: skip


def _view(spark: Any, shape: Table, events: Lazy, folder: Path) -> None:
    """As ``files.checked`` has it, whatever a file keeps it as."""
    moment = MICROSECONDS
    if isinstance(events, pa.Table):
        path, moment = folder / f"{shape.name}.parquet", "{0}"
        pq.write_table(_plain(events), path)
        events = [str(path)]
    frame = spark.read.parquet(*events)
    frame.selectExpr(*plain(shape, moment=moment)).createOrReplaceTempView(shape.name)


def _plain(events: pa.Table) -> pa.Table:
    """Dictionaries as texts: Spark reads those of others its own way."""
    fields = [
        pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type)
        for one in events.schema
    ]
    return events.cast(pa.schema(fields))
