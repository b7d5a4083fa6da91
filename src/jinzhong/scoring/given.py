"""A list as it is given to be kept: read from a file by ``reading``, or made by whoever scored."""

import json
from collections.abc import Collection
from dataclasses import asdict, astuple, dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from jinzhong.vault import seal

if TYPE_CHECKING:
    from jinzhong_engine.evaluate.reached import Resident
    from jinzhong_engine.evaluate.rung import Rung


class BadList(ValueError):
    """The file can't be a daily list; the message says why, in the user's words."""


@dataclass(frozen=True)
class Scored:
    """One number as the model judged it."""

    number: str
    score: float
    reasons: list[str]


@dataclass(frozen=True)
class Named:
    """What one readable rule names: so many of the scored numbers, and why, of those that are kept."""

    numbers: int
    reasons: dict[str, str]


@dataclass(frozen=True)
class Rival:
    """What another model said of the same day's numbers: the chance of every one, and the line it would list from."""

    chances: dict[str, float]
    model: str
    made_on: date
    line: float
    digest: str
    """Of the file."""


@dataclass(frozen=True)
class LiveLine:
    """One line of the live watch: a number entered its list or left it. ``ends`` and ``digest``: how far the file was read with it."""

    line: int
    ends: int
    digest: str
    number: str
    at: datetime
    listed: bool
    score: float
    reasons: list[str]
    reached: int


@dataclass(frozen=True)
class PersonLine:
    """One line beside the live list: a resident whom a listed number talks to is in as deep as ``pattern``, and was before as ``was`` says
    (empty: wasn't told of). ``since``: when the number was listed; None: before people were told of. ``at``: up to when the records went."""

    line: int
    ends: int
    digest: str
    number: str
    since: datetime | None
    at: datetime
    person: str
    pattern: str
    was: str
    talks: int
    seconds: int
    last: datetime


@dataclass(frozen=True)
class Judged:
    """The whole file: its numbers from the gravest down to the last that is kept, and by which model."""

    rows: list[Scored]
    chances: list[float]
    """Of every number that may be listed, gravest first, whether its row is kept or not."""
    scored: int
    model: str
    made_on: date
    prevalence: float
    default_line: float
    digest: str
    """Of the file alone."""
    cut_off: datetime
    reached: dict[str, list["Resident"]] | None = None
    simulated: bool = False
    drift: dict[str, Any] | None = None
    """How far the scored numbers lie from those the model was fitted on."""
    rung: dict[str, "Rung"] | None = None
    """How many different numbers each listed one rang, where the calls were given."""
    measures: dict[str, list[dict[str, Any]]] | None = None
    """What stands behind the reasons of each listed number (``Measure``), as far as the calls say the same reasons."""
    named: dict[str, Named] | None = None
    """By rule, where the rules were asked."""
    others: list[Scored] = field(default_factory=list)
    """Those that a rule names and that stand in no row."""
    early: dict[str, dict[str, Any]] | None = None
    """How early each listed one was found, beside the old rule (``evaluate.early.Early``, and whether the watch was first)."""
    plain_limit: int | None = None
    """The old rule: more than so many calls a day."""

    def by_rule(self, live: Collection[str], line: float) -> list[Scored]:
        """Those that a live rule names below the line, gravest first: they are listed too."""
        reasons = [one.reasons for signal, one in (self.named or {}).items() if signal in live]
        found = [
            one
            for one in (*self.rows, *self.others)
            if one.score < line and any(one.number in them for them in reasons)
        ]
        return sorted(found, key=lambda one: (-one.score, one.number))

    def fingerprint(self) -> str:
        """Of all that was given: the file, what it was scored with, and what the calls say of its numbers. How early they were found isn't given:
        it follows from the calls, and from what the watch had listed by then."""
        met = None
        if self.reached is not None:
            met = {number: [asdict(one) for one in them] for number, them in self.reached.items()}
        told = [self.digest, self.model, self.prevalence, self.cut_off.timestamp(), self.simulated, met]
        if self.drift is not None:  # lists of before drift was measured keep their fingerprint
            told.append(self.drift)
        if self.rung is not None:  # so do those of before calls were counted
            told.append({number: asdict(one) for number, one in self.rung.items()})
            told.append(self.measures)
        if self.named is not None:
            told.append({signal: asdict(one) for signal, one in self.named.items()})
            told.append([astuple(one) for one in self.others])
        return seal.digest(json.dumps(told, sort_keys=True).encode())
