"""A challenger beside the lists of the last 30 days: what each lists at its own line, and what people said of those numbers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinzhong.district.models import Account
from jinzhong.scoring import queries
from jinzhong.scoring.models import Challenge, Entry, Opinion

DAYS = 30
ENOUGH = 20
"""Of fewer verdicts no share is told: with half of them fraud its bounds would lie more than 40 points apart."""


@dataclass(frozen=True)
class Part:
    """Some numbers, each once: how many somebody judged, how many of those are fraud; ``unseen``: on no list that people saw."""

    word: Promise
    times: int | None
    """So often listed; a number each day anew."""
    numbers: int
    judged: int
    fraud: int
    bounds: tuple[float, float] | None
    unseen: int

    @property
    def share(self) -> float:
        return self.fraud / self.judged


@dataclass(frozen=True)
class Duel:
    """One challenger. ``since``: the earliest list; ``models``: that made them; ``lines``, ``own_lines``: the lowest and the highest in use on these days."""

    model: str
    made_on: date
    since: date
    lists: int
    models: list[str]
    lines: tuple[float, float]
    own_lines: tuple[float, float]
    parts: list[Part]
    unscored: int
    """Listed, and not in the challenger's file."""
    left_out: int
    """Listed by either and not kept, so not compared."""

    @property
    def lists_nobody(self) -> bool:
        return not self.parts[1].times

    @property
    def finds_less(self) -> bool:
        """Fewer of the numbers known as fraud, and no fewer that are known not to be; or not half of the fraud."""
        here, there = self.parts[0], self.parts[1]
        fewer = there.fraud < here.fraud and there.judged - there.fraud >= here.judged - here.fraud
        return fewer or 2 * there.fraud < here.fraud


def duels(*, viewer: Account, today: date) -> list[Duel]:
    """Every challenger of the lists in force of the last 30 days that a viewer may see, the one heard last first."""
    lists = queries.lists(viewer=viewer).filter(
        superseded_at=None, day__gt=today - timedelta(days=DAYS), day__lte=today
    )
    found = Challenge.objects.filter(superseded_at=None, of__in=lists.order_by()).select_related("of")
    by_model = sorted(found, key=lambda one: one.model)
    groups = [list(them) for _model, them in groupby(by_model, key=lambda one: one.model)]
    groups.sort(key=lambda them: max(one.at for one in them), reverse=True)
    fraud = {one.number: one.fraud for one in queries.labels(viewer=viewer)} if groups else {}
    return [_duel(them, fraud, viewer) for them in groups]


def _duel(them: list[Challenge], fraud: dict[UUID, bool], viewer: Account) -> Duel:
    lists = [one.of for one in them]
    listed = Entry.objects.filter(queries.ABOVE, of__in=lists)
    by_rule = Entry.objects.filter(~queries.ABOVE, of__in=lists, listed=True).count()
    own = Opinion.objects.filter(challenge__in=them, listed=True)
    theirs, others = _numbers(listed), _numbers(own)
    shown = (
        _numbers(queries.entries(viewer=viewer).filter(number__in=own.order_by().values("number"))) | theirs
    )
    counts = sum(one.listed for one in lists) - by_rule, sum(one.listed for one in them)
    parts = [
        (_("名单"), counts[0], theirs),
        (_("挑战者"), counts[1], others),
        (_("两边都列"), None, theirs & others),
        (_("只有名单列"), None, theirs - others),
        (_("只有挑战者列"), None, others - theirs),
    ]
    return Duel(
        model=them[0].model,
        made_on=them[0].model_made_on,
        since=min(one.day for one in lists),
        lists=len(lists),
        models=sorted({one.model for one in lists}),
        lines=_span(one.threshold for one in lists),
        own_lines=_span(one.threshold for one in them),
        parts=[_part(word, times, numbers, fraud, shown) for word, times, numbers in parts],
        unscored=sum(_unscored(one) for one in them),
        left_out=sum(counts) - listed.count() - own.count(),
    )


def _part(
    word: Promise, times: int | None, numbers: set[UUID], fraud: dict[UUID, bool], shown: set[UUID]
) -> Part:
    known = [fraud[one] for one in numbers if one in fraud]
    return Part(
        word=word,
        times=times,
        numbers=len(numbers),
        judged=len(known),
        fraud=sum(known),
        bounds=queries.wilson(sum(known), len(known)) if len(known) >= ENOUGH else None,
        unseen=len(numbers - shown),
    )


def _unscored(one: Challenge) -> int:
    return one.of.entries.filter(queries.ABOVE).exclude(number__in=one.opinions.values("number")).count()


def _numbers(rows: QuerySet[Entry] | QuerySet[Opinion]) -> set[UUID]:
    return set(rows.order_by().values_list("number", flat=True))


def _span(values: Iterable[float]) -> tuple[float, float]:
    told = list(values)
    return min(told), max(told)
