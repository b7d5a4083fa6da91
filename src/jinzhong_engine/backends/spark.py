"""The relational executor on Spark: the same expressions, past one machine. Needs the extra ``spark`` and Java 17."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.backends import relational
from jinzhong_engine.backends.duck import NO_MESSAGES, plain
from jinzhong_engine.backends.files import Lazy
from jinzhong_engine.tables import CALLS, MESSAGES, Table


def features(calls: Lazy, messages: Lazy | None, as_of: int, session: Any = None) -> pa.Table:
    """calls, messages: checked tables, or checked Parquet files. ``session``: a cluster's; default: this machine."""
    spark = session or local_session()
    with TemporaryDirectory(prefix="jinzhong-spark-") as folder:
        _view(spark, CALLS, calls, Path(folder))
        _view(spark, MESSAGES, NO_MESSAGES if messages is None else messages, Path(folder))
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


def _view(spark: Any, shape: Table, events: Lazy, folder: Path) -> None:
    """As ``files.checked`` has it, whatever a file keeps it as."""
    moment = "unix_micros(CAST({0} AS TIMESTAMP))"
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
