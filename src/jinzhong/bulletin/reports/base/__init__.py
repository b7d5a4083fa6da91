"""What every kind of bulletin offers, and the shape of a figure."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Paper
from jinzhong.district.models import Account
from jinzhong.situation.drill import Rows
from jinzhong.situation.periods import Period

DASH = "—"


class Report(Protocol):
    """A module (or folder) of ``reports``.

    ``TITLE``: 反诈日报. ``RULES``: name of the rules by which it counts, changed whenever a definition changes.
    ``TWO_PERSONS``: one person puts it forward, another one signs.
    """

    TITLE: str
    RULES: str
    TWO_PERSONS: bool

    def period(self, day: date) -> Period:
        """The days it is about: the day, its week, its month. It is kept by the last of them."""

    def compose(self, day: date, *, viewer: Account | None, as_of: datetime) -> Content:
        """What it says about a day by what was known before ``as_of``: figures, tables, lists; a function of nothing else."""

    def layout(self, content: Content) -> Paper:
        """Its content set as a paper."""


@dataclass(frozen=True)
class Figure:
    """A number with its words: ``name`` 当日发案， ``text`` as printed, ``definition`` how it is counted, ``rows`` what it opens to."""

    name: str
    value: int | str | None
    text: str
    definition: str
    rows: Rows | None = None

    def as_json(self) -> dict[str, Any]:
        told = {"name": self.name, "value": self.value, "text": self.text, "definition": self.definition}
        return told | ({"rows": self.rows.words()} if self.rows else {})


def count(number: int, unit: str) -> str:
    return f"{number:,} {unit}"


def span(seconds: float) -> str:
    """4 分 12 秒; 2 时 54 分."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} 时 {whole % 3600 // 60} 分"
    return f"{whole // 60} 分 {whole % 60:02d} 秒" if whole >= 60 else f"{whole} 秒"


def month_day(day: date) -> str:
    return f"{day.month}月{day.day}日"


def full_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
