"""迟报: of the newest weeks, how many cases are still to be reported to us, by how late earlier ones came."""

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.utils import timezone

from jinzhong.cases import queries as cases
from jinzhong.situation.periods import DAY, Period
from jinzhong.situation.queries import day_of

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.delay import Known

LONGEST = 28
"""A case that comes later than so many days isn't waited for."""


class Coming(NamedTuple):
    """``about`` (between ``low`` and ``high``, 95 of 100) cases are still to come to the ``known`` ones; None: too few earlier
    cases to say."""

    known: int
    about: int | None
    low: int | None
    high: int | None


def complete(period: Period, *, as_of: datetime) -> "Known | None":
    """The share of the cases of a period that is over, known by now, as far as earlier ones tell; all where it is long over.

    A day's cases are held against those of earlier days at this hour as many days later. A case reported before our own register began came with its first lists and says nothing
    about a delay.
    """
    from jinzhong_engine.surveillance import delay

    now = timezone.localtime(as_of)
    today = now.date()
    if today - period.last > LONGEST * DAY:
        return delay.ALL
    told = list(cases.arrivals(as_of=as_of))
    began = min((known for _reported, known in told), default=as_of)
    late = [
        (_days_late(reported, known, now), (today - day_of(reported)).days)
        for reported, known in told
        if day_of(reported) >= day_of(began)
    ]
    return delay.known(late, [(today - period.since).days - n for n in range(period.days)], LONGEST)


def _days_late(reported: datetime, known: datetime, now: datetime) -> int:
    """On which day after its own a case was known by this hour; 0: on the same day."""
    there = timezone.localtime(known)
    return max(0, (there.date() - day_of(reported)).days + (there.time() >= now.time()))


def coming(known: int, share: "Known | None") -> Coming | None:
    """None where nothing more is to come."""
    from jinzhong_engine.surveillance import delay

    told = delay.nowcast(known, share)
    if told.high == known:
        return None
    if told.expected is None or told.low is None or told.high is None:
        return Coming(known, None, None, None)
    return Coming(known, round(told.expected - known), told.low - known, told.high - known)
