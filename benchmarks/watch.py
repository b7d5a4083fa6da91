"""The live watch's speed: events a second from JSON lines to the list, with features and score, in one process.

    python3 dev.py bench watch CALLS MODEL [--events 400000]

CALLS: a folder of calls; MODEL: made by numbers fit on features of calls. Prints events per wall and cpu second, the p99 of a batch of a
thousand events, and the peak memory. Two processes, each with half of the numbers, share two cores.
"""

import argparse
import io
import json
import os
import resource
import tempfile
import time
from itertools import islice
from pathlib import Path

from jinzhong_engine.backends import files
from jinzhong_engine.features.windows import SECOND
from jinzhong_engine.models import boosting, events
from jinzhong_engine.models.watch import Watch
from jinzhong_engine.tables import CALLS, TEXT, TIME

BATCH = 1000


def lines(folder: Path, count: int) -> list[bytes]:
    """The first events of a folder of calls, a thousand to a piece."""
    table = files.read_events(folder, CALLS, 10**17).sort_by("start").slice(0, count)
    rows = table.set_column(2, "start", table["start"].cast(TIME).cast(TEXT)).to_pylist()
    told = [json.dumps(row | {"id": f"r{at}"}).encode() for at, row in enumerate(rows)]
    return [b"\n".join(told[at : at + BATCH]) + b"\n" for at in range(0, len(told), BATCH)]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("calls", type=Path)
    options.add_argument("model", type=Path)
    options.add_argument("--events", type=int, default=400_000)
    chosen = options.parse_args()
    pieces = lines(chosen.calls, chosen.events)
    with tempfile.TemporaryDirectory() as folder:
        watching = Watch(
            boosting.load(chosen.model), Path(folder, "state"), Path(folder, "list"), lateness=300 * SECOND
        )
        warm = islice(pieces, 20)
        for piece in warm:
            run(watching, piece)
        began, cpu, taken = time.perf_counter(), time.process_time(), []
        for piece in pieces[20:]:
            at = time.perf_counter()
            run(watching, piece)
            taken.append(time.perf_counter() - at)
        wall, busy = time.perf_counter() - began, time.process_time() - cpu
    count = BATCH * len(taken)
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(
        f"{count} events: {count / wall:,.0f}/s wall, {count / busy:,.0f} per cpu second, p99 of {BATCH} {1000 * p99:.0f} ms, {peak:.2f} GB, load {os.getloadavg()[0]:.1f}"
    )


def run(watching: Watch, piece: bytes) -> None:
    for batch in events.batches(io.BytesIO(piece), latest=10**17, name="bench"):
        watching.take(batch)


if __name__ == "__main__":
    main()
