"""The test instance: its own data folder, named before Django reads its settings; gone after the run."""

import atexit
import os
import shutil
import tempfile
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

if "JINZHONG_DATA" not in os.environ:
    folder = tempfile.mkdtemp(prefix="jinzhong-test-")
    os.environ["JINZHONG_DATA"] = folder
    os.environ["JINZHONG_INSTANCE"] = "test"
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
elif "PYTEST_XDIST_WORKER" in os.environ:
    # Every worker has a database of its own, so the files beside it must be its own as well.
    os.environ["JINZHONG_DATA"] = str(Path(os.environ["JINZHONG_DATA"]) / os.environ["PYTEST_XDIST_WORKER"])


@pytest.fixture(autouse=True)
def _no_head_of_another_test() -> None:
    """The event log starts empty in each test; so must the head that is kept outside the database."""
    (Path(os.environ["JINZHONG_DATA"]) / "audit.head").unlink(missing_ok=True)


@pytest.fixture(autouse=True, scope="session")
def _let_tests_that_commit_empty_the_database() -> None:
    from tests import flush  # reads Django, so not before the environment above stands

    flush.allow()


@pytest.fixture
def jinzhong() -> Callable[[str], int]:
    """The command line, the door that scripts use: ``jinzhong("audit verify")`` returns the exit code."""
    from jinzhong import cli

    return lambda line: cli.main(line.split())


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """The gate brings every service and a browser, so a test that needs one is never skipped there."""
    report = yield
    needs = any(item.get_closest_marker(name) for name in ("service", "browser"))
    if report.skipped and needs and os.environ.get("JINZHONG_CI") and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped where it may not be: {report.longrepr}"
    return report
