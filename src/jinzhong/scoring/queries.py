"""Lists, numbers, verdicts and lines as a viewer may see them."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from math import sqrt
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from jinzhong.clock import ZONE
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Role, Unit
from jinzhong.intake.models import Alert
from jinzhong.scoring.models import (
    Challenge,
    DailyList,
    Entry,
    LiveChange,
    Promotion,
    Reached,
    Threshold,
    Verdict,
)
from jinzhong.scoring.words import BECAUSE
from jinzhong.vault import forms
from jinzhong.vault import queries as vault

TRIAL_DAYS = 30
DRIFT_LISTS = 14
SURE = 1.96
ALIKE_DAYS = 90
ALIKE = 0.05
"""Chances so close together count as the same."""
ABOVE = Q(score__gte=F("of__threshold"))
"""On its list for its chance; what is listed besides, a live rule names."""
Listed = Entry | LiveChange
"""A number of a daily list, or one that the live watch listed: judged and warned of alike."""
SIDES = {Role.OPERATOR: Verdict.Side.OPERATOR, Role.ANTI_FRAUD_OFFICE: Verdict.Side.OFFICE}
"""For whom somebody of a role speaks."""


def lists(*, viewer: Account) -> QuerySet[DailyList]:
    """The lists a viewer may see: an operator's staff their own operator's, the office all."""
    found = DailyList.objects.select_related("operator", "threshold_set")
    if viewer.role == Role.OPERATOR:
        return found.filter(operator=viewer.unit_id) if viewer.is_active and viewer.unit_id else found.none()
    return found if district.sight(viewer).district else found.none()


def drifts(kept: DailyList, *, viewer: Account) -> list[DailyList]:
    """The lists in force of one operator, this day's and those before, newest first, that say how far their numbers had moved."""
    found = lists(viewer=viewer).filter(operator=kept.operator_id, day__lte=kept.day, drift__isnull=False)
    return list(found.filter(Q(superseded_at=None) | Q(pk=kept.pk))[:DRIFT_LISTS])


def entries(*, viewer: Account) -> QuerySet[Entry]:
    """The listed numbers a viewer may see."""
    return Entry.objects.select_related("of__operator", "number").filter(
        listed=True, of__in=lists(viewer=viewer)
    )


def entry(pk: UUID, *, viewer: Account) -> Entry | None:
    return entries(viewer=viewer).filter(pk=pk).first()


def is_forgotten(entry: Listed) -> bool:
    """Whether its number was deleted, since nobody had confirmed it."""
    return not vault.plain(entry.number)


def of_list(kept: DailyList, *, viewer: Account, show: str = "", words: str = "") -> QuerySet[Entry]:
    """The numbers of a list. ``show``: open (nobody has said anything), fraud, innocent, unsure or reached; ``words``: a number."""
    found = entries(viewer=viewer).filter(of=kept).prefetch_related("reached")
    standing = Verdict.objects.filter(number=OuterRef("number"), ended_at=None)
    if show == "open":
        found = found.filter(~Exists(standing))
    elif show in Verdict.Word.values:
        found = found.filter(Exists(standing.filter(word=show)))
    elif show == "reached":
        found = found.filter(Exists(Reached.objects.filter(entry=OuterRef("pk"))))
    return found.filter(number__in=_numbers(words)) if words.strip() else found


def _numbers(words: str) -> list[UUID]:
    try:
        return [member for one in vault.find("phone", words) for member in vault.family(one)]
    except ValueError:
        return []


def waiting(viewer: Account) -> int:
    """How many numbers of the newest day this viewer may see have had no word from anybody."""
    current = lists(viewer=viewer).filter(superseded_at=None)
    newest = current.order_by("-day").values("day")[:1]
    spoken = Verdict.objects.filter(number=OuterRef("number"), ended_at=None)
    return (
        entries(viewer=viewer).filter(of__in=current.filter(day__in=newest)).filter(~Exists(spoken)).count()
    )


