"""Reading and verifying the event log."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Q, QuerySet

from jinzhong.audit import chain
from jinzhong.audit.models import Event

AT_ONCE = 5000
UNREADABLE = (ValueError, TypeError, AttributeError, OverflowError)
"""What a column that was overwritten with something of another kind leads to while it is read."""
COLUMNS = ("seq", "kind", "on_type", "on_id", "by", "happened_at", "recorded_at", "purpose", "town", "facts")
IN_UTC = """to_char("{0}" AT TIME ZONE 'UTC', '%s')"""
TIME_AS_TEXT = {
    "sqlite": '+"{0}"',
    "postgresql": f"concat({IN_UTC % 'YYYY-MM-DD HH24:MI:SS'}, nullif({IN_UTC % '.US'}, '.000000'))",
}
"""A time as SQLite keeps it, which is UTC, its microseconds written only where there are some."""


class Verdict(NamedTuple):
    """``broken``: the first bad place in words, or empty."""

    events: int
    head: str
    broken: str


def events_on(ids: Iterable[object]) -> QuerySet[Event]:
    """All that happened to the things with these ids, oldest first."""
    return Event.objects.filter(on_id__in=[str(one) for one in ids])


def events_after(seq: int, *, limit: int = 500) -> list[Event]:
    """The next events behind ``seq``, in order: what a live stream still has to tell."""
    return list(Event.objects.filter(seq__gt=seq).order_by("seq")[:limit])


def search(
    *,
    kind: str = "",
    by: str = "",
    on: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> QuerySet[Event]:
    """Events of a kind (or its room, such as ``dispatch``), of a person, on a thing (or what its id ends with), newest first."""
    found = Event.objects.order_by("-seq")
    found = found.filter(kind__startswith=kind) if kind else found
    found = found.filter(by=by) if by else found
    found = found.filter(Q(on_id=on) | Q(on_id__endswith=on)) if on else found
    found = found.filter(recorded_at__gte=since) if since else found
    return found.filter(recorded_at__lt=until) if until else found


def kinds() -> list[str]:
    """The kinds of events that the log holds."""
    return list(Event.objects.order_by("kind").values_list("kind", flat=True).distinct())


def newest_seq() -> int:
    return Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def newest_time() -> object | None:
    return Event.objects.order_by("-seq").values_list("recorded_at", flat=True).first()


def verify(elsewhere: Path | None = None) -> Verdict:
    """Recompute the whole chain and hold it against the heads kept outside the database.

    The outside heads are read first: lines that are committed meanwhile only make the log longer than they are.
    ``elsewhere``: a copy of ``audit.head`` kept on another machine. It alone shows that database and data folder were put
    back together to an older state. Raises HeadLost when the copy isn't one of this instance.
    """
    copy = chain.kept_head(elsewhere) if elsewhere else chain.EMPTY
    try:
        kept = chain.kept_head()
    except chain.HeadLost:
        kept = None
    count, newest, broken = _walk([kept or chain.EMPTY, copy])
    if kept is None and count and not broken:
        broken = f"{chain.FILE}: the head kept outside the database is missing or was replaced"
    return Verdict(count, newest.hash, broken)


def _walk(heads: list[chain.Head]) -> tuple[int, chain.Head, str]:
    """(events, newest head, first bad place) of the whole log."""
    count, before, broken, seal = 0, chain.EMPTY, "", chain.sealer()
    try:
        for fields, sealed in _rows():
            broken = broken or _fault(before, fields, sealed, heads, seal)
            before = chain.Head(fields["seq"], sealed)
            count += 1
    except UNREADABLE:
        broken = broken or f"event {before.seq + 1}: can't be read"
        return Event.objects.count(), before, broken
    if not broken and before.seq < max(heads).seq:
        broken = (
            f"event {before.seq + 1}: cut off; the head kept outside the database is event {max(heads).seq}"
        )
    return count, before, broken


def _rows() -> Iterator[tuple[dict, str]]:
    """Rows as the database has them: reading times into Python and back is most of the work, and shows nothing."""
    time = TIME_AS_TEXT[connection.vendor]
    as_is = [(time if one in chain.TIMES else '"{0}"').format(one) for one in COLUMNS]
    with connection.chunked_cursor() as cursor:
        cursor.execute(f'SELECT {", ".join(as_is)}, "hash" FROM audit_event ORDER BY seq')
        while rows := cursor.fetchmany(AT_ONCE):
            for row in rows:
                yield dict(zip(COLUMNS, row, strict=False)), row[-1]


def _fault(
    before: chain.Head,
    fields: dict,
    sealed: str,
    heads: list[chain.Head],
    seal: Callable[[str, dict[str, Any]], str],
) -> str:
    seq = fields["seq"]
    if seq != before.seq + 1:
        return f"event {before.seq + 1}: missing; the next one is event {seq}"
    if seal(before.hash, fields) != sealed:
        return f"event {seq}: changed or out of place"
    if any(seq == one.seq and sealed != one.hash for one in heads):
        return f"event {seq}: differs from the head kept outside the database"
    return ""
