"""What leaves through the API: masked, money as strings, times with their offset."""

import base64
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _
from ninja import Schema

from jinzhong import clock, flow
from jinzhong.dispatch import queries as orders
from jinzhong.intake.sources.base import Refused
from jinzhong.vault import queries as vault

PAGE = 50


class Raised(Schema):
    alert: str
    warning: str
    grade: str
    order: str | None


class PersonOut(Schema):
    name: str
    phone: str


class OrderBrief(Schema):
    id: str
    state: str
    escalations: int


class WarningOut(Schema):
    warning: str
    number: str
    grade: str
    state: str
    town: str | None
    person: PersonOut | None
    amount: str | None
    alerts: int
    opened_at: str
    order: OrderBrief | None


class WarningPage(Schema):
    items: list[WarningOut]
    total: int
    next: str | None


class Officer(Schema):
    username: str
    part: str
    signed_at: str | None


class OrderOut(Schema):
    id: str
    number: str
    warning: str
    state: str
    grade: str
    escalations: int
    sent_at: str
    sign_by: str | None
    meet_by: str | None
    feedback_by: str | None
    signed_at: str | None
    departed_at: str | None
    arrived_at: str | None
    closed_at: str | None
    officers: list[Officer]
    outcome: str | None
    amount_protected: str | None
    evidence: str | None


def raised(found: flow.Raised) -> dict[str, Any]:
    return {
        "alert": str(found.alert.pk),
        "warning": str(found.warning.pk),
        "grade": found.warning.grade,
        "order": str(found.order.pk) if found.order else None,
    }


def warnings(found: list[Any]) -> list[dict[str, Any]]:
    """Warnings with their persons masked, always: plain data is shown on the desk's page, with a purpose, not here."""
    prefetch_related_objects(found, "sources")
    people = vault.shown_many([one.person for one in found if one.person])
    newest = orders.newest_orders(found)
    return [_warning(one, people.get(one.person_id), newest.get(one.pk)) for one in found]


def _warning(one: Any, person: vault.Shown | None, order: Any) -> dict[str, Any]:
    return {
        "warning": str(one.pk),
        "number": one.number,
        "grade": one.grade,
        "state": one.state,
        "town": one.town_id,
        "person": {"name": person.name, "phone": person.phone} if person else None,
        "amount": money(one.amount),
        "alerts": len(one.sources.all()),
        "opened_at": time(one.opened_at),
        "order": {"id": str(order.pk), "state": order.state, "escalations": order.escalations}
        if order
        else None,
    }


def order(found: Any) -> dict[str, Any]:
    times = (
        "sent_at",
        "sign_by",
        "meet_by",
        "feedback_by",
        "signed_at",
        "departed_at",
        "arrived_at",
        "closed_at",
    )
    return {
        "id": str(found.pk),
        "number": found.number,
        "warning": str(found.warning_id),
        "state": found.state,
        "grade": found.grade,
        "escalations": found.escalations,
        **{name: time(getattr(found, name)) for name in times},
        "officers": [
            {"username": one.account.username, "part": one.part, "signed_at": time(one.signed_at)}
            for one in found.assignments.select_related("account")
            if one.released_at is None
        ],
        "outcome": found.outcome or None,
        "amount_protected": money(found.amount_protected),
        "evidence": found.evidence or None,
    }


def page(found: QuerySet[Any], *, cursor: str) -> dict[str, Any]:
    """One page, newest first; ``next`` is null on the last."""
    total = found.count()
    rows = list(_after(found.order_by("-opened_at", "-id"), cursor)[: PAGE + 1])
    more = _cursor(rows[PAGE - 1]) if len(rows) > PAGE else None
    return {"items": warnings(rows[:PAGE]), "total": total, "next": more}


def _cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(f"{row.opened_at.isoformat()} {row.pk}".encode()).decode()


def _after(found: QuerySet[Any], cursor: str) -> QuerySet[Any]:
    """Behind the cursor. Raises Refused for one that isn't ours: beginning again would never end."""
    if not cursor:
        return found
    try:
        moment, pk = base64.urlsafe_b64decode(cursor.encode()).decode("ascii").split(" ")
        opened, last = datetime.fromisoformat(moment).astimezone(UTC), UUID(pk)
    except (ValueError, OverflowError) as problem:
        raise Refused([("cursor", _("请用上一页给出的 next"))]) from problem
    return found.filter(Q(opened_at__lt=opened) | Q(opened_at=opened, pk__lt=last))


def time(moment: datetime | None) -> str | None:
    return moment.astimezone(clock.ZONE).isoformat() if moment else None


def money(amount: Decimal | None) -> str | None:
    return None if amount is None else f"{amount:.2f}"
