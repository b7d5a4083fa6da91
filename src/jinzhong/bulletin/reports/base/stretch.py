"""Every figure of a week or a month: its value, its words, how it is counted and the rows it opens to."""

from collections import Counter
from decimal import Decimal

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
    risen,
    time_taken,
)
from jinzhong.situation import drill, shares, work
from jinzhong.situation.periods import Period
from jinzhong.warning.models import Grade


def figures(look: Look) -> dict[str, Figure]:
    """The district's (or the viewer's towns'), then each town's own."""
    return _cases(look) | _longer(look) | _warnings(look) | _orders(look) | _kept(look) | _towns(look)


def _cases(look: Look) -> dict[str, Figure]:
    now, then, word = look.now.total, look.then.total, look.word
    last_year, held = look.now.last_year
    largest = max((one.loss for one in look.now.by_class), default=Decimal(0))
    first = next((one for one in look.now.by_class if one.cases and one.code != "other"), None)
    dearest = next((one for one in look.now.by_class if largest and one.loss == largest), None)
    return {
        "cases": counted(f"{word}发案", now.cases, look.period),
        "loss": lost(f"{word}损失", now.loss, look.period),
        "cases_previous": counted(f"{look.word_before}发案", then.cases, look.before),
        "loss_previous": lost(f"{look.word_before}损失", then.loss, look.before),
        "change_percent": _change(look, f"{word}比{look.word_before}", now.cases, then.cases, look.before),
        "cases_last_year": _last_year(look, last_year, held.cases),
        "yoy_percent": _change(look, f"{word}比去年同期", now.cases, held.cases, last_year),
        "victims": Figure(
            f"{word}受害人", look.now.persons, count(look.now.persons, "人"),
            f"{days(look.period)}案件的受害人；一案可以有几名", drill.cases(look.period),
        ),
        "first_class": Figure(
            f"{word}发案最多的一类", first.code if first else None, first.name if first else DASH,
            f"{days(look.period)}起数最多的类别，“其他”不算", drill.cases(look.period, fraud_class=first.code) if first else None,
        ),
        "first_class_cases": counted(
            f"{word}最多一类的发案", first.cases if first else 0, look.period, fraud_class=first.code if first else ""
        ),
        "dearest_class": Figure(
            f"{word}损失最多的一类", dearest.code if dearest else None, dearest.name if dearest else DASH,
            f"{days(look.period)}损失最多的类别", drill.cases(look.period, fraud_class=dearest.code) if dearest else None,
        ),
        "dearest_class_loss": lost(
            f"{word}损失最多一类的损失", dearest.loss if dearest else Decimal(0), look.period,
            fraud_class=dearest.code if dearest else "",
        ),
    }  # fmt: skip


def _change(look: Look, name: str, now: int, base: int, period: Period) -> Figure:
    change = shares.change(now, base) if look.reaches_back_to(period.since) else None
    return Figure(
        name,
        change,
        risen(change) if base >= shares.FEW else DASH,
        f"{days(look.period)}比{days(period)}；基数为零不算，不足 {shares.FEW} 起不印",
        drill.cases(look.period),
    )


def _last_year(look: Look, period: Period, cases: int) -> Figure:
    """Before our first case nothing is known."""
    name = "去年同期发案"
    if not period.days or not look.reaches_back_to(period.since):
        return Figure(name, None, DASH, f"{full_date(period.since)}在最早的案件之前，没有数据")
    return counted(name, cases, period)


def _longer(look: Look) -> dict[str, Figure]:
    year, month = look.year_stats, look.month_stats
    found = {
        "cases_year": counted("本年发案", year.total.cases, look.year),
        "loss_year": lost("本年损失", year.total.loss, look.year),
        "city_percent": Figure(
            "占全市",
            year.city_percent,
            DASH if year.city_percent is None else f"{year.city_percent}%",
            f"{days(look.year)}全区发案除以全市发案；全市按整月报来，缺月不算",
            drill.cases(look.year),
        ),
        "rate_10k": Figure(
            "本年每万人发案",
            year.rate_10k,
            DASH if year.rate_10k is None else f"{year.rate_10k} 起",
            f"{days(look.year)}发案除以常住人口（最后一天有效的那一版）乘以一万",
            drill.cases(look.year),
        ),
    }
    if look.month != look.period:
        found["cases_month"] = counted("当月发案", month.total.cases, look.month)
    return found


