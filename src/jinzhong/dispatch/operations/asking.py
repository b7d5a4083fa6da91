"""Asking people to go, and the steps of an order as they are kept."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jinzhong.agenda import operations as agenda
from jinzhong.dispatch import queries
from jinzhong.dispatch.models import Assignment, Order, OrderStep
from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.statements import insert, keep_last


def ask(order: Order, parts: Mapping[Account, str], *, now: datetime) -> None:
    """Ask officers to go, each as what; one asked again is asked anew. A phone rings once per order and grade."""
    goal = queries.goal_of(order.warning)
    rows = [
        Assignment(
            order=order,
            account=officer,
            part=part,
            asked_at=now,
            metres=queries.metres_to(goal, officer),
        )
        for officer, part in parts.items()
    ]
    keep_last(rows, once=["order", "account"], renew=["part", "asked_at", "released_at", "metres"])
    ring(order, [officer.pk for officer in parts], now=now)


def end(order: Order) -> None:
    """Nobody is busy with it any more."""
    order.assignments.update(is_open=False)


def ask_chief(order: Order, *, now: datetime) -> None:
    chief = district.chief_at(now)
    if chief:
        ask(order, {chief: Assignment.Part.LEADER}, now=now)


def ring(order: Order, officers: Iterable[UUID], *, now: datetime) -> None:
    payloads = {
        f"ring:{order.pk}:{officer}:{order.grade}": {
            "order": str(order.pk),
            "account": str(officer),
            "grade": order.grade,
        }
        for officer in officers
    }
    agenda.post("ring", payloads, at=now)


def write_step(
    order: Order,
    step: str,
    *,
    happened_at: datetime,
    now: datetime,
    by: str,
    due_at: datetime | None = None,
    facts: dict[str, Any] | None = None,
) -> None:
    told = {"happened_at": happened_at, "recorded_at": now, "due_at": due_at}
    insert(OrderStep(order=order, step=step, by=by, facts=facts or {}, **told))
