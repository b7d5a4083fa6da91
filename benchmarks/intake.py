"""Alert intake, flat out: how many alerts a second are accepted, and how long a teller waits.

``python3 dev.py bench intake [--seconds 60] [--callers 8]``: on SQLite, and on PostgreSQL where ``DATABASE_URL`` names a server.

The web process runs as in production, with its whole middleware, permissions, vault, event log, deadlines and outbox, and
a worker beside it. The callers are threads of this process on the same machine, each waiting for its answer before the
next alert. Every alert is about somebody else, so every one makes a warning, an order and its messages: the dearest case.
A bare Django insert is measured before and after, on the same server and database: where the machine decides, the ratio
to it is the figure. At the end what was accepted is counted in the database, and the event log is verified.
"""

import argparse
import http.client
import itertools
import json
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import django
import psycopg

from tests import running

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {"Content-Type": "application/json"}
TOY_SECONDS, WARM_UP_SECONDS = 8, 3
GOALS = {"SQLite": (150, 150), "PostgreSQL": (300, 100)}
"""alerts/s at least, p99 in ms at most."""
numbers = itertools.count()


@dataclass(frozen=True)
class Measured:
    """What came of one round."""

    seconds: float
    waits: list[float]
    refused: int

    @property
    def per_second(self) -> float:
        return len(self.waits) / self.seconds

    def wait_ms(self, percentile: int) -> float:
        return statistics.quantiles(self.waits, n=100)[percentile - 1] * 1000


