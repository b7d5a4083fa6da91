"""五色预警 as a board: each town (and class) in a week, its colour by the engine's ladder, why, what clears it, who acts by when.

Judged is always the whole district's register, then only the viewer's towns are shown: a town sees the colour that the
office sees. One board is computed from one reading of the cases; page, command and weekly bulletin show this same one.

What computes is imported where it is used: pages start without it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from django.conf import settings

from jinzhong import clock
from jinzhong.config.environment import WEEKDAYS
from jinzhong.district.models import Account, Town
from jinzhong.situation import queries
from jinzhong.situation.figures import Only
from jinzhong.situation.models import Response
from jinzhong.situation.periods import DAY, Period
from jinzhong_engine.ladders import area_early_warning as ladder
from jinzhong_engine.taxonomy import BY_CODE, FRAUD_CLASSES

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.alarms import Alarm, Baseline
    from jinzhong_engine.surveillance.clusters import Cluster
    from jinzhong_engine.surveillance.counts import Weekly

ALL = "*"
"""All classes together, as the engine calls them."""
WEEK = timedelta(weeks=1)
SHOWN_WEEKS = 8
"""Columns of the table of weeks."""
CHARTED_WEEKS = 16
"""Bars of a town's chart: the 15 weeks of the expectation and the week itself."""
NEEDED_WEEKS = 140
"""No judgement looks back further: last year's weeks, or a year before the longest window, of every week charted."""
USUAL = (0.05, 0.95)
"""常见范围: nine of ten weeks without a change lie in it."""
OWED = ("red", "orange", "yellow")
"""Colours about which something must be done and told; blue is only passed on."""
CALM = ("green", "blue", ladder.NONE)
LOUD = ("red", "orange")


@dataclass(frozen=True)
class Usual:
    """Expected, and the counts between which nine of ten weeks lie where nothing has changed."""

    expected: float
    low: int
    high: int


@dataclass(frozen=True)
class Line:
    """A town (and class) in the week. ``history``: the 15 weeks before and the week itself; ``judged``: those of them with enough
    history, oldest first; ``clusters``: 扎堆 of the week, by class; ``most``: the most cases a week may have to be no higher than yellow; ``top``: its most frequent class."""

    town: Town
    fraud_class: str
    alarm: "Alarm"
    usual: Usual | None
    history: list[int]
    judged: list["Alarm"]
    most: int | None
    top: tuple[str, int] | None
    responses: list[Response]
    clusters: list[tuple[str, "Cluster"]]

    @property
    def weeks(self) -> list["Alarm"]:
        """The last ones, as the table of weeks shows them."""
        return self.judged[-SHOWN_WEEKS:]

    @property
    def word(self) -> str:
        return ladder.WORDS[self.alarm.colour]

    @property
    def is_calm(self) -> bool:
        return self.alarm.colour in CALM

    @property
    def due(self) -> datetime | None:
        """By when somebody must have acted; None where nothing is owed."""
        act_by = self.alarm.act_by if self.fraud_class == ALL else None
        return clock.midnight(act_by + DAY) if act_by and self.alarm.colour in OWED else None

    def is_overdue(self, now: datetime) -> bool:
        """Whether the day has passed and nobody said that something was done by then."""
        return self.due is not None and min([now, *(one.at for one in self.responses)]) >= self.due

    @property
    def class_word(self) -> str:
        return BY_CODE[self.fraud_class].short if self.fraud_class != ALL else ""


@dataclass(frozen=True)
class Board:
    """``week``: a whole one; ``district``: observed and usual of the towns shown; ``naive``: towns that growth alone would
    paint red or orange; ``unknown``: why there is nothing to show."""

    week: Period
    as_of: datetime
    baseline: "Baseline"
    fraud_class: str
    observed: int
    usual: Usual | None
    lines: list[Line]
    starts: list[date]
    naive: int
    unknown: str = ""
    told: "Read | None" = None

    @property
    def loud(self) -> int:
        return sum(one.alarm.colour in LOUD for one in self.lines)

    def line(self, town: str) -> Line | None:
        return next((one for one in self.lines if one.town.code == town), None)


