"""The readable rules beside the lists of the last 30 days: what each names, what people said of those numbers, which are in force."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from jinzhong import reasons
from jinzhong.district.models import Account, Unit
from jinzhong.scoring import queries
from jinzhong.scoring.duel import DAYS, ENOUGH
from jinzhong.scoring.models import DailyList, Entry, Naming, Rule
from jinzhong_engine.signals import Signal, of_calls

TAKEN_BACK = 20
"""So many of those that were taken back are shown."""


@dataclass(frozen=True)
class Trial:
    """What a rule named, by the lists that asked it: ``times`` a number each day anew, everything else a number once."""

    signal: str
    lists: int
    times: int
    numbers: int
    by_model: int
    """On the list by their chance anyway."""
    judged: int
    fraud: int
    unseen: int
    """On no list that people saw."""
    not_kept: int
    """So often named beyond the gravest that are kept: not among the numbers."""
    new_judged: int
    new_fraud: int
    """Of those that were on no list by their chance."""
    added: int
    """So many lines more, over all days, had the rule been on; ``most``: on one day."""
    most: int
    since: str
    until: str
    """The days that were looked at, the last one too."""
    days: int
    """On so many of them a list had asked."""

    @property
    def new(self) -> int:
        """On no list by their chance."""
        return self.numbers - self.by_model

    @property
    def cleared(self) -> int:
        return self.judged - self.fraud

    @property
    def new_cleared(self) -> int:
        return self.new_judged - self.new_fraud

    @property
    def a_day(self) -> float:
        """Lines more on a day that was tried."""
        return self.added / self.lists if self.lists else 0.0

    @property
    def share(self) -> float:
        return self.fraud / self.judged

    @property
    def bounds(self) -> tuple[float, float] | None:
        """None: too few were judged to tell."""
        return queries.wilson(self.fraud, self.judged) if self.judged >= ENOUGH else None

    def told(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Days:
    """Of the days a trial looks at, those on which a list of an operator asked the rules, had not asked, or wasn't there."""

    operator: Unit
    since: date
    until: date
    """The last one."""
    asked: list[date]
    unasked: list[date]
    missing: list[date]

    @property
    def listed(self) -> list[date]:
        """On which there was a list."""
        return sorted([*self.asked, *self.unasked])


@dataclass(frozen=True)
class Brought:
    """The numbers that a rule alone brought on lists in force: below the line, and named by no other rule that was on."""

    numbers: int
    today: int
    judged: int
    fraud: int

    @property
    def cleared(self) -> int:
        return self.judged - self.fraud


def rules() -> dict[str, Signal]:
    """Those that can be asked of a day's calls, by name."""
    return of_calls()


def titles() -> list[tuple[str, str]]:
    """(name, title) of every rule."""
    return [(one.name, reasons.told(one.title)) for one in rules().values()]


def tried_days(*, viewer: Account, today: date) -> list[Days]:
    """Of each operator whose lists a viewer may see."""
    return [_tried_days(one, today) for one in queries.operators_seen(viewer)]


def _tried_days(operator: Unit, today: date) -> Days:
    days = [today - timedelta(days=back) for back in reversed(range(DAYS))]
    kept = DailyList.objects.filter(operator=operator, superseded_at=None, day__in=days).order_by()
    has_asked = {day: named is not None for day, named in kept.values_list("day", "named")}
    return Days(
        operator=operator,
        since=days[0],
        until=days[-1],
        asked=[one for one in days if has_asked.get(one)],
        unasked=[one for one in days if has_asked.get(one) is False],
        missing=[one for one in days if one not in has_asked],
    )


def trials(*, viewer: Account, today: date) -> list[Trial]:
    """Every rule on the lists in force of the last 30 days that a viewer may see."""
    lists = _asked(viewer, today)
    named = {one.pk: (one.day, one.named) for one in lists}
    namings = Naming.objects.filter(of__in=lists.order_by()).order_by()
    seen = Exists(queries.entries(viewer=viewer).filter(number=OuterRef("number")).order_by())
    found: dict[str, dict[str, Any]] = {
        one["signal"]: {**one}
        for one in namings.values("signal").annotate(
            kept=Count("pk"),
            numbers=Count("number", distinct=True),
            by_model=Count("number", distinct=True, filter=queries.ABOVE),
            unseen=Count("number", distinct=True, filter=~seen),
        )
    }  # fmt: skip
    below: dict[str, list[int]] = defaultdict(list)
    for signal, _of, lines in (
        namings.filter(~queries.ABOVE).values_list("signal", "of").annotate(n=Count("pk"))
    ):
        below[signal].append(lines)
    fraud = {one.number: one.fraud for one in queries.labels(viewer=viewer)} if found else {}
    judged = namings.filter(number__in=list(fraud))
    known = _by_rule(judged)
    above = _by_rule(judged.filter(queries.ABOVE))
    made = []
    for signal in rules():
        on = [(day, told[signal]) for day, told in named.values() if told and signal in told]
        of, times, new = (
            found.get(signal, {}),
            sum(times for _day, times in on),
            known[signal] - above[signal],
        )
        made.append(
            Trial(
                signal=signal,
                lists=len(on),
                times=times,
                numbers=of.get("numbers", 0),
                by_model=of.get("by_model", 0),
                judged=len(known[signal]),
                fraud=sum(fraud[one] for one in known[signal]),
                unseen=of.get("unseen", 0),
                not_kept=times - of.get("kept", 0),
                new_judged=len(new),
                new_fraud=sum(fraud[one] for one in new),
                added=sum(below[signal]),
                most=max(below[signal], default=0),
                since=(today - timedelta(days=DAYS - 1)).isoformat(),
                until=today.isoformat(),
                days=len({day for day, _times in on}),
            )
        )
    return made


