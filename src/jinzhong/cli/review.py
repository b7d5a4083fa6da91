"""``jinzhong review``: ``listing`` three colours of a month; ``index`` the performance index; ``award`` earned or lucky."""

import argparse
import json
import sys
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_as_of, add_by, name_of

if TYPE_CHECKING:
    from jinzhong.situation.periods import Period
    from jinzhong_engine.ladders.performance_index import Indicator
    from jinzhong_engine.surveillance.counts import Counts
    from jinzhong_engine.surveillance.index import Input, Scored
    from jinzhong_engine.surveillance.listing import Line, Listing


def add(commands: argparse._SubParsersAction) -> None:
    review = commands.add_parser("review", help="考核督导: listing, index, award").add_subparsers(
        dest="what", required=True, metavar="WHAT"
    )
    listing = review.add_parser("listing", help="三色挂牌: colours of a month, why, and what is owed by when")
    listing.add_argument("--month", type=month, required=True, metavar="YYYY-MM")
    listing.add_argument(
        "--counts",
        type=Path,
        metavar="FILE",
        help="area,fraud_class,date,cases,population as CSV, Parquet or XLSX (default: our own cases)",
    )
    listing.add_argument(
        "--least",
        type=int,
        metavar="N",
        help="fewer cases are never listed for their rate (default 5; communities 2)",
    )
    add_as_of(listing)
    listing.add_argument("--json", action="store_true")
    listing.set_defaults(run=_listing)

    index = review.add_parser("index", help="绩效指数: score of every unit, recomputable by hand")
    index.add_argument(
        "--period", type=period, required=True, metavar="PERIOD", help="2021, 2021-Q2 or 2021-05"
    )
    index.add_argument(
        "--inputs",
        type=Path,
        metavar="FILE",
        help="unit,kind,indicator,value (and low,high) as CSV, Parquet or XLSX (default: what our own tables measure)",
    )
    index.add_argument(
        "--formulas",
        type=Path,
        metavar="FILE",
        help="kind,indicator,weight,worst,best in place of those in force",
    )
    index.add_argument("--json", action="store_true")
    index.add_argument(
        "--out", type=Path, metavar="FILE", help="give it out for 平安考核 as .csv or .xlsx, one line a unit"
    )
    add_by(index)
    index.set_defaults(run=_index)

    award = review.add_parser("award", help="whether a place without a case has earned it or been lucky")
    for name, kind, words in (
        ("--residents", int, "people living there"),
        ("--days", int, "days looked at"),
        ("--cases", int, "cases in them"),
        ("--district-rate", float, "cases per person and day in the district"),
        ("--areas", int, "areas that could have been named"),
    ):
        award.add_argument(name, type=kind, required=True, help=words)
    award.add_argument("--json", action="store_true")
    award.set_defaults(run=_award)


def month(text: str) -> date:
    """A month as typed. Raises what argparse turns into one line."""
    try:
        year, number = text.split("-")
        return date(int(year), int(number), 1)
    except ValueError as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a month as 2021-05") from problem


class Asked(NamedTuple):
    """A period by the name it was asked for."""

    name: str
    days: "Period"


def period(text: str) -> Asked:
    """A year, quarter or month as typed. Raises what argparse turns into one line."""
    from jinzhong.situation.periods import Period, add_months

    try:
        year, _, part = text.partition("-")
        since = date(int(year), 1, 1)
        months = 12
        if part.upper().startswith("Q"):
            since, months = date(int(year), [1, 4, 7, 10][int(part[1:]) - 1], 1), 3
        elif part:
            since, months = month(text), 1
        return Asked(text, Period(since, add_months(since, months)))
    except (ValueError, IndexError, argparse.ArgumentTypeError) as problem:
        raise argparse.ArgumentTypeError(f"{text}: write a period as 2021, 2021-Q2 or 2021-05") from problem


# -- listing ---------------------------------------------------------------------------------------------


def _listing(chosen: argparse.Namespace) -> int:
    from jinzhong.wire.files import BadFile
    from jinzhong_engine.ladders import town_listing as ladder
    from jinzhong_engine.surveillance import listing
    from jinzhong_engine.surveillance.counts import BadCounts

    rules = ladder.in_force(chosen.month)
    if chosen.least is not None:
        rules = rules._replace(least_cases=chosen.least)
    try:
        ladder.check(rules)
        found = listing.of_month(_counts(chosen), chosen.month, rules=rules)
    except ladder.BadRules as problem:
        raise Unusable(f"--least {chosen.least}: {problem}") from problem
    except (BadFile, BadCounts) as problem:
        raise Unusable(str(problem)) from problem
    told = _told(found)
    print(json.dumps(told, ensure_ascii=False) if chosen.json else _readable(told))
    return 0