def history(number: UUID, *, viewer: Account) -> list[Entry]:
    """When this number was listed, newest first; by every revision, since any may have been looked at."""
    return list(entries(viewer=viewer).filter(number=number).order_by("-of__day", "-of__revision"))


def verdicts(numbers: Iterable[UUID], *, viewer: Account, standing: bool = True) -> list[Verdict]:
    """What was said of these numbers, newest first; one operator's staff don't read what another's wrote."""
    found = _readable(Verdict.objects.filter(number__in=list(numbers)), viewer)
    return list(found.filter(ended_at=None) if standing else found)


def _readable(found: QuerySet[Verdict], viewer: Account) -> QuerySet[Verdict]:
    if viewer.role == Role.OPERATOR:
        return found.filter(Q(side=Verdict.Side.OFFICE) | Q(unit=viewer.unit_id))
    return found


def own_word(entry: Listed, *, of: Account) -> QuerySet[Verdict]:
    """What the side of this account says of a number now: the office, or this operator."""
    found = Verdict.objects.filter(number=entry.number_id, side=side_of(of), ended_at=None)
    return found.filter(unit=of.unit_id) if of.role == Role.OPERATOR else found


def side_of(account: Account) -> str:
    return SIDES.get(Role(account.role), "")


def verdict_words() -> list[tuple[str, str]]:
    """(code, word) of what can be said of a number."""
    return [(code, str(word)) for code, word in Verdict.Word.choices]


def side_word(side: str) -> str:
    return str(Verdict.Side(side).label)


def pattern_words() -> list[tuple[str, str]]:
    """(code, word) of how deep somebody is in."""
    return [(code, str(word)) for code, word in Reached.Pattern.choices]


def because_words() -> list[tuple[str, str]]:
    """(code, word) of everything a verdict may rest on."""
    return [(code, str(word)) for words in BECAUSE.values() for code, word in words.items()]


def operator(code: str) -> Unit | None:
    """The operator of this code."""
    return Unit.objects.filter(code=code, kind=Unit.Kind.OPERATOR).first()


def operators() -> list[Unit]:
    return list(Unit.objects.filter(kind=Unit.Kind.OPERATOR))


def operators_seen(viewer: Account) -> list[Unit]:
    """The operators whose numbers a viewer may see: an operator's staff their own, the office all."""
    if viewer.role == Role.OPERATOR:
        return [viewer.unit] if viewer.is_active and viewer.unit else []
    return operators() if district.sight(viewer).district else []


def same_day(operator: Unit, day: date) -> DailyList | None:
    """The list in force of a day."""
    return DailyList.objects.filter(operator=operator, day=day, superseded_at=None).first()


def met(entry: Listed) -> QuerySet[Reached]:
    """Those this number got hold of: by this list; or, listed live, by the watch of this operator, whichever time it was listed."""
    found = Reached.objects.select_related("person", "entry__of", "entry__number", "change__number")
    if isinstance(entry, Entry):
        return found.filter(entry=entry)
    return found.filter(change__number=entry.number_id, change__operator=entry.operator_id)


def to_warn(entry: Listed, *, among: Collection[UUID] | None = None) -> list[Reached]:
    """Those this number got hold of (``among``: of these rows) about whom nobody was warned as gravely since they last talked; nobody but
    residents, whoever kept the list."""
    known: dict[UUID, list[Any]] = {}
    for person, last, pattern in _warned(entry).values_list("person", "last_at", "pattern"):
        known.setdefault(person, []).append((last, pattern == Reached.Pattern.DEEP))

    def is_known(one: Reached) -> bool:
        is_deep = one.pattern == Reached.Pattern.DEEP
        return any(last >= one.last_at and deep >= is_deep for last, deep in known.get(one.person_id, []))

    unwarned = met(entry).filter(alert=None)
    rows = list(unwarned if among is None else unwarned.filter(pk__in=among))
    plain, fresh = vault.plain_many(one.person for one in rows), []
    for one in sorted(rows, key=lambda one: one.pattern != Reached.Pattern.DEEP):
        if not is_known(one) and forms.is_residents(plain[one.person_id].get("phone", "")):
            known.setdefault(one.person_id, []).append((one.last_at, one.pattern == Reached.Pattern.DEEP))
            fresh.append(one)
    return fresh


