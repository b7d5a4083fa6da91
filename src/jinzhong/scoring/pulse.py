"""A sign of life beside the live list: one that doesn't change may be quiet, or nobody writes it any more."""

import json
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinzhong.clock import YEARS

EVERY = 5.0
"""Seconds."""
LONGEST = 1 << 12
MOST = 2**62
MODEL = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class Listing:
    """By what it lists: which model, from which chance on, at the prevalence the model was fitted at."""

    model: str
    line: float
    prevalence: float

    def __post_init__(self) -> None:
        if not (
            MODEL.fullmatch(self.model) and 0 <= float(self.line) <= 1 and 0 < float(self.prevalence) < 1
        ):
            raise ValueError(self)


@dataclass(frozen=True)
class Pulse:
    """What the watch said last: when, up to when its records go (None: there was none yet), how many were counted, how many wait
    because their time hasn't come. ``reading``: it has only begun, and reads its state; of records it says nothing then."""

    at: datetime
    newest: datetime | None
    counted: int
    ahead: int = 0
    listing: Listing | None = None
    """None: it doesn't say."""
    reading: bool = False


class Beating:
    """Writes the pulse beside the list, every few seconds at most; ``tell``, at once."""

    def __init__(self, out: Path, now: Callable[[], datetime]):
        self._path, self._now, self._next = _beside(out), now, 0.0
        self._listing: Listing | None = None

    @contextmanager
    def reading(self) -> Iterator[None]:
        """While the watch reads its state it can't beat, and says so once. Where it doesn't come to watch, what stood there stands again."""
        before = self._path.read_bytes() if self._path.exists() else None
        self._write({"at": self._now().isoformat(), "newest": None, "counted": 0, "reading": True})
        try:
            yield
        except BaseException:
            if before is None:
                self._path.unlink(missing_ok=True)
            else:
                self._path.write_bytes(before)
            raise

    def listing(self, listing: Listing) -> None:
        self._listing = listing

    def beat(self, newest: datetime | None, counted: int, ahead: int = 0) -> None:
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self.tell(newest, counted, ahead)

    def tell(self, newest: datetime | None, counted: int, ahead: int = 0) -> None:
        told = {
            "at": self._now().isoformat(),
            "newest": newest.isoformat() if newest else None,
            "counted": counted,
            "ahead": ahead,
            **({"listing": asdict(self._listing)} if self._listing else {}),
        }
        self._write(told)

    def _write(self, told: dict[str, Any]) -> None:
        part = self._path.with_name(self._path.name + ".part")
        part.write_text(json.dumps(told) + "\n", "utf-8")
        part.replace(self._path)


def read(out: Path) -> Pulse | None:
    """None: nobody writes one there, or something else stands there."""
    try:
        told = json.loads(_beside(out).read_bytes()[:LONGEST])
        at, newest = _moment(told["at"]), told["newest"]
        counted, ahead = int(told["counted"]), int(told.get("ahead", 0))
        if not (0 <= counted <= MOST and 0 <= ahead <= MOST):
            return None
        listing = Listing(**told["listing"]) if "listing" in told else None
        return Pulse(
            at, _moment(newest) if newest else None, counted, ahead, listing, told.get("reading") is True
        )
    except (FileNotFoundError, ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError(text)
    return at


def _beside(out: Path) -> Path:
    return out.with_name(out.name + ".pulse")
