"""When bulletins are drafted, who is sent the issued ones, who has opened them. Nothing leaves the product: a notice lies in it.

The hour of a bulletin is a deadline; what is issued leaves an outbox row for each receiver in the transaction that issues
it, under a key of its own, and lies before them once that row was delivered. Whoever hasn't opened it after a day is
reminded, once. Banks and operators read nothing but what they were sent, and confirm that they have it.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import UUID, uuid5

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.bulletin import reports
from jinzhong.bulletin.models import Delivery, Drafted, Issue, Receiver
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.district.permissions import NotAllowed, may, require
from jinzhong.operation import operation
from jinzhong.situation.periods import DAY

CHANNEL = "notice"
DRAFT, UNOPENED = "bulletin.draft", "bulletin.unopened"
"""Deadlines: the hour of a bulletin; the time by which a receiver should have opened one, or confirmed it where that is asked."""
AFTER = {"daily": timedelta(hours=8), "weekly": timedelta(hours=8), "monthly": timedelta(days=1, hours=8)}
"""So long after its last day ends a bulletin is drafted: daily and weekly at 8 in the morning; monthly on the 2nd, when the
towns' listing is published as well."""
OPEN_WITHIN = timedelta(days=1)
"""Placeholder: no rule says how soon a bulletin must be read."""
WAITS = timedelta(days=7)
"""A draft that nobody has issued by then isn't counted any more."""
SCHEDULE = UUID("6c1f3a52-9a0e-5d1b-8a57-0d3d6f6f2b10")
ON = {kind: uuid5(SCHEDULE, kind) for kind in AFTER}
"""What the deadline of a kind stands on; its step is the last day, as a number."""


class NoReceiver(ValueError):
    """It can't be sent a bulletin; the message says why, in the user's words."""


# -- the hour -------------------------------------------------------------------------------------------


def hour(kind: str, day: date) -> datetime:
    """When the bulletin kept by a day is drafted."""
    return clock.midnight(day + DAY) + AFTER[kind]


@operation
def keep_schedule(*, now: datetime) -> None:
    """The next bulletin of each kind is awaited; begun twice, the first stays."""
    for kind in AFTER:
        day = reports.of(kind).period(now.date() - 2 * DAY).last
        while hour(kind, day) <= now:
            day = reports.of(kind).period(day + DAY).last
        _await(kind, day, now)


def _await(kind: str, day: date, now: datetime) -> None:
    agenda.watch(on_id=ON[kind], due={DRAFT: hour(kind, day)}, at=now, step=day.toordinal())


