"""The list of the live watch as a viewer may see it: who stands on it now, who left it, how many an hour."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import or_
from typing import Literal
from uuid import UUID

from django.db.models import CharField, Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast, Substr

from jinzhong import clock
from jinzhong.clock import ZONE
from jinzhong.district.models import Account, Unit
from jinzhong.scoring import queries
from jinzhong.scoring.models import Entry, LiveChange, LivePulse, PeopleRead, Verdict
from jinzhong.scoring.queries import Listed
from jinzhong.vault import queries as vault
from jinzhong.vault.models import Identifier

LATELY = timedelta(hours=24)
HOUR_OF_UTC = "2021-05-31 06"
"""How either database begins to write a moment; an hour in China begins with one of UTC."""
SILENT = timedelta(minutes=5)
"""The watch says something every few seconds of the machine; after so long, by the machine too, nobody is there."""
READING = timedelta(minutes=30)
"""So long it may read its state without a word."""
TIMES = 50
"""Entries and exits of one number that are shown."""
WEEK = timedelta(days=7)
NO_RECORDS = timedelta(hours=1)
"""In a whole district somebody rings somebody every minute, at night too."""
Silence = Literal["", "reader", "starting", "reading", "watch", "records", "unheard"]


@dataclass(frozen=True)
class Hour:
    """How many numbers entered the list and left it in the hour from ``since``."""

    since: datetime
    entered: int
    left: int


@dataclass(frozen=True)
class Watching:
    """What is known of an operator's watch. ``silence``: who has fallen silent, the reader of its file, itself, or its records; ``starting``:
    nothing came from it yet; ``reading``: it has only begun, and reads its state; ``unheard``: it says nothing of itself; empty: all is well."""

    operator: Unit
    pulse: LivePulse
    silence: Silence


def watchings(*, viewer: Account, now: datetime) -> list[Watching]:
    """The watch of each operator whom a viewer may see."""
    found = LivePulse.objects.filter(operator__in=queries.operators_seen(viewer)).select_related("operator")
    return [Watching(one.operator, one, _silence(one, now)) for one in found.order_by("operator__code")]


def _silence(one: LivePulse, now: datetime) -> Silence:
    silent = SILENT * clock.rate()
    if now - one.looked_at > silent:
        return "reader"
    if one.heard_at is None:
        return "unheard" if last(one.operator, file=one.file) else "starting"
    if now - one.heard_at > (READING * clock.rate() if one.reading else silent):
        return "watch"
    if one.reading:
        return "reading"
    if one.newest and now - one.newest > NO_RECORDS:
        return "records"
    return ""


def last(operator: Unit, *, file: str = "") -> LiveChange | None:
    """The line read last of an operator's watch, or of its file of this name."""
    found = LiveChange.objects.filter(operator=operator)
    return (found.filter(file=file) if file else found).order_by("-nth", "-line").first()


def newest(*, viewer: Account) -> list[LiveChange]:
    """The line read last of each operator whom a viewer may see: an operator's staff their own, the office all; newest first."""
    found = [one for operator in queries.operators_seen(viewer) if (one := last(operator))]
    return sorted(found, key=lambda one: one.kept_at, reverse=True)


def changes(*, viewer: Account) -> QuerySet[LiveChange]:
    """What a viewer may see, of each operator's newest file."""
    files = [Q(operator=one.operator_id, nth=one.nth) for one in newest(viewer=viewer)]
    found = LiveChange.objects.select_related("operator", "number")
    return found.filter(reduce(or_, files)) if files else found.none()


def _standing(*, viewer: Account) -> QuerySet[LiveChange]:
    """The last change of each number, newest first; a number that was deleted is on no list any more."""
    known = Identifier.objects.filter(subject=OuterRef("number"))
    return changes(viewer=viewer).filter(Exists(known), stands=True).order_by("-at", "-line")


def on_list(*, viewer: Account) -> QuerySet[LiveChange]:
    """The numbers on the list now, each with how it entered, newest first."""
    return _standing(viewer=viewer).filter(listed=True)


