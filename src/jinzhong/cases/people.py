"""The people, payments and traces of a revision: told anew by the row, or taken over from the revision before."""

from dataclasses import dataclass
from datetime import datetime

from jinzhong.cases import content
from jinzhong.cases.models import CaseRevision, Trace, Transfer, Victim
from jinzhong.intake.sources.case_sheet.told import CaseRow, SuspectRow, TransferRow, VictimRow
from jinzhong.vault import operations as vault
from jinzhong.vault import queries as vault_queries
from jinzhong.vault.models import Subject


@dataclass(frozen=True)
class Telling:
    """A row beside what was known: the parts it tells, those it changes, and the digests of what is known then."""

    row: CaseRow
    before: CaseRevision | None
    told: set[str]
    changed: set[str]
    digests: dict[str, str]
    now: datetime


def write(revision: CaseRevision, telling: Telling) -> None:
    """Everybody and everything the revision names."""
    Victim.objects.bulk_create(_victims(revision, telling))
    Transfer.objects.bulk_create(_transfers(revision, telling))
    Trace.objects.bulk_create(_traces(revision, telling))


# -- victims --------------------------------------------------------------------------------------------


def _victims(revision: CaseRevision, telling: Telling) -> list[Victim]:
    """A person of the row is the one who stood in the same place before, when there were as many."""
    olds = list(telling.before.victims.select_related("subject")) if telling.before else []
    if telling.before and not telling.changed & content.VICTIM_PARTS:
        return [_again(revision, old) for old in olds]
    rows = telling.row.victims
    places = olds if len(olds) == len(rows) else [None] * len(rows)
    return [_victim(revision, one, old, telling) for one, old in zip(rows, places, strict=True)]


def _again(revision: CaseRevision, old: Victim) -> Victim:
    return Victim(
        revision=revision, subject=old.subject, sex=old.sex, birth_year=old.birth_year, age=old.age, occupation=old.occupation,
    )  # fmt: skip


def _victim(revision: CaseRevision, one: VictimRow, old: Victim | None, telling: Telling) -> Victim:
    made = _again(revision, old) if old else Victim(revision=revision)
    made.subject = _person(one, old, telling)
    if "victim_sex" in telling.told:
        made.sex = one.sex
    if "victim_age" in telling.told:
        made.age, made.birth_year = one.age, one.birth_year
    if "victim_occupation" in telling.told:
        made.occupation = one.occupation
    return made


def _person(one: VictimRow, old: Victim | None, telling: Telling) -> Subject | None:
    """The same person as before unless something that identifies them was corrected."""
    if old and not telling.changed & content.IDENTIFYING:
        return old.subject
    kept = vault_queries.plain(old.subject) if old and old.subject else {}
    said = {"name": one.name, "phone": one.phone, "id_number": one.id_number, "address": one.address}
    given = {
        kind: text if f"victim_{kind}" in telling.told else kept.get(kind, "") for kind, text in said.items()
    }
    if not any(given.values()):
        return None
    subject = vault.keep("person", at=telling.now, **{kind: text for kind, text in given.items() if text})
    for phone in one.other_phones:
        vault.complete(subject, at=telling.now, phone=phone)
    return subject


# -- payments and traces --------------------------------------------------------------------------------


def _transfers(revision: CaseRevision, telling: Telling) -> list[Transfer]:
    if telling.before and "transfers" not in telling.changed:
        return [
            Transfer(
                revision=revision, at=old.at, amount=old.amount, payee=old.payee, payee_bank=old.payee_bank
            )
            for old in telling.before.transfers.select_related("payee")
        ]
    return [_transfer(revision, one, telling.now) for one in telling.row.transfers]


def _transfer(revision: CaseRevision, one: TransferRow, now: datetime) -> Transfer:
    payee = vault.keep("account", at=now, account=one.payee_account) if one.payee_account else None
    return Transfer(revision=revision, at=one.at, amount=one.amount, payee=payee, payee_bank=one.payee_bank)


def _traces(revision: CaseRevision, telling: Telling) -> list[Trace]:
    if telling.before and "suspects" not in telling.changed:
        return [
            Trace(revision=revision, kind=old.kind, subject=old.subject, text=old.text)
            for old in telling.before.traces.select_related("subject")
        ]
    return [_trace(revision, one, telling.now) for one in telling.row.suspects]


def _trace(revision: CaseRevision, one: SuspectRow, now: datetime) -> Trace:
    """Numbers and accounts become subjects; apps and addresses are words."""
    if one.kind == Trace.Kind.NUMBER:
        return Trace(revision=revision, kind=one.kind, subject=vault.keep("number", at=now, phone=one.value))
    if one.kind == Trace.Kind.ACCOUNT:
        return Trace(
            revision=revision, kind=one.kind, subject=vault.keep("account", at=now, account=one.value)
        )
    return Trace(revision=revision, kind=one.kind, text=one.value)
