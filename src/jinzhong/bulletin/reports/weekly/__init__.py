"""反诈周报: a week of the district's own reckoning on four pages, with the five colours, praise and reminders."""

from datetime import date, datetime

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Paper
from jinzhong.bulletin.reports.base import judged
from jinzhong.bulletin.reports.base.composed import composed
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.weekly import layout as sheet
from jinzhong.district.models import Account
from jinzhong.situation import board

TITLE = "反诈周报"
RULES = "weekly-2021-06-02"
TWO_PERSONS = True
period = board.week_of


def compose(day: date, *, viewer: Account | None, as_of: datetime) -> Content:
    """What the bulletin of the week of a day says by what was known before ``as_of``."""
    look = Look(period(day), "本周", "上周", viewer, as_of)
    alarms = judged.alarms(look)
    return composed(look, judged.by_week(alarms)) | {"alarms": alarms, "owed": judged.owed(look)}


def layout(content: Content) -> Paper:
    """The week set on four pages."""
    return sheet.paper(content)
