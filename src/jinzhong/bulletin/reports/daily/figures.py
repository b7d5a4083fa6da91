"""Every figure of the day: its value, its words, how it is counted and the rows it opens to."""

from decimal import Decimal

from jinzhong.bulletin.reports.base import DASH, Figure, count, full_date
from jinzhong.bulletin.reports.base.numbers import (
    MET,
    acted,
    counted,
    days,
    lost,
    protected_money,
    rank,
    risen,
    time_taken,
)
from jinzhong.bulletin.reports.daily.look import Look
from jinzhong.situation import drill, queries, shares, work
from jinzhong.situation.periods import Period
from jinzhong.warning.models import Grade

LAST_YEAR = "去年同日发案"


def figures(look: Look) -> dict[str, Figure]:
    return _cases(look) | _longer(look) | _warnings(look) | _orders(look) | _kept(look)


def _cases(look: Look) -> dict[str, Figure]:
    told, week = look.now, look.total(look.week)
    (before, yesterday), (then, last_year) = told.previous, told.last_year
    return {
        "cases": counted("当日发案", told.total.cases, look.period),
        "loss": lost("当日损失", told.total.loss, look.period),
        "cases_previous_day": counted("前一日发案", yesterday.cases, before),
        "cases_mean_7d": Figure(
            "近七日日均发案",
            shares.rounded(Decimal(week.cases) / 7, shares.TENTH),
            f"{shares.rounded(Decimal(week.cases) / 7, shares.TENTH)} 起",
            f"{days(look.week)}（含当日）共 {week.cases} 起，除以 7",
            drill.cases(look.week),
        ),
        "cases_same_day_last_year": _last_year(look, then, last_year.cases),
    }


def _last_year(look: Look, then: Period, cases: int) -> Figure:
    """29 February has no day a year before; and before our first case nothing is known."""
    if not then.days:
        return Figure(LAST_YEAR, None, DASH, "去年没有这一天")
    if not queries.reaches_back_to(then.since, viewer=look.viewer, as_of=look.as_of):
        return Figure(
            LAST_YEAR, None, DASH, f"{full_date(then.since)}在最早的案件之前，没有数据", drill.cases(then)
        )
    return counted(LAST_YEAR, cases, then)


def _longer(look: Look) -> dict[str, Figure]:
    month, year, before = look.month_stats, look.year_stats, look.total(look.month_before)
    change = shares.change(month.total.cases, before.cases)
    return {
        "cases_month": counted("本月发案", month.total.cases, look.month),
        "loss_month": lost("本月损失", month.total.loss, look.month),
        "cases_previous_month": counted("上月发案", before.cases, look.month_before),
        "month_change_percent": Figure(
            "本月比上月",
            change,
            risen(change) if before.cases >= shares.FEW else DASH,
            f"{days(look.month)}比{days(look.month_before)}；基数为零不算，不足 {shares.FEW} 起不印",
            drill.cases(look.month),
        ),
        "cases_year": counted("本年发案", year.total.cases, look.year),
        "loss_year": lost("本年损失", year.total.loss, look.year),
        "city_percent": Figure(
            "占全市",
            year.city_percent,
            DASH if year.city_percent is None else f"{year.city_percent}%",
            f"{days(look.year)}全区发案除以全市发案；全市按整月报来，缺月不算",
            drill.cases(look.year),
        ),
    }


def _warnings(look: Look) -> dict[str, Figure]:
    found = work.warnings(look.period, viewer=look.viewer, as_of=look.as_of)
    grades, issued = work.by_grade(found, as_of=look.as_of), found.count()
    what = f"{days(look.period)}发出的预警，一人一天并作一条"
    return {
        "warnings_issued": Figure("预警", issued, count(issued, "人"), what, drill.warnings(look.period)),
        "warnings_red": _graded(look, grades[Grade.RED], Grade.RED, what),
        "warnings_orange": _graded(look, grades[Grade.ORANGE], Grade.ORANGE, what),
    }


def _graded(look: Look, number: int, grade: Grade, what: str) -> Figure:
    definition = f"{what}，其中等级为{grade.label}的"
    return Figure(f"{grade.label}预警", number, str(number), definition, drill.warnings(look.period, grade))


def _orders(look: Look) -> dict[str, Figure]:
    sent = work.sent(look.period, viewer=look.viewer, as_of=look.as_of)
    met = work.met(look.period, viewer=look.viewer, as_of=look.as_of)
    unsigned = [one for one in look.late if _unsigned(one, look)]
    times = sorted(one.to_the_door.total_seconds() for one in look.arrived if one.to_the_door)
    day, today = days(look.period), look.period
    owed = f"期限落在{day}，签收、到门或反馈有一项没有按时的派单"
    door = f"{day}到门的派单，从派出到到门"
    return {
        "orders_sent": acted("派单", sent, today, "sent", f"{day}派出的"),
        "orders_late": acted("超时派单", look.late, today, "late", owed),
        "orders_unsigned": acted("签收超时", unsigned, today, "late", f"{owed}，其中签收没有按时的"),
        "met": acted("当面见到", met, today, "met", MET % day),
        "door_median_seconds": time_taken("到门用时中位", rank(times, 50), today, f"{door}，居中的一个"),
        "door_p90_seconds": time_taken("九成到门用时", rank(times, 90), today, f"{door}，九成在这个时间以内"),
    }


def _unsigned(one: work.Run, look: Look) -> bool:
    return any(owed.kind == "sign" for owed in one.missed(look.period, as_of=look.as_of))


def _kept(look: Look) -> dict[str, Figure]:
    """Money that stayed, by what the evidence is worth."""
    today, year = look.period, look.year
    hard = [one for one in look.dissuaded_year if one.evidence in work.HARD_EVIDENCE]
    closed, said = "办结为“已劝阻”的派单", "办结为“已劝阻”的派单上，正要转出而没有转出的钱；账户余额不算"
    firm = "其中转账撤回和柜面取消的；其余凭单据、口述和估计"
    return {
        "dissuaded": acted("劝住", look.dissuaded, today, "dissuaded", f"{days(today)}{closed}"),
        "protected_amount": protected_money("保护金额", look.dissuaded, today, f"{days(today)}{said}"),
        "dissuaded_year": acted("本年劝住", look.dissuaded_year, year, "dissuaded", f"{days(year)}{closed}"),
        "protected_year": protected_money("本年保护金额", look.dissuaded_year, year, f"{days(year)}{said}"),
        "protected_year_hard": protected_money("本年撤回和取消", hard, year, firm),
    }
