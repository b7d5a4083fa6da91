"""督导: issuing papers, answering and reviewing them."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.district.models import Account, Unit
from jinzhong.district.permissions import require
from jinzhong.operation import operation
from jinzhong.review import inspection
from jinzhong.review.inspection import Ground
from jinzhong.review.models import Paper, PaperStep
from jinzhong.review.operations.words import Unfit, check_day, short, today, written

NEAR, REPLY = "paper.near", "paper.reply"
"""The deadlines of a paper: four fifths of its time are gone, all of it is."""
PAPER_DEADLINES = (NEAR, REPLY)
NEAR_SHARE = 0.8
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
    check_day(due_on, now)
    rests_on = [one for one in basis if one.kind != SITE or one.words.strip()]
    if not rests_on:
        raise Unfit(_("至少选一条依据"))
    recorded = [one for one in rests_on if one.kind != SITE]
    if recorded and not set(recorded) <= set(inspection.written_grounds(receiver, viewer=by, now=now)):
        raise Unfit(_("依据已经变了，重新选"))
    facts, demand = written(facts, _("事实")), written(demand, _("要求"))
    audit.take_turn()
    year = today(now).year
    newest = Paper.objects.filter(year=year).order_by("-sequence").first()
    made = Paper.objects.create(
        year=year, sequence=newest.sequence + 1 if newest else 1, kind=kind, receiver=receiver, basis=[[one.kind, one.key, short(one.words)] for one in rests_on],
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
    made = _step(
        one, PaperStep.Kind.REPLY, written(text, _("回复")), by=by, now=now, evidence=short(evidence)
    )
    agenda.settle(on_id=one.pk, kinds=[*PAPER_DEADLINES], done_at=now, at=now)
    _record("review.paper_answered", one, by=by.username, at=now)
    return made


@operation
def ask_extension(*, paper: Paper, until: date, text: str, by: Account, now: datetime) -> PaperStep:
    """Ask for more time: once, and before the time is over."""
    require(by, "paper.answer")
    one = _held_paper(paper, by)
    if inspection.state(one) != "waiting" or inspection.is_overdue(one, today(now)):
        raise Unfit(_("期限已过或已经回复，不能再申请延期"))
    if inspection.was_extended(one) or inspection.asked_extension(one):
        raise Unfit(_("延期只能申请一次"))
    check_day(until, now)
    if until <= one.due_on:
        raise Unfit(_("延期要晚于原期限 %(day)s") % {"day": one.due_on})
    made = _step(one, PaperStep.Kind.ASKED, written(text, _("理由")), by=by, now=now, due_on=until)
    _record("review.extension_asked", one, by=by.username, at=now, due=until)
    return made


@operation
def answer_extension(*, paper: Paper, granted: bool, text: str, by: Account, now: datetime) -> PaperStep:
    """Give the time that was asked for, or don't; somebody other than who asked."""
    require(by, "paper.review")
    one = _held_paper(paper, by)
    asked = inspection.asked_extension(one)
    if asked is None:
        raise Unfit(_("没有待批的延期申请"))
    if asked.by == by.username:
        raise Unfit(_("申请延期的人不能自己批"))
    kind = PaperStep.Kind.EXTENDED if granted else PaperStep.Kind.DECLINED
    made = _step(one, kind, short(text), by=by, now=now, due_on=asked.due_on if granted else None)
    if granted and asked.due_on:
        one.due_on = asked.due_on
        one.save(update_fields=["due_on"])
        if inspection.state(one) == "waiting":
            agenda.drop(on_id=one.pk, kinds=[*PAPER_DEADLINES], at=now)
            _watch(one, step=one.steps.count(), now=now)
    _record("review.extension_answered", one, by=by.username, at=now, granted=granted)
    return made


@operation
def close_paper(*, paper: Paper, text: str, by: Account, now: datetime) -> PaperStep:
    """The review finds it done. Neither who issued it nor who answered may review it."""
    one = _to_review(paper, by)
    made = _step(one, PaperStep.Kind.CLOSED, written(text, _("复核意见")), by=by, now=now)
    one.closed_at = now
    one.save(update_fields=["closed_at"])
    _record("review.paper_closed", one, by=by.username, at=now)
    return made


@operation
def reopen_paper(*, paper: Paper, text: str, due_on: date, by: Account, now: datetime) -> PaperStep:
    """The review finds it not done: it is open again with a new day, and from now on counts double."""
    one = _to_review(paper, by)
    check_day(due_on, now)
    made = _step(one, PaperStep.Kind.REOPENED, written(text, _("复核意见")), by=by, now=now, due_on=due_on)
    one.reopened, one.due_on = one.reopened + 1, due_on
    one.save(update_fields=["reopened", "due_on"])
    _watch(one, step=one.steps.count(), now=now)
    _record("review.paper_reopened", one, by=by.username, at=now, due=due_on)
    return made


@operation
def paper_passed(*, on_id: UUID, kind: str, step: int, due_at: datetime, now: datetime) -> None:
    """Time has passed without an answer: near the end it reminds, at the end it is overdue. Each is told once."""
    audit.take_turn()
    if agenda.settle_one(kind=kind, on_id=on_id, step=step, outcome="missed", at=now):
        told = "review.paper_nearing" if kind == NEAR else "review.paper_overdue"
        one = Paper.objects.select_related("receiver").get(pk=on_id)
        _record(told, one, by="clock", at=now, happened_at=due_at)


def _watch(one: Paper, *, step: int, now: datetime) -> None:
    """Both deadlines of the time from now to the end of the day it is due."""
    end = clock.midnight(one.due_on + timedelta(days=1))
    agenda.watch(on_id=one.pk, due={NEAR: now + (end - now) * NEAR_SHARE, REPLY: end}, at=now, step=step)


def _to_review(paper: Paper, by: Account) -> Paper:
    require(by, "paper.review")
    one = _held_paper(paper, by)
    reply = inspection.last_reply(one)
    if inspection.state(one) != "answered" or reply is None:
        raise Unfit(_("还没有回复，不能复核"))
    if by.username in (one.issued_by, reply.by):
        raise Unfit(_("发文的人和回复的人不能复核，请换一个人"))
    return one


def _held_paper(paper: Paper, by: Account) -> Paper:
    """As it stands, with the turn to write; of what the viewer doesn't see there is none."""
    audit.take_turn()
    return inspection.papers(viewer=by).get(pk=paper.pk)


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
