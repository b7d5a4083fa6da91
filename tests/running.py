"""An instance of its own, with processes that may be killed: for tests of faults and for benchmarks.

Every instance has a data folder, a migrated database (SQLite there, or a fresh database of the PostgreSQL server that
``DATABASE_URL`` names) and the small district of ``tests.district``. Nothing of it touches the database of the other
tests. The first instance is built, later ones are copies of it.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx

from jinzhong import clock as clocks

ROOT = Path(__file__).resolve().parent.parent
COMMAND = Path(sys.executable).with_name("jinzhong")
START = "2021-05-31T14:05:00+08:00"
PATIENCE_SECONDS = 30


class Running:
    """An instance; ``close()`` ends its processes and removes what it made outside its folder."""

    def __init__(self, folder: Path, database_url: str | None = None):
        self.folder = folder
        self.database_url = database_url
        self.processes: list[subprocess.Popen[bytes]] = []

    def environment(self, **more: str) -> dict[str, str]:
        own = {
            "JINZHONG_DATA": str(self.folder),
            "JINZHONG_INSTANCE": "test",
            "DJANGO_SETTINGS_MODULE": "jinzhong.config.settings",
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
        }
        if self.database_url:
            own["DATABASE_URL"] = self.database_url
        clean = {name: value for name, value in os.environ.items() if not _is_ours(name)}
        return clean | own | more

    def command(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        """Run one ``jinzhong`` command to its end."""
        line = [str(COMMAND), *map(str, arguments)]
        return subprocess.run(line, env=self.environment(**more), capture_output=True, text=True, timeout=120)

    def python(self, module: str, *arguments: object, **more: str) -> Any:
        """Run a module in this instance and return the JSON it prints last."""
        line = [sys.executable, "-m", module, *map(str, arguments)]
        here = self.environment(**{"JINZHONG_CLOCK": START, **more})
        done = subprocess.run(line, env=here, capture_output=True, text=True, timeout=300)
        if done.returncode:
            raise AssertionError(f"{module} ended with {done.returncode}: {done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def share_clock(self) -> None:
        """One clock for all processes that are started with ``clock=""``; otherwise each begins at START when it starts."""
        anchor = {"shown": START, "real": clocks.machine_seconds(), "rate": 1.0}
        (self.folder / "clock.json").write_text(json.dumps(anchor))

    def start(self, what: str, *, clock: str = START, **more: str) -> subprocess.Popen[bytes]:
        """Start ``web``, ``stream`` or ``worker``; its output goes to a file of the folder."""
        out = (self.folder / f"{what.split()[0]}.log").open("ab")
        line = [str(COMMAND), *what.split()]
        process = subprocess.Popen(
            line,
            env=self.environment(JINZHONG_CLOCK=clock, **more),
            stdout=out,
            stderr=out,
            start_new_session=True,
        )
        self.processes.append(process)
        return process

    def serve(self, *, clock: str = START, **more: str) -> "Web":
        """Start the web process and wait until it answers."""
        port = free_port()
        web = Web(self.start(f"web --port {port}", clock=clock, **more), f"http://127.0.0.1:{port}")
        wait_for(lambda: web.answers(), "the web process to answer")
        return web

    def logs(self) -> str:
        return "\n".join(path.read_text("utf-8", "replace") for path in sorted(self.folder.glob("*.log")))

    def close(self) -> None:
        for process in self.processes:
            kill(process)
        if self.database_url:
            _drop(self.database_url)


class Web:
    """A running web process."""

    def __init__(self, process: subprocess.Popen[bytes], address: str):
        self.process = process
        self.address = address

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"{self.address}/healthz", timeout=2).status_code == 200
        return False

    def post(self, path: str, body: Any, *, token: str, key: str | None = None) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key or str(uuid.uuid4())}
        return httpx.post(
            f"{self.address}/api/v1{path}", json=body, headers=headers, timeout=PATIENCE_SECONDS
        )

    def get(self, path: str, *, token: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.get(f"{self.address}/api/v1{path}", headers=headers, timeout=PATIENCE_SECONDS)


def _is_ours(name: str) -> bool:
    return name.startswith("JINZHONG_") or name in ("DATABASE_URL", "DJANGO_SETTINGS_MODULE", "PYTHONPATH")


def kill(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to the process we started; what it started itself has to notice."""
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=PATIENCE_SECONDS)


def wait_for(holds: Any, what: str, seconds: float = PATIENCE_SECONDS) -> Any:
    """Wait until ``holds()`` is true and return it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"waited {seconds} s for {what}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Template:
    """The instance of which the others are copies."""

    def __init__(self, folder: Path):
        self.server = os.environ.get("DATABASE_URL", "")
        self.is_postgres = self.server.startswith("postgres")
        self.running = Running(folder, self._fresh_url())
        if self.running.database_url:
            _ask(self.server, f'CREATE DATABASE "{_name(self.running.database_url)}"')
        done = self.running.command("migrate")
        assert done.returncode == 0, done.stderr
        tokens = self.running.python("tests.faults.district")
        (folder / "tokens.json").write_text(json.dumps(tokens))

    @contextlib.contextmanager
    def copy(self, folder: Path) -> Iterator[Running]:
        """A fresh instance, closed at the end."""
        made = Running(folder, self._fresh_url())
        shutil.copytree(self.running.folder, folder, dirs_exist_ok=True)
        if made.database_url and self.running.database_url:
            like = _name(self.running.database_url)
            _ask(self.server, f'CREATE DATABASE "{_name(made.database_url)}" TEMPLATE "{like}"')
        try:
            yield made
        finally:
            made.close()

    def _fresh_url(self) -> str | None:
        parts = urlsplit(self.server)
        fresh = urlunsplit(parts._replace(path=f"{parts.path}_{uuid.uuid4().hex[:12]}"))
        return fresh if self.is_postgres else None


def _name(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def _drop(url: str) -> None:
    _ask(os.environ["DATABASE_URL"], f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')


def _ask(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)
