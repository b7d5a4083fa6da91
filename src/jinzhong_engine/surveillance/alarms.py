"""Area alarms: each week of each area and class against what was expected of it, coloured by the dated ladder.

Expected is the mean of the 15 weeks before (or last year's weekly mean), at least 0.5. Where so few cases are expected
that even a doubling would seldom show within a week, the last 4 or 13 weeks together are looked at as well, against the
year before them; they raise the week's colour to orange at most.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType
from typing import Literal, NamedTuple

from jinzhong_engine.ladders import area_early_warning as ladder
from jinzhong_engine.ladders.area_early_warning import Seen, Version
from jinzhong_engine.sayings import CLAUSE, Saying
from jinzhong_engine.surveillance import farrington, tails
from jinzhong_engine.surveillance.clusters import Cluster
from jinzhong_engine.surveillance.counts import TOTAL, Weekly

HISTORY = 15
FLOOR = 0.5
ENOUGH = 2.5
"""A window of so many expected cases shows a doubling in about every third case; below it a longer one is asked too."""
WINDOWS = (4, 13)
YEAR = 52
SURE = 0.95
Baseline = Literal["weeks", "last-year"]


class Alarm(NamedTuple):
    """A row of ``tables.AREA_ALARMS``, then what else is known: the longer window, who acts by when, what ends it,
    and the loss of one huge case, told apart."""

    area: str
    fraud_class: str
    period: date
    observed: int
    expected: float | None
    upper: float | None
    p: float | None
    colour: str
    reason: str
    alarm: bool | None = None
    window_weeks: int | None = None
    window_observed: int | None = None
    window_expected: float | None = None
    window_p: float | None = None
    who: str = ""
    act_by: date | None = None
    task: str = ""
    cleared: str = ""
    huge_case: float | None = None


NO_FIGURES = (None, None, None, ladder.NONE, "")


@dataclass(frozen=True)
class _Window:
    weeks: int
    seen: Seen


def judge(
    weekly: Weekly,
    *,
    last: int | None = 1,
    baseline: Baseline = "weeks",
    clusters: Mapping[tuple[str, str, date], Cluster] = MappingProxyType({}),
    huge: Mapping[tuple[str, date], float] = MappingProxyType({}),
    version: Version | None = None,
) -> Iterator[Alarm]:
    """The ``last`` weeks (None: every one) that have enough history before them; the last week if none has."""
    for (area, fraud_class), seen in weekly.series.items():
        counts = seen.tolist()  # plain numbers are several times faster here than short slices of an array
        for week in _asked(known_weeks(weekly.starts, baseline), len(counts), last):
            start = weekly.starts[week]
            alarm = _judged(
                area, fraud_class, weekly.starts, counts, week, baseline, version or ladder.in_force(start)
            )
            yield _finished(alarm, clusters, huge)


def known_weeks(starts: list[date], baseline: Baseline = "weeks") -> list[int]:
    """Weeks with enough history before them."""
    if baseline == "weeks":
        return list(range(HISTORY, len(starts)))
    whole = {year for year, weeks in Counter(one.year for one in starts).items() if weeks >= YEAR}
    return [week for week, start in enumerate(starts) if start.year - 1 in whole]


def _asked(known: list[int], weeks: int, last: int | None) -> list[int]:
    asked = known if last is None else [week for week in known if week >= weeks - last]
    return asked or [weeks - 1]


def expected(starts: list[date], counts: list[int], week: int, baseline: Baseline = "weeks") -> float | None:
    """Cases expected of a week; None without enough history."""
    if baseline == "weeks":
        return max(sum(counts[week - HISTORY : week]) / HISTORY, FLOOR) if week >= HISTORY else None
    last_year = [counts[n] for n in range(week) if starts[n].year == starts[week].year - 1]
    return max(sum(last_year) / len(last_year), FLOOR) if len(last_year) >= YEAR else None


def _judged(
    area: str,
    fraud_class: str,
    starts: list[date],
    counts: list[int],
    week: int,
    baseline: Baseline,
    version: Version,
) -> Alarm:
    cases, mean = counts[week], expected(starts, counts, week, baseline)
    if mean is None:
        few = Saying.FEW_WEEKS.said(weeks=week, needed=HISTORY)
        why = few if baseline == "weeks" else "没有上年全年的数据"
        return Alarm(area, fraud_class, starts[week], cases, *NO_FIGURES)._replace(reason=why)
    seen = Seen(cases, mean, tails.poisson_tail(cases, mean))
    colour, reason = ladder.colour(seen, version.rungs), _sentence(seen, baseline)
    alarm = Alarm(
        area,
        fraud_class,
        starts[week],
        cases,
        mean,
        float(tails.poisson_quantile(SURE, mean)),
        seen.p,
        colour,
        reason,
    )
    windows = list(_longer_windows(counts, week, mean))
    return _pooled(alarm, windows, version) if windows else alarm


def _longer_windows(counts: list[int], week: int, mean: float) -> Iterator[_Window]:
    """Where the week can't answer: the last 4 weeks, and where they can't either, the last 13 too."""
    level = mean
    for weeks in WINDOWS:
        since = week - weeks + 1
        if level >= ENOUGH or since < HISTORY:
            return
        before = sum(counts[max(0, since - YEAR) : since])
        seen, share = sum(counts[since : week + 1]), weeks / min(YEAR, since)
        level = max(before * share, FLOOR)
        yield _Window(weeks, Seen(seen, level, tails.tail_after(seen, before, share)))


def _pooled(alarm: Alarm, windows: list[_Window], version: Version) -> Alarm:
    """Raised by the window with the higher colour; told is that one, else the longest."""
    colours = [ladder.colour(one.seen, version.pooled) for one in windows]
    at = max(range(len(windows)), key=lambda n: (ladder.COLOURS.index(colours[n]), windows[n].weeks))
    window, raised = windows[at], ladder.at_least(alarm.colour, colours[at])
    return alarm._replace(
        colour=raised,
        reason=alarm.reason + CLAUSE + _of_window(window, raised if raised != alarm.colour else ""),
        window_weeks=window.weeks,
        window_observed=window.seen.cases,
        window_expected=window.seen.expected,
        window_p=window.seen.p,
    )


def _of_window(window: _Window, raised_to: str) -> str:
    seen = window.seen
    told = {"weeks": window.weeks, "cases": seen.cases, "expected": _figure(seen.expected)}
    if raised_to:
        return Saying.WINDOW_RAISES.said(**told, chance=_chance(seen.p), colour=ladder.WORDS[raised_to])
    return (Saying.WINDOW_FEW if seen.expected < ENOUGH else Saying.WINDOW).said(**told)


def _finished(
    alarm: Alarm, clusters: Mapping[tuple[str, str, date], Cluster], huge: Mapping[tuple[str, date], float]
) -> Alarm:
    """With what the count alone doesn't tell, and what it asks for."""
    found = _with_act(_with_cluster(alarm, clusters.get((alarm.area, alarm.fraud_class, alarm.period))))
    return (
        found._replace(huge_case=huge.get((alarm.area, alarm.period)))
        if alarm.fraud_class == TOTAL
        else found
    )


