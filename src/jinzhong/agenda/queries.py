"""What is owed, when, and what lies undelivered."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from jinzhong.agenda.models import Deadline, Outbox


def deadlines_of(ids: Iterable[UUID]) -> QuerySet[Deadline]:
    """All deadlines of these things, earliest first."""
    return Deadline.objects.filter(on_id__in=list(ids)).order_by("due_at", "step")


def open_deadlines() -> QuerySet[Deadline]:
    return Deadline.objects.filter(settled_at=None)


def dead_letters() -> QuerySet[Outbox]:
    return Outbox.objects.exclude(dead_at=None)
