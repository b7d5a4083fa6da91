"""Rates per 10,000 as the pages draw them: a dot in its interval against the district's line."""

from dataclasses import dataclass
from urllib.parse import urlencode

from jinzhong.situation import drill
from jinzhong.situation.fair import Rates, TownRate
from jinzhong.situation.figures import Only
from jinzhong.situation.periods import Period

WIDE, EDGE, TICKS = 420, 12, 6
STEPS = [digit * 10.0**power for power in range(-3, 5) for digit in (1, 2, 5)]


@dataclass(frozen=True)
class FairLine:
    one: TownRate
    rows: str
    dot: float
    left: float
    width: float


@dataclass(frozen=True)
class Fair:
    told: Rates
    lines: list[FairLine]
    district: float
    ticks: list[tuple[float, str]]
    wide: int = WIDE


def fair_lines(told: Rates, period: Period, only: Only, as_of: str) -> Fair:
    top = max([told.district.rate, *(one.fair.high for one in told.towns)]) or 1.0

    def at(rate: float) -> float:
        return round(EDGE + (WIDE - 2 * EDGE) * rate / top, 1)

    def rows(one: TownRate) -> str:
        meant = drill.cases(period, town=one.town.code, fraud_class=only.fraud_class)
        return urlencode(meant.words() | {"as_of": as_of})

    lines = [
        FairLine(one, rows(one), at(one.fair.rate), at(one.fair.low), round(at(one.fair.high) - at(one.fair.low), 1))
        for one in told.towns
    ]  # fmt: skip
    step = next(size for size in STEPS if top / size <= TICKS)
    ticks = [(at(n * step), f"{n * step:g}") for n in range(int(top / step) + 1)]
    return Fair(told, lines, at(told.district.rate), ticks)
