"""Writing the event log, inside the transaction of what it tells about."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction

from jinzhong.audit import chain
from jinzhong.audit.models import Event

CHAIN_LOCK = 7_201_501


class NotInTransaction(Exception):
    """An event must commit together with what it tells about."""


def record(
    kind: str,
    *,
    on: models.Model,
    by: str,
    at: datetime,
    happened_at: datetime | None = None,
    purpose: str = "",
    town: str = "",
    **facts: Any,
) -> Event:
    """Add one line to the event log. ``facts`` are ids, codes and amounts: never a name, number or account."""
    if not connection.in_atomic_block:
        raise NotInTransaction(kind)
    take_turn()
    before = _head()
    fields = {
        "seq": before.seq + 1,
        "kind": kind,
        "on_type": on._meta.model_name or "",
        "on_id": str(on.pk),
        "by": by,
        "happened_at": happened_at or at,
        "recorded_at": at,
        "purpose": purpose,
        "town": town,
        "facts": json.dumps(facts, default=str, sort_keys=True, ensure_ascii=False),
    }
    event = Event(**fields, hash=chain.seal(before.hash, fields))
    event.save(force_insert=True)
    head = chain.Head(event.seq, event.hash)
    transaction.on_commit(lambda: chain.keep_head(head))
    return event


def take_turn() -> None:
    """Hold all other writers until this transaction ends.

    SQLite's IMMEDIATE transactions do already; PostgreSQL takes an advisory lock, so that the order of the chain is
    the order of the commits and a reader of the stream never meets a gap. An operation that looks before it writes
    ("is there a warning about this person?") takes its turn first.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])


def _head() -> chain.Head:
    newest = Event.objects.order_by("-seq").values_list("seq", "hash").first()
    return chain.Head(*newest) if newest else chain.EMPTY
