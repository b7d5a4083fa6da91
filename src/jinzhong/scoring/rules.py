"""The readable rules beside the lists of the last 30 days: what each names, what people said of those numbers, which are in force."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, QuerySet

from jinzhong import reasons
from jinzhong.district.models import Account
from jinzhong.scoring import queries
from jinzhong.scoring.duel import DAYS, ENOUGH
from jinzhong.scoring.models import DailyList, Entry, Naming, Rule
from jinzhong_engine.signals import Signal, of_calls


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

    @property
    def share(self) -> float:
        return self.fraud / self.judged

    @property
    def bounds(self) -> tuple[float, float] | None:
        """None: too few were judged to tell."""
        return queries.wilson(self.fraud, self.judged) if self.judged >= ENOUGH else None

    def told(self) -> dict[str, Any]:
        return asdict(self)


def rules() -> dict[str, Signal]:
    """Those that can be asked of a day's calls, by name."""
    return of_calls()


def titles() -> list[tuple[str, str]]:
    """(name, title) of every rule."""
    return [(one.name, reasons.told(one.title)) for one in rules().values()]


def trials(*, viewer: Account, today: date) -> list[Trial]:
    """Every rule on the lists in force of the last 30 days that a viewer may see."""
    lists = _asked(viewer, today)
    counts = [named for named in lists.values_list("named", flat=True) if named is not None]
    namings = Naming.objects.filter(of__in=lists.order_by())
    seen = Exists(queries.entries(viewer=viewer).filter(number=OuterRef("number")).order_by())
    found: dict[str, dict[str, Any]] = {
        one["signal"]: {**one}
        for one in namings.order_by().values("signal").annotate(
            kept=Count("pk"),
            numbers=Count("number", distinct=True),
            by_model=Count("number", distinct=True, filter=queries.ABOVE),
            unseen=Count("number", distinct=True, filter=~seen),
        )
    }  # fmt: skip
    fraud = {one.number: one.fraud for one in queries.labels(viewer=viewer)} if found else {}
    known = set(namings.order_by().filter(number__in=list(fraud)).values_list("signal", "number"))
    return [_trial(signal, counts, found.get(signal, {}), known, fraud) for signal in rules()]


def _asked(viewer: Account, today: date) -> QuerySet[DailyList]:
    return queries.lists(viewer=viewer).filter(
        superseded_at=None, named__isnull=False, day__gt=today - timedelta(days=DAYS), day__lte=today
    )


def _trial(
    signal: str,
    counts: list[dict[str, int]],
    found: dict[str, Any],
    known: set[tuple[str, UUID]],
    fraud: dict[UUID, bool],
) -> Trial:
    words = [fraud[number] for of, number in known if of == signal]
    times = sum(one.get(signal, 0) for one in counts)
    return Trial(
        signal=signal,
        lists=sum(signal in one for one in counts),
        times=times,
        numbers=found.get("numbers", 0),
        by_model=found.get("by_model", 0),
        judged=len(words),
        fraud=sum(words),
        unseen=found.get("unseen", 0),
        not_kept=times - found.get("kept", 0),
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


def switched() -> QuerySet[Rule]:
    """Every rule ever switched on, newest first."""
    return Rule.objects.all()
