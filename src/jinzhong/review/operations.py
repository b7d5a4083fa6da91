"""Publishing the list of a month, following what is owed, lifting by two people; issuing papers, answering and reviewing them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.district.models import Account, Role, Town, Unit
from jinzhong.district.permissions import NotAllowed, require
from jinzhong.operation import operation
from jinzhong.review import queries
from jinzhong.review.models import Lifting, Listing, Obligation, Paper, PaperStep, Remark, SentBack, Standing
from jinzhong.review.queries import Ground
from jinzhong_engine.ladders import town_listing as ladder

LATE = "review.obligation"
"""The deadline of an obligation."""
LONGEST = 1000


class Unfit(Exception):
    """It can't be done like this; the message says why, in the user's words."""


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
    runs_from = max(_today(now), ladder.publication(month, found.rules))
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
    said = _said(why, _("为什么退回"))
    _check_day(due_on, now)
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
def overdue(*, obligation_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """The day has passed: it is told once, and the next list counts it against the town."""
    audit.take_turn()
    one = Obligation.objects.select_related("standing").get(pk=obligation_id)
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
        raise Unfit(_("还不能摘：") + "、".join(found.missing))
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
        raise Unfit(_("提出以后情况变了，还差：") + "、".join(found.missing))
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
def remark(*, town: Town, month: date, text: str, by: Account, now: datetime) -> Remark:
    """Say something about a town's month; who doesn't see the town can't."""
    require(by, "listing.answer")
    if town not in queries.situation.visible_towns(by):
        raise NotAllowed("listing.answer")
    said = _said(text, _("回复"))
    audit.take_turn()
    made = Remark.objects.create(town=town, month=month, text=said, by=by.username, at=now)
    audit.record("review.remarked", on=made, by=by.username, at=now, town=town.code, month=month)
    return made


# -- inspection ------------------------------------------------------------------------------------------

NEAR, REPLY = "paper.near", "paper.reply"
"""The deadlines of a paper: four fifths of its time are gone, all of it is."""
PAPER_DEADLINES = (NEAR, REPLY)
NEAR_SHARE = 0.8
LATEST = timedelta(days=366)


SITE = "site"
"""The ground that is no record: what an inspector saw at the place, in their words."""


@operation
def issue_paper(
    *, kind: str, receiver: Unit, basis: Sequence[Ground], facts: str, demand: str, due_on: date, by: Account, now: datetime
) -> Paper:  # fmt: skip
    """Send a unit a numbered paper; its deadline begins to run. What the records say is taken from them, never typed."""
    require(by, "paper.issue")
    if kind not in Paper.Kind.values:
        raise Unfit(_("选一种文书"))
    _check_day(due_on, now)
    rests_on = [one for one in basis if one.kind != SITE or one.words.strip()]
    if not rests_on:
        raise Unfit(_("至少选一条依据"))
    recorded = [one for one in rests_on if one.kind != SITE]
    if recorded and not set(recorded) <= set(queries.grounds(receiver, viewer=by, now=now)):
        raise Unfit(_("依据已经变了，重新选"))
    facts, demand = _said(facts, _("事实")), _said(demand, _("要求"))
    audit.take_turn()
    year = _today(now).year
    newest = Paper.objects.filter(year=year).order_by("-sequence").first()
    made = Paper.objects.create(
        year=year, sequence=newest.sequence + 1 if newest else 1, kind=kind, receiver=receiver, basis=[[one.kind, one.key, _short(one.words)] for one in rests_on],
        facts=facts, demand=demand, due_on=due_on, issued_by=by.username, issued_at=now,
    )  # fmt: skip
    _watch(made, step=0, now=now)
    _record("review.paper_issued", made, by=by.username, at=now, paper_kind=kind, due=due_on)
    return made


@operation
def answer_paper(*, paper: Paper, text: str, evidence: str, by: Account, now: datetime) -> PaperStep:
    """The unit says what it did and what shows it. The office may note down what came on paper."""
    require(by, "paper.answer")
    one = _held_paper(paper, by)
    if one.closed_at:
        raise Unfit(_("已经复核通过，不再回复"))
    made = _step(one, PaperStep.Kind.REPLY, _said(text, _("回复")), by=by, now=now, evidence=_short(evidence))
    agenda.settle(on_id=one.pk, kinds=[*PAPER_DEADLINES], done_at=now, at=now)
    _record("review.paper_answered", one, by=by.username, at=now)
    return made


@operation
def ask_extension(*, paper: Paper, until: date, text: str, by: Account, now: datetime) -> PaperStep:
    """Ask for more time: once, and before the time is over."""
    require(by, "paper.answer")
    one = _held_paper(paper, by)
    if queries.state(one) != "waiting" or queries.is_overdue(one, _today(now)):
        raise Unfit(_("期限已过或已经回复，不能再申请延期"))
    if queries.was_extended(one) or queries.asked_extension(one):
        raise Unfit(_("延期只能申请一次"))
    _check_day(until, now)
    if until <= one.due_on:
        raise Unfit(_("延期要晚于原期限 %(day)s") % {"day": one.due_on})
    made = _step(one, PaperStep.Kind.ASKED, _said(text, _("理由")), by=by, now=now, due_on=until)
    _record("review.extension_asked", one, by=by.username, at=now, due=until)
    return made