def listed(pk: UUID, *, viewer: Account) -> Listed | None:
    """A number of a daily list or a line of the live watch, as far as a viewer may see it."""
    seen = LiveChange.objects.select_related("operator", "number").filter(
        operator__in=queries.operators_seen(viewer)
    )
    return queries.entry(pk, viewer=viewer) or seen.filter(pk=pk).first()


def people_read(operator: Unit, *, file: str) -> PeopleRead | None:
    """How far an operator's file of people was read."""
    return PeopleRead.objects.filter(operator=operator, file=file, line__gt=0).first()


def listing(operator: Unit, number: str, *, since: datetime | None) -> LiveChange | None:
    """When the watch listed this number at this moment; None: the last time it did."""
    found = LiveChange.objects.filter(operator=operator, listed=True, number__in=vault.find("phone", number))
    if since:
        found = found.filter(at=since)
    return found.order_by("-nth", "-line").first()


def is_live(found: Listed) -> bool:
    """Whether this is what the watch told, and not a daily list."""
    return isinstance(found, LiveChange)


def history(number: UUID, *, viewer: Account) -> list[LiveChange]:
    """When the watch listed this number and when it left, the last times, newest first."""
    found = LiveChange.objects.filter(operator__in=queries.operators_seen(viewer), number=number)
    return list(found.order_by("-at", "-nth", "-line")[:TIMES])


def next_open(change: LiveChange, *, viewer: Account) -> LiveChange | None:
    """The next number on the list now of which nobody has said anything: listed before this one, else the newest."""
    spoken = Verdict.objects.filter(number=OuterRef("number"), ended_at=None)
    rest = on_list(viewer=viewer).filter(~Exists(spoken)).exclude(number=change.number_id)
    return rest.filter(at__lte=change.at).first() or rest.first()


def entered(entry: Entry, *, viewer: Account, since: datetime, until: datetime) -> datetime | None:
    """When the watch of its operator first listed a number within this time."""
    found = LiveChange.objects.filter(
        operator__in=queries.operators_seen(viewer),
        number=entry.number_id,
        listed=True,
        at__gte=since,
        at__lt=until,
    )
    return found.filter(operator=entry.of.operator_id).order_by("at").values_list("at", flat=True).first()


def first_listed(operator: Unit, *, until: datetime) -> dict[str, datetime]:
    """When the watch of an operator first listed each number in the seven days before; numbers that were deleted are left out."""
    found = LiveChange.objects.filter(operator=operator, listed=True, at__gte=until - WEEK, at__lt=until)
    first = dict(found.order_by("-at").values_list("number", "at"))
    return {
        one.value: first[one.subject_id] for one in Identifier.objects.filter(subject__in=first, kind="phone")
    }


def left(*, viewer: Account, now: datetime) -> QuerySet[LiveChange]:
    """The numbers that left in the last 24 hours and haven't come back, newest first; ``entered``: when they had entered."""
    before = LiveChange.objects.filter(
        operator=OuterRef("operator"), nth=OuterRef("nth"), number=OuterRef("number"), listed=True,
        line__lt=OuterRef("line"),
    )  # fmt: skip
    found = _standing(viewer=viewer).filter(listed=False, at__gt=now - LATELY, at__lte=now)
    return found.annotate(entered=Subquery(before.order_by("-line").values("at")[:1]))


def by_hour(*, viewer: Account, now: datetime) -> list[Hour]:
    """The hour that runs and the 23 before it, in order."""
    newest = now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)
    hours = [newest - timedelta(hours=back) for back in reversed(range(24))]
    found = changes(viewer=viewer).filter(at__gte=hours[0], at__lt=newest + timedelta(hours=1))
    found = found.annotate(hour=Substr(Cast("at", CharField()), 1, len(HOUR_OF_UTC)))
    told = found.order_by().values_list("hour", "listed").annotate(lines=Count("pk"))
    counted = {(hour, listed): lines for hour, listed, lines in told}

    def lines(since: datetime, listed: bool) -> int:
        return counted.get((f"{since.astimezone(UTC):%Y-%m-%d %H}", listed), 0)

    return [Hour(one, lines(one, True), lines(one, False)) for one in hours]
