"""Sending officers, their steps to the door, what they found, and escalation when nobody answers.

Allowed moves of an order::

    waiting ─ sign → signed ─ depart → on_the_way ─ arrive → at_the_door ─ close → closed
       └────────── any later step may come first: a phone without network sends them late ──────────┘
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.dispatch import queries
from jinzhong.dispatch.models import Assignment, Evidence, Order, OrderStep, Outcome, State
from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.ids import new_id
from jinzhong.warning import operations as warnings
from jinzhong.warning.models import State as WarningState
from jinzhong.warning.models import Warning
from jinzhong_engine.ladders import person_warning as ladder

OFFICERS_AT_A_DOOR = 2
LEADER_AFTER = timedelta(minutes=2)
"""An order the next person leaves unsigned too goes to the duty chief: three minutes after sending, as in Qianwan."""
REACHES = {
    "signed": State.SIGNED,
    "departed": State.ON_THE_WAY,
    "arrived": State.AT_THE_DOOR,
    "closed": State.CLOSED,
}
PROGRESS = [State.WAITING, State.SIGNED, State.ON_THE_WAY, State.AT_THE_DOOR, State.CLOSED]
STAYS_OPEN = {Outcome.REFUSED, Outcome.NOT_FOUND}
"""After these the person is still in danger: the warning stays on the desk."""
WORDS = ("石榴", "青松", "海棠", "白鹭", "桂花", "春笋", "银杏", "江帆")


class NotTheirOrder(Exception):
    """Somebody who wasn't asked to go can't sign, arrive or close."""


class AlreadyClosed(Exception):
    """The order was closed before; ``order`` shows how."""

    def __init__(self, order: Order):
        super().__init__(order.number)
        self.order = order


class WrongClosing(Exception):
    """The outcome can't be taken; ``errors``: (field, message)."""

    def __init__(self, errors: list[tuple[str, str]]):
        super().__init__(str(errors))
        self.errors = errors


@transaction.atomic
def send(
    *,
    warning: Warning,
    by: str,
    now: datetime,
    officers: Sequence[Account] = (),
    order_id: UUID | None = None,
) -> Order:
    """Send officers to the door and start the clock. Sent twice, the order that is open stays the only one."""
    audit.take_turn()
    known = queries.open_order(warning)
    if known:
        return known
    if warning.state != WarningState.OPEN:
        raise warnings.NotOpen(warning.number)
    goes = list(officers) or [
        one.account for one in queries.suggestions(warning, now=now)[:OFFICERS_AT_A_DOOR]
    ]
    order = _write_order(warning, goes, by=by, now=now, order_id=order_id or new_id())
    for place, officer in enumerate(goes):
        _ask(order, officer, Assignment.Part.TOGETHER if place else Assignment.Part.FIRST, now=now)
    if not goes:
        _to_the_chief(order, now=now)
    return order


def _write_order(warning: Warning, goes: list[Account], *, by: str, now: datetime, order_id: UUID) -> Order:
    targets = ladder.targets(warning.grade, rural=warning.area == "rural")
    due = {
        name: now + span if span else None
        for name, span in (
            ("sign_by", targets.sign),
            ("meet_by", targets.meet),
            ("feedback_by", targets.feedback),
        )
    }
    station = next((officer.unit for officer in goes if officer.unit), None)
    order = Order.objects.create(
        id=order_id,
        number=queries.next_number(now),
        warning=warning,
        grade=warning.grade,
        station=station,
        sent_at=now,
        password=_password(),
        **due,
    )
    _step(
        order,
        OrderStep.Step.SENT,
        happened_at=now,
        now=now,
        by=by,
        facts={"officers": [str(one.pk) for one in goes]},
    )
    for kind, moment in (
        ("order.sign", order.sign_by),
        ("order.meet", order.meet_by),
        ("order.feedback", order.feedback_by),
    ):
        if moment:
            agenda.watch(kind, on_id=order.pk, due_at=moment, at=now)
    audit.record(
        "dispatch.sent",
        on=order,
        by=by,
        at=now,
        town=warning.town_id or "",
        warning=warning.pk,
        officers=[one.pk for one in goes],
    )
    return order


