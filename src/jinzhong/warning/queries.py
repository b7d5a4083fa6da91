"""Warnings as a viewer may see them."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.vault import queries as vault
from jinzhong.warning.models import Source, State, Warning


def warnings(*, viewer: Account) -> QuerySet[Warning]:
    """The warnings a viewer may see: of their towns, raised by their outlets, or all. Merged ones show as the other."""
    sight = district.sight(viewer)
    found = Warning.objects.select_related("person", "outlet", "town").exclude(state=State.MERGED)
    if sight.district:
        return found
    raised = Source.objects.filter(alert__unit__in=sight.units).values("warning")
    return found.filter(Q(town__in=sight.towns) | Q(pk__in=raised))


def warning(pk: UUID, *, viewer: Account) -> Warning | None:
    """One warning, or None when there is none that the viewer may see."""
    return warnings(viewer=viewer).filter(pk=pk).first()


def search(
    *, viewer: Account, state: str = "", town: str = "", since: datetime | None = None, words: str = ""
) -> QuerySet[Warning]:
    """Warnings by state, town, time and one search word: a number of ours, or a person's phone, ID number or name."""
    found = warnings(viewer=viewer)
    if state:
        found = found.filter(state=state)
    if town:
        found = found.filter(town=town)
    if since:
        found = found.filter(opened_at__gte=since)
    return found.filter(_matches(words)) if words.strip() else found


def _matches(words: str) -> Q:
    """Found by our number, or by the blind index of whatever identifier the words can be read as."""
    people: list[UUID] = []
    for kind in ("phone", "id_number", "name", "account"):
        try:
            subjects = vault.find(kind, words)
        except ValueError:
            continue
        people += [member for subject in subjects for member in vault.family(subject)]
    return Q(number__iexact=words.strip()) | Q(person__in=people)


def open_by_rank(*, viewer: Account) -> QuerySet[Warning]:
    """Open warnings, gravest first, oldest first within a grade."""
    return warnings(viewer=viewer).filter(state=State.OPEN).order_by("-rank", "opened_at")


def alerts_about(people: Iterable[UUID], *, since: datetime) -> int:
    return Source.objects.filter(alert__person__in=list(people), alert__received_at__gte=since).count()


def next_number(now: datetime) -> str:
    """The next number of the day, YJ20210531-0087. Call it while holding the turn to write."""
    prefix = f"YJ{now:%Y%m%d}-"
    newest = (
        Warning.objects.filter(number__startswith=prefix)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{prefix}{int(newest.removeprefix(prefix)) + 1 if newest else 1:04d}"
