"""绩效指数 of a period, by what our own tables measure; and given out for 平安考核 as a file, one line a unit."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from jinzhong.audit import operations as audit
from jinzhong.cases.export import WRITERS, safe
from jinzhong.district import queries as district
from jinzhong.operation import operation
from jinzhong.review.models import IndexExport
from jinzhong.situation.periods import Period

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.index import Scored

HEADERS = (
    "since", "until", "unit", "name", "kind", "score", "pingan_points", "measured_weight", "rank", "rank_low", "rank_high",
    "missing", "formulas",
)  # fmt: skip
SHEET = "绩效指数"


def of(period: Period, *, as_of: datetime) -> "tuple[list[Scored], str]":
    """Every unit's score, and the name of the formulas in force when the period began."""
    from jinzhong.situation import indicators
    from jinzhong_engine.ladders import performance_index as ladder
    from jinzhong_engine.surveillance import index

    version = ladder.in_force(period.since)
    return index.of(indicators.measured(period, as_of=as_of), version.kinds), version.name


@operation
def give(
    out: BinaryIO, *, ending: str, period: Period, units: "Sequence[Scored]", formulas: str, by: str, now: datetime
) -> int:  # fmt: skip
    """Write the file's bytes and the line in the event log. Returns how many units."""
    audit.take_turn()
    rows = WRITERS[ending](out, _table(period, units, formulas), SHEET)
    taken = IndexExport.objects.create(
        since=period.since, until=period.until, formulas=formulas, rows=rows, by=by, at=now
    )
    audit.record(
        "review.index_exported", on=taken, by=by, at=now, rows=rows, since=period.since, until=period.until
    )
    return rows


def _table(period: Period, units: "Sequence[Scored]", formulas: str) -> Iterator[Sequence[object]]:
    """The header, then a line for each unit, also where nothing of it was measured."""
    names = {one.code: one.name for one in district.towns()} | {
        one.code: one.name for one in district.all_units()
    }
    yield HEADERS
    for one in units:
        missing = "、".join(each.indicator.title for each in one.indicators if each.points is None)
        yield (
            f"{period.since}", f"{period.until}", safe(one.unit), safe(names.get(one.unit, "")), one.kind, _two(one.score),
            _two(one.pingan_points), one.measured_weight, one.rank, one.rank_low, one.rank_high, safe(missing), safe(formulas),
        )  # fmt: skip


def _two(figure: float | None) -> float | None:
    return None if figure is None else round(figure, 2)
