"""The special report: the whole with the test, towns, classes, what was done, comment, how it was counted."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Bar, Bars, Block, Paper, Paragraph, Range, Ranges, Table, Text
from jinzhong.bulletin.reports.base import DASH, month_day, sheets
from jinzhong.bulletin.reports.base.frame import around, corrections, local
from jinzhong.bulletin.reports.base.numbers import days
from jinzhong.bulletin.reports.base.sheets import Sheet, cases
from jinzhong.situation import drill
from jinzhong.situation.periods import Period
from jinzhong.situation.shares import in_wan
from jinzhong_engine.taxonomy import BY_CODE

AGAINST = {"higher": "多", "lower": "少", "like": "相当", None: DASH}
NOTE = (
    "此前是紧接行动之前、同样多的天。变化不像碰巧才写多或少；写了也不等于就是行动带来的，同时发生的别的事也会有份。"
    "号码处置、止付返还、宣传触达的数还没有接入，不列。"
)
LABELS = 8
"""Bars named beneath, at most."""


class TwoTimes(Sheet):
    @property
    def before(self) -> Period:
        return Period(self.period.since - timedelta(days=self.period.days), self.period.since)

    @property
    def classes(self) -> str:
        return ",".join(self.content["campaign"]["classes"])


def paper(content: Content) -> Paper:
    sheet, held = TwoTimes(content, "期内", "此前"), content["campaign"]
    return Paper(
        **around(content, sheet.period.last),
        title="专项行动通报",
        number=f"{sheet.period.last.year}年专项第 {held['number']} 号",
        heading=f"{held['title']}（{days(sheet.period)}）",
        warning=sheets.warning(sheet, local(content["as_of"])),
        blocks=[*_whole(sheet), *_parts(sheet), *_work(sheet), *_said(sheet)],
        sent_to="报：区委、区政府分管领导。送：各成员单位。发：各镇（街道）、派出所、银行。",
        roomy=True,
    )


def _whole(sheet: TwoTimes) -> list[Block]:
    return [
        Paragraph("一、总体。", [*sheet.fill("行动从{span}，共 {days}，"), f"{_about(sheet.content)}。", *_overall(sheet)]),
        _bars(sheet),
    ]  # fmt: skip


def _about(content: Content) -> str:
    held = content["campaign"]
    classes = "、".join(BY_CODE[one].short for one in held["classes"]) or "各类案件"
    names = (
        "、".join(one["name"] for one in content["towns"]) if held["towns"] else content["scope"] or "全区"
    )
    return f"范围是{names or '所选镇（街道）'}的{classes}"


def _overall(sheet: TwoTimes) -> Text:
    before = "：{against_before}。"
    if sheet.prints("cases_before"):
        before = f"；此前同样长的时间（{days(sheet.before)}）发案 {{cases_before}}，损失 {{loss_before}}：{{against_before}}。"
    last_year = "去年同期 {cases_last_year}。" if sheet.prints("cases_last_year") else ""
    rest = ""
    if "against_rest" in sheet.refs and sheet.prints("rest_before"):
        rest = "同样两段时间，其余镇（街道）、类别发案 {rest}，此前 {rest_before}：{against_rest}。"
    return sheet.fill(f"期内发案 {{cases}}，损失 {{loss}}{before}{last_year}{rest}")


def _bars(sheet: TwoTimes) -> Bars:
    lines = sheet.content["bars"]
    both = not all(one["during"] for one in lines)
    each = "逐日" if all(_days(one).days == 1 for one in lines) else "每七天"
    caption = f"图1 {'此前和' if both else ''}期内{each}发案（起）{'，深色为期内' if both else ''}"
    step = -(-len(lines) // LABELS)
    held = sheet.content["campaign"]
    towns = ",".join(held["towns"])
    found = []
    for place, one in enumerate(lines):
        period = _days(one)
        rows = drill.cases(period, town=towns, fraud_class=sheet.classes).words()
        label = month_day(period.since) if place % step == step // 2 else ""
        found.append(Bar(one["cases"], label, hot=one["during"], rows=rows))
    return Bars(caption, found)


def _days(bar: dict[str, Any]) -> Period:
    return Period(date.fromisoformat(bar["since"]), date.fromisoformat(bar["until"]))


# -- towns and classes ----------------------------------------------------------------------------------


def _parts(sheet: TwoTimes) -> list[Block]:
    lines = sheet.content["towns"]
    found: list[Block] = []
    if lines:
        found.append(_table(sheet, "towns", "表1 镇（街道）", "镇（街道）"))
    if len([one for one in lines if one["low"] is not None]) > 1:
        found.append(_ranges(sheet))
    if sheet.content["classes"]:
        found.append(_table(sheet, "classes", "表2 类别", "类别"))
    return [*found, sheets.typical(sheet, "损失较大的案件。")]


def _table(sheet: TwoTimes, name: str, caption: str, head: str) -> Table:
    of_towns = name == "towns"
    held = sheet.content["campaign"]

    def cell(one: dict[str, Any], column: str, text: str, period: Period) -> Any:
        only = (
            {"town": one["code"], "fraud_class": sheet.classes}
            if of_towns
            else {"town": ",".join(held["towns"]), "fraud_class": one["code"]}
        )
        return cases(text, period, f"{name}/{one['code']}/{column}", **only)

    def row(one: dict[str, Any]) -> list[Any]:
        before: list[Any] = [DASH, DASH]
        if one["cases_previous"] is not None:
            before = [
                cell(one, "cases_previous", str(one["cases_previous"]), sheet.before),
                cell(one, "loss_previous", in_wan(Decimal(one["loss_previous"])), sheet.before),
            ]
        last = [one["rate_10k"] or DASH, AGAINST[one["against"]]] if of_towns else []
        now = [
            cell(one, "cases", str(one["cases"]), sheet.period),
            cell(one, "loss", in_wan(Decimal(one["loss"])), sheet.period),
        ]
        return [one["name"], now[0], before[0], now[1], before[1], *last]

    lines = sheet.content[name]
    return Table(
        caption=caption,
        head=[head, "期内", "此前", "期内损失", "此前损失", *(["每万人", "比此前"] if of_towns else [])],
        align="lrrrr" + ("rc" if of_towns else ""),
        rows=[row(one) for one in lines],
        foot=_sum(lines) + (["", ""] if of_towns else []),
        note="发案单位为起，损失单位为万元。" + ("“比此前”写多或少的，几个镇（街道）一起看也不像碰巧。" if of_towns else ""),
    )  # fmt: skip


def _sum(lines: list[dict[str, Any]]) -> list[str]:
    count, before = (_total(lines, key) for key in ("cases", "cases_previous"))
    loss, loss_before = (_total(lines, key) for key in ("loss", "loss_previous"))
    return [
        "合计",
        f"{count:f}",
        DASH if before is None else f"{before:f}",
        DASH if loss is None else in_wan(loss),
        DASH if loss_before is None else in_wan(loss_before),
    ]


def _total(lines: list[dict[str, Any]], key: str) -> Decimal | None:
    found = [one[key] for one in lines]
    return None if None in found else sum((Decimal(one) for one in found), Decimal(0))


def _ranges(sheet: TwoTimes) -> Ranges:
    return Ranges(
        "图2 各镇（街道）期内发案（圆点）和没有变化时的常见范围（浅色）",
        [
            Range(
                name=one["name"], value=one["cases"], expected=one["cases_previous"], low=one["low"], high=one["high"],
                word=AGAINST[one["against"]], hot=one["against"] == "higher",
                rows=drill.cases(sheet.period, town=one["code"], fraud_class=sheet.classes).words(),
            )
            for one in sheet.content["towns"]
            if one["low"] is not None
        ],
        note="竖线为此前起数；此前本身也有碰巧，常见范围按十次里九次算。",
    )  # fmt: skip


# -- work and words -------------------------------------------------------------------------------------


def _work(sheet: TwoTimes) -> list[Block]:
    refs = sheet.refs
    nobody = not sheet.prints("door_median_seconds")
    return [
        Paragraph("二、做了什么。", ["预警、派单按镇（街道）计；预警发出时多半还不知道类别，不按类别分。"]),
        Table(
            caption="表3 预警、劝阻和督导",
            head=[],
            align="lrl",
            rows=[
                ["预警（合并后）", refs["warnings_issued"], ""],
                ["派单", refs["orders_sent"], sheet.fill("当面见到 {met}，超时 {orders_late}")],
                ["到门用时中位", refs["door_median_seconds"], "没有到门" if nobody else ""],
                ["劝住（待复核）", refs["dissuaded"], sheet.fill("保护 {protected_amount}，其中转账撤回和柜面取消 {protected_hard}")],
                ["督导文书", refs["papers"], ["已回复 ", refs["papers/已回复"], "，已办结 ", refs["papers/已办结"]]],
            ],
        ),
    ]  # fmt: skip


def _said(sheet: TwoTimes) -> list[Block]:
    return [
        sheets.passage(sheet, "result", "三、点评。"),
        *(sheets.passage(sheet, key) for key in ("praise", "remind", "demand")),
        Paragraph("四、说明。", [NOTE]),
        *corrections(sheet.content, "五、更正。"),
    ]  # fmt: skip