def week_of(day: date) -> Period:
    """The week that holds a day, by the district's own first weekday."""
    since = day - (day.weekday() - settings.WEEK_START) % 7 * DAY
    return Period(since, since + WEEK)


def last_week(today: date) -> Period:
    """The newest week that is over."""
    return week_of(week_of(today).since - DAY)


@dataclass(frozen=True)
class Read:
    """The register up to the end of a week, summed once."""

    week: Period
    as_of: datetime
    weekly: "Weekly"
    clusters: dict[tuple[str, str, date], "Cluster"]
    huge: dict[tuple[str, date], float]

    def judged(
        self, keys: list[tuple[str, str]], *, last: int = 1, baseline: "Baseline" = "weeks"
    ) -> dict[tuple[str, str], list["Alarm"]]:
        """The last weeks of these areas and classes, oldest first."""
        from jinzhong_engine.surveillance import alarms
        from jinzhong_engine.surveillance.counts import Weekly

        there = Weekly(
            self.weekly.starts, {key: self.weekly.series[key] for key in keys if key in self.weekly.series}
        )
        found: dict[tuple[str, str], list[Alarm]] = {}
        for one in alarms.judge(there, last=last, baseline=baseline, clusters=self.clusters, huge=self.huge):
            found.setdefault((one.area, one.fraud_class), []).append(one)
        return found


def read(week: Period, *, as_of: datetime) -> Read:
    """Raises BadCounts where there are no cases, or no whole week of them."""
    from jinzhong.situation import area
    from jinzhong_engine.surveillance import clusters, counts

    given = area.day_counts(until=week.until, as_of=as_of, since=_needed(week))
    weekly = counts.weekly(given, as_of=week.until, starts_on=WEEKDAYS[settings.WEEK_START])
    return Read(week, as_of, weekly, clusters.clusters(given, weekly), clusters.huge(given, weekly))


def board(
    week: Period,
    *,
    viewer: Account | None,
    as_of: datetime,
    fraud_class: str = ALL,
    baseline: "Baseline" = "weeks",
) -> Board:
    """The towns of the viewer in a week, the loudest first."""
    from jinzhong_engine.surveillance.counts import BadCounts

    towns = queries.visible_towns(viewer)
    try:
        told = read(week, as_of=as_of)
    except BadCounts:
        return Board(week, as_of, baseline, fraud_class, 0, None, [], [], 0, unknown=_why_nothing(week))
    judged = told.judged([(one.code, fraud_class) for one in towns], last=CHARTED_WEEKS, baseline=baseline)
    done = responses(week, as_of=as_of) if fraud_class == ALL else {}
    lines = [
        _line(told, town, fraud_class, judged[town.code, fraud_class], done.get(town.code)) for town in towns
    ]
    shown = sorted(lines, key=_loudest)
    return Board(
        week,
        as_of,
        baseline,
        fraud_class,
        observed=sum(one.alarm.observed for one in lines),
        usual=_together(lines),
        lines=shown,
        starts=[one.period for one in lines[0].weeks] if lines else [],
        naive=sum(_by_growth_alone(one.alarm) in LOUD for one in lines),
        told=told,
    )


def classes(shown: Board, town: Town) -> list[Line]:
    """Every class of a town in the week: those with cases first, then by what was expected."""
    if shown.told is None:
        return []
    judged = shown.told.judged([(town.code, one.code) for one in FRAUD_CLASSES], baseline=shown.baseline)
    lines = [_line(shown.told, town, code, found) for (_town, code), found in judged.items()]
    return sorted(lines, key=lambda one: (_rank(one.alarm), -one.alarm.observed, -sum(one.history)))


def loud_classes(shown: Board) -> list[Line]:
    """Its towns and classes at yellow or above, the loudest first."""
    if shown.told is None:
        return []
    towns = {one.town.code: one.town for one in shown.lines}
    judged = shown.told.judged([(town, one.code) for town in towns for one in FRAUD_CLASSES])
    lines = [
        _line(shown.told, towns[town], code, found)
        for (town, code), found in judged.items()
        if found[-1].colour not in CALM
    ]
    return sorted(lines, key=_loudest)


