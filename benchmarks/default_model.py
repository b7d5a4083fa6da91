"""The model that ships: fitted on three synthetic districts, judged on a fourth: ``python3 dev.py bench default_model --out DIR``.

Everything is simulated, and all districts come from one generator. Messages are left out, so that the model serves those who have none. Copy
DIR/model into ``src/jinzhong_engine/models/shipped`` to ship it; prints what ``numbers evaluate`` says of it on the district it never saw.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

COMMAND = [sys.executable, "-m", "jinzhong.cli"]
DAYS, FITTED_ON, JUDGED_ON = 30, (21, 22, 23), 24
RESIDENTS, DENSITY = 40_000, 8


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, required=True)
    out = asked.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rows = out / f"synthetic districts, seeds {FITTED_ON[0]} to {FITTED_ON[-1]}.parquet"
    pq.write_table(pa.concat_tables([labelled(world(out, seed)) for seed in FITTED_ON]), rows)
    run(
        "numbers", "fit", "--features", rows, "--label", "fraud", "--group", "whose", "--out", out / "model",
    )  # fmt: skip
    found = run("numbers", "evaluate", "--world", world(out, JUDGED_ON), "--model", out / "model", "--json")
    print(json.dumps({**json.loads(found), "load": os.getloadavg()[0], "simulated": True}, indent=1))


def world(folder: Path, seed: int) -> Path:
    out = folder / str(seed)
    if not (out / "world.json").exists():
        size = ("--residents", RESIDENTS, "--density", DENSITY, "--days", DAYS)
        run("world", "build", "--seed", seed, *size, "--out", out)
    return out


def labelled(world: Path) -> pa.Table:
    """The features at the end of a world, each number with its truth and whose it is: numbers of one gang are never told apart."""
    start = json.loads((world / "world.json").read_text("utf-8"))["asked"]["start"]
    as_of = datetime.fromisoformat(f"{start}T00:00:00+08:00") + timedelta(days=DAYS)
    table = world / "features.parquet"
    run("numbers", "features", "--calls", world / "calls", "--as-of", as_of.isoformat(), "--out", table)
    truth = pq.read_table(world / "truth" / "numbers.parquet", columns=["number", "role", "gang"])
    joined = pq.read_table(table).join(truth, "number")
    fraud = pc.fill_null(pc.equal(joined["role"], "fraud"), False).cast(pa.int64())
    whose = pc.binary_join_element_wise(world.name, pc.coalesce(joined["gang"], joined["number"]), " ")
    return joined.drop(["role", "gang"]).append_column("fraud", fraud).append_column("whose", whose)


def run(*arguments: object) -> str:
    done = subprocess.run([*COMMAND, *map(str, arguments)], stdout=subprocess.PIPE, text=True, check=True)
    return done.stdout


if __name__ == "__main__":
    main()
