"""``jinzhong situation``: ``stats`` figures of any period; ``alarms`` area alarms; ``city`` note what the city counted."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_as_of, add_by, add_period, day, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinzhong.situation.figures import Only, Stats
    from jinzhong_engine.surveillance.alarms import Alarm
    from jinzhong_engine.surveillance.counts import Counts, Weekly
    from jinzhong_engine.surveillance.farrington import Settings

FILTERS = {
    "town": "code or name of a town",
    "class": "code of a fraud class, such as loan",
    "area": "urban, rural or unknown",
    "sex": "victims' sex: F, M or unknown",
    "age": "victims' age band: <18, 18-19, 20-30, 31-40, 41-50, 51-60, 61-65, 66+ or unknown",
}

MOST_CASES = 1_000_000
"""No city has as many cases in a month."""
LONGEST_SOURCE = 200


def add(commands: argparse._SubParsersAction) -> None:
    situation = commands.add_parser("situation", help="figures of the situation").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    stats = situation.add_parser(
        "stats", help="cases, losses, victims of a period, and what they compare with"
    )
    add_period(stats)
    add_as_of(stats)
    for name, words in FILTERS.items():
        stats.add_argument(f"--{name}", default="", help=words)
    stats.add_argument("--json", action="store_true")
    stats.set_defaults(run=_stats)

    alarms = situation.add_parser(
        "alarms", help="五色预警: a week of each town and class against what was expected"
    )
    _add_alarms(alarms)

    board = situation.add_parser(
        "board", help="五色预警 of our own cases: each town in a week, why, who acts by when, as on the page"
    )
    board.add_argument(
        "--week", type=day, metavar="YYYY-MM-DD", help="any day of the week (default: the last whole one)"
    )
    board.add_argument("--class", default="", help=FILTERS["class"])
    board.add_argument("--baseline", choices=["weeks", "last-year"], default="weeks")
    add_as_of(board)
    board.add_argument("--json", action="store_true")
    board.set_defaults(run=_board)

    city = situation.add_parser("city", help="note how many cases the whole city had in a month")
    city.add_argument("--month", type=day, required=True, metavar="YYYY-MM-01", help="first day of the month")
    city.add_argument("--cases", type=int, required=True)
    city.add_argument("--source", required=True, help="where the figure stands")
    add_by(city)
    city.set_defaults(run=_city)


def _add_alarms(alarms: argparse.ArgumentParser) -> None:
    from jinzhong.config.environment import WEEKDAYS, weekday

    alarms.add_argument(
        "--counts",
        type=Path,
        metavar="FILE",
        help="area,fraud_class,date,cases,population as CSV, Parquet or XLSX (default: our own cases)",
    )
    alarms.add_argument(
        "--as-of", type=day, required=True, metavar="YYYY-MM-DD", help="whole weeks before this day"
    )
    alarms.add_argument("--out", type=Path, required=True, metavar="FILE", help="CSV, Parquet or XLSX")
    alarms.add_argument(
        "--week-start", choices=WEEKDAYS, default=WEEKDAYS[weekday("JINZHONG_WEEK_START")], metavar="WEEKDAY"
    )
    alarms.add_argument(
        "--all-weeks", action="store_true", help="every week with enough history, not only the last"
    )
    alarms.add_argument(
        "--baseline", choices=["weeks", "last-year"], default="weeks",
        help="expected: mean of the 15 weeks before, or last year's weekly mean",
    )  # fmt: skip
    alarms.add_argument("--method", choices=["weeks", "farrington"], default="weeks")
    farrington = alarms.add_argument_group("--method farrington: season and trend from the years before")
    farrington.add_argument("--b", type=int, default=5, help="years looked back")
    farrington.add_argument("--w", type=int, default=3, help="weeks on either side of the same week")
    farrington.add_argument("--periods", type=int, default=10, help="seasons of a year")
    farrington.add_argument("--past-weeks-excluded", type=int, default=26, metavar="WEEKS")
    farrington.add_argument("--alpha", type=float, default=0.05, help="chance of a false alarm")
    farrington.add_argument("--threshold", choices=["nbPlugin", "delta"], default="nbPlugin")
    alarms.set_defaults(run=_alarms)


def _alarms(chosen: argparse.Namespace) -> int:
    """Writes a row per area and class; exit 0 whatever the colours are."""
    from jinzhong.wire import files
    from jinzhong_engine.surveillance import counts, farrington
    from jinzhong_engine.surveillance.alarms import Alarm

    try:
        files.check_target(chosen.out)
        given = _counts(chosen)
        weekly = counts.weekly(given, as_of=chosen.as_of, starts_on=chosen.week_start)
        found = list(_judged(chosen, given, weekly))
    except (files.BadFile, counts.BadCounts, farrington.BadSettings) as problem:
        raise Unusable(str(problem)) from problem
    files.write(chosen.out, {name: [getattr(one, name) for one in found] for name in Alarm._fields})
    print(f"{len(found)} rows written to {chosen.out}", file=sys.stderr)
    return 0


def _counts(chosen: argparse.Namespace) -> "Counts":
    from jinzhong.situation import area
    from jinzhong.wire import files

    if chosen.counts:
        return files.area_counts(chosen.counts)
    if clock.midnight(chosen.as_of) > clock.now():
        raise Unusable(f"--as-of {chosen.as_of}: lies in the future; name a day until today")
    return area.day_counts(until=chosen.as_of, as_of=clock.midnight(chosen.as_of))


def _judged(chosen: argparse.Namespace, given: "Counts", weekly: "Weekly") -> "Iterator[Alarm]":
    from jinzhong_engine.surveillance import alarms, clusters

    last = None if chosen.all_weeks else 1
    near, huge = clusters.clusters(given, weekly), clusters.huge(given, weekly)
    if chosen.method == "farrington":
        return alarms.judge_by_farrington(
            weekly, settings=_settings(chosen), last=last, clusters=near, huge=huge
        )
    return alarms.judge(weekly, last=last, baseline=chosen.baseline, clusters=near, huge=huge)


def _settings(chosen: argparse.Namespace) -> "Settings":
    from jinzhong_engine.surveillance.farrington import Settings

    return Settings(
        b=chosen.b,
        w=chosen.w,
        periods=chosen.periods,
        past_weeks_excluded=chosen.past_weeks_excluded,
        alpha=chosen.alpha,
        threshold=chosen.threshold,
    )


def _board(chosen: argparse.Namespace) -> int:
    from jinzhong.situation import board, tables
    from jinzhong.situation.told import board_json
    from jinzhong_engine.taxonomy import BY_CODE

    now, fraud_class = clock.now(), getattr(chosen, "class")
    if fraud_class and fraud_class not in BY_CODE:
        raise Unusable(f"--class {fraud_class}: use one of {', '.join(BY_CODE)}")
    week = board.week_of(chosen.week) if chosen.week else board.last_week(now.date())
    if week.end > now:
        raise Unusable(f"--week {chosen.week}: this week is not over; name an earlier day")
    told = board.board(
        week,
        viewer=None,
        as_of=chosen.as_of or now,
        fraud_class=fraud_class or board.ALL,
        baseline=chosen.baseline,
    )
    if chosen.json:
        print(json.dumps(board_json(told), ensure_ascii=False))
    else:
        print("\n".join(tables.board_lines(told)))
    return 0


def _stats(chosen: argparse.Namespace) -> int:
    from jinzhong.situation import periods, queries
    from jinzhong.situation.told import as_json

    try:
        period = periods.chosen(chosen.since, chosen.until)
    except periods.BadPeriod as problem:
        raise Unusable(f"--since {chosen.since} --until {chosen.until}: {problem}") from problem
    told = queries.stats(period, viewer=None, as_of=chosen.as_of, only=_only(chosen))
    if chosen.json:
        print(json.dumps(as_json(told, read_at=clock.now()), ensure_ascii=False))
    else:
        print(_readable(told))
    return 0


def _only(chosen: argparse.Namespace) -> "Only":
    """What to count alone. Raises Unusable for a word that names nothing."""
    from jinzhong.situation import drill, queries

    given = {name: getattr(chosen, name) for name in FILTERS}
    known = queries.choices(viewer=None)
    for name, value in given.items():
        if value and value not in known[name]:
            raise Unusable(f"--{name} {value}: use one of {', '.join(known[name])}")
    return drill.only(given)


def _city(chosen: argparse.Namespace) -> int:
    from jinzhong.situation import operations

    by = actor(chosen.by, "situation.read")
    if not 0 <= chosen.cases <= MOST_CASES:
        raise Unusable(f"--cases {chosen.cases}: write the number of cases of one month")
    if not 0 < len(chosen.source.strip()) <= LONGEST_SOURCE:
        raise Unusable(f"--source: say where the figure stands, in at most {LONGEST_SOURCE} characters")
    try:
        operations.record_city_count(
            month=chosen.month,
            cases=chosen.cases,
            source=chosen.source,
            by=name_of(by),
            at=clock.now(),
        )
    except operations.NotAMonth as problem:
        raise Unusable(f"--month {chosen.month}: name the first day of the month") from problem
    return 0


def _readable(told: "Stats") -> str:
    from jinzhong.situation import sentences, tables

    return "\n".join([*sentences.paragraph(told), "", *tables.lines(told)])
