"""Keeping, merging and revealing subjects."""

from datetime import datetime, timedelta

from django.db import transaction

from jinzhong.audit import operations as audit_operations
from jinzhong.vault import queries, seal
from jinzhong.vault.models import Identifier, Merge, Reveal, Subject

REVEAL_FOR = timedelta(minutes=10)
STRONG = ("id_number", "phone", "account")
"""What tells one person from another, strongest first. A name alone never does."""


class NotOneKind(Exception):
    """A person can't be merged with a number."""


class AlreadyUndone(Exception):
    """This merge was undone before."""


@transaction.atomic
def keep(kind: str, *, at: datetime, **identifiers: str) -> Subject:
    """The subject with these identifiers: the known one, completed by what is new, or a fresh one.

    Recognised by ID number, phone or account, in this order. A fresh ID number beside a known phone makes a new
    person: families share phones.
    """
    canonical = _canonical(identifiers)
    subject = _known(kind, canonical) or Subject.objects.create(kind=kind, created_at=at)
    return complete(subject, at=at, **canonical)


@transaction.atomic
def complete(subject: Subject, *, at: datetime, **identifiers: str) -> Subject:
    """Add what is newly known of a subject; what it has already stays once."""
    for name, text in _canonical(identifiers).items():
        Identifier.objects.get_or_create(
            subject=subject, kind=name, blind=seal.blind(name, text), defaults={"value": text, "added_at": at}
        )
    return subject


def _canonical(identifiers: dict[str, str]) -> dict[str, str]:
    return {name: queries.canonical(name, text) for name, text in identifiers.items() if text}


def _known(kind: str, canonical: dict[str, str]) -> Subject | None:
    for name in STRONG:
        if name not in canonical:
            continue
        matches = [
            one
            for one in queries.find(name, canonical[name])
            if one.kind == kind and not _contradicts(one, canonical)
        ]
        if matches:
            return matches[0]
    return None


def _contradicts(subject: Subject, canonical: dict[str, str]) -> bool:
    """The same phone with another ID number, or without one and with another name, is another person."""
    for name in ("id_number", "name"):
        if name not in canonical:
            continue
        blinds = {bytes(one.blind) for one in subject.identifiers.all() if one.kind == name}
        if blinds:
            return seal.blind(name, canonical[name]) not in blinds
    return False


@transaction.atomic
def merge(*, kept: Subject, absorbed: Subject, by: str, reason: str, at: datetime) -> Merge:
    """Say that two subjects are one. Both keep their rows; ``absorbed`` points at ``kept``."""
    kept, absorbed = queries.root(kept), queries.root(absorbed)
    if kept.kind != absorbed.kind or kept.pk == absorbed.pk:
        raise NotOneKind(f"{kept} / {absorbed}")
    absorbed.merged_into = kept
    absorbed.save(update_fields=["merged_into"])
    made = Merge.objects.create(kept=kept, absorbed=absorbed, by=by, reason=reason, at=at)
    audit_operations.record(
        "vault.merged", on=kept, by=by, at=at, purpose=reason, absorbed=absorbed.pk, merge=made.pk
    )
    return made


@transaction.atomic
def undo_merge(*, merge: Merge, by: str, at: datetime) -> None:
    """Take a merge back: the absorbed subject stands alone again."""
    if merge.undone_at:
        raise AlreadyUndone(str(merge.pk))
    Subject.objects.filter(pk=merge.absorbed_id).update(merged_into=None)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    audit_operations.record(
        "vault.merge_undone", on=merge.kept, by=by, at=at, absorbed=merge.absorbed_id, merge=merge.pk
    )


@transaction.atomic
def reveal(*, subject: Subject, by: str, purpose: str, at: datetime, why: str = "", town: str = "") -> Reveal:
    """Show the plain data of a subject to one account for ten minutes; logged. ``purpose``: a Reveal.Purpose."""
    made = Reveal.objects.create(
        subject=subject, by=by, purpose=Reveal.Purpose(purpose), at=at, until=at + REVEAL_FOR
    )
    audit_operations.record(
        "vault.revealed", on=subject, by=by, at=at, purpose=purpose, town=town, until=made.until, why=why
    )
    return made
