"""Numbers that nobody confirmed are deleted after thirty days."""

from datetime import datetime, timedelta
from uuid import UUID

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.district.models import Unit
from jinzhong.operation import operation
from jinzhong.scoring import queries
from jinzhong.scoring.models import (
    DailyList,
    Entry,
    LiveChange,
    Naming,
    Opinion,
    Reached,
    Verdict,
)
from jinzhong.vault import operations as vault

FORGET = "scoring.forget"
"""The deadline of a list: by then its numbers are confirmed, or deleted."""
FORGET_LIVE = "scoring.forget_live"
"""The same for what the live watch told on one day."""
FORGET_AFTER = timedelta(days=30)
NUMBERED = (Entry, LiveChange, Naming, Opinion, Verdict)
"""Rows that refer to a number and stay countable without it."""


@operation
def forget_unconfirmed(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """A list is thirty days old: of its numbers that nobody confirmed, the number is deleted, and whom it reached, unless they
    were warned. Rank, chance and verdict stay without the number, so that shares of the right ones stay true.

    What a challenger would list or a rule names besides goes the same way. A number that a younger list names, its challenger or a
    rule beside it, waits for that one; a confirmed one is looked at again after as long.
    """
    audit.take_turn()
    if not agenda.settle_one(kind=FORGET, on_id=on_id, step=step, outcome="met", at=now):
        return
    kept = DailyList.objects.get(pk=on_id)
    confirmed = {one.number for one in queries.labels(viewer=None) if one.fraud}
    named = (kept.entries.all(), Opinion.objects.filter(challenge__of=kept), kept.namings.all())
    numbers = {one for found in named for one in found.values_list("number", flat=True)} - confirmed
    met = Reached.objects.filter(entry__of=kept, entry__number__in=numbers, alert=None)
    people = set(met.values_list("person", flat=True))
    met.delete()
    gone = _forget(numbers, now=now)
    people = vault.forget(subjects=people)
    audit.record(
        "scoring.forgotten", on=kept, by="clock", at=now, happened_at=due_at, rows=len(gone), people=len(people)
    )  # fmt: skip
    if any(found.filter(number__identifiers__isnull=False).exists() for found in named):
        agenda.watch(on_id=kept.pk, due={FORGET: now + FORGET_AFTER}, at=now, step=step + 1)


@operation
def forget_live(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """What the live watch told on a day is thirty days old: of its numbers that nobody confirmed, the number is deleted, and whom it reached,
    unless they were warned.

    A number that was told of again waits; a confirmed one is looked at again with what was told on every later day, and after as long.
    """
    audit.take_turn()
    if not agenda.settle_one(kind=FORGET_LIVE, on_id=on_id, step=step, outcome="met", at=now):
        return
    told = LiveChange.objects.filter(
        operator=on_id, kept_at__lt=due_at - FORGET_AFTER, number__identifiers__isnull=False
    )
    confirmed = {one.number for one in queries.labels(viewer=None) if one.fraud}
    numbers = set(told.values_list("number", flat=True)) - confirmed
    met = Reached.objects.filter(change__in=told.filter(number__in=numbers), alert=None)
    people = set(met.values_list("person", flat=True))
    met.delete()
    gone = _forget(numbers, now=now)
    people = vault.forget(subjects=people)
    audit.record(
        "scoring.forgotten", on=Unit.objects.get(pk=on_id), by="clock", at=now, happened_at=due_at, rows=len(gone),
        people=len(people),
    )  # fmt: skip


def _forget(numbers: set[UUID], *, now: datetime) -> set[UUID]:
    """Delete these numbers, but for those that were told of again meanwhile; which they were."""
    since = now - FORGET_AFTER
    younger = (
        Entry.objects.filter(number__in=numbers, of__at__gt=since),
        Opinion.objects.filter(number__in=numbers, challenge__of__at__gt=since),
        Naming.objects.filter(number__in=numbers, of__at__gt=since),
        LiveChange.objects.filter(number__in=numbers, kept_at__gt=since),
    )
    told = {one for found in younger for one in found.values_list("number", flat=True)}
    gone = vault.forget(subjects=numbers - told, apart_from=NUMBERED)
    Verdict.objects.filter(number__in=gone).update(note="")
    return gone
