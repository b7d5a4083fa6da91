"""What a past period would have looked like under other thresholds, rules, weights, targets or rosters. Nothing is changed.

Both sides are computed now from what was known at the end of the period; a digest stands for each whole side, so that two
runs without a difference show the same one.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from jinzhong.config.environment import WEEKDAYS, weekday
from jinzhong.situation import area, indicators, rosters, work
from jinzhong.situation.periods import Period, add_months
from jinzhong_engine.ladders import area_early_warning, performance_index, person_warning, town_listing
from jinzhong_engine.ladders.area_early_warning import BadLadder
from jinzhong_engine.ladders.performance_index import BadFormulas, Indicator
from jinzhong_engine.ladders.town_listing import BadRules
from jinzhong_engine.surveillance import alarms, clusters, counts, index, listing
from jinzhong_engine.surveillance.index import Input

NO_TIME = timedelta(0)
DOOR = 5.0
"""Minutes to a door in town."""
MOST_TEAMS = 50
KINDS_OF_TARGET = ("sign", "meet", "feedback")


class BadChange(ValueError):
    """A change that can't be computed with; the message names the place."""


@dataclass(frozen=True)
class Setting:
    """Everything that may be changed, as in force at the beginning of the period."""

    rungs: area_early_warning.Version
    rules: town_listing.Rules
    formulas: dict[str, tuple[Indicator, ...]]
    targets: dict[str, dict[str, float]] = field(default_factory=dict)
    roster: tuple[rosters.Watch, ...] = ()


@dataclass(frozen=True)
class Side:
    """What comes out, by what it is about; texts and numbers only. ``door``: minutes from sending to the door, by order."""

    alarms: dict[tuple[str, str, str], str]
    listing: dict[tuple[str, str], str]
    index: dict[str, tuple[float | None, int | None]]
    late: dict[tuple[str, str], tuple[str, ...]]
    door: dict[str, float | None]

    @property
    def digest(self) -> str:
        parts: tuple[Mapping[Any, Any], ...] = (self.alarms, self.listing, self.index, self.late, self.door)
        told = [sorted([json.dumps(key), value] for key, value in part.items()) for part in parts]
        return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()


def compare(change: Mapping[str, Any], period: Period, also: Sequence[Input] = ()) -> dict[str, Any]:
    """Both sides and where either of them isn't calm. ``also``: what other rooms measure of units for the index. Raises BadChange,
    BadCounts."""
    base = _in_force(period)
    changed = _changed(base, change)
    compute = _computer(period, also)
    before, after = compute(base), compute(changed)
    return {
        "since": f"{period.since}",
        "until": f"{period.until}",
        "base_digest": before.digest,
        "changed_digest": after.digest,
        "alarms": _beside(
            ("area", "fraud_class", "period"), before.alarms, after.alarms, {"green", "blue", "none"}
        ),
        "listing": _beside(("month", "area"), before.listing, after.listing, {"green"}),
        "index": [
            {"unit": unit, "base": _score(before.index.get(unit)), "changed": _score(after.index.get(unit))}
            for unit in sorted({*before.index, *after.index})
        ],
        "late": _beside(("order", "town"), before.late, after.late, {()}),
        "on_time": _on_time(before, after),
    }


def _on_time(before: Side, after: Side) -> dict[str, Any]:
    """Of the orders sent: which deadlines were missed, how many doors were reached within five minutes."""
    sides = {"base": before, "changed": after}
    return {
        "orders": len(before.late),
        **{
            name: rosters.counted(side.late, KINDS_OF_TARGET)
            | {"door_in_five_minutes": sum(one is not None and one <= DOOR for one in side.door.values())}
            for name, side in sides.items()
        },
    }


def _beside(names: tuple[str, ...], before: Mapping, after: Mapping, calm: set) -> list[dict[str, Any]]:
    rows = []
    for key in sorted({*before, *after}):
        one, other = before.get(key), after.get(key)
        if one not in calm or other not in calm:
            parts = key if isinstance(key, tuple) else (key,)
            rows.append(dict(zip(names, parts, strict=True)) | {"base": one, "changed": other})
    return rows