def _with_cluster(alarm: Alarm, cluster: Cluster | None) -> Alarm:
    if cluster is None:
        return alarm
    why = Saying.CLUSTER.said(village=cluster.village, days=ladder.CLUSTER_DAYS, cases=cluster.cases)
    return alarm._replace(
        colour=ladder.at_least(alarm.colour, ladder.CLUSTER_RAISES_TO), reason=alarm.reason + CLAUSE + why
    )


def _with_act(alarm: Alarm) -> Alarm:
    """Who acts by when, counted from the day after the week."""
    act = ladder.ACTS[alarm.colour]
    after = alarm.period + timedelta(weeks=1)
    return alarm._replace(
        who=act.who,
        task=act.task,
        cleared=act.cleared,
        act_by=None if act.days is None else after + timedelta(days=act.days),
    )


def judge_by_farrington(
    weekly: Weekly,
    *,
    settings: farrington.Settings,
    last: int | None = 1,
    clusters: Mapping[tuple[str, str, date], Cluster] = MappingProxyType({}),
    huge: Mapping[tuple[str, date], float] = MappingProxyType({}),
    version: Version | None = None,
) -> Iterator[Alarm]:
    """The same ladder on the seasonal expectation; ``alarm``: above its bound. Weeks too small to answer aren't pooled here: the
    bound has its own way with small counts."""
    settings.check()
    for (area, fraud_class), counts in weekly.series.items():
        known = [n for n in range(len(counts)) if farrington.has_history(weekly.starts, n, settings)]
        for week in _asked(known, len(counts), last):
            alarm = Alarm(area, fraud_class, weekly.starts[week], int(counts[week]), *NO_FIGURES)
            rungs = (version or ladder.in_force(alarm.period)).rungs
            if week in known:
                found = farrington.bound(weekly.starts, counts.astype(float), week, settings)
                yield _finished(_seasonal(alarm, found, rungs), clusters, huge)
            else:
                few = Saying.FEW_YEARS.said(years=settings.b)
                yield _finished(alarm._replace(reason=few), clusters, huge)


def _seasonal(alarm: Alarm, found: farrington.Bound, rungs: tuple[ladder.Rung, ...]) -> Alarm:
    if found.expected is None or found.upper is None or found.p is None:
        return alarm._replace(reason="模型没有收敛，不作判断")
    seen = Seen(alarm.observed, max(found.expected, FLOOR), found.p)
    return alarm._replace(
        expected=found.expected,
        upper=found.upper,
        p=found.p,
        alarm=found.alarm,
        colour=ladder.colour(seen, rungs),
        reason=Saying.SEASONAL.said(
            cases=seen.cases, expected=_figure(found.expected), upper=_figure(found.upper)
        ),
    )


def _sentence(seen: Seen, baseline: Baseline) -> str:
    base = Saying.WEEKS_BEFORE.said(weeks=HISTORY) if baseline == "weeks" else "上年周均"
    told = {"cases": seen.cases, "base": base, "expected": _figure(seen.expected), "change": _change(seen)}
    if seen.growth <= 0:
        return Saying.WEEK.said(**told)
    return Saying.WEEK_RISEN.said(**told, chance=_chance(seen.p))


def _change(seen: Seen) -> str:
    grown = round(seen.growth * 100)
    if grown == 0:
        return "持平"
    return Saying.MORE.said(percent=grown) if grown > 0 else Saying.LESS.said(percent=-grown)


def _figure(number: float) -> str:
    return f"{number:.2f}".rstrip("0").rstrip(".")


def _chance(p: float) -> str:
    return f"{p * 100:.1f}%" if p >= 0.001 else Saying.UNDER.said(percent=0.1)
