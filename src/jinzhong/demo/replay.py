"""The demo's days after the printed ones, taken from synthetic worlds: who comes to a counter, what is behind it, and the cases of each day.

A week is one world, of few people with the load of the whole district; the same week is always the same world. What the
engine knows and the product needs (names, the stations in charge) is invented here.
"""

import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from jinzhong import flow
from jinzhong.clock import ZONE, midnight
from jinzhong.demo import names, sheets
from jinzhong.demo.cases import DemoCase, Payment, Victim, station_of
from jinzhong.demo.episodes import SIGNS
from jinzhong_engine.world import files, plan
from jinzhong_engine.world.alerts import Alert
from jinzhong_engine.world.profile import load

SEED = 330213
RESIDENTS = 20_000
ANCHOR = date(2021, 5, 31)
"""First day of the first week."""
FIRST_CASES = date(2021, 6, 1)
"""The register of the days before is the printed one."""
COUNTERS_A_DAY = 260
"""Alerts of tellers on a day: more than a district has, for the demo is to be looked at for minutes."""
SHEET_AT = timedelta(minutes=30)
CATCH_UP_DAYS = 14
STOPPED = 12
"""So many more alerts than in a district, so many more people stopped in time."""
OUTCOMES = {"stopped": "dissuaded", "paid": "already_transferred", "doubted": "does_not_match"}
INNOCENT = ("in_a_hurry", "stranger_payee")


@dataclass(frozen=True)
class Press:
    """A teller's alert and what officers will find: ``outcome`` as an order is closed with."""

    at: datetime
    by: str
    town: str
    given: dict[str, Any]
    outcome: str


@dataclass(frozen=True)
class Week:
    number: int

    @property
    def start(self) -> date:
        return ANCHOR + timedelta(weeks=self.number)


def presses(since: datetime) -> Iterator[Press]:
    """What tellers raise from a moment on, without end."""
    week = Week((since.date() - ANCHOR).days // 7)
    while True:
        world = _world(week)
        for one in world.alerts:
            if one.at >= since:
                yield _press(world, one)
        week = Week(week.number + 1)


def cases_of(day: date) -> list[DemoCase]:
    """The cases reported on a day, none before June."""
    if day < FIRST_CASES:
        return []
    world, register = _registered(Week((day - ANCHOR).days // 7))
    rows = [row for row in register.cases() if row["reported_at"].date() == day]
    return [_case(world, register, row, n) for n, row in enumerate(rows)]


def import_cases(now: datetime) -> datetime:
    """File the cases of the days that ended, each as the office's sheet, through the importer; what is known changes nothing.

    Returns when the sheet of the day that runs comes in.
    """
    today = now.astimezone(ZONE).date()
    for back in range(CATCH_UP_DAYS, 0, -1):
        day = today - timedelta(days=back)
        if found := cases_of(day):
            name, content = sheets.of_day(day, found)
            done = flow.import_cases(source=content, name=name, by="office", now=now)
            for one in done.sheet.rejected:
                print(f"feed: {name}: {one}", file=sys.stderr)
    return midnight(today + timedelta(days=1)) + SHEET_AT


@lru_cache(maxsize=3)
def _world(week: Week) -> plan.World:
    fenghua = load("fenghua")
    scale = fenghua.residents / RESIDENTS
    told = {**fenghua.alerts, "a_day": COUNTERS_A_DAY * scale, "sources": {"bank_outlet": 1.0}}
    more = {name: fenghua.register[name] * STOPPED for name in ("warned", "warned_yuan")}
    size = plan.Size(SEED + week.number, RESIDENTS, 7, week.start, density=scale)
    return plan.plan(fenghua._replace(alerts=told, register=fenghua.register | more), size)


@lru_cache(maxsize=3)
def _registered(week: Week) -> tuple[plan.World, files.Register]:
    world = _world(week)
    return world, files.Register(world)


def _press(world: plan.World, one: Alert) -> Press:
    story = world.stories[one.incident] if one.incident >= 0 else None
    dice = random.Random(f"{world.size.seed} {one.at} {one.person}")
    person = one.person
    given: dict[str, Any] = {
        "customer_name": names.name(random.Random(person)), "customer_phone": _phone(world, person),
        "customer_sex": "F" if world.people.is_woman[person] else "M", "customer_age": one.age,
        "amount": str(max(one.amount or Decimal(0), Decimal(1000))),
        "payee_account": names.card(60_000 + dice.randrange(30_000)), "payee_bank": "外地银行甲",
        "signs": list(SIGNS.get(story.fraud_class, INNOCENT) if story else INNOCENT)[: dice.randint(1, 2)], "story": one.story,
    }  # fmt: skip
    return Press(
        one.at.astimezone(ZONE), f"teller_{(one.outlet or '')[-3:]}", one.town, {k: v for k, v in given.items() if v},
        OUTCOMES[story.outcome] if story else "false_alarm",
    )  # fmt: skip


def _phone(world: plan.World, person: int) -> str:
    return str(world.book.text[int(world.people.number[person])].as_py())


def _case(world: plan.World, register: files.Register, row: dict[str, Any], n: int) -> DemoCase:
    planned = next(one for one in world.cases if register.names[one.place] == row["case"])
    story = register.stories[planned.place]
    known = dict(register.known(planned, random.Random(planned.place)))
    return DemoCase(
        number=f"A330213{row['reported_at']:%Y%m}{row['reported_at'].day:02d}{n + 1:03d}",
        reported_at=row["reported_at"].replace(second=0), filed_at=row["filed_at"].replace(second=0),
        occurred_from=_minute(row["occurred_from"]), town=row["town"], area=row["area"], community=row["community"],
        station=station_of(row["town"]), source=row["source"], fraud_class=row["fraud_class"], raw_class=row["raw_class"],
        channel=row["channel"], loss=row["loss_yuan"], stopped=row["stopped_yuan"], narrative=row["narrative"],
        victims=tuple(
            Victim(names.name(random.Random(one["person"])), one["sex"], one["age"], one["job"], one["phone"]) for one in row["victims"]
        ),
        payments=tuple(
            Payment(_minute(one.at), one.amount, one.payee, "外地银行乙")
            for one in register.payments[planned.place] if one.tier == 1
        ),
        suspect_number=known.get("number", "") if story.fraud_number >= 0 else "", app=known.get("app", ""), url=known.get("url", ""),
    )  # fmt: skip


def _minute(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(second=0, microsecond=0)
