"""绩效指数 of a period, by what our own tables measure; and given out for 平安考核 as a file, one line a unit."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO

from jinzhong.agenda import queries as agenda
from jinzhong.audit import operations as audit
from jinzhong.cases.export import WRITERS, safe
from jinzhong.district import queries as district
from jinzhong.operation import operation
from jinzhong.review import operations, queries
from jinzhong.review.models import IndexExport, Obligation, Paper
from jinzhong.situation.periods import Period

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.index import Input, Scored

HEADERS = (
    "since", "until", "unit", "name", "kind", "score", "pingan_points", "measured_weight", "rank", "rank_low", "rank_high",
    "missing", "formulas",
)  # fmt: skip
SHEET = "绩效指数"


def of(period: Period, *, as_of: datetime) -> "tuple[list[Scored], str]":
    """Every unit's score, and the name of the formulas in force when the period began."""
    from jinzhong_engine.ladders import performance_index as ladder
    from jinzhong_engine.surveillance import index

    version = ladder.in_force(period.since)
    return index.of(measured(period, as_of=as_of), version.kinds), version.name


def measured(period: Period, *, as_of: datetime) -> "list[Input]":
    """All that our own tables measure of units, as known before ``as_of``."""
    from jinzhong.situation import indicators

    return indicators.measured(period, as_of=as_of) + rectified(period, as_of=as_of)


def rectified(period: Period, *, as_of: datetime) -> "list[Input]":
    """整改按期率 of towns: of what was due in the period, papers to the town's office and what it owes for a listing, how much was
    answered by then. What was sent back or reopened is due, and counts, once more; what got more time counts by its later day."""
    from jinzhong.situation import indicators

    owed = Obligation.objects.filter(kind__in=queries.ACCEPTED).values_list("pk", "standing__town")
    papers = Paper.objects.filter(receiver__kind="town_office").values_list("pk", "receiver__town")
    town_of = dict(owed) | dict(papers)
    due = agenda.deadlines_of(town_of).filter(
        kind__in=(operations.LATE, operations.REPLY), due_at__gt=period.start, due_at__lte=period.end, due_at__lt=as_of
    )  # fmt: skip
    met: dict[str, list[bool]] = {}
    for one in due.exclude(outcome="dropped"):
        met.setdefault(town_of[one.on_id], []).append(one.outcome == "met")
    return [
        each
        for town, theirs in sorted(met.items())
        for each in indicators.share(town, "town", "rectified_ontime", sum(theirs), len(theirs))
    ]


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
