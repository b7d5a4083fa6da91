"""The lists of the day that a week and a month don't have, or have otherwise: towns, classes, people dissuaded, what is overdue."""

from typing import Any

from django.conf import settings

from jinzhong.bulletin.reports.base import listed
from jinzhong.bulletin.reports.base.lists import ZERO_CASE_DAYS, by_code, of_part
from jinzhong.bulletin.reports.base.tips import TIPS
from jinzhong.bulletin.reports.base.told import kept, missed
from jinzhong.bulletin.reports.daily.look import Look
from jinzhong.situation import work
from jinzhong.situation.periods import DAY, Period
from jinzhong.situation.shares import money
from jinzhong_engine.taxonomy import BY_CODE

SHOWN_ORDERS = 3


def towns(look: Look) -> list[dict[str, Any]]:
    """``colour``: of the three-colour list as published, none as long as it isn't out."""
    before = Period(look.period.until - ZERO_CASE_DAYS * DAY, look.period.until)
    quiet = {one.code for one in look.stats(before).by_town if not one.cases}
    colours, lifted = listed.colours(look.period, look.as_of), listed.marks(look.period, look.as_of)
    month, year = by_code(look.month_stats.by_town), by_code(look.year_stats.by_town)
    return [
        of_part(one, month, year)
        | {
            "name": one.name,
            "rate_10k": year[one.code].rate_10k,
            "zero_cases": one.code in quiet,
            "colour": colours.get(one.code),
        }
        | lifted.get(one.code, {})
        for one in look.now.by_town
    ]


def classes(look: Look) -> list[dict[str, Any]]:
    """Every class, the year's most frequent first."""
    today, month, year = (by_code(one.by_class) for one in (look.now, look.month_stats, look.year_stats))
    return [of_part(today[code], month, year) | {"name": BY_CODE[code].short} for code in year]


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
                missed(owed, look.period)
                for one in found
                for owed in one.missed(look.period, as_of=look.as_of)
            ),
        }
        for unit, found in work.late_by_unit(look.late)
    ]


def tip(look: Look) -> str:
    """今日提醒: of the week's most frequent class, with the number to ring."""
    week = look.stats(look.week).by_class
    first = next((one.code for one in week if one.cases and one.code != "other"), "other")
    return f"{TIPS[first]}拿不准，打 {settings.HOTLINE} 问一声。"
