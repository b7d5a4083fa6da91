"""The live watch's speed: events a second from JSON lines to the list, with features and score, in one process.

    python3 dev.py bench watch CALLS MODEL [--events 400000]

CALLS: a folder of calls; MODEL: made by numbers fit on features of calls. The watch has already counted all calls but the last
``--events``; these it is then given as fast as it takes them, a thousand to a piece. Prints events per wall and cpu second, how long a
piece waited and was judged from its arrival on, and the memory after every fifth.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from jinzhong_engine.backends import files
from jinzhong_engine.features.windows import SECOND
from jinzhong_engine.models import boosting, events
from jinzhong_engine.models.watch import Watch, watch
from jinzhong_engine.tables import CALLS, TEXT, TIME

BATCH = 1000
WARM = 20


def lines(table: pa.Table) -> list[bytes]:
    """Calls as they come, a thousand to a piece."""
    rows = table.set_column(2, "start", table["start"].cast(TIME).cast(TEXT)).to_pylist()
    told = [json.dumps(row | {"id": f"r{at}"}).encode() for at, row in enumerate(rows)]
    return [b"\n".join(told[at : at + BATCH]) + b"\n" for at in range(0, len(told), BATCH)]


class Feed:
    """Pieces as a stream, and when each was taken from it."""

    def __init__(self, pieces: list[bytes]):
        self._pieces, self.taken = iter(pieces), list[float]()

    def read(self, _most: int) -> bytes:
        self.taken.append(time.perf_counter())
        return next(self._pieces, b"")


class Timed(Watch):
    """A watch that notes when it is done with a piece, and what it has used."""

    def take(self, events: pa.Table) -> None:
        super().take(events)
        self.done.append((time.perf_counter(), time.process_time(), _memory()))

    def know(self, calls: pa.Table) -> None:
        """Stand as after these calls."""
        self.done = list[tuple[float, float, float]]()
        self.live.add(calls, 0)
        self.watermark = calls["start"][-1].as_py()


def _memory() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**30


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("calls", type=Path)
    options.add_argument("model", type=Path)
    options.add_argument("--events", type=int, default=400_000)
    chosen = options.parse_args()
    table = files.read_events(chosen.calls, CALLS, 10**17).sort_by("start")
    before = table.num_rows - chosen.events
    feed = Feed(lines(table.slice(before)))
    with tempfile.TemporaryDirectory() as folder:
        watching = Timed(
            boosting.load(chosen.model), Path(folder, "state"), Path(folder, "list"), lateness=300 * SECOND
        )
        watching.know(table.slice(0, before))
        watch(watching, events.batches(feed, latest=10**17, name="bench"), print)
    for line in told(feed.taken, watching.done, before):
        print(line)


def told(taken: list[float], done: list[tuple[float, float, float]], before: int) -> Iterator[str]:
    """The first pieces compile and aren't counted."""
    (began, cpu, _), (ended, cpu_then, _) = done[WARM - 1], done[-1]
    count = BATCH * (len(done) - WARM)
    waits = sorted(1000 * (one[0] - at) for at, one in zip(taken[WARM:], done[WARM:], strict=False))
    yield f"{count} events after {before} known: {count / (ended - began):,.0f}/s wall, {count / (cpu_then - cpu):,.0f} per cpu second"
    yield f"a piece of {BATCH}, from arrival to list: median {waits[len(waits) // 2]:.0f} ms, p99 {waits[int(len(waits) * 0.99)]:.0f} ms, longest {waits[-1]:.0f} ms"
    grown = ", ".join(f"{one[2]:.2f}" for one in done[WARM - 1 :: max(1, (len(done) - WARM) // 5)])
    yield f"memory {grown} GB; load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
