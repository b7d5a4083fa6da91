"""One day and what it is held against, counted once."""

from dataclasses import dataclass
from datetime import timedelta

from jinzhong.bulletin.reports.base import look
from jinzhong.situation.periods import DAY, Period, add_months


@dataclass
class Look(look.Look):
    @property
    def week(self) -> Period:
        """The seven days that end with this one."""
        return Period(self.day - timedelta(days=6), self.day + DAY)

    @property
    def month_before(self) -> Period:
        """The same days of the month before; all of it once this month is over."""
        first, ends = add_months(self.month.since, -1), self.month.since
        if self.month.is_whole_months:
            return Period(first, ends)
        return Period(first, min(first + timedelta(days=self.month.days), ends))
