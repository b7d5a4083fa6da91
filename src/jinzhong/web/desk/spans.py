"""Which day, week or month a review is asked for, and the ways to the others."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.review import spans
from jinzhong.review.spans import By
from jinzhong.situation.periods import DAY, Period

WORDS: dict[By, Promise] = {
    "day": gettext_lazy("日"),
    "week": gettext_lazy("周"),
    "month": gettext_lazy("月"),
}


def asked(words: Mapping[str, str], *, default: By) -> tuple[By, Period]:
    """``by`` and ``day`` of an address or a form."""
    return spans.asked(words.get("by", ""), words.get("day", ""), default=default, today=clock.now().date())


def address(by: By, period: Period) -> str:
    return urlencode({"by": by, "day": period.since.isoformat()})


def ways(by: By, period: Period) -> dict[str, Any]:
    """To the other lengths, to the one before and, where it is over, to the one after."""
    today = clock.now().date()
    later = spans.period_of(by, period.until)
    return {
        "bys": [(one, word, address(one, _as(one, period, today)), one == by) for one, word in WORDS.items()],
        "earlier": address(by, spans.period_of(by, period.since - DAY)),
        "later": address(by, later) if later.until <= spans.newest(by, today).until else "",
    }


def month_of(period: Period) -> date:
    """Replies stand by the month in which the period ends."""
    return period.last.replace(day=1)


def _as(by: By, period: Period, today: date) -> Period:
    """The day, week or month in which this one ends, no newer than the last that is over."""
    return min(spans.period_of(by, period.last), spans.newest(by, today), key=lambda one: one.since)
