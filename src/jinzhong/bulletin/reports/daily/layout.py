"""The daily bulletin on one page: 红头, first sentence, three tables, the month's bars, cases, dissuasions, overdue, tip."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import (
    Bar,
    Bars,
    Cell,
    Columns,
    Paper,
    Paragraph,
    Ref,
    Table,
    Text,
    fill,
    plain,
)
from jinzhong.bulletin.reports.base import DASH, listed, month_day
from jinzhong.bulletin.reports.base.frame import around, corrections, local, numeral, ref
from jinzhong.situation import drill
from jinzhong.situation.periods import Period, one_day
from jinzhong.situation.shares import in_wan

SHOWN_CASES = 6
SHOWN_CLASSES = 6
Lines = list[dict[str, Any]]


def paper(content: Content) -> Paper:
    day, cut = date.fromisoformat(content["date"]), local(content["as_of"])
    refs = {key: ref(key, one) for key, one in content["figures"].items()}
    return Paper(
        **around(content, day),
        title="反诈日报",
        number=f"第 {day.timetuple().tm_yday} 期",
        heading=f"{month_day(day)}{content['scope'] or '全区'}电信网络诈骗防控情况",
        warning=_warning(content, day, cut),
        blocks=[
            Paragraph("一、总体。", _overall(content, day, refs)),
            Columns([_towns(content, day)], [_classes(content, day), _work(refs)]),
            _bars(content, day),
            Paragraph("二、发案。", _cases(content["cases"])),
            Paragraph("三、劝阻。", _dissuaded(content, refs)),
            Paragraph("四、逾期。", _overdue(content["overdue"])),
            Paragraph("五、今日提醒。", [content["tip"]]),
            *corrections(content),
        ],
        sent_to="报：区委、区政府分管领导。送：各成员单位。发：各镇（街道）、派出所。",
    )


def _warning(content: Content, day: date, cut: datetime) -> str:
    """What a reader must know before the first figure."""
    said = []
    if not content["complete"]:
        said.append(f"{month_day(day)}还没有过完，数字到 {cut:%H:%M}")
    if content["state"] == "draft":
        said.append("草稿，未签发")
    return "；".join(said)


def _overall(content: Content, day: date, refs: Mapping[str, Ref]) -> Text:
    before = "上月同期" if _next_day(day).month == day.month else "上月"
    change = refs["month_change_percent"].text
    return fill(
        "当日发案 {cases}，损失 {loss}；前一日 {cases_previous_day}，近七日日均 {cases_mean_7d}，"
        "去年同日 {cases_same_day_last_year}。"
        f"{day.month} 月发案 {{cases_month}}，{before} {{cases_previous_month}}"
        + ("" if change == DASH else "，{month_change_percent}")
        + "。1月1日以来发案 {cases_year}，损失 {loss_year}"
        + ("" if refs["city_percent"].text == DASH else "，占全市 {city_percent}")
        + "。",
        refs,
    )


def _towns(content: Content, day: date) -> Table:
    lines = content["towns"]
    starred = any(one["zero_cases"] for one in lines)
    return Table(
        caption="表1 各镇（街道）",
        head=["镇（街道）", "当日", "损失", "本月", "本年", "每万人", "挂牌"],
        align="lrrrrrc",
        rows=[
            [
                f"{one['name']}★" if one["zero_cases"] else one["name"],
                *_counts(one, day, "towns", town=one["code"]),
                Ref(one["rate_10k"] or DASH, rows=drill.cases(_year(day), town=one["code"]).words()),
                listed.cell(content, one),
            ]
            for one in lines
        ],
        foot=["合计", *_counts(_sum(lines), day, "towns"), "", ""] if len(lines) > 1 else [],
        note="发案单位为起，损失单位为万元；每万人按本年。"
        + listed.note(content)
        + ("★为连续 35 天零发案。" if starred else ""),
    )


def _classes(content: Content, day: date) -> Table:
    lines = [one for one in content["classes"] if one["cases_year"] and one["code"] != "other"]
    shown = lines[:SHOWN_CLASSES]
    rest = [one for one in content["classes"] if one not in shown]
    return Table(
        caption="表2 主要类别",
        head=["类别", "当日", "损失", "本月", "本年"],
        align="lrrrr",
        rows=[
            *([one["name"], *_counts(one, day, "classes", fraud_class=one["code"])] for one in shown),
            ["其他", *map(plain, _counts(_sum(rest), day, "classes"))],
        ],
        foot=["合计", *_counts(_sum(content["classes"]), day, "classes")],
    )


def _counts(one: Mapping[str, Any], day: date, table: str, **only: str) -> list[Cell]:
    """Day, loss, month and year of a line, each open to its cases."""
    today, month = one_day(day), Period(day.replace(day=1), _next_day(day))

    def ref(column: str, text: str, period: Period) -> Ref:
        return Ref(text, rows=drill.cases(period, **only).words(), key=f"{table}/{one['code']}/{column}")

    return [
        ref("cases", str(one["cases"]), today),
        ref("loss", in_wan(Decimal(one["loss"])), today),
        ref("cases_month", str(one["cases_month"]), month),
        ref("cases_year", str(one["cases_year"]), _year(day)),
    ]


def _sum(lines: Lines) -> dict[str, Any]:
    """The line of totals."""
    counts = {name: sum(one[name] for one in lines) for name in ("cases", "cases_month", "cases_year")}
    return {"code": "*", "loss": sum((Decimal(one["loss"]) for one in lines), Decimal(0)), **counts}


def _year(day: date) -> Period:
    return Period(day.replace(month=1, day=1), _next_day(day))


def _work(refs: Mapping[str, Ref]) -> Table:
    nobody = refs["door_p90_seconds"].text == DASH
    return Table(
        caption="表3 预警、劝阻",
        head=[],
        align="lrl",
        rows=[
            ["预警（合并后）", refs["warnings_issued"], fill("紧急 {warnings_red}，高危 {warnings_orange}", refs)],
            ["派单", refs["orders_sent"], fill("当面见到 {met}", refs)],
            ["超时", refs["orders_late"], fill("其中签收 {orders_unsigned}", refs)],
            ["到门用时中位", refs["door_median_seconds"], "当日没有到门" if nobody else fill("九成 {door_p90_seconds}内", refs)],
            ["劝住（待复核）", refs["dissuaded"], fill("保护 {protected_amount}", refs)],
        ],
    )  # fmt: skip


def _bars(content: Content, day: date) -> Bars:
    days = [(date.fromisoformat(one["date"]), one["cases"]) for one in content["days"]]
    return Bars(
        caption=f"图1 {day.month}月逐日发案（起）",
        bars=[
            Bar(
                cases,
                f"{one.day}日" if (one.day % 5 == 1 and one.day < day.day - 1) or one == day else "",
                hot=one == day,
                rows=drill.cases(one_day(one)).words(),
            )
            for one, cases in days
        ],
    )


def _cases(lines: Lines) -> Text:
    if not lines:
        return ["当日没有发案。"]
    told = "".join(f"（{numeral(place)}）{one['text']}" for place, one in enumerate(lines[:SHOWN_CASES], 1))
    more = len(lines) - SHOWN_CASES
    return [told + (f"另有 {more} 起，损失较小，见网页。" if more > 0 else "")]


def _dissuaded(content: Content, refs: Mapping[str, Ref]) -> Text:
    today = "".join(one["text"] for one in content["dissuaded"]) or "当日没有办结的劝阻。"
    more = content["figures"]["dissuaded"]["value"] - len(content["dissuaded"])
    said = today + (f"另有 {more} 单。" if more > 0 else "")
    year = "1月1日以来劝阻 {dissuaded_year}，保护 {protected_year}，其中转账撤回和柜面取消 {protected_year_hard}。"
    return [said, *fill(year, refs)]


def _overdue(lines: Lines) -> Text:
    return ["；".join(one["text"] for one in lines) + "。" if lines else "没有逾期。"]


def _next_day(day: date) -> date:
    return one_day(day).until
