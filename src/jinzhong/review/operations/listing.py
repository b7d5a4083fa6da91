"""三色挂牌: publishing the list of a month, following what is owed, lifting by two people; what is said of a town."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong import clock, reasons
from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.district.models import Account, Role, Town, Unit
from jinzhong.district.permissions import NotAllowed, require
from jinzhong.operation import operation
from jinzhong.review import queries
from jinzhong.review.models import Lifting, Listing, Obligation, Remark, SentBack, Standing
from jinzhong.review.operations.words import LONGEST, Unfit, check_day, today, written
from jinzhong_engine.ladders import town_listing as ladder
from jinzhong_engine.sayings import CLAUSE

LATE = "review.obligation"
"""The deadline of an obligation."""


@operation
def publish(*, month: date, by: Account, now: datetime) -> Listing:
    """Freeze the list of a month that is over, with what each town owes. Published once; later cases change nothing in it."""
    from jinzhong_engine.surveillance.counts import BadCounts

    require(by, "listing.publish")
    audit.take_turn()
    known = queries.listing(month)
    if known:
        return known
    if month > queries.last_over(now):
        raise Unfit(_("%(month)s 还没有过完") % {"month": f"{month:%Y-%m}"})
    if queries.is_past(month):
        raise Unfit(_("%(month)s 已经公布，不再补更早的月份") % {"month": queries.newest()})
    try:
        found = queries.computed(month, as_of=now)
    except BadCounts as problem:
        raise Unfit(_("没有这个月的案件，先导入登记表")) from problem
    made = Listing.objects.create(
        month=month, as_of=now, rules=found.rules.name, cases=found.cases, residents=found.residents, by=by.username, at=now
    )  # fmt: skip
    towns = Town.objects.in_bulk([line.area for line in found.lines])
    runs_from = max(today(now), ladder.publication(month, found.rules))
    for line in found.lines:
        one = Standing.objects.create(
            listing=made, town=towns[line.area], colour=line.colour, star=line.star, cases=line.cases, residents=line.residents,
            last_year=line.before, days_without_case=line.days_without_case, red_months=line.red_months, reasons=line.reasons,
        )  # fmt: skip
        owed = ladder.dues(line.colour, published=runs_from, red_months=line.red_months, rules=found.rules)
        for due in owed:
            _owe(one, due.kind, due.title, due.by, is_proposal=due.proposal, now=now)
    listed = [line.area for line in found.lines if line.colour != "green"]
    audit.record("review.published", on=made, by=by.username, at=now, month=month, listed_towns=listed)
    return made


def _owe(
    one: Standing, kind: str, title: str, due_on: date | None, *, is_proposal: bool, now: datetime
) -> None:
    made = Obligation.objects.create(
        standing=one, kind=kind, title=title, due_on=due_on, is_proposal=is_proposal
    )
    _watch_obligation(made, step=0, now=now)


def _watch_obligation(one: Obligation, *, step: int, now: datetime) -> None:
    if one.due_on:
        end = clock.midnight(one.due_on + timedelta(days=1))
        agenda.watch(on_id=one.pk, due={LATE: end}, at=now, step=step)


@operation
def do(*, obligation: Obligation, text: str, by: Account, now: datetime) -> Obligation:
    """Say how it was done. A town answers for itself, the office and the inspectors for what is theirs to do."""
    require(by, "listing.answer")
    one = _held(obligation, by, "listing.answer")
    if by.role == Role.TOWN and one.kind not in queries.ACCEPTED:
        raise NotAllowed("listing.answer")
    said = text.strip()
    if not 0 < len(said) <= LONGEST:
        raise Unfit(_("写清做了什么，%(n)s 字以内") % {"n": LONGEST})
    if one.accepted_at:
        raise Unfit(_("已经通过验收，不再改"))
    if one.done_at:
        raise Unfit(_("已经报过，退回以后才能再报"))
    one.text, one.done_by, one.done_at = said, by.username, now
    one.save(update_fields=["text", "done_by", "done_at"])
    agenda.settle(on_id=one.pk, kinds=[LATE], done_at=now, at=now)
    audit.record(
        "review.done", on=one, by=by.username, at=now, town=one.standing.town_id, obligation=one.kind
    )
    return one


@operation
def accept(*, obligation: Obligation, by: Account, now: datetime) -> Obligation:
    """Accept what a town handed in: somebody other than who handed it in. What is accepted stays so."""
    one = _to_accept(obligation, by)
    if one.accepted_at:
        return one
    one.accepted_by, one.accepted_at = by.username, now
    one.save(update_fields=["accepted_by", "accepted_at"])
    audit.record(
        "review.accepted", on=one, by=by.username, at=now, town=one.standing.town_id, obligation=one.kind
    )
    return one


@operation
def send_back(*, obligation: Obligation, why: str, due_on: date, by: Account, now: datetime) -> SentBack:
    """What a town handed in won't do: it is owed again, by a new day. What was handed in is kept."""
    one = _to_accept(obligation, by)
    said = written(why, _("为什么退回"))
    check_day(due_on, now)
    if one.done_at is None or one.accepted_at:
        raise Unfit(_("已经通过验收，不再改"))
    made = SentBack.objects.create(
        obligation=one, text=one.text, done_by=one.done_by, done_at=one.done_at, why=said, by=by.username, at=now
    )  # fmt: skip
    one.text, one.done_by, one.done_at, one.due_on = "", "", None, due_on
    one.save(update_fields=["text", "done_by", "done_at", "due_on"])
    _watch_obligation(one, step=one.sent_back.count(), now=now)
    audit.record(
        "review.sent_back", on=one, by=by.username, at=now, town=one.standing.town_id, obligation=one.kind, due=due_on
    )  # fmt: skip
    return made


