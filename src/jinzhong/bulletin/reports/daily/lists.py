"""The tables and lists of the day: towns, classes, days of the month, cases, people dissuaded, what is overdue."""

from typing import Any

from django.conf import settings

from jinzhong.bulletin.reports.base import listed
from jinzhong.bulletin.reports.base.tips import TIPS
from jinzhong.bulletin.reports.base.told import kept, line, missed
from jinzhong.bulletin.reports.daily.look import ZERO_CASE_DAYS, Look
from jinzhong.situation import queries, work
from jinzhong.situation.figures import Part
from jinzhong.situation.periods import DAY, Period
from jinzhong.situation.shares import money
from jinzhong_engine.taxonomy import BY_CODE

SHOWN_ORDERS = 3


def towns(look: Look) -> list[dict[str, Any]]:
    """``colour``: of the three-colour list as published, none as long as it isn't out."""
    before = Period(look.today.until - ZERO_CASE_DAYS * DAY, look.today.until)
    quiet = {one.code for one in look.stats(before).by_town if not one.cases}
    colours = listed.colours(look.today, look.as_of)
    month, year = _by_code(look.month_stats.by_town), _by_code(look.year_stats.by_town)
    return [
        _line(one, month, year)
        | {
            "name": one.name,
            "rate_10k": year[one.code].rate_10k,
            "zero_cases": one.code in quiet,
            "colour": colours.get(one.code),
        }
        for one in look.day_stats.by_town
    ]


def classes(look: Look) -> list[dict[str, Any]]:
    """Every class, the year's most frequent first."""
    today, month, year = (
        _by_code(one.by_class) for one in (look.day_stats, look.month_stats, look.year_stats)
    )
    return [_line(today[code], month, year) | {"name": BY_CODE[code].short} for code in year]


def _by_code(lines: list[Part]) -> dict[str, Part]:
    return {one.code: one for one in lines}


def _line(today: Part, month: dict[str, Part], year: dict[str, Part]) -> dict[str, Any]:
    return {
        "code": today.code,
        "cases": today.cases,
        "loss": money(today.loss),
        "cases_month": month[today.code].cases,
        "cases_year": year[today.code].cases,
        "loss_year": money(year[today.code].loss),
    }


def days(look: Look) -> list[dict[str, Any]]:
    """Cases on each day of the month so far."""
    found = queries.by_day(look.month, viewer=look.viewer, as_of=look.as_of)
    return [{"date": day.isoformat(), "cases": counted.cases} for day, counted in found]


# -- cases ----------------------------------------------------------------------------------------------


def cases(look: Look) -> list[dict[str, Any]]:
    """The day's cases, the largest loss first, each in a line without anything personal."""
    found = queries.rows(look.today, viewer=look.viewer, as_of=look.as_of)
    told = found.select_related("case", "town").prefetch_related("victims", "transfers")
    return [
        {
            "number": one.case.number,
            "town": one.town_id,
            "class": one.fraud_class,
            "loss": money(one.loss),
            "text": line(one),
        }
        for one in told.order_by("-loss", "reported_at", "case__number")
    ]


# -- orders ---------------------------------------------------------------------------------------------


def dissuaded(look: Look) -> list[dict[str, Any]]:
    """People who kept their money today, the largest amount first."""
    found = sorted(look.dissuaded, key=lambda one: (-one.amount, one.order.number))
    return [
        {"number": one.order.number, "amount": money(one.amount), "text": kept(one)}
        for one in found[:SHOWN_ORDERS]
    ]


def overdue(look: Look) -> list[dict[str, Any]]:
    """What each unit was late with, as it stood at 24:00: what happened later belongs to later days."""
    return [
        {
            "unit": unit.code if unit else None,
            "name": unit.name if unit else "无人值班",
            "orders": len(found),
            "text": f"{unit.name if unit else '无人值班'} {len(found)} 单："
            + "、".join(
                missed(owed, look.today) for one in found for owed in one.missed(look.today, as_of=look.as_of)
            ),
        }
        for unit, found in work.late_by_unit(look.late)
    ]


def tip(look: Look) -> str:
    """今日提醒: of the week's most frequent class, with the number to ring."""
    week = look.stats(look.week).by_class
    first = next((one.code for one in week if one.cases and one.code != "other"), "other")
    return f"{TIPS[first]}拿不准，打 {settings.HOTLINE} 问一声。"
