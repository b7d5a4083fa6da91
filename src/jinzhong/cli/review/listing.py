"""``jinzhong review listing``: three colours of a month."""

import argparse
import json
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinzhong import clock
from jinzhong.cli import Unusable, add_as_of
from jinzhong.cli.review.options import month

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.counts import Counts
    from jinzhong_engine.surveillance.listing import Line, Listing


def add_listing(listing: argparse.ArgumentParser) -> None:
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
