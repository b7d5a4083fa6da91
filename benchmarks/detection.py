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
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        fitted, judged = (
            world(folder, seed, residents=chosen.residents, density=chosen.density)
            for seed in (FITTED_ON, JUDGED_ON)
        )
        features = folder / "features.parquet"
        pq.write_table(labelled(fitted).drop(["gang"]), features)
        run("numbers", "fit", "--features", features, "--label", "fraud", "--out", folder / "model")
        found = run("numbers", "evaluate", "--world", judged, "--model", folder / "model", "--json")
    print(json.dumps({**json.loads(found), "load": os.getloadavg()[0], "simulated": True}, indent=1))


def world(folder: Path, seed: int, *, residents: int, density: float) -> Path:
    out = folder / str(seed)
    size = ("--residents", residents, "--density", density, "--days", DAYS)
    run("world", "build", "--seed", seed, *size, "--out", out)
    return out


def labelled(world: Path, *, messages: bool = True) -> pa.Table:
    """The features at the end of a world, each number with its truth: ``fraud``, and its gang."""
    start = json.loads((world / "world.json").read_text("utf-8"))["asked"]["start"]
    as_of = datetime.fromisoformat(f"{start}T00:00:00+08:00") + timedelta(days=DAYS)
    table, given = world / "features.parquet", ["--calls", world / "calls"]
    given += ["--messages", world / "messages"] if messages else []
    run("numbers", "features", *given, "--as-of", as_of.isoformat(), "--out", table)
    truth = pq.read_table(world / "truth" / "numbers.parquet", columns=["number", "role", "gang"])
    joined = pq.read_table(table).join(truth, "number")
    fraud = pc.fill_null(pc.equal(joined["role"], "fraud"), False).cast(pa.int64())
    return joined.drop(["role"]).append_column("fraud", fraud)


def run(*arguments: object) -> str:
    return subprocess.run(
        [*COMMAND, *map(str, arguments)], check=True, stdout=subprocess.PIPE, text=True
    ).stdout


if __name__ == "__main__":
    main()
