"""Finding subjects by what identifies them, and showing them masked."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import F, ManyToOneRel, Model, QuerySet

from jinzhong.statements import prepared
from jinzhong.vault import forms, seal
from jinzhong.vault.models import Identifier, Merge, Reveal, Subject

MASKS = {
    "name": forms.mask_name,
    "phone": forms.mask_phone,
    "id_number": forms.mask_id,
    "account": forms.mask_account,
    "address": lambda text: "***",
}


STRONG = ("id_number", "phone", "account")
"""What tells one person from another, strongest first. A name alone never does."""


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


def hide_names(text: str, names: Iterable[str]) -> str:
    """A text with these names masked wherever they stand; a name of one character is no word of its own."""
    for name in sorted(names, key=len, reverse=True):
        text = text.replace(name, forms.mask_name(name)) if len(name) > 1 else text
    return text


def canonical(kind: str, text: str) -> str:
    """The canonical form by which a value of this kind is kept and found. Raises ValueError (see ``forms``)."""
    return {
        "phone": forms.phone,
        "id_number": forms.id_number,
        "account": forms.account,
        "name": forms.name,
    }.get(kind, str.strip)(text)


def canonical_all(identifiers: dict[str, str]) -> dict[str, str]:
    """The canonical forms of those identifiers that say something."""
    return {name: canonical(name, text) for name, text in identifiers.items() if text}


class Wanted(NamedTuple):
    """A subject of a kind, by its identifiers."""

    kind: str
    identifiers: dict[str, str]


def recognise(*wanted: Wanted) -> list[Subject | None]:
    """Of each the known subject with these identifiers: by ID number, phone or account, in this order.

    A phone alone is not enough where ID number or name say otherwise: families share phones.
    """
    given = [canonical_all(one.identifiers) for one in wanted]
    carrying = _carrying({seal.blind(name, one[name]) for one in given for name in STRONG if name in one})
    return [_recognise(one.kind, said, carrying) for one, said in zip(wanted, given, strict=True)]


def _recognise(kind: str, given: dict[str, str], carrying: Mapping[bytes, list[Subject]]) -> Subject | None:
    for name in STRONG:
        known = carrying[seal.blind(name, given[name])] if name in given else []
        for one in known:
            if one.kind == kind and not _contradicts(one, given):
                return one
    return None


def _contradicts(subject: Subject, given: dict[str, str]) -> bool:
    """The same phone with another ID number, or without one and with another name, is another person."""
    known = _identifiers(family(subject))
    for name in ("id_number", "name"):
        blinds = {bytes(one.blind) for one in known if one.kind == name} if name in given else set()
        if blinds:
            return seal.blind(name, given[name]) not in blinds
    return False


def find(kind: str, text: str) -> list[Subject]:
    """The subjects (merged ones as the one that stays) that carry this phone, ID number, account or name."""
    blind = seal.blind(kind, canonical(kind, text))
    return _carrying({blind})[blind]


def carriers(kind: str, texts: Collection[str]) -> dict[str, set[UUID]]:
    """Of each of these canonical values the subjects that carry it, whether merged or not. Ask for some hundreds at once."""
    blinds = {seal.blind(kind, one): one for one in texts}
    found: dict[str, set[UUID]] = {one: set() for one in texts}
    rows = Identifier.objects.filter(kind=kind, blind__in=list(blinds)).order_by()
    for blind, subject in rows.values_list("blind", "subject"):
        found[blinds[bytes(blind)]].add(subject)
    return found


def _carrying(blinds: Collection[bytes]) -> dict[bytes, list[Subject]]:
    """The subjects (merged ones as the one that stays) that carry what has these blind indexes, the oldest first."""
    found: dict[bytes, dict[UUID, Subject]] = {one: {} for one in blinds}
    for one in _carriers(sorted(blinds)) if blinds else []:
        stays = root(one)
        found[bytes(one.carried)].setdefault(stays.pk, stays)
    return {blind: list(ones.values()) for blind, ones in found.items()}


@prepared
def _carriers(blinds: list[bytes]) -> QuerySet[Any]:
    """The kind is hashed into the blind index; it is asked for too because the database's index begins with it."""
    found = Subject.objects.filter(
        identifiers__kind__in=Identifier.Kind.values, identifiers__blind__in=blinds
    )
    return found.annotate(carried=F("identifiers__blind")).order_by("created_at", "id")


