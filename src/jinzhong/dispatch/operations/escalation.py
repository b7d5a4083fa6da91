"""A deadline of an order passed: somebody else is asked, and it is told."""

from datetime import datetime, timedelta
from uuid import UUID

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.dispatch import queries
from jinzhong.dispatch.models import Assignment, Order, OrderStep, State
from jinzhong.dispatch.operations.asking import ask, ask_chief, write_step
from jinzhong.operation import operation

LEADER_AFTER = timedelta(minutes=2)
"""An order the next person leaves unsigned too goes to the duty chief: three minutes after sending, as in Qianwan."""


@operation
def missed(*, on_id: UUID, kind: str, step: int, due_at: datetime, now: datetime) -> Order:
    """A deadline of an order passed. Unsigned: the next person is asked, then the duty chief. Else: it is told."""
    audit.take_turn()
    order = Order.objects.select_related("warning").get(pk=on_id)
    if (
        not agenda.settle_one(kind=kind, on_id=on_id, step=step, outcome="missed", at=now)
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
        ask(order, {fresh[0]: Assignment.Part.NEXT}, now=now)
        agenda.watch(on_id=order.pk, due={"order.sign": now + LEADER_AFTER}, at=now, step=1)
    else:
        ask_chief(order, now=now)
    order.escalations += 1
    order.save(update_fields=["escalations"])
    write_step(order, OrderStep.Step.ESCALATED, happened_at=due_at, now=now, by="clock", facts={"step": step})
    audit.record(
        "dispatch.escalated",
        on=order,
        by="clock",
        at=now,
        happened_at=due_at,
        town=order.warning.town_id or "",
        step=step,
    )
