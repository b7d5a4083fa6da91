"""Building up the district and its duty: towns, units, accounts, tokens, shifts, swaps, handovers, rotations."""

import secrets
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

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
from jinzhong.operation import operation
from jinzhong.vault import seal

WEEK = timedelta(days=7)


class NoteMissing(Exception):
    """A handover without a note tells the next shift nothing."""


class NoTime(Exception):
    """A period ends after it begins."""


class NotTheirDuty(Exception):
    """Who asks doesn't hold this duty, or who answers wasn't asked."""


class ShiftOver(Exception):
    """What is past can't be rostered or swapped any more."""


class AlreadyOnDuty(Exception):
    """Nobody stands at two posts in one shift; ``account`` already has one."""

    def __init__(self, account: Account):
        super().__init__(account.username)
        self.account = account


class WrongPost(Exception):
    """This role doesn't fill this post: an officer patrols, a seat answers calls."""


class AlreadyAsked(Exception):
    """Somebody was asked to take this duty and hasn't answered."""


class AlreadyAnswered(Exception):
    """The colleague said yes or no before, or the request was withdrawn."""


@operation
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


@operation
def add_community(*, town: Town, name: str, area: str, by: str, at: datetime) -> Community:
    community = Community.objects.create(town=town, name=name, area=area)
    audit.record("district.community_added", on=community, by=by, at=at, town=town.pk)
    return community


@operation
def add_unit(
    *, code: str, name: str, kind: str, by: str, at: datetime, covers: Iterable[Town] = (), **rest: Any
) -> Unit:
    """Add a unit; ``covers``: the towns a police station is in charge of."""
    unit = Unit.objects.create(code=code, name=name, kind=kind, **rest)
    unit.covers.set(covers)
    audit.record("district.unit_added", on=unit, by=by, at=at, code=code)
    return unit


@operation
def add_account(
    *, username: str, password: str | None, role: str, by: str, at: datetime, **rest: Any
) -> Account:
    """Add an account. Without password nobody can log in as it."""
    account = Account(username=username, role=Role(role), **rest)
    account.set_password(password) if password else account.set_unusable_password()
    account.save()
    audit.record("district.account_added", on=account, by=by, at=at, role=role)
    return account


@operation
def set_active(*, account: Account, active: bool, by: str, at: datetime) -> None:
    """Switch an account on or off; its tokens stop with it."""
    account.is_active = active
    account.save(update_fields=["is_active"])
    audit.record("district.account_switched", on=account, by=by, at=at, active=active)


@operation
def set_password(*, account: Account, password: str, by: str, at: datetime) -> None:
    """A new password; whoever is logged in with the old one has to log in again."""
    account.set_password(password)
    account.save(update_fields=["password"])
    audit.record("district.password_set", on=account, by=by, at=at)


@operation
def make_token(*, account: Account, by: str, at: datetime) -> str:
    """A new API token, shown once."""
    token = "jz_" + secrets.token_urlsafe(32)
    made = Token.objects.create(account=account, digest=seal.digest(token.encode()), made_at=at)
    audit.record("district.token_made", on=made, by=by, at=at, account=account.pk)
    return token


@operation
def open_shift(*, moment: datetime, by: str, at: datetime) -> Shift:
    """The shift in which ``moment`` lies, made when it is not there yet."""
    since, until, kind = queries.shift_window(moment)
    shift, fresh = Shift.objects.get_or_create(since=since, defaults={"until": until, "kind": kind})
    if fresh:
        audit.record("district.shift_opened", on=shift, by=by, at=at, since=since)
    return shift


@operation
def assign(*, shift: Shift, account: Account, post: str, by: str, at: datetime, seat: str = "") -> Duty:
    """Put a person on duty at a post; asking twice changes nothing. Raises AlreadyOnDuty where they have another in that shift."""
    if account.role not in queries.ROLES_OF[Duty.Post(post)]:
        raise WrongPost(f"{account.username}: {post}")
    duty, fresh = Duty.objects.get_or_create(
        shift=shift, account=account, defaults={"post": Duty.Post(post), "seat": seat}
    )
    if fresh:
        audit.record("district.duty_assigned", on=duty, by=by, at=at, post=post, account=account.pk)
    elif duty.post != post:
        raise AlreadyOnDuty(account)
    return duty


@operation
def relieve(*, duty: Duty, by: str, at: datetime) -> None:
    """Take a person off a shift that isn't over; the log keeps that they were on it."""
    if duty.shift.until <= at:
        raise ShiftOver(str(duty.shift))
    audit.record("district.duty_relieved", on=duty, by=by, at=at, post=duty.post, account=duty.account_id)
    duty.delete()


