"""Case files as a viewer may see them, now or as of an earlier moment."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.translation import gettext

from jinzhong.cases.models import Case, CaseRevision, Export, Status, Trace, Victim
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Town
from jinzhong.intake.models import Arrival
from jinzhong.statements import prepared
from jinzhong.vault import queries as vault
from jinzhong_engine.taxonomy import FRAUD_CLASSES

AT_ONCE = 500
"""Values in one question to the database; it takes only so many."""
CONFIRMED = (Status.FILED, Status.CLEARED, Status.TRANSFERRED)
"""The police took these up as a case; what is only accepted, or was withdrawn, confirms nothing."""


def known(as_of: datetime | None = None) -> QuerySet[CaseRevision]:
    """The revision of every case that was in force just before ``as_of`` (None: now)."""
    if as_of is None:
        return CaseRevision.objects.filter(superseded_at=None)
    return CaseRevision.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gte=as_of), known_at__lt=as_of
    )


def arrivals(*, as_of: datetime) -> QuerySet[CaseRevision, tuple[datetime, datetime]]:
    """Of every case that counts: when it was reported, and when it first came to us."""
    found = known(as_of).exclude(status=Status.WITHDRAWN)
    return found.values_list("reported_at", "case__first_known_at")


def visible(*, viewer: Account, as_of: datetime | None = None) -> QuerySet[CaseRevision]:
    """What a viewer may see: the cases of their towns, or all."""
    sight = district.sight(viewer)
    found = known(as_of).select_related("case", "town", "community")
    return found if sight.district else found.filter(town__in=sight.towns)


def in_period(*, viewer: Account | None, since: datetime, until: datetime) -> QuerySet[CaseRevision]:
    """Cases reported since <= t < until; ``viewer`` None is the operator of the machine, who sees the whole district."""
    found = visible(viewer=viewer) if viewer else known().select_related("case", "town", "community")
    period = found.filter(reported_at__gte=since, reported_at__lt=until)
    return period.prefetch_related("victims__subject").order_by("reported_at", "case__number")


def search(
    *,
    viewer: Account,
    since: datetime | None = None,
    until: datetime | None = None,
    town: str = "",
    fraud_class: str = "",
    status: str = "",
    words: str = "",
) -> QuerySet[CaseRevision]:
    """Cases by period, town, class, status and one search word (case number, or a victim's phone, ID number or name)."""
    found = visible(viewer=viewer)
    given = {
        "reported_at__gte": since, "reported_at__lt": until, "town": town, "fraud_class": fraud_class, "status": status,
    }  # fmt: skip
    found = found.filter(**{name: value for name, value in given.items() if value})
    found = found.filter(_matches(words)) if words.strip() else found
    return found.prefetch_related("victims__subject").order_by("-reported_at", "case__number")


def _matches(words: str) -> Q:
    people: list[UUID] = []
    for kind in ("phone", "id_number", "name"):
        try:
            people += [member for subject in vault.find(kind, words) for member in vault.family(subject)]
        except ValueError:
            continue
    robbed = Victim.objects.filter(subject__in=people).values("revision")
    return Q(case__number__iexact=words.strip()) | Q(pk__in=robbed)


class Total(NamedTuple):
    cases: int
    loss: Decimal


def total(found: QuerySet[CaseRevision]) -> Total:
    """How many cases these are and what was lost in them."""
    sums = found.order_by().aggregate(cases=Count("pk"), loss=Sum("loss"))
    return Total(sums["cases"], sums["loss"] or Decimal(0))


def statuses() -> list[tuple[str, str]]:
    """(code, word) of how far a case can be."""
    return [(code, str(word)) for code, word in Status.choices]


def classes() -> list[tuple[str, str]]:
    """(code, short name) of the fraud classes."""
    return [(one.code, gettext(one.short)) for one in FRAUD_CLASSES]


def towns(*, viewer: Account) -> list[Town]:
    """The towns whose cases the viewer may see."""
    sight = district.sight(viewer)
    return [one for one in district.towns() if sight.district or one.code in sight.towns]


def one(pk: UUID, *, viewer: Account) -> CaseRevision | None:
    """The newest revision of a case, by the case's id, or None when there is none that the viewer may see."""
    return (
        visible(viewer=viewer).select_related("residence_town", "station", "arrival").filter(case=pk).first()
    )


def came_with(arrival: Arrival) -> tuple[int, int]:
    """(cases created, cases updated) by the rows of a sheet."""
    revisions = CaseRevision.objects.filter(arrival=arrival).values_list("revision", flat=True)
    created = sum(number == 1 for number in revisions)
    return created, len(revisions) - created


def file(number: str, *, viewer: Account) -> CaseRevision | None:
    """The newest revision of a case, or None when there is none that the viewer may see."""
    return visible(viewer=viewer).filter(case__number=number).first()


def history(case: Case) -> QuerySet[CaseRevision]:
    return case.revisions.select_related("town", "community").order_by("-revision")


def current(numbers: Iterable[str]) -> dict[str, CaseRevision]:
    """The newest revisions of these cases, by number."""
    found = CaseRevision.objects.select_related("case", "town", "community").filter(superseded_at=None)
    rest = iter(numbers)
    newest: dict[str, CaseRevision] = {}
    while some := list(islice(rest, AT_ONCE)):
        newest |= {one.case.number: one for one in found.filter(case__number__in=some)}
    return newest


def export_purposes(ids: Iterable[str]) -> dict[str, str]:
    """Of files that were given out, by id: what for. Free words, so they are kept encrypted and not in the event log."""
    return {str(one.pk): one.purpose for one in Export.objects.filter(pk__in=list(ids))}


def robbed(people: Iterable[UUID], *, viewer: Account) -> dict[UUID, list[CaseRevision]]:
    """The cases a viewer may see in which these subjects were robbed, oldest first."""
    found: dict[UUID, list[CaseRevision]] = {}
    seen = visible(viewer=viewer).filter(victims__subject__in=list(people)).distinct().order_by("reported_at")
    for one in seen.prefetch_related("victims"):
        for victim in one.victims.all():
            if victim.subject_id:
                found.setdefault(victim.subject_id, []).append(one)
    return found


class Fraud(NamedTuple):
    """When the first case that names a number was reported, and since when we know that."""

    reported_at: datetime
    known_at: datetime


def fraud_numbers() -> dict[UUID, Fraud]:
    """Numbers that offenders used, by the confirmed cases as they are told now."""
    told = Trace.objects.filter(
        kind=Trace.Kind.NUMBER, subject__isnull=False, revision__status__in=CONFIRMED
    ).values_list("revision__case", "subject", "revision__reported_at", "revision__known_at")
    since: dict[tuple[UUID, UUID], datetime] = {}
    for case, number, _reported, known_at in told:
        since[case, number] = min(known_at, since.get((case, number), known_at))
    found: dict[UUID, Fraud] = {}
    for case, number, reported_at, _known in told.filter(revision__superseded_at=None):
        one, before = Fraud(reported_at, since[case, number]), found.get(number)
        found[number] = Fraud(*map(min, one, before)) if before else one
    return found


def named(people: Iterable[UUID]) -> set[UUID]:
    """Those of these subjects whom any case ever named, as offenders' number or account or as robbed."""
    people = list(people)
    rows = (Trace.objects.filter(subject__in=people), Victim.objects.filter(subject__in=people))
    return {one for found in rows for one in found.values_list("subject", flat=True) if one}


def was_victim(people: Iterable[UUID]) -> bool:
    """Whether one of these subjects was robbed in a case we know of."""
    people = list(people)
    return bool(people and _robbed(people))


@prepared
def _robbed(people: list[UUID]) -> QuerySet[Victim, UUID]:
    known = Victim.objects.filter(subject__in=people, revision__superseded_at=None)
    return known.values_list("pk", flat=True)[:1]
