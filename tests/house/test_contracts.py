"""The contracts of the house hold, and each notices what it is there for: a violation is planted in a copy and must be caught."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from jinzhong.config import checks

ROOT = Path(__file__).resolve().parents[2]
PLANTED = {
    "a room imports the room on its right": (
        "jinzhong/cases/queries.py",
        "import jinzhong.dispatch.queries",
        "Data runs left to right",
    ),
    "a foundation imports a room": (
        "jinzhong/audit/queries.py",
        "import jinzhong.district.queries",
        "Data runs left to right",
    ),
    "a room imports a page": (
        "jinzhong/warning/queries.py",
        "import jinzhong.web.shared.pages",
        "Data runs left to right",
    ),
    "queries import operations": (
        "jinzhong/vault/queries.py",
        "import jinzhong.vault.operations",
        "Operations stand on queries",
    ),
    "a page imports models": (
        "jinzhong/web/shared/log.py",
        "import jinzhong.audit.models",
        "Pages and machines ask queries",
    ),
    "one audience imports another": (
        "jinzhong/web/field/__init__.py",
        "import jinzhong.web.outlet",
        "Audiences don't know each other",
    ),
    "one source imports another": (
        "jinzhong/intake/sources/bank_alert/parse.py",
        "import jinzhong.intake.sources.hotline_call.parse",
        "Sources of reports don't know each other",
    ),
    "a machine interface imports models": (
        "jinzhong/wire/ring.py",
        "import jinzhong.agenda.models",
        "Pages and machines ask queries",
    ),
    "models import queries": (
        "jinzhong/situation/models.py",
        "import jinzhong.situation.queries",
        "Operations stand on queries",
    ),
    "one report imports another": (
        "jinzhong/bulletin/reports/planted.py",
        "import jinzhong.bulletin.reports.daily",
        "Reports don't know each other",
    ),
    "one ladder imports another": (
        "jinzhong_engine/ladders/planted.py",
        "import jinzhong_engine.ladders.person_warning",
        "Ladders don't know each other",
    ),
    "one signal imports another": (
        "jinzhong_engine/signals/planted.py",
        "import jinzhong_engine.signals.neighbour",
        "Signals don't know each other",
    ),
    "a room that the order doesn't name": (
        "jinzhong/planted/__init__.py",
        "",
        "Data runs left to right",
    ),
    "a cycle inside a room": (
        "jinzhong/intake/sources/case_sheet/cells.py",
        "import jinzhong.intake.sources.case_sheet.parse",
        "No two neighbours import each other",
    ),
    "the engine imports Django": (
        "jinzhong_engine/taxonomy.py",
        "import django.conf",
        "The engine knows neither Django nor the product",
    ),
    "the catalogue names an engine": (
        "jinzhong_engine/features/catalogue.py",
        "import ibis",
        "Only backends name a compute engine",
    ),
    "features import an executor": (
        "jinzhong_engine/features/windows.py",
        "import jinzhong_engine.backends.files",
        "The engine's parts stand on one another",
    ),
    "the engine imports the product": (
        "jinzhong_engine/ladders/person_warning.py",
        "import jinzhong.clock",
        "The engine knows neither Django nor the product",
    ),
}


@pytest.fixture
def house(tmp_path):
    """A copy of the sources that may be spoilt."""
    ignored = shutil.ignore_patterns("__pycache__", "*.mo")
    shutil.copytree(ROOT / "src", tmp_path / "src", ignore=ignored)
    (tmp_path / "src/jinzhong_engine/signals/neighbour.py").touch()
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/contracts.py", tmp_path / "tests/contracts.py")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def lint(folder: Path) -> subprocess.CompletedProcess:
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    paths = os.pathsep.join([str(folder / "src"), str(folder)])
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"PYTHONPATH": paths}, capture_output=True, text=True
    )


def test_every_contract_holds(house):
    assert lint(house).returncode == 0


def test_no_contract_has_an_exception():
    text = (ROOT / "pyproject.toml").read_text("utf-8")
    assert "ignore_imports" not in text
    assert "unmatched_ignore_imports_alerting" not in text


def test_every_contract_has_its_planted_violation():
    """``exhaustive`` too: a contract nobody has seen fail may hold nothing."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    seen = [words for _path, _line, words in PLANTED.values()]
    assert [
        one["name"] for one in contracts if not any(one["name"].startswith(words) for words in seen)
    ] == []


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_import_is_caught(house, what):
    path, line, contract = PLANTED[what]
    (house / "src" / path).parent.mkdir(exist_ok=True)
    with (house / "src" / path).open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")

    told = lint(house)

    assert told.returncode == 1, told.stdout
    assert any(contract in one and one.endswith("BROKEN") for one in told.stdout.splitlines())


@pytest.mark.parametrize("module", ["django.http", "httpx", "socket"])
def test_http_inside_a_room_is_caught(house, module):
    shutil.copy(ROOT / "src/jinzhong/rooms.toml", house / "src/jinzhong/rooms.toml")
    room = house / "src/jinzhong/warning/queries.py"
    room.write_text(f"import {module}\n" + room.read_text("utf-8"), "utf-8")

    told = subprocess.run(
        [Path(sys.executable).with_name("ruff"), "check", "--config", "src/jinzhong/rooms.toml", "--no-cache", room],
        cwd=house,
        capture_output=True,
        text=True,
    )  # fmt: skip

    assert "TID251" in told.stdout


def test_foreign_keys_point_left():
    assert list(checks.faults(apps.get_models())) == []


def test_a_foreign_key_that_points_right_is_caught():
    class Wrong(models.Model):
        order = models.ForeignKey("dispatch.Order", on_delete=models.CASCADE, related_name="+")

        class Meta:
            app_label = "cases"
            managed = False

    try:
        found = list(checks.faults([Wrong]))
    finally:
        del apps.all_models["cases"]["wrong"]

    assert [one.id for one in found] == ["house.E001"]
    assert "cases.Wrong.order points right" in found[0].msg
