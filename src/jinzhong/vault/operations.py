"""Keeping, merging and revealing subjects."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db import models

from jinzhong.audit import operations as audit_operations
from jinzhong.operation import operation
from jinzhong.statements import insert, keep_first
from jinzhong.vault import queries, seal
from jinzhong.vault.models import Identifier, Merge, Reveal, Subject

REVEAL_FOR = timedelta(minutes=10)
UNUSUAL = ((5, timedelta(minutes=1)), (50, timedelta(hours=1)), (100, timedelta(days=1)))
"""So many reveals by one account within such a time are told to the auditor (domain handbook 14)."""


class NotOneKind(Exception):
    """A person can't be merged with a number."""


class AlreadyUndone(Exception):
    """This merge was undone before."""


class Met(NamedTuple):
    """A subject, and whether nobody has told of it before."""

    subject: Subject
    is_new: bool


@operation
def keep(kind: str, *, at: datetime, **identifiers: str) -> Subject:
    """The subject with these identifiers: the known one, completed by what is new, or a fresh one."""
    return meet(queries.Wanted(kind, identifiers), at=at)[0].subject


@operation
def meet(*wanted: queries.Wanted, at: datetime) -> list[Met]:
    """``keep`` for several, no two of one kind, and for who asks what else is known of them."""
    audit_operations.take_turn()
    known = queries.recognise(*wanted)
    met = [
        Met(one or Subject(kind=asked.kind, created_at=at), is_new=one is None)
        for asked, one in zip(wanted, known, strict=True)
    ]
    insert(*(one.subject for one in met if one.is_new))
    _complete({one.subject: asked.identifiers for asked, one in zip(wanted, met, strict=True)}, at=at)
    return met


@operation
def complete(subject: Subject, *, at: datetime, **identifiers: str) -> Subject:
    """Add what is newly known of a subject; what it has already stays once."""
    _complete({subject: identifiers}, at=at)
    return subject


def _complete(told: Mapping[Subject, dict[str, str]], *, at: datetime) -> None:
    rows = [
        Identifier(subject=subject, kind=name, blind=seal.blind(name, text), value=text, added_at=at)
        for subject, identifiers in told.items()
        for name, text in queries.canonical_all(identifiers).items()
    ]
    keep_first(rows, once=["subject", "kind", "blind"])


@operation
def merge(*, kept: Subject, absorbed: Subject, by: str, reason: str, at: datetime) -> Merge:
    """Say that two subjects are one. Both keep their rows; ``absorbed`` points at ``kept``."""
    audit_operations.take_turn()
    kept, absorbed = queries.root(kept), queries.root(absorbed)
    if kept.kind != absorbed.kind or kept.pk == absorbed.pk:
        raise NotOneKind(f"{kept} / {absorbed}")
    absorbed.merged_into = kept
    absorbed.save(update_fields=["merged_into"])
    made = Merge.objects.create(kept=kept, absorbed=absorbed, by=by, reason=reason, at=at)
    audit_operations.record("vault.merged", on=kept, by=by, at=at, absorbed=absorbed.pk, merge=made.pk)
    return made


@operation
def undo_merge(*, merge: Merge, by: str, at: datetime) -> None:
    """Take a merge back: the absorbed subject stands alone again."""
    audit_operations.take_turn()
    merge = Merge.objects.select_related("kept").get(pk=merge.pk)
    if merge.undone_at:
        raise AlreadyUndone(str(merge.pk))
    Subject.objects.filter(pk=merge.absorbed_id).update(merged_into=None)
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])
    audit_operations.record(
        "vault.merge_undone", on=merge.kept, by=by, at=at, absorbed=merge.absorbed_id, merge=merge.pk
    )


@operation
def forget(*, subjects: Collection[UUID], apart_from: Collection[type[models.Model]] = ()) -> set[UUID]:
    """Delete what identifies these subjects, of those that nothing else (``apart_from`` these rows) refers to; which they were.

    The subject stays without a name or number, so that what was counted stays countable. Whoever calls writes the log's line.
    """
    audit_operations.take_turn()
    free = set(subjects) - queries.referred(subjects, apart_from=apart_from)
    known = Identifier.objects.filter(subject__in=free)
    forgotten = set(known.values_list("subject", flat=True))
    known.delete()
    return forgotten


@operation
def reveal(*, subject: Subject, by: str, purpose: str, at: datetime, why: str = "", town: str = "") -> Reveal:
    """Show the plain data of a subject to one account for ten minutes; logged.

    ``purpose``: a Reveal.Purpose; ``why``: free words, kept encrypted, since people write names into them.
    """
    made = Reveal.objects.create(
        subject=subject, by=by, purpose=Reveal.Purpose(purpose), why=why, at=at, until=at + REVEAL_FOR
    )
    audit_operations.record(
        "vault.revealed",
        on=subject,
        by=by,
        at=at,
        purpose=purpose,
        town=town,
        until=made.until,
        reveal=made.pk,
    )
    _tell_if_unusual(made)
    return made


def _tell_if_unusual(made: Reveal) -> None:
    """One line when a bound is reached, and again at each multiple of it, so that going on is told as well."""
    for bound, within in UNUSUAL:
        shown = queries.reveals(by=made.by, since=made.at - within)
        if shown and shown % bound == 0:
            audit_operations.record(
                "vault.unusual", on=made.subject, by=made.by, at=made.at, shown=shown,
                minutes=int(within.total_seconds() // 60),
            )  # fmt: skip


@operation
def note_lookup(*, account: models.Model, by: str, where: str, found: int, at: datetime) -> None:
    """Somebody looked for a person by phone, ID number, account or name: who, where and how many were found, never whom."""
    audit_operations.record("vault.looked_up", on=account, by=by, at=at, where=where, found=found)
