"""Which towns are listed, what is owed, whether a town may come off the list; what was said of towns and units."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from jinzhong import clock
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.district.permissions import may
from jinzhong.review.models import Lifting, Listing, Obligation, Remark, Standing
from jinzhong.situation import queries as situation
from jinzhong.situation.periods import add_months
from jinzhong_engine.ladders import town_listing as ladder

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.listing import Listing as Computed

PER = 10_000
COLOURS = ladder.COLOURS
ACCEPTED = ("plan", "report")
"""What the town hands in and somebody else accepts."""


def listing(month: date) -> Listing | None:
    return Listing.objects.filter(month=month).first()


def last_over(now: datetime) -> date:
    """First day of the newest month that is over."""
    return add_months(now.astimezone(clock.ZONE).date().replace(day=1), -1)


def computed(month: date, *, as_of: datetime) -> "Computed":
    """The list of a month by what was known then, overdue obligations included. Raises BadCounts where cases are missing."""
    from jinzhong.situation import area
    from jinzhong_engine.surveillance import listing as engine

    counts = area.day_counts(until=add_months(month, 1), as_of=as_of)
    return engine.of_month(counts, month, overdue=_overdue(as_of), published=_published(month, as_of))


def _published(before: date, moment: datetime) -> Mapping[date, Mapping[str, str]]:
    """By month and town the colours published by then, of the months before."""
    found: dict[date, dict[str, str]] = {}
    for one in Standing.objects.filter(listing__month__lt=before, listing__at__lt=moment).select_related(
        "listing"
    ):
        found.setdefault(one.listing.month, {})[one.town_id] = one.colour
    return found


def published(month: date, *, before: datetime) -> dict[str, str]:
    """By town the colours of a month's list, if it was out before that moment."""
    found = Standing.objects.filter(listing__month=month, listing__at__lt=before)
    return dict(found.values_list("town_id", "colour"))


class Lifted(NamedTuple):
    """A published colour that no longer holds by two signatures; ``to``: what the town was then, green is off the list."""

    to: str
    at: datetime


def lifted(*, before: datetime | None = None) -> dict[tuple[str, date], Lifted]:
    """By town and month, where the colour of that list had been made milder before that moment (None: by now)."""
    own: dict[str, list[Standing]] = {}
    coloured = Standing.objects.exclude(colour="green")
    coloured = coloured.filter(listing__at__lt=before) if before else coloured
    for one in coloured.select_related("listing").prefetch_related("liftings").order_by("listing__month"):
        own.setdefault(one.town_id, []).append(one)
    return {
        (town, printed.listing.month): found
        for town, each in own.items()
        for printed in each
        if (found := _lifted(printed, each, before))
    }


def _lifted(printed: Standing, own: list[Standing], before: datetime | None) -> Lifted | None:
    """``own``: every coloured standing of the town."""
    now = _listed_by(own, before)
    to = now.colour if now else "green"
    if COLOURS.index(to) >= COLOURS.index(printed.colour):
        return None
    return Lifted(to, max(at for at, _one, _colour, is_lifting in _steps(own, before) if is_lifting))


def year(until: date, *, viewer: Account) -> dict[str, dict[date, Standing]]:
    """By town and month the published lists of the twelve months up to ``until``, of the towns the viewer may see."""
    towns = [one.pk for one in situation.visible_towns(viewer)]
    months = {"listing__month__gt": add_months(until, -12), "listing__month__lte": until}
    found: dict[str, dict[date, Standing]] = {town: {} for town in towns}
    for one in Standing.objects.filter(town__in=towns, **months).select_related("listing"):
        found[one.town_id][one.listing.month] = one
    return found


def newest() -> Listing | None:
    """The last list that was published."""
    return Listing.objects.last()


def is_past(month: date) -> bool:
    """A later list is out: this month's comes too late."""
    last = newest()
    return last is not None and month < last.month


def _overdue(moment: datetime) -> Mapping[str, tuple[str, ...]]:
    """By town, what it should have handed in before that moment."""
    late: dict[str, tuple[str, ...]] = {}
    owed = Obligation.objects.filter(kind__in=ACCEPTED, due_on__lt=moment.astimezone(clock.ZONE).date())
    for one in owed.exclude(done_at__lt=moment).select_related("standing__listing"):
        town = one.standing.town_id
        late[town] = (*late.get(town, ()), f"{one.standing.listing} {one.title}")
    return late


def owed(published: Listing) -> list[Obligation]:
    """Everything owed after a list."""
    return list(Obligation.objects.filter(standing__listing=published).select_related("standing"))


def standings(month: date, *, viewer: Account) -> list[Standing]:
    """The towns of a published list that the viewer may see, gravest first."""
    found = _seen(viewer).filter(listing__month=month)
    return sorted(found, key=lambda one: (-ladder.COLOURS.index(one.colour), -one.cases / one.residents))


class Listed(NamedTuple):
    """A town that is listed now: by which list, and in which colour."""

    standing: Standing
    colour: str


def listed(*, viewer: Account) -> list[Listed]:
    """The towns that are listed now, in their order. A new list makes it graver at most; milder it becomes by two
    signatures alone, also where the months since were better by themselves."""
    own: dict[str, list[Standing]] = {}
    for one in _seen(viewer).exclude(colour="green").order_by("town__order", "listing__month"):
        own.setdefault(one.town_id, []).append(one)
    return [found for each in own.values() if (found := _listed_by(each))]


