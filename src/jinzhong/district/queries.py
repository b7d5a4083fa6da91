"""Who is where, who is on duty, and what a person may see."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from jinzhong.district.models import (
    Account,
    Community,
    Duty,
    Handover,
    Role,
    Shift,
    Token,
    Town,
    TownPopulation,
    Unit,
    shift_bounds,
)
from jinzhong.vault import seal

SEES_THE_DISTRICT = {Role.ANTI_FRAUD_OFFICE, Role.HOTLINE, Role.INSPECTOR, Role.AUDITOR}


@dataclass(frozen=True)
class Sight:
    """What rows a person may see: the whole district, or these towns and what came from these units."""

    district: bool = False
    towns: frozenset[str] = frozenset()
    units: frozenset[UUID] = frozenset()


NOTHING = Sight()


def sight(viewer: Account) -> Sight:
    """What the viewer may see. A citizen, an operator and the administrator see nobody's cases or warnings."""
    if not viewer.is_active:
        return NOTHING
    if viewer.role in SEES_THE_DISTRICT:
        return Sight(district=True)
    if viewer.role in (Role.TOWN, Role.GRID_WORKER) and viewer.town_id:
        return Sight(towns=frozenset({viewer.town_id}))
    if viewer.role == Role.STATION_OFFICER and viewer.unit:
        return Sight(towns=frozenset(viewer.unit.covers.values_list("pk", flat=True)))
    if viewer.role == Role.OUTLET and viewer.unit_id:
        return Sight(units=frozenset({viewer.unit_id}))
    if viewer.role == Role.BANK_HEAD and viewer.unit_id:
        return Sight(units=frozenset(Unit.objects.filter(parent=viewer.unit_id).values_list("pk", flat=True)))
    return NOTHING


def account(username: str) -> Account | None:
    return Account.objects.select_related("unit", "town").filter(username=username, is_active=True).first()


def accounts() -> QuerySet[Account]:
    return Account.objects.select_related("unit", "town").order_by("role", "username")


def account_by_token(token: str) -> Account | None:
    """The active account to which this API token belongs."""
    known = (
        Token.objects.select_related("account__unit", "account__town")
        .filter(digest=seal.digest(token.encode()), revoked_at=None)
        .first()
    )
    return known.account if known and known.account.is_active else None


def towns() -> list[Town]:
    return list(Town.objects.all())


def town_spellings() -> dict[str, str]:
    """Every accepted spelling of a town (full name, short name, code) and its code."""
    found: dict[str, str] = {}
    for town in Town.objects.all():
        found |= {town.name: town.code, town.short_name: town.code, town.code: town.code}
    return found


def community(town: str, name: str) -> Community | None:
    return Community.objects.filter(town=town, name=name).first()


def communities() -> dict[tuple[str, str], Community]:
    """All communities by (town code, name)."""
    return {(one.town_id, one.name): one for one in Community.objects.all()}


def residents(on: date) -> dict[str, int]:
    """Residents of each town by the population version in force on a day (later ones where none was yet)."""
    found: dict[str, int] = {}
    for version in TownPopulation.objects.order_by("since"):
        if version.since <= on or version.town_id not in found:
            found[version.town_id] = version.residents
    return found


def unit(code: str) -> Unit | None:
    return Unit.objects.filter(code=code).first()


def units(kind: str) -> QuerySet[Unit]:
    return Unit.objects.select_related("town", "parent").filter(kind=kind)


def station_for(town: str) -> Unit | None:
    """The police station in charge of a town."""
    return Unit.objects.filter(kind=Unit.Kind.STATION, covers=town).order_by("code").first()


def shift_at(moment: datetime) -> Shift | None:
    return Shift.objects.filter(since__lte=moment, until__gt=moment).first()


def duties_at(moment: datetime) -> list[Duty]:
    """Everybody on duty at a moment, by post and username."""
    return list(
        Duty.objects.select_related("account__unit", "shift")
        .filter(shift__since__lte=moment, shift__until__gt=moment, account__is_active=True)
        .order_by("post", "account__username")
    )


def patrols_at(moment: datetime) -> list[Account]:
    """Officers on patrol duty at a moment."""
    return [duty.account for duty in duties_at(moment) if duty.post == Duty.Post.PATROL]


def chief_at(moment: datetime) -> Account | None:
    """The duty chief, else the leader, to whom an unanswered order goes last."""
    posts = {duty.post: duty.account for duty in duties_at(moment)}
    return posts.get(Duty.Post.CHIEF) or posts.get(Duty.Post.LEADER)


def shift_window(moment: datetime) -> tuple[datetime, datetime, str]:
    """(since, until, kind) of the eight hours in which ``moment`` lies."""
    first, kind = shift_bounds(moment)
    since = moment.replace(hour=first, minute=0, second=0, microsecond=0)
    return since, since + timedelta(hours=8), kind


def last_handover(moment: datetime) -> Handover | None:
    return (
        Handover.objects.select_related("shift", "by")
        .filter(shift__until__lte=moment)
        .order_by("-shift__since")
        .first()
    )


def metres_between(a: Unit, b: Unit) -> int | None:
    """Great-circle distance of two units, or None where a place is unknown."""
    if None in (a.latitude, a.longitude, b.latitude, b.longitude):
        return None
    lat1, lon1, lat2, lon2 = map(math.radians, (a.latitude, a.longitude, b.latitude, b.longitude))  # type: ignore[arg-type]
    haversine = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return round(2 * 6_371_000 * math.asin(math.sqrt(haversine)))
