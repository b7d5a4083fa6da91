"""What was done in a period, as known before a moment: warnings, orders to the door, lateness, people met, money kept.

Everything is read from what is only ever added: the steps of an order (when it happened, when we learned it) and the
gradings of a warning. A step that a phone sends late changes a past day only for moments after it arrived.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet

from jinzhong.dispatch.models import Evidence, Order, OrderStep, Outcome
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Unit
from jinzhong.situation.periods import Period
from jinzhong.warning.models import Grading, State, Warning

Step = OrderStep.Step
HARD_EVIDENCE = {Evidence.REVERSED, Evidence.COUNTER_CANCELLED}
"""Money that is proven to have stayed."""
NOT_MET = {Outcome.NOT_FOUND, Outcome.DUPLICATE}
EVERYTHING = Q()
AT_THE_DOOR = 2
"""Staff who have to stand there for somebody to count as met."""


class Deadline(NamedTuple):
    """What had to be done by when, and when it was (None: not yet, as far as we knew)."""

    kind: str
    due: datetime
    done: datetime | None

    @property
    def is_missed(self) -> bool:
        return self.done is None or self.done > self.due


@dataclass(frozen=True)
class Run:
    """An order as we knew it at the moment asked about."""

    order: Order
    happened: dict[str, datetime]
    outcome: str
    amount: Decimal
    evidence: str

    @property
    def deadlines(self) -> list[Deadline]:
        """Whoever is at the door has signed, whoever has closed has met or has nobody to meet."""
        order = self.order
        owed = (
            ("sign", order.sign_by, (Step.SIGNED, Step.DEPARTED, Step.ARRIVED, Step.CLOSED)),
            ("meet", order.meet_by, (Step.ARRIVED, Step.CLOSED)),
            ("feedback", order.feedback_by, (Step.CLOSED,)),
        )
        return [Deadline(kind, due, self._first(steps)) for kind, due, steps in owed if due]

    def _first(self, steps: tuple[str, ...]) -> datetime | None:
        return min((self.happened[one] for one in steps if one in self.happened), default=None)

    def missed(self, period: Period, *, as_of: datetime) -> list[Deadline]:
        """The deadlines that fell into the period and were not kept."""
        end = min(period.end, as_of)
        return [one for one in self.deadlines if period.start <= one.due < end and one.is_missed]

    @property
    def met_at(self) -> datetime | None:
        """When two stood before the person, as their report says: one alone, a phone call, a closed door don't count."""
        if not self.outcome or self.outcome in NOT_MET or len(set(self.order.met_by)) < AT_THE_DOOR:
            return None
        return self.happened.get(Step.ARRIVED) or self.happened.get(Step.CLOSED)

    @property
    def dissuaded_at(self) -> datetime | None:
        return self.happened.get(Step.CLOSED) if self.outcome == Outcome.DISSUADED else None

    @property
    def to_sign(self) -> timedelta | None:
        signed = self.happened.get(Step.SIGNED)
        return signed - self.order.sent_at if signed else None

    @property
    def to_the_door(self) -> timedelta | None:
        arrived = self.happened.get(Step.ARRIVED)
        return arrived - self.order.sent_at if arrived else None


def _of_towns(viewer: Account | None, path: str) -> Q:
    """Of the viewer's towns; of all, where the viewer sees the district."""
    sight = district.sight(viewer) if viewer else None
    return Q() if sight is None or sight.district else Q(**{f"{path}__in": sight.towns})


# -- warnings -------------------------------------------------------------------------------------------


def warnings(
    period: Period, *, viewer: Account | None, as_of: datetime, grade: str = ""
) -> QuerySet[Warning]:
    """Warnings opened in the period, each person once: merged ones count with the warning they were merged into."""
    found = (
        Warning.objects.select_related("town", "outlet__parent")
        .filter(_of_towns(viewer, "town"), opened_at__gte=period.start, opened_at__lt=period.end)
        .filter(recorded_at__lt=as_of)
        .exclude(state=State.MERGED, closed_at__lt=as_of)
    )
    if grade:
        grades = grades_of(found, as_of=as_of)
        found = found.filter(pk__in=[pk for pk, one in grades.items() if one == grade])
    return found


def grades_of(found: QuerySet[Warning], *, as_of: datetime) -> dict[UUID, str]:
    """The grade each warning had."""
    told = Grading.objects.filter(warning__in=found.values("pk"), at__lt=as_of).order_by("at", "id")
    return dict(told.values_list("warning", "grade"))


def of_these(keys: Iterable[UUID]) -> QuerySet[Warning]:
    """Warnings that were found before, for asking further about them."""
    return Warning.objects.filter(pk__in=list(keys))


def by_grade(found: QuerySet[Warning], *, as_of: datetime) -> Counter[str]:
    return Counter(grades_of(found, as_of=as_of).values())


# -- orders ---------------------------------------------------------------------------------------------


def sent(period: Period, *, viewer: Account | None, as_of: datetime, only: Q = EVERYTHING) -> list[Run]:
    """Orders sent in the period."""
    return _known(Q(sent_at__gte=period.start, sent_at__lt=period.end) & only, viewer=viewer, as_of=as_of)


