"""What the live watch writes into the product, read on as it grows."""

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, name_of
from jinzhong.cli.numbers.lists import operator_of
from jinzhong.cli.numbers.options import usable

if TYPE_CHECKING:
    from jinzhong.scoring.watched import Place

LOOK_EVERY = 2.0
"""Seconds between two looks at the file."""
AT_ONCE = 20
"""Lines of people in one transaction: each may raise a warning, and nobody else writes meanwhile."""
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
    command.add_argument("--follow", action="store_true", help="stay and read on; else read what is there")
    command.add_argument(
        "--simulated", action="store_true", help="numbers of a synthetic world; marked as such"
    )
    add_by(command)
    command.set_defaults(run=usable(_live))


def _live(chosen: argparse.Namespace) -> int:
    from jinzhong.scoring.watched import Place

    place, people = Place(), Place()
    kept = _read(chosen, place)
    _hear(chosen)
    print(f"{chosen.file.name}: {kept} new lines kept", file=sys.stderr)
    if chosen.people:
        _take_people(chosen, people)
    seen, met, looks = None, None, 0
    while chosen.follow:
        time.sleep(LOOK_EVERY)
        looks += 1
        if (now := _state(chosen.file)) != seen:
            _read(chosen, place)
            seen = now
        if chosen.people and (now := _state(chosen.people)) != met and _take_people(chosen, people):
            met = now
        if looks % HEAR_EVERY == 0:
            _hear(chosen)
    return 0


def _state(path: Path) -> tuple[int, int, int]:
    """Another one: the file has changed."""
    found = path.stat()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _take_people(chosen: argparse.Namespace, place: "Place") -> bool:
    """Keep whom the listed numbers talk to, and warn; whether that was all: a line whose listing wasn't read yet waits for the next look."""
    from jinzhong import flow
    from jinzhong.scoring import live, operations, watched
    from jinzhong.scoring.given import BadList

    by = actor(chosen.by, "number.warn")
    if isinstance(by, str):
        raise Unusable("--people: a warning is raised by an account; say whose with --by")
    operator, file, kept, raised = operator_of(chosen, by), chosen.people.name, 0, 0
    try:
        for lines in watched.read_people(chosen.people, live.people_read(operator, file=file), place):
            for at in range(0, len(lines), AT_ONCE):
                some = lines[at : at + AT_ONCE]
                taken, made = flow.take_people(
                    operator=operator, file=file, lines=some, by=by, now=clock.now()
                )
                kept, raised = kept + taken, raised + len(made)
                if taken < len(some):
                    print(f"{file}: the lines from {some[taken].line} on wait for the list", file=sys.stderr)
                    return False
    except (BadList, operations.Unfit) as problem:
        raise Unusable(str(problem)) from problem
    if kept:
        print(f"{file}: {kept} new lines kept, {raised} warnings raised or joined", file=sys.stderr)
    return True


def _hear(chosen: argparse.Namespace) -> None:
    """What the watch says of itself."""
    from jinzhong.scoring import operations, pulse

    operator = operator_of(chosen, actor(chosen.by, "number.import"))
    operations.hear_live(
        operator=operator, file=chosen.file.name, pulse=pulse.read(chosen.file), now=clock.now()
    )


def _read(chosen: argparse.Namespace, place: "Place") -> int:
    """Keep what is new in the file; how many lines. Who does it is asked anew each time: the account may have ended."""
    from jinzhong.scoring import live, operations, watched
    from jinzhong.scoring.given import BadList

    by, kept = actor(chosen.by, "number.import"), 0
    operator, file = operator_of(chosen, by), chosen.file.name
    try:
        for lines in watched.read_on(chosen.file, live.last(operator, file=file), place):
            if lines:
                operations.keep_live(
                    operator=operator, file=file, lines=lines, simulated=chosen.simulated, by=name_of(by),
                    now=clock.now(),
                )  # fmt: skip
            kept += len(lines)
    except (BadList, operations.Unfit) as problem:
        raise Unusable(str(problem)) from problem
    return kept
