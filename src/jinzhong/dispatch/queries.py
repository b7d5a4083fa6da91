"""Orders as a viewer may see them; who is nearest and free."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from jinzhong import ids
from jinzhong.dispatch.models import Assignment, Call, Evidence, Order, Outcome, State
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.statements import prepared
from jinzhong.warning import queries as warnings
from jinzhong.warning.models import Source, Warning
from jinzhong_engine.ladders import person_warning as ladder

METRES_PER_MINUTE = 400
"""Town traffic, 24 km/h: placeholder until measured on real arrivals."""
REACHED = {Call.Answer.PERSUADED, Call.Answer.DOUBTS}
BY_PHONE_FIRST = ("yellow", "blue")
"""Grades whose person is called before anybody goes."""
NEWEST = 500
BUSY = """
    SELECT account_id, count(*) FROM (
        SELECT account_id FROM dispatch_assignment WHERE is_open AND released_at IS NULL ORDER BY asked_at DESC LIMIT %s
    ) AS newest GROUP BY account_id
"""
"""Asked from the open ones, and never of more than the newest: orders that nobody closes would be counted again for each alert."""


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
    return next(iter(_open_orders(warning.pk)), None)


@prepared
def _open_orders(warning: UUID) -> QuerySet[Order]:
    return Order.objects.filter(warning=warning).exclude(state=State.CLOSED)


def newest_orders(found: list[Warning]) -> dict[UUID, Order]:
    """The newest order of each warning, by warning id."""
    newest: dict[UUID, Order] = {}
    for one in (
        Order.objects.filter(warning__in=found)
        .select_related("station")
        .prefetch_related("assignments__account")
        .order_by("sent_at", "pk")
    ):
        newest[one.warning_id] = one
    return newest


def mine(account: Account) -> QuerySet[Order]:
    """What an officer has to do: orders they were asked to go to and not released from, open ones first."""
    asked = Assignment.objects.filter(account=account, released_at=None).values("order")
    return (
        Order.objects.select_related("warning__person", "warning__outlet", "warning__town")
        .filter(pk__in=asked)
        .order_by(F("closed_at").asc(nulls_first=True), "-sent_at", "-pk")
    )


def outcomes() -> list[tuple[str, str]]:
    """(code, word) of what an order or a warning can end with."""
    return [(code, str(word)) for code, word in Outcome.choices]


def may_act(order: Order, account: Account) -> bool:
    """Those asked to go and not released, and the anti-fraud office."""
    if account.role == Role.ANTI_FRAUD_OFFICE:
        return True
    return Assignment.objects.filter(order=order, account=account, released_at=None).exists()


def concerns(order: Order, account: Account) -> bool:
    """Whoever was ever asked to go, and the anti-fraud office."""
    return account.role == Role.ANTI_FRAUD_OFFICE or order.assignments.filter(account=account).exists()


def suggestions(warning: Warning, *, now: datetime) -> list[Suggestion]:
    """Officers on patrol duty, free ones first, then nearest, then by staff number."""
    patrols = district.patrols_at(now)
    busy = busy_officers([one.pk for one in patrols])
    goal = goal_of(warning)
    found = [Suggestion(one, metres_to(goal, one), busy.get(one.pk, 0)) for one in patrols]
    return sorted(
        found,
        key=lambda one: (
            one.open_orders,
            one.metres if one.metres is not None else 10**9,
            one.account.staff_no,
        ),
    )


def busy_officers(officers: list[UUID]) -> dict[UUID, int]:
    """How many open orders each of these officers has, of those who have any; of very many, how many of the newest."""
    with connection.cursor() as cursor:
        cursor.execute(BUSY, [NEWEST])
        busy = {UUID(str(one)): open_orders for one, open_orders in cursor}
    return {one: open_orders for one, open_orders in busy.items() if one in officers}


def goal_of(warning: Warning) -> Unit | None:
    """Where officers go: the outlet, else about where the station in charge of the warning's town is."""
    return warning.outlet or (district.station_for(warning.town_id) if warning.town_id else None)


def metres_to(goal: Unit | None, officer: Account) -> int | None:
    """From the officer's station."""
    return district.metres_between(officer.unit, goal) if officer.unit and goal else None


def next_number(now: datetime) -> str:
    """The next number of the day, PD20210531-0012. Call it while holding the turn to write."""
    return ids.next_number(Order, f"PD{now:%Y%m%d}-")