def _by_rule(namings: QuerySet[Naming]) -> dict[str, set[UUID]]:
    """The numbers, by the rule that names them."""
    found: dict[str, set[UUID]] = defaultdict(set)
    for signal, number in namings.values_list("signal", "number"):
        found[signal].add(number)
    return found


def _asked(viewer: Account, today: date) -> QuerySet[DailyList]:
    return queries.lists(viewer=viewer).filter(
        superseded_at=None, named__isnull=False, day__gt=today - timedelta(days=DAYS), day__lte=today
    )


def naming(entry: Entry) -> list[Naming]:
    """The rules that name a number of a list on its day."""
    return list(Naming.objects.filter(of=entry.of_id, number=entry.number_id))


def naming_each(entries: Iterable[Entry]) -> dict[UUID, list[str]]:
    """The rules that name each of these numbers of one list, by number."""
    shown = list(entries)
    found: dict[UUID, list[str]] = {}
    rows = Naming.objects.filter(
        of__in={one.of_id for one in shown}, number__in=[one.number_id for one in shown]
    )
    for number, signal in rows.values_list("number", "signal"):
        found.setdefault(number, []).append(signal)
    return found


def by_rule(kept: DailyList) -> int:
    """How many of a list are on it since a live rule named them, below the line."""
    return kept.entries.filter(~queries.ABOVE, listed=True).count()


def live(day: date) -> dict[str, Rule]:
    """The rules whose numbers are listed too on a day, each with when it was switched on."""
    found = Rule.objects.filter(withdrawn_at=None, since__lte=day).order_by("since", "at", "pk")
    return {one.signal: one for one in found}


def standing(signal: str) -> bool:
    """Whether a rule is switched on, from whichever day."""
    return Rule.objects.filter(withdrawn_at=None, signal=signal).exists()


def switched() -> list[Rule]:
    """The rules that are on, from whichever day, newest first; then those taken back last."""
    on = Rule.objects.filter(withdrawn_at=None)
    return [*on, *Rule.objects.exclude(withdrawn_at=None)[:TAKEN_BACK]]


def brought(rule: Rule, *, today: date) -> Brought:
    """What a rule alone brought on lists that are in force, by now."""
    entries = _alone(rule)
    words = [one.fraud for one in queries.labels(viewer=None, among=entries)]
    return Brought(
        numbers=entries.order_by().values("number").distinct().count(),
        today=entries.filter(of__day=today).count(),
        judged=len(words),
        fraud=sum(words),
    )


def taken_back(kept: DailyList) -> list[tuple[Rule, int]]:
    """The rules that were on for a list and were taken back since, each with how many it alone had brought on it."""
    gone = Rule.objects.filter(since__lte=kept.day, at__lte=kept.at, withdrawn_at__gte=kept.at)
    return [(one, lines) for one in gone if (lines := _alone(one).filter(of=kept).count())]


def _alone(rule: Rule) -> QuerySet[Entry]:
    """The lines of lists in force that are there since this rule was on, and no other."""
    on = Rule.objects.filter(
        Q(withdrawn_at=None) | Q(withdrawn_at__gte=OuterRef("of__at")), signal=OuterRef("signal"),
        since__lte=OuterRef("of__day"), at__lte=OuterRef("of__at"),
    )  # fmt: skip
    named = Naming.objects.filter(of=OuterRef("of"), number=OuterRef("number"))
    others = named.exclude(signal=rule.signal).filter(Exists(on.order_by()))
    found = Entry.objects.filter(
        ~queries.ABOVE, Exists(named.filter(signal=rule.signal).order_by()), ~Exists(others.order_by()),
        listed=True, of__superseded_at=None, of__day__gte=rule.since, of__at__gte=rule.at,
    )  # fmt: skip
    return found.filter(of__at__lte=rule.withdrawn_at) if rule.withdrawn_at else found
