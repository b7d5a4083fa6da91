"""What was done to warn people, and how much less they fall for it. Which home was visited when is a function, not a table."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np

from jinzhong_engine.world.chance import mix, stream
from jinzhong_engine.world.people import People
from jinzhong_engine.world.profile import Profile
from jinzhong_engine.world.register import CHINA

Ints = np.ndarray
HEARD = 0.2
"""Share of a community within earshot of its speakers; guess."""


def days_since_visit(profile: Profile, seed: int, household: Ints, day: date) -> Ints:
    """Days since somebody last stood at the door of these households."""
    round_days = round(1 / profile.effects["households_visited_a_day"])
    return (day.toordinal() + (mix(household, seed, 31) % np.uint64(round_days)).astype(int)) % round_days


def topics(profile: Profile, seed: int, community: Ints, day: date) -> Ints:
    """The class each community's speakers warned of on a day, as a place in the register's classes; -1: silent."""
    draw = mix(community, day.toordinal() * 7919 + seed, 32)
    speaks = (draw % np.uint64(1000)).astype(int) < profile.effects["speaker_days"] * 1000
    upto = np.cumsum([count for count, _ in profile.register["classes"].values()])
    card = ((draw >> np.uint64(20)) % np.uint64(int(upto[-1]))).astype(int)
    return np.where(speaks, np.searchsorted(upto, card, side="right"), -1)


def protection(
    profile: Profile, people: People, seed: int, persons: Ints, day: date, fraud_class: str
) -> Ints:
    """By how much each of these persons is less likely to fall for this class today, 0 to 1."""
    effects = profile.effects
    visited = days_since_visit(profile, seed, people.household[persons], day) <= effects["days"]["visit"]
    about, where = list(profile.register["classes"]).index(fraud_class), people.community[persons]
    warned = np.zeros(len(persons), bool)
    for back in range(effects["days"]["speaker"]):
        warned |= topics(profile, seed, where, day - timedelta(days=back)) == about
    return 1 - (1 - effects["visited"] * visited) * (1 - effects["speaker"] * warned)


def actions(profile: Profile, people: People, *, seed: int, start: date, days: int) -> list[dict[str, Any]]:
    """One row per community, day and kind of action."""
    found: list[dict[str, Any]] = []
    classes = list(profile.register["classes"])
    homes = np.unique(np.column_stack([people.community, people.household]), axis=0)
    persons = np.bincount(people.community, minlength=len(people.communities))
    for n in range(days):
        day, chance = start + timedelta(days=n), stream(seed, "outreach", n)
        visited = homes[days_since_visit(profile, seed, homes[:, 1], day) == 0, 0]
        for community, count in enumerate(np.bincount(visited, minlength=len(people.communities))):
            if count:
                at = _at(day, 9 + chance.random() * 10)
                found.append(_row(people, at, "visit", community, None, round(count * 1.7), count * 11.0))
        about = topics(profile, seed, np.arange(len(people.communities)), day)
        for community in np.flatnonzero(about >= 0).tolist():
            at, warned_of = _at(day, 8 + chance.random() * 4), classes[about[community]]
            found.append(
                _row(people, at, "speaker", community, warned_of, int(persons[community] * HEARD), 0.0)
            )
    found.sort(key=lambda row: (row["at"], row["kind"], row["community"]))
    return [{"action": f"O{n + 1:06d}", **row} for n, row in enumerate(found)]


def _row(
    people: People, at: datetime, kind: str, place: int, about: str | None, reached: int, minutes: float
) -> dict[str, Any]:
    where = people.communities[place]
    return {
        "at": at, "kind": kind, "town": people.towns[where.town], "community": where.name, "fraud_class": about, "reached": reached,
        "minutes": minutes,
    }  # fmt: skip


def _at(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(seconds=int(hour * 3600))
