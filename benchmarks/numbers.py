"""Features of numbers: native, Ibis on DuckDB, DuckDB by hand, Spark, Polars, pandas, bandicoot, the Parquet scan, in one interleaved run.

    python3 dev.py bench numbers --rows 10000000 --rounds 3
    python3 dev.py bench numbers --rows 10000000 --days 37 --runs scan native sql ibis
    python3 dev.py bench numbers --rows 100000 --check

Ten million calls are a week's of half a million people. Prints, for each: wall and cpu seconds (the least of the rounds), peak memory of its
own process, the load average beside it. Every run is a process of its own, so that no executor profits from another's memory. Which features
a run computes stands in its line; there are no messages, so the four about them cost nobody much. Native, Ibis and the hand-written query
give the numbers in order. ``--check`` compares what they compute with native: counts are equal, the others to 1e-9. A library that isn't
installed is named instead of measured.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import _numbers_others as others
from benchmarks import _numbers_sql
from jinzhong_engine.backends import files
from jinzhong_engine.features.catalogue import BY_NAME, NAMES
from jinzhong_engine.features.windows import DAY, LOOKBACK, SECOND, WEEK
from jinzhong_engine.tables import CALLS

AS_OF = 1_622_390_400 * SECOND
MODEL = "JINZHONG_BENCH_MODEL"
"""Tells the process of the daily list where its model is; the folder of calls may be somebody else's and nothing is written there."""


LONGEST = LOOKBACK // DAY
"""Days that any feature looks back."""