@operation
def answer_extension(*, paper: Paper, granted: bool, text: str, by: Account, now: datetime) -> PaperStep:
    """Give the time that was asked for, or don't; somebody other than who asked."""
    require(by, "paper.review")
    one = _held_paper(paper, by)
    asked = queries.asked_extension(one)
    if asked is None:
        raise Unfit(_("没有待批的延期申请"))
    if asked.by == by.username:
        raise Unfit(_("申请延期的人不能自己批"))
    kind = PaperStep.Kind.EXTENDED if granted else PaperStep.Kind.DECLINED
    made = _step(one, kind, _short(text), by=by, now=now, due_on=asked.due_on if granted else None)
    if granted and asked.due_on:
        one.due_on = asked.due_on
        one.save(update_fields=["due_on"])
        if queries.state(one) == "waiting":
            agenda.drop(on_id=one.pk, kinds=[*PAPER_DEADLINES], at=now)
            _watch(one, step=one.steps.count(), now=now)
    _record("review.extension_answered", one, by=by.username, at=now, granted=granted)
    return made


@operation
def close_paper(*, paper: Paper, text: str, by: Account, now: datetime) -> PaperStep:
    """The review finds it done. Neither who issued it nor who answered may review it."""
    one = _to_review(paper, by)
    made = _step(one, PaperStep.Kind.CLOSED, _said(text, _("复核意见")), by=by, now=now)
    one.closed_at = now
    one.save(update_fields=["closed_at"])
    _record("review.paper_closed", one, by=by.username, at=now)
    return made


@operation
def reopen_paper(*, paper: Paper, text: str, due_on: date, by: Account, now: datetime) -> PaperStep:
    """The review finds it not done: it is open again with a new day, and from now on counts double."""
    one = _to_review(paper, by)
    _check_day(due_on, now)
    made = _step(one, PaperStep.Kind.REOPENED, _said(text, _("复核意见")), by=by, now=now, due_on=due_on)
    one.reopened, one.due_on = one.reopened + 1, due_on
    one.save(update_fields=["reopened", "due_on"])
    _watch(one, step=one.steps.count(), now=now)
    _record("review.paper_reopened", one, by=by.username, at=now, due=due_on)
    return made


@operation
def paper_passed(*, paper_id: UUID, kind: str, step: int, due_at: datetime, now: datetime) -> None:
    """Time has passed without an answer: near the end it reminds, at the end it is overdue. Each is told once."""
    audit.take_turn()
    if agenda.settle_one(kind=kind, on_id=paper_id, step=step, outcome="missed", at=now):
        told = "review.paper_nearing" if kind == NEAR else "review.paper_overdue"
        one = Paper.objects.select_related("receiver").get(pk=paper_id)
        _record(told, one, by="clock", at=now, happened_at=due_at)


def _watch(one: Paper, *, step: int, now: datetime) -> None:
    """Both deadlines of the time from now to the end of the day it is due."""
    end = clock.midnight(one.due_on + timedelta(days=1))
    agenda.watch(on_id=one.pk, due={NEAR: now + (end - now) * NEAR_SHARE, REPLY: end}, at=now, step=step)


def _to_review(paper: Paper, by: Account) -> Paper:
    require(by, "paper.review")
    one = _held_paper(paper, by)
    reply = queries.last_reply(one)
    if queries.state(one) != "answered" or reply is None:
        raise Unfit(_("还没有回复，不能复核"))
    if by.username in (one.issued_by, reply.by):
        raise Unfit(_("发文的人和回复的人不能复核，请换一个人"))
    return one


def _held_paper(paper: Paper, by: Account) -> Paper:
    """As it stands, with the turn to write; of what the viewer doesn't see there is none."""
    audit.take_turn()
    return queries.papers(viewer=by).get(pk=paper.pk)


def _step(
    one: Paper, kind: str, text: str, *, by: Account, now: datetime, evidence: str = "", due_on: date | None = None
) -> PaperStep:  # fmt: skip
    return PaperStep.objects.create(
        paper=one, kind=kind, text=text, evidence=evidence, due_on=due_on, by=by.username, at=now
    )


def _record(kind: str, one: Paper, *, by: str, at: datetime, **facts: Any) -> None:
    audit.record(
        kind, on=one, by=by, at=at, town=one.receiver.town_id or "", number=f"{one.year}-{one.sequence}", unit=one.receiver.code, **facts
    )  # fmt: skip


def _said(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise Unfit(_("写清%(what)s") % {"what": what})
    return _short(said)


def _short(text: str) -> str:
    if len(text.strip()) > LONGEST:
        raise Unfit(_("超过 %(n)s 字，写短一些") % {"n": LONGEST})
    return text.strip()


def _check_day(day: date, now: datetime) -> None:
    if not _today(now) < day <= _today(now) + LATEST:
        raise Unfit(_("期限要在今天以后、一年以内"))


def _today(now: datetime) -> date:
    return now.astimezone(clock.ZONE).date()
