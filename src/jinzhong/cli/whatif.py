"""``jinzhong whatif``: a past period under other thresholds, rules, weights, targets or rosters, side by side; nothing is changed."""

import argparse
import json
from pathlib import Path
from typing import Any

from jinzhong import clock
from jinzhong.cli import Unusable, add_period


def add(commands: argparse._SubParsersAction) -> None:
    whatif = commands.add_parser(
        "whatif",
        help="what would have been red, listed, ranked, late under other rules or rosters; nothing is changed",
    )
    whatif.add_argument(
        "--change",
        type=Path,
        required=True,
        metavar="FILE",
        help='JSON, such as {"town_listing": {"red_times": 1.3}, "targets": {"red": {"meet": 10}}, "roster": {"330213002": {"16-24": 2}}}; {} changes nothing',
    )
    add_period(whatif)
    whatif.add_argument("--json", action="store_true")
    whatif.set_defaults(run=_whatif)


def _whatif(chosen: argparse.Namespace) -> int:
    from jinzhong.review.index import rectified
    from jinzhong.situation import periods, whatif
    from jinzhong_engine.surveillance.counts import BadCounts

    try:
        period = periods.chosen(chosen.since, chosen.until)
    except periods.BadPeriod as problem:
        raise Unusable(f"--since {chosen.since} --until {chosen.until}: {problem}") from problem
    if period.end > clock.now():
        raise Unusable(f"--until {chosen.until}: lies in the future; only what has happened can be replayed")
    try:
        told = whatif.compare(_change(chosen.change), period, rectified(period, as_of=period.end))
    except whatif.BadChange as problem:
        raise Unusable(f"{chosen.change}: {problem}") from problem
    except BadCounts as problem:
        raise Unusable(str(problem)) from problem
    print(json.dumps(told, ensure_ascii=False) if chosen.json else _readable(told))
    return 0


def _change(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as problem:
        raise Unusable(f"{path}: isn't JSON ({str(problem)[:100]})") from problem
    if not isinstance(found, dict):
        raise Unusable(f"{path}: should be an object in braces; {{}} changes nothing")
    return found


def _readable(told: dict[str, Any]) -> str:
    same = told["base_digest"] == told["changed_digest"]
    lines = [f"{told['since']} 至 {told['until']}：" + ("与现行规则一样" if same else "与现行规则不同的有")]
    for title, part in (
        ("五色预警", "alarms"),
        ("三色挂牌", "listing"),
        ("绩效指数", "index"),
        ("超时", "late"),
    ):
        if part == "late":
            lines += [f"  {side}: {json.dumps(told['on_time'][side])}" for side in ("base", "changed")]
        moved = [one for one in told[part] if one["base"] != one["changed"]]
        lines.append(f"{title} {len(moved)} 处")
        lines += [f"  {json.dumps(one, ensure_ascii=False)}" for one in moved]
    return "\n".join(lines)
