"""反诈月报: a month with its towns by cases and by loss, zero-case towns, classes, people, the work."""

from datetime import date, datetime

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Paper
from jinzhong.bulletin.reports.base import judged
from jinzhong.bulletin.reports.base.composed import composed
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.monthly import layout as sheet
from jinzhong.district.models import Account
from jinzhong.situation.periods import Period, add_months

TITLE = "反诈月报"
RULES = "monthly-2021-06-02"
TWO_PERSONS = True


def period(day: date) -> Period:
    """The month that holds a day."""
    first = day.replace(day=1)
    return Period(first, add_months(first, 1))


def compose(day: date, *, viewer: Account | None, as_of: datetime) -> Content:
    """What the bulletin of the month of a day says by what was known before ``as_of``."""
    look = Look(period(day), "本月", "上月", viewer, as_of)
    return composed(look, judged.by_month(look))


def layout(content: Content) -> Paper:
    """The month set as a paper."""
    return sheet.paper(content)