@prepared
def _identifiers(subjects: list[UUID]) -> QuerySet[Identifier]:
    return Identifier.objects.filter(subject__in=subjects)


def root(subject: Subject) -> Subject:
    """The subject that stays after all merges."""
    while subject.merged_into is not None:
        subject = subject.merged_into
    return subject


def merges(subject: Subject) -> QuerySet[Merge]:
    """Whom people said this subject to be one with, as far as it stands, in the order in which it was said."""
    return Merge.objects.filter(kept=root(subject), undone_at=None).order_by("at", "id")


def family(subject: Subject) -> list[UUID]:
    """Ids of the subject and of all that were merged into it, at any depth."""
    ids, fresh = [subject.pk], [subject.pk]
    while fresh:
        fresh = _absorbed(fresh)
        ids += fresh
    return ids


@prepared
def _absorbed(ids: list[UUID]) -> QuerySet[Subject, UUID]:
    return Subject.objects.filter(merged_into__in=ids).values_list("pk", flat=True)


def referred(ids: Collection[UUID], *, apart_from: Collection[type[Model]] = ()) -> set[UUID]:
    """Those of these subjects that a row of any room refers to, or that were merged; that somebody was shown one doesn't count."""
    found = set(Subject.objects.filter(pk__in=ids).exclude(merged_into=None).values_list("pk", flat=True))
    for one in Subject._meta.get_fields(include_hidden=True):
        if isinstance(one, ManyToOneRel) and one.related_model not in (Identifier, Reveal, *apart_from):
            name = one.field.name
            rows = one.related_model._default_manager.filter(**{f"{name}__in": ids})
            found |= set(rows.values_list(name, flat=True))
    return found


def purposes() -> list[tuple[str, str]]:
    """(code, word) of what a reveal may be for."""
    return [(code, str(word)) for code, word in Reveal.Purpose.choices]


def reveals(*, by: str, since: datetime) -> int:
    """How often this account was shown somebody since then."""
    return Reveal.objects.filter(by=by, at__gt=since).count()


def plain(subject: Subject) -> dict[str, str]:
    """The newest identifier of each kind, plain: for comparing with what is said now, never for showing."""
    return {one.kind: one.value for one in Identifier.objects.filter(subject=subject)}


def plain_many(subjects: Iterable[Subject]) -> dict[UUID, dict[str, str]]:
    """The same of many at once, by id."""
    found: dict[UUID, dict[str, str]] = {one.pk: {} for one in subjects}
    for one in Identifier.objects.filter(subject__in=found):
        found[one.subject_id][one.kind] = one.value
    return found


def shown(subject: Subject | None, *, to: str = "", now: datetime | None = None) -> Shown | None:
    """One subject as ``to`` (a username) may see it now: masked unless a reveal of theirs runs."""
    return shown_many([subject], to=to, now=now)[subject.pk] if subject else None


def shown_many(
    subjects: Iterable[Subject], *, to: str = "", now: datetime | None = None
) -> dict[UUID, Shown]:
    """Many subjects at once, by id, each with what was merged into it; first value of each kind."""
    ids = {one.pk for one in subjects}
    shows = _shows(ids)
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
    for identifier in Identifier.objects.filter(subject__in=shows):
        for one in shows[identifier.subject_id]:
            mask = (lambda text: text) if one in open_until else MASKS[identifier.kind]
            values[one].setdefault(identifier.kind, mask(identifier.value))
    return {one: Shown(id=one, until=open_until.get(one), **found) for one, found in values.items()}


def names(ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Everything these subjects are called, to be hidden in texts (``hide_names``) and never to be shown."""
    wanted = set(ids)
    shows, found = _shows(wanted), {one: list[str]() for one in wanted}
    for identifier in Identifier.objects.filter(subject__in=shows, kind=Identifier.Kind.NAME):
        for one in shows[identifier.subject_id]:
            found[one].append(identifier.value)
    return found


def _shows(ids: set[UUID]) -> dict[UUID, set[UUID]]:
    """Every subject whose identifiers belong to one of these ids, and to which: itself, and what it was merged into."""
    shows = {one: {one} for one in ids}
    fresh = set(ids)
    while fresh:
        absorbed = Subject.objects.filter(merged_into__in=fresh).values_list("pk", "merged_into")
        fresh = set()
        for pk, into in absorbed:
            shows[pk] = shows.get(pk, set()) | (shows[into] if into else set())
            fresh.add(pk)
    return shows
