"""The demo as it is started: built once, the printed figures by command, going on later, cut off, stopped.

It has a data folder of its own and runs on SQLite there, whatever database the other tests use.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.running import COMMAND, ROOT, free_port, wait_for

PATIENCE_SECONDS = 240
NOON = "2021-05-31T12:00:00+08:00"
STANDING = """
from django.db.models import Sum
from jinzhong.audit import queries as audit
from jinzhong.demo import build
from jinzhong.dispatch.models import Order
from jinzhong.district.models import Account, Duty
from jinzhong.warning.models import Warning
dissuaded = Order.objects.filter(outcome="dissuaded")
told = {
    "built": build.is_built(), "accounts": Account.objects.count(), "verdict": audit.verify().broken,
    "dissuaded": dissuaded.count(), "protected": str(dissuaded.aggregate(sum=Sum("amount_protected"))["sum"]),
    "states": sorted(set(Order.objects.exclude(state="closed").values_list("state", flat=True))),
    "grades": sorted(set(Warning.objects.filter(state="open").values_list("grade", flat=True))),
    "duties": Duty.objects.count(), "newest": build.newest().isoformat() if build.newest() else None,
}
"""
FEED = """
from jinzhong.dispatch.models import Order
from jinzhong.intake.models import Alert
told = {
    "pressed": Alert.objects.filter(received_at__gt=since).count(),
    "by_real_people": Alert.objects.filter(received_at__gt=since, by__simulated=False).count(),
    "arrived": Order.objects.filter(sent_at__gt=since, arrived_at__isnull=False).count(),
    "closed": Order.objects.filter(closed_at__gt=since).count(),
}
"""


class Demo:
    """A demo in a folder."""

    def __init__(self, folder: Path):
        self.folder = folder

    def environment(self, **more: str) -> dict[str, str]:
        clean = {
            name: text
            for name, text in os.environ.items()
            if not name.startswith("JINZHONG_") and name != "DATABASE_URL"
        }
        own = {"JINZHONG_DATA": str(self.folder), "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'src'}"}
        return clean | own | more

    def command(self, *arguments: object, **more: str) -> subprocess.CompletedProcess[str]:
        line = [str(COMMAND), *map(str, arguments)]
        return subprocess.run(
            line, env=self.environment(**more), capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )

    def ask(self, question: str, **given: Any) -> dict[str, Any]:
        """Run a few lines in this instance that set ``told``."""
        names = "".join(f"{name} = {value!r}\n" for name, value in given.items())
        code = f"import django, json\ndjango.setup()\n{names}{question}\nprint(json.dumps(told))"
        here = self.environment(DJANGO_SETTINGS_MODULE="jinzhong.config.settings")
        done = subprocess.run(
            [sys.executable, "-c", code], env=here, capture_output=True, text=True, timeout=60, check=True
        )
        return dict(json.loads(done.stdout))

    @contextlib.contextmanager
    def running(self, *arguments: str, **more: str) -> Iterator["Started"]:
        port = free_port()
        with (self.folder / "demo.log").open("w") as log:
            process = subprocess.Popen(
                [str(COMMAND), "demo", "--port", str(port), *arguments],
                env=self.environment(**more), stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        started = Started(self, process, port)
        try:
            wait_for(started.is_ready, "the demo to print its accounts", seconds=60)
            yield started
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(timeout=30)


class Started:
    """A demo that serves."""

    def __init__(self, demo: Demo, process: subprocess.Popen[bytes], port: int):
        self.demo, self.process, self.port = demo, process, port

    def log(self) -> str:
        return (self.demo.folder / "demo.log").read_text("utf-8")

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.log()
        return "Ctrl-C" in self.log()

    def answers(self) -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return httpx.get(f"http://127.0.0.1:{self.port}/healthz", timeout=2).status_code == 200
        return False

    def children(self) -> list[int]:
        path = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in path.read_text().split()]


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Demo:
    """The demo, built at noon, once for all workers of a test run."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    demo = Demo(base / "demo")
    with (base / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not demo.folder.exists():
            done = demo.command("demo", "--build-only", JINZHONG_CLOCK=NOON)
            assert done.returncode == 0, done.stderr
    return demo


@pytest.fixture
def copy(built, tmp_path) -> Demo:
    """The built demo, to go on with."""
    shutil.copytree(built.folder, tmp_path / "demo")
    return Demo(tmp_path / "demo")


def test_it_prints_the_panel_by_command(built):
    done = built.command(
        "situation", "stats", "--since", "2021-01-01", "--until", "2021-06-01", "--json", JINZHONG_CLOCK=NOON
    )
    told = json.loads(done.stdout)
    classes = {one["code"]: one for one in told["by_class"]}
    ages = {one["band"]: one["percent"] for one in told["victims"]["by_age"]}

    assert (told["cases"], told["loss"], told["city"]["percent"]) == (557, "30075000.00", "4.66")
    assert [classes[code]["percent"] for code in ("loan", "brushing", "investment", "ecom_cs")] == ["18.5", "16.2", "13.8", "9.0"]  # fmt: skip
    assert [classes[code]["loss_percent"] for code in ("investment", "brushing", "loan", "gambling")] == ["40.8", "14.5", "9.5", "8.1"]  # fmt: skip
    assert {one["code"]: one["percent"] for one in told["by_area"]} == {"urban": "40.0", "rural": "60.0"}
    assert [one["percent"] for one in told["victims"]["by_sex"]] == ["54.1", "45.9"]
    assert (ages["20-30"], ages["31-40"]) == ("48.7", "27.0")
    assert told["by_month"][-1]["cases"] < told["by_month"][-2]["cases"]


PAPERS = """
from jinzhong.district import queries as district
from jinzhong.review import inspection
told = {
    who: sorted(inspection.state(one) for one in inspection.papers(viewer=district.account(who)))
    for who in ("office", "inspector", "auditor", "town", "bank", "operator", "officer", "outlet")
}
"""


def test_whoever_is_inspected_has_a_paper_to_look_at(built):
    told = built.ask(PAPERS)
    everything = ["answered", "closed", "waiting", "waiting", "waiting"]

    assert [told[who] for who in ("office", "inspector", "auditor")] == [everything] * 3
    assert told["town"] == ["answered", "waiting"]
    assert (told["bank"], told["operator"], told["officer"]) == (["closed"], ["waiting"], ["waiting"])
    assert told["outlet"] == [], "an outlet sees none"


def test_each_day_was_known_the_day_after(built):
    period = ("situation", "stats", "--since", "2021-03-05", "--until", "2021-03-06", "--json", "--as-of")
    before = json.loads(built.command(*period, "2021-03-06T00:29:00+08:00").stdout)
    after = json.loads(built.command(*period, "2021-03-06T00:31:00+08:00").stdout)

    assert before["cases"] == 0
    assert after["cases"] > 0


def test_51_were_dissuaded_and_today_is_alive(built):
    told = built.ask(STANDING)

    assert (told["dissuaded"], told["protected"]) == (51, "3880000")
    assert told["states"] == ["at_the_door", "on_the_way", "waiting"]
    assert told["grades"] == ["blue", "orange", "red", "yellow"]
    assert told["verdict"] == ""
    assert datetime.fromisoformat(told["newest"]) <= datetime.fromisoformat(NOON) + timedelta(minutes=5)


def test_one_account_of_each_role_can_log_in_and_passwords_are_shown(built):
    from jinzhong.district.models import Role

    listed = json.loads(built.command("user", "list", "--json").stdout)
    known = json.loads((built.folder / "demo-accounts.json").read_text())

    assert {one["role"] for one in listed if one["username"] in known} == set(Role.values)
    assert len(known) == len(Role.values) + 1  # two of the office, for what takes two


def test_started_again_it_builds_nothing_and_goes_on(copy):
    before, accounts = copy.ask(STANDING), (copy.folder / "demo-accounts.json").read_text()

    began = time.monotonic()
    done = copy.command("demo", "--build-only", JINZHONG_CLOCK="2021-06-01T09:00:00+08:00")
    took = time.monotonic() - began
    after = copy.ask(STANDING)

    assert done.returncode == 0
    assert took < 15
    assert (copy.folder / "demo-accounts.json").read_text() == accounts
    assert [after[name] for name in ("accounts", "dissuaded", "protected", "verdict")] == [before[name] for name in ("accounts", "dissuaded", "protected", "verdict")]  # fmt: skip
    assert after["duties"] > before["duties"]
    assert "2021-06-01 09:0" in done.stdout
    assert copy.command("demo", "--build-only", JINZHONG_CLOCK=NOON).stdout.count("2021-06-01") == 1


def test_a_build_that_was_killed_leaves_nothing_half(tmp_path):
    demo = Demo(tmp_path / "demo")
    process = subprocess.Popen(
        [str(COMMAND), "demo", "--build-only"], env=demo.environment(), stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    wait_for(
        lambda: "in the order" in (process.stderr.readline() if process.stderr else ""),
        "the build to be under way",
    )
    time.sleep(2)
    process.kill()
    process.wait()

    assert demo.ask(STANDING)["built"] is False
    assert demo.ask(STANDING)["accounts"] == 0


def test_a_folder_with_something_else_is_not_touched(tmp_path):
    (tmp_path / "jinzhong.sqlite3").write_bytes(b"somebody's")
    done = Demo(tmp_path).command("demo", "--build-only")

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert (tmp_path / "jinzhong.sqlite3").read_bytes() == b"somebody's"


def test_a_taken_port_is_told_in_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = Demo(tmp_path).command("demo", "--port", port)

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert str(port) in done.stderr
    assert not (tmp_path / "jinzhong.sqlite3").exists()


def test_two_at_once_in_one_folder_are_one(tmp_path):
    demo = Demo(tmp_path / "demo")
    demo.folder.mkdir()
    with (demo.folder / "demo.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = demo.command("demo", "--build-only")

    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "a demo runs here already" in done.stderr
    assert not (demo.folder / "jinzhong.sqlite3").exists()


def test_it_lives_by_its_feed_and_ctrl_c_stops_everything(copy):
    with copy.running(JINZHONG_CLOCK=NOON, JINZHONG_CLOCK_RATE="60") as started:
        children = started.children()
        wait_for(lambda: _is_alive(_life(copy)), "alerts, and officers at the door", 90)
        life = _life(copy)
        started.process.send_signal(signal.SIGINT)
        assert started.process.wait(timeout=30) == 0

    assert life["by_real_people"] == 0
    assert not started.answers()
    assert not any(Path(f"/proc/{pid}").exists() for pid in children)
    assert "feed:" not in started.log()
    assert copy.ask(STANDING)["verdict"] == ""


def _is_alive(life: dict[str, Any]) -> bool:
    return life["pressed"] >= 2 and life["closed"] >= 2 and life["arrived"] >= 1


def _life(demo: Demo) -> dict[str, Any]:
    return demo.ask(FEED, since=NOON)


def test_when_one_process_dies_it_says_so_and_stops_all(copy):
    with copy.running("--no-feed") as started:
        worker = next(
            pid for pid in started.children() if b"worker" in Path(f"/proc/{pid}/cmdline").read_bytes()
        )
        os.kill(worker, signal.SIGKILL)
        assert started.process.wait(timeout=30) == 1

    assert "worker ended by itself" in started.log()
    assert not started.answers()
