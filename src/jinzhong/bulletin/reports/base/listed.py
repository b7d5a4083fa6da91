"""挂牌: the colours of towns as they were published, of the month that a bulletin looks back on; none of our own."""

from datetime import date, datetime
from typing import Any

from django.utils.timezone import localtime

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.reports.base import DASH, month_day
from jinzhong.review import queries
from jinzhong.situation.periods import Period, add_months

UNPUBLISHED = "未公布"
LIFTED = "※"
SHORT = {"red": "红", "yellow": "黄", "green": "绿"}


def colours(period: Period, as_of: datetime) -> dict[str, str]:
    """By town; empty as long as the list isn't published."""
    return queries.published(month_of(period), before=as_of)


def marks(period: Period, as_of: datetime) -> dict[str, dict[str, str]]:
    """By town, for its line: the day on which the colour was lifted, and to what. Nothing where it still holds, so that what was
    drawn up before bulletins told it stays as it was."""
    return {
        town: {"lifted_on": localtime(one.at).date().isoformat(), "lifted_to": one.to}
        for (town, month), one in queries.lifted(before=as_of).items()
        if month == month_of(period)
    }


def month_of(period: Period) -> date:
    """The month itself where the bulletin is about a month, else the last one that was over when it began."""
    first = period.last.replace(day=1)
    return first if period.is_whole_months else add_months(first, -1)


def told(period: Period, towns: list[dict[str, Any]]) -> dict[str, Any]:
    """Which list the lines of towns have their colours from, and whether it was out."""
    is_out = any(one["colour"] for one in towns)
    return {"month": f"{month_of(period):%Y-%m}", "published": is_out}


def cell(content: Content, one: dict[str, Any]) -> str:
    if "listing" not in content:
        return DASH
    if not one["colour"]:
        return UNPUBLISHED
    return SHORT[one["colour"]] + (LIFTED if "lifted_on" in one else "")


def note(content: Content) -> str:
    """挂牌为 4 月的三色挂牌。 Nothing in what was issued before bulletins looked at the list."""
    if (listing := content.get("listing")) is None:
        return ""
    month = date.fromisoformat(f"{listing['month']}-01").month
    told = f"挂牌为 {month} 月的三色挂牌" + ("。" if listing["published"] else "，截稿时还没有公布。")
    return told + _lifted(content["towns"])


def _lifted(towns: list[dict[str, Any]]) -> str:
    """※已摘牌：溪口镇 5月20日。 What became yellow is said to be so."""
    off = [
        f"{one['name']} {month_day(date.fromisoformat(one['lifted_on']))}"
        + ("" if one["lifted_to"] == "green" else f"降为{SHORT[one['lifted_to']]}牌")
        for one in towns
        if "lifted_on" in one
    ]
    return f"{LIFTED}已摘牌：{'、'.join(off)}。" if off else ""