def _warned(entry: Listed) -> QuerySet[Reached]:
    of_number = Q(entry__number=entry.number_id) | Q(change__number=entry.number_id)
    return Reached.objects.filter(of_number, alert__isnull=False)


def warned(entry: Listed) -> dict[UUID, Alert]:
    """The newest alert about each whom this number got hold of, by whichever list it was raised."""
    newest_last = _warned(entry).select_related("alert").order_by("alert__received_at")
    return {one.person_id: one.alert for one in newest_last if one.alert}


def told(reached: Reached) -> str:
    """What a warning says of how a listed number got hold of somebody; the number masked."""
    shown = vault.shown(reached.by.number)
    said = {
        "month": reached.by.day.month,
        "day": reached.by.day.day,
        "number": shown.phone if shown else "",
        "talks": reached.talks,
        "minutes": max(1, round(reached.seconds / 60)),
    }
    text = _("和上榜的 %(number)s 通话 %(talks)s 次，共 %(minutes)s 分钟") % said
    if reached.pattern == Reached.Pattern.DEEP:
        text += _("，又打过银行，或回拨、反复通话")
    listed = _("（%(month)s月%(day)s日名单，近 7 天）")
    if reached.change:
        listed = _("（%(month)s月%(day)s日实时上榜，近 7 天）")
    return text + listed % said


def alike(entry: Listed, *, viewer: Account) -> tuple[int, int]:
    """(judged, fraud) of the other numbers of the last 90 days with about this chance that somebody has judged."""
    since = entry.day - timedelta(days=ALIKE_DAYS)
    near = entries(viewer=viewer).filter(
        of__superseded_at=None,
        of__day__gt=since,
        score__gte=entry.score - ALIKE,
        score__lte=entry.score + ALIKE,
    )
    return _judged(near.exclude(number=entry.number_id), viewer)


def right_among(kept: DailyList, *, viewer: Account) -> tuple[int, int]:
    """(judged, fraud) of a list so far."""
    return _judged(entries(viewer=viewer).filter(of=kept), viewer)


def _judged(found: QuerySet[Entry], viewer: Account) -> tuple[int, int]:
    known = [one.fraud for one in labels(viewer=viewer, among=found)]
    return len(known), sum(known)


def next_open(entry: Entry, *, viewer: Account) -> Entry | None:
    """The next number of its list of which nobody has said anything: below it, else from the top."""
    rest = of_list(entry.of, viewer=viewer, show="open").exclude(pk=entry.pk)
    return rest.filter(rank__gt=entry.rank).first() or rest.first()


# -- labels -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Label:
    """What a number is, by those who looked, and since when that is said. The office's word stands above the operator's."""

    number: UUID
    fraud: bool
    on: date


def labels(*, viewer: Account | None, among: QuerySet[Entry] | None = None) -> list[Label]:
    """The standing labels a viewer may see (None: the machine's own account, all), ``among``: of these numbers alone.

    The newest word of the highest side decides; where that is "unsure", there is no label.
    """
    found = Verdict.objects.filter(ended_at=None)
    if viewer is not None:
        listed = Q(number__in=entries(viewer=viewer).values("number"))
        live = LiveChange.objects.filter(operator__in=operators_seen(viewer)).values("number")
        found = _readable(found, viewer).filter(listed | Q(number__in=live))
    if among is not None:
        found = found.filter(number__in=among.order_by().values("number"))
    best: dict[UUID, Verdict] = {}
    for one in found.order_by("at", "pk"):
        before = best.get(one.number_id)
        if before is None or before.side != Verdict.Side.OFFICE:
            best[one.number_id] = one
    return [
        Label(one.number_id, one.word == Verdict.Word.FRAUD, one.at.astimezone(ZONE).date())
        for one in best.values()
        if one.word != Verdict.Word.UNSURE
    ]


