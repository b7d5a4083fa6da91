"""另一种排班: the orders of a period replayed against other teams on duty, with the times that were measured on them.

An order's own times stay as they were; only the waiting for a free team, and the way of a team from elsewhere, become those of
the other roster. With the roster as it was nothing moves.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple

from jinzhong.dispatch import queries as dispatch
from jinzhong.dispatch.models import OrderStep
from jinzhong.district import queries as district
from jinzhong.district.models import Duty, Unit
from jinzhong.situation.periods import Period
from jinzhong.situation.work import Run
from jinzhong_engine.evaluate import roster

Step = OrderStep.Step
A_TEAM = 2
"""Officers who go together; one who is alone on duty goes as a team too."""
HOURS = 24
Teams = dict[tuple[str, int], int]


class Watch(NamedTuple):
    """So many teams of a station on duty, every day from one hour to another."""

    station: str
    since: int
    until: int
    teams: int


@dataclass(frozen=True)
class Replay:
    """``teams`` as they were on duty; ``own``: of each order the part of the waiting that the roster explains, ``base``: all of it."""

    orders: list[str]
    jobs: list[roster.Job]
    teams: Teams
    away: dict[tuple[str, str], float]
    base: list[float]
    own: list[float]
    hours: int

    def shifts(self, watches: Sequence[Watch]) -> dict[str, timedelta]:
        """By order, how much later (or sooner) everything on it would have happened."""
        teams = dict(self.teams)
        for one in watches:
            for hour in range(self.hours):
                if one.since <= hour % HOURS < one.until:
                    teams[one.station, hour] = one.teams
        other = roster.delays(self.jobs, teams, self.away)
        return {
            order: timedelta(minutes=max(0.0, now - (base - own)) - own)
            for order, now, base, own in zip(self.orders, other, self.base, self.own, strict=True)
        }


def read(period: Period, runs: Sequence[Run]) -> Replay:
    """``runs``: the orders sent in the period, in the order in which they were sent."""
    homes = {town.pk: district.station_for(town.pk) for town in district.towns()}
    stations = {one.code: one for one in homes.values() if one}
    usual = median(known) if (known := [one for run in runs if (one := _busy(run)) is not None]) else 0.0
    orders, jobs, waited = [], [], []
    for run in runs:
        home = homes.get(run.order.warning.town_id or "") or run.order.station
        if home:
            busy = _busy(run)
            at = _minutes(run.order.sent_at - period.start)
            orders.append(str(run.order.number))
            jobs.append(roster.Job(at, home.code, usual if busy is None else busy))
            waited.append(_waited(run))
            stations[home.code] = home
    teams, away = _on_duty(period), _ways(list(stations.values()))
    base = roster.delays(jobs, teams, away)
    own = [min(one, most) for one, most in zip(base, waited, strict=True)]
    return Replay(orders, jobs, teams, away, base, own, period.days * HOURS)


def stations_by_town() -> dict[str, str]:
    """The station in charge of each town that has one."""
    found = {town.pk: district.station_for(town.pk) for town in district.towns()}
    return {town: station.code for town, station in found.items() if station}


def moved(done: datetime | None, by: timedelta) -> datetime | None:
    return done + by if done else None


def _on_duty(period: Period) -> Teams:
    """Teams on patrol by station and hour of the period."""
    officers: Counter[tuple[str, int]] = Counter()
    for since, shift in district.roster(period.start, period.end).items():
        first = int(_minutes(since - period.start) // roster.HOUR)
        last = int(_minutes(shift.until - period.start) // roster.HOUR)
        for duty in shift.duties.all():
            if duty.post == Duty.Post.PATROL and duty.account.unit:
                officers.update((duty.account.unit.code, hour) for hour in range(first, last))
    return {key: -(-n // A_TEAM) for key, n in officers.items()}


def _ways(stations: list[Unit]) -> dict[tuple[str, str], float]:
    found = {}
    for one in stations:
        for other in stations:
            metres = district.metres_between(one, other)
            if metres is not None:
                found[one.code, other.code] = metres / dispatch.METRES_PER_MINUTE
    return found


def _busy(run: Run) -> float | None:
    """From signing to the report, as it was."""
    signed, closed = run.happened.get(Step.SIGNED), run.happened.get(Step.CLOSED)
    return max(0.0, _minutes(closed - signed)) if signed and closed else None


def _waited(run: Run) -> float:
    """From sending to signing; nothing earlier than the sending can come of a better roster."""
    acted = [
        run.happened[one]
        for one in (Step.SIGNED, Step.DEPARTED, Step.ARRIVED, Step.CLOSED)
        if one in run.happened
    ]
    return max(0.0, _minutes(min(acted) - run.order.sent_at)) if acted else 0.0


def _minutes(span: timedelta) -> float:
    return span.total_seconds() / 60


def counted(late: Mapping[tuple[str, str], Sequence[str]], kinds: Sequence[str]) -> dict[str, int]:
    """Orders that missed each kind of deadline."""
    return {kind: sum(kind in missed for missed in late.values()) for kind in kinds}
