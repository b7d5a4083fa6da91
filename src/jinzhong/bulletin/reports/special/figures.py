"""Every figure of a special report: what came, what it is held against, how surprising that is, what was done."""

from typing import Any

from jinzhong.bulletin.reports.base import DASH, Figure, count, full_date
from jinzhong.bulletin.reports.base.look import Look
from jinzhong.bulletin.reports.base.numbers import (
    MET,
    acted,
    counted,
    days,
    lost,
    protected_money,
    rank,
    time_taken,
)
from jinzhong.review import inspection
from jinzhong.situation import drill, queries, work
from jinzhong.situation.figures import Total
from jinzhong.situation.periods import Period

SURE = 0.05
"""Rarer than this by chance alone is called a change."""
PERCENT = 100
UNKNOWN = "此前的案件不全，不比"
NOT_OVER = "行动还没有结束，不比"


def figures(look: Look) -> dict[str, Figure]:
    return _cases(look) | _tests(look) | _work(look) | _papers(look)


def _cases(look: Look) -> dict[str, Figure]:
    now, then, here, known = look.now.total, look.then.total, _here(look), knows_before(look)
    first = max(look.now.by_class, key=lambda one: (one.cases, one.loss), default=None)
    return {
        "days": Figure("行动天数", look.period.days, f"{look.period.days} 天", "从第一天到最后一天"),
        "span": Figure("行动起止", look.period.since.isoformat(), days(look.period), "第一天到最后一天"),
        "cases": counted("期内发案", now.cases, look.period, **here),
        "loss": lost("期内损失", now.loss, look.period, **here),
        "cases_before": counted("此前发案", then.cases, look.before, **here) if known else _unknown("此前发案"),
        "loss_before": lost("此前损失", then.loss, look.before, **here) if known else _unknown("此前损失"),
        "cases_last_year": _last_year(look),
        "first_class": Figure(
            "发案最多的一类", first.code if first and first.cases else None,
            first.name if first and first.cases else DASH, f"{days(look.period)}起数最多的类别",
        ),
    }  # fmt: skip


def knows_before(look: Look) -> bool:
    return look.reaches_back_to(look.before.since)


def _unknown(name: str) -> Figure:
    return Figure(name, None, DASH, UNKNOWN)


def _here(look: Look) -> dict[str, str]:
    return {"town": look.only.town, "fraud_class": look.only.fraud_class}


def _last_year(look: Look) -> Figure:
    period, held = look.now.last_year
    if not look.reaches_back_to(period.since):
        return Figure("去年同期发案", None, DASH, f"{full_date(period.since)}在最早的案件之前，没有数据")
    return counted("去年同期发案", held.cases, period, **_here(look))


# -- tests ----------------------------------------------------------------------------------------------


def _tests(look: Look) -> dict[str, Figure]:
    """Against as many days before; where towns or classes were chosen, the change beside that of all the others."""
    now, then = look.now.total.cases, look.then.total.cases
    found = {
        "against_before": Figure(
            "与此前比", None, _against_before(look, now, then),
            f"两段一样长、总起数给定时，期内占多少照二项分布；碰巧的可能不到 5% 才说变了。期内{days(look.period)}，此前{days(look.before)}",
        )
    }  # fmt: skip
    if not look.only or not queries.sees_all(look.viewer):
        return found
    rest, rest_before = (_rest(look, one) for one in (look.period, look.before))
    return found | {
        "rest": _other("其余期内发案", rest, look.period),
        "rest_before": _other("其余此前发案", rest_before, look.before)
        if knows_before(look)
        else _unknown("其余此前发案"),
        "against_rest": Figure(
            "与其余比", None, _against_rest(look, (now, then), (rest, rest_before)),
            "没有选进来的镇（街道）和类别，同样两段时间；费希尔精确检验，碰巧的可能不到 5% 才说不一样",
        ),
    }  # fmt: skip


def _rest(look: Look, period: Period) -> int:
    """Cases of the district that the campaign isn't about."""
    whole: Total = queries.total(period, viewer=look.viewer, as_of=look.as_of)
    return whole.cases - look.total(period).cases


def _other(name: str, cases: int, period: Period) -> Figure:
    return Figure(name, cases, count(cases, "起"), f"{days(period)}全区发案减去这次行动范围里的")


def cannot_test(look: Look) -> str:
    """Why the two times can't be held against each other; empty where they can."""
    if not look.is_over:
        return NOT_OVER
    return "" if knows_before(look) else UNKNOWN


