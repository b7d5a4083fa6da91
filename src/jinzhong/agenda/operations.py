"""Writing deadlines and outbox rows with their cause, and working through them under a lease."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Case, Q, QuerySet, Value, When

from jinzhong import clock
from jinzhong.agenda.models import Answer, Deadline, Outbox
from jinzhong.operation import operation
from jinzhong.statements import insert, keep_first, prepared

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MAX_TRIES = 3
SENT_AT_A_TIME = 100
SENDING = timedelta(seconds=15)
"""No send begins later than this after the lease; one takes at most ten seconds, so the last ends before the lease does."""
Row = TypeVar("Row", Deadline, Outbox)


def watch(*, on_id: UUID, due: Mapping[str, datetime], at: datetime, step: int = 0) -> None:
    """Something of each kind must have happened to ``on_id`` by then; one deadline per kind and step, the first stays."""
    rows = [
        Deadline(kind=kind, on_id=on_id, step=step, due_at=due_at, made_at=at) for kind, due_at in due.items()
    ]
    keep_first(rows, once=["kind", "on_id", "step"])


def bring_forward(kind: str, *, on_id: UUID, due_at: datetime) -> None:
    """It has become more urgent: an open deadline of this kind is due earlier, never later."""
    Deadline.objects.filter(kind=kind, on_id=on_id, settled_at=None, due_at__gt=due_at).update(due_at=due_at)


def settle(*, on_id: UUID, kinds: list[str], done_at: datetime, at: datetime) -> None:
    """It was done at ``done_at``: close the open deadlines of these kinds, each met or missed by its own time."""
    in_time = When(due_at__gte=done_at, then=Value(Deadline.Outcome.MET.value))
    Deadline.objects.filter(on_id=on_id, kind__in=kinds, settled_at=None).update(
        settled_at=at, outcome=Case(in_time, default=Value(Deadline.Outcome.MISSED.value))
    )


def drop(*, on_id: UUID, kinds: list[str], at: datetime) -> None:
    """It needn't be done any more: close the open deadlines of these kinds. Mostly there are none, which is asked faster."""
    for one in _open(on_id, kinds):
        settle_one(kind=one.kind, on_id=on_id, step=one.step, outcome=Deadline.Outcome.DROPPED, at=at)


@prepared
def _open(on_id: UUID, kinds: list[str]) -> QuerySet[Deadline]:
    return Deadline.objects.filter(on_id=on_id, kind__in=kinds, settled_at=None)


def settle_one(*, kind: str, on_id: UUID, step: int, outcome: str, at: datetime) -> bool:
    """Close one deadline; False when it was closed before (met meanwhile, or another worker was faster)."""
    return bool(
        Deadline.objects.filter(kind=kind, on_id=on_id, step=step, settled_at=None).update(
            settled_at=at, outcome=outcome
        )
    )


def post(channel: str, payloads: Mapping[str, dict[str, Any]], *, at: datetime) -> None:
    """Leave messages for the outside, by their keys; the same key is sent once."""
    rows = [
        Outbox(key=key, channel=channel, payload=payload, made_at=at, due_at=at)
        for key, payload in payloads.items()
    ]
    keep_first(rows, once=["key"])


def lease_deadlines(*, worker: str, now: datetime, limit: int = 50) -> list[Deadline]:
    """The deadlines that are due, oldest first, held for this worker."""
    return _lease(Deadline, Q(settled_at=None), worker=worker, now=now, limit=limit)


def lease_outbox(*, worker: str, now: datetime, limit: int = SENT_AT_A_TIME) -> list[Outbox]:
    """The messages to deliver, oldest first, held for this worker."""
    return _lease(Outbox, Q(delivered_at=None, dead_at=None), worker=worker, now=now, limit=limit)