def spoken_by_office() -> set[UUID]:
    """Numbers of which the office has said something that stands, were it that it isn't sure."""
    found = Verdict.objects.filter(ended_at=None, side=Verdict.Side.OFFICE)
    return set(found.order_by().values_list("number", flat=True))


# -- lines ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Trial:
    """What a line would have listed, and how right that was among the numbers somebody has judged since."""

    value: float
    since: str
    until: str
    lists: int
    models: int
    listed: int
    numbers: int
    judged: int
    right: int
    share: float | None
    low: float | None
    high: float | None
    unseen: int
    floor: float | None

    def told(self) -> dict[str, Any]:
        return asdict(self)


def trial(value: float, *, today: date) -> Trial:
    """Try a line on the lists of the last 30 days, today's among them: it ends at midnight. ``unseen``: numbers nobody was shown; ``floor``: how low the lists reach."""
    until = today + timedelta(days=1)
    since = until - timedelta(days=TRIAL_DAYS)
    kept = DailyList.objects.filter(day__gte=since, day__lt=until, superseded_at=None)
    above = Entry.objects.filter(of__in=kept, score__gte=value)
    numbers = set(above.values_list("number", flat=True))
    known = {one.number: one.fraud for one in labels(viewer=None, among=above)}
    shown = set(
        Entry.objects.filter(of__day__gte=since, of__day__lt=until, listed=True).values_list(
            "number", flat=True
        )
    )
    right = sum(known.values())
    low, high = wilson(right, len(known)) if known else (None, None)
    lowest = [min(_by_chance(one).values_list("score", flat=True), default=one.threshold) for one in kept]
    return Trial(
        value=value,
        since=since.isoformat(),
        until=until.isoformat(),
        lists=kept.count(),
        models=kept.order_by().values("model").distinct().count(),
        listed=above.count(),
        numbers=len(numbers),
        judged=len(known),
        right=right,
        share=right / len(known) if known else None,
        low=low,
        high=high,
        unseen=len(numbers - shown - known.keys()),
        floor=max(lowest, default=None),
    )


def _by_chance(kept: DailyList) -> QuerySet[Entry]:
    """Those that are surely kept with a list for their chance: what a live rule lists may come from further below."""
    return kept.entries.filter(ABOVE | Q(listed=False))


def wilson(right: int, judged: int) -> tuple[float, float]:
    """Bounds of a share, 19 times of 20 (Wilson).

    >>> tuple(round(bound, 3) for bound in wilson(8, 10))
    (0.49, 0.943)
    """
    share, z = right / judged, SURE
    middle = (share + z * z / (2 * judged)) / (1 + z * z / judged)
    wide = z / (1 + z * z / judged) * sqrt(share * (1 - share) / judged + z * z / (4 * judged * judged))
    return max(0.0, middle - wide), min(1.0, middle + wide)


def in_force(day: date) -> Threshold | None:
    """The line set for a day; None: the model's own."""
    return (
        Threshold.objects.filter(withdrawn_at=None, since__lte=day).order_by("-since", "-at", "-pk").first()
    )


def lines() -> QuerySet[Threshold]:
    """Every line ever set, newest first."""
    return Threshold.objects.all()


# -- models -----------------------------------------------------------------------------------------


def challenge_of(kept: DailyList, model: str) -> Challenge | None:
    """What this model last said of a list's numbers."""
    return Challenge.objects.filter(of=kept, model=model, superseded_at=None).first()


def promoted(day: date) -> Promotion | None:
    """The model whose lists alone are taken for a day; None: those of any."""
    return (
        Promotion.objects.filter(withdrawn_at=None, since__lte=day).order_by("-since", "-at", "-pk").first()
    )


def promotions() -> QuerySet[Promotion]:
    """Every model ever promoted, newest first."""
    return Promotion.objects.all()