def late(period: Period, *, viewer: Account | None, as_of: datetime, only: Q = EVERYTHING) -> list[Run]:
    """Orders of which a deadline fell into the period and was not kept."""
    owed = Q()
    for name in ("sign_by", "meet_by", "feedback_by"):
        owed |= Q(**{f"{name}__gte": period.start, f"{name}__lt": period.end})
    return [one for one in _known(owed & only, viewer=viewer, as_of=as_of) if one.missed(period, as_of=as_of)]


def met(period: Period, *, viewer: Account | None, as_of: datetime, only: Q = EVERYTHING) -> list[Run]:
    """Orders on which the person was met in the period."""
    found = _known(_with_step(period, Step.ARRIVED, Step.CLOSED) & only, viewer=viewer, as_of=as_of)
    return [one for one in found if _within(period, one.met_at)]


def arrived(period: Period, *, viewer: Account | None, as_of: datetime, only: Q = EVERYTHING) -> list[Run]:
    """Orders on which officers came to the door in the period."""
    found = _known(_with_step(period, Step.ARRIVED) & only, viewer=viewer, as_of=as_of)
    return [one for one in found if _within(period, one.happened.get(Step.ARRIVED))]


def dissuaded(period: Period, *, viewer: Account | None, as_of: datetime, only: Q = EVERYTHING) -> list[Run]:
    """Orders closed in the period because the person doesn't send the money."""
    closed = _with_step(period, Step.CLOSED) & Q(outcome=Outcome.DISSUADED) & only
    return [one for one in _known(closed, viewer=viewer, as_of=as_of) if _within(period, one.dissuaded_at)]


ORDERS = {"sent": sent, "late": late, "met": met, "dissuaded": dissuaded, "arrived": arrived}
"""What orders can be asked for, by word."""


def protected(found: list[Run]) -> Decimal:
    """Money about to be sent that stayed."""
    return sum((one.amount for one in found), Decimal(0))


def from_unit(unit: str) -> Q:
    """Warnings that a bank, or one of its outlets, gave."""
    return Q(outlet__code=unit) | Q(outlet__parent__code=unit)


def of_unit(unit: str) -> Q:
    """Orders that went to this station, or came from this bank or outlet."""
    outlet = Q(warning__outlet__code=unit) | Q(warning__outlet__parent__code=unit)
    return Q(station__code=unit) | outlet


def in_towns(codes: Iterable[str]) -> Q:
    """Orders of warnings in these towns; all where none is named."""
    named = list(codes)
    return Q(warning__town__in=named) if named else Q()


def first_warning() -> datetime | None:
    """When the first warning of all was opened."""
    return Warning.objects.order_by("opened_at").values_list("opened_at", flat=True).first()


def concerns(one: Run, unit: str) -> bool:
    """Whether the order went to this station, or came from this bank or outlet."""
    station, outlet = one.order.station, one.order.warning.outlet
    return bool(
        (station and station.code == unit)
        or (outlet and (outlet.code == unit or (outlet.parent and outlet.parent.code == unit)))
    )


def unit_name(code: str) -> str:
    """Empty where there is no such unit."""
    found = district.unit(code)
    return found.name if found else ""


def late_by_unit(found: list[Run]) -> list[tuple[Unit | None, list[Run]]]:
    """The late orders of each station, most first; None where nobody was on duty to be asked."""
    units: dict[Unit | None, list[Run]] = {}
    for one in found:
        units.setdefault(one.order.station, []).append(one)
    return sorted(units.items(), key=lambda pair: (-len(pair[1]), pair[0].code if pair[0] else ""))


def _within(period: Period, moment: datetime | None) -> bool:
    return moment is not None and period.start <= moment < period.end


def _with_step(period: Period, *steps: str) -> Q:
    happened = OrderStep.objects.filter(
        step__in=steps, happened_at__gte=period.start, happened_at__lt=period.end
    )
    return Q(pk__in=happened.values("order"))


def _known(which: Q, *, viewer: Account | None, as_of: datetime) -> list[Run]:
    """These orders with the steps we knew of, in the order they were sent."""
    orders = Order.objects.filter(which, _of_towns(viewer, "warning__town"), sent_at__lt=as_of)
    steps: dict[UUID, list[OrderStep]] = {}
    for one in OrderStep.objects.filter(order__in=orders.values("pk"), recorded_at__lt=as_of).order_by(
        "recorded_at", "id"
    ):
        steps.setdefault(one.order_id, []).append(one)
    told = orders.select_related("warning__town", "warning__outlet__parent", "station").order_by(
        "sent_at", "id"
    )
    return [_run(order, steps.get(order.pk, [])) for order in told]


def _run(order: Order, known: list[OrderStep]) -> Run:
    closing: dict[str, str] = next((one.facts for one in known if one.step == Step.CLOSED), {})
    return Run(
        order=order,
        happened={str(one.step): one.happened_at for one in known},
        outcome=closing.get("outcome", ""),
        amount=Decimal(closing.get("amount") or 0),
        evidence=closing.get("evidence", ""),
    )
