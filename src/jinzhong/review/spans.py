"""The day, the week or the month a review speaks of, and the time before it that it is held against."""

from datetime import date, timedelta
from typing import Literal

from jinzhong.situation import board, periods
from jinzhong.situation.periods import DAY, YEARS, Period, add_months

By = Literal["day", "week", "month"]
BY: tuple[By, ...] = ("day", "week", "month")
PAST_DAYS = {"day": 30, "week": 84}
PAST_MONTHS = 3


def period_of(by: By, day: date) -> Period:
    """The day, week or month that holds a day."""
    if by == "day":
        return periods.one_day(day)
    if by == "week":
        return board.week_of(day)
    return Period(day.replace(day=1), add_months(day, 1))


def newest(by: By, today: date) -> Period:
    """The last one that is over."""
    return period_of(by, period_of(by, today).since - DAY)


def past(by: By, period: Period) -> Period:
    """A day is held against the 30 days before it, a week against 12 weeks, a month against three months."""
    if by == "month":
        return Period(add_months(period.since, -PAST_MONTHS), period.since)
    return Period(period.since - timedelta(days=PAST_DAYS[by]), period.since)


def asked(by: str, day: str, *, default: By, today: date) -> tuple[By, Period]:
    """The period asked for, at most the last one that is over; words that name none are left out."""
    chosen: By = next((one for one in BY if one == by), default)
    last = newest(chosen, today)
    try:
        period = period_of(chosen, date.fromisoformat(day))
    except (ValueError, OverflowError):
        return chosen, last
    fits = period.since.year - 1 in YEARS and period.until <= last.until
    return chosen, period if fits else last
