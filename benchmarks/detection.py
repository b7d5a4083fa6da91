"""How early fraud numbers are listed in a world the model never saw: ``python3 dev.py bench detection [--residents 40000] [--density 8]``.

Two synthetic worlds; a model is fitted on the last week of the first and judged on the second, replayed minute by minute. Everything is
simulated, and both worlds come from one generator, so a real district is harder than this says.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

COMMAND = [sys.executable, "-m", "jinzhong.cli"]
DAYS, FITTED_ON, JUDGED_ON = 30, 11, 12


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--residents", type=int, default=40_000)
    asked.add_argument("--density", type=float, default=8)
    chosen = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        fitted, judged = (world(Path(folder), seed, chosen) for seed in (FITTED_ON, JUDGED_ON))
        features = labelled(fitted)
        run("numbers", "fit", "--features", features, "--label", "fraud", "--out", Path(folder) / "model")
        found = run("numbers", "evaluate", "--world", judged, "--model", Path(folder) / "model", "--json")
    print(json.dumps({**json.loads(found), "load": os.getloadavg()[0], "simulated": True}, indent=1))


def world(folder: Path, seed: int, chosen: argparse.Namespace) -> Path:
    out = folder / str(seed)
    size = ("--residents", chosen.residents, "--density", chosen.density, "--days", DAYS)
    run("world", "build", "--seed", seed, *size, "--out", out)
    return out


def labelled(world: Path) -> Path:
    """The features at the end of a world, each number with its truth."""
    start = json.loads((world / "world.json").read_text("utf-8"))["asked"]["start"]
    as_of = datetime.fromisoformat(f"{start}T00:00:00+08:00") + timedelta(days=DAYS)
    table = world / "features.parquet"
    run(
        "numbers", "features", "--calls", world / "calls", "--messages", world / "messages",
        "--as-of", as_of.isoformat(), "--out", table,
    )  # fmt: skip
    truth = pq.read_table(world / "truth" / "numbers.parquet", columns=["number", "role"])
    joined = pq.read_table(table).join(truth, "number")
    fraud = pc.fill_null(pc.equal(joined["role"], "fraud"), False).cast(pa.int64())
    pq.write_table(joined.drop(["role"]).append_column("fraud", fraud), table)
    return table


def run(*arguments: object) -> str:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    main()
