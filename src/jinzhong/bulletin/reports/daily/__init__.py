"""反诈日报: yesterday on one page, cut at 24:00, out in the morning."""

from datetime import date, datetime

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Paper
from jinzhong.bulletin.reports.base import listed
from jinzhong.bulletin.reports.base.lists import cases, days
from jinzhong.bulletin.reports.daily import figures, lists
from jinzhong.bulletin.reports.daily import layout as sheet
from jinzhong.bulletin.reports.daily.look import Look
from jinzhong.district.models import Account
from jinzhong.situation.periods import one_day

TITLE = "反诈日报"
RULES = "daily-2021-06-03"
TWO_PERSONS = False
period = one_day


def compose(day: date, *, viewer: Account | None, as_of: datetime) -> Content:
    """What the day's bulletin says by what was known before ``as_of``."""
    look = Look(one_day(day), "当日", "前一日", viewer, as_of)
    towns = lists.towns(look)
    return {
        "complete": as_of >= look.period.end,
        "figures": {key: one.as_json() for key, one in figures.figures(look).items()},
        "towns": towns,
        "listing": listed.told(look.period, towns),
        "classes": lists.classes(look),
        "days": days(look, look.month),
        "cases": cases(look),
        "dissuaded": lists.dissuaded(look),
        "overdue": lists.overdue(look),
        "tip": lists.tip(look),
    }


def layout(content: Content) -> Paper:
    """The day's bulletin set as one page."""
    return sheet.paper(content)
