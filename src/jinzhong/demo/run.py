"""Running the demo: build it where it isn't built, start its clock, its processes and its feed, and stop them together."""

import contextlib
import fcntl
import os
import signal
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.core.management import call_command
from django.db import connection

from jinzhong import clock
from jinzhong.config import instance, sqlite
from jinzhong.demo import build
from jinzhong.demo.numbers import ACCOUNT
from jinzhong.demo.processes import Processes
from jinzhong.demo.staff import PLAYED
from jinzhong.wire import serve

HOST = "127.0.0.1"
READY_WITHIN = 60
NICE = 10
LISTED_FROM = clock.DEMO_DAY - timedelta(days=3)
"""What lies before it is what the watch knows numbers by."""
LOOK_SECONDS, NOTE_SECONDS = 0.5, 5.0
LOCK = "demo.lock"
OUR_OWN = {"keys.json", "instance.json", LOCK}


def run(*, port: int, with_feed: bool, build_only: bool) -> int:
    """Until stopped. Returns 0 after Ctrl-C, 1 when one of the processes ended by itself."""
    if not build_only:
        for one in (port, port + 1):
            serve.address(HOST, one)
    with _alone():
        now = prepare()
        if build_only:
            _introduce(now, "")
            return 0
        return _serve(port, now, with_feed=with_feed)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One demo at a time in a folder: two would build the same district twice and turn one clock."""
    folder = instance.data_folder()
    with (folder / LOCK).open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as problem:
            raise instance.BadInstance(
                f"{folder}: a demo runs here already, or is being built; use it, or choose another JINZHONG_DATA"
            ) from problem
        yield


def prepare() -> datetime:
    """The demo stands, up to date, and its clock runs; returns what the clock shows."""
    _claim_folder()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    sqlite.require_safe()
    now = clock.start_demo(not_before=build.newest())
    if build.is_built():
        build.go_on(now)
    else:
        build.build(now)
    return clock.start_demo(not_before=build.newest())


def _claim_folder() -> None:
    """Make a fresh folder a demo's. One with somebody's files and no word what it is may be a real instance."""
    folder = instance.data_folder()
    left = sorted({one.name for one in folder.iterdir()} - OUR_OWN)
    if left and not (folder / "instance.json").exists():
        raise instance.BadInstance(
            f"{folder} is not empty ({left[0]}); choose another JINZHONG_DATA for the demo"
        )
    instance.set_kind("demo")


def _serve(port: int, now: datetime, *, with_feed: bool) -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    connection.close()
    running = Processes()
    try:
        running.start("web", "jinzhong.cli", "web", "--port", port)
        running.start("stream", "jinzhong.cli", "stream", "--port", port + 1)
        running.start("worker", "jinzhong.cli", "worker")
        _wait_until_ready(port, running, stop)
        if with_feed and not stop.is_set():
            running.start("feed", "jinzhong.demo.feed", f"http://{HOST}:{port}")
            _start_watch(running)
        _introduce(now, f"http://{HOST}:{port}/")
        return _watch(running, stop)
    finally:
        running.end()
        clock.keep_reading()


def _start_watch(running: Processes) -> None:
    """The live watch over the demo's calls, and what reads its list; beside everything else, since it takes a while to begin."""
    from jinzhong_engine.models import card

    folder = instance.data_folder() / "live"
    folder.mkdir(exist_ok=True)
    pipe, listed, people = (folder / name for name in ("calls", "list.jsonl", "people.jsonl"))
    pipe.unlink(missing_ok=True)
    os.mkfifo(pipe)
    listed.touch()
    people.touch()
    running.start(
        "watch", "jinzhong.cli", "numbers", "watch", "--model", card.SHIPPED, "--events", pipe,
        "--state", folder / "state", "--out", listed, "--people", people, "--quiet-until", LISTED_FROM.isoformat(),
        niceness=NICE,
    )  # fmt: skip
    running.start("calls", "jinzhong.demo.calls", pipe, niceness=NICE)
    running.start(
        "list", "jinzhong.cli", "numbers", "live", listed, "--people", people, "--by", ACCOUNT, "--quiet-until",
        clock.now().isoformat(), "--follow", "--simulated", niceness=NICE,
    )  # fmt: skip


def _wait_until_ready(port: int, running: Processes, stop: threading.Event) -> None:
    """Until the web process answers, or something ended."""
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until and not stop.is_set() and not running.ended():
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=2),
        ):
            return
        stop.wait(0.1)


def _watch(running: Processes, stop: threading.Event) -> int:
    """Note the clock's reading now and then, see to the bulletin each morning; when one process is gone, say so."""
    noted, seen_to = time.monotonic(), clock.now()
    while not stop.wait(LOOK_SECONDS):
        gone = running.ended()
        if gone:
            print(f"{gone}; the demo is stopped", file=sys.stderr)
            return 1
        if time.monotonic() - noted >= NOTE_SECONDS:
            noted = time.monotonic()
            clock.keep_reading()
        now = clock.now()
        if build.is_morning_between(seen_to, now):
            build.go_on(now)
        seen_to = now
    print("\nstopped", file=sys.stderr)
    return 0


def _introduce(now: datetime, address: str) -> None:
    """The address and one account of each role, for a person to copy."""
    known = build.passwords()
    print(f"\n  金钟罩 Golden Bell · 演示数据 · {now:%Y-%m-%d %H:%M}\n  {instance.data_folder()}\n")
    for one in PLAYED:
        print(f"  {one.role.value:18} {one.username:10} {known[one.username]}  {one.role.label}")
    print(f"\n  {address}\n  Ctrl-C stops it.\n" if address else "", flush=True)
