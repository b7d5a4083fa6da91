"""The live watch's speed: events a second from JSON lines to the list, with features and score, in one process.

    python3 dev.py bench watch CALLS MODEL [--events 400000] [--rate 50000]

CALLS: a folder of calls; MODEL: made by numbers fit on features of calls. The watch has already counted all calls but the last
``--events``; these it is then given as fast as it takes them, or ``--rate`` a second, sent a thousand at a time. It reads what is there, a
megabyte at most, as from a file or a pipe. Prints events per wall and cpu second, with ``--rate`` how long a thousand waited and were
judged from their arrival on, and the memory after every fifth.
"""

import argparse
import json
import os
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from jinzhong_engine.backends import files
from jinzhong_engine.features.windows import SECOND
from jinzhong_engine.models import boosting, events
from jinzhong_engine.models.watch import Watch, watch
from jinzhong_engine.tables import CALLS, TEXT, TIME

BATCH = 1000
WARM = 0.1
"""Share of the events that compile and fill the caches; they aren't counted."""


def lines(table: pa.Table) -> list[bytes]:
    """Calls as they come, a thousand together."""
    told = table.set_column(2, "start", table["start"].cast(TIME).cast(TEXT))
    return [
        b"".join(
            json.dumps(row | {"id": f"r{begin + at}"}).encode() + b"\n"
            for at, row in enumerate(told.slice(begin, BATCH).to_pylist())
        )
        for begin in range(0, told.num_rows, BATCH)
    ]


class Feed:
    """Batches that arrive one by one, ``rate`` events a second; without a rate all are there from the beginning."""

    def __init__(self, batches: list[bytes], rate: float):
        self._batches, self._every, self._given = batches, BATCH / rate if rate else 0.0, 0
        self._begun: float | None = None

    def arrival(self, batch: int) -> float:
        return (self._begun or 0.0) + (batch + 1) * self._every

    def read(self, most: int) -> bytes:
        """What has arrived and wasn't taken, within ``most`` bytes; waits for the next batch if that is nothing."""
        if self._begun is None:
            self._begun = time.perf_counter()
        first = self._given
        if first == len(self._batches):
            return b""
        time.sleep(max(0.0, self.arrival(first) - time.perf_counter()))
        now, size = time.perf_counter(), 0
        while self._given < len(self._batches) and self.arrival(self._given) <= now:
            size += len(self._batches[self._given])
            if size > most and self._given > first:
                break
            self._given += 1
        return b"".join(self._batches[first : self._given])


class Done(NamedTuple):
    """How many events are judged, and when that was."""

    count: int
    at: float
    cpu: float
    memory: float


class Timed(Watch):
    """A watch that notes when it is done with a piece, and what it has used."""

    def take(self, events: pa.Table) -> None:
        super().take(events)
        self.done.append(Done(self.counted, time.perf_counter(), time.process_time(), _memory()))

    def know(self, calls: pa.Table) -> None:
        """Stand as after these calls."""
        self.done = list[Done]()
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
    options.add_argument(
        "--rate", type=float, default=0.0, help="events that arrive a second; 0: as fast as they are taken"
    )
    chosen = options.parse_args()
    table = files.read_events(chosen.calls, CALLS, 10**17).sort_by("start")
    before = table.num_rows - chosen.events
    feed = Feed(lines(table.slice(before)), chosen.rate)
    with tempfile.TemporaryDirectory() as folder:
        watching = Timed(
            boosting.load(chosen.model), Path(folder, "state"), Path(folder, "list"), lateness=300 * SECOND
        )
        watching.know(table.slice(0, before))
        watch(watching, events.batches(feed, latest=10**17, name="bench"), print)
    for line in told(feed, watching.done, before, chosen.rate):
        print(line)


def told(feed: Feed, done: list[Done], before: int, rate: float) -> Iterator[str]:
    warm = next(one for one in done if one.count >= WARM * done[-1].count)
    last, counted = done[-1], done[done.index(warm) :]
    count = last.count - warm.count
    yield f"{count} events after {before} known: {count / (last.at - warm.at):,.0f}/s wall, {count / (last.cpu - warm.cpu):,.0f} per cpu second"
    if rate:
        waits = sorted(
            1000 * (next(one.at for one in counted if one.count >= (batch + 1) * BATCH) - feed.arrival(batch))
            for batch in range(warm.count // BATCH, last.count // BATCH)
        )
        yield f"{BATCH} events of {rate:,.0f} a second, from arrival to list: median {waits[len(waits) // 2]:.0f} ms, p99 {waits[int(len(waits) * 0.99)]:.0f} ms, longest {waits[-1]:.0f} ms"
    grown = ", ".join(f"{one.memory:.2f}" for one in counted[:: max(1, len(counted) // 5)])
    yield f"memory {grown} GB; load {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    main()
