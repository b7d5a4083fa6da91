"""The tables of a week or a month: towns, classes, who was robbed, cases, stations, banks, what is overdue."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from statistics import median_low
from typing import Any

from jinzhong.bulletin.reports.base import listed
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.base.told import OCCUPATIONS, line, missed
from jinzhong.district import queries as district
from jinzhong.district.models import Unit
from jinzhong.situation import bands, queries, work
from jinzhong.situation.figures import Part
from jinzhong.situation.periods import Period
from jinzhong.situation.shares import money
from jinzhong_engine.taxonomy import BY_CODE

ZERO_CASE_DAYS = 35
"""Five weeks without a case, as Ningbo counts a zero-case town."""
SHOWN_CASES = 5
SHOWN_LATE = 3
"""Missed deadlines named of a unit."""
OTHER_JOB, NO_JOB = "其他", "未登记"

# -- cases ----------------------------------------------------------------------------------------------


def towns(look: Look) -> list[dict[str, Any]]:
    """In the district's order. ``rank``: among streets or among towns, by the year's rate; ``against``: higher, lower or
    like the district's rate, beyond what chance alone brings (95 % interval)."""
    now, then, month, year = (
        by_code(one.by_town) for one in (look.now, look.then, look.month_stats, look.year_stats)
    )
    residents, told = district.residents(look.day), look.year_stats
    colours, lifted = listed.colours(look.period, look.as_of), listed.marks(look.period, look.as_of)
    rate = told.total.cases / told.residents if told.residents else 0.0
    lines = []
    for town in look.towns:
        one, all_year = now[town.code], year[town.code]
        lines.append(
            of_part(one, month, year)
            | {
                "name": town.name,
                "kind": str(town.kind),
                "cases_previous": then[town.code].cases,
                "percent": one.percent,
                "loss_percent": one.loss_percent,
                "rate_10k": all_year.rate_10k,
                "against": _against(all_year, (rate, residents.get(town.code, 0))),
                "zero_days": _days_without(look, town.code),
                "colour": colours.get(town.code),
            }
            | lifted.get(town.code, {})
        )
    return _ranked(lines)