def _to_accept(obligation: Obligation, by: Account) -> Obligation:
    require(by, "listing.accept")
    one = _held(obligation, by, "listing.accept")
    if one.kind not in queries.ACCEPTED or one.done_at is None:
        raise Unfit(_("还没有报送，不能验收"))
    if one.done_by == by.username:
        raise Unfit(_("报送的人不能自己验收"))
    return one


@operation
def overdue(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """The day has passed: it is told once, and the next list counts it against the town."""
    audit.take_turn()
    one = Obligation.objects.select_related("standing").get(pk=on_id)
    if agenda.settle_one(kind=LATE, on_id=one.pk, step=step, outcome="missed", at=now):
        audit.record(
            "review.overdue", on=one, by="clock", at=now, happened_at=due_at, town=one.standing.town_id, obligation=one.kind
        )  # fmt: skip


@operation
def propose_lifting(*, standing: Standing, by: Account, now: datetime) -> Lifting:
    """Propose what the rules allow by the lists published since; another person approves."""
    require(by, "listing.lift")
    audit.take_turn()
    found = queries.prospect(_listed_by(standing, by))
    if found.to is None:
        raise Unfit(_("还不能摘：") + reasons.told(CLAUSE.join(found.missing)))
    known = standing.liftings.filter(approved_at=None, declined_at=None).first()
    if known:
        return known
    made = Lifting.objects.create(standing=standing, to=found.to, proposed_by=by.username, proposed_at=now)
    audit.record(
        "review.lifting_proposed", on=made, by=by.username, at=now, town=standing.town_id, month=standing.listing.month, colour=made.to
    )  # fmt: skip
    return made


@operation
def approve_lifting(*, lifting: Lifting, by: Account, now: datetime) -> Lifting:
    """The second signature, by another person, while what the rules ask for still holds."""
    one = _open_lifting(lifting, by)
    if one.proposed_by == by.username:
        raise Unfit(_("提出摘牌的人不能自己批准"))
    found = queries.prospect(_listed_by(one.standing, by))
    if found.to is None or queries.COLOURS.index(found.to) > queries.COLOURS.index(one.to):
        raise Unfit(_("提出以后情况变了，还差：") + reasons.told(CLAUSE.join(found.missing)))
    one.approved_by, one.approved_at = by.username, now
    one.save(update_fields=["approved_by", "approved_at"])
    audit.record(
        "review.lifted", on=one, by=by.username, at=now, town=one.standing.town_id, month=one.standing.listing.month, colour=one.to
    )  # fmt: skip
    return one


@operation
def decline_lifting(*, lifting: Lifting, by: Account, now: datetime) -> Lifting:
    """Turn a proposal down, or take one's own back. The town stays listed; it may be proposed again."""
    one = _open_lifting(lifting, by)
    one.declined_by, one.declined_at = by.username, now
    one.save(update_fields=["declined_by", "declined_at"])
    audit.record(
        "review.lifting_declined", on=one, by=by.username, at=now, town=one.standing.town_id, month=one.standing.listing.month, colour=one.to
    )  # fmt: skip
    return one


def _open_lifting(lifting: Lifting, by: Account) -> Lifting:
    require(by, "listing.lift")
    audit.take_turn()
    one = Lifting.objects.select_related("standing__listing").get(pk=lifting.pk)
    if one.approved_at or one.declined_at:
        raise Unfit(_("没有待批的摘牌，可能已经有人办了"))
    return one


def _listed_by(standing: Standing, by: Account) -> queries.Listed:
    """The town is listed now, and by this list."""
    found = queries.listed_town(standing.town_id, viewer=by)
    if found is None:
        raise Unfit(_("已经摘牌"))
    if found.standing != standing:
        raise Unfit(_("情况变了：现在以 %(month)s 的挂牌为准") % {"month": found.standing.listing})
    return found


def _held(obligation: Obligation, by: Account, action: str) -> Obligation:
    """As it stands, with the turn to write; what the viewer doesn't see isn't theirs to do."""
    audit.take_turn()
    one = queries.obligation(str(obligation.pk), viewer=by)
    if one is None:
        raise NotAllowed(action)
    return one


@operation
def remark(*, on: Town | Unit, month: date, text: str, by: Account, now: datetime) -> Remark:
    """Say something about the month of a town or a member unit; who doesn't see it can't."""
    action = "listing.answer" if isinstance(on, Town) else "unit.answer"
    require(by, action)
    seen = queries.situation.visible_towns(by) if isinstance(on, Town) else queries.reviewed(viewer=by)
    if on not in seen:
        raise NotAllowed(action)
    said = written(text, _("回复"))
    audit.take_turn()
    made = Remark.objects.create(
        town=on if isinstance(on, Town) else None,
        unit=on if isinstance(on, Unit) else None,
        month=month,
        text=said,
        by=by.username,
        at=now,
    )
    facts: dict[str, Any] = {"month": month} | ({"unit": on.code} if isinstance(on, Unit) else {})
    town = on.code if isinstance(on, Town) else on.town_id or ""
    audit.record("review.remarked", on=made, by=by.username, at=now, town=town, **facts)
    return made