def measure(address: str, path: str, headers: dict[str, str], *, callers: int, seconds: float) -> Measured:
    """Callers that each send, wait for the answer, and send again."""
    waits: list[float] = []
    refused: list[float] = []
    began = time.monotonic()

    def call() -> None:
        line = http.client.HTTPConnection(urlsplit(address).netloc, timeout=60)
        while (asked := time.monotonic()) < began + seconds:
            body = json.dumps(alert(next(numbers)))
            line.request("POST", path, body, {**headers, "Idempotency-Key": str(uuid.uuid4())})
            answer = line.getresponse()
            answer.read()
            (waits if answer.status == 201 else refused).append(time.monotonic() - asked)

    threads = [threading.Thread(target=call) for _ in range(callers)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return Measured(time.monotonic() - began, waits, len(refused))


def alert(number: int) -> dict[str, Any]:
    """What a teller knows, about another invented customer each time."""
    return {
        "customer_name": "张桂兰",
        "customer_phone": f"139{number:08d}",
        "amount": "86000.00",
        "payee_name": "王某",
        "payee_account": f"62220202{number:08d}",
        "payee_bank": "示范银行",
        "signs": ["on_the_phone"],
        "story": "客户说对方自称客服，要求转到安全账户",
    }


def toy(folder: Path, url: str, callers: int) -> Measured:
    """The bare insert."""
    folder.mkdir()
    port = running.free_port()
    line = [sys.executable, "-m", "benchmarks._toy", str(port), str(folder), url]
    paths = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    process = subprocess.Popen(line, cwd=ROOT, env=os.environ | {"PYTHONPATH": paths})
    address = f"http://127.0.0.1:{port}"
    try:
        running.wait_for(lambda: answers(port), "the toy to answer")
        measure(address, "/insert", PLAIN, callers=callers, seconds=1)
        return measure(address, "/insert", PLAIN, callers=callers, seconds=TOY_SECONDS)
    finally:
        process.terminate()
        process.wait()


def answers(port: int) -> bool:
    try:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
        line.request("GET", "/")
        line.getresponse()
    except OSError:
        return False
    return True


def processor_seconds(process: int) -> float:
    """What a process and those it started have had of the processor so far, by Linux's account."""
    account = Path(f"/proc/{process}")
    spent = account.joinpath("stat").read_text().rpartition(")")[2].split()[11:13]
    started = account.joinpath("task", str(process), "children").read_text().split()
    return sum(map(int, spent)) / os.sysconf("SC_CLK_TCK") + sum(
        processor_seconds(int(one)) for one in started
    )


def ours(own: running.Running, *, callers: int, seconds: float) -> tuple[Measured, str, list[float]]:
    """The product, what is wrong with what it kept, and the milliseconds of a core that web process and worker had an alert."""
    token = json.loads((own.folder / "tokens.json").read_text())["teller"]
    headers = {**PLAIN, "Authorization": f"Bearer {token}"}
    web = own.serve()
    worker = own.start("worker")
    warm = measure(web.address, "/api/v1/alerts", headers, callers=callers, seconds=WARM_UP_SECONDS)
    before = [processor_seconds(one.pid) for one in (web.process, worker)]
    found = measure(web.address, "/api/v1/alerts", headers, callers=callers, seconds=seconds)
    after = [processor_seconds(one.pid) for one in (web.process, worker)]
    kept, accepted = own.python("tests.faults.look"), len(warm.waits) + len(found.waits)
    faults = [kept["broken"], found.refused and f"{found.refused} refused"]
    faults += [
        len(kept[name]) != accepted and f"{accepted} accepted, {len(kept[name])} {name}"
        for name in ("alerts", "orders")
    ]
    spent = [(late - early) / len(found.waits) * 1000 for early, late in zip(before, after, strict=True)]
    return found, "; ".join(filter(None, faults)), spent


def run(name: str, folder: Path, *, callers: int, seconds: float) -> bool:
    """Measure on one database and print its lines of the report."""
    folder.mkdir()
    template = running.Template(folder / "template")
    with template.copy(folder / "own") as own:
        url = own.database_url or ""
        told = version(url)
        loads = [os.getloadavg()[0]]
        yardsticks = [toy(folder / "toy-before", url, callers)]
        found, faults, spent = ours(own, callers=callers, seconds=seconds)
        loads.append(os.getloadavg()[0])
        yardsticks.append(toy(folder / "toy-after", url and emptied(url), callers))
    template.running.close()
    least, most = GOALS[name]
    bare = statistics.mean(one.per_second for one in yardsticks)
    good = not faults and found.per_second >= least and found.wait_ms(99) <= most
    print(f"{name} {told}; load average {loads[0]:.1f} before, {loads[1]:.1f} after")
    print(f"  {found.per_second:7.1f} alerts/s   goal {least}")
    print(f"  {found.wait_ms(50):7.1f} ms p50")
    print(f"  {found.wait_ms(99):7.1f} ms p99      goal {most}")
    print(f"  {spent[0]:7.1f} ms of a core an alert in the web process, {spent[1]:.1f} in the worker")
    rounds = ", ".join(f"{one.per_second:.0f}/s p99 {one.wait_ms(99):.0f} ms" for one in yardsticks)
    print(f"  {found.per_second / bare:7.3f} of a bare Django insert ({rounds})")
    print(
        f"  {len(found.waits)} accepted in {found.seconds:.0f} s; {faults or 'all there once, the log holds'}"
    )
    print(f"  {'goal reached' if good else 'GOAL MISSED'}", flush=True)
    return good


def emptied(url: str) -> str:
    """Take the first toy's table away."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("DROP TABLE toy_toy")
    return url


def version(url: str) -> str:
    if not url:
        return sqlite3.sqlite_version
    with psycopg.connect(url) as connection:
        return str(connection.info.parameter_status("server_version"))


@contextmanager
def without_server() -> Iterator[None]:
    """``DATABASE_URL`` away for a while: SQLite in the data folder."""
    url = os.environ.pop("DATABASE_URL", None)
    try:
        yield
    finally:
        if url:
            os.environ["DATABASE_URL"] = url


def conditions() -> str:
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}, Django {django.__version__}"


def on_both(measured: Callable[..., bool], **chosen: Any) -> int:
    """Measure on SQLite, and where there is a server on PostgreSQL; the exit code."""
    with tempfile.TemporaryDirectory() as made:
        with without_server():
            good = measured("SQLite", Path(made) / "sqlite", **chosen)
        if os.environ.get("DATABASE_URL", "").startswith("postgres"):
            good &= measured("PostgreSQL", Path(made) / "postgresql", **chosen)
        else:
            print("PostgreSQL not measured: set DATABASE_URL to a server that lets us create databases")
    return 0 if good else 1


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--seconds", type=float, default=60)
    asked.add_argument("--callers", type=int, default=8)
    chosen = vars(asked.parse_args())
    print(f"{conditions()}; {chosen['callers']} callers on the same machine, worker running")
    return on_both(run, **chosen)


if __name__ == "__main__":
    raise SystemExit(main())
