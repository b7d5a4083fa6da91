"""Figures by what they count: cases, money lost, orders, money that stayed, times; and how changes and periods are spelled."""

from decimal import Decimal

from jinzhong.bulletin.reports.base import DASH, Figure, count, month_day, span
from jinzhong.situation import drill, shares, work
from jinzhong.situation.periods import Period
from jinzhong.situation.shares import wan

CASES = "报案时间在%s的案件，按受害人所属镇（街道）计，撤案不计"
MET = "%s民警两人当面见到人的派单，以反馈为准；一人去的、没见到的、重复的不计，电话不算"


def counted(name: str, cases: int, period: Period, **only: str) -> Figure:
    """``only``: a town or class that alone is counted."""
    return Figure(name, cases, count(cases, "起"), CASES % days(period), drill.cases(period, **only))


def lost(name: str, loss: Decimal, period: Period, **only: str) -> Figure:
    return Figure(
        name,
        shares.money(loss),
        wan(loss),
        f"{CASES % days(period)}的损失之和，未遂不计",
        drill.cases(period, **only),
    )


def acted(
    name: str, found: list[work.Run], period: Period, what: str, definition: str, town: str = ""
) -> Figure:
    return Figure(
        name, len(found), count(len(found), "单"), definition, drill.orders(period, what, town=town)
    )


def protected_money(
    name: str, found: list[work.Run], period: Period, definition: str, town: str = ""
) -> Figure:
    amount, rows = work.protected(found), drill.orders(period, "dissuaded", town=town)
    return Figure(name, shares.money(amount), wan(amount), definition, rows)


def time_taken(name: str, seconds: float | None, period: Period, definition: str, town: str = "") -> Figure:
    whole = None if seconds is None else round(seconds)
    text = DASH if seconds is None else span(seconds)
    return Figure(name, whole, text, definition, drill.orders(period, "arrived", town=town))


def rank(times: list[float], share: int) -> float | None:
    """The time within which so many percent arrived: one that was really taken, not a mean of two."""
    return times[-(-len(times) * share // 100) - 1] if times else None


def risen(change: str | None) -> str:
    if change is None:
        return DASH
    size = Decimal(change)
    if not size:
        return "持平"
    return f"{'上升' if size > 0 else '下降'} {abs(size)}%"


def days(period: Period) -> str:
    """5月31日; 5月1日至31日; 1月1日至5月31日."""
    first, last = period.since, period.last
    if first == last:
        return month_day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{month_day(first)}至{last.day}日"
    return f"{month_day(first)}至{month_day(last)}"
