"""Who is where, who is on duty, and what a person may see."""

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from jinzhong.district.models import (
    Account,
    Community,
    Duty,
    Handover,
    Role,
    Rotation,
    Shift,
    Swap,
    Token,
    Town,
    TownPopulation,
    Unit,
    shift_bounds,
)
from jinzhong.statements import prepared
from jinzhong.vault import seal

ROLES_OF = {
    Duty.Post.LEADER: {Role.ANTI_FRAUD_OFFICE},
    Duty.Post.CHIEF: {Role.ANTI_FRAUD_OFFICE},
    Duty.Post.SEAT: {Role.ANTI_FRAUD_OFFICE, Role.HOTLINE},
    Duty.Post.PATROL: {Role.STATION_OFFICER},
    Duty.Post.CADRE: {Role.ANTI_FRAUD_OFFICE, Role.INSPECTOR},
}
"""Who may stand at a post."""
NEEDED = {Duty.Post.LEADER: 1, Duty.Post.CHIEF: 1, Duty.Post.PATROL: 2}
"""What every shift must have (domain handbook 12)."""
OWED_FOR = timedelta(days=2)
USERNAME = re.compile(r"[A-Za-z0-9_.-]{2,60}")
WITH_TOWN = {Role.TOWN, Role.GRID_WORKER}
WITH_UNIT = {Role.OUTLET, Role.BANK_HEAD, Role.STATION_OFFICER, Role.OPERATOR}
"""Roles that see nothing without their town or unit."""
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


def accounts_named(usernames: Iterable[str]) -> dict[str, Account]:
    """The accounts of these usernames, on or off."""
    return {one.username: one for one in accounts().filter(username__in=set(usernames))}


def roles() -> list[tuple[str, str]]:
    """(code, word) of all roles."""
    return [(code, str(word)) for code, word in Role.choices]


def account_faults(*, username: str, role: str, unit: str, town: str) -> dict[str, str]:
    """Why there can be no new account like this, by field."""
    faults = {}
    if not USERNAME.fullmatch(username):
        faults["username"] = _("账号用字母、数字、点、横线，2 到 60 位")
    elif Account.objects.filter(username__iexact=username).exists():
        faults["username"] = _("已有这个账号，换一个")
    if role not in Role.values:
        faults["role"] = _("选一个岗位")
    if town and not Town.objects.filter(pk=town).exists():
        faults["town"] = _("没有这个镇（街道）")
    elif role in WITH_TOWN and not town:
        faults["town"] = _("这个岗位要选镇（街道），不选就什么都看不到")
    if unit and not Unit.objects.filter(code=unit).exists():
        faults["unit"] = _("没有这个单位")
    elif role in WITH_UNIT and not unit:
        faults["unit"] = _("这个岗位要选单位，不选就什么都看不到")
    return faults


def account_by_token(token: str) -> Account | None:
    """The active account to which this API token belongs."""
    known = _tokens(seal.digest(token.encode()))
    return known[0].account if known and known[0].account.is_active else None


@prepared
def _tokens(digest: str) -> QuerySet[Token]:
    found = Token.objects.select_related("account__unit", "account__town")
    return found.filter(digest=digest, revoked_at=None)


def towns() -> list[Town]:
    return list(Town.objects.all())


def town_spellings() -> dict[str, str]:
    """Every accepted spelling of a town (full name, short name, code) and its code."""
    found: dict[str, str] = {}
    for town in Town.objects.all():
        found |= {town.name: town.code, town.short_name: town.code, town.code: town.code}
    return found


def communities() -> dict[tuple[str, str], Community]:
    """All communities by (town code, name)."""
    return {(one.town_id, one.name): one for one in Community.objects.all()}


def residents(on: date) -> dict[str, int]:
    """Residents of each town by the population version in force on a day (later ones where none was yet)."""
    return populations()(on)


def populations() -> Callable[[date], dict[str, int]]:
    """``residents`` of any number of days, from one reading."""
    versions = list(TownPopulation.objects.order_by("since"))

    @cache
    def on(day: date) -> dict[str, int]:
        found: dict[str, int] = {}
        for version in versions:
            if version.since <= day or version.town_id not in found:
                found[version.town_id] = version.residents
        return found

    return on


def unit(code: str) -> Unit | None:
    return Unit.objects.filter(code=code).first()


def units(kind: str) -> QuerySet[Unit]:
    return Unit.objects.select_related("town", "parent").filter(kind=kind)


def all_units() -> list[Unit]:
    """Every unit, by its name."""
    return list(Unit.objects.order_by("kind", "name"))


def station_for(town: str) -> Unit | None:
    """The police station in charge of a town."""
    return Unit.objects.filter(kind=Unit.Kind.STATION, covers=town).order_by("code").first()


def shift_at(moment: datetime) -> Shift | None:
    return Shift.objects.filter(since__lte=moment, until__gt=moment).first()


def duties_at(moment: datetime) -> list[Duty]:
    """Everybody on duty at a moment, by post and username."""
    found = Duty.objects.filter(shift__since__lte=moment, shift__until__gt=moment, account__is_active=True)
    return list(found.select_related("account__unit", "shift").order_by("post", "account__username"))


