"""What the journeys share: the clock that a page shows, a desk to sit at, a command line."""

import io

import pytest

from jinzhong import clock
from jinzhong.cli import main
from tests.district import at
from tests.pages import logged_in


@pytest.fixture
def time(request, monkeypatch):
    """What the clock shows until a test sets it anew: the file's BEGINS; 14:06 of 31 May where it names none."""
    shown = {"now": getattr(request.module, "BEGINS", at("14:06"))}
    monkeypatch.setattr(clock, "now", lambda: shown["now"])
    return shown


@pytest.fixture
def desk(place, time):
    return logged_in(place.desk)


@pytest.fixture
def command(capsys, tmp_path, monkeypatch):
    """Runs a command, told a line or word by word, and returns (exit code, what it printed, what it complained of)."""
    monkeypatch.chdir(tmp_path)

    def run(*words, told=""):
        monkeypatch.setattr("sys.stdin", io.StringIO(told))
        code = main(words[0].split() if len(words) == 1 else [*map(str, words)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run
