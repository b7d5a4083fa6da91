"""Building up the district and its duty: towns, units, accounts, tokens, shifts, swaps, handovers, rotations."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import transaction

from jinzhong.audit import operations as audit
from jinzhong.district import queries
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
)
from jinzhong.vault import seal


class NoteMissing(Exception):
    """A handover without a note tells the next shift nothing."""


class NotTheirDuty(Exception):
    """Only a duty somebody holds, in a shift that isn't over, can be swapped."""


@transaction.atomic
def add_town(
    *,
    code: str,
    name: str,
    kind: str,
    order: int,
    residents: int,
    since: date,
    source: str,
    by: str,
    at: datetime,
    **place: float,
) -> Town:
    """Add a town with its first population version."""
    town = Town.objects.create(code=code, name=name, kind=kind, order=order, **place)
    TownPopulation.objects.create(town=town, since=since, residents=residents, source=source)
    audit.record("district.town_added", on=town, by=by, at=at, town=code, residents=residents)
    return town


@transaction.atomic
def add_community(*, town: Town, name: str, area: str, by: str, at: datetime) -> Community:
    community = Community.objects.create(town=town, name=name, area=area)
    audit.record("district.community_added", on=community, by=by, at=at, town=town.pk)
    return community


@transaction.atomic
def add_unit(
    *, code: str, name: str, kind: str, by: str, at: datetime, covers: Iterable[Town] = (), **rest: Any
) -> Unit:
    """Add a unit; ``covers``: the towns a police station is in charge of."""
    unit = Unit.objects.create(code=code, name=name, kind=kind, **rest)
    unit.covers.set(covers)
    audit.record("district.unit_added", on=unit, by=by, at=at, code=code)
    return unit


@transaction.atomic
def add_account(
    *, username: str, password: str | None, role: str, by: str, at: datetime, **rest: Any
) -> Account:
    """Add an account. Without password nobody can log in as it."""
    account = Account(username=username, role=Role(role), **rest)
    account.set_password(password) if password else account.set_unusable_password()
    account.save()
    audit.record("district.account_added", on=account, by=by, at=at, role=role)
    return account


@transaction.atomic
def set_active(*, account: Account, active: bool, by: str, at: datetime) -> None:
    """Switch an account on or off; its tokens stop with it."""
    account.is_active = active
    account.save(update_fields=["is_active"])
    audit.record("district.account_switched", on=account, by=by, at=at, active=active)


@transaction.atomic
def make_token(*, account: Account, by: str, at: datetime) -> str:
    """A new API token, shown once."""
    token = "jz_" + secrets.token_urlsafe(32)
    made = Token.objects.create(account=account, digest=seal.digest(token.encode()), made_at=at)
    audit.record("district.token_made", on=made, by=by, at=at, account=account.pk)
    return token


@transaction.atomic
def open_shift(*, moment: datetime, by: str, at: datetime) -> Shift:
    """The shift in which ``moment`` lies, made when it is not there yet."""
    since, until, kind = queries.shift_window(moment)
    shift, fresh = Shift.objects.get_or_create(since=since, defaults={"until": until, "kind": kind})
    if fresh:
        audit.record("district.shift_opened", on=shift, by=by, at=at, since=since)
    return shift


@transaction.atomic
def assign(*, shift: Shift, account: Account, post: str, by: str, at: datetime, seat: str = "") -> Duty:
    """Put a person on duty at a post; asking twice changes nothing."""
    duty, fresh = Duty.objects.get_or_create(
        shift=shift, account=account, defaults={"post": Duty.Post(post), "seat": seat}
    )
    if fresh:
        audit.record("district.duty_assigned", on=duty, by=by, at=at, post=post, account=account.pk)
    return duty


@transaction.atomic
def swap(*, duty: Duty, takes: Account, by: str, at: datetime) -> Swap:
    """Hand a duty to a colleague; the chief who agrees is ``by``."""
    if duty.shift.until <= at or duty.account_id == takes.pk:
        raise NotTheirDuty(str(duty.pk))
    if Duty.objects.filter(shift=duty.shift, account=takes).exists():
        raise NotTheirDuty(takes.username)
    made = Swap.objects.create(duty=duty, gives=duty.account, takes=takes, agreed_by=by, at=at)
    duty.account = takes
    duty.save(update_fields=["account"])
    audit.record("district.duty_swapped", on=duty, by=by, at=at, gives=made.gives_id, takes=takes.pk)
    return made


@transaction.atomic
def hand_over(*, shift: Shift, note: str, by: Account, at: datetime) -> Handover:
    """Write what the next shift must know; written again, the newer text stands and the log keeps that it changed."""
    if not note.strip():
        raise NoteMissing
    made, _ = Handover.objects.update_or_create(shift=shift, defaults={"by": by, "note": note, "at": at})
    audit.record("district.handed_over", on=made, by=by.username, at=at, shift=shift.pk)
    return made


@transaction.atomic
def second(*, account: Account, sent_by: Unit, since: date, until: date, by: str, at: datetime) -> Rotation:
    """A member unit sends a cadre to the task force from ``since`` until the day before ``until``."""
    made = Rotation.objects.create(account=account, sent_by=sent_by, since=since, until=until)
    audit.record("district.seconded", on=made, by=by, at=at, account=account.pk, unit=sent_by.pk)
    return made
