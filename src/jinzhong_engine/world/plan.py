"""Everything a seed decides before the first day is drawn: who lives here, what offenders do, which stories come of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from jinzhong_engine.world import alerts, fraud, life, register, victims
from jinzhong_engine.world.chance import apportioned
from jinzhong_engine.world.life import CELLS, Habits
from jinzhong_engine.world.people import Book, People, book, settle
from jinzhong_engine.world.profile import Profile

Ints = np.ndarray


@dataclass(frozen=True)
class Size:
    """What was asked for."""

    seed: int
    residents: int
    days: int
    start: date
    density: float = 1.0

    @property
    def until(self) -> date:
        return self.start + timedelta(days=self.days)


@dataclass(frozen=True)
class World:
    profile: Profile
    size: Size
    people: People
    trades: Ints
    """Trade of each trade number."""
    book: Book
    habits: Habits
    cases: Sequence[register.Planned]
    gangs: Sequence[fraud.Gang]
    numbers: fraud.Numbers
    fraud_calls: fraud.Calls
    fraud_texts: fraud.Texts
    fraud_cells: Sequence[tuple[str, int]]
    fraud_handsets: int
    stories: Sequence[victims.Incident]
    alerts: Sequence[alerts.Alert]


def default_start(profile: Profile, days: int) -> date:
    """By default a world ends with the register the newspaper printed."""
    end: date = profile.register["until"]
    return end - timedelta(days=days)


def plan(profile: Profile, size: Size) -> World:
    """Decide it all; about five seconds for half a million residents."""
    seed, days, start = size.seed, size.days, size.start
    lives = settle(profile, seed=seed, residents=size.residents)
    cases = register.deal(profile, _margins(profile, size), seed=seed)
    gangs = fraud.gangs(profile, cases, seed=seed)
    subscribers = len(lives.holder)
    per_trade = np.maximum(1, apportioned(
        -(-subscribers * sum(one["per_10k"] for one in profile.trades) // 10_000), [one["per_10k"] for one in profile.trades]
    ))  # fmt: skip
    trades = np.repeat(np.arange(len(profile.trades)), per_trade)
    count = max(
        profile.fraud["least_numbers"],
        round(profile.fraud["per_1000"] * size.density * (subscribers + len(trades)) / 1000),
    )
    numbers = fraud.numbers(profile, gangs, cases, seed=seed, count=count, start=start, days=days)
    landline = np.array([bool(one.get("landline")) for one in profile.trades])[trades]
    numbered = book(profile, lives, seed=seed, landline=landline, fraud=count, overseas=numbers.is_overseas)
    calls, cells, handsets = fraud.calls(
        profile, numbered, gangs, numbers, seed=seed, first_cell=len(lives.communities) * CELLS, first_imei=2 * numbered.first_fraud
    )  # fmt: skip
    told = victims.of_cases(
        profile, lives, numbered, cases, gangs, numbers, calls, seed=seed, start=start, days=days
    )
    told += victims.of_attempts(
        profile, lives, numbered, cases, gangs, numbers, calls, told, seed=seed, start=start, days=days
    )
    return World(
        profile=profile, size=size, people=lives, trades=trades, book=numbered, cases=cases, gangs=gangs, numbers=numbers,
        habits=life.habits(profile, lives, trades, seed=seed, days=days), fraud_calls=calls,
        fraud_texts=fraud.messages(profile, numbered, gangs, numbers, seed=seed, days=days),
        fraud_cells=cells, fraud_handsets=handsets, stories=told,
        alerts=alerts.raised(profile, lives, told, seed=seed, start=start, days=days),
    )  # fmt: skip


def _margins(profile: Profile, size: Size) -> register.Margins:
    """The register goes back as far as the newspaper's five months, further if the world does."""
    printed = profile.register
    length: timedelta = printed["until"] - printed["since"]
    since = min(size.start, size.until - length)
    return register.margins(
        profile, residents=size.residents, since=since, until=size.until, density=size.density
    )
