"""Somebody may be about to be robbed: what tellers, hotline and models raise. Most alerts are about nobody in danger."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from jinzhong_engine.ladders import person_warning
from jinzhong_engine.world.chance import stream
from jinzhong_engine.world.people import People
from jinzhong_engine.world.profile import Profile
from jinzhong_engine.world.register import CHINA
from jinzhong_engine.world.victims import Incident

PAID_WAS_SEEN = 0.25
"""Share of the robbed about whom an alert came, too late or in vain; guess."""
DOUBT_WAS_SEEN = 0.5
FALSE_HOURS = np.array([0, 0, 0, 0, 0, 0, 0, 1, 5, 9, 10, 8, 5, 7, 9, 9, 8, 6, 4, 4, 3, 2, 1, 0], float)
LESS_SURE = ("one_contact", "one_contact", "link_opened", "repeated_contact", "long_call")
SURE = ("long_call", "deep_pattern", "medium_pattern", "repeated_contact", "money_sign")
INNOCENT_STORIES = (
    "给孩子交学费", "买车付定金", "给老家父母转生活费", "装修尾款", "做生意进货", "还亲戚借款", "公司备用金", "",
)  # fmt: skip


@dataclass(frozen=True)
class Alert:
    """``incident``: place of the story behind it, -1: nobody is in danger."""

    at: datetime
    source: str
    town: str
    area: str
    outlet: str | None
    person: int
    age: int
    amount: Decimal | None
    signs: tuple[str, ...]
    story: str
    grade: str
    incident: int


def raised(
    profile: Profile, people: People, stories: Sequence[Incident], *, seed: int, start: date, days: int
) -> list[Alert]:
    """The alerts of the world's days, in the order they came."""
    found = []
    end = datetime(start.year, start.month, start.day, tzinfo=CHINA) + timedelta(days=days)
    begin = end - timedelta(days=days)
    for n, one in enumerate(stories):
        chance = stream(seed, "true alert", n)
        seen = {"paid": PAID_WAS_SEEN, "stopped": 1.0, "doubted": DOUBT_WAS_SEEN}[one.outcome]
        if begin <= one.due < end and chance.random() < seen:
            found.append(_true(profile, people, one, n, chance, begin))
    scale = len(people) / profile.residents
    for n in range(days):
        chance = stream(seed, "false alerts", n)
        count = int(chance.poisson(profile.alerts["a_day"] * (1 - profile.alerts["true"]) * scale))
        found += [_false(profile, people, chance, begin + timedelta(days=n)) for _ in range(count)]
    return sorted(found, key=lambda one: (one.at, one.person))


def _true(
    profile: Profile, people: People, story: Incident, n: int, chance: np.random.Generator, begin: datetime
) -> Alert:
    source = _source(profile, chance)
    lead = profile.staff["minutes_to_pay"][source] * float(np.exp(0.8 * chance.standard_normal()))
    at = max(story.due - timedelta(minutes=lead), begin, story.contacted_at)
    signs = {
        "bank_outlet": ("bank_alert",),
        "hotline": (("transfer_under_way", "money_sent_before", "money_sign")[int(chance.integers(3))],),
        "operator_model": tuple(sorted({SURE[int(k)] for k in chance.integers(0, len(SURE), 2)})),
    }[source]
    counter = profile.scripts[story.fraud_class].counter
    told = counter[int(chance.integers(len(counter)))]
    return _alert(
        profile, people, at, source, story.person, story.at_stake, signs, told, n, chance, story.is_repeat
    )


def _false(profile: Profile, people: People, chance: np.random.Generator, midnight: datetime) -> Alert:
    source = _source(profile, chance)
    adults = people.number >= 0
    person = int(chance.integers(len(people)))
    while not adults[person] and adults.any():
        person = int(chance.integers(len(people)))
    hour = int(chance.choice(24, p=FALSE_HOURS / FALSE_HOURS.sum()))
    at = midnight + timedelta(seconds=hour * 3600 + int(chance.integers(3600)))
    amount = Decimal(int(np.exp(9.6 + 1.1 * chance.standard_normal())) // 100 * 100)
    signs = {
        "bank_outlet": ("bank_alert",),
        "hotline": (("money_sign", "one_contact", "link_opened")[int(chance.integers(3))],),
        "operator_model": (LESS_SURE[int(chance.integers(len(LESS_SURE)))],),
    }[source]
    told = INNOCENT_STORIES[int(chance.integers(len(INNOCENT_STORIES)))] if source != "operator_model" else ""
    return _alert(profile, people, at, source, person, amount, signs, told, -1, chance, False)


def _source(profile: Profile, chance: np.random.Generator) -> str:
    sources = profile.alerts["sources"]
    return str(
        list(sources)[
            int(chance.choice(len(sources), p=np.array(list(sources.values())) / sum(sources.values())))
        ]
    )


def _alert(
    profile: Profile, people: People, at: datetime, source: str, person: int, amount: Decimal, signs: tuple[str, ...], told: str,
    incident: int, chance: np.random.Generator, is_repeat: bool,
) -> Alert:  # fmt: skip
    where = people.communities[people.community[person]]
    age = int(people.age[person])
    facts = person_warning.Signs(age=age, earlier_victim=is_repeat, **dict.fromkeys(signs, True))
    outlets = profile.towns[where.town].outlets
    before = sum(town.outlets for town in profile.towns[: where.town])
    at_outlet = source == "bank_outlet"
    return Alert(
        at.replace(microsecond=0), source, people.towns[where.town], where.area,
        f"outlet-{before + 1 + int(chance.integers(outlets)):03d}" if at_outlet else None, person, age,
        amount if source != "operator_model" else None, signs, told, person_warning.grade(facts)[0], incident,
    )  # fmt: skip
