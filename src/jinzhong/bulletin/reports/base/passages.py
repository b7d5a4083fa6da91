"""点评: praise, reminders and what is asked for next, drafted from facts; words may be changed, the figures stand by name."""

from typing import Any

from jinzhong.bulletin.reports.base.judged import Judged, is_no_luck
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.base.tips import TIPS

MOST = 4
"""Sentences of a passage; whoever writes more edits it."""
STAR_DAYS = 35
SENT = 5
"""A station that was sent out less often is neither praised nor blamed for being on time."""
HEADS = {"praise": "表扬。", "remind": "提醒。", "demand": "下一步。"}


def drafted(
    look: Look,
    judged: list[Judged],
    towns: list[dict[str, Any]],
    stations: list[dict[str, Any]],
    expected: dict[str, float],
) -> list[dict[str, Any]]:
    """``expected``: cases that a town's quiet time would have brought elsewhere, by town."""
    told = {
        "praise": _praise(look, judged, towns, stations, expected)
        or ["没有达到表扬标准的镇（街道）和派出所。"],
        "remind": _remind(look, judged, stations) or ["没有需要提醒的镇（街道）和派出所。"],
        "demand": [_demand(look, judged)],
    }
    return [
        {"key": key, "head": head, "text": "".join(told[key][:MOST]), "edited": False}
        for key, head in HEADS.items()
    ]


def _praise(
    look: Look,
    judged: list[Judged],
    towns: list[dict[str, Any]],
    stations: list[dict[str, Any]],
    expected: dict[str, float],
) -> list[str]:
    quiet = [
        one["name"]
        for one in towns
        if (one["zero_days"] or 0) >= STAR_DAYS and is_no_luck(expected.get(one["code"], 0.0))
    ]
    fewer = [one.name for one in judged if one.low and one.name not in quiet]
    on_time = [one["name"] for one in stations if one["sent"] >= SENT and not one["late"]]
    return [
        *(
            f"{name}连续{{{name}零发案天数}}没有发案，同样多的人照全区水平应有 {{{name}零发案期间应有}}，不像是碰巧。"
            for name in quiet
        ),
        *(
            f"{name}发案 {{{name}{look.word}发案}}，预期 {{{name}预期发案}}，少得不像是碰巧。"
            for name in fewer
        ),
        *(f"{name}派单 {{{name}派单}}，没有一单超时。" for name in on_time),
    ]


def _remind(look: Look, judged: list[Judged], stations: list[dict[str, Any]]) -> list[str]:
    late = sorted((one for one in stations if one["late"] and one["code"]), key=lambda one: -one["late"])
    return [
        *(_rise(look, one) for one in judged if one.loud),
        *(f"{one['name']}超时 {{{one['name']}超时}}。" for one in late),
    ]


def _rise(look: Look, one: Judged) -> str:
    said = f"{one.name}发案 {{{one.name}{look.word}发案}}，预期 {{{one.name}预期发案}}"
    if not one.word:
        return f"{said}，多得不像是碰巧。"
    return (
        f"{said}，{{{one.name}预警颜色}}；由{one.who}在 {{{one.name}办理期限}}前办：{{{one.name}办理要求}}。"
    )


def _demand(look: Look, judged: list[Judged]) -> str:
    first = next((one.code for one in look.now.by_class if one.cases and one.code != "other"), "")
    if not first:
        return "没有发案，宣传照常，不因零发案放松。"
    loud = "列红、橙的镇（街道）按期办理；" if any(one.loud and one.word for one in judged) else ""
    return f"{loud}宣传以{{{look.word}发案最多的一类}}为重点：{TIPS[first]}"
