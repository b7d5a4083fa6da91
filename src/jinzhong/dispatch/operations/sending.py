"""Sending officers: who goes, until when; hurrying them, sending another, following a person who is known under two warnings."""

import secrets
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.dispatch import queries
from jinzhong.dispatch.models import Assignment, Order, OrderStep, Outcome, State
from jinzhong.dispatch.operations.asking import ask, ask_chief, end, ring, write_step
from jinzhong.dispatch.operations.faults import AlreadyClosed
from jinzhong.district.models import Account
from jinzhong.ids import new_id
from jinzhong.operation import operation
from jinzhong.statements import insert
from jinzhong.warning import operations as warnings
from jinzhong.warning import queries as warning_queries
from jinzhong.warning.models import Warning
from jinzhong_engine.ladders import person_warning as ladder

OFFICERS_AT_A_DOOR = 2
GRADES = list(ladder.GRADES)
DEADLINES = {"sign_by": "order.sign", "meet_by": "order.meet", "feedback_by": "order.feedback"}
ORDER_DEADLINES = tuple(DEADLINES.values())
CALL = "warning.call"
"""By when the next try to phone the person must have been made; its steps are the tries."""
WORDS = ("石榴", "青松", "海棠", "白鹭", "桂花", "春笋", "银杏", "江帆")


@operation
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
        return _hurry(known, warning, by=by, now=now)
    if not warning_queries.is_open(warning):
        raise warnings.NotOpen(warning.number)
    agenda.drop(on_id=warning.pk, kinds=[CALL], at=now)
    return send_first(warning=warning, by=by, now=now, officers=officers, order_id=order_id)


@operation
def send_first(
    *,
    warning: Warning,
    by: str,
    now: datetime,
    officers: Sequence[Account] = (),
    order_id: UUID | None = None,
) -> Order:
    """Send officers about an open warning of which nobody has been told yet: none is under way, no call is due."""
    audit.take_turn()
    goes = list(officers) or [
        one.account for one in queries.suggestions(warning, now=now)[:OFFICERS_AT_A_DOOR]
    ]
    order = _write_order(warning, goes, by=by, now=now, order_id=order_id or new_id())
    first, together = Assignment.Part.FIRST, Assignment.Part.TOGETHER
    ask(order, {one: together if place else first for place, one in enumerate(goes)}, now=now)
    if not goes:
        ask_chief(order, now=now)
    return order


def _write_order(warning: Warning, goes: list[Account], *, by: str, now: datetime, order_id: UUID) -> Order:
    due = _targets(warning, now=now)
    station = next((officer.unit for officer in goes if officer.unit), None)
    order = Order(
        id=order_id,
        number=queries.next_number(now),
        warning=warning,
        grade=warning.grade,
        station=station,
        sent_at=now,
        password=_password(),
        **due,
    )
    insert(order)
    write_step(
        order,
        OrderStep.Step.SENT,
        happened_at=now,
        now=now,
        by=by,
        facts={"officers": [str(one.pk) for one in goes]},
    )
    wanted = {DEADLINES[name]: moment for name, moment in due.items() if moment}
    agenda.watch(on_id=order.pk, due=wanted, at=now)
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


def _targets(warning: Warning, *, now: datetime) -> dict[str, datetime | None]:
    """Until when officers sent now must have signed, met and reported; None: not demanded."""
    targets = ladder.targets(warning.grade, rural=warning.area == "rural")
    spans = {"sign_by": targets.sign, "meet_by": targets.meet, "feedback_by": targets.feedback}
    return {name: now + span if span else None for name, span in spans.items()}


def _hurry(order: Order, warning: Warning, *, by: str, now: datetime) -> Order:
    """The warning has become graver while officers are under way: their clock runs as if they were sent now."""
    if GRADES.index(warning.grade) <= GRADES.index(order.grade):
        return order
    order.grade = warning.grade
    for name, moment in _targets(warning, now=now).items():
        before = getattr(order, name)
        if moment and (before is None or moment < before):
            setattr(order, name, moment)
            agenda.watch(on_id=order.pk, due={DEADLINES[name]: moment}, at=now)
            agenda.bring_forward(DEADLINES[name], on_id=order.pk, due_at=moment)
    order.save()
    ring(order, order.assignments.filter(released_at=None).values_list("account", flat=True), now=now)
    audit.record(
        "dispatch.hurried",
        on=order,
        by=by,
        at=now,
        town=warning.town_id or "",
        warning=warning.pk,
        grade=order.grade,
    )
    return order


@operation
def reassign(*, order: Order, to: Account, by: Account, now: datetime) -> Order:
    """Another officer goes; those who haven't signed are released."""
    audit.take_turn()
    order = Order.objects.select_related("warning").get(pk=order.pk)
    if order.state == State.CLOSED:
        raise AlreadyClosed(order)
    order.assignments.filter(signed_at=None, released_at=None).exclude(account=to).update(released_at=now)
    ask(order, {to: Assignment.Part.NEXT}, now=now)
    write_step(
        order, OrderStep.Step.REASSIGNED, happened_at=now, now=now, by=by.username, facts={"to": str(to.pk)}
    )
    audit.record(
        "dispatch.reassigned", on=order, by=by.username, at=now, town=order.warning.town_id or "", to=to.pk
    )
    return order


@operation
def follow(*, absorbed: Warning, kept: Warning, by: str, now: datetime) -> None:
    """Two warnings became one: the officers under way go on for the kept one; if it has its own, theirs is a duplicate."""
    order = queries.open_order(absorbed)
    if order is None:
        return
    if queries.open_order(kept) is None:
        order.warning = kept
        order.save(update_fields=["warning"])
        audit.record("dispatch.moved", on=order, by=by, at=now, town=kept.town_id or "", warning=kept.pk)
        return
    order.state, order.outcome, order.closed_at = State.CLOSED, Outcome.DUPLICATE, now
    order.save(update_fields=["state", "outcome", "closed_at"])
    end(order)
    write_step(
        order, OrderStep.Step.CLOSED, happened_at=now, now=now, by=by, facts={"outcome": Outcome.DUPLICATE}
    )
    agenda.drop(on_id=order.pk, kinds=[*ORDER_DEADLINES], at=now)
    audit.record(
        "dispatch.closed", on=order, by=by, at=now, town=kept.town_id or "", outcome=Outcome.DUPLICATE
    )


def _password() -> str:
    """Words the officer says at the door, so that the resident can check them with the hotline."""
    return f"{secrets.choice(WORDS)} {secrets.randbelow(90) + 10}"
