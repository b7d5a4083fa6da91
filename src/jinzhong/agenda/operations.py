"""Writing deadlines and outbox rows with their cause, and working through them under a lease."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q

from jinzhong.agenda.models import Answer, Deadline, Leased, Outbox

LEASE = timedelta(seconds=30)
MAX_TRIES = 3
Row = TypeVar("Row", Deadline, Outbox)


def watch(kind: str, *, on_id: UUID, due_at: datetime, at: datetime, step: int = 0) -> Deadline:
    """Something must have happened to ``on_id`` by ``due_at``; one deadline per kind and step."""
    made, _ = Deadline.objects.get_or_create(
        kind=kind, on_id=on_id, step=step, defaults={"due_at": due_at, "made_at": at}
    )
    return made


def settle(*, on_id: UUID, kinds: list[str], outcome: str, at: datetime) -> None:
    """Close the open deadlines of these kinds: met, missed or dropped."""
    Deadline.objects.filter(on_id=on_id, kind__in=kinds, settled_at=None).update(
        settled_at=at, outcome=outcome
    )


def settle_one(*, kind: str, on_id: UUID, step: int, outcome: str, at: datetime) -> bool:
    """Close one deadline; False when it was closed before (met meanwhile, or another worker was faster)."""
    return bool(
        Deadline.objects.filter(kind=kind, on_id=on_id, step=step, settled_at=None).update(
            settled_at=at, outcome=outcome
        )
    )


def delivered(row: Outbox, *, at: datetime) -> None:
    Outbox.objects.filter(pk=row.pk).update(delivered_at=at)


def post(channel: str, *, key: str, payload: dict[str, Any], at: datetime) -> Outbox:
    """Leave a message for the outside; the same key is sent once."""
    made, _ = Outbox.objects.get_or_create(
        key=key, defaults={"channel": channel, "payload": payload, "made_at": at, "due_at": at}
    )
    return made


def lease_deadlines(*, worker: str, now: datetime, limit: int = 50) -> list[Deadline]:
    """The deadlines that are due, oldest first, held for this worker."""
    return _lease(Deadline, Q(settled_at=None), worker=worker, now=now, limit=limit)


def lease_outbox(*, worker: str, now: datetime, limit: int = 50) -> list[Outbox]:
    """The messages to deliver, oldest first, held for this worker."""
    return _lease(Outbox, Q(delivered_at=None, dead_at=None), worker=worker, now=now, limit=limit)


@transaction.atomic
def _lease(model: type[Row], is_open: Q, *, worker: str, now: datetime, limit: int) -> list[Row]:
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    rows = model._default_manager.filter(is_open, free, due_at__lte=now).order_by("due_at", "id")
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(skip_locked=True)
    held = list(rows[:limit])
    model._default_manager.filter(pk__in=[row.pk for row in held]).update(
        leased_by=worker, leased_until=now + LEASE
    )
    return held


def work(row: Leased, do: Callable[[], None], *, now: datetime) -> bool:
    """Do the work of a leased row in one transaction with its settling. A failing row waits longer each time."""
    try:
        with transaction.atomic():
            do()
        return True
    except (
        Exception
    ) as problem:  # a poison row must not stop the queue behind it: it is kept, counted and told
        wait = timedelta(seconds=min(600, 5 * 2**row.tries))
        type(row)._default_manager.filter(pk=row.pk).update(
            tries=row.tries + 1, leased_until=now + wait, last_error=type(problem).__name__
        )
        return False


class KeyReused(Exception):
    """The same idempotency key came with another request."""


@transaction.atomic
def answer_once(
    *, account: str, key: str, digest: str, at: datetime, do: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Do it once per account and key: (status, body, is_first). The answer commits together with the effect.

    Of several at the same time one inserts the key first; the others wait for it and read its answer.
    """
    _hold(account, key)
    known = Answer.objects.filter(account=account, key=key).first()
    if known:
        if known.digest != digest:
            raise KeyReused(key)
        return known.status, known.body, False
    status, body = do()
    Answer.objects.create(account=account, key=key, digest=digest, status=status, body=body, made_at=at)
    return status, body, True


def _hold(account: str, key: str) -> None:
    """SQLite has one writer at a time; PostgreSQL needs a lock on the key until the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 42))", [f"{account}\n{key}"])
