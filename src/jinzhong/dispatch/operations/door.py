"""An officer's steps to the door, and what was found there.

Allowed moves of an order::

    waiting ─ sign → signed ─ depart → on_the_way ─ arrive → at_the_door ─ close → closed
       └────────── any later step may come first: a phone without network sends them late ──────────┘
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.dispatch import queries
from jinzhong.dispatch.models import Evidence, Order, OrderStep, Outcome, State
from jinzhong.dispatch.operations.asking import end, write_step
from jinzhong.dispatch.operations.faults import AlreadyClosed, NotTheirOrder, WrongClosing
from jinzhong.district.models import Account
from jinzhong.operation import operation
from jinzhong.warning import operations as warnings

REACHES = {
    "signed": State.SIGNED,
    "departed": State.ON_THE_WAY,
    "arrived": State.AT_THE_DOOR,
    "closed": State.CLOSED,
}
PROGRESS = [State.WAITING, State.SIGNED, State.ON_THE_WAY, State.AT_THE_DOOR, State.CLOSED]
STAYS_OPEN = {Outcome.REFUSED, Outcome.NOT_FOUND}
"""After these the person is still in danger: the warning stays on the desk."""


@operation
def sign(*, order: Order, by: Account, happened_at: datetime, now: datetime) -> Order:
    """The officer takes the order."""
    order = _taken(order, by, happened_at)
    if _advance(order, OrderStep.Step.SIGNED, by=by, happened_at=happened_at, now=now, due_at=order.sign_by):
        agenda.settle(on_id=order.pk, kinds=["order.sign"], done_at=happened_at, at=now)
    return order


@operation
def depart(*, order: Order, by: Account, happened_at: datetime, now: datetime) -> Order:
    """On the way."""
    order = _taken(order, by, happened_at)
    if _advance(order, OrderStep.Step.DEPARTED, by=by, happened_at=happened_at, now=now):
        agenda.settle(on_id=order.pk, kinds=["order.sign"], done_at=happened_at, at=now)
    return order


@operation
def arrive(*, order: Order, by: Account, happened_at: datetime, now: datetime) -> Order:
    """At the door. Target and actual are both kept; late is actual after target."""
    order = _taken(order, by, happened_at)
    if _advance(order, OrderStep.Step.ARRIVED, by=by, happened_at=happened_at, now=now, due_at=order.meet_by):
        agenda.settle(on_id=order.pk, kinds=["order.sign", "order.meet"], done_at=happened_at, at=now)
    return order


@operation
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
    _check_report(outcome, amount_protected, evidence)
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
    end(order)
    agenda.drop(on_id=order.pk, kinds=["order.sign", "order.meet"], at=now)
    agenda.settle(on_id=order.pk, kinds=["order.feedback"], done_at=happened_at, at=now)
    if outcome not in STAYS_OPEN:
        warnings.close(warning=order.warning, by=by.username, now=now, outcome=outcome)
    return order


def _held(order: Order, by: Account, *, even_closed: bool = False) -> Order:
    """The order as it stands, with the turn to write; only for those asked to go and for the office."""
    audit.take_turn()
    order = Order.objects.select_related("warning").get(pk=order.pk)
    if not queries.may_act(order, by):
        raise NotTheirOrder(order.number)
    if order.state == State.CLOSED and not even_closed:
        raise AlreadyClosed(order)
    return order


def _taken(order: Order, by: Account, happened_at: datetime) -> Order:
    """``_held``, and that this officer has taken it: by whichever step came first, also where a colleague's moved the order."""
    order = _held(order, by)
    order.assignments.filter(account=by, signed_at=None).update(signed_at=max(happened_at, order.sent_at))
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
    """Move the order on; a step it has behind it changes nothing. False: nothing changed.

    Nothing happened before the order was sent: a phone that says so has a clock that is behind.
    """
    happened_at = max(happened_at, order.sent_at)
    reached = REACHES[step]
    if PROGRESS.index(reached) <= PROGRESS.index(State(order.state)):
        return False
    moment = f"{step}_at"
    setattr(order, moment, happened_at)
    order.state = reached
    order.save()
    facts = {name: str(value) for name, value in facts.items() if value not in (None, "")}
    write_step(order, step, happened_at=happened_at, now=now, by=by.username, due_at=due_at, facts=facts)
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


def _check_report(outcome: str, amount: Decimal | None, evidence: str) -> None:
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
