"""Where the money goes: first-tier accounts that a gang's cases share, the tiers behind them, and everybody's ordinary payments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine import tables
from jinzhong_engine.world.chance import dice, mix, stream
from jinzhong_engine.world.fraud import Gang
from jinzhong_engine.world.people import People
from jinzhong_engine.world.profile import Profile
from jinzhong_engine.world.register import CHINA, amounts
from jinzhong_engine.world.victims import Incident

METHODS = ("app", "app", "app", "third_party", "counter", "atm")
HUBS = 3
"""Accounts rented out to anybody: gangs meet there that have nothing else in common."""
HUB_SHARE = 0.06
ORDINARY_A_DAY = 0.01
"""Ordinary payments the bank reports on, per resident; guess."""


def account(salt: int, place: int) -> str:
    """An invented bank card: 9999 is no bank.

    >>> len(account(1, 2))
    19
    """
    return str(_accounts(salt, np.array([place]))[0])


def _accounts(salt: int, place: np.ndarray) -> np.ndarray:
    return mix(place, salt, 41) % np.uint64(10**15) + np.uint64(9999 * 10**15)


def bank(profile: Profile, number: str) -> str:
    return f"bank-{int(number[-4:]) % profile.staff['banks'] + 1:02d}"


@dataclass(frozen=True)
class Payment:
    """One transfer of a case; ``tier`` 1 is what the victim paid."""

    at: datetime
    payer: str
    payee: str
    amount: Decimal
    method: str
    tier: int
    case: int


@dataclass(frozen=True)
class Mules:
    """The accounts of the gangs, and where each case's money went."""

    profile: Profile
    gangs: Sequence[Gang]
    seed: int

    def first_tier(self, gang: int) -> list[str]:
        count = self.profile.fraud["accounts_of_a_gang"] if len(self.gangs[gang].cases) > 1 else 2
        return [account(self.seed * 31 + 1, gang * 64 + n) for n in range(count)]

    @cached_property
    def hubs(self) -> list[str]:
        return [account(self.seed * 31 + 2, n) for n in range(HUBS)]

    def payments(self, story: Incident) -> list[Payment]:
        """What the victim paid in one to three steps, and how it ran on, never more than arrived."""
        assert story.paid_at
        cards = dice(self.seed, "money", story.case)
        is_large = story.lost >= 3_000
        count = cards.choice((1, 1, 1, 2, 3)) if is_large else 1
        parts = amounts(cards, count, int(story.lost), 500 if count > 1 else 0)
        own, at = account(self.seed * 31, story.person), story.paid_at
        latest = story.reported_at or at
        found: list[Payment] = []
        for part in parts:
            payee = cards.choice(self.hubs if cards.random() < HUB_SHARE else self.first_tier(story.gang))
            found.append(Payment(at, own, payee, part, cards.choice(METHODS), 1, story.case))
            found.extend(self._onward(story, payee, part, at))
            at = min(at + timedelta(minutes=cards.randint(6, 90)), latest)
        return found

    def _onward(self, story: Incident, payer: str, amount: Decimal, at: datetime) -> Iterator[Payment]:
        cards = dice(self.seed, "onward", story.case, int(payer[-9:]), int(at.timestamp()))
        for tier in range(2, self.profile.fraud["tiers"] + 1):
            at += timedelta(minutes=cards.expovariate(1 / 25) + 1)
            amount = (amount * Decimal(cards.choice((100, 98, 95, 60)))) // 100
            if amount < 100 or cards.random() < 0.15:
                return
            payee = account(self.seed * 31 + 3, story.gang * 512 + tier * 16 + cards.randrange(6))
            yield Payment(
                at,
                payer,
                payee,
                amount,
                "cash" if tier == self.profile.fraud["tiers"] else "app",
                tier,
                story.case,
            )
            payer = payee


def table(
    profile: Profile, people: People, payments: Sequence[Payment], names: Sequence[str], *, seed: int, start: date, days: int
) -> pa.Table:  # fmt: skip
    """``transfers``: what cases brought to light among everybody's payments, by time."""
    told = [
        {
            "transfer": "", "at": one.at, "payer": one.payer, "payee": one.payee, "payer_bank": bank(profile, one.payer),
            "payee_bank": bank(profile, one.payee), "amount_yuan": one.amount, "method": one.method, "tier": one.tier,
            "case": names[one.case],
        }
        for one in payments
    ]  # fmt: skip
    joined = pa.concat_tables(
        [
            _ordinary(profile, people, seed=seed, start=start, days=days),
            pa.Table.from_pylist(told, tables.TRANSFERS.schema),
        ]
    )
    ordered = joined.sort_by([(name, "ascending") for name in ("at", "payer", "payee", "amount_yuan")])
    ids = pa.array([f"T{n + 1:08d}" for n in range(len(ordered))], pa.string())
    return ordered.set_column(0, tables.TRANSFERS.schema.field("transfer"), ids)


def _ordinary(profile: Profile, people: People, *, seed: int, start: date, days: int) -> pa.Table:
    """Rents, purchases, money for the family: a sample, with large sums among it."""
    chance = stream(seed, "payments")
    count = int(chance.poisson(ORDINARY_A_DAY * len(people) * days))
    midnight = int(datetime(start.year, start.month, start.day, tzinfo=CHINA).timestamp())
    when = midnight + np.sort(chance.integers(0, days * 86_400, count))
    sides = [_accounts(seed * 31, chance.integers(0, len(people), count)) for _ in range(2)]
    banks = np.array([f"bank-{n + 1:02d}" for n in range(profile.staff["banks"])])
    yuan = np.round(np.exp(6.2 + 1.5 * chance.standard_normal(count)), 2)
    return pa.table(
        {
            "transfer": pa.array([""] * count, pa.string()), "at": pa.array(when * 1_000_000).cast(tables.TIME),
            **{name: pc.cast(pa.array(side), pa.string()) for name, side in zip(("payer", "payee"), sides, strict=True)},
            **{
                name: banks[(side % np.uint64(10_000)).astype(int) % len(banks)]
                for name, side in zip(("payer_bank", "payee_bank"), sides, strict=True)
            },
            "amount_yuan": pa.array(yuan).cast(tables.YUAN), "method": np.array(METHODS)[chance.integers(0, len(METHODS), count)],
            "tier": pa.nulls(count, tables.COUNT), "case": pa.nulls(count, pa.string()),
        }
    ).cast(tables.TRANSFERS.schema)  # fmt: skip
