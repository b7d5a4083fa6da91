"""五色预警: whether a town has more cases than it should, of all kinds or of one class.

Growth alone paints 23 % of the weeks red when nothing has changed, so each colour also asks for a number of cases and
for a surplus that chance seldom brings (measured in ``benchmarks/alarms.py``). All numbers are the district's defaults; a
change is a new version with its day.

>>> colour(Seen(cases=9, expected=4.0, p=0.021))
'red'
>>> colour(Seen(cases=4, expected=1.0, p=0.019))  # four times as many, yet four
'orange'
>>> colour(Seen(cases=2, expected=0.5, p=0.090))  # the innocent look-alike: two cases where one comes in two weeks
'blue'
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from jinzhong_engine.ladders import version_of

COLOURS = ("green", "blue", "yellow", "orange", "red")
"""From calm to alarm; ``none`` stands for not enough data."""
NONE = "none"
WORDS = {
    "red": "红色预警",
    "orange": "橙色预警",
    "yellow": "黄色预警",
    "blue": "蓝色",
    "green": "绿色",
    NONE: "数据不足",
}


class BadLadder(ValueError):
    """The steps leave a gap or contradict each other; the message says where."""


@dataclass(frozen=True)
class Seen:
    """A week, or a longer window, against what was expected of it. ``p``: chance of as many or more without a change."""

    cases: int
    expected: float
    p: float

    @property
    def growth(self) -> float:
        return self.cases / self.expected - 1


class Rung(NamedTuple):
    """Growth above ``growth_over``, at least ``cases_from`` cases, chance at most ``p_to``."""

    colour: str
    growth_over: float
    cases_from: int
    p_to: float

    def holds(self, seen: Seen) -> bool:
        return seen.growth > self.growth_over and seen.cases >= self.cases_from and seen.p <= self.p_to


class Version(NamedTuple):
    """``rungs``: read from the top, of a single week; ``pooled``: of the longer window where a week has too few cases."""

    effective_from: date
    rungs: tuple[Rung, ...]
    pooled: tuple[Rung, ...]

    @property
    def name(self) -> str:
        return f"area_early_warning {self.effective_from}"


VERSIONS = (
    Version(
        date(2021, 1, 1),
        rungs=(
            Rung("red", 0.50, 5, 0.05),
            Rung("orange", 0.30, 4, 0.10),
            Rung("yellow", 0.10, 3, 0.20),
            Rung("blue", 0.00, 0, 1.00),
        ),
        # A rise that only a month or a quarter shows is no matter of the same day: at most orange. Stricter, because
        # the same cases are looked at several weeks running.
        pooled=(Rung("orange", 0.50, 5, 0.02), Rung("yellow", 0.30, 4, 0.05)),
    ),
)


def in_force(on: date) -> Version:
    """The version of a day; before the first one, the first."""
    return version_of(VERSIONS, on)


def colour(seen: Seen, rungs: Sequence[Rung] = VERSIONS[0].rungs) -> str:
    return next((one.colour for one in rungs if one.holds(seen)), "green")


def at_least(one: str, other: str) -> str:
    """The higher of two colours; no data is lower than any."""
    return max(one, other, key=lambda name: COLOURS.index(name) if name in COLOURS else -1)


def check(rungs: Sequence[Rung]) -> None:
    """Raises BadLadder for a colour that is left out, a step that no week can reach, or growth that no step covers."""
    names = [one.colour for one in rungs]
    if names != list(COLOURS[:0:-1]):
        raise BadLadder(f"steps are {', '.join(names)}; needed are red, orange, yellow, blue, in this order")
    for upper, lower in pairwise(rungs):
        if not (upper.growth_over > lower.growth_over and upper.cases_from >= lower.cases_from):
            raise BadLadder(
                f"{upper.colour}: must ask for more growth and no fewer cases than {lower.colour}"
            )
        if upper.p_to > lower.p_to:
            raise BadLadder(f"{upper.colour}: must not allow a greater chance than {lower.colour}")
    if (rungs[-1].growth_over, rungs[-1].cases_from, rungs[-1].p_to) != (0.0, 0, 1.0):
        raise BadLadder("blue: must take any growth above 0, or a gap is left between blue and green")


class Act(NamedTuple):
    """Who acts, within how many days, and what ends it."""

    who: str
    days: int | None
    task: str
    cleared: str


ACTS = {
    "red": Act("区反诈办牵头", 0, "当日会商，逐日跟踪", "连续 2 周不高于黄色后解除"),
    "orange": Act("派出所会同镇（街道）", 2, "2 日内会商，7 日内重点村入户", "降到黄色及以下后解除"),
    "yellow": Act("镇（街道）", 3, "3 日内出方案，定向广播", "降到蓝色及以下后解除"),
    "blue": Act("镇（街道）联络员", 1, "24 小时内知会", "不需解除"),
    "green": Act("", None, "日常工作", ""),
    NONE: Act("", None, "看更长的时段", "数据够 15 周后再判"),
}
CLUSTER_CASES = 3
CLUSTER_DAYS = 7
CLUSTER_RAISES_TO = "yellow"
HUGE_LOSS_YUAN = 500_000
"""One case of so much is told apart: it says nothing about how many cases there are."""
