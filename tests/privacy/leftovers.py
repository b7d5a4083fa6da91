"""When all tests are over, nobody they told of lies open in the data folder or in what was logged; else the run fails."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

PEOPLE = ("张桂兰", "欧阳桂兰", "13812346620", "13905740011", "11010519491231002X", "6222020200007731")
"""Whom the tests tell of most, as it is kept in the vault."""
LOG = "tests.log"


@pytest.fixture(autouse=True, scope="session")
def _logged_into_the_folder() -> Iterator[None]:
    """What the instance would write to its standard error stands in a file as well."""
    root = logging.getLogger()
    ours = next((one for one in root.handlers if one.filters), None)
    assert ours, "settings.LOGGING has a handler that hides personal data"
    log = logging.FileHandler(Path(os.environ["JINZHONG_DATA"]) / LOG, mode="w", encoding="utf-8")
    log.setFormatter(ours.formatter)
    log.filters = ours.filters
    root.addHandler(log)
    yield
    root.removeHandler(log)
    log.close()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """In the process that began the run, whose folder holds those of its workers."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return
    from tests.privacy.canaries import Search  # reads Django, so not before the data folder has its name

    found = Search(PEOPLE).files(Path(os.environ["JINZHONG_DATA"]))
    for path, what in found.items():
        print(f"\nlies open: {path}: {'; '.join(sorted(what))}")
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
