"""A watch that is killed at its n-th write, sync or change of name.

Run as ``python -m jinzhong_engine.models.tests.dying MODEL STATE OUT N < EVENTS``; 0: never. It marks every ``MARKS`` records.
"""

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinzhong_engine.backends.tests.streams import AS_OF
from jinzhong_engine.features.windows import DAY, SECOND
from jinzhong_engine.models import boosting, events, watch

MARKS = 400
PIECE = 1 << 14
LATENESS = 600 * SECOND
PLACES = 0


def dies(do: Callable[..., Any], at: int) -> Callable[..., Any]:
    """The same, in a process that is killed before or after the n-th of them."""

    def walked(*arguments: Any, **named: Any) -> Any:
        place(at)
        done = do(*arguments, **named)
        place(at)
        return done

    return walked


def place(at: int) -> None:
    global PLACES
    PLACES += 1
    if at == PLACES:
        os.kill(os.getpid(), signal.SIGKILL)


def main(model: str, state: str, out: str, at: int) -> None:
    for name in ("fsync", "fdatasync"):
        setattr(os, name, dies(getattr(os, name), at))
    for name in ("replace", "unlink"):
        setattr(Path, name, dies(getattr(Path, name), at))
    watch.MARK_EVERY, events.PIECE = MARKS, PIECE
    watching = watch.Watch(boosting.load(Path(model)), Path(state), Path(out), lateness=LATENESS)
    with open(0, "rb", buffering=0) as source:
        watch.watch(watching, events.batches(source, latest=lambda: AS_OF + DAY, name="-"), print)
    print("places", PLACES)


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