def draft_due(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """The hour came: the draft stands before the office, and the next one is awaited. A draft is what is known whenever it is
    looked at, so nothing is computed here, while others wait to write."""
    audit.take_turn()
    if not agenda.settle_one(kind=DRAFT, on_id=on_id, step=step, outcome="met", at=now):
        return
    kind = next(name for name, place in ON.items() if place == on_id)
    day = date.fromordinal(step)
    made = Drafted.objects.create(kind=kind, date=day, at=now)
    audit.record("bulletin.drafted", on=made, by="clock", at=now, happened_at=due_at, bulletin=kind, date=day)
    _await(kind, reports.of(kind).period(day + DAY).last, now)


def waiting(viewer: Account, *, now: datetime) -> list[Drafted]:
    """Of those who may issue: drafts whose hour came in the last week and of which nothing was issued."""
    if not may(viewer, "bulletin.issue"):
        return []
    issued = set(Issue.objects.values_list("kind", "date"))
    found = Drafted.objects.filter(at__gt=now - WAITS)
    return [one for one in found if (one.kind, one.date) not in issued]


# -- the list -------------------------------------------------------------------------------------------


def receivers() -> QuerySet[Receiver]:
    """Who is sent what now."""
    return Receiver.objects.select_related("unit__town", "account").filter(ended_at=None)


def candidates() -> tuple[list[Unit], list[Account]]:
    """Units with somebody who may be sent bulletins, and everybody who may."""
    readers = [
        one for one in district.accounts() if may(one, "bulletin.read") or may(one, "bulletin.receive")
    ]
    return [one for one in district.all_units() if _readers_of(one, readers)], readers


def _readers_of(unit: Unit, readers: Iterable[Account]) -> list[Account]:
    """Its own staff; of a town's office the town's accounts as well."""
    is_office = unit.kind == Unit.Kind.TOWN_OFFICE and unit.town_id is not None
    return [
        one
        for one in readers
        if one.unit_id == unit.pk or (is_office and one.role == Role.TOWN and one.town_id == unit.town_id)
    ]


@operation
def set_receiver(*, to: Unit | Account, kinds: Iterable[str], by: Account, now: datetime) -> list[Receiver]:
    """From now on it is sent these kinds and no others; none at all takes it off the list. The same again changes nothing."""
    require(by, "bulletin.issue")
    audit.take_turn()
    wanted, units_and_accounts = set(kinds), candidates()
    if not wanted <= set(reports.known()):
        raise NoReceiver(_("没有这一种通报"))
    here: dict[str, Unit | Account] = {"unit" if isinstance(to, Unit) else "account": to}
    if wanted and to not in units_and_accounts[0 if isinstance(to, Unit) else 1]:
        raise NoReceiver(_("那里没有人能看通报，先给账号"))
    held = {one.kind: one for one in receivers().filter(**here)}
    for kind in held.keys() - wanted:
        Receiver.objects.filter(pk=held[kind].pk).update(ended_at=now, ended_by=by.username)
        _tell("bulletin.receiver_removed", held[kind], by, now)
    made = [
        Receiver.objects.create(kind=kind, by=by.username, at=now, **here)
        for kind in reports.known()
        if kind in wanted and kind not in held
    ]
    for one in made:
        _tell("bulletin.receiver_added", one, by, now)
    return made


def _tell(kind: str, one: Receiver, by: Account, now: datetime) -> None:
    to = one.to.code if isinstance(one.to, Unit) else one.to.username
    audit.record(kind, on=one, by=by.username, at=now, bulletin=one.kind, receiver=to)


# -- sending --------------------------------------------------------------------------------------------


def send(issue: Issue, *, now: datetime) -> list[Delivery]:
    """To everybody on the list, in the transaction that issues it. What they still had to open of an earlier revision falls away."""
    listed = receivers().filter(kind=issue.kind.partition("-")[0])
    readers = candidates()[1]
    whom = {one.account_id for one in listed if one.account_id}
    for one in listed:
        whom |= {each.pk for each in _readers_of(one.unit, readers)} if one.unit else set()
    made = [
        Delivery.objects.create(issue=issue, account=one, made_at=now) for one in readers if one.pk in whom
    ]
    agenda.post(CHANNEL, {one.key: {"delivery": str(one.pk)} for one in made}, at=now)
    for old in Delivery.objects.filter(issue__kind=issue.kind, issue__date=issue.date).exclude(issue=issue):
        agenda.drop(on_id=old.pk, kinds=[UNOPENED], at=now)
    return made


@operation
def hand_over(*, delivery: UUID, now: datetime) -> None:
    """Delivered: from now on it lies before its receiver. A second time changes nothing."""
    audit.take_turn()
    one = Delivery.objects.select_related("issue").get(pk=delivery)
    if one.sent_at:
        return
    Delivery.objects.filter(pk=one.pk).update(sent_at=now)
    newest = Issue.objects.filter(kind=one.issue.kind, date=one.issue.date).order_by("-revision").first()
    if newest == one.issue and not one.opened_at:
        agenda.watch(on_id=one.pk, due={UNOPENED: now + OPEN_WITHIN}, at=now)


def remind(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """A day has passed and it wasn't opened, or not confirmed: its receiver is told so, this once."""
    audit.take_turn()
    if not agenda.settle_one(kind=UNOPENED, on_id=on_id, step=step, outcome="missed", at=now):
        return
    one = Delivery.objects.select_related("issue", "account").get(pk=on_id)
    Delivery.objects.filter(pk=one.pk, reminded_at=None).update(reminded_at=now)
    audit.record(
        "bulletin.reminded", on=one, by="clock", at=now, happened_at=due_at, bulletin=one.issue.kind, date=one.issue.date,
        revision=one.issue.revision, receiver=one.account.username,
    )  # fmt: skip


def open_(issue: Issue, *, by: Account, now: datetime) -> None:
    """Its receiver looks at it: the first time is kept. Nothing is written for anybody else, nor a second time."""
    if Delivery.objects.filter(issue=issue, account=by, opened_at=None).exists():
        _opened(issue, by=by, now=now)


@operation
def _opened(issue: Issue, *, by: Account, now: datetime) -> None:
    audit.take_turn()
    one = Delivery.objects.filter(issue=issue, account=by, opened_at=None).first()
    if one is None:
        return
    Delivery.objects.filter(pk=one.pk).update(opened_at=now)
    if not may(by, "bulletin.receive"):
        agenda.settle(on_id=one.pk, kinds=[UNOPENED], done_at=now, at=now)
    audit.record(
        "bulletin.opened", on=one, by=by.username, at=now, bulletin=issue.kind, date=issue.date, revision=issue.revision
    )  # fmt: skip


@operation
def confirm(*, delivery: Delivery, by: Account, now: datetime) -> None:
    """Its receiver has it and says so; the first time is kept."""
    audit.take_turn()
    one = received(by).filter(pk=delivery.pk).first()
    if one is None:
        raise NotAllowed("bulletin.receive")
    if one.confirmed_at:
        return
    Delivery.objects.filter(pk=one.pk).update(confirmed_at=now)
    agenda.settle(on_id=one.pk, kinds=[UNOPENED], done_at=now, at=now)
    audit.record(
        "bulletin.confirmed", on=one, by=by.username, at=now, bulletin=one.issue.kind, date=one.issue.date, revision=one.issue.revision
    )  # fmt: skip


# -- reading --------------------------------------------------------------------------------------------


def deliveries(issue: Issue, *, viewer: Account) -> QuerySet[Delivery]:
    """Who was sent it: the office sees all, a receiver themselves."""
    found = issue.deliveries.select_related("account__unit", "account__town")
    return found if may(viewer, "bulletin.issue") else found.filter(account=viewer)


def unread(viewer: Account) -> QuerySet[Delivery]:
    """What lies before the viewer unopened, of each bulletin the newest revision."""
    return _before(viewer).filter(~Exists(_newer()), opened_at=None)


def received(viewer: Account) -> QuerySet[Delivery]:
    """Everything that a bank or an operator was sent, and nothing else; the latest first."""
    found = _before(viewer).annotate(is_outdated=Exists(_newer()))
    return found.order_by("-sent_at", "-id") if may(viewer, "bulletin.receive") else found.none()


def unconfirmed(viewer: Account) -> QuerySet[Delivery]:
    """What the viewer has still to confirm, of each bulletin the newest revision."""
    return received(viewer).filter(~Exists(_newer()), confirmed_at=None)


def _before(viewer: Account) -> QuerySet[Delivery]:
    found = Delivery.objects.select_related("issue").defer("issue__content")
    return found.filter(account=viewer).exclude(sent_at=None)


def _newer() -> QuerySet[Issue]:
    return Issue.objects.filter(
        kind=OuterRef("issue__kind"),
        date=OuterRef("issue__date"),
        revision__gt=OuterRef("issue__revision"),
    )
