"""One day and what it is held against, counted once."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from jinzhong.district.models import Account
from jinzhong.situation import queries, work
from jinzhong.situation.figures import Stats, Total
from jinzhong.situation.periods import DAY, Period, add_months, one_day

ZERO_CASE_DAYS = 35
"""Five weeks without a case, as Ningbo counts a zero-case town."""


@dataclass
class Look:
    day: date
    viewer: Account | None
    as_of: datetime

    @property
    def today(self) -> Period:
        return one_day(self.day)

    @property
    def week(self) -> Period:
        """The seven days that end with this one."""
        return Period(self.day - timedelta(days=6), self.day + DAY)

    @property
    def month(self) -> Period:
        return Period(self.day.replace(day=1), self.day + DAY)

    @property
    def year(self) -> Period:
        return Period(self.day.replace(month=1, day=1), self.day + DAY)

    @property
    def month_before(self) -> Period:
        """The same days of the month before; all of it once this month is over."""
        first, ends = add_months(self.month.since, -1), self.month.since
        if self.month.is_whole_months:
            return Period(first, ends)
        return Period(first, min(first + timedelta(days=self.month.days), ends))

    def stats(self, period: Period) -> Stats:
        return queries.stats(period, viewer=self.viewer, as_of=self.as_of)

    def total(self, period: Period) -> Total:
        return queries.total(period, viewer=self.viewer, as_of=self.as_of)

    @cached_property
    def day_stats(self) -> Stats:
        return self.stats(self.today)

    @cached_property
    def month_stats(self) -> Stats:
        return self.stats(self.month)

    @cached_property
    def year_stats(self) -> Stats:
        return self.stats(self.year)

    @cached_property
    def late(self) -> list[work.Run]:
        return work.late(self.today, viewer=self.viewer, as_of=self.as_of)

    @cached_property
    def dissuaded(self) -> list[work.Run]:
        return work.dissuaded(self.today, viewer=self.viewer, as_of=self.as_of)

    @cached_property
    def dissuaded_year(self) -> list[work.Run]:
        return work.dissuaded(self.year, viewer=self.viewer, as_of=self.as_of)

    @cached_property
    def arrived(self) -> list[work.Run]:
        return work.arrived(self.today, viewer=self.viewer, as_of=self.as_of)
