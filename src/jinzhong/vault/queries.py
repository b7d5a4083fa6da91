"""Finding subjects by what identifies them, and showing them masked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jinzhong.vault import forms, seal
from jinzhong.vault.models import Identifier, Reveal, Subject

MASKS = {
    "name": forms.mask_name,
    "phone": forms.mask_phone,
    "id_number": forms.mask_id,
    "account": forms.mask_account,
    "address": lambda text: "***",
}


@dataclass(frozen=True)
class Shown:
    """A subject as a viewer may see it: values masked, or plain while a reveal runs (``until``)."""

    id: UUID
    name: str = ""
    phone: str = ""
    id_number: str = ""
    account: str = ""
    address: str = ""
    until: datetime | None = None


def canonical(kind: str, text: str) -> str:
    """The canonical form by which a value of this kind is kept and found. Raises ValueError (see ``forms``)."""
    return {
        "phone": forms.phone,
        "id_number": forms.id_number,
        "account": forms.account,
        "name": forms.name,
    }.get(kind, str.strip)(text)


def find(kind: str, text: str) -> list[Subject]:
    """The subjects (merged ones as the one that stays) that carry this phone, ID number, account or name."""
    found = Subject.objects.filter(
        identifiers__kind=kind, identifiers__blind=seal.blind(kind, canonical(kind, text))
    )
    return list({one.pk: one for one in map(root, found.order_by("created_at", "id"))}.values())


def root(subject: Subject) -> Subject:
    """The subject that stays after all merges."""
    while subject.merged_into is not None:
        subject = subject.merged_into
    return subject


def family(subject: Subject) -> list[UUID]:
    """Ids of the subject and of all that were merged into it, at any depth."""
    ids, fresh = [subject.pk], [subject.pk]
    while fresh:
        fresh = list(Subject.objects.filter(merged_into__in=fresh).values_list("pk", flat=True))
        ids += fresh
    return ids


def shown(subject: Subject | None, *, to: str = "", now: datetime | None = None) -> Shown | None:
    """One subject as ``to`` (a username) may see it now: masked unless a reveal of theirs runs."""
    return shown_many([subject], to=to, now=now)[subject.pk] if subject else None


def shown_many(
    subjects: Iterable[Subject], *, to: str = "", now: datetime | None = None
) -> dict[UUID, Shown]:
    """Many subjects at once, by id; first value of each kind."""
    ids = {one.pk for one in subjects}
    open_until = (
        dict(
            Reveal.objects.filter(by=to, subject__in=ids, at__lte=now, until__gt=now).values_list(
                "subject_id", "until"
            )
        )
        if to and now
        else {}
    )
    values: dict[UUID, dict[str, str]] = {one: {} for one in ids}
    for identifier in Identifier.objects.filter(subject__in=ids):
        mask = (lambda text: text) if identifier.subject_id in open_until else MASKS[identifier.kind]
        values[identifier.subject_id].setdefault(identifier.kind, mask(identifier.value))
    return {one: Shown(id=one, until=open_until.get(one), **found) for one, found in values.items()}