def patrols_at(moment: datetime) -> list[Account]:
    """Officers on patrol duty at a moment."""
    return _patrols(moment)


@prepared
def _patrols(moment: datetime) -> QuerySet[Account]:
    found = Account.objects.select_related("unit").filter(is_active=True)
    return found.filter(
        duties__post=Duty.Post.PATROL, duties__shift__since__lte=moment, duties__shift__until__gt=moment
    ).order_by("username")


def officers() -> list[Account]:
    """Everybody who can be sent to a door, on duty or not."""
    found = Account.objects.select_related("unit").filter(role=Role.STATION_OFFICER, is_active=True)
    return list(found.order_by("unit__code", "staff_no"))


def chief_at(moment: datetime) -> Account | None:
    """The duty chief, else the leader, to whom an unanswered order goes last."""
    posts = {duty.post: duty.account for duty in duties_at(moment)}
    return posts.get(Duty.Post.CHIEF) or posts.get(Duty.Post.LEADER)


def shift_window(moment: datetime) -> tuple[datetime, datetime, str]:
    """(since, until, kind) of the eight hours in which ``moment`` lies."""
    first, kind = shift_bounds(moment)
    since = moment.replace(hour=first, minute=0, second=0, microsecond=0)
    return since, since + timedelta(hours=8), kind


def shift_word(since: datetime) -> str:
    """夜班, 白班 or 中班."""
    return str(Shift.Kind(shift_bounds(since)[1]).label)


def shift_of(since: datetime) -> Shift | None:
    """The shift that begins then."""
    return Shift.objects.filter(since=since).first()


def roster(since: datetime, until: datetime) -> dict[datetime, Shift]:
    """The shifts that begin in a period, by their beginning, with their duties."""
    duties = Prefetch(
        "duties", Duty.objects.select_related("account__unit").order_by("post", "seat", "account__username")
    )
    found = Shift.objects.filter(since__gte=since, since__lt=until).select_related("handover__by")
    return {one.since: one for one in found.prefetch_related(duties)}


def missing_posts(duties: Iterable[Duty]) -> list[tuple[str, int]]:
    """(word of the post, how many are missing) of what a shift must have."""
    there = Counter(one.post for one in duties)
    return [
        (str(Duty.Post(post).label), needed - there[post])
        for post, needed in NEEDED.items()
        if there[post] < needed
    ]


def posts() -> list[tuple[str, str]]:
    """(code, word) of the posts of a shift, as they stand on the roster."""
    return [(code, str(word)) for code, word in Duty.Post.choices]


def duty(pk: UUID) -> Duty | None:
    return Duty.objects.select_related("shift", "account").filter(pk=pk).first()


def duties_of(account: Account, *, since: datetime) -> list[Duty]:
    """What a person still has before them, soonest first."""
    found = Duty.objects.select_related("shift").filter(account=account, shift__until__gt=since)
    return list(found.order_by("shift__since"))


def can_fill(post: str, *, shift: Shift | None = None) -> list[Account]:
    """Who could stand at a post: the right role, and not on duty in that shift."""
    found = Account.objects.select_related("unit").filter(role__in=ROLES_OF[Duty.Post(post)], is_active=True)
    free = found.exclude(duties__shift=shift) if shift else found
    return list(free.order_by("unit__code", "staff_no", "username"))


def open_swaps(account: Account) -> list[Swap]:
    """The requests a person has to answer, and those they wait for."""
    found = Swap.objects.select_related("duty__shift", "back__shift", "gives", "takes").filter(answer="")
    return list(found.filter(Q(takes=account) | Q(gives=account)))


def swap(pk: UUID) -> Swap | None:
    return Swap.objects.filter(pk=pk).first()


def last_handover(moment: datetime) -> Handover | None:
    return (
        Handover.objects.select_related("shift", "by")
        .filter(shift__until__lte=moment)
        .order_by("-shift__since")
        .first()
    )


def owed_handovers(moment: datetime) -> list[Shift]:
    """Shifts of the last two days that ended without a note for the next, newest first. Nobody owes for an empty shift."""
    ended = Shift.objects.filter(until__lte=moment, until__gt=moment - OWED_FOR, handover=None)
    return list(ended.filter(duties__isnull=False).distinct().order_by("-since"))


def rotations(since: date, until: date) -> list[Rotation]:
    """The cadres seconded to the task force in a period, by when they come."""
    found = Rotation.objects.select_related("account", "sent_by").filter(since__lt=until, until__gt=since)
    return list(found.order_by("since", "sent_by__code"))


def member_units() -> list[Unit]:
    """The units that send cadres: all but the counters of banks."""
    return list(Unit.objects.exclude(kind__in=(Unit.Kind.OUTLET, Unit.Kind.OFFICE)))


def metres_between(a: Unit, b: Unit) -> int | None:
    """Great-circle distance of two units, or None where a place is unknown."""
    if None in (a.latitude, a.longitude, b.latitude, b.longitude):
        return None
    lat1, lon1, lat2, lon2 = map(math.radians, (a.latitude, a.longitude, b.latitude, b.longitude))  # type: ignore[arg-type]
    haversine = (
        math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return round(2 * 6_371_000 * math.asin(math.sqrt(haversine)))
