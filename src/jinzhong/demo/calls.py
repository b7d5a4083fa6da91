"""The calls of the demo: those of a synthetic world, as JSON lines for ``numbers watch``, up to now and then as time goes on.

Run as ``python -m jinzhong.demo.calls PIPE``. It always begins at the world's beginning; what the watch counted before isn't counted again.
"""

import contextlib
import json
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from jinzhong import clock
from jinzhong_engine.world import plan
from jinzhong_engine.world.days import Days
from jinzhong_engine.world.profile import load

WORLD = plan.Size(seed=12, residents=3000, days=70, start=date(2021, 5, 21), density=100)
"""Ten days lie before the demo's. Of few residents; as dense with fraud as a whole district, so that there is something to see."""
LOOK_EVERY = 1.0
"""Seconds."""


def days() -> Iterator[list[tuple[datetime, str]]]:
    """The calls of each day in the order of time: when, and the line."""
    drawn = Days(plan.plan(load("fenghua"), WORLD))
    for n in range(WORLD.days):
        rows = drawn.calls(n).to_pylist()
        yield [(row["start"], _line(f"{drawn.day(n)}-{at}", row)) for at, row in enumerate(rows)]


def _line(key: str, row: dict[str, object]) -> str:
    start = row["start"]
    assert isinstance(start, datetime)
    told = {"id": key, **row, "start": start.astimezone(clock.ZONE).isoformat()}
    return json.dumps(told, ensure_ascii=False) + "\n"


def main(pipe: Path) -> None:
    with pipe.open("w", encoding="utf-8") as out:
        until = clock.now()
        for of_day in days():
            for start, line in of_day:
                if start > until:
                    out.flush()
                    until = _when_it_is(start)
                out.write(line)
        out.flush()
        while True:  # the world is over, and the page says that no records come
            time.sleep(60)


def _when_it_is(moment: datetime) -> datetime:
    """Wait for it; returns what the clock shows then."""
    while (now := clock.now()) < moment:
        time.sleep(min(LOOK_EVERY, (moment - now).total_seconds() / clock.rate()))
    return now


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main(Path(sys.argv[1]))
