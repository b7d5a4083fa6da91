"""What arrived, as a viewer may see it."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role
from jinzhong.intake.models import Alert, Arrival, HeaderChoice
from jinzhong.vault import seal

SHARED_FOR = timedelta(hours=24)


def alerts(*, viewer: Account) -> QuerySet[Alert]:
    """The alerts a viewer may see: of their towns, of their own outlets, or all."""
    sight = district.sight(viewer)
    seen = Alert.objects.select_related("unit", "town", "person", "payee", "by")
    return seen if sight.district else seen.filter(Q(town__in=sight.towns) | Q(unit__in=sight.units))


def alert(pk: UUID, *, viewer: Account) -> Alert | None:
    return alerts(viewer=viewer).filter(pk=pk).first()


def seen_by_all_outlets(*, viewer: Account, now: datetime) -> list[Alert]:
    """Bank alerts of the last 24 hours that every outlet is told of, without the person: a customer sent away at one
    counter often tries the next. Rule 12 of the domain handbook."""
    if viewer.role not in (Role.OUTLET, Role.BANK_HEAD, Role.ANTI_FRAUD_OFFICE, Role.HOTLINE):
        return []
    since = now - SHARED_FOR
    return list(
        Alert.objects.select_related("town", "unit")
        .filter(source=Alert.Source.BANK, received_at__gte=since)
        .order_by("-received_at")[:50]
    )


def arrivals(kind: str) -> QuerySet[Arrival]:
    """What arrived of a kind, newest first."""
    return Arrival.objects.filter(kind=kind).defer("raw").order_by("-received_at")


def same_arrival(kind: str, raw: str) -> Arrival | None:
    """What arrived before exactly as this."""
    digest = seal.digest(raw.encode("utf-8", "surrogatepass"))
    return Arrival.objects.filter(kind=kind, digest=digest).order_by("received_at").first()


def header_choices() -> dict[str, str]:
    """Header → field, as people chose before."""
    return dict(HeaderChoice.objects.values_list("header", "field"))