def _warnings(look: Look) -> dict[str, Figure]:
    grades = Counter(
        work.grades_of(work.of_these(one.pk for one in look.warnings), as_of=look.as_of).values()
    )
    what, issued = f"{days(look.period)}发出的预警，一人一天并作一条", len(look.warnings)
    found = {
        "warnings_issued": Figure(
            f"{look.word}预警", issued, count(issued, "人"), what, drill.warnings(look.period)
        )
    }
    for grade in (Grade.RED, Grade.ORANGE):
        found[f"warnings_{grade}"] = Figure(
            f"{grade.label}预警",
            grades[grade],
            count(grades[grade], "人"),
            f"{what}，其中等级为{grade.label}的",
            drill.warnings(look.period, grade),
        )
    return found


def _orders(look: Look) -> dict[str, Figure]:
    unsigned = [one for one in look.late if "sign" in _owed(one, look)]
    times = sorted(one.to_the_door.total_seconds() for one in look.arrived if one.to_the_door)
    span, period = days(look.period), look.period
    owed, door = f"期限落在{span}，签收、到门或反馈有一项没有按时的派单", f"{span}到门的派单，从派出到到门"
    return {
        "orders_sent": acted("派单", look.sent, period, "sent", f"{span}派出的派单"),
        "orders_late": acted("超时派单", look.late, period, "late", owed),
        "orders_unsigned": acted("签收超时", unsigned, period, "late", f"{owed}，其中签收没有按时的"),
        "met": acted("当面见到", look.met, period, "met", MET % span),
        "door_median_seconds": time_taken("到门用时中位", rank(times, 50), period, f"{door}，居中的一个"),
        "door_p90_seconds": time_taken("九成到门用时", rank(times, 90), period, f"{door}，九成在这个时间以内"),
    }  # fmt: skip


def _owed(one: work.Run, look: Look) -> set[str]:
    return {owed.kind for owed in one.missed(look.period, as_of=look.as_of)}


def _kept(look: Look) -> dict[str, Figure]:
    """Money that stayed, by what the evidence is worth."""
    hard = [one for one in look.dissuaded_year if one.evidence in work.HARD_EVIDENCE]
    said = "办结为“已劝阻”的派单上，正要转出而没有转出的钱；账户余额不算"
    closed, span, year = "办结为“已劝阻”的派单", days(look.period), days(look.year)
    return {
        "dissuaded": acted("劝住", look.dissuaded, look.period, "dissuaded", f"{span}{closed}"),
        "protected_amount": protected_money("保护金额", look.dissuaded, look.period, f"{span}{said}"),
        "dissuaded_year": acted("本年劝住", look.dissuaded_year, look.year, "dissuaded", f"{year}{closed}"),
        "protected_year": protected_money("本年保护金额", look.dissuaded_year, look.year, f"{year}{said}"),
        "protected_year_hard": protected_money(
            "本年撤回和取消", hard, look.year, "其中转账撤回和柜面取消的；其余凭单据、口述和估计"
        ),
    }


def _towns(look: Look) -> dict[str, Figure]:
    """What passages may say of a town."""
    then = {one.code: one for one in look.then.by_town}
    year = {one.code: one for one in look.year_stats.by_town}
    found: dict[str, Figure] = {}
    for one in look.now.by_town:
        here = {"town": one.code}
        found |= {
            f"town_cases/{one.code}": counted(f"{one.name}{look.word}发案", one.cases, look.period, **here),
            f"town_loss/{one.code}": lost(f"{one.name}{look.word}损失", one.loss, look.period, **here),
            f"town_before/{one.code}": counted(
                f"{one.name}{look.word_before}发案", then[one.code].cases, look.before, **here
            ),
            f"town_year/{one.code}": counted(f"{one.name}本年发案", year[one.code].cases, look.year, **here),
        }
    return found
