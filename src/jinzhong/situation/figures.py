"""The figures of a period, as ``queries`` counts them."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from jinzhong.situation import shares
from jinzhong.situation.periods import Period


@dataclass(frozen=True)
class Only:
    """What to count alone: a town, class, area, victims of a sex or age band; of towns and classes several with commas
    between. Empty: all."""

    town: str = ""
    fraud_class: str = ""
    area: str = ""
    sex: str = ""
    age: str = ""

    @property
    def towns(self) -> list[str]:
        return self.town.split(",") if self.town else []

    @property
    def classes(self) -> list[str]:
        return self.fraud_class.split(",") if self.fraud_class else []

    def __bool__(self) -> bool:
        return bool(self.town or self.fraud_class or self.area or self.sex or self.age)


EVERYTHING = Only()


class Total(NamedTuple):
    """So many cases, so much lost."""

    cases: int = 0
    loss: Decimal = Decimal(0)


class Part(NamedTuple):
    """One line of a breakdown; shares are of the whole period."""

    code: str
    name: str
    cases: int
    loss: Decimal
    percent: str | None
    loss_percent: str | None
    rate_10k: str | None = None


class Persons(NamedTuple):
    """So many victims of a sex or age band."""

    code: str
    name: str
    persons: int
    percent: str | None


@dataclass(frozen=True)
class Stats:
    """All figures of one period. Changes, shares and rates are None where the base is zero or unknown."""

    period: Period
    as_of: datetime | None
    only: Only
    total: Total
    residents: int
    previous: tuple[Period, Total]
    last_year: tuple[Period, Total]
    city: int | None
    by_class: list[Part]
    by_town: list[Part]
    by_area: list[Part]
    by_month: list[Part]
    persons: int
    by_sex: list[Persons]
    by_age: list[Persons]
    notes: list[str] = field(default_factory=list)

    @property
    def loss_avg(self) -> Decimal | None:
        return self.total.loss / self.total.cases if self.total.cases else None

    @property
    def rate_10k(self) -> str | None:
        return shares.rate(self.total.cases, self.residents)

    @property
    def change_percent(self) -> str | None:
        return shares.change(self.total.cases, self.previous[1].cases)

    @property
    def loss_change_percent(self) -> str | None:
        return shares.change(self.total.loss, self.previous[1].loss)

    @property
    def yoy_percent(self) -> str | None:
        return shares.change(self.total.cases, self.last_year[1].cases)

    @property
    def city_percent(self) -> str | None:
        return shares.percent(self.total.cases, self.city, places=shares.HUNDREDTH) if self.city else None
