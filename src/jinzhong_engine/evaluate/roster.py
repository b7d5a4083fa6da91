"""Orders of a period replayed against the teams on duty: how long each would have waited for a team, and how far that team came."""

import heapq
from collections.abc import Mapping, Sequence
from typing import NamedTuple

HOUR = 60
LONGEST = 48 * 60.0
"""Nobody waits longer: two days without a free team are told as two days."""


class Job(NamedTuple):
    """``at``: minutes since the period began; ``home``: the station in charge; ``busy``: minutes a team is taken, from its coming."""

    at: float
    home: str
    busy: float


def delays(
    jobs: Sequence[Job], teams: Mapping[tuple[str, int], int], away: Mapping[tuple[str, str], float]
) -> list[float]:
    """Minutes from each order until a team could be there, beyond the way from its own station.

    ``jobs`` in the order in which they came, first come first served; ``teams``: on duty by station and hour since the period
    began; ``away``: minutes from the station in charge to another. The nearest free team goes, whoever's it is.

    >>> one = {("A", 0): 1, ("B", 0): 1}
    >>> delays([Job(0, "A", 30), Job(10, "A", 30), Job(15, "A", 5)], one, {("A", "B"): 12.0, ("B", "A"): 12.0})
    [0.0, 12.0, 15.0]
    """
    stations = sorted({station for station, _hour in teams})
    taken: dict[str, list[float]] = {station: [] for station in stations}
    found, moment = [], 0.0
    for job in jobs:
        moment = max(moment, job.at)
        told, then = LONGEST, moment
        while then - job.at < LONGEST:
            free = _free(stations, taken, teams, then)
            if free:
                goes = min(free, key=lambda one: (_way(away, job.home, one), one))
                way = _way(away, job.home, goes)
                heapq.heappush(taken[goes], then + way + job.busy)
                told, moment = then - job.at + way, then
                break
            then = min([(then // HOUR + 1) * HOUR, *(one[0] for one in taken.values() if one)])
        found.append(min(told, LONGEST))
    return found


def _free(
    stations: list[str], taken: dict[str, list[float]], teams: Mapping[tuple[str, int], int], then: float
) -> list[str]:
    for one in taken.values():
        while one and one[0] <= then:
            heapq.heappop(one)
    hour = int(then // HOUR)
    return [one for one in stations if len(taken[one]) < teams.get((one, hour), 0)]


def _way(away: Mapping[tuple[str, str], float], home: str, other: str) -> float:
    return 0.0 if home == other else away.get((home, other), HOUR)
