"""A request as a page sees it that ``@page`` has let somebody into: the user is one of our accounts; and what it says."""

from datetime import date, datetime

from django.http import HttpRequest

from jinzhong import clock
from jinzhong.district.queries import Account


class Request(HttpRequest):
    """For annotations only; Django makes the requests."""

    user: Account


def day_in(text: str) -> date | None:
    """2021-05-31 as typed or in an address; None: that names no day on which a fact could lie."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in clock.YEARS else None


def moment_in(text: str) -> datetime | None:
    """2021-05-31T14:00:00+08:00 likewise; of a zone it may say nothing."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year in clock.YEARS else None


def needed_day(text: str, problem: Exception) -> date:
    """The same; raises ``problem`` where that names no day."""
    found = day_in(text)
    if found is None:
        raise problem
    return found
