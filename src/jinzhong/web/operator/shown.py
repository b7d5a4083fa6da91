"""How numbers, reasons and verdicts look on the pages of the operators."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _

from jinzhong import reasons
from jinzhong.district import queries as district
from jinzhong.scoring import apart, operations, queries, rules
from jinzhong.scoring.words import because_word
from jinzhong.web.shared.once import once
from jinzhong.web.shared.people import quiet, staff
from jinzhong.web.shared.request import Request
from jinzhong.web.templatetags.show import day
from jinzhong_engine import sayings
from jinzhong_engine.sayings import Saying


@dataclass(frozen=True)
class Reason:
    """近7天回拨占比 1%, where 25% is usual."""

    words: str
    usual: str


@dataclass(frozen=True)
class Said:
    """One verdict as the viewer may read it: notes are for one's own side, and for the office."""

    word: str
    code: str
    because: str
    side: str
    who: str
    at: datetime
    note: str
    ended_at: datetime | None


def split(reason: str) -> Reason:
    """A reason of the engine in the reader's language, and what is usual among innocent numbers.

    >>> split("近7天回拨占比 1%（一般 25%）")
    Reason(words='近7天回拨占比 1%', usual='25%')
    >>> split("近7天总通话 3 次")
    Reason(words='近7天总通话 3 次', usual='')
    """
    found = sayings.read(reason)
    if found and found[0] is Saying.BESIDE_USUAL:
        return Reason(reasons.told(found[1]["feature"]), reasons.told(found[1]["usual"]))
    return Reason(reasons.told(reason), "")


def beside_watch(viewer: Any, today: date) -> list[tuple[apart.Apart, str]]:
    """By what each live watch lists, and the titles of the rules that it doesn't ask."""
    titles = dict(rules.titles())
    return [
        (one, _("、").join(titles.get(signal, signal) for signal in one.rules))
        for one in apart.aparts(viewer=viewer, today=today)
    ]


def tried_days(viewer: Any, today: date, *, asked: bool) -> list[dict[str, Any]]:
    """On which days a trial was run and on which it wasn't, by operator; ``asked``: where the rules were asked."""
    return [
        {
            "of": one,
            "tried": (tried := one.asked if asked else one.listed),
            "tried_told": spans(tried),
            "unasked": one.unasked if asked else [],
            "unasked_told": spans(one.unasked),
            "missing_told": spans(one.missing),
            "lacks": next(iter(sorted([*one.missing, *(one.unasked if asked else [])])), None),
        }
        for one in rules.tried_days(viewer=viewer, today=today)
    ]


def spans(days: list[date]) -> str:
    """Days in order, those in a row as one."""
    rows: list[list[date]] = []
    for one in days:
        if rows and one - rows[-1][-1] == timedelta(days=1):
            rows[-1].append(one)
        else:
            rows.append([one])
    told = [day(row[0]) if len(row) == 1 else f"{day(row[0])}–{day(row[-1])}" for row in rows]
    return _("、").join(told)


def carried_out(
    request: Request, do: Callable[[], str], refused: Callable[[str], HttpResponse]
) -> HttpResponse:
    """Do what a form asks, once, and go on to the address it gives; or the page again with what is said against it."""
    try:
        return once(request, do)
    except operations.Unfit as problem:
        return refused(str(problem))


def percent(chance: float) -> str:
    """Whole percents; a model is never quite sure.

    >>> percent(0.874), percent(0.997), percent(0.002)
    ('87', '>99', '<1')
    """
    whole = round(chance * 100)
    return ">99" if whole > 99 else "<1" if whole < 1 else str(whole)


def number_of(shown: Any) -> str:
    return shown.phone or "—"


def said_of(numbers: Iterable[UUID], viewer: Any, *, standing: bool = True) -> dict[UUID, list[Said]]:
    """What was said of each number, newest first."""
    found = queries.verdicts(numbers, viewer=viewer, standing=standing)
    accounts = district.accounts_named(one.by for one in found)
    words, own = dict(queries.verdict_words()), queries.side_of(viewer)
    told = defaultdict(list)
    for one in found:
        who = staff(accounts[one.by]) if one.by in accounts else one.by
        readable = own in (one.side, "anti_fraud_office")
        told[one.number_id].append(
            Said(
                words[one.word],
                one.word,
                because_word(one.word, one.because),
                queries.side_word(one.side),
                who,
                one.at,
                quiet(one.note) if readable else "",
                one.ended_at,
            )
        )
    return told
