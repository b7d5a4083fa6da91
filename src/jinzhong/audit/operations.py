"""Writing the event log, inside the transaction of what it tells about."""

import json
from datetime import datetime
from typing import Any

from django.db import connection, models, transaction
from django.db.models import QuerySet

from jinzhong.audit import chain
from jinzhong.audit.models import Event
from jinzhong.operation import at_last
from jinzhong.statements import insert, prepared

CHAIN_LOCK = 7_201_501
AT_ONCE = 100
"""Lines of one statement; a database takes only so many values."""


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
    """Add one line to the event log. ``facts`` are ids, codes and amounts: never a name, number or account.

    The lines of an operation are numbered and chained at once, and written together at its end.
    """
    if not connection.in_atomic_block:
        raise NotInTransaction(kind)
    turn = _turn()
    before = turn.head
    if before == chain.EMPTY:
        chain.keep_head(
            chain.EMPTY
        )  # from the first line on, a missing head file means that somebody removed it
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
    turn.head, turn.wrote = chain.Head(event.seq, event.hash), True
    turn.lines.append(event)
    at_last(_write_held)
    if len(turn.lines) >= AT_ONCE:
        _write(turn)
    return event


def _write_held() -> None:
    """Write what the turns of this transaction still hold."""
    _write(*(one[1] for one in connection.run_on_commit if isinstance(one[1], _Turn)))


def _write(*turns: "_Turn") -> None:
    """Oldest first. Inside a savepoint only its own turn's: what was written there is undone with it, and only there."""
    insert(*(line for turn in turns for line in turn.lines))
    for turn in turns:
        turn.lines.clear()


def take_turn() -> None:
    """Hold all other writers until this transaction ends.

    SQLite's IMMEDIATE transactions do already; PostgreSQL takes an advisory lock, so that the order of the chain is
    the order of the commits and a reader of the stream never meets a gap. An operation that looks before it writes
    ("is there a warning about this person?") takes its turn first.
    """
    _turn()


class _Turn:
    """This transaction's turn to write, with the newest line of the log, and lines not written yet; the commit keeps the newest outside
    the database."""

    def __init__(self, head: chain.Head, savepoints: set[str]):
        self.head, self.wrote, self.savepoints = head, False, savepoints
        self.lines: list[Event] = []

    def __call__(self) -> None:
        if self.wrote:
            chain.keep_head(self.head)


def _turn() -> _Turn:
    """The turn of this transaction, taken once.

    It lives among the callbacks for the commit: Django forgets those registered inside a savepoint that is rolled back,
    and the lines written there, and on PostgreSQL the lock taken there, are gone just so.
    """
    savepoints = {one for one in connection.savepoint_ids if one}
    held = next((one[1] for one in reversed(connection.run_on_commit) if isinstance(one[1], _Turn)), None)
    if held and held.savepoints == savepoints:
        return held
    turn = _Turn(held.head if held else _head_in_turn(), savepoints)
    transaction.on_commit(turn)
    return turn


def _head_in_turn() -> chain.Head:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    for seq, sealed in _newest():
        return chain.Head(seq, sealed)
    return chain.EMPTY


@prepared
def _newest() -> QuerySet[Event, tuple[int, str]]:
    return Event.objects.order_by("-seq").values_list("seq", "hash")[:1]