def say(fault: str) -> str:
    """What is wrong with a closing report, in the officer's words."""
    return {
        "outcome": _("请选结果"),
        "negative": _("没转出去的钱不能是负数"),
        "only_dissuaded": _("只有已劝阻才填没转出去的钱"),
        "evidence": _("请选凭什么算数"),
        "evidence_missing": _("填了钱数，还要选凭什么算数"),
    }[fault]


@dataclass(frozen=True)
class Audience:
    """Who may hear of a warning and its orders: its town, the units that raised it, the officers asked to go."""

    warning: UUID
    grade: str
    town: str
    units: frozenset[UUID]
    officers: frozenset[UUID]

    def includes(self, account: UUID, sight: district.Sight) -> bool:
        """The same line as in ``orders`` and ``warnings``, for one who listens."""
        seen = sight.district or self.town in sight.towns or bool(self.units & sight.units)
        return seen or account in self.officers


def audiences(warnings: Collection[UUID]) -> dict[UUID, Audience]:
    """Who may hear of each of these warnings as it stands now; a merged one is heard of as the one it became."""
    known = _with_what_they_became(warnings)
    units, officers = defaultdict[UUID, set[UUID]](set), defaultdict[UUID, set[UUID]](set)
    raised = Source.objects.filter(warning__in=known).exclude(alert__unit=None)
    for warning, unit in raised.values_list("warning", "alert__unit"):
        units[warning].add(unit)
    for warning, officer in Assignment.objects.filter(order__warning__in=known).values_list(
        "order__warning", "account"
    ):
        officers[warning].add(officer)
    return {
        asked: Audience(
            warning=now.pk,
            grade=now.grade,
            town=now.town_id or "",
            units=frozenset(units[now.pk]),
            officers=frozenset(officers[now.pk]),
        )
        for asked in warnings
        if (now := _became(known, asked))
    }


def _with_what_they_became(warnings: Collection[UUID]) -> dict[UUID, Warning]:
    known: dict[UUID, Warning] = {}
    wanted = set(warnings)
    while wanted:
        known |= Warning.objects.only("grade", "town", "merged_into").in_bulk(wanted)
        wanted = {one.merged_into_id for one in known.values() if one.merged_into_id} - set(known)
    return known


def _became(known: Mapping[UUID, Warning], warning: UUID) -> Warning | None:
    found = known.get(warning)
    while found and found.merged_into_id:
        found = known[found.merged_into_id]
    return found


def warnings_of(orders: Collection[UUID]) -> dict[UUID, UUID]:
    """The warning each order was sent for."""
    return dict(Order.objects.filter(pk__in=orders).values_list("pk", "warning"))


def door_outcomes() -> list[tuple[str, str]]:
    """(code, word) of what those who stood at the door may report; a duplicate is for the desk to say."""
    return [(one.value, str(one.label)) for one in Outcome if one != Outcome.DUPLICATE]


def evidence_words() -> list[tuple[str, str]]:
    """(code, word) of how a protected amount is known, strongest first."""
    return [(one.value, str(one.label)) for one in Evidence]


# -- calls ----------------------------------------------------------------------------------------------


def calls(warning: Warning) -> list[Call]:
    """The tries to reach the person, oldest first."""
    return calls_of([warning]).get(warning.pk, [])


def calls_of(found: list[Warning]) -> dict[UUID, list[Call]]:
    """The tries of each warning, by warning id."""
    tries: dict[UUID, list[Call]] = {}
    for one in Call.objects.filter(warning__in=found).select_related("by"):
        tries.setdefault(one.warning_id, []).append(one)
    return tries


def call_by(warning: Warning, tries: list[Call]) -> datetime | None:
    """Until when the next try must be made; None: no call is demanded, or the person was reached."""
    allowed = ladder.targets(warning.grade).call
    if warning.grade not in BY_PHONE_FIRST or allowed is None or not warning.person_id:
        return None
    if not tries:
        return warning.opened_at + allowed
    return None if tries[-1].answer in REACHED else tries[-1].happened_at + ladder.RETRY_AFTER


def failed_tries(warning: Warning, *, now: datetime) -> int:
    """How often in the last two hours the person couldn't be reached."""
    recent = [one for one in calls(warning) if one.happened_at > now - ladder.TRIES_WITHIN]
    return sum(one.answer not in REACHED for one in recent)


def answer_words() -> list[tuple[str, str]]:
    """(code, word) of how a call may end."""
    return [(code, str(word)) for code, word in Call.Answer.choices]
