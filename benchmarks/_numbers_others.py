"""The same features in other people's tools. Polars and pandas compute the twelve agreed ones only; bandicoot its own, on a sample.

Each returns what it made; a library that isn't there raises ``Missing`` with the reason.
"""

import importlib
import inspect
import os
import shutil
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jinzhong_engine.features.windows import HOUR, LOOKBACK, SECOND, SHANGHAI, SHORT_SECONDS, WEEK

SAMPLE = 100
"""Numbers bandicoot is asked for: a whole district would take it hours."""


class Missing(Exception):
    """What isn't installed, and what brings it."""


def _library(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as problem:
        raise Missing(f"{problem}; `python3 dev.py bench` installs requirements/bench.txt") from problem


def polars(folder: Path, as_of: int) -> pa.Table:
    pl = _library("polars")
    os.environ.setdefault("POLARS_MAX_THREADS", "2")
    at = pl.col("start").dt.epoch("us")
    calls = pl.scan_parquet(folder / "*.parquet").select("caller", "callee", "seconds", "imei", "start")
    since, until, oldest = (
        pl.lit(datetime.fromtimestamp(one / SECOND, UTC)).cast(pl.Datetime("us", "UTC"))
        for one in (as_of - WEEK, as_of, as_of - LOOKBACK)
    )
    week = calls.filter((pl.col("start") >= since) & (pl.col("start") < until))
    week = week.with_columns(at=at, hour=(at + SHANGHAI) // HOUR).collect().lazy()
    before = calls.filter((pl.col("start") >= oldest) & (pl.col("start") < since)).select("caller", "callee")
    pairs = week.group_by("caller", "callee").agg(calls=pl.len(), first=pl.min("at"), last=pl.max("at"))
    pairs = pairs.collect().lazy()
    known = before.join(pairs, on=["caller", "callee"], how="semi").unique().with_columns(known=pl.lit(True))
    back = pairs.select(caller="callee", callee="caller", last_back="last")
    parties = (
        pairs.join(known, on=["caller", "callee"], how="left").join(back, on=["caller", "callee"], how="left")
        .group_by(number="caller").agg(
            out_parties_7d=pl.len(), new=pl.col("known").is_null().sum(),
            back=(pl.col("last_back") > pl.col("first")).sum(),
        )
    )  # fmt: skip
    made = week.group_by(number="caller").agg(
        out_calls_7d=pl.len(), short=(pl.col("seconds") < SHORT_SECONDS).sum(),
        handsets_7d=pl.col("imei").drop_nulls().n_unique(), active_days_7d=(pl.col("hour") // 24).n_unique(),
    )  # fmt: skip
    hours = week.group_by("caller", "hour").agg(calls=pl.len(), parties=pl.col("callee").n_unique())
    hours = hours.collect().lazy()
    fan = hours.group_by(number="caller").agg(max_fanout_1h_7d=pl.max("parties"))
    clock = hours.group_by("caller", of_day=pl.col("hour") % 24).agg(pl.sum("calls"))
    n = pl.col("calls")
    entropy = clock.group_by(number="caller").agg(
        hour_entropy_7d=n.sum().log(2) - (n * n.log(2)).sum() / n.sum()
    )
    received = pairs.group_by(number="callee").agg(in_calls_7d=pl.sum("calls"))
    numbers = pl.concat([made.select("number"), received.select("number")]).unique()
    joined = numbers
    for part in (made, received, parties, fan, entropy):
        joined = joined.join(part, on="number", how="left")
    out, into, called = (
        pl.col(name).fill_null(0).cast(pl.Int64) for name in ("out_calls_7d", "in_calls_7d", "out_parties_7d")
    )
    found = joined.select(
        "number", out_calls_7d=out, in_calls_7d=into, out_share_7d=out / (out + into), out_parties_7d=called,
        calls_per_party_7d=pl.col("out_calls_7d") / pl.col("out_parties_7d"),
        short_call_share_7d=pl.col("short") / pl.col("out_calls_7d"),
        max_fanout_1h_7d=pl.col("max_fanout_1h_7d").fill_null(0), handsets_7d=pl.col("handsets_7d").fill_null(0),
        active_days_7d=pl.col("active_days_7d").fill_null(0),
        hour_entropy_7d=pl.col("hour_entropy_7d").clip(lower_bound=0),
        new_party_share_7d=pl.col("new") / pl.col("out_parties_7d"),
        callback_share_7d=pl.col("back") / pl.col("out_parties_7d"),
    )  # fmt: skip
    return found.collect().to_arrow()


def pandas(folder: Path, as_of: int) -> pa.Table:
    pd = _library("pandas")
    columns = ["caller", "callee", "start", "seconds", "imei"]
    calls = pd.read_parquet(folder, columns=columns)
    calls["at"] = calls.pop("start").astype("datetime64[us, UTC]").astype("int64")
    calls = calls[(calls["at"] >= as_of - LOOKBACK) & (calls["at"] < as_of)]
    both = ["caller", "callee"]
    week = calls[calls["at"] >= as_of - WEEK].copy()
    before = calls.loc[calls["at"] < as_of - WEEK, both].drop_duplicates()
    week["hour"] = (week["at"] + SHANGHAI) // HOUR
    week["day"], week["short"] = week["hour"] // 24, week["seconds"] < SHORT_SECONDS
    pairs = week.groupby(both).agg(first=("at", "min"), last=("at", "max")).reset_index()
    back = pairs.rename(columns={"caller": "callee", "callee": "caller", "last": "last_back"}).drop(
        columns="first"
    )
    pairs = pairs.merge(before.assign(known=1), on=both, how="left").merge(back, on=both, how="left")
    pairs["new"], pairs["back"] = pairs["known"].isna(), pairs["last_back"] > pairs["first"]
    parties = pairs.groupby("caller").agg(called=("callee", "size"), new=("new", "sum"), back=("back", "sum"))
    made = week.groupby("caller").agg(
        out=("at", "size"), short=("short", "sum"), handsets=("imei", "nunique"), days=("day", "nunique")
    )
    hours = (
        week.groupby(["caller", "hour"])
        .agg(calls=("at", "size"), parties=("callee", "nunique"))
        .reset_index()
    )
    clock = hours.assign(of_day=hours["hour"] % 24).groupby(["caller", "of_day"])["calls"].sum().reset_index()
    clock["weighted"] = clock["calls"] * np.log2(clock["calls"])
    sums = clock.groupby("caller")[["calls", "weighted"]].sum()
    made["entropy"] = (np.log2(sums["calls"]) - sums["weighted"] / sums["calls"]).clip(lower=0)
    made["fanout"] = hours.groupby("caller")["parties"].max()
    into = week.groupby("callee").size().rename("into")
    t = made.join(parties).join(into, how="outer").rename_axis("number")
    counts = t[["out", "into", "called", "fanout", "handsets", "days"]].fillna(0).astype("int64")
    found = pd.DataFrame(
        {
            "out_calls_7d": counts["out"], "in_calls_7d": counts["into"],
            "out_share_7d": counts["out"] / (counts["out"] + counts["into"]), "out_parties_7d": counts["called"],
            "calls_per_party_7d": t["out"] / t["called"], "short_call_share_7d": t["short"] / t["out"],
            "max_fanout_1h_7d": counts["fanout"], "handsets_7d": counts["handsets"], "active_days_7d": counts["days"],
            "hour_entropy_7d": t["entropy"], "new_party_share_7d": t["new"] / t["called"],
            "callback_share_7d": t["back"] / t["called"],
        }
    )  # fmt: skip
    return pa.Table.from_pandas(found.reset_index(), preserve_index=False)


@dataclass
class Spark:
    """What Spark made, and what its Java process took beside this one."""

    table: pa.Table
    cpu: float
    peak_gb: float


def spark(folder: Path, as_of: int) -> Spark:
    _library("pyspark")
    if shutil.which("java") is None:
        raise Missing("Spark needs Java 17, and there is no java on PATH")
    from jinzhong_engine.backends import files, run
    from jinzhong_engine.backends import spark as executor

    session = executor.session("local[2]", run.half_of_memory())
    session.sparkContext.setLogLevel("ERROR")
    table = executor.features(files.parquet_files(folder), None, as_of, "local[2]", run.half_of_memory())
    java = Path(f"/proc/{session.sparkContext._gateway.proc.pid}")
    ticks = sum(map(int, (java / "stat").read_text().rsplit(")", 1)[1].split()[11:13]))
    status = dict(line.split(":", 1) for line in (java / "status").read_text().splitlines())
    return Spark(table, ticks / os.sysconf("SC_CLK_TCK"), int(status["VmHWM"].split()[0]) / 2**20)


@dataclass
class Bandicoot:
    """Cpu seconds bandicoot itself takes for a number, on one core, without reading or sorting out its calls."""

    per_number: float
    numbers: int
    calls: int


def bandicoot(folder: Path, as_of: int) -> Bandicoot:
    """All its indicators of ``SAMPLE`` numbers drawn among those active in the week, from their calls of the look-back."""
    _old_inspect()
    library = _library("bandicoot")
    table = pq.read_table(folder, columns=["caller", "callee", "start", "seconds"])
    since, until = (pa.scalar(one, pa.timestamp("us", "UTC")) for one in (as_of - WEEK, as_of))
    week = table.filter(pc.and_(pc.greater_equal(table["start"], since), pc.less(table["start"], until)))
    active = pc.unique(pa.chunked_array([*week["caller"].chunks, *week["callee"].chunks])).sort()
    drawn = np.random.default_rng(2).choice(len(active), min(SAMPLE, len(active)), replace=False)
    chosen = active.take(pa.array(drawn))
    users = {one: library.core.User() for one in chosen.to_pylist()}
    records: dict[str, list[Any]] = {one: [] for one in users}
    for whose, other, direction in (("caller", "callee", "out"), ("callee", "caller", "in")):
        mine = table.filter(pc.is_in(table[whose], value_set=chosen))
        for row in mine.to_pylist():
            record = library.core.Record(
                interaction="call", direction=direction, correspondent_id=row[other],
                datetime=row["start"].replace(tzinfo=None), call_duration=row["seconds"],
                position=library.core.Position(),
            )  # fmt: skip
            records[row[whose]].append(record)
    for one, user in users.items():
        user.records = sorted(records[one], key=lambda record: record.datetime)
    began = time.process_time()
    for user in users.values():
        library.utils.all(user, groupby=None)
    took = time.process_time() - began
    return Bandicoot(took / len(users), len(users), sum(map(len, records.values())))


def _old_inspect() -> None:
    """bandicoot is of 2020 and asks ``inspect`` for two functions that Python 3.11 dropped; nothing of its own is changed."""

    def spelt(
        args: Any, varargs: Any, varkw: Any, defaults: Any, formatvalue: Any = lambda one: f"={one!r}"
    ) -> str:
        plain = len(args) - len(defaults or ())
        words = [
            *args[:plain],
            *(f"{name}{formatvalue(one)}" for name, one in zip(args[plain:], defaults or (), strict=True)),
        ]
        starred = [f"*{varargs}"] if varargs else []
        return f"({', '.join([*words, *starred, *([f'**{varkw}'] if varkw else [])])})"

    vars(inspect).setdefault("getargspec", lambda of: inspect.getfullargspec(of)[:4])
    vars(inspect).setdefault("formatargspec", spelt)
