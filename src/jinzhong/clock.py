"""The one clock. Read at the edges only (web, wire, cli, worker); operations are handed ``now``.

A real instance runs on the machine's clock. A demo or test instance may start elsewhere:
``JINZHONG_CLOCK`` (a time with offset) starts this process's clock there and lets it run on, ``JINZHONG_CLOCK_RATE``
makes it run faster. The processes of one running demo share an anchor in ``clock.json`` of the data folder.
"""

import json
import time
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from jinzhong.config import environment, instance

ZONE = ZoneInfo("Asia/Shanghai")
DEMO_DAY = datetime(2021, 5, 31, tzinfo=ZONE)
YEARS = range(1990, 2101)
"""No fact lies outside these years; whoever writes another one has mistyped."""
OUTSIDE = f"the year lies outside {YEARS[0]} to {YEARS[-1]}"


class Anchor(NamedTuple):
    """At machine second ``real`` the clock showed ``shown``; it runs ``rate`` times as fast as the machine's."""

    shown: datetime
    real: float
    rate: float = 1.0

    def at(self, real: float) -> datetime:
        return self.shown + timedelta(seconds=(real - self.real) * self.rate)


def now() -> datetime:
    """The present moment, zone Asia/Shanghai."""
    anchor = _own_anchor() or _shared_anchor()
    return anchor.at(time.time()) if anchor else _machine()


def machine_seconds() -> float:
    """Seconds of the machine's own clock: for measuring idleness, which no injected clock may stretch."""
    return time.time()


def rate() -> float:
    """How many seconds of this clock pass in one second of the machine."""
    anchor = _own_anchor() or _shared_anchor()
    return anchor.rate if anchor else 1.0


def _machine() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC).astimezone(ZONE)


@cache
def _own_anchor() -> Anchor | None:
    """The anchor the environment asks for; refused for a real instance."""
    started = environment.read("JINZHONG_CLOCK")
    if not started and not environment.is_set("JINZHONG_CLOCK_RATE"):
        return None
    if instance.kind() == "real":
        raise instance.BadInstance(
            "JINZHONG_CLOCK and JINZHONG_CLOCK_RATE are for demo and test instances; unset them"
        )
    return Anchor(_start(started) if started else now_without_environment(), time.time(), _speed())


def _start(text: str) -> datetime:
    try:
        return parse(text)
    except instance.BadInstance as problem:
        raise instance.BadInstance(f"JINZHONG_CLOCK={problem}") from problem


def now_without_environment() -> datetime:
    anchor = _shared_anchor()
    return anchor.at(time.time()) if anchor else _machine()


def parse(text: str) -> datetime:
    """A time of ISO 8601; without offset it is of Asia/Shanghai. Raises BadInstance."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as problem:
        raise instance.BadInstance(f"{text}: write a time such as 2021-05-31T14:00:00+08:00") from problem
    if moment.year not in YEARS:
        raise instance.BadInstance(f"{text}: {OUTSIDE}")
    return moment.replace(tzinfo=ZONE) if moment.tzinfo is None else moment.astimezone(ZONE)


def midnight(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime(day.year, day.month, day.day, tzinfo=ZONE)


def _speed() -> float:
    text = environment.read("JINZHONG_CLOCK_RATE")
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed <= 100_000:
        raise instance.BadInstance(f"JINZHONG_CLOCK_RATE={text}: use a number such as 60")
    return speed


def check() -> None:
    """Raise BadInstance when the environment asks for a clock that this instance may not have."""
    _own_anchor()


# -- the demo's shared anchor --------------------------------------------------------------------------


_read: dict[str, tuple[float, Anchor]] = {}


def _shared_anchor() -> Anchor | None:
    """The demo's anchor, re-read only when its file changes (this runs on every request)."""
    path = instance.data_folder() / "clock.json"
    try:
        changed = path.stat().st_mtime
    except FileNotFoundError:
        return None
    known = _read.get(str(path))
    if known and known[0] == changed:
        return known[1]
    kept = json.loads(path.read_text("utf-8"))
    anchor = Anchor(parse(kept["shown"]), kept["real"], kept["rate"])
    _read[str(path)] = (changed, anchor)
    return anchor


def start_demo(*, not_before: datetime | None = None) -> datetime:
    """Start the demo's clock for all its processes and return what it shows.

    It goes on at the present hour of 31 May 2021, or, where that would go back behind ``not_before`` (the newest
    event) or behind the clock's own last reading, of the first later day: a demo's clock never runs backwards. Where
    ``JINZHONG_CLOCK`` asks for a time, it starts there or, if that would go back, where it stopped.
    """
    own = _own_anchor()
    past = [moment for moment in (not_before, last_reading()) if moment]
    if own and environment.is_set("JINZHONG_CLOCK"):
        shown = max([own.at(time.time()), *past])
    else:
        shown = _present_hour_from(max([DEMO_DAY, *past]))
    keep(Anchor(shown, time.time(), own.rate if own else 1.0))
    return shown


def _present_hour_from(floor: datetime) -> datetime:
    present = _machine()
    shown = datetime.combine(floor.date(), present.time(), ZONE)
    return shown if shown >= floor else shown + timedelta(days=1)


def keep(anchor: Anchor) -> None:
    """Write the shared anchor; called again while the demo runs, it is also the clock's last reading."""
    text = json.dumps({"shown": anchor.shown.isoformat(), "real": anchor.real, "rate": anchor.rate})
    instance.replace_file(instance.data_folder() / "clock.json", text)


def keep_reading() -> None:
    """Note what the demo's clock shows now, so that a later start can't go behind it."""
    anchor = _shared_anchor()
    if anchor:
        real = time.time()
        keep(Anchor(anchor.at(real), real, anchor.rate))


def last_reading() -> datetime | None:
    """What the demo's clock showed when it was last noted."""
    anchor = _shared_anchor()
    return anchor.shown if anchor else None
