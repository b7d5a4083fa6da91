"""What the live watch writes into the product, read on as it grows."""

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, moment, name_of
from jinzhong.cli.numbers.lists import operator_of
from jinzhong.cli.numbers.options import share_or_zero, usable

if TYPE_CHECKING:
    from jinzhong.district.models import Account, Unit
    from jinzhong.scoring.watched import Place

LOOK_EVERY = 2.0
"""Seconds between two looks at the file."""
AT_ONCE = 20
"""Lines of people in one transaction: each may raise a warning, and nobody else writes meanwhile."""
LONGEST_LOOK = 10.0
"""Seconds after which a reader that follows leaves the rest of a long file for its next look: meanwhile it neither hears the watch nor reads
its other file."""
WARN_FROM = 0.5
"""Below it a number is more likely innocent than not, and no program warns of it: decision 31."""
HEAR_EVERY = 5
"""Looks between two at the watch's sign of life."""


def add_live(command: argparse.ArgumentParser) -> None:
    command.add_argument("file", type=Path, help="the --out of numbers watch")
    command.add_argument(
        "--operator", metavar="CODE", help="whose numbers they are (default: the operator of --by)"
    )
    command.add_argument(
        "--people", type=Path, metavar="FILE",
        help="the --people of numbers watch: whom the listed numbers talk to is kept, and who is in medium or deep becomes a warning",
    )  # fmt: skip
    command.add_argument(
        "--quiet-until", type=moment, metavar="TIME",
        help="with --people: who was told of before is kept, and warned when a person says so; for the days before an office begins",
    )  # fmt: skip
    command.add_argument(
        "--warn-from", type=share_or_zero, metavar="P",
        help="with --people: whom a number listed with a lower chance reached is kept, and warned when a person says so "
        f"(default: {WARN_FROM}; 0: all are warned)",
    )  # fmt: skip
    command.add_argument("--follow", action="store_true", help="stay and read on; else read what is there")
    command.add_argument(
        "--simulated", action="store_true", help="numbers of a synthetic world; marked as such"
    )
    add_by(command)
    command.set_defaults(run=usable(_live))


def _live(chosen: argparse.Namespace) -> int:
    from jinzhong.scoring.watched import Place

    if (chosen.quiet_until or chosen.warn_from is not None) and not chosen.people:
        raise Unusable("--quiet-until and --warn-from: say of whom --people warns; give it too")
    place, people = Place(), Place()
    is_heard = _hear(chosen)
    _read(chosen, place)
    if chosen.people:
        _read_people(chosen, people)
    seen, met, looks = None, None, 0
    while chosen.follow:
        time.sleep(LOOK_EVERY)
        looks += 1
        if looks % HEAR_EVERY == 0 or not is_heard:
            is_heard = _hear(chosen)
        if (now := _state(chosen.file)) != seen and _read(chosen, place):
            seen = now
        if chosen.people and (now := _state(chosen.people)) != met and _read_people(chosen, people):
            met = now
    return 0


def _state(path: Path) -> tuple[int, int, int]:
    """Another one: the file has changed."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _hear(chosen: argparse.Namespace) -> bool:
    """What the watch says of itself; whether it says anything."""
    from jinzhong.scoring import operations, pulse

    operator, said = operator_of(chosen, actor(chosen.by, "number.import")), pulse.read(chosen.file)
    operations.hear_live(operator=operator, file=chosen.file.name, pulse=said, now=clock.now())
    return said is not None


def _read(chosen: argparse.Namespace, place: "Place") -> bool:
    """Keep what is new of the list."""
    from jinzhong.scoring import live, operations, watched

    file = chosen.file.name

    def lines(operator: "Unit") -> Iterator[list[Any]]:
        return watched.read_on(chosen.file, live.last(operator, file=file), place)

    def keep(operator: "Unit", some: list[Any], by: "Account | str") -> int:
        operations.keep_live(
            operator=operator,
            file=file,
            lines=some,
            simulated=chosen.simulated,
            by=name_of(by),
            now=clock.now(),
        )
        return len(some)

    kept, is_all = _take(chosen, file, lines, keep, may="number.import")
    if kept or not chosen.follow:
        print(f"{file}: {kept} new lines kept", file=sys.stderr)
    return is_all


def _read_people(chosen: argparse.Namespace, place: "Place") -> bool:
    """Keep whom the listed numbers talk to, and warn; whether that was all: a line whose listing wasn't read yet waits for the next look."""
    from jinzhong import flow
    from jinzhong.scoring import live, watched

    file, raised = chosen.people.name, 0

    def lines(operator: "Unit") -> Iterator[list[Any]]:
        for read in watched.read_people(chosen.people, live.people_read(operator, file=file), place):
            yield from (read[at : at + AT_ONCE] for at in range(0, len(read), AT_ONCE))

    def keep(operator: "Unit", some: list[Any], by: "Account | str") -> int:
        nonlocal raised
        if isinstance(by, str):
            raise Unusable("--people: a warning is raised by an account; say whose with --by")
        taken, made = flow.take_people(
            operator=operator, file=file, lines=some, by=by, now=clock.now(),
            quiet_until=chosen.quiet_until, least_chance=WARN_FROM if chosen.warn_from is None else chosen.warn_from,
        )  # fmt: skip
        raised += len(made)
        return taken

    kept, is_all = _take(chosen, file, lines, keep, may="number.warn")
    if kept:
        print(f"{file}: {kept} new lines kept, {raised} warnings raised or joined", file=sys.stderr)
    return is_all


def _take(
    chosen: argparse.Namespace,
    file: str,
    lines: "Callable[[Unit], Iterator[list[Any]]]",
    keep: "Callable[[Unit, list[Any], Account | str], int]",
    *,
    may: str,
) -> tuple[int, bool]:
    """(how many new lines of a file were kept, whether those were all). Who does it is asked anew each time: the account may have ended."""
    from jinzhong.scoring import operations
    from jinzhong.scoring.given import BadList

    by, kept, began = actor(chosen.by, may), 0, time.monotonic()
    operator = operator_of(chosen, by)
    try:
        for some in filter(None, lines(operator)):
            taken = keep(operator, some, by)
            kept += taken
            if taken < len(some):
                print(f"{file}: the lines from {some[taken].line} on wait for the list", file=sys.stderr)
                return kept, False
            if chosen.follow and time.monotonic() - began > LONGEST_LOOK:
                return kept, False
    except (BadList, operations.Unfit) as problem:
        raise Unusable(str(problem)) from problem
    return kept, True
