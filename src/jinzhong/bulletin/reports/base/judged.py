"""What was expected of each town, and how surprising it is what came: the ground of the colours and of praise and reminders."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from math import exp
from typing import Any

from jinzhong.bulletin.reports.base import Figure, count, month_day
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.base.numbers import days
from jinzhong.district import queries as district
from jinzhong.situation import board, drill
from jinzhong.situation.periods import Period
from jinzhong.situation.told import board_line, moment

USUAL_DAYS = 91
"""A month is held against the quarter before it."""
SURE = 0.05
LEAST = 5
"""Fewer cases in a month are no rise that a town is reminded of."""


@dataclass(frozen=True)
class Judged:
    """A town in the period. ``loud``: it is to be reminded of; ``low``: so few cases that chance seldom brings it."""

    code: str
    name: str
    observed: int
    expected: float
    loud: bool
    low: bool
    word: str = ""
    who: str = ""
    act_by: date | None = None
    task: str = ""


def alarms(look: Look) -> dict[str, Any]:
    """五色预警 of a whole week: every town, and the classes of towns at yellow or above. Nothing of a week not over."""
    if not look.is_over:
        return {"towns": [], "classes": [], "unknown": "这一周还没有过完，颜色过完才判", "naive": 0}
    told = board.board(look.period, viewer=look.viewer, as_of=look.as_of)
    if told.unknown:
        return {"towns": [], "classes": [], "unknown": "没有整周的案件，颜色判不了", "naive": 0}
    loud = board.loud_classes(told)
    return {
        "towns": [_short(board_line(one)) for one in told.lines],
        "classes": [_short(board_line(one)) | {"class": one.class_word} for one in loud],
        "unknown": "",
        "naive": told.naive,
        "weeks": _weeks(told.lines),
    }


def owed(look: Look) -> list[dict[str, Any]]:
    """What the colours of the week before asked for, and whether it was told as done, by the cut-off."""
    told = board.board(look.before, viewer=look.viewer, as_of=look.as_of)
    return [
        {
            "code": one.town.code,
            "name": one.town.name,
            "word": one.word,
            "who": one.alarm.who,
            "act_by": one.alarm.act_by.isoformat() if one.alarm.act_by else None,
            "done": moment(one.responses[0].at) if one.responses else None,
            "late": one.is_overdue(look.as_of),
        }
        for one in told.lines
        if one.due
    ]


def _short(line: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in line.items() if name not in ("history", "weeks", "top", "done")}


def _weeks(lines: list[board.Line]) -> list[int]:
    """Cases of the towns together in the weeks before and in the week."""
    return [sum(column) for column in zip(*(one.history for one in lines), strict=False)]


def by_week(found: dict[str, Any]) -> list[Judged]:
    return [
        Judged(
            code=one["code"],
            name=one["name"],
            observed=one["observed"],
            expected=float(one["expected"]),
            loud=one["colour"] in board.LOUD,
            low=one["observed"] < one["usual_low"],
            word=one["word"],
            who=one["who"],
            act_by=date.fromisoformat(one["act_by"]) if one["act_by"] else None,
            task=one["task"],
        )
        for one in found["towns"]
        if one["expected"] is not None
    ]


def by_month(look: Look) -> list[Judged]:
    """Each town against the quarter before; empty where that quarter isn't known."""
    from jinzhong_engine.surveillance import tails  # costs a second, so pages start without it

    quarter = Period(look.period.since - timedelta(days=USUAL_DAYS), look.period.since)
    if not look.is_over or not look.reaches_back_to(quarter.since):
        return []
    before = {one.code: one.cases for one in look.stats(quarter).by_town}
    share = look.period.days / USUAL_DAYS
    return [
        Judged(
            code=one.code,
            name=one.name,
            observed=one.cases,
            expected=before[one.code] * share,
            loud=one.cases >= LEAST
            and one.cases > before[one.code] * share
            and tails.tail_after(one.cases, before[one.code], share) <= SURE,
            low=tails.poisson_below(one.cases, before[one.code] * share) <= SURE,
        )
        for one in look.now.by_town
    ]


def figures(look: Look, found: list[Judged], towns: list[dict[str, Any]]) -> dict[str, Figure]:
    """What passages may say of what was expected."""
    return {f"{key}/{code}": one for key, code, one in [*_of_towns(look, found), *_quiet(look, towns)]}


def _of_towns(look: Look, found: list[Judged]) -> Iterator[tuple[str, str, Figure]]:
    for one in found:
        expected = f"{one.expected:.1f}"
        what = (
            "前 15 周平均，至少 0.5"
            if one.word
            else f"{days(look.period)}前 {USUAL_DAYS} 天的发案，按天数折算"
        )
        yield "town_expected", one.code, Figure(f"{one.name}预期发案", expected, f"{expected} 起", what)
        if one.word:
            rows = drill.cases(look.period, town=one.code)
            yield (
                "town_colour",
                one.code,
                Figure(
                    f"{one.name}预警颜色",
                    one.word,
                    one.word,
                    "五色预警，按整周的起数、涨幅和碰巧的可能判",
                    rows,
                ),
            )
        if one.act_by:
            by = one.act_by
            yield (
                "town_act_by",
                one.code,
                Figure(f"{one.name}办理期限", by.isoformat(), month_day(by), "从这一周过完起算"),
            )
            yield "town_task", one.code, Figure(f"{one.name}办理要求", one.task, one.task, "按颜色的规定动作")


def _quiet(look: Look, towns: list[dict[str, Any]]) -> Iterator[tuple[str, str, Figure]]:
    """Days without a case, and how many cases as many people had in the district in that time."""
    told, residents = look.year_stats, district.residents(look.day)
    for one in towns:
        passed = one["zero_days"]
        if passed is None:
            continue
        since = look.period.until - timedelta(days=passed)
        rows = drill.cases(Period(since, look.period.until), town=one["code"]) if passed else None
        yield (
            "town_zero_days",
            one["code"],
            Figure(
                f"{one['name']}零发案天数",
                passed,
                f"{passed} 天",
                "到这一期最后一天，连续没有发案的天数",
                rows,
            ),
        )
        expected = _expected_of(
            told.total.cases, told.residents, look.year.days, residents.get(one["code"], 0), passed
        )
        yield "town_zero_expected", one["code"], Figure(
            f"{one['name']}零发案期间应有", f"{expected:.1f}", f"{expected:.1f} 起", "同样多的人、同样多的天，照本年全区水平"
        )  # fmt: skip


def _expected_of(cases: int, people: int, year_days: int, residents: int, passed: int) -> float:
    return cases / people / year_days * residents * passed if people else 0.0


def is_no_luck(expected: float) -> bool:
    """Whether a town of such an expectation is without a case by chance in at most one of twenty.

    >>> is_no_luck(0.6), is_no_luck(3.1)
    (False, True)
    """
    return exp(-expected) <= SURE


def orders(lines: list[dict[str, Any]], look: Look) -> dict[str, Figure]:
    """What passages may say of stations."""
    found: dict[str, Figure] = {}
    for one in lines:
        if one["code"]:
            for key, word in (("sent", "派单"), ("late", "超时"), ("met", "见面")):
                rows = drill.orders(look.period, key, one["code"])
                found[f"station_{key}/{one['code']}"] = Figure(
                    f"{one['name']}{word}", one[key], count(one[key], "单"), rows.definition(), rows
                )
    return found
