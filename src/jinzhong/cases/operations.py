"""Filing cases: a new number is a new case, a changed row a new revision, the same row again changes nothing."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction

from jinzhong.audit import operations as audit
from jinzhong.cases import queries
from jinzhong.cases.models import Case, CaseRevision, Status, Trace, Transfer, Victim
from jinzhong.district import queries as district
from jinzhong.district.models import Community
from jinzhong.ids import new_id
from jinzhong.intake.models import Arrival
from jinzhong.vault import forms, seal
from jinzhong.vault import operations as vault
from jinzhong.vault.models import Subject

BATCH = 200
"""Cases that commit together: each case whole or not at all, and alerts get their turn in between."""

PLAIN = (
    "reported_at", "filed_at", "occurred_from", "occurred_to", "source", "fraud_class", "raw_class", "channel", "lure",
    "loss", "stopped", "frozen", "returned", "narrative",
)  # fmt: skip


@dataclass
class Filed:
    """What an import did, by case number."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Change:
    """What filing a row would do: new, changed (with the fields that differ) or nothing."""

    row: Any
    kind: str
    before: CaseRevision | None = None
    fields: tuple[str, ...] = ()


def preview(rows: Sequence[Any]) -> list[Change]:
    """What filing these rows would do; writes nothing."""
    known = queries.current(row.number for row in rows)
    return [_change(row, known.get(row.number)) for row in rows]


def _change(row: Any, before: CaseRevision | None) -> Change:
    if before is None:
        return Change(row, "created")
    if before.digest == digest(row):
        return Change(row, "unchanged", before)
    return Change(
        row,
        "updated",
        before,
        tuple(name for name in (*PLAIN, "town", "area") if _old(before, name) != getattr(row, name))
        or ("people",),
    )


def _old(before: CaseRevision, name: str) -> Any:
    return before.town_id if name == "town" else getattr(before, name)


def file_rows(rows: Sequence[Any], *, arrival: Arrival | None, by: str, now: datetime) -> Filed:
    """File the rows of a sheet (``case_sheet.CaseRow``). ``now`` is when we learned of them."""
    filed, rest = Filed(), iter(rows)
    communities, stations = district.communities(), {unit.name: unit for unit in district.units("station")}
    while batch := list(islice(rest, BATCH)):
        with transaction.atomic():
            audit.take_turn()
            for change in preview(batch):
                getattr(filed, change.kind).append(change.row.number)
                if change.kind != "unchanged":
                    _file(change, communities, stations, arrival=arrival, by=by, now=now)
    return filed


def _file(
    change: Change,
    communities: dict[tuple[str, str], Community],
    stations: dict[str, Any],
    *,
    arrival: Arrival | None,
    by: str,
    now: datetime,
) -> CaseRevision:
    row, before = change.row, change.before
    case = before.case if before else Case.objects.create(id=new_id(), number=row.number, first_known_at=now)
    if before:
        CaseRevision.objects.filter(pk=before.pk).update(superseded_at=now)
    community = communities.get((row.town, row.community or ""))
    revision = CaseRevision.objects.create(
        case=case,
        revision=before.revision + 1 if before else 1,
        known_at=now,
        arrival=arrival,
        digest=digest(row),
        by=by,
        town_id=row.town,
        residence_town_id=row.residence_town or None,
        community=community,
        area=row.area or (community.area if community else ""),
        station=stations.get(row.station or ""),
        status=row.status or Status.FILED,
        **{name: getattr(row, name) for name in PLAIN},
    )
    _write_people(revision, row, now=now)
    kind = "case.revised" if before else "case.filed"
    audit.record(
        kind,
        on=case,
        by=by,
        at=now,
        happened_at=row.reported_at,
        town=row.town,
        revision=revision.pk,
        fields=list(change.fields),
    )
    return revision


def _write_people(revision: CaseRevision, row: Any, *, now: datetime) -> None:
    Victim.objects.bulk_create(
        Victim(revision=revision, subject=_person(one, now), **_victim(one)) for one in row.victims
    )
    Transfer.objects.bulk_create(
        Transfer(
            revision=revision,
            at=one.at,
            amount=one.amount,
            payee=_account(one.payee_account, now),
            payee_bank=one.payee_bank or "",
        )
        for one in row.transfers
    )
    Trace.objects.bulk_create(_trace(revision, one, now) for one in row.suspects)


def _victim(one: Any) -> dict[str, Any]:
    return {
        "sex": one.sex or "",
        "birth_year": one.birth_year,
        "age": one.age,
        "occupation": one.occupation or "",
    }


def _person(one: Any, now: datetime) -> Subject | None:
    known = {"name": one.name, "phone": one.phone, "id_number": one.id_number, "address": one.address}
    given = {name: text for name, text in known.items() if text}
    return vault.keep("person", at=now, **given) if given else None


def _account(digits: str | None, now: datetime) -> Subject | None:
    return vault.keep("account", at=now, account=digits) if digits else None


def _trace(revision: CaseRevision, one: Any, now: datetime) -> Trace:
    """Numbers and accounts become subjects; apps and addresses are words."""
    try:
        if one.kind == Trace.Kind.NUMBER:
            return Trace(
                revision=revision, kind=one.kind, subject=vault.keep("number", at=now, phone=one.value)
            )
        if one.kind == Trace.Kind.ACCOUNT:
            return Trace(revision=revision, kind=one.kind, subject=_account(one.value, now))
    except forms.BadForm:
        return Trace(revision=revision, kind=Trace.Kind.APP, text="?")
    return Trace(revision=revision, kind=one.kind, text=one.value[:300])


def digest(row: Any) -> str:
    """Keyed digest of everything the row says, to tell a changed row from the same again."""
    told = {name: value for name, value in asdict(row).items() if name not in ("row", "notes")}
    return seal.digest(
        json.dumps(told, sort_keys=True, ensure_ascii=False, default=str).encode("utf-8", "surrogatepass")
    )
