"""Case files as a viewer may see them, now or as of an earlier moment."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from jinzhong.cases.models import Case, CaseRevision, Victim
from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.vault import queries as vault


def known(as_of: datetime | None = None) -> QuerySet[CaseRevision]:
    """The revision of every case that was in force just before ``as_of`` (None: now)."""
    if as_of is None:
        return CaseRevision.objects.filter(superseded_at=None)
    return CaseRevision.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gte=as_of), known_at__lt=as_of
    )


def visible(*, viewer: Account, as_of: datetime | None = None) -> QuerySet[CaseRevision]:
    """What a viewer may see: the cases of their towns, or all."""
    sight = district.sight(viewer)
    found = known(as_of).select_related("case", "town", "community")
    return found if sight.district else found.filter(town__in=sight.towns)


def search(
    *,
    viewer: Account,
    since: datetime | None = None,
    until: datetime | None = None,
    town: str = "",
    fraud_class: str = "",
    words: str = "",
) -> QuerySet[CaseRevision]:
    """Cases by period, town, class and one search word (case number, or a victim's phone, ID number or name)."""
    found = visible(viewer=viewer)
    given = {"reported_at__gte": since, "reported_at__lt": until, "town": town, "fraud_class": fraud_class}
    found = found.filter(**{name: value for name, value in given.items() if value})
    return found.filter(_matches(words)) if words.strip() else found


def _matches(words: str) -> Q:
    people: list[UUID] = []
    for kind in ("phone", "id_number", "name"):
        try:
            people += [member for subject in vault.find(kind, words) for member in vault.family(subject)]
        except ValueError:
            continue
    return Q(case__number__iexact=words.strip()) | Q(victims__subject__in=people)


def file(number: str, *, viewer: Account) -> CaseRevision | None:
    """The newest revision of a case, or None when there is none that the viewer may see."""
    return visible(viewer=viewer).filter(case__number=number).first()


def history(case: Case) -> QuerySet[CaseRevision]:
    return case.revisions.select_related("town", "community").order_by("-revision")


def current(numbers: Iterable[str]) -> dict[str, CaseRevision]:
    """The newest revisions of these cases, by number."""
    found = CaseRevision.objects.select_related("case", "town", "community").filter(
        superseded_at=None, case__number__in=list(numbers)
    )
    return {one.case.number: one for one in found}


def was_victim(people: Iterable[UUID]) -> bool:
    """Whether one of these subjects was robbed in a case we know of."""
    people = list(people)
    return bool(people) and Victim.objects.filter(subject__in=people, revision__superseded_at=None).exists()