@operation
def repeat_week(*, since: datetime, by: str, at: datetime) -> int:
    """Roster the seven days from ``since`` like the seven before; shifts that have people stay. Returns how many duties."""
    made = 0
    for before in Shift.objects.filter(since__gte=since - WEEK, since__lt=since).prefetch_related(
        "duties__account"
    ):
        shift = open_shift(moment=before.since + WEEK, by=by, at=at)
        if shift.until <= at or shift.duties.exists():
            continue
        for duty in before.duties.all():
            if duty.account.is_active:
                assign(shift=shift, account=duty.account, post=duty.post, seat=duty.seat, by=by, at=at)
                made += 1
    return made


@operation
def ask_swap(*, duty: Duty, takes: Account, by: Account, at: datetime, back: Duty | None = None) -> Swap:
    """Ask a colleague to take a duty, alone or in exchange for one of theirs. Nothing changes until they agree."""
    audit.take_turn()
    if duty.account_id != by.pk or (back and back.account_id != takes.pk):
        raise NotTheirDuty(by.username)
    if duty.swaps.filter(answer="").exists():
        raise AlreadyAsked(str(duty.pk))
    made = Swap(duty=duty, back=back, gives=by, takes=takes, asked_at=at)
    _check_swap(made, at=at)
    made.save(force_insert=True)
    audit.record(
        "district.swap_asked", on=made, by=by.username, at=at, duty=duty.pk, takes=takes.pk,
        back=back.pk if back else None,
    )  # fmt: skip
    return made


@operation
def answer_swap(*, swap: Swap, agrees: bool, by: Account, at: datetime) -> Swap:
    """The colleague who was asked says yes, and the duties change hands, or no."""
    audit.take_turn()
    swap = Swap.objects.select_related("duty__shift", "back__shift", "gives", "takes").get(pk=swap.pk)
    if swap.takes_id != by.pk:
        raise NotTheirDuty(by.username)
    if agrees:
        _check_swap(swap, at=at)
    _answer(swap, Swap.Answer.AGREED if agrees else Swap.Answer.DECLINED, by=by.username, at=at)
    if agrees:
        _change_hands(swap.duty, swap.takes, swap=swap, by=by.username, at=at)
        if swap.back:
            _change_hands(swap.back, swap.gives, swap=swap, by=by.username, at=at)
    return swap


@operation
def withdraw_swap(*, swap: Swap, by: Account, at: datetime) -> Swap:
    """Who asked doesn't ask any more."""
    audit.take_turn()
    swap = Swap.objects.get(pk=swap.pk)
    if swap.gives_id != by.pk:
        raise NotTheirDuty(by.username)
    _answer(swap, Swap.Answer.WITHDRAWN, by=by.username, at=at)
    return swap


def _check_swap(swap: Swap, *, at: datetime) -> None:
    """Both duties still lie ahead and are still theirs; both may fill the post; nobody stands in one shift twice."""
    pairs = [(swap.duty, swap.gives, swap.takes)] + (
        [(swap.back, swap.takes, swap.gives)] if swap.back else []
    )
    for duty, holds, comes in pairs:
        if duty.shift.until <= at:
            raise ShiftOver(str(duty.shift))
        if duty.account_id != holds.pk:
            raise NotTheirDuty(holds.username)
        if comes.role not in queries.ROLES_OF[Duty.Post(duty.post)] or not comes.is_active:
            raise WrongPost(f"{comes.username}: {duty.post}")
        if Duty.objects.filter(shift=duty.shift, account=comes).exists():
            raise AlreadyOnDuty(comes)


def _answer(swap: Swap, answer: str, *, by: str, at: datetime) -> None:
    if swap.answer:
        raise AlreadyAnswered(str(swap.pk))
    swap.answer, swap.answered_at = answer, at
    swap.save(update_fields=["answer", "answered_at"])
    audit.record("district.swap_answered", on=swap, by=by, at=at, duty=swap.duty_id, answer=answer)


def _change_hands(duty: Duty, comes: Account, *, swap: Swap, by: str, at: datetime) -> None:
    goes, duty.account = duty.account_id, comes
    duty.save(update_fields=["account"])
    audit.record("district.duty_swapped", on=duty, by=by, at=at, gives=goes, takes=comes.pk, swap=swap.pk)


@operation
def hand_over(*, shift: Shift, note: str, by: Account, at: datetime) -> Handover:
    """Write what the next shift must know; written again, the newer text stands and the log keeps that it changed."""
    if not note.strip():
        raise NoteMissing
    if shift.since > at:
        raise NotTheirDuty(by.username)
    made, _ = Handover.objects.update_or_create(shift=shift, defaults={"by": by, "note": note, "at": at})
    audit.record("district.handed_over", on=made, by=by.username, at=at, shift=shift.pk)
    return made


@operation
def second(*, account: Account, sent_by: Unit, since: date, until: date, by: str, at: datetime) -> Rotation:
    """A member unit sends a cadre to the task force from ``since`` until the day before ``until``."""
    if until <= since:
        raise NoTime
    made = Rotation.objects.create(account=account, sent_by=sent_by, since=since, until=until)
    audit.record("district.seconded", on=made, by=by, at=at, account=account.pk, unit=sent_by.pk)
    return made