def make(folder: Path, rows: int, days: int = LONGEST) -> None:
    """Days of calls, a file each, the last ones before the moment: everybody's acquaintances lie near, few numbers make most calls."""
    rng = np.random.default_rng(1)
    numbers = np.array([f"1{one:010}" for one in range(3_000_000_000, 3_000_000_000 + rows // 25)])
    for day in range(LONGEST - days, LONGEST):
        count = rows // days
        caller = (len(numbers) * rng.power(3, count)).astype(int) % len(numbers)
        callee = (caller + (rng.pareto(1, count) * 8).astype(int) + 1) % len(numbers)
        start = np.sort(AS_OF - LOOKBACK + day * DAY + rng.integers(0, DAY, count))
        seconds = np.maximum(0, rng.exponential(60, count) - 15).astype(np.int32)
        imei = np.char.add("86", (caller + (rng.random(count) < 0.02)).astype(str))
        table = pa.table(
            [
                numbers[caller], numbers[callee], pa.array(start, pa.timestamp("us", tz="UTC")), seconds,
                pa.array(np.array(["domestic"]).repeat(count)), np.char.add("c", (caller % 3000).astype(str)), imei,
                np.char.add("0", (callee % 300 + 500).astype(str)),
            ],
            names=[one.name for one in CALLS.required],
        )  # fmt: skip
        pq.write_table(table, folder / f"{day:02}.parquet")


def scan(folder: Path) -> int:
    """What any reader has to do at least: every column of every file into memory."""
    texts = ["caller", "callee", "kind", "cell", "imei", "peer_city"]
    return sum(
        pq.ParquetFile(one, read_dictionary=texts).read().num_rows for one in sorted(folder.glob("*.parquet"))
    )


def native(folder: Path) -> pa.Table:
    from jinzhong_engine.backends import run

    return run.features(
        run.Events(folder), as_of=AS_OF, latest=AS_OF, engine="native", memory=None, tell=print
    )


def ibis(folder: Path) -> pa.Table:
    from jinzhong_engine.backends import duck

    return duck.features(files.parquet_files(folder), None, AS_OF)


def sql(folder: Path, query: str = _numbers_sql.WHOLE, messages: pa.Table | None = None) -> pa.Table:
    import duckdb

    engine = duckdb.connect(config={"threads": 2, "preserve_insertion_order": False})
    if messages is not None:
        engine.register("messages", messages)
    else:
        engine.execute("CREATE TABLE messages (sender TEXT, receiver TEXT, sent TIMESTAMPTZ, text_hash TEXT)")
    return engine.sql(_numbers_sql.written(query, folder, AS_OF)).to_arrow_table()


def daily(folder: Path) -> pa.Table:
    """The day's list: read, features, score, explain the highest 2,000, write."""
    from jinzhong_engine.models import boosting, score

    where = Path(os.environ[MODEL])
    listed = score.score_table(boosting.load(where), native(folder), where=str(folder))
    files.write_table(listed, where / "list.csv")
    return listed


RUNS = {
    "scan": ("Parquet scan", scan),
    "native": (f"native, all {len(NAMES)}", native),
    "sql": ("hand-written DuckDB, 45", sql),
    "ibis": (f"Ibis on DuckDB, all {len(NAMES)}", ibis),
    "spark": (f"Spark local[2], all {len(NAMES)}", lambda folder: others.spark(folder, AS_OF)),
    "sql12": ("hand-written DuckDB, 12 agreed", lambda folder: sql(folder, _numbers_sql.TWELVE)),
    "polars": ("Polars, 12 agreed", lambda folder: others.polars(folder, AS_OF)),
    "pandas": ("pandas, 12 agreed", lambda folder: others.pandas(folder, AS_OF)),
    "bandicoot": ("bandicoot, its own, a sample", lambda folder: others.bandicoot(folder, AS_OF)),
    "daily": ("daily list, end to end", daily),
}


def one(name: str, folder: Path) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    try:
        found = RUNS[name][1](folder)
    except others.Missing as problem:
        return {"missing": str(problem)}
    took = {
        "wall": time.perf_counter() - began,
        "cpu": time.process_time() - cpu,
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "load": os.getloadavg()[0],
    }
    if isinstance(found, others.Spark):
        took |= {"cpu": took["cpu"] + found.cpu, "peak_gb": took["peak_gb"] + found.peak_gb}
    if isinstance(found, others.Bandicoot):
        took |= {"per_number": found.per_number, "numbers": found.numbers, "calls": found.calls}
    elif isinstance(found, pa.Table):
        took["numbers"] = found.num_rows
    return took


def measure(name: str, folder: Path) -> dict[str, Any]:
    """One run in a process of its own; its imports count."""
    command = [sys.executable, "-m", "benchmarks.numbers", "--one", name, "--folder", folder]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def check(folder: Path) -> list[str]:
    """What differs from native: number, feature by feature; counts are to be equal, the others to 1e-9."""
    whole = native(folder)
    said = []
    for name, (title, run) in RUNS.items():
        if name in ("scan", "native", "bandicoot", "daily"):
            continue
        try:
            found = run(folder)
        except others.Missing as problem:
            print(f"{title}: not compared, {problem}")
            continue
        table = found.table if isinstance(found, others.Spark) else found
        wrong = differing(whole, table)
        print(f"{title}: {table.num_columns - 1} features of {table.num_rows} numbers, {len(wrong)} differ")
        said += [f"{title}: {one}" for one in wrong]
    return said


def differing(whole: pa.Table, table: pa.Table) -> list[str]:
    """Names of the columns of ``table`` that aren't those of ``whole``."""
    table = table.sort_by("number")
    if whole["number"].to_pylist() != table["number"].to_pylist():
        return ["number"]
    wrong = []
    for name in table.column_names[1:]:
        left, right = (np.array(of[name].cast(pa.float64()).fill_null(np.nan)) for of in (whole, table))
        allowed = 0 if BY_NAME[name].is_count else 1e-9
        if not np.allclose(left, right, rtol=0, atol=allowed, equal_nan=True):
            wrong.append(name)
    return wrong


def fit_made(out: Path) -> None:
    """A model for the daily list. Its labels are made up of the features: only what it costs is of interest."""
    from jinzhong_engine.models import score

    with tempfile.TemporaryDirectory() as small:
        make(Path(small), 100_000)
        table = native(Path(small))
    fanout = table["max_fanout_1h_7d"].to_numpy() + np.random.default_rng(3).random(table.num_rows)
    label = pa.array((fanout > np.quantile(fanout, 0.97)).astype(np.int64))
    table = table.drop_columns("max_fanout_1h_7d").append_column("label", label)
    score.fit_table(table, label="label", out=out, data="made", on="2021-05-31")
    os.environ[MODEL] = str(out)


def least(runs: list[dict[str, Any]]) -> dict[str, Any]:
    return {key: min(run[key] for run in runs) for key in runs[0]}


def tell(name: str, rows: int, runs: list[dict[str, Any]]) -> None:
    title = f"{RUNS[name][0]}, {rows:,} rows"
    if "missing" in runs[0]:
        print(f"{title:58} not run: {runs[0]['missing']}")
        return
    best, loads = least(runs), ", ".join(f"{run['load']:.1f}" for run in runs)
    if name == "bandicoot":
        print(
            f"{title:58} {best['per_number'] * 1000:.1f} ms cpu a number on one core "
            f"({best['numbers']} numbers, {best['calls']} calls)  load {loads}"
        )
        return
    print(
        f"{title:58} {best['wall']:7.1f} s wall {best['cpu']:7.1f} s cpu {best['peak_gb']:5.2f} GB  "
        f"{best['wall'] / rows * 1e6:6.2f} µs a row  load {loads}",
        flush=True,
    )


def bars(found: dict[str, list[dict[str, Any]]]) -> None:
    """The goals of docs/figures.md, beside what this run shows. The least of the rounds against the least."""
    best = {name: least(runs) for name, runs in found.items() if "missing" not in runs[0]}
    for key in ("wall", "cpu"):
        if {"native", "sql", "ibis", "scan"} <= set(best):
            native_, sql_, ibis_, scan_ = (best[name][key] for name in ("native", "sql", "ibis", "scan"))
            print(
                f"{key}: hand-written / native {sql_ / native_:.2f} (goal ≥ 2); Ibis / hand-written {ibis_ / sql_:.2f} "
                f"(goal ≤ 1.05); native / scan {native_ / scan_:.1f} (goal ≤ 14)"
            )
    if "native" in best:
        print(f"native peak {best['native']['peak_gb']:.2f} GB (goal ≤ 2.5)")
    if {"native", "bandicoot"} <= set(best):
        every = best["bandicoot"]["per_number"] * best["native"]["numbers"]
        print(
            f"bandicoot / native per core {every / best['native']['cpu']:.0f} (goal ≥ 100); extrapolated from the sample: "
            f"{every:,.0f} s cpu for {best['native']['numbers']:,} numbers"
        )


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rows", type=int, default=10_000_000)
    options.add_argument(
        "--days",
        type=int,
        default=WEEK // DAY,
        help="the days the calls lie in; default: the week that most features are of, 37: all that any looks back",
    )
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--runs", nargs="+", choices=RUNS, default=list(RUNS))
    options.add_argument(
        "--daily-rows", type=int, nargs="*", default=[1_000_000], help="further sizes of the daily list"
    )
    options.add_argument("--check", action="store_true", help="compare the results instead of the times")
    options.add_argument("--folder", type=Path, help="calls that are made already, of --rows rows")
    options.add_argument("--one", choices=RUNS, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.one:
        print(json.dumps(one(chosen.one, chosen.folder)))
        return 0
    with tempfile.TemporaryDirectory() as made:
        folder = chosen.folder or Path(made) / "calls"
        if not chosen.folder:
            folder.mkdir()
            make(folder, chosen.rows, chosen.days)
        if chosen.check:
            wrong = check(folder)
            for line in wrong:
                print(f"differs: {line}")
            return 1 if wrong else 0
        if "daily" in chosen.runs:
            fit_made(Path(made) / "model")
        compare(folder, chosen)
        if "daily" in chosen.runs:
            for rows in chosen.daily_rows:
                other = Path(made) / str(rows)
                other.mkdir()
                make(other, rows)
                tell("daily", rows, [measure("daily", other) for _round in range(chosen.rounds)])
    return 0


def compare(folder: Path, chosen: argparse.Namespace) -> None:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in chosen.runs}
    for _round in range(chosen.rounds):
        for name in chosen.runs:
            found[name].append(measure(name, folder))
            print(f"{name}: {json.dumps(found[name][-1])}", file=sys.stderr, flush=True)
    for name, runs in found.items():
        tell(name, chosen.rows, runs)
    bars(found)


if __name__ == "__main__":
    raise SystemExit(main())
