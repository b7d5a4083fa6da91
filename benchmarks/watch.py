"""The live watch's speed: events a second from JSON lines to the list, with features and score, in one process.

    python3 dev.py bench watch CALLS MODEL [--events 400000] [--rate 50000 | --exactly]
    python3 dev.py bench watch CALLS MODEL --all [--rate 1500] [--lateness 300]

CALLS: a folder of calls; MODEL: made by numbers fit on features of calls. The watch has already counted all calls but the last
``--events``; these it is then given as fast as it takes them, or ``--rate`` a second, sent a thousand at a time. It reads what is there, a
megabyte at most, as from a file or a pipe. Prints events per wall and cpu second, and the memory after every fifth. With ``--rate`` the
waiting time: from the arrival of a thousand to their being judged, synced and on the list. With ``--exactly`` the service time: it is handed
exactly a thousand at a time, the next ones as soon as it asks for them; from being handed over to being on the list, behind the one that is
being judged. Of both is told how long it was worked on: from being taken up to the same, without having waited for others; and how much of that
until its numbers had their features and scores, before the sync.

``--all``: the watch knows nothing before and is sent all calls by another process, as through a pipe. For its memory over a stream longer than
the look-back. Where the stream's time runs faster than the clock, ``--lateness`` (of the stream's time) as much longer makes the watch
remember as many ids as it would in life.
"""

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from jinzhong_engine.backends import files
from jinzhong_engine.backends.cores import held
from jinzhong_engine.features.windows import DAY, SECOND
from jinzhong_engine.models import boosting, events
from jinzhong_engine.models.watch import Watch, watch
from jinzhong_engine.tables import CALLS, TEXT, TIME

BATCH = 1000
PREPARED = 20.0
"""Seconds the sender has to read the calls."""
WARM = 0.1
"""Share of the events that compile and fill the caches; they aren't counted."""


