"""What a special report says in words, drafted from facts; words may be changed, the figures stand by name."""

from typing import Any

from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.base.tips import TIPS
from jinzhong.bulletin.reports.special.figures import knows_before
from jinzhong.situation import queries

MOST = 4
HEADS = {"result": "成效。", "praise": "表扬。", "remind": "提醒。", "demand": "下一步。"}


def drafted(look: Look, towns: list[dict[str, Any]]) -> list[dict[str, Any]]:
    told = {
        "result": _result(look),
        "praise": _of_towns(towns, "lower", "少得不像碰巧，予以表扬。") or "没有达到表扬标准的镇（街道）。",
        "remind": _of_towns(towns, "higher", "多得不像碰巧，请查明原因。") or "没有需要提醒的镇（街道）。",
        "demand": _demand(look),
    }
    return [{"key": key, "head": head, "text": told[key], "edited": False} for key, head in HEADS.items()]


def _result(look: Look) -> str:
    tested = look.only and queries.sees_all(look.viewer) and knows_before(look)
    rest = "；和其余镇（街道）、类别比，{与其余比}" if tested else ""
    before = "，此前同样长的时间 {此前发案}，{与此前比}" if knows_before(look) else ""
    return f"期内发案 {{期内发案}}{before}{rest}。劝住 {{劝住}}，保护 {{保护金额}}，其中转账撤回和柜面取消 {{撤回和取消}}。"


def _of_towns(towns: list[dict[str, Any]], against: str, words: str) -> str:
    found = [one["name"] for one in towns if one["against"] == against]
    return "".join(f"{one} {{{one}期内发案}}，此前 {{{one}此前发案}}，{words}" for one in found[:MOST])


def _demand(look: Look) -> str:
    first = max(look.now.by_class, key=lambda one: (one.cases, one.loss), default=None)
    if first is None or not first.cases or first.code not in TIPS:
        return "宣传照常，不因行动结束放松。"
    return f"以{{发案最多的一类}}为重点继续宣传：{TIPS[first.code]}"
