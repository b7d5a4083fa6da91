"""What operators made of the numbers listed to them: how many they looked at, how soon, and whether the office agreed."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from jinzhong.district.models import Unit
from jinzhong.scoring.models import DailyList, Entry, Verdict

UNSURE = Verdict.Word.UNSURE


@dataclass(frozen=True)
class Feedback:
    """``days``: the day of each number when it was first listed in the period, a number once; ``seconds``: from the list to
    the operator's first word, of those first judged after it; ``both``: numbers of which operator and office each said what
    they are, ``agree``: that it was the same."""

    lists: int
    days: list[date]
    judged: int
    fraud: int
    seconds: list[float]
    both: int
    agree: int


def of(operators: Iterable[Unit], since: date, until: date, *, as_of: datetime) -> Feedback:
    """Of lists of the days ``since <= day < until``, by what was said before ``as_of``."""
    lists = DailyList.objects.filter(
        operator__in=list(operators), day__gte=since, day__lt=until, superseded_at=None, at__lt=as_of
    )
    entries = Entry.objects.filter(of__in=lists, listed=True).select_related("of").order_by("of__day")
    first: dict[tuple[UUID, UUID], DailyList] = {}
    for one in entries:
        first.setdefault((one.number_id, one.of.operator_id), one.of)
    said = Verdict.objects.filter(number__in=entries.order_by().values("number"), at__lt=as_of).order_by(
        "at", "id"
    )
    words: dict[tuple[UUID, UUID | None], list[Verdict]] = {}
    for word in said:
        of_office = word.side == Verdict.Side.OFFICE
        words.setdefault((word.number_id, None if of_office else word.unit_id), []).append(word)
    looked = {key: words[key] for key in first if key in words}
    pairs = [
        (theirs[-1].word, words[number, None][-1].word)
        for (number, _operator), theirs in looked.items()
        if (number, None) in words
    ]
    both = [pair for pair in pairs if UNSURE not in pair]
    waited = [(theirs[0].at - first[key].at).total_seconds() for key, theirs in looked.items()]
    return Feedback(
        lists=lists.count(),
        days=[one.day for one in first.values()],
        judged=len(looked),
        fraud=sum(theirs[-1].word == Verdict.Word.FRAUD for theirs in looked.values()),
        seconds=[one for one in waited if one >= 0],
        both=len(both),
        agree=sum(a == b for a, b in both),
    )


def first_day() -> date | None:
    """Of the lists we have."""
    return DailyList.objects.order_by("day").values_list("day", flat=True).first()