def responses(week: Period, *, as_of: datetime) -> dict[str, list[Response]]:
    """What was told about the colours of a week, by town, the earliest first."""
    found: dict[str, list[Response]] = {}
    for one in Response.objects.filter(week=week.since, at__lt=as_of):
        found.setdefault(one.town_id, []).append(one)
    return found


def only(line: Line) -> Only:
    """The cases of the line, for opening it."""
    return Only(town=line.town.code, fraud_class="" if line.fraud_class == ALL else line.fraud_class)


def _needed(week: Period) -> date:
    return week.until - NEEDED_WEEKS * WEEK


def _why_nothing(week: Period) -> str:
    return f"{week.since.isoformat()} 起的一周之前没有整周的案件"


def _rank(alarm: "Alarm") -> int:
    return -ladder.COLOURS.index(alarm.colour) if alarm.colour in ladder.COLOURS else 1


def _loudest(one: Line) -> tuple[int, float, int]:
    """By colour, then by how far above what was expected, then in the district's order."""
    above = one.alarm.observed - (one.alarm.expected or 0)
    return _rank(one.alarm), -above, one.town.order


def _line(
    told: Read, town: Town, fraud_class: str, weeks: list["Alarm"], done: list[Response] | None = None
) -> Line:
    from jinzhong_engine.surveillance.alarms import HISTORY

    series, alarm = told.weekly.series[town.code, fraud_class].tolist(), weeks[-1]
    return Line(
        town=town,
        fraud_class=fraud_class,
        alarm=alarm,
        usual=_usual(alarm.expected),
        history=series[-HISTORY - 1 :],
        judged=weeks,
        most=_most(alarm),
        top=_top(told, town.code) if fraud_class == ALL else None,
        responses=done or [],
        clusters=sorted(_clusters(told, town.code, fraud_class), key=lambda one: -one[1].cases),
    )


def _clusters(told: Read, town: str, fraud_class: str) -> Iterator[tuple[str, "Cluster"]]:
    for (area, code, week), found in told.clusters.items():
        if area == town and week == told.week.since and fraud_class in (ALL, code):
            yield code, found


def _usual(expected: float | None) -> Usual | None:
    if expected is None:
        return None
    from jinzhong_engine.surveillance import tails

    low, high = (tails.poisson_quantile(chance, expected) for chance in USUAL)
    return Usual(expected, low, high)


def _together(lines: list[Line]) -> Usual | None:
    """Of all towns shown; None where one of them can't be judged."""
    found = [one.alarm.expected for one in lines]
    if not found or None in found:
        return None
    return _usual(sum(one for one in found if one is not None))


def _top(told: Read, town: str) -> tuple[str, int] | None:
    """The class with the most cases in the week; 其他 is none."""
    here = [
        (code, int(series[-1]))
        for (area_of, code), series in told.weekly.series.items()
        if area_of == town and code not in (ALL, "other") and series[-1]
    ]
    return max(here, key=lambda one: (one[1], one[0]), default=None)


def _most(alarm: "Alarm") -> int | None:
    """The most cases of a week with this expectation that are yellow or less."""
    if alarm.expected is None:
        return None
    return next(_still_calm(alarm.expected, ladder.in_force(alarm.period)))


def _still_calm(expected: float, version: ladder.Version) -> Iterator[int]:
    from jinzhong_engine.surveillance import tails

    for cases in count(1):
        seen = ladder.Seen(cases, expected, tails.poisson_tail(cases, expected))
        if ladder.colour(seen, version.rungs) in LOUD:
            yield cases - 1


def _by_growth_alone(alarm: "Alarm") -> str:
    """The colour without asking for a number of cases or for chance: what boards elsewhere show."""
    if alarm.expected is None:
        return ladder.NONE
    naive = tuple(one._replace(cases_from=0, p_to=1.0) for one in ladder.in_force(alarm.period).rungs)
    return ladder.colour(ladder.Seen(alarm.observed, alarm.expected, 1.0), naive)
