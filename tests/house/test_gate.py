"""Nothing is skipped quietly where everything is there to be tested."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEEDY = """
import pytest

@pytest.mark.service
def test_needy():
    pytest.skip("no server here")

def test_modest():
    pytest.skip("not on this database")
"""


def outcome(folder: Path, **environment: str) -> str:
    """The closing line of a run in which two tests skip themselves, one of them marked as needing a service."""
    (folder / "test_needy.py").write_text(NEEDY)
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(("JINZHONG", "PYTEST"))
    }
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:xdist",
        "-p",
        "no:cacheprovider",
        "-c",
        "pyproject.toml",
    ]
    done = subprocess.run(
        [*command, folder], cwd=ROOT, env=inherited | environment, capture_output=True, text=True
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


@pytest.mark.parametrize(
    ("environment", "told"), [({}, "2 skipped"), ({"JINZHONG_CI": "1"}, "1 failed, 1 skipped")]
)
def test_a_test_that_lacks_its_service_is_skipped_but_not_at_the_gate(tmp_path, environment, told):
    assert outcome(tmp_path, **environment).startswith(told)
