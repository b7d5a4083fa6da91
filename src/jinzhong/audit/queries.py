"""Reading and verifying the event log."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.db.models import QuerySet

from jinzhong.audit import chain
from jinzhong.audit.models import Event

COLUMNS = ("seq", "kind", "on_type", "on_id", "by", "happened_at", "recorded_at", "purpose", "town", "facts")


class Verdict(NamedTuple):
    """``broken``: the first bad place in words, or empty."""

    events: int
    head: str
    broken: str


def events_on(ids: Iterable[object]) -> QuerySet[Event]:
    """All that happened to the things with these ids, oldest first."""
    return Event.objects.filter(on_id__in=[str(one) for one in ids])


def events_after(seq: int, *, kinds: Iterable[str], limit: int = 500) -> list[Event]:
    """The next events of these kinds behind ``seq``, in order: what a live stream still has to tell."""
    return list(Event.objects.filter(seq__gt=seq, kind__in=list(kinds)).order_by("seq")[:limit])


def search(*, kind: str = "", by: str = "") -> QuerySet[Event]:
    """Events of a kind (or its room, such as ``dispatch``) and of a person, newest first."""
    found = Event.objects.order_by("-seq")
    found = found.filter(kind__startswith=kind) if kind else found
    return found.filter(by=by) if by else found


def newest_seq() -> int:
    return Event.objects.order_by("-seq").values_list("seq", flat=True).first() or 0


def newest_time() -> object | None:
    return Event.objects.order_by("-seq").values_list("recorded_at", flat=True).first()


def verify() -> Verdict:
    """Recompute the whole chain and hold it against the head kept outside the database.

    The outside head is read first: lines that are committed meanwhile only make the log longer than it.
    """
    kept = chain.kept_head()
    count, before, broken = 0, chain.EMPTY, ""
    for fields, sealed in _rows():
        broken = broken or _fault(before, fields, sealed, kept)
        before = chain.Head(fields["seq"], sealed)
        count += 1
    if not broken and before.seq < kept.seq:
        broken = f"event {before.seq + 1}: cut off; the head kept outside the database is event {kept.seq}"
    return Verdict(count, before.hash, broken)


def _rows() -> Iterator[tuple[dict, str]]:
    for row in Event.objects.order_by("seq").values_list(*COLUMNS, "hash").iterator(chunk_size=5000):
        yield dict(zip(COLUMNS, row[:-1], strict=True)), row[-1]


def _fault(before: chain.Head, fields: dict, sealed: str, kept: chain.Head) -> str:
    seq = fields["seq"]
    if seq != before.seq + 1:
        return f"event {before.seq + 1}: missing; the next one is event {seq}"
    if chain.seal(before.hash, fields) != sealed:
        return f"event {seq}: changed or out of place"
    if seq == kept.seq and sealed != kept.hash:
        return f"event {seq}: differs from the head kept outside the database"
    return ""