def _score(found: tuple[float | None, int | None] | None) -> dict[str, Any]:
    score, rank = found or (None, None)
    return {"score": score, "rank": rank}


# -- computing a side ------------------------------------------------------------------------------------


def _computer(period: Period, also: Sequence[Input]) -> Callable[[Setting], Side]:
    """Reads what was known once; each call computes a side from it."""
    as_of = period.end
    given = area.day_counts(until=period.until, as_of=as_of)
    weekly = counts.weekly(given, as_of=period.until, starts_on=WEEKDAYS[weekday("JINZHONG_WEEK_START")])
    weeks = sum(one >= period.since for one in weekly.starts)
    together = clusters.clusters(given, weekly)
    inputs = [*indicators.measured(period, as_of=as_of), *also]
    runs = work.sent(period, viewer=None, as_of=as_of)
    replay = rosters.read(period, runs)
    last = add_months(period.until.replace(day=1), -1)

    def side(setting: Setting) -> Side:
        judged = alarms.judge(weekly, last=weeks, version=setting.rungs, clusters=together) if weeks else ()
        by = _shifts(replay, setting, period)
        lists = listing.of_months(given, last, rules=setting.rules) if last >= period.since else []
        return Side(
            alarms={(one.area, one.fraud_class, f"{one.period}"): one.colour for one in judged},
            listing={
                (f"{each.month:%Y-%m}", line.area): line.colour
                for each in lists
                if each.month >= period.since
                for line in each.lines
            },
            index={
                one.unit: (None if one.score is None else round(one.score, 6), one.rank)
                for one in index.of(inputs, setting.formulas)
            },
            late={
                (str(run.order.number), str(run.order.warning.town_id or "")): _late(
                    run, setting.targets, by.get(run.order.number, NO_TIME), as_of
                )
                for run in runs
            },
            door={str(run.order.number): _door(run, by.get(run.order.number, NO_TIME)) for run in runs},
        )

    return side


def _shifts(replay: rosters.Replay, setting: Setting, period: Period) -> Mapping[str, timedelta]:
    """By order, how much later everything on it would have happened; nothing where the roster stays. Raises BadChange."""
    if not setting.roster:
        return {}
    if not replay.teams:
        raise BadChange(f"roster: nobody's patrol duty is known from {period.since} to {period.until}")
    return replay.shifts(setting.roster)


def _door(run: work.Run, by: timedelta) -> float | None:
    return None if run.to_the_door is None else round((run.to_the_door + by).total_seconds() / 60, 2)


def _late(
    run: work.Run, targets: Mapping[str, Mapping[str, float]], by: timedelta, as_of: datetime
) -> tuple[str, ...]:
    """The kinds of deadline that were missed; ``by``: how much later everything would have happened."""
    other = targets.get(run.order.grade, {})
    missed = []
    for one in run.deadlines:
        due = run.order.sent_at + timedelta(minutes=other[one.kind]) if one.kind in other else one.due
        if due < as_of and one._replace(due=due, done=rosters.moved(one.done, by)).is_missed:
            missed.append(one.kind)
    return tuple(missed)


# -- the change ------------------------------------------------------------------------------------------


def _in_force(period: Period) -> Setting:
    return Setting(
        rungs=area_early_warning.in_force(period.since),
        rules=town_listing.in_force(period.since),
        formulas=performance_index.in_force(period.since).kinds,
    )


def _changed(base: Setting, change: Mapping[str, Any]) -> Setting:
    """The setting with the change in it, checked as a new version would be. Raises BadChange."""
    parts = {"area_early_warning", "town_listing", "performance_index", "targets", "roster"}
    _known("change", change, parts)
    try:
        return Setting(
            rungs=_rungs(base.rungs, _object("area_early_warning", change)),
            rules=_rules(base.rules, _object("town_listing", change)),
            formulas=_formulas(base.formulas, _object("performance_index", change)),
            targets=_targets(_object("targets", change)),
            roster=_roster(_object("roster", change)),
        )
    except (BadLadder, BadRules, BadFormulas) as problem:
        raise BadChange(str(problem)) from problem