def _against_before(look: Look, now: int, then: int) -> str:
    from jinzhong_engine.surveillance import tails  # costs a second, so pages start without it

    if why := cannot_test(look):
        return why
    if not now + then:
        return "两段都没有发案"
    more, fewer = (tail(now, now + then, 0.5) for tail in (tails.window_tail, tails.window_below))
    return _told(more, fewer, "比此前多", "比此前少", "和此前比在常见范围内")


def _against_rest(look: Look, own: tuple[int, int], rest: tuple[int, int]) -> str:
    from jinzhong_engine.surveillance.tails import parted_tail

    if why := cannot_test(look):
        return why
    if not sum(own) or not sum(rest):
        return "有一边两段都没有发案，不比"
    more, fewer = (parted_tail(own[at], sum(own), rest[at], sum(rest)) for at in (0, 1))
    return _told(more, fewer, "变化不如其余", "变化好于其余", "变化和其余差不多")


def _told(more: float, fewer: float, higher: str, lower: str, like: str) -> str:
    if more <= SURE:
        return f"{higher}，碰巧的可能 {percent(more)}"
    return f"{lower}，碰巧的可能 {percent(fewer)}" if fewer <= SURE else like


def percent(p: float) -> str:
    return "不到 0.1%" if p < 0.001 else f"{p * PERCENT:.1f}%"


# -- what was done --------------------------------------------------------------------------------------


def _work(look: Look) -> dict[str, Figure]:
    """Of the towns chosen; a warning has no class before somebody has asked, so classes don't part them."""
    span, period, town = days(look.period), look.period, look.only.town
    issued, closed = len(look.warnings), f"{days(look.period)}办结为“已劝阻”的派单"
    hard = [one for one in look.dissuaded if one.evidence in work.HARD_EVIDENCE]
    times = sorted(one.to_the_door.total_seconds() for one in look.arrived if one.to_the_door)
    kept = f"{closed}上，正要转出而没有转出的钱；账户余额不算"

    def orders(name: str, what: str, found: list[work.Run], definition: str) -> Figure:
        return acted(name, found, period, what, definition, town)

    return {
        "warnings_issued": Figure(
            "期内预警", issued, count(issued, "人"), f"{span}发出的预警，一人一天并作一条", drill.warnings(period, town=town)
        ),
        "orders_sent": orders("派单", "sent", look.sent, f"{span}派出的派单"),
        "orders_late": orders("超时派单", "late", look.late, f"期限落在{span}，签收、到门或反馈有一项没有按时的派单"),
        "met": orders("当面见到", "met", look.met, MET % span),
        "door_median_seconds": time_taken("到门用时中位", rank(times, 50), period, f"{span}到门的派单，居中的一个", town),
        "dissuaded": orders("劝住", "dissuaded", look.dissuaded, closed),
        "protected_amount": protected_money("保护金额", look.dissuaded, period, kept, town),
        "protected_hard": protected_money("撤回和取消", hard, period, f"{kept}；只计转账撤回和柜面取消的", town),
    }  # fmt: skip


def _papers(look: Look) -> dict[str, Figure]:
    """督导文书 to units of the towns in the period; units without a town belong to the whole district."""
    found = inspection.papers_sent(look.period, as_of=look.as_of, towns=[one.code for one in look.towns])
    if not look.only.town and queries.sees_all(look.viewer):
        found = inspection.papers_sent(look.period, as_of=look.as_of)
    span = days(look.period)
    sent = Figure("督导文书", len(found), count(len(found), "件"), f"{span}发出的督导文书")
    done = {
        f"papers/{word}": Figure(
            f"督导{word}", n := sum(inspection.had(one, step, look.as_of) for one in found), count(n, "件"), f"{span}发出的，到截止时{word}的"
        )
        for word, step in (("已回复", "reply"), ("已办结", "closed"))
    }  # fmt: skip
    return {"papers": sent, **done}


def of_towns(look: Look, lines: list[dict[str, Any]]) -> dict[str, Figure]:
    """What passages may say of a town."""
    found: dict[str, Figure] = {}
    for one in lines:
        here = {"town": one["code"], "fraud_class": look.only.fraud_class}
        found |= {
            f"town_cases/{one['code']}": counted(f"{one['name']}期内发案", one["cases"], look.period, **here),
        }
        if one["cases_previous"] is not None:
            name = f"{one['name']}此前发案"
            found[f"town_before/{one['code']}"] = counted(name, one["cases_previous"], look.before, **here)
    return found
