"""The weeks of a town as bars with the band in which they should lie; drawn on the board's aside and on the town's own page."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from jinzhong.situation import board, drill
from jinzhong.situation.board import Board, Line

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.rates import Limits

TALL, ABOVE, BELOW = 80, 16, 4
"""Of the bars, and of the room for words over and under them, in pixels."""


@dataclass(frozen=True)
class Week:
    """``band``: top and height of what 95 of 100 weeks stay in; ``out``: beyond it, "high" or "low"; ``far``: beyond 99.8."""

    since: date
    cases: int
    rows: str
    x: int
    y: float
    height: float
    is_last: bool
    expected: float | None
    limits: "Limits | None"
    band: tuple[float, float] | None

    @property
    def word_y(self) -> float:
        return round(self.y - 4, 1)

    @property
    def out(self) -> str:
        if self.limits is None:
            return ""
        return "high" if self.cases > self.limits.high else "low" if self.cases < self.limits.low else ""

    @property
    def far(self) -> bool:
        return self.limits is not None and not self.limits.far_low <= self.cases <= self.limits.far_high


@dataclass(frozen=True)
class Weeks:
    bars: list[Week]
    step: int
    mean: float | None
    tall: int = ABOVE + TALL + BELOW
    ground: int = ABOVE + TALL

    @property
    def wide(self) -> int:
        return len(self.bars) * self.step

    @property
    def bar(self) -> int:
        return self.step - self.step // 5

    @property
    def middle(self) -> int:
        return self.bar // 2

    @property
    def is_out(self) -> bool:
        return any(one.out for one in self.bars)


def weeks(told: Board, line: Line, *, step: int) -> Weeks:
    """The fifteen weeks before and the week itself, each against what was expected of it then."""
    from jinzhong_engine.surveillance.rates import limits

    expected = {one.period: one.expected for one in line.judged}
    last = line.alarm.period
    starts = [last - back * board.WEEK for back in range(len(line.history) - 1, -1, -1)]
    bounds = {day: limits(mean) for day, mean in expected.items() if mean is not None}
    top = max([*line.history, *(bounds[day].high for day in starts if day in bounds), 1])

    def up(cases: float) -> float:
        return round(TALL * min(cases / top, 1), 1)

    def band(day: date) -> tuple[float, float] | None:
        found = bounds.get(day)
        return (ABOVE + TALL - up(found.high), round(up(found.high) - up(found.low), 1)) if found else None

    bars = [
        Week(day, n, _rows(told, line, day), at * step, round(ABOVE + TALL - up(n), 1), up(n), day == last,
             expected.get(day), bounds.get(day), band(day))
        for at, (day, n) in enumerate(zip(starts, line.history, strict=True))
    ]  # fmt: skip
    mean = round(ABOVE + TALL - up(line.usual.expected), 1) if line.usual else None
    return Weeks(bars, step, mean)


def _rows(told: Board, line: Line, since: date) -> str:
    code = "" if line.fraud_class == board.ALL else line.fraud_class
    words = drill.cases(board.week_of(since), town=line.town.code, fraud_class=code).words()
    return urlencode(words | {"as_of": told.as_of.isoformat()})
