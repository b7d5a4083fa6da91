"""What a unit of each kind is measured by: counts, shares, times and money that our own tables hold, over a period."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import NamedTuple

from django.db.models import Q

from jinzhong.agenda import queries as agenda
from jinzhong.clock import ZONE
from jinzhong.dispatch.models import Outcome
from jinzhong.district.models import Unit
from jinzhong.review import operations
from jinzhong.review.models import Paper
from jinzhong.review.said import PERCENT
from jinzhong.scoring import feedback
from jinzhong.situation import work
from jinzhong.situation.periods import Period

RIGHT = {Outcome.DISSUADED, Outcome.ALREADY_TRANSFERRED, Outcome.REFUSED}
WRONG = {Outcome.DOES_NOT_MATCH, Outcome.FALSE_ALARM}
"""What officers say of an alert at the door; not found and duplicate say nothing about it."""


class Share(NamedTuple):
    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return self.part / self.whole * PERCENT if self.whole else None


@dataclass(frozen=True)
class Facts:
    """What was measured: counts, shares, the middle of times in seconds, money; by the names of ``TITLES``."""

    counts: dict[str, int] = field(default_factory=dict)
    shares: dict[str, Share] = field(default_factory=dict)
    times: dict[str, float | None] = field(default_factory=dict)
    money: dict[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True)
class Look:
    """What is read of a period, once. ``of``: orders and warnings of this unit alone."""

    period: Period
    as_of: datetime
    of: str = ""

    @cached_property
    def sent(self) -> list[work.Run]:
        return work.sent(self.period, viewer=None, as_of=self.as_of, only=self._only)

    @cached_property
    def dissuaded(self) -> list[work.Run]:
        return work.dissuaded(self.period, viewer=None, as_of=self.as_of, only=self._only)

    @cached_property
    def warnings(self) -> list[work.Warning]:
        found = work.warnings(self.period, viewer=None, as_of=self.as_of)
        return list(found.filter(work.from_unit(self.of)) if self.of else found)

    @property
    def _only(self) -> Q:
        return work.of_unit(self.of) if self.of else Q()


def _at_counters(look: Look, units: Sequence[Unit]) -> Facts:
    """A bank, or an outlet of one: what its counters warned of and what officers found at the door."""
    runs, kept = _from(look.sent, units), _from(look.dissuaded, units)
    last = {one.order.warning_id: one.outcome for one in runs if one.outcome in RIGHT | WRONG}
    return Facts(
        counts={"warnings": len(_warned(look, units)), "dissuaded": len(kept)},
        shares={"right": Share(sum(one in RIGHT for one in last.values()), len(last))},
        times={"door_time": _middle(one.to_the_door for one in runs)},
        money=_money(kept),
    )


def _from(runs: Iterable[work.Run], units: Sequence[Unit]) -> list[work.Run]:
    return [one for one in runs if _is_of(one.order.warning.outlet, {unit.code for unit in units})]


def _is_of(outlet: Unit | None, codes: set[str]) -> bool:
    return bool(outlet and (outlet.code in codes or (outlet.parent and outlet.parent.code in codes)))


def _warned(look: Look, units: Sequence[Unit]) -> list[date]:
    codes = {one.code for one in units}
    return [day_of(one.opened_at) for one in look.warnings if _is_of(one.outlet, codes)]


def _at_stations(look: Look, units: Sequence[Unit]) -> Facts:
    """A police station: signed, at the door, met, told, and what came of it."""
    runs, kept = _sent_to(look.sent, units), _sent_to(look.dissuaded, units)
    due = [one for run in runs for one in run.deadlines if one.due < look.as_of]
    meets = [run for run in runs if run.order.meet_by and run.order.meet_by < look.as_of]
    ended = Counter(one.outcome for one in runs)
    on_time = {
        kind: Share(sum(not one.is_missed for one in due if one.kind == kind), sum(one.kind == kind for one in due))
        for kind in ("sign", "feedback")
    }  # fmt: skip
    return Facts(
        counts={
            "sent": len(runs),
            "dissuaded": len(kept),
            "refused": ended[Outcome.REFUSED],
            "transferred": ended[Outcome.ALREADY_TRANSFERRED],
        },
        shares=on_time | {"meet": Share(sum(one.met_at is not None for one in meets), len(meets))},
        times={
            "sign_time": _middle(one.to_sign for one in runs),
            "door_time": _middle(one.to_the_door for one in runs),
        },
        money=_money(kept),
    )


def _sent_to(runs: Iterable[work.Run], units: Sequence[Unit]) -> list[work.Run]:
    return [one for one in runs if one.order.station in units]


def _sent_days(look: Look, units: Sequence[Unit]) -> list[date]:
    return [day_of(one.order.sent_at) for one in _sent_to(look.sent, units)]


def _at_operators(look: Look, units: Sequence[Unit]) -> Facts:
    """An operator: the numbers listed to it, how many it judged and how soon."""
    told = feedback.of(units, look.period.since, look.period.until, as_of=look.as_of)
    return Facts(
        counts={"listed": len(told.days), "fraud": told.fraud},
        shares={"judged": Share(told.judged, len(told.days)), "agree": Share(told.agree, told.both)},
        times={"judge_time": median(told.seconds) if told.seconds else None},
    )


def _listed_days(look: Look, units: Sequence[Unit]) -> list[date]:
    return feedback.of(units, look.period.since, look.period.until, as_of=look.as_of).days


def _money(kept: list[work.Run]) -> dict[str, Decimal]:
    proven = [one for one in kept if one.evidence in work.HARD_EVIDENCE]
    return {"protected": work.protected(kept), "proven": work.protected(proven)}


def _middle(times: Iterable[timedelta | None]) -> float | None:
    known = [one.total_seconds() for one in times if one is not None]
    return median(known) if known else None


def day_of(moment: datetime) -> date:
    return moment.astimezone(ZONE).date()


def _began_warning() -> date | None:
    first = work.first_warning()
    return day_of(first) if first else None


@dataclass(frozen=True)
class Kind:
    """``counted``: the count whose days ``days`` gives; ``began``: since when the district has any."""

    measure: Callable[[Look, Sequence[Unit]], Facts]
    counted: str
    days: Callable[[Look, Sequence[Unit]], list[date]]
    began: Callable[[], date | None]


COUNTERS = Kind(_at_counters, "warnings", _warned, _began_warning)
PLAIN = Kind(lambda look, units: Facts(), "", lambda look, units: [], lambda: None)
KINDS: dict[str, Kind] = {
    Unit.Kind.BANK: COUNTERS,
    Unit.Kind.OUTLET: COUNTERS,
    Unit.Kind.STATION: Kind(_at_stations, "sent", _sent_days, _began_warning),
    Unit.Kind.OPERATOR: Kind(_at_operators, "listed", _listed_days, feedback.first_day),
}


def facts(kind: Kind, look: Look, units: Sequence[Unit]) -> Facts:
    told = kind.measure(look, units)
    return Facts(told.counts, told.shares | {"papers": _papers(look, units)}, told.times, told.money)


def _papers(look: Look, units: Sequence[Unit]) -> Share:
    """Papers of which the day fell into the period: answered by then, of all. More time moves the day."""
    ids = Paper.objects.filter(receiver__in=units).values_list("pk", flat=True)
    due = agenda.deadlines_of(ids).filter(
        kind=operations.REPLY, due_at__gt=look.period.start, due_at__lte=look.period.end, due_at__lt=look.as_of
    )  # fmt: skip
    outcomes = list(due.exclude(outcome="dropped").values_list("outcome", flat=True))
    return Share(outcomes.count("met"), len(outcomes))
