"""Orders as a viewer may see them; who is nearest and free."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from jinzhong.dispatch.models import Assignment, Order, State
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.warning import queries as warnings
from jinzhong.warning.models import Warning

METRES_PER_MINUTE = 400
"""Town traffic, 24 km/h: placeholder until measured on real arrivals."""


@dataclass(frozen=True)
class Suggestion:
    """An officer who could go: how far, and how busy."""

    account: Account
    metres: int | None
    open_orders: int

    @property
    def minutes(self) -> float | None:
        return None if self.metres is None else self.metres / METRES_PER_MINUTE


def orders(*, viewer: Account) -> QuerySet[Order]:
    """The orders of warnings a viewer may see, and those the viewer was asked to go to."""
    seen = Q(warning__in=warnings.warnings(viewer=viewer)) | Q(assignments__account=viewer)
    return (
        Order.objects.select_related("warning__person", "warning__outlet", "warning__town", "station")
        .filter(seen)
        .distinct()
    )


def order(pk: UUID, *, viewer: Account) -> Order | None:
    """One order, or None when there is none that the viewer may see."""
    return orders(viewer=viewer).filter(pk=pk).first()


def open_order(warning: Warning) -> Order | None:
    return Order.objects.filter(warning=warning).exclude(state=State.CLOSED).first()


def newest_orders(found: list[Warning]) -> dict[UUID, Order]:
    """The newest order of each warning, by warning id."""
    newest: dict[UUID, Order] = {}
    for one in (
        Order.objects.filter(warning__in=found)
        .select_related("station")
        .prefetch_related("assignments__account")
        .order_by("sent_at")
    ):
        newest[one.warning_id] = one
    return newest


def mine(account: Account) -> QuerySet[Order]:
    """What an officer has to do: orders they were asked to go to and not released from, open ones first."""
    asked = Assignment.objects.filter(account=account, released_at=None).values("order")
    return (
        Order.objects.select_related("warning__person", "warning__outlet", "warning__town")
        .filter(pk__in=asked)
        .order_by("closed_at", "-sent_at")
    )


def may_act(order: Order, account: Account) -> bool:
    """Those asked to go and not released, and the anti-fraud office."""
    if account.role == Role.ANTI_FRAUD_OFFICE:
        return True
    return Assignment.objects.filter(order=order, account=account, released_at=None).exists()


def suggestions(warning: Warning, *, now: datetime) -> list[Suggestion]:
    """Officers on patrol duty, free ones first, then nearest, then by staff number."""
    patrols = district.patrols_at(now)
    busy = _open_orders([one.pk for one in patrols])
    found = [Suggestion(one, metres_to(one, warning), busy.get(one.pk, 0)) for one in patrols]
    return sorted(
        found,
        key=lambda one: (
            one.open_orders,
            one.metres if one.metres is not None else 10**9,
            one.account.staff_no,
        ),
    )


def _open_orders(officers: list[UUID]) -> dict[UUID, int]:
    counts: dict[UUID, int] = {}
    asked = Assignment.objects.filter(account__in=officers, released_at=None).exclude(
        order__state=State.CLOSED
    )
    for officer in asked.values_list("account_id", flat=True):
        counts[officer] = counts.get(officer, 0) + 1
    return counts


def metres_to(officer: Account, warning: Warning) -> int | None:
    """From the officer's station to the outlet, else to the station in charge of the warning's town."""
    goal: Unit | None = warning.outlet or (district.station_for(warning.town_id) if warning.town_id else None)
    return district.metres_between(officer.unit, goal) if officer.unit and goal else None


def next_number(now: datetime) -> str:
    """The next number of the day, PD20210531-0012. Call it while holding the turn to write."""
    prefix = f"PD{now:%Y%m%d}-"
    newest = (
        Order.objects.filter(number__startswith=prefix)
        .order_by("-number")
        .values_list("number", flat=True)
        .first()
    )
    return f"{prefix}{int(newest.removeprefix(prefix)) + 1 if newest else 1:04d}"


def say(fault: str) -> str:
    """What is wrong with a closing report, in the officer's words."""
    return {
        "outcome": _("请选结果"),
        "negative": _("没转出去的钱不能是负数"),
        "only_dissuaded": _("只有已劝阻才填没转出去的钱"),
        "evidence": _("请选凭什么算数"),
        "evidence_missing": _("填了钱数,还要选凭什么算数"),
    }[fault]
