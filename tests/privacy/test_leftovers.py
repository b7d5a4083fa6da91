"""The search at the end of a run fails it where a test left somebody open."""

import os
import subprocess
import sys

from tests.running import ROOT

LEAVES = """
import logging, os
from pathlib import Path

def test_it():
    logging.getLogger("jinzhong").error("no such person: 张桂兰")
    (Path(os.environ["JINZHONG_DATA"]) / "sheet.csv").write_text("138 1234 6620")
"""


def test_a_run_that_leaves_somebody_open_fails(tmp_path):
    (tmp_path / "test_it.py").write_text(LEAVES)
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("JINZHONG", "PYTEST"))}
    line = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*line, str(tmp_path)], cwd=ROOT, env=mine, capture_output=True, text=True, timeout=120
    )

    assert "1 passed" in done.stdout, done.stdout + done.stderr
    assert "tests.log: as written" in done.stdout
    assert "sheet.csv: as written" in done.stdout
    assert done.returncode == 1
