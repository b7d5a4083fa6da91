"""The relational executor on Spark: the same expressions, past one machine. Needs the extra ``spark`` and Java 17."""

import shutil
from collections.abc import Callable
from functools import reduce
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.backends import relational
from jinzhong_engine.backends.duck import plain
from jinzhong_engine.backends.files import Lazy, alike, no_events
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.features.windows import LOOKBACK
from jinzhong_engine.tables import CALLS, COUNT, MESSAGES, TEXT, TIME, YES_NO, Table

MICROSECONDS = "unix_micros(CAST({0} AS TIMESTAMP))"


def features(
    calls: Lazy,
    messages: Lazy | None,
    as_of: int,
    master: str | None = None,
    memory: int | None = None,
    register: Register = NOTHING,
) -> pa.Table:
    """calls, messages: checked tables, or checked Parquet files, which all machines of a cluster must see. ``master``, ``memory``: of ``session``."""
    spark = session(master, memory)
    with TemporaryDirectory(prefix="jinzhong-spark-") as folder:
        _view(spark, CALLS, calls, Path(folder))
        _view(spark, MESSAGES, no_events(MESSAGES) if messages is None else messages, Path(folder))
        ask = ibis.pyspark.connect(spark)
        beside = _beside(spark, register, Path(folder))
        made = relational.features(ask.table("calls"), ask.table("messages"), as_of, **beside)
        return made.to_pyarrow().sort_by("number")


def stream(
    arriving: Path,
    messages: Path | None,
    state: Path,
    judge: Callable[[int, int, pa.Table], None],
    *,
    files_at_once: int = 1,
    master: str | None = None,
    memory: int | None = None,
    register: Register = NOTHING,
) -> None:
    """Structured Streaming over folders into which Parquet files of calls and messages arrive, until all that is there now is judged.

    ``judge(batch, moment, features)`` gets who called or wrote in each batch, as of just after the newest event so far. A record that is
    sent again counts once: known by its column ``id``, where the files have none by all its columns. ``state`` keeps the events and how
    far the stream has come; a batch that was broken off is judged again under its number, so what is written under it is never doubled.
    """
    spark = session(master, memory)
    state.mkdir(parents=True, exist_ok=True)
    kept, beside = Kept(spark, state / "events"), _beside(spark, register, state)

    def batch(came: Any, number: int) -> None:
        if (moment := kept.take_in(came, number)) is None:
            return
        fresh = ibis.pyspark.connect(spark).read_parquet(kept.place(number))
        calls, texts = kept.so_far(number)
        made = relational.features(calls, texts, moment, **beside)
        judge(
            number, moment, made.semi_join(fresh, made.number == fresh.caller).to_pyarrow().sort_by("number")
        )

    if messages is None:  # the stream's sources stay two, so that messages may be given from some day on
        messages = state / "no messages"
        messages.mkdir(parents=True, exist_ok=True)
    came = _arriving(spark, arriving, CALLS, files_at_once).unionByName(
        _arriving(spark, messages, MESSAGES, files_at_once), allowMissingColumns=True
    )
    writing = came.writeStream.foreachBatch(batch).option("checkpointLocation", str(state / "checkpoint"))
    writing.trigger(availableNow=True).start().awaitTermination()


KEY = "coalesce(concat('id ', id), to_json(struct(*))) AS key"
AS_CALLS = {"sender": "caller", "receiver": "callee", "sent": "start"}
"""A message is kept as a call with a text, as the live watch takes it."""


def _arriving(spark: Any, folder: Path, shape: Table, files_at_once: int) -> Any:
    """The events of a folder's files, each with its ``key``."""
    incoming = spark.readStream.schema(_stored(shape)).option("maxFilesPerTrigger", files_at_once)
    plainly = plain(shape, shape.schema.names, moment=MICROSECONDS)
    events = incoming.parquet(str(folder)).selectExpr(*plainly, "id")
    keyed = events.selectExpr("*", KEY).drop("id")
    return keyed.withColumnsRenamed({} if shape is CALLS else AS_CALLS)