def lines(table: pa.Table, first: int = 0) -> list[bytes]:
    """Calls as they come, a thousand together; ``first``: the number of the first one."""
    told = table.set_column(2, "start", table["start"].cast(TIME).cast(TEXT))
    return [
        b"".join(
            json.dumps(row | {"id": f"r{first + begin + at}"}).encode() + b"\n"
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


class Handed:
    """Exactly one batch at a time, whenever it is asked for."""

    def __init__(self, batches: list[bytes]):
        self._batches, self._handed = iter(batches), list[float]()
        events.PIECE = 1  # none is put together with the next

    def arrival(self, batch: int) -> float:
        return self._handed[batch]

    def read(self, _most: int) -> bytes:
        self._handed.append(time.perf_counter())
        return next(self._batches, b"")


class Pipe:
    """The same from another process, which keeps the calls: its memory isn't the watch's."""

    def __init__(self, calls: Path, rate: float):
        self._every = BATCH / rate if rate else 0.0
        self._begun = time.perf_counter() + PREPARED
        command = [
            sys.executable,
            "-m",
            "benchmarks.watch",
            calls,
            "-",
            "--rate",
            rate,
            "--send",
            self._begun,
        ]
        self._sender = subprocess.Popen([*map(str, command)], stdout=subprocess.PIPE, bufsize=0)
        assert isinstance(self._sender.stdout, io.RawIOBase)
        self._read = self._sender.stdout
        events.widen_pipe(self._read)

    def arrival(self, batch: int) -> float:
        return self._begun + (batch + 1) * self._every

    def read(self, most: int) -> bytes:
        return self._read.read(most) or b""


def send(calls: Path, rate: float, begun: float) -> None:
    """Write the calls to standard output, ``rate`` a second from ``begun`` on."""
    table = files.read_events(calls, CALLS, 10**17).sort_by("start")
    for at in range(0, table.num_rows, BATCH):
        [batch] = lines(table.slice(at, BATCH), at)
        time.sleep(max(0.0, begun + (at / BATCH + 1) * BATCH / rate - time.perf_counter()) if rate else 0.0)
        sys.stdout.buffer.write(batch)
        sys.stdout.buffer.flush()


class Done(NamedTuple):
    """How many events are on the list, up to which moment of the stream, when that was, since when they had been worked on, and when judged."""

    count: int
    watermark: int
    begun: float
    judged: float
    at: float
    cpu: float
    memory: float


class Timed(Watch):
    """A watch that notes when a piece is judged, on the disk and on the list, and what it has used by then."""

    done: list[Done]

    def take(self, events: pa.Table) -> None:
        begun = time.perf_counter()
        super().take(events)
        self.journal.then(partial(self._note, self.counted, self.watermark, begun, time.perf_counter()))

    def _note(self, counted: int, watermark: int, begun: float, judged: float) -> None:
        used = time.process_time(), held() / 2**30
        self.done.append(Done(counted, watermark, begun, judged, time.perf_counter(), *used))

    def know(self, calls: pa.Table) -> None:
        """Stand as after these calls."""
        self.live.add(calls, 0)
        self.known = self.live.met
        self.watermark = calls["start"][-1].as_py()


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
    options.add_argument(
        "--exactly", action="store_true", help="a thousand at a time, and how long each takes"
    )
    options.add_argument("--all", action="store_true", help="all calls, sent by another process")
    options.add_argument("--lateness", type=int, default=300, metavar="SECONDS")
    options.add_argument("--send", type=float, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.send is not None:
        send(chosen.calls, chosen.rate, chosen.send)
        return
    with tempfile.TemporaryDirectory() as folder:
        watching = Timed(
            boosting.load(chosen.model),
            Path(folder, "state"),
            Path(folder, "list"),
            lateness=chosen.lateness * SECOND,
        )
        watching.done = []
        feed: Feed | Handed | Pipe
        feed, before = (Pipe(chosen.calls, chosen.rate), 0) if chosen.all else known(watching, chosen)
        watch(watching, events.batches(feed, latest=lambda: 10**17, name="bench"), print)
    for line in told(feed, watching.done, before, manner(chosen)):
        print(line)


def known(watching: Timed, chosen: argparse.Namespace) -> tuple[Feed | Handed, int]:
    """The last calls as they will arrive, and how many before them the watch knows."""
    table = files.read_events(chosen.calls, CALLS, 10**17).sort_by("start")
    before = table.num_rows - chosen.events
    watching.know(table.slice(0, before))
    given = lines(table.slice(before))
    return Handed(given) if chosen.exactly else Feed(given, chosen.rate), before


def manner(chosen: argparse.Namespace) -> str:
    """What the time of a thousand is counted from; empty: there is nothing to count from."""
    if chosen.exactly:
        return f"service time of {BATCH} events, from handed over to list"
    return (
        f"waiting time of {BATCH} events of {chosen.rate:,.0f} a second, from arrival to list"
        if chosen.rate
        else ""
    )


def told(feed: Feed | Handed | Pipe, done: list[Done], before: int, times: str) -> Iterator[str]:
    warm = next(one for one in done if one.count >= WARM * done[-1].count)
    last, counted = done[-1], done[done.index(warm) :]
    count = last.count - warm.count
    yield f"{count} events after {before} known: {count / (last.at - warm.at):,.0f}/s wall, {count / (last.cpu - warm.cpu):,.0f} per cpu second"
    if times:
        whole = range(warm.count // BATCH, last.count // BATCH)
        ended = [next(one for one in counted if one.count >= (batch + 1) * BATCH) for batch in whole]
        yield f"{times}: {spread([one.at - feed.arrival(at) for at, one in zip(whole, ended, strict=True)])}"
        yield f"of it worked on, from taken up to list: {spread([one.at - one.begun for one in ended])}"
        yield f"of that until judged, with features and scores: {spread([one.judged - one.begun for one in ended])}"
    fifths = [next(one for one in done if one.count >= last.count * fifth / 5) for fifth in range(1, 6)]
    grown = ", ".join(f"{one.memory:.2f}" for one in fifths)
    days = ", ".join(f"{(one.watermark - done[0].watermark) / DAY:.0f}" for one in fifths)
    over = f" after {days} days of the stream" if isinstance(feed, Pipe) else ""
    yield f"memory {grown} GB{over}; load {os.getloadavg()[0]:.1f}"


def spread(seconds: list[float]) -> str:
    ms = sorted(1000 * one for one in seconds)
    return f"median {ms[len(ms) // 2]:.0f} ms, p99 {ms[int(len(ms) * 0.99)]:.0f} ms, longest {ms[-1]:.0f} ms"


if __name__ == "__main__":
    main()
