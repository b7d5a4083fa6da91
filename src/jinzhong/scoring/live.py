"""The list of the live watch as a viewer may see it: who stands on it now, who left it, how many an hour."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import reduce
from operator import or_

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from jinzhong.clock import ZONE
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.scoring import queries
from jinzhong.scoring.models import LiveChange
from jinzhong.vault.models import Identifier

LATELY = timedelta(hours=24)


@dataclass(frozen=True)
class Hour:
    """How many numbers entered the list and left it in the hour from ``since``."""

    since: datetime
    entered: int
    left: int


def last(operator: Unit, *, file: str = "") -> LiveChange | None:
    """The line read last of an operator's watch, or of its file of this name."""
    found = LiveChange.objects.filter(operator=operator)
    return (found.filter(file=file) if file else found).order_by("-nth", "-line").first()


def newest(*, viewer: Account) -> list[LiveChange]:
    """The line read last of each operator whom a viewer may see: an operator's staff their own, the office all; newest first."""
    if viewer.role == Role.OPERATOR:
        seen = [viewer.unit] if viewer.is_active and viewer.unit else []
    else:
        seen = queries.operators() if district.sight(viewer).district else []
    found = [one for operator in seen if (one := last(operator))]
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
    counted = Counter(
        (at.astimezone(ZONE).replace(minute=0, second=0, microsecond=0), listed)
        for at, listed in found.values_list("at", "listed")
    )
    return [Hour(one, counted[one, True], counted[one, False]) for one in hours]