class Kept:
    """The events of the look-back on disk, a folder for each batch; one whose events are all too old is removed whole."""

    def __init__(self, spark: Any, folder: Path):
        self._spark, self._folder = spark, folder

    def place(self, number: int) -> str:
        return str(self._folder / f"batch={number}")

    def take_in(self, came: Any, number: int) -> int | None:
        """Keep what is new of a batch; returns the moment just after the newest event so far, None where nothing is new."""
        once = came.dropDuplicates(["key"])
        if self._places(number - 1):
            known = self._until(number - 1)
            newest = known.selectExpr("coalesce(max(start), 0)").first()[0]
            once = once.where(f"start >= {newest - LOOKBACK}").join(known, "key", "left_anti")
        once.write.mode("overwrite").parquet(self.place(number))
        ends = dict(self._until(number).groupBy("batch").max("start").collect())
        if number not in ends:
            return None
        moment = max(ends.values()) + 1
        for one in self._places(number):
            if ends.get(one, 0) < moment - LOOKBACK:
                shutil.rmtree(self.place(one))
        return moment

    def so_far(self, number: int) -> tuple[Any, Any]:
        """Calls and messages of the batches up to this one, for Ibis."""
        events = self._until(number)
        events.where("text_hash IS NULL").createOrReplaceTempView(CALLS.name)
        columns = [f"{AS_CALLS.get(one.name, one.name)} AS {one.name}" for one in MESSAGES.columns]
        events.where("text_hash IS NOT NULL").selectExpr(*columns).createOrReplaceTempView(MESSAGES.name)
        asked = ibis.pyspark.connect(self._spark)
        return asked.table(CALLS.name), asked.table(MESSAGES.name)

    def _places(self, number: int) -> list[int]:
        """The batches up to this one; a later one was broken off."""
        found = (int(one.name.removeprefix("batch=")) for one in self._folder.glob("batch=*"))
        return sorted(one for one in found if one <= number)

    def _until(self, number: int) -> Any:
        """Of all their columns: what was kept by an earlier version lacks some."""
        read = self._spark.read.option("basePath", str(self._folder)).option("mergeSchema", "true")
        return read.parquet(*map(self.place, self._places(number)))


def _stored(shape: Table) -> str:
    """The columns as the contract's Parquet files keep them, and the id they may have."""
    kinds = {TEXT: "STRING", TIME: "TIMESTAMP", COUNT: "INT", YES_NO: "BOOLEAN"}
    return ", ".join([*(f"{one.name} {kinds[one.type]}" for one in shape.columns), "id STRING"])


def session(master: str | None = None, memory: int | None = None) -> Any:
    """``master``: a cluster's address or local[n]; default: what Spark itself is told, in spark-defaults.conf or by PYSPARK_SUBMIT_ARGS, and
    told nothing it takes all of this machine. ``memory``: bytes this process may take; Spark's own 1 GB spills each table of ten million
    calls to disk."""
    from pyspark.sql import SparkSession

    asked = SparkSession.builder.master(master) if master else SparkSession.builder
    made = (
        asked.appName("jinzhong")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.driver.memory", f"{memory >> 20}m" if memory else "1g")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )
    if str(made.sparkContext.master).startswith(
        "local"
    ):  # the 200 parts a cluster is asked for are mostly empty here
        made.conf.set("spark.sql.shuffle.partitions", str(max(4, made.sparkContext.defaultParallelism)))
    return made


def _view(spark: Any, shape: Table, events: Lazy, folder: Path) -> None:
    """As ``files.checked`` has it, whatever a file keeps it as."""
    moment = MICROSECONDS
    if isinstance(events, pa.Table):
        path, moment = folder / f"{shape.name}.parquet", "{0}"
        pq.write_table(_plain(events), path)
        events = [str(path)]
    frames = [
        spark.read.parquet(*some).selectExpr(*plain(shape, there, moment=moment))
        for there, some in alike(events, shape)
    ]
    reduce(lambda one, other: one.union(other), frames).createOrReplaceTempView(shape.name)


def _beside(spark: Any, register: Register, folder: Path) -> dict[str, Any]:
    """The register's tables, for Ibis; Spark reads them from this folder."""
    asked = ibis.pyspark.connect(spark)
    for name, table in register.given.items():
        pq.write_table(table, folder / f"{name}.parquet")
    return {name: asked.read_parquet(str(folder / f"{name}.parquet")) for name in register.given}


def _plain(events: pa.Table) -> pa.Table:
    """Dictionaries as texts: Spark reads those of others its own way."""
    fields = [
        pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type)
        for one in events.schema
    ]
    return events.cast(pa.schema(fields))
