"""The model that ships: fitted on three synthetic districts, judged on a fourth: ``python3 dev.py bench default_model --out DIR``.

Everything is simulated, and all districts come from one generator. Messages are left out, so that the model serves those who have none. Copy
DIR/model into ``src/jinzhong_engine/models/shipped`` to ship it; prints what ``numbers evaluate`` says of it on the district it never saw.
"""

import argparse
import json
import os
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from benchmarks.detection import labelled, run, world

FITTED_ON, JUDGED_ON = (21, 22, 23), 24
RESIDENTS, DENSITY = 40_000, 8


def district(folder: Path, seed: int) -> Path:
    return world(folder, seed, residents=RESIDENTS, density=DENSITY)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--out", type=Path, required=True)
    out = asked.parse_args().out
    out.mkdir(parents=True, exist_ok=True)
    rows = out / f"synthetic districts, seeds {FITTED_ON[0]} to {FITTED_ON[-1]}.parquet"
    pq.write_table(pa.concat_tables([whose(district(out, seed)) for seed in FITTED_ON]), rows)
    run(
        "numbers", "fit", "--features", rows, "--label", "fraud", "--group", "whose", "--out", out / "model",
    )  # fmt: skip
    found = run(
        "numbers", "evaluate", "--world", district(out, JUDGED_ON), "--model", out / "model", "--json"
    )
    print(json.dumps({**json.loads(found), "load": os.getloadavg()[0], "simulated": True}, indent=1))


def whose(world: Path) -> pa.Table:
    """Each number's features, with its truth and whose it is: numbers of one gang never stand on both sides of a fold."""
    found = labelled(world, messages=False)
    gang = pc.binary_join_element_wise(world.name, pc.coalesce(found["gang"], found["number"]), " ")
    return found.drop(["gang"]).append_column("whose", gang)


if __name__ == "__main__":
    main()