def _counts(chosen: argparse.Namespace) -> "Counts":
    from jinzhong.situation import area, periods
    from jinzhong.wire import files

    if chosen.counts:
        if chosen.as_of:
            raise Unusable(
                "--as-of and --counts: a file doesn't say when its rows became known; give one of the two"
            )
        return files.area_counts(chosen.counts)
    until = periods.add_months(chosen.month, 1)
    if clock.midnight(until) > clock.now():
        raise Unusable(
            f"--month {chosen.month:%Y-%m}: isn't over yet; the list is made on the 2nd of the next month"
        )
    return area.day_counts(until=until, as_of=chosen.as_of)


def _told(found: "Listing") -> dict[str, Any]:
    return {
        "month": f"{found.month:%Y-%m}",
        "district_rate_10k": _rounded(found.district_rate),
        "cases": found.cases,
        "residents": found.residents,
        "rules": found.rules.name,
        "areas": [_line(one) for one in found.lines],
    }


def _line(one: "Line") -> dict[str, Any]:
    from jinzhong.situation import shares

    return {
        "area": one.area,
        "cases": one.cases,
        "residents": one.residents,
        "rate_10k": shares.rate(one.cases, one.residents),
        "p": one.standing.p,
        "yoy_percent": None if one.before is None else shares.change(one.cases, one.before),
        "last_year": one.before,
        "colour": one.colour,
        "star": one.star,
        "days_without_case": one.days_without_case,
        "reasons": one.reasons,
        "due": [
            {"kind": due.kind, "title": due.title, "by": due.by and due.by.isoformat(), "proposal": due.proposal}
            for due in one.due
        ],
        "window_months": one.window_months,
        "window_cases": one.standing.cases,
        "red_months": one.red_months,
    }  # fmt: skip


def _rounded(rate: float) -> str:
    from jinzhong.situation import shares

    return shares.rounded(Decimal(repr(rate)), shares.HUNDREDTH)


def _readable(told: dict[str, Any]) -> str:
    from jinzhong_engine.ladders.town_listing import WORDS

    lines = [f"{told['month']} 全区 {told['cases']} 起，万人发案率 {told['district_rate_10k']}"]
    for one in told["areas"]:
        star = "★" if one["star"] else ""
        lines.append(f"{one['area']} {WORDS[one['colour']]}{star} {one['cases']} 起，万人 {one['rate_10k']}")
        lines += [f"  {reason}" for reason in one["reasons"]]
        lines += [f"  {due['title']}{'，' + due['by'] + ' 前' if due['by'] else ''}" for due in one["due"]]
    return "\n".join(lines)


# -- index -----------------------------------------------------------------------------------------------


def _index(chosen: argparse.Namespace) -> int:
    from jinzhong.wire.files import BadFile
    from jinzhong_engine.ladders import performance_index as ladder
    from jinzhong_engine.surveillance import index

    if clock.midnight(chosen.period.days.since) > clock.now():
        raise Unusable(f"--period: begins on {chosen.period.days.since}, which lies in the future")
    version = ladder.in_force(chosen.period.days.since)
    try:
        formulas = _formulas(chosen.formulas) if chosen.formulas else version.kinds
        for kind, indicators in formulas.items():
            ladder.check(kind, indicators)
        inputs, place = _inputs(chosen)
        units = index.of(inputs, formulas, place)
    except ladder.BadFormulas as problem:
        raise Unusable(f"{chosen.formulas or version.name}: {problem}") from problem
    except (BadFile, index.BadInputs) as problem:
        raise Unusable(str(problem)) from problem
    if chosen.out:
        _give_index(chosen, units, str(chosen.formulas or version.name))
    told = {
        "period": chosen.period.name,
        "since": f"{chosen.period.days.since}",
        "until": f"{chosen.period.days.until}",
        "formulas": str(chosen.formulas) if chosen.formulas else version.name,
        "units": [_unit(one) for one in units],
    }
    print(json.dumps(told, ensure_ascii=False) if chosen.json else _index_lines(units))
    return 0


def _give_index(chosen: argparse.Namespace, units: "list[Scored]", formulas: str) -> None:
    from jinzhong.review.index import WRITERS, give

    if chosen.out.suffix not in WRITERS:
        raise Unusable(f"--out {chosen.out}: end it with {' or '.join(WRITERS)}")
    by, made = name_of(actor(chosen.by, "index.export")), BytesIO()
    rows = give(
        made, ending=chosen.out.suffix, period=chosen.period.days, units=units, formulas=formulas, by=by, now=clock.now()
    )  # fmt: skip
    try:
        chosen.out.write_bytes(made.getvalue())
    except OSError as problem:
        raise Unusable(
            f"--out {chosen.out}: {problem.strerror}; name a file in a folder that can be written"
        ) from problem
    print(f"{rows} units written to {chosen.out}", file=sys.stderr)


