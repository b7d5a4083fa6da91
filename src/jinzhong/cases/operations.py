"""Filing cases: a new number is a new case, a changed row a new revision, the same row again changes nothing."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from jinzhong.audit import operations as audit
from jinzhong.cases import content, people, queries
from jinzhong.cases.models import Case, CaseRevision, Status
from jinzhong.district import queries as district
from jinzhong.district.models import Community, Unit
from jinzhong.ids import new_id
from jinzhong.intake.models import Arrival
from jinzhong.intake.sources.case_sheet.told import CaseRow
from jinzhong.operation import operation

BATCH = 200
"""Cases that commit together: each case whole or not at all, and alerts get their turn in between."""
AS_WRITTEN = (
    "reported_at", "filed_at", "source", "channel", "lure", "narrative", "loss", "stopped", "frozen", "returned",
)  # fmt: skip
"""Parts that stand in the revision as they stand in the row."""


@dataclass
class Filed:
    """What an import did, by case number."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """What filing a row would do: new, changed (with the parts that differ, see ``content``) or nothing."""

    row: CaseRow
    kind: str
    before: CaseRevision | None = None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Roll:
    """The district's communities and stations, by what a row calls them."""

    communities: dict[tuple[str, str], Community]
    stations: dict[str, Unit]


def preview(rows: Sequence[CaseRow]) -> list[Change]:
    """What filing these rows would do; writes nothing."""
    known = queries.current(row.number for row in rows)
    return [_change(row, known.get(row.number)) for row in rows]


def _change(row: CaseRow, before: CaseRevision | None) -> Change:
    if before is None:
        return Change(row, "created")
    differing = tuple(sorted(content.changed(row, before.digests)))
    return Change(row, "updated" if differing else "unchanged", before, differing)


def file_rows(rows: Sequence[CaseRow], *, arrival: Arrival | None, by: str, now: datetime) -> Filed:
    """File the rows of a sheet. ``now`` is when we learned of them."""
    filed, rest = Filed(), iter(rows)
    roll = _Roll(district.communities(), {unit.name: unit for unit in district.units("station")})
    while batch := list(islice(rest, BATCH)):
        for change in _file_batch(batch, roll, arrival=arrival, by=by, now=now):
            getattr(filed, change.kind).append(change.row.number)
    return filed


@operation
def _file_batch(
    rows: Sequence[CaseRow], roll: _Roll, *, arrival: Arrival | None, by: str, now: datetime
) -> list[Change]:
    audit.take_turn()
    changes = preview(rows)
    for change in changes:
        if change.kind != "unchanged":
            _file(change, roll, arrival=arrival, by=by, now=now)
    return changes


def _file(change: Change, roll: _Roll, *, arrival: Arrival | None, by: str, now: datetime) -> CaseRevision:
    row, before = change.row, change.before
    case = before.case if before else Case.objects.create(id=new_id(), number=row.number, first_known_at=now)
    if before:
        CaseRevision.objects.filter(pk=before.pk).update(superseded_at=now)
    digests = content.merged(row, before.digests if before else {})
    telling = people.Telling(row, before, content.told(row), set(change.fields), digests, now)
    revision = CaseRevision.objects.create(
        case=case,
        revision=before.revision + 1 if before else 1,
        known_at=now,
        arrival=arrival,
        digests=digests,
        by=by,
        **_facts(telling, roll),
    )
    people.write(revision, telling)
    audit.record(
        "case.revised" if before else "case.filed",
        on=case,
        by=by,
        at=now,
        happened_at=row.reported_at,
        town=row.town,
        revision=revision.pk,
        fields=list(change.fields),
    )
    return revision


def _facts(telling: people.Telling, roll: _Roll) -> dict[str, Any]:
    """The revision's own columns; of what the row doesn't tell, what was known stays."""
    row, before = telling.row, telling.before
    community = roll.communities.get((row.town, row.community))
    if before and "community" not in telling.told and before.town_id == row.town:
        community = before.community
    facts: dict[str, dict[str, Any]] = {
        "town": {"town_id": row.town},
        "residence_town": {"residence_town_id": row.residence_town or None},
        "community": {"community": community},
        "area": {"area": row.area},
        "station": {"station": roll.stations.get(row.station)},
        "status": {"status": row.status or Status.FILED},
        "fraud_class": {"fraud_class": row.fraud_class, "raw_class": row.raw_class},
        "occurred": {"occurred_from": row.occurred_from, "occurred_to": row.occurred_to},
    }
    facts |= {name: {name: getattr(row, name)} for name in AS_WRITTEN}
    found: dict[str, Any] = {}
    for part, columns in facts.items():
        is_told = part in telling.told or before is None or part == "community"
        found |= columns if is_told else {name: getattr(before, name) for name in columns}
    if not telling.digests.get("area"):
        found["area"] = community.area if community else ""
    return found