@transaction.atomic
def sign(*, order: Order, by: Account, happened_at: datetime, now: datetime) -> Order:
    """The officer takes the order. The one who was asked before and didn't sign is released."""
    order = _held(order, by)
    if not _advance(
        order, OrderStep.Step.SIGNED, by=by, happened_at=happened_at, now=now, due_at=order.sign_by
    ):
        return order
    order.assignments.filter(account=by).update(signed_at=happened_at)
    agenda.settle(on_id=order.pk, kinds=["order.sign"], outcome=_met(happened_at, order.sign_by), at=now)
    return order


@transaction.atomic
def depart(*, order: Order, by: Account, happened_at: datetime, now: datetime) -> Order:
    """On the way."""
    order = _held(order, by)
    if _advance(order, OrderStep.Step.DEPARTED, by=by, happened_at=happened_at, now=now):
        agenda.settle(on_id=order.pk, kinds=["order.sign"], outcome=_met(happened_at, order.sign_by), at=now)
    return order


@transaction.atomic
def arrive(*, order: Order, by: Account, happened_at: datetime, now: datetime) -> Order:
    """At the door. Target and actual are both kept; late is actual after target."""
    order = _held(order, by)
    if _advance(order, OrderStep.Step.ARRIVED, by=by, happened_at=happened_at, now=now, due_at=order.meet_by):
        agenda.settle(
            on_id=order.pk,
            kinds=["order.sign", "order.meet"],
            outcome=_met(happened_at, order.meet_by),
            at=now,
        )
    return order


@transaction.atomic
def close(
    *,
    order: Order,
    by: Account,
    happened_at: datetime,
    now: datetime,
    outcome: str,
    amount_protected: Decimal | None = None,
    evidence: str = "",
    met_by: Sequence[str] = (),
    checks: Sequence[str] = (),
    note: str = "",
) -> Order:
    """Say what happened. Money counts only with the evidence it rests on. The same report twice changes nothing."""
    order = _held(order, by, even_closed=True)
    report = {
        "outcome": outcome,
        "amount_protected": amount_protected,
        "evidence": evidence,
        "met_by": list(met_by),
        "checks": list(checks),
        "note": note,
    }
    if order.state == State.CLOSED:
        if all(getattr(order, name) == value for name, value in report.items()):
            return order
        raise AlreadyClosed(order)
    _check_report(order, outcome, amount_protected, evidence)
    for name, value in report.items():
        setattr(order, name, value)
    _advance(
        order,
        OrderStep.Step.CLOSED,
        by=by,
        happened_at=happened_at,
        now=now,
        due_at=order.feedback_by,
        outcome=outcome,
        amount=amount_protected,
        evidence=evidence,
    )
    agenda.settle(on_id=order.pk, kinds=["order.sign", "order.meet"], outcome="dropped", at=now)
    agenda.settle(
        on_id=order.pk, kinds=["order.feedback"], outcome=_met(happened_at, order.feedback_by), at=now
    )
    if outcome not in STAYS_OPEN:
        warnings.close(warning=order.warning, by=by.username, now=now, outcome=outcome)
    return order


@transaction.atomic
def reassign(*, order: Order, to: Account, by: Account, now: datetime) -> Order:
    """Another officer goes; those who haven't signed are released."""
    audit.take_turn()
    order = Order.objects.select_related("warning").get(pk=order.pk)
    if order.state == State.CLOSED:
        raise AlreadyClosed(order)
    order.assignments.filter(signed_at=None, released_at=None).exclude(account=to).update(released_at=now)
    _ask(order, to, Assignment.Part.NEXT, now=now)
    _step(
        order, OrderStep.Step.REASSIGNED, happened_at=now, now=now, by=by.username, facts={"to": str(to.pk)}
    )
    audit.record(
        "dispatch.reassigned", on=order, by=by.username, at=now, town=order.warning.town_id or "", to=to.pk
    )
    return order


@transaction.atomic
def missed(*, order_id: UUID, kind: str, step: int, due_at: datetime, now: datetime) -> Order:
    """A deadline of an order passed. Unsigned: the next person is asked, then the duty chief. Else: it is told."""
    audit.take_turn()
    order = Order.objects.select_related("warning").get(pk=order_id)
    if (
        not agenda.settle_one(kind=kind, on_id=order_id, step=step, outcome="missed", at=now)
        or order.state == State.CLOSED
    ):
        return order
    if kind == "order.sign" and order.state == State.WAITING:
        _escalate(order, step=step, due_at=due_at, now=now)
    else:
        audit.record(
            "dispatch.late",
            on=order,
            by="clock",
            at=now,
            happened_at=due_at,
            town=order.warning.town_id or "",
            deadline=kind,
        )
    return order