def listed_town(town: str, *, viewer: Account) -> Listed | None:
    return next((one for one in listed(viewer=viewer) if one.standing.town_id == town), None)


def _listed_by(own: list[Standing], before: datetime | None = None) -> Listed | None:
    """By what happened to a town's listing (before a moment), in the order in which it happened."""
    found: Listed | None = None
    for _at, one, colour, is_lifting in _steps(own, before):
        if is_lifting:
            if found and found.standing == one:
                found = Listed(one, colour) if colour != "green" else None
        elif found is None or COLOURS.index(colour) >= COLOURS.index(found.colour):
            found = Listed(one, colour)
    return found


def _steps(own: list[Standing], before: datetime | None) -> list[tuple[datetime, Standing, str, bool]]:
    """When, on which list, to which colour; whether by a lifting."""
    steps = [(one.listing.at, one, one.colour, False) for one in own]
    steps += [
        (each.approved_at, one, each.to, True)
        for one in own
        for each in one.liftings.all()
        if each.approved_at
    ]
    return sorted((step for step in steps if before is None or step[0] < before), key=lambda step: step[0])


def standing(pk: str, *, viewer: Account) -> Standing | None:
    return _seen(viewer).filter(pk=pk).first()


def obligation(pk: str, *, viewer: Account) -> Obligation | None:
    found = Obligation.objects.select_related("standing__listing", "standing__town")
    return found.filter(pk=pk, standing__in=_seen(viewer)).first()


def lifting(pk: str, *, viewer: Account) -> Lifting | None:
    found = Lifting.objects.select_related("standing__listing", "standing__town")
    return found.filter(pk=pk, standing__in=_seen(viewer)).first()


def _seen(viewer: Account) -> QuerySet[Standing]:
    towns = [one.pk for one in situation.visible_towns(viewer)]
    return Standing.objects.filter(town__in=towns).select_related("listing", "town").prefetch_related(
        Prefetch("obligations", Obligation.objects.prefetch_related("sent_back")), "liftings"
    )  # fmt: skip


def waiting(one: Standing) -> Lifting | None:
    """A lifting that another person has to approve."""
    return next(
        (each for each in one.liftings.all() if each.approved_at is None and each.declined_at is None), None
    )


@dataclass(frozen=True)
class Prospect:
    """What would lower it now, by the published lists since; ``to`` None: ``missing`` says what isn't there yet."""

    to: str | None
    missing: list[str]


def prospect(now: Listed) -> Prospect:
    one = now.standing
    later = Standing.objects.filter(town=one.town, listing__month__gt=one.listing.month).select_related(
        "listing"
    )
    since = list(later.order_by("listing__month"))
    rules = ladder.in_force(one.listing.month)
    found = ladder.may_lift(
        now.colour,
        listing_cases=one.cases,
        months=[(each.cases, _rate(each), _rate(each.listing)) for each in since],
        report_accepted=_is_accepted(one),
        days_without_case=since[-1].days_without_case if since else 0,
        rules=rules,
    )
    return Prospect(found.to, found.missing)


def _is_accepted(one: Standing) -> bool:
    """The last thing the town had to hand in was accepted: of a red one its report, of a yellow one its plan."""
    owed = [each for each in one.obligations.all() if each.kind in ACCEPTED]
    return bool(owed) and all(each.accepted_at for each in owed)


def _rate(one: Standing | Listing) -> float:
    return one.cases / one.residents * PER


def word(colour: str) -> str:
    """红牌, 黄牌, 绿牌, in the reader's language."""
    return gettext(ladder.WORDS[colour])


def town_names() -> dict[str, str]:
    return {one.pk: one.name for one in situation.visible_towns(None)}


def remarks(town: str, month: date, *, viewer: Account) -> list[Remark]:
    """What was said about a town's month, in the order in which it was said."""
    seen = [one.pk for one in situation.visible_towns(viewer)]
    return list(Remark.objects.filter(town=town, month=month, town__in=seen))


def remarks_on(unit: Unit, month: date, *, viewer: Account) -> list[Remark]:
    """What was said about a unit's month."""
    return list(Remark.objects.filter(unit=unit, month=month, unit__in=reviewed(viewer=viewer)))


REVIEWED = (
    Unit.Kind.STATION,
    Unit.Kind.BANK,
    Unit.Kind.OUTLET,
    Unit.Kind.OPERATOR,
    Unit.Kind.SCHOOL,
    Unit.Kind.MEMBER,
)
"""Kinds of units that have a page of their own; a town's office stands on the town's."""


def reviewed(*, viewer: Account) -> QuerySet[Unit]:
    """The units whose 点评 the viewer may read: staff their own, a bank's head its outlets as well, the office all."""
    found = Unit.objects.select_related("town", "parent").filter(kind__in=REVIEWED)
    if not may(viewer, "unit.read"):
        return found.none()
    if district.sight(viewer).district:
        return found
    own = Q(pk=viewer.unit_id) if viewer.unit_id else Q(pk__in=[])
    if viewer.role == Role.BANK_HEAD and viewer.unit_id:
        own |= Q(parent=viewer.unit_id)
    return found.filter(own)
