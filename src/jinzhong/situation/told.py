"""The figures as JSON, in the shape other offices script against (``jinzhong situation stats --json``)."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from jinzhong.situation.board import Board, Line, Usual
from jinzhong.situation.figures import Part, Stats, Total
from jinzhong.situation.periods import Period
from jinzhong.situation.shares import money


def as_json(told: Stats, *, read_at: datetime) -> dict[str, Any]:
    """Money as strings in yuan, shares as strings of percent, null where a base is zero.

    ``read_at``: when the figures were read; their cut-off where none was asked for.
    """
    return {
        "since": told.period.since.isoformat(),
        "until": told.period.until.isoformat(),
        "as_of": moment(told.as_of or read_at),
        **_total(told.total),
        "loss_avg": money(told.loss_avg) if told.loss_avg is not None else None,
        "rate_10k": told.rate_10k,
        "residents": told.residents,
        "previous": _compared(*told.previous),
        "change_percent": told.change_percent,
        "loss_change_percent": told.loss_change_percent,
        "last_year": _compared(*told.last_year),
        "yoy_percent": told.yoy_percent,
        "city": {"cases": told.city, "percent": told.city_percent},
        "by_class": [_part(one, "percent", "loss_percent") for one in told.by_class],
        "by_town": [_part(one, "percent", "loss_percent", "rate_10k") for one in told.by_town],
        "by_area": [_part(one, "percent", "loss_percent") for one in told.by_area],
        "by_month": [{"month": one.code, **_total(Total(one.cases, one.loss))} for one in told.by_month],
        "victims": {
            "persons": told.persons,
            "by_sex": [
                {"code": one.code, "name": one.name, "persons": one.persons, "percent": one.percent}
                for one in told.by_sex
            ],
            "by_age": [
                {"band": one.code, "name": one.name, "persons": one.persons, "percent": one.percent}
                for one in told.by_age
            ],
        },
        "notes": told.notes,
    }


def moment(at: datetime) -> str:
    """ISO 8601 with the offset of China."""
    return timezone.localtime(at).isoformat()


def _total(found: Total) -> dict[str, Any]:
    return {"cases": found.cases, "loss": money(found.loss)}


def _compared(period: Period, found: Total) -> dict[str, Any]:
    return {"since": period.since.isoformat(), "until": period.until.isoformat(), **_total(found)}


def _part(one: Part, *more: str) -> dict[str, Any]:
    counted = {"code": one.code, "name": one.name, **_total(Total(one.cases, one.loss))}
    return counted | {name: getattr(one, name) for name in more}


def board_json(told: Board) -> dict[str, Any]:
    """The board of a week (``jinzhong situation board --json``); ``most``: cases up to which a week is yellow at most."""
    return {
        "since": told.week.since.isoformat(),
        "until": told.week.until.isoformat(),
        "as_of": moment(told.as_of),
        "baseline": told.baseline,
        "fraud_class": told.fraud_class,
        "observed": told.observed,
        **_usual(told.usual),
        "red_or_orange": told.loud,
        "red_or_orange_by_growth_alone": told.naive,
        "unknown": told.unknown or None,
        "towns": [board_line(one) for one in told.lines],
    }


def board_line(one: Line) -> dict[str, Any]:
    alarm = one.alarm
    return {
        "code": one.town.code,
        "name": one.town.name,
        "fraud_class": one.fraud_class,
        "colour": alarm.colour,
        "word": one.word,
        "observed": alarm.observed,
        **_usual(one.usual),
        "p": None if alarm.p is None else f"{alarm.p:.3f}",
        "reason": alarm.reason,
        "who": alarm.who,
        "act_by": alarm.act_by.isoformat() if alarm.act_by else None,
        "task": alarm.task,
        "cleared": alarm.cleared,
        "done": [moment(each.at) for each in one.responses],
        "most": one.most,
        "huge_case": None if alarm.huge_case is None else f"{alarm.huge_case:.2f}",
        "top": {"code": one.top[0], "cases": one.top[1]} if one.top else None,
        "history": one.history,
        "weeks": [
            {"since": each.period.isoformat(), "cases": each.observed, "colour": each.colour}
            for each in one.weeks
        ],
    }


def _usual(found: Usual | None) -> dict[str, Any]:
    if found is None:
        return {"expected": None, "usual_low": None, "usual_high": None}
    return {"expected": f"{found.expected:.1f}", "usual_low": found.low, "usual_high": found.high}
