"""Play the same days under different policies: what is lost, who is reached, what it costs in minutes.

Policies meet the same people, the same alerts and the same luck; only who is sent, and in what order, differs. How well a call or a
visit works is stated in the profile's [effects], how long it takes in [staff]; both are guesses until a district has measured them.
"""

import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import numpy as np

from jinzhong_engine.ladders.person_warning import GRADES
from jinzhong_engine.world import plan
from jinzhong_engine.world.build import BadWorld
from jinzhong_engine.world.chance import stream
from jinzhong_engine.world.profile import load

ANSWERS_PHONE = 0.7
"""Share of people who take the district's call; guess."""
TRIES_AGAIN = timedelta(minutes=30)
NIGHT = (22, 7)
MEASURES = ("yuan_lost", "persons_reached", "minutes")


class Policy(NamedTuple):
    """``first``: what is taken first, the oldest alert or the highest grade; who is called, who is met at the door."""

    name: str
    first: str
    call: frozenset[str]
    meet: frozenset[str]
    meet_unreached: frozenset[str]


POLICIES = (
    Policy("no platform", "oldest", frozenset(), frozenset(), frozenset()),
    Policy("first come, first served", "oldest", frozenset(GRADES), frozenset(GRADES), frozenset()),
    Policy(
        "by grade", "grade", frozenset({"blue", "yellow", "orange", "red"}), frozenset({"orange", "red"}), frozenset({"yellow"})
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Staff:
    """``teams`` a station by day; ``night``: their share by night; ``seats`` on the phone."""

    teams: int
    night: float
    seats: int
    free: float
    """Share of a team's time that warnings get; the rest is other police work."""


class Job(NamedTuple):
    ready: float
    urgency: float
    minutes: float
    alert: int


class Outcome(NamedTuple):
    yuan_lost: float
    persons_reached: float
    minutes: float


@dataclass(frozen=True)
class Case:
    """What play needs of an alert. ``due``: minutes until the money goes, None: nobody is in danger."""

    at: float
    town: str
    area: str
    grade: str
    source: str
    incident: int
    due: float | None
    yuan: float


def play(world: plan.World, policy: Policy, staff: Staff) -> Outcome:
    """One world under one policy."""
    alerts, base = _alerts(world)
    chance = stream(world.size.seed, "policy")
    luck = chance.random((5, len(alerts)))
    effects, times = world.profile.effects, world.profile.staff
    calls = [
        Job(one.at, _urgency(policy, one), times["phone_minutes"], n)
        for n, one in enumerate(alerts)
        if one.grade in policy.call
    ]
    called = {n: start for start, n in served(calls, staff.seats)}
    answered = {n for n in called if luck[0, n] < ANSWERS_PHONE}
    met = _meetings(world, policy, staff, alerts, called, answered, luck[4])
    saved = 0.0
    for n, one in enumerate(alerts):
        if one.due is None:
            continue
        by_teller = one.source == "bank_outlet" and luck[1, n] < effects["teller"]
        by_call = n in answered and called[n] < one.due and luck[2, n] < effects["called"]
        at_door = n in met and met[n] < one.due and luck[3, n] < effects["met"]
        saved += one.yuan if by_teller or by_call or at_door else 0.0
    minutes = len(calls) * times["phone_minutes"] + sum(
        _door_minutes(times, alerts[n], luck[4, n]) for n in met
    )
    return Outcome(base - saved, float(len(answered | set(met))), minutes)


def _alerts(world: plan.World) -> tuple[list[Case], float]:
    """The alerts in minutes since the world began, and what would be lost if nobody did anything."""
    begin = (
        datetime.combine(world.size.start, datetime.min.time(), world.alerts[0].at.tzinfo)
        if world.alerts
        else None
    )
    found, seen = [], set()
    for one in world.alerts:
        assert begin
        story = world.stories[one.incident] if one.incident >= 0 else None
        in_danger = story is not None and story.outcome != "doubted" and one.incident not in seen
        seen.add(one.incident)
        at = (one.at - begin).total_seconds() / 60
        due = (story.due - begin).total_seconds() / 60 if story and in_danger else None
        yuan = float(story.at_stake) if story and in_danger else 0.0
        found.append(Case(at, one.town, one.area, one.grade, one.source, one.incident, due, yuan))
    inside = [
        story for story in world.stories
        if story.outcome != "doubted" and begin and begin <= story.due < begin + timedelta(days=world.size.days)
    ]  # fmt: skip
    return found, float(sum(story.at_stake for story in inside))


def _urgency(policy: Policy, one: Case) -> float:
    return -GRADES.index(one.grade) if policy.first == "grade" else 0.0


def _meetings(
    world: plan.World, policy: Policy, staff: Staff, alerts: Sequence[Case], called: dict[int, float], answered: set[int], luck: np.ndarray
) -> dict[int, float]:  # fmt: skip
    """When whom somebody stands before, station by station."""
    times, met = world.profile.staff, {}
    for towns in times["stations"]:
        jobs = []
        for n, one in enumerate(alerts):
            if one.town not in towns:
                continue
            minutes = _door_minutes(times, one, luck[n]) / _strength(one.at, staff)
            if one.grade in policy.meet:
                jobs.append(Job(one.at, _urgency(policy, one), minutes, n))
            elif one.grade in policy.meet_unreached and n in called and n not in answered:
                ready = called[n] + TRIES_AGAIN.total_seconds() / 60
                jobs.append(Job(ready, _urgency(policy, one), minutes, n))
        for start, n in served(jobs, staff.teams):
            met[n] = start + _travel(times, alerts[n], luck[n])
    return met


def _strength(at: float, staff: Staff) -> float:
    hour = at % 1440 / 60
    return staff.free * (staff.night if hour >= NIGHT[0] or hour < NIGHT[1] else 1.0)


def _travel(times: dict[str, Any], one: Case, luck: float) -> float:
    return float(times["travel_minutes"][one.area] * (0.5 + luck))


def _door_minutes(times: dict[str, Any], one: Case, luck: float) -> float:
    return float(2 * _travel(times, one, luck) + times["team_minutes"])


def served(jobs: Iterable[Job], servers: int) -> list[tuple[float, int]]:
    """(start, alert) of each job: whoever is free takes the most urgent one that is ready, among equals the oldest.

    >>> served([Job(0, 0, 10, 1), Job(1, 0, 10, 2), Job(2, -1, 10, 3)], 1)
    [(0.0, 1), (10.0, 3), (20.0, 2)]
    """
    coming = sorted(jobs)
    free = [0.0] * servers
    waiting: list[tuple[float, float, int, float]] = []
    found, place = [], 0
    while place < len(coming) or waiting:
        now = heapq.heappop(free)
        if not waiting and place < len(coming):
            now = max(now, coming[place].ready)
        while place < len(coming) and coming[place].ready <= now:
            one = coming[place]
            heapq.heappush(waiting, (one.urgency, one.ready, one.alert, one.minutes))
            place += 1
        _, _, alert, minutes = heapq.heappop(waiting)
        found.append((now, alert))
        heapq.heappush(free, now + minutes)
    return found


def compare(
    *, seeds: int, residents: int, days: int, profile: str = "fenghua", teams: float | None = None, seats: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> dict[str, Any]:  # fmt: skip
    """Means and 95 % intervals over worlds 1 to ``seeds``. Raises BadWorld, UnknownProfile."""
    told = load(profile)
    if seeds < 2:
        raise BadWorld(f"--seeds {seeds}: an interval needs two worlds or more")
    if residents < 1_000 or days < 1:
        raise BadWorld(f"--residents {residents} --days {days}: give at least 1,000 residents and a day")
    of = told.staff
    staff = Staff(round(of["teams"]["day"]), of["teams"]["night"], of["phone_seats"], of["team_free"])
    staff = replace(staff, teams=round(teams) if teams else staff.teams, seats=seats or staff.seats)
    if staff.teams < 1 or staff.seats < 1:
        raise BadWorld("--teams, --seats: give at least one")
    outcomes: dict[str, list[Outcome]] = {one.name: [] for one in POLICIES}
    for seed in range(1, seeds + 1):
        world = plan.plan(told, plan.Size(seed, residents, days, plan.default_start(told, days)))
        for policy in POLICIES:
            outcomes[policy.name].append(play(world, policy, staff))
        progress(seed, seeds)
    nothing = np.array(outcomes[POLICIES[0].name])
    return {
        "seeds": seeds, "residents": residents, "days": days, "profile": profile, "teams": staff.teams, "seats": staff.seats,
        "policies": [
            {
                "name": name, **_intervals(np.array(rows)),
                "yuan_saved": _interval(nothing[:, 0] - np.array(rows)[:, 0]),
            }
            for name, rows in outcomes.items()
        ],
    }  # fmt: skip


def _intervals(rows: np.ndarray) -> dict[str, dict[str, float]]:
    return {name: _interval(rows[:, n]) for n, name in enumerate(MEASURES)}


def _interval(values: np.ndarray) -> dict[str, float]:
    """Mean and its 95 % interval (Student)."""
    from scipy.stats import t

    half = float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))
    mean = float(values.mean())
    return {"mean": round(mean), "low": round(mean - half), "high": round(mean + half)}


def lines(found: dict[str, Any]) -> list[str]:
    """The comparison as a table to read."""
    head = f"{found['seeds']} worlds of {found['residents']:,} residents and {found['days']} days; mean and 95 % interval; simulated"
    shown = {
        "yuan_lost": "yuan lost",
        "yuan_saved": "yuan saved",
        "persons_reached": "people reached",
        "minutes": "staff minutes",
    }
    table = [head, f"{'policy':<26}" + "".join(f"{word:>36}" for word in shown.values())]
    for one in found["policies"]:
        cells = [f"{one[name]['mean']:,} ({one[name]['low']:,} – {one[name]['high']:,})" for name in shown]
        table.append(f"{one['name']:<26}" + "".join(f"{cell:>36}" for cell in cells))
    return [*table, "yuan saved: against no platform in the same world"]