def _lease(model: type[Row], is_open: Q, *, worker: str, now: datetime, limit: int) -> list[Row]:
    """Who finds nothing to do doesn't stand in line with those who write."""
    free = Q(leased_until=None) | Q(leased_until__lte=now)
    rows = model._default_manager.filter(is_open, free, due_at__lte=now).order_by("due_at", "id")
    return _held(rows, worker=worker, now=now, limit=limit) if rows.exists() else []


@operation
def _held(rows: QuerySet[Row], *, worker: str, now: datetime, limit: int) -> list[Row]:
    if connection.vendor == "postgresql":
        rows = rows.select_for_update(skip_locked=True)
    held = list(rows[:limit])
    rows.model._default_manager.filter(pk__in=[row.pk for row in held]).update(
        leased_by=worker, leased_until=now + LEASE
    )
    return held


def act(row: Deadline, do: Callable[[], None], *, now: datetime) -> bool:
    """Do the work of a leased deadline in one transaction. One that fails waits longer each time, and is never given up."""
    try:
        with transaction.atomic():
            do()
        return True
    except (
        Exception
    ) as problem:  # a poison row must not stop the queue behind it: it is kept, counted and told
        _failed(row, problem, now=now)
        return False


def deliver(rows: Sequence[Outbox], send: Callable[[Outbox], None], *, now: datetime) -> int:
    """Send leased messages, then tick off together those that were taken; how many. A death in between sends them again,
    under the same keys.

    No transaction is open while the other side answers. What a slow side leaves no time for is given back.
    """
    until, sent, left = clock.machine_seconds() + SENDING.total_seconds(), list[UUID](), list[UUID]()
    for row in rows:
        if clock.machine_seconds() > until:
            left.append(row.pk)
        elif _taken(row, send, now=now):
            sent.append(row.pk)
    if sent or left:
        _tick_off(sent, left, now=now)
    return len(sent)


@operation
def _tick_off(sent: list[UUID], left: list[UUID], *, now: datetime) -> None:
    """In a transaction, so that it stands in line and isn't overtaken for ever."""
    Outbox.objects.filter(pk__in=sent).update(delivered_at=now)
    Outbox.objects.filter(pk__in=left).update(leased_until=None)


def _taken(row: Outbox, send: Callable[[Outbox], None], *, now: datetime) -> bool:
    """An unreachable side is tried for ever; a message that can't be sent is put aside after ``MAX_TRIES``."""
    try:
        send(row)
    except OSError as problem:
        _failed(row, problem, now=now)
        return False
    except Exception as problem:
        _failed(row, problem, now=now, dead_at=now if row.tries + 1 >= MAX_TRIES else None)
        return False
    return True


def _failed(row: Row, problem: Exception, *, now: datetime, **more: datetime | None) -> None:
    wait = timedelta(seconds=min(60, 5 * 2**row.tries))
    log.warning("%s %s failed: %s", type(row).__name__, row.pk, type(problem).__name__)
    type(row)._default_manager.filter(pk=row.pk).update(
        tries=row.tries + 1, leased_until=now + wait, last_error=type(problem).__name__, **more
    )


class KeyReused(Exception):
    """The same idempotency key came with another request."""


@operation
def answer_once(
    *, account: str, key: str, digest: str, at: datetime, do: Callable[[], tuple[int, Any]]
) -> tuple[int, Any, bool]:
    """Do it once per account and key: (status, body, is_first). The answer commits together with the effect.

    Of several at the same time one inserts the key first; the others wait for it and read its answer.
    """
    _hold(account, key)
    for known in _answers(account, key):
        if known.digest != digest:
            raise KeyReused(key)
        return known.status, known.body, False
    status, body = do()
    insert(Answer(account=account, key=key, digest=digest, status=status, body=body, made_at=at))
    return status, body, True


@prepared
def _answers(account: str, key: str) -> QuerySet[Answer]:
    return Answer.objects.filter(account=account, key=key)


def _hold(account: str, key: str) -> None:
    """SQLite has one writer at a time; PostgreSQL needs a lock on the key until the commit."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 42))", [f"{account}\n{key}"])
