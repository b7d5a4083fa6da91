"""挂牌: the colours of towns as they were published, of the month that a bulletin looks back on; none of our own."""

from datetime import date, datetime
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.reports.base import DASH
from jinzhong.review import queries
from jinzhong.situation.periods import Period, add_months

UNPUBLISHED = "未公布"
SHORT = {"red": "红", "yellow": "黄", "green": "绿"}


def colours(period: Period, as_of: datetime) -> dict[str, str]:
    """By town; empty as long as the list isn't published."""
    return queries.published(month_of(period), before=as_of)


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
    return SHORT[one["colour"]] if one["colour"] else UNPUBLISHED


def note(content: Content) -> str:
    """挂牌为 4 月的三色挂牌。 Nothing in what was issued before bulletins looked at the list."""
    if (listing := content.get("listing")) is None:
        return ""
    month = date.fromisoformat(f"{listing['month']}-01").month
    return f"挂牌为 {month} 月的三色挂牌" + ("。" if listing["published"] else "，截稿时还没有公布。")