def _inputs(chosen: argparse.Namespace) -> "tuple[list[Input], list[str]]":
    from jinzhong.review.index import measured
    from jinzhong.wire import files
    from jinzhong_engine.surveillance.index import Input
    from jinzhong_engine.tables import INDEX_INPUTS, REAL, Column

    if not chosen.inputs:
        until = min(clock.now(), clock.midnight(chosen.period.days.until))
        found = measured(chosen.period.days, as_of=until)
        return found, [f"{one.unit} {one.indicator}" for one in found]
    interval = [Column(name, REAL, "end of the 95 % interval", may_be_null=True) for name in ("low", "high")]
    given = files.read(chosen.inputs, INDEX_INPUTS, optional=interval)
    return [Input(**row) for row in given.table.to_pylist()], [
        given.place(n) for n in range(len(given.table))
    ]


def _formulas(path: Path) -> "dict[str, list[Indicator]]":
    """Formulas of a file, checked as those in force are. Raises BadFile."""
    from jinzhong.wire import files
    from jinzhong_engine.ladders.performance_index import VERSIONS, Indicator
    from jinzhong_engine.tables import REAL, TEXT, Column, Table

    numbers = [Column(name, REAL, name) for name in ("weight", "worst", "best")]
    wanted = Table(
        "formulas", "", "", (Column("kind", TEXT, "kind"), Column("indicator", TEXT, "id"), *numbers)
    )
    titles = {one.id: (one.title, one.formula) for kind in VERSIONS[-1].kinds.values() for one in kind}
    found: dict[str, list[Indicator]] = {}
    given = files.read(path, wanted)
    for at, row in enumerate(given.table.to_pylist()):
        if empty := next((name for name, value in row.items() if value is None), None):
            raise files.BadFile(f"{given.place(at, empty)}: is empty")
        title, formula = titles.get(row["indicator"], (row["indicator"], ""))
        one = Indicator(row["indicator"], title, row["weight"], row["worst"], row["best"], formula)
        found.setdefault(row["kind"], []).append(one)
    return found


def _unit(one: "Scored") -> dict[str, Any]:
    return {
        "unit": one.unit,
        "kind": one.kind,
        "score": _figure(one.score),
        "pingan_points": _figure(one.pingan_points),
        "measured_weight": one.measured_weight,
        "rank": one.rank,
        "rank_low": one.rank_low,
        "rank_high": one.rank_high,
        "rank_without": one.rank_without or {},
        "indicators": [
            {
                "id": each.indicator.id,
                "title": each.indicator.title,
                "value": each.value,
                "worst": each.indicator.worst,
                "best": each.indicator.best,
                "weight": each.indicator.weight,
                "points": _figure(each.points),
                "missing": each.points is None,
                "formula": each.indicator.formula,
            }
            for each in one.indicators
        ],
    }


def _figure(number: float | None) -> float | None:
    return None if number is None else round(number, 6)


def _index_lines(units: "list[Scored]") -> str:
    from jinzhong_engine.ladders.performance_index import KINDS

    lines = []
    for one in units:
        if one.score is None or one.pingan_points is None:
            lines.append(f"{KINDS[one.kind]} {one.unit} 没有数据")
            continue
        span = f"第 {one.rank} 名" + (
            f"（{one.rank_low} 至 {one.rank_high}）" if one.rank_low != one.rank_high else ""
        )
        missing = "、".join(each.indicator.title for each in one.indicators if each.points is None)
        gap = f"，缺 {100 - one.measured_weight:g} 分的指标：{missing}" if missing else ""
        lines.append(
            f"{KINDS[one.kind]} {one.unit} {one.score:.1f} 分，{span}，平安 {one.pingan_points:.2f} 分{gap}"
        )
    return "\n".join(lines) or "没有单位"


# -- award -----------------------------------------------------------------------------------------------


def _award(chosen: argparse.Namespace) -> int:
    from jinzhong_engine.surveillance import luck

    for name, least in (("residents", 1), ("days", 1), ("cases", 0), ("areas", 1)):
        if not least <= getattr(chosen, name) <= 10**9:
            raise Unusable(f"--{name} {getattr(chosen, name)}: use a whole number of {least} or more")
    if not 0 < chosen.district_rate <= 1:
        raise Unusable(
            f"--district-rate {chosen.district_rate}: use cases per person and day, such as 0.0000064"
        )
    found = luck.award(
        residents=chosen.residents,
        days=chosen.days,
        cases=chosen.cases,
        district_rate=chosen.district_rate,
        areas=chosen.areas,
    )
    if chosen.json:
        print(json.dumps(found._asdict()))
    else:
        print(
            f"不做任何工作预期 {found.expected:.2f} 起；一起也没有的可能 {found.p_zero * 100:.1f}%，"
            f"{chosen.areas} 个地方里最好的一个碰上的可能 {found.p_best_of * 100:.1f}%：{'可以表彰' if found.award else '不表彰'}"
        )
    return 0
