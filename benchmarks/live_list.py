"""From a call to the page: how soon whoever it betrays stands on the watch's list, and on the operator's page.

    python3 dev.py bench live_list CALLS MODEL [--events 60000] [--rate 1000]

``numbers watch``, ``numbers live --follow`` and the web process run as in production, on SQLite. CALLS: a folder of calls; all but the last
``--events`` are the past, the last are written ``--rate`` a second into the watch, their days shifted back to before the clock of the run.
Of every number that enters the list: from its newest call being written until the list has its line, and until the page that its operator
asks for anew ten times a second shows it. A browser asks every ten seconds, which comes on top.
"""

import argparse
import json
import os
import re
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import IO

import httpx
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.watch import lines, spread
from jinzhong_engine.backends import files
from jinzhong_engine.features.windows import DAY, SECOND
from jinzhong_engine.tables import CALLS
from tests import running

PIECE = 100
"""Records written at once."""
SETTLED = 20.0
"""Seconds after the last record in which its line may still come."""


class Looking:
    """A list that grows, looked at again and again: when each of its things was there for the first time."""

    def __init__(self, look: Callable[[], list[str]], every: float):
        self.seen: dict[str, float] = {}
        self._look, self._every, self._ended = look, every, threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        while not self._ended.wait(self._every):
            for one in self._look():
                self.seen.setdefault(one, time.monotonic())

    def close(self) -> None:
        self._ended.set()
        self._thread.join()


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("calls", type=Path)
    options.add_argument("model", type=Path)
    options.add_argument("--events", type=int, default=60_000)
    options.add_argument("--rate", type=int, default=1000)
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        template = running.Template(Path(folder, "template"))
        with template.copy(Path(folder, "own")) as own:
            own.share_clock()
            run(own, chosen)
        template.running.close()


def run(own: running.Running, chosen: argparse.Namespace) -> None:
    table = earlier(files.read_events(chosen.calls, CALLS, 10**17).sort_by("start"))
    new = table.slice(table.num_rows - chosen.events)
    out = own.folder / "list.jsonl"
    watching = begin(own, chosen.model, out, since=new["start"][0].as_py())
    assert watching.stdin
    for batch in lines(table.slice(0, table.num_rows - chosen.events)):
        watching.stdin.write(batch)
    cookies = own.python("benchmarks._live_page", "session", JINZHONG_CLOCK="")
    follower, web = own.start(f"numbers live {out} --by risk --follow", clock=""), own.serve(clock="")
    page = httpx.Client(base_url=web.address, cookies=cookies, timeout=30)
    listed = Looking(lambda: out.read_text("utf-8").splitlines(), 0.02)
    shown = Looking(lambda: re.findall(r'id="n-([0-9a-f-]+)"', page.get("/numbers/live").text), 0.1)
    written = write(watching.stdin, new, table.num_rows - chosen.events, chosen.rate)
    time.sleep(SETTLED)
    for one in (listed, shown):
        one.close()
    watching.stdin.close()
    watching.wait()
    running.kill(follower)
    tell(own, new, written, listed.seen, shown.seen, chosen.rate)


def tell(
    own: running.Running,
    new: pa.Table,
    written: list[float],
    listed: dict[str, float],
    shown: dict[str, float],
    rate: int,
) -> None:
    kept = own.python("benchmarks._live_page", "kept", JINZHONG_CLOCK="")
    on_page = {line: shown[key] for key, line in kept.items() if key in shown}
    callers, starts = new["caller"].to_pylist(), new["start"].to_numpy()
    to_list, to_page, missed = list[float](), list[float](), 0
    for number, (text, seen) in enumerate(listed.items(), 1):
        said = json.loads(text)
        if not said["listed"]:
            continue
        until = round(datetime.fromisoformat(said["at"]).timestamp() * SECOND)
        row = max(at for at in range(starts.searchsorted(until, "right")) if callers[at] == said["number"])
        to_list.append(seen - written[row])
        if number in on_page:
            to_page.append(on_page[number] - written[row])
        else:
            missed += 1
    print(f"{len(to_list)} came to be listed among {len(written)} calls, {rate} a second")
    print(f"from the call to the list: {spread(to_list)}")
    print(
        f"from the call to the page: {spread(to_page)}; {missed} had left again, or stood beyond its first rows"
    )
    print(f"load {os.getloadavg()[0]:.1f}")


def earlier(table: pa.Table) -> pa.Table:
    """Shifted back by whole days, to before the run's clock."""
    begun = round(datetime.fromisoformat(running.START).timestamp() * SECOND)
    days = max(0, -(-(table["start"][-1].as_py() - begun) // DAY))
    return table.set_column(2, "start", pc.subtract(table["start"], days * DAY))


def begin(own: running.Running, model: Path, out: Path, since: int) -> subprocess.Popen[bytes]:
    quiet = datetime.fromtimestamp(since // SECOND).astimezone().isoformat()
    line = [
        str(running.COMMAND), "numbers", "watch", "--model", str(model.resolve()), "--events", "-",
        "--state", str(own.folder / "state"), "--out", str(out), "--quiet-until", quiet,
    ]  # fmt: skip
    log = (own.folder / "watch.log").open("ab")
    process = subprocess.Popen(
        line,
        env=own.environment(JINZHONG_CLOCK=""),
        stdin=subprocess.PIPE,
        stderr=log,
        start_new_session=True,
    )
    own.processes.append(process)
    return process


def write(to: IO[bytes], new: pa.Table, first: int, rate: int) -> list[float]:
    """When each record was written."""
    written, begun = list[float](), time.monotonic()
    for at in range(0, new.num_rows, PIECE):
        [piece] = lines(new.slice(at, PIECE), first + at)
        time.sleep(max(0.0, begun + (at + PIECE) / rate - time.monotonic()))
        to.write(piece)
        to.flush()
        written += [time.monotonic()] * min(PIECE, new.num_rows - at)
    return written


if __name__ == "__main__":
    main()