def _escalate(order: Order, *, step: int, due_at: datetime, now: datetime) -> None:
    asked = set(order.assignments.values_list("account_id", flat=True))
    fresh = [
        one.account for one in queries.suggestions(order.warning, now=now) if one.account.pk not in asked
    ]
    if step == 0 and fresh:
        _ask(order, fresh[0], Assignment.Part.NEXT, now=now)
        agenda.watch("order.sign", on_id=order.pk, due_at=now + LEADER_AFTER, at=now, step=1)
    else:
        _to_the_chief(order, now=now)
    order.escalations += 1
    order.save(update_fields=["escalations"])
    _step(order, OrderStep.Step.ESCALATED, happened_at=due_at, now=now, by="clock", facts={"step": step})
    audit.record(
        "dispatch.escalated",
        on=order,
        by="clock",
        at=now,
        happened_at=due_at,
        town=order.warning.town_id or "",
        step=step,
    )


def _to_the_chief(order: Order, *, now: datetime) -> None:
    chief = district.chief_at(now)
    if chief:
        _ask(order, chief, Assignment.Part.LEADER, now=now)


def _ask(order: Order, officer: Account, part: str, *, now: datetime) -> None:
    """Ask an officer to go; their phone rings once per order."""
    metres = queries.metres_to(officer, order.warning)
    Assignment.objects.update_or_create(
        order=order,
        account=officer,
        defaults={"part": part, "asked_at": now, "released_at": None, "metres": metres},
    )
    payload = {"order": str(order.pk), "account": str(officer.pk), "grade": order.grade}
    agenda.post("ring", key=f"ring:{order.pk}:{officer.pk}", payload=payload, at=now)


def _held(order: Order, by: Account, *, even_closed: bool = False) -> Order:
    """The order as it stands, with the turn to write; only for those asked to go and for the office."""
    audit.take_turn()
    order = Order.objects.select_related("warning").get(pk=order.pk)
    if not queries.may_act(order, by):
        raise NotTheirOrder(order.number)
    if order.state == State.CLOSED and not even_closed:
        raise AlreadyClosed(order)
    return order


def _advance(
    order: Order,
    step: str,
    *,
    by: Account,
    happened_at: datetime,
    now: datetime,
    due_at: datetime | None = None,
    **facts: Any,
) -> bool:
    """Move the order on; a step it has behind it changes nothing. False: nothing changed."""
    reached = REACHES[step]
    if PROGRESS.index(reached) <= PROGRESS.index(State(order.state)):
        return False
    moment = f"{step}_at"
    setattr(order, moment, happened_at)
    order.state = reached
    order.save()
    facts = {name: str(value) for name, value in facts.items() if value not in (None, "")}
    _step(order, step, happened_at=happened_at, now=now, by=by.username, due_at=due_at, facts=facts)
    audit.record(
        f"dispatch.{step}",
        on=order,
        by=by.username,
        at=now,
        happened_at=happened_at,
        town=order.warning.town_id or "",
        warning=order.warning_id,
        **facts,
    )
    return True


def _step(
    order: Order,
    step: str,
    *,
    happened_at: datetime,
    now: datetime,
    by: str,
    due_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    OrderStep.objects.create(
        order=order,
        step=step,
        happened_at=happened_at,
        recorded_at=now,
        by=by,
        due_at=due_at,
        facts=facts or {},
    )


def _check_report(order: Order, outcome: str, amount: Decimal | None, evidence: str) -> None:
    errors = []
    if outcome not in Outcome.values:
        errors.append(("outcome", queries.say("outcome")))
    if amount is not None and (not amount.is_finite() or amount < 0):
        errors.append(("amount_protected", queries.say("negative")))
    if amount and outcome != Outcome.DISSUADED:
        errors.append(("amount_protected", queries.say("only_dissuaded")))
    if evidence and evidence not in Evidence.values:
        errors.append(("evidence", queries.say("evidence")))
    if amount and not evidence:
        errors.append(("evidence", queries.say("evidence_missing")))
    if errors:
        raise WrongClosing(errors)


def _met(happened_at: datetime, due_at: datetime | None) -> str:
    return "missed" if due_at and happened_at > due_at else "met"


def _password() -> str:
    """Words the officer says at the door, so that the resident can check them with the hotline."""
    return f"{secrets.choice(WORDS)} {secrets.randbelow(90) + 10}"
