"""A thousand marked people go through every door; afterwards nothing of them lies open anywhere."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import running
from tests.privacy.canaries import CARD, ID, NAME, PHONE, Canary, Search


@pytest.fixture(scope="module")
def own(tmp_path_factory) -> Iterator[running.Running]:
    made = running.Template(tmp_path_factory.mktemp("privacy") / "own")
    yield made.running
    made.running.close()


def run(own: running.Running, module: str, *arguments: str) -> bytes:
    """A module in this instance; what it logs and its temporary files stay in the instance's folder."""
    temporary = own.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    here = own.environment(JINZHONG_CLOCK=running.START, TMPDIR=str(temporary))
    with (own.folder / f"{module}.log").open("ab") as log:
        line = [sys.executable, "-m", module, *arguments]
        return subprocess.run(
            line, env=here, stdout=subprocess.PIPE, stderr=log, timeout=600, check=True
        ).stdout


def test_nothing_of_anybody_lies_open_anywhere(own, tmp_path):
    """The tables as a dump of the database would hold them; then every file, the database's own and the logs too."""
    outside = tmp_path / "outside"
    outside.mkdir()
    told = json.loads(run(own, "tests.privacy.doors", str(outside)).splitlines()[-1])
    people = [Canary(number) for number in range(1000 - told["left"])]
    search = Search([value for one in people for value in one.values], (NAME, PHONE, ID, CARD))
    logs = (own.folder / "tests.privacy.doors.log").read_text("utf-8")

    assert len(people) >= 950, told
    assert logs.count("Internal Server Error") == 2, "what breaks is told, without whom it broke for"
    assert search(run(own, "tests.privacy.tables")) == set()
    assert search.files(own.folder, outside) == {}

    (own.folder / "web.log").write_text(f"failed for {people[0].phone}\n")
    assert list(search.files(own.folder)) == [str(own.folder / "web.log")], "the search can fail"


def test_the_folder_is_for_its_owner_alone(own):
    open_to_others = [path for path in own.folder.rglob("*") if path.stat().st_mode & 0o077]

    assert [path.name for path in open_to_others if path.name in ("keys.json", "audit.head")] == []
    assert own.folder.stat().st_mode & 0o077 == 0 or Path(own.folder).parent.stat().st_mode & 0o077 == 0
