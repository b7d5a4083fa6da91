"""Periods of days, half-open, and the ones they are compared with."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from jinzhong import clock

DAY = timedelta(days=1)
YEARS = clock.YEARS
"""Cases outside these years aren't taken in, so nothing can be asked about them."""


class BadPeriod(ValueError):
    """The days make no period that can be asked about; the message says what to do."""


@dataclass(frozen=True)
class Period:
    """The days ``since <= day < until``.

    >>> Period(date(2021, 1, 1), date(2021, 6, 1)).previous()
    Period(since=datetime.date(2020, 8, 1), until=datetime.date(2021, 1, 1))
    >>> Period(date(2021, 5, 22), date(2021, 5, 29)).previous()
    Period(since=datetime.date(2021, 5, 15), until=datetime.date(2021, 5, 22))
    """

    since: date
    until: date

    @property
    def start(self) -> datetime:
        return clock.midnight(self.since)

    @property
    def end(self) -> datetime:
        return clock.midnight(self.until)

    @property
    def last(self) -> date:
        return self.until - DAY

    @property
    def days(self) -> int:
        return (self.until - self.since).days

    @property
    def is_whole_months(self) -> bool:
        return self.since.day == self.until.day == 1 and self.since < self.until

    def previous(self) -> "Period":
        """As many whole months before for a period of whole months, else as many days before."""
        if self.is_whole_months:
            return Period(add_months(self.since, -months_between(self.since, self.until)), self.since)
        return Period(self.since - timedelta(days=self.days), self.since)

    def last_year(self) -> "Period":
        """The same dates a year before."""
        return Period(year_before(self.since), year_before(self.until))

    def months(self) -> list[date]:
        """First days of the months that the period touches."""
        first = self.since.replace(day=1)
        return (
            [add_months(first, n) for n in range(months_between(first, self.last) + 1)] if self.days else []
        )


def chosen(since: date, until: date) -> Period:
    """The period somebody asks for. Raises BadPeriod."""
    if since.year not in YEARS or until.year not in YEARS:
        raise BadPeriod(_("年份请在 1990 到 2100 之间"))
    if until <= since:
        raise BadPeriod(_("结束要晚于开始"))
    return Period(since, until)


def one_day(day: date) -> Period:
    return Period(day, day + DAY)


def current(today: date, *, week_start: int) -> dict[str, Period]:
    """What is asked for most: this week, month and year until today, and all of last month. ``week_start``: 0 is Monday.

    >>> current(date(2021, 5, 31), week_start=5)["week"]
    Period(since=datetime.date(2021, 5, 29), until=datetime.date(2021, 6, 1))
    """
    first, month = today - (today.weekday() - week_start) % 7 * DAY, today.replace(day=1)
    return {
        "week": Period(first, today + DAY),
        "month": Period(month, today + DAY),
        "year": Period(today.replace(month=1, day=1), today + DAY),
        "last_month": Period(add_months(month, -1), month),
    }


def add_months(first: date, count: int) -> date:
    """The first of a month, some months later or earlier."""
    number = first.year * 12 + first.month - 1 + count
    return date(number // 12, number % 12 + 1, 1)


def months_between(a: date, b: date) -> int:
    return (b.year - a.year) * 12 + b.month - a.month


def year_before(day: date) -> date:
    """The same date a year before; 29 February has none and becomes 1 March, as border of a period."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 3, 1)
    return day.replace(year=day.year - 1)
