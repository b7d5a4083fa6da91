"""The relational executor on Spark: the same expressions, past one machine. Needs the extra ``spark`` and Java 17."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.backends import relational
from jinzhong_engine.backends.duck import NO_MESSAGES
from jinzhong_engine.backends.files import Lazy


def features(calls: Lazy, messages: Lazy | None, as_of: int, session: Any = None) -> pa.Table:
    """calls, messages: checked tables, or checked Parquet files. ``session``: a cluster's; default: this machine."""
    spark = session or local_session()
    with TemporaryDirectory(prefix="jinzhong-spark-") as folder:
        _view(spark, "calls", calls, "start", Path(folder))
        _view(spark, "messages", NO_MESSAGES if messages is None else messages, "sent", Path(folder))
        ask = ibis.pyspark.connect(spark)
        made = relational.features(ask.table("calls"), ask.table("messages"), as_of)
        return made.to_pyarrow().sort_by("number")


def local_session() -> Any:
    from pyspark.sql import SparkSession

    return (
        SparkSession.builder.master("local[2]").appName("jinzhong")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.sql.ansi.enabled", "false")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .getOrCreate()
    )  # fmt: skip


def _view(spark: Any, name: str, events: Lazy, time: str, folder: Path) -> None:
    """Times are whole microseconds, whatever the file keeps them as."""
    if isinstance(events, pa.Table):
        path = folder / f"{name}.parquet"
        pq.write_table(_plain(events), path)
        events = [str(path)]
    frame = spark.read.parquet(*events)
    if dict(frame.dtypes)[time] != "bigint":
        frame = frame.withColumn(time, frame[time].cast("timestamp")).selectExpr(
            "*", f"unix_micros({time}) AS moment"
        )
        frame = frame.drop(time).withColumnRenamed("moment", time)
    frame.createOrReplaceTempView(name)


def _plain(events: pa.Table) -> pa.Table:
    """Dictionaries as texts: Spark reads those of others its own way."""
    fields = [
        pa.field(one.name, pa.string() if pa.types.is_dictionary(one.type) else one.type)
        for one in events.schema
    ]
    return events.cast(pa.schema(fields))