def _rungs(base: area_early_warning.Version, change: Mapping[str, Any]) -> area_early_warning.Version:
    _known("area_early_warning", change, {one.colour for one in base.rungs})
    rungs = tuple(
        one._replace(
            **_numbers(f"area_early_warning.{one.colour}", _object(one.colour, change), one._fields[1:])
        )
        for one in base.rungs
    )
    area_early_warning.check(rungs)
    return base._replace(rungs=rungs)


def _rules(base: town_listing.Rules, change: Mapping[str, Any]) -> town_listing.Rules:
    rules = base._replace(**_numbers("town_listing", change, base._fields[1:]))
    town_listing.check(rules)
    return rules


def _formulas(
    base: Mapping[str, tuple[Indicator, ...]], change: Mapping[str, Any]
) -> dict[str, tuple[Indicator, ...]]:
    _known("performance_index", change, set(base))
    found = {}
    for kind, indicators_of in base.items():
        told = _object(kind, change)
        _known(f"performance_index.{kind}", told, {one.id for one in indicators_of})
        found[kind] = tuple(
            one._replace(
                **_numbers(
                    f"performance_index.{kind}.{one.id}", _object(one.id, told), ("weight", "worst", "best")
                )
            )
            for one in indicators_of
        )
        performance_index.check(kind, found[kind])
    return found


def _targets(change: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Minutes from sending the order, by grade and kind of deadline."""
    _known("targets", change, set(person_warning.GRADES))
    return {grade: _numbers(f"targets.{grade}", _object(grade, change), KINDS_OF_TARGET) for grade in change}


def _roster(change: Mapping[str, Any]) -> tuple[rosters.Watch, ...]:
    """{"town": {"16-24": 2}}: so many teams of the town's station on duty in these hours of every day."""
    stations = rosters.stations_by_town()
    _known("roster", change, set(stations))
    taken: set[tuple[str, int]] = set()
    found = []
    for town in change:
        for hours, teams in _object(town, change).items():
            where, (since, until) = f"roster.{town}.{hours}", _hours(f"roster.{town}", hours)
            if isinstance(teams, bool) or not isinstance(teams, int) or not 0 <= teams <= MOST_TEAMS:
                raise BadChange(
                    f"{where}: {json.dumps(teams)} is not a number of teams from 0 to {MOST_TEAMS}"
                )
            here = {(stations[town], hour) for hour in range(since, until)}
            if here & taken:
                raise BadChange(f"{where}: hours of {stations[town]} are given twice")
            taken |= here
            found.append(rosters.Watch(stations[town], since, until, teams))
    return tuple(found)


def _hours(where: str, text: str) -> tuple[int, int]:
    since, dash, until = text.partition("-")
    if dash and since.isdecimal() and until.isdecimal() and 0 <= int(since) < int(until) <= rosters.HOURS:
        return int(since), int(until)
    raise BadChange(f"{where}: {text!r} are not hours such as 16-24")


def _object(name: str, within: Mapping[str, Any]) -> Mapping[str, Any]:
    found = within.get(name, {})
    if not isinstance(found, dict):
        raise BadChange(f"{name}: {json.dumps(found, ensure_ascii=False)} should be an object in braces")
    return found


def _numbers(where: str, found: Mapping[str, Any], known: tuple[str, ...]) -> dict[str, Any]:
    _known(where, found, set(known))
    for name, value in found.items():
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= abs(value) < 1e12:
            raise BadChange(f"{where}.{name}: {json.dumps(value, ensure_ascii=False)} is not a number")
    return dict(found)


def _known(where: str, found: Mapping[str, Any], known: set[str]) -> None:
    if unknown := sorted(set(found) - known):
        raise BadChange(f"{where}: unknown {unknown[0]}; known are {', '.join(sorted(known))}")
