"""The command line: ``jinzhong COMMAND``. Each module of this folder adds its commands with ``add(subparsers)``.

Exit 0: done. 1: ran, and found what it reports. 2: wrong use or unusable input, one line on standard error.
"""

import argparse
import importlib
import os
import pkgutil
import pwd
import sys
import traceback
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinzhong.district.models import Account


class Unusable(Exception):
    """Wrong use or unusable input: says what, where and what to do, in one line."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]
        raise Unusable(f"{self.prog}: {message}")


def parser() -> argparse.ArgumentParser:
    """The whole command line, gathered from the modules of this folder."""
    top = _Parser(
        prog="jinzhong",
        description="Golden Bell (金钟罩): a district's fight against telecom and online fraud",
    )
    commands = top.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=_Parser)
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        if module.name != "__main__":
            importlib.import_module(f"{__name__}.{module.name}").add(commands)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; never a traceback for what a person can mend."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhong.config.settings")
    import django
    from django.apps import apps
    from django.db import DatabaseError

    from jinzhong.config.instance import BadInstance

    if (sys.argv[1:] if argv is None else list(argv))[:1] == ["demo"]:
        os.environ["JINZHONG_INSTANCE"] = "demo"  # a fresh folder becomes a demo before its settings are read
    try:
        if not apps.ready:  # in a process of ours that runs several commands
            django.setup()
        chosen = parser().parse_args(argv)
        _require_text(chosen)
        return chosen.run(chosen) or 0
    except (Unusable, BadInstance) as problem:
        print(problem, file=sys.stderr)
        return 2
    except DatabaseError as problem:
        print(
            f"database: {str(problem).splitlines()[0]}; is it there and up to date? jinzhong migrate",
            file=sys.stderr,
        )
        return 2
    except BrokenPipeError:
        return 0
    except OSError as problem:
        where = f"{problem.filename}: " if problem.filename else ""
        print(f"{where}{problem.strerror or problem}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except Exception as problem:
        if sys.flags.dev_mode:
            raise
        print(_unforeseen(problem), file=sys.stderr)
        return 2


def _require_text(chosen: argparse.Namespace) -> None:
    """A terminal that isn't UTF-8 hands words over as bytes that no database keeps. File names may be any bytes."""
    for name, given in vars(chosen).items():
        if isinstance(given, str) and not is_text(given):
            raise Unusable(
                f"{name}: these are not UTF-8 characters; set the terminal to UTF-8 and type it again"
            )


def is_text(given: str) -> bool:
    return not any("\ud800" <= char <= "\udfff" for char in given)


def _unforeseen(problem: Exception) -> str:
    """A fault of ours: its kind and place, never its words, which may hold somebody's data."""
    place = traceback.extract_tb(problem.__traceback__)[-1]
    return (
        f"a fault in the program: {type(problem).__name__} at {place.filename}:{place.lineno}; "
        "please report it; PYTHONDEVMODE=1 before the same command shows all of it"
    )


def add_by(command: argparse.ArgumentParser) -> None:
    """``--by``: who does it; default the operating-system account, recorded as such."""
    command.add_argument(
        "--by",
        default=machine_account(),
        metavar="USERNAME",
        help="who does this (default: the operating-system account)",
    )


def machine_account() -> str:
    """Who runs this by the operating system, not by variables that anybody may set."""
    try:
        return f"os:{pwd.getpwuid(os.getuid()).pw_name}"
    except KeyError:  # a container's user need not have a name
        return f"os:{os.getuid()}"


def actor(by: str, action: str) -> "Account | str":
    """The account that does it, if it may; or the operating-system account, which already holds the machine."""
    from jinzhong.district import queries
    from jinzhong.district.permissions import may

    if by == machine_account():
        return by
    account = queries.account(by)
    if account is None:
        raise Unusable(f"--by {by}: no active account of this name; see jinzhong user list")
    if not may(account, action):
        raise Unusable(f"--by {by}: the role {account.role} may not do this ({action})")
    return account


def name_of(by: "Account | str") -> str:
    """The name under which the event log keeps what an ``actor`` does."""
    return by if isinstance(by, str) else by.username


def add_period(command: argparse.ArgumentParser) -> None:
    """``--since`` and ``--until``: half-open, days in China."""
    command.add_argument("--since", type=day, required=True, metavar="YYYY-MM-DD", help="first day")
    command.add_argument(
        "--until", type=day, required=True, metavar="YYYY-MM-DD", help="the day after the last"
    )


def add_as_of(command: argparse.ArgumentParser) -> None:
    """``--as-of``: only what was known before this moment."""
    command.add_argument(
        "--as-of",
        type=moment,
        metavar="TIME",
        help="only what was known before, as 2021-06-01T08:30:00+08:00",
    )


def moment(text: str) -> datetime:
    """A time as typed; without offset it is of China. Raises what argparse turns into one line."""
    from jinzhong import clock
    from jinzhong.config.instance import BadInstance

    try:
        return clock.parse(text)
    except BadInstance as problem:
        raise argparse.ArgumentTypeError(str(problem)) from problem


def day(text: str) -> date:
    """A date as typed. Raises what argparse turns into one line."""
    from jinzhong import clock

    try:
        found = date.fromisoformat(text)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a date as 2021-05-31") from problem
    if found.year not in clock.YEARS:
        raise argparse.ArgumentTypeError(f"{text}: {clock.OUTSIDE}")
    return found


def period(chosen: argparse.Namespace) -> tuple[datetime, datetime]:
    """The chosen days as moments: since <= t < until."""
    from jinzhong import clock

    if chosen.until <= chosen.since:
        raise Unusable(f"--until {chosen.until}: must be later than --since {chosen.since}")
    return clock.midnight(chosen.since), clock.midnight(chosen.until)
