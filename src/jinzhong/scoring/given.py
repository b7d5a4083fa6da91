"""A list as it is given to be kept: read from a file by ``reading``, or made by whoever scored."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinzhong_engine.evaluate.reached import Resident


class BadList(ValueError):
    """The file can't be a daily list; the message says why, in the user's words."""


@dataclass(frozen=True)
class Scored:
    """One number as the model judged it."""

    number: str
    score: float
    reasons: list[str]


@dataclass(frozen=True)
class Judged:
    """The whole file: its numbers from the gravest down to the last that is kept, and by which model."""

    rows: list[Scored]
    scored: int
    model: str
    made_on: date
    prevalence: float
    default_line: float
    digest: str
    cut_off: datetime
    reached: dict[str, list["Resident"]] | None = None
    simulated: bool = False
