"""What an operator sets from outside: every variable is in the register, and a wrong one is told in one line."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from jinzhong.config import environment

ROOT = Path(__file__).resolve().parents[2]
KNOWN = {one.name for one in environment.VARIABLES}


def test_every_variable_the_code_names_is_in_the_register():
    named = {
        name
        for path in (ROOT / "src").rglob("*.py")
        if "tests" not in path.parts
        for name in re.findall(r"\b(?:JINZHONG_[A-Z_]+|DATABASE_URL)\b", path.read_text("utf-8"))
    }

    assert named == KNOWN


def listed_accounts(folder: Path, settings: dict[str, str]) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in KNOWN}
    plain = {"JINZHONG_DATA": str(folder), "JINZHONG_INSTANCE": "test", "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        [sys.executable, "-c", "import sys, jinzhong.cli; sys.exit(jinzhong.cli.main(['user', 'list']))"],
        env=inherited | plain | settings,
        capture_output=True,
        text=True,
    )


def test_commands_and_pages_start_without_the_libraries_that_compute(tmp_path):
    """They cost seconds; whoever computes loads them then. Pages have openpyxl, which loads numpy."""
    computing = ("numpy", "pyarrow", "duckdb", "numba", "scipy", "sklearn", "lightgbm", "ibis")
    plain = {"JINZHONG_DATA": str(tmp_path), "JINZHONG_INSTANCE": "test", "PYTHONPATH": str(ROOT / "src")}
    asked = (
        "import json, sys, jinzhong.cli; jinzhong.cli.main(['nonsense']); commands = set(sys.modules)\n"
        "import jinzhong.config.urls; print(json.dumps([sorted(commands), sorted(sys.modules)]))"
    )
    told = subprocess.run(
        [sys.executable, "-c", asked], env=os.environ | plain, capture_output=True, text=True, check=True
    )
    commands, pages = json.loads(told.stdout)

    assert "jinzhong.cli.situation" in commands
    assert [one for one in computing if one in commands] == []
    assert "jinzhong.web.desk.queue" in pages
    assert [one for one in computing if one in pages] in ([], ["numpy"])


def test_an_empty_variable_means_its_default(monkeypatch):
    monkeypatch.setenv("JINZHONG_HOTLINE", "")

    assert environment.read("JINZHONG_HOTLINE") == "96110"


@pytest.mark.parametrize("name", ["instance.json", "keys.json"])
def test_a_damaged_file_of_the_data_folder_is_told_in_one_line(tmp_path, name):
    (tmp_path / name).write_text("{half")

    done = listed_accounts(tmp_path, {})

    assert done.returncode == 2
    assert f"{tmp_path / name}: damaged" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"JINZHONG_IDLE_MINUTES": "a while"}, "JINZHONG_IDLE_MINUTES=a while"),
        ({"JINZHONG_WEEK_START": "someday"}, "JINZHONG_WEEK_START=someday"),
        ({"JINZHONG_INSTANCE": "toy"}, "JINZHONG_INSTANCE=toy"),
        ({"DATABASE_URL": "mysql://here"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://x@here:port/name"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://[here/name"}, "DATABASE_URL"),
        ({"JINZHONG_CLOCK": "tomorrow"}, "JINZHONG_CLOCK=tomorrow"),
        ({"JINZHONG_CLOCK": "9999-12-31T23:59:59+00:00"}, "1990 to 2100"),
        ({"JINZHONG_CLOCK_RATE": "-1"}, "JINZHONG_CLOCK_RATE=-1"),
        ({"JINZHONG_INSTANCE": "real", "JINZHONG_CLOCK": "2021-05-31"}, "JINZHONG_CLOCK"),
        ({"JINZHONG_INSTANCE": "real", "JINZHONG_CLOCK_RATE": "2"}, "JINZHONG_CLOCK_RATE"),
    ],
)
def test_a_wrong_setting_is_told_in_one_line(tmp_path, wrong, told):
    done = listed_accounts(tmp_path, wrong)

    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1
