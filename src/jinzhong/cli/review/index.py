"""``jinzhong review index``: the performance index of every unit."""

import argparse
import json
import sys
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinzhong import clock
from jinzhong.cli import Unusable, actor, add_by, name_of
from jinzhong.cli.review.options import period

if TYPE_CHECKING:
    from jinzhong_engine.ladders.performance_index import Indicator
    from jinzhong_engine.surveillance.index import Input, Scored


def add_index(index: argparse.ArgumentParser) -> None:
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