def _ranked(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Equal rates share a rank."""
    for one in lines:
        peers = [each for each in lines if each["kind"] == one["kind"] and each["rate_10k"] is not None]
        higher = sum(Decimal(each["rate_10k"]) > Decimal(one["rate_10k"] or 0) for each in peers)
        one["rank"] = None if one["rate_10k"] is None else higher + 1
    return lines


def _against(one: Part, whole: tuple[float, int]) -> str | None:
    """``whole``: the year's cases per resident of all towns shown, and this town's residents."""
    rate, residents = whole
    if not rate or not residents:
        return None
    from jinzhong_engine.surveillance import rates  # costs a second, so pages start without it

    low, high = rates.of_count(one.cases)
    level = rate * residents
    return "higher" if low > level else "lower" if high < level else "like"


def _days_without(look: Look, town: str) -> int | None:
    """Days up to the end of the period without a case; None where no case was ever known."""
    last = look.last_cases.get(town) or look.first_day
    if last is None:
        return None
    return max(0, (look.period.last - last).days)


def classes(look: Look) -> list[dict[str, Any]]:
    """Every class, the year's most frequent first."""
    now, then, month, year = (
        by_code(one.by_class) for one in (look.now, look.then, look.month_stats, look.year_stats)
    )
    return [
        of_part(now[code], month, year)
        | {
            "name": BY_CODE[code].short,
            "cases_previous": then[code].cases,
            "percent_year": one.percent,
            "loss_percent_year": one.loss_percent,
        }
        for code, one in year.items()
    ]


def by_code(lines: list[Part]) -> dict[str, Part]:
    return {one.code: one for one in lines}


def of_part(now: Part, month: dict[str, Part], year: dict[str, Part]) -> dict[str, Any]:
    return {
        "code": now.code,
        "cases": now.cases,
        "loss": money(now.loss),
        "cases_month": month[now.code].cases,
        "cases_year": year[now.code].cases,
        "loss_year": money(year[now.code].loss),
    }


def groups(look: Look) -> dict[str, list[dict[str, Any]]]:
    """Victims by sex, age, occupation, and cases by area: of the period and of the year."""
    now, year = look.now, look.year_stats
    return {
        "sex": _beside(now.by_sex, year.by_sex, "persons"),
        "age": _beside(now.by_age, year.by_age, "persons"),
        "area": _beside(now.by_area, year.by_area, "cases"),
        "occupation": _occupations(look),
    }


def _beside(now: Iterable[Any], year: Iterable[Any], counted: str) -> list[dict[str, Any]]:
    here = {one.code: getattr(one, counted) for one in now}
    return [
        {
            "code": one.code,
            "name": one.name,
            "now": here.get(one.code, 0),
            "year": getattr(one, counted),
            "percent_year": one.percent,
        }
        for one in year
    ]


def _occupations(look: Look) -> list[dict[str, Any]]:
    """The year's most frequent first; whatever isn't an occupation we print is 其他."""
    now, year = (Counter(_job(job) for *_rest, job in look.victims(one)) for one in (look.period, look.year))
    named = sorted((one for one in year if one not in (OTHER_JOB, NO_JOB)), key=lambda one: (-year[one], one))
    return [
        {"code": one, "name": one, "now": now[one], "year": year[one]}
        for one in (*named, OTHER_JOB, NO_JOB)
        if year[one]
    ]


def _job(told: str) -> str:
    return NO_JOB if not told else told if told in OCCUPATIONS else OTHER_JOB


def matrix(look: Look) -> list[dict[str, Any]]:
    """The year's victims by class, sex and age band; classes without any are left out."""
    found: dict[str, Counter[str]] = {}
    for code, sex, age, _occupation in look.victims(look.year):
        here = found.setdefault(code, Counter())
        here.update(["all", f"sex/{sex or bands.UNKNOWN}", f"age/{bands.band_of(age)}"])
    order = sorted(found, key=lambda code: (code == "other", -found[code]["all"], code))
    return [
        {"code": code, "name": BY_CODE[code].short, **dict(sorted(found[code].items()))} for code in order
    ]


def days(look: Look, period: Period) -> list[dict[str, Any]]:
    """Cases on each day of the period."""
    told = queries.by_day(period, viewer=look.viewer, as_of=look.as_of)
    return [{"date": day.isoformat(), "cases": one.cases} for day, one in told]


def cases(look: Look, most: int | None = None) -> list[dict[str, Any]]:
    """The period's cases, the largest loss first, each in a line without anything personal. ``most``: how many; else all."""
    told = look.rows(look.period).select_related("case", "town").prefetch_related("victims", "transfers")
    return [
        {
            "number": one.case.number,
            "town": one.town_id,
            "class": one.fraud_class,
            "loss": money(one.loss),
            "text": line(one),
        }
        for one in told.order_by("-loss", "reported_at", "case__number")[:most]
    ]


# -- orders ---------------------------------------------------------------------------------------------


def stations(look: Look) -> list[dict[str, Any]]:
    """What each station was sent for, and how it went: most orders first."""
    sent = _by_station(look.sent)
    late, met, kept, door = (_by_station(one) for one in (look.late, look.met, look.dissuaded, look.arrived))
    units = {code: unit for by in (sent, late, met, kept) for code, (unit, _runs) in by.items()}
    lines = []
    for code, unit in units.items():
        times = sorted(
            one.to_the_door.total_seconds() for one in door.get(code, (unit, []))[1] if one.to_the_door
        )
        lines.append(
            {
                "code": code,
                "name": unit.name if unit else "无人值班",
                "sent": len(sent.get(code, (unit, []))[1]),
                "late": len(late.get(code, (unit, []))[1]),
                "met": len(met.get(code, (unit, []))[1]),
                "dissuaded": len(kept.get(code, (unit, []))[1]),
                "door_median_seconds": round(median_low(times)) if times else None,
            }
        )
    return sorted(lines, key=lambda one: (-one["sent"], one["code"]))


def _by_station(found: list[work.Run]) -> dict[str, tuple[Unit | None, list[work.Run]]]:
    groups_: dict[str, tuple[Unit | None, list[work.Run]]] = {}
    for one in found:
        unit = one.order.station
        groups_.setdefault(unit.code if unit else "", (unit, []))[1].append(one)
    return groups_


def banks(look: Look) -> list[dict[str, Any]]:
    """What came from the counters of each bank: warnings, orders, people who kept their money; most warnings first."""
    found: dict[str, dict[str, Any]] = {}

    def of(outlet: Unit) -> dict[str, Any]:
        bank = outlet.parent or outlet
        return found.setdefault(
            bank.code,
            {
                "code": bank.code, "name": bank.name, "outlets": set(), "warnings": 0, "arrived": 0,
                "on_time": 0, "dissuaded": 0, "protected": Decimal(0),
            },
        )  # fmt: skip

    for warning in look.warnings:
        if warning.outlet:
            of(warning.outlet)["warnings"] += 1
            of(warning.outlet)["outlets"].add(warning.outlet.code)
    for run in look.arrived:
        if outlet := run.order.warning.outlet:
            of(outlet)["arrived"] += 1
            of(outlet)["on_time"] += not any(one.kind == "meet" and one.is_missed for one in run.deadlines)
    for run in look.dissuaded:
        if outlet := run.order.warning.outlet:
            of(outlet)["dissuaded"] += 1
            of(outlet)["protected"] += run.amount
    lines = [
        one | {"outlets": len(one["outlets"]), "protected": money(one["protected"])} for one in found.values()
    ]
    return sorted(lines, key=lambda one: (-one["warnings"], one["code"]))


def overdue(look: Look) -> list[dict[str, Any]]:
    """What each unit was late with in the period, as it stood at its end."""
    return [
        {
            "unit": unit.code if unit else None,
            "name": unit.name if unit else "无人值班",
            "orders": len(found),
            "text": _told(look, found),
        }
        for unit, found in work.late_by_unit(look.late)
    ]


def _told(look: Look, found: list[work.Run]) -> str:
    kinds = Counter(owed.kind for one in found for owed in one.missed(look.period, as_of=look.as_of))
    words = {"sign": "签收", "meet": "到门", "feedback": "反馈"}
    worst = [missed(owed, look.period) for one in found for owed in one.missed(look.period, as_of=look.as_of)]
    parts = "、".join(f"{words[kind]}迟 {kinds[kind]} 次" for kind in words if kinds[kind])
    more = f"，另 {len(worst) - SHOWN_LATE} 次" if len(worst) > SHOWN_LATE else ""
    return f"{parts}：{'、'.join(worst[:SHOWN_LATE])}{more}"


def starred(lines: list[dict[str, Any]]) -> list[str]:
    """Towns without a case for five weeks."""
    return [one["name"] for one in lines if (one["zero_days"] or 0) >= ZERO_CASE_DAYS]
