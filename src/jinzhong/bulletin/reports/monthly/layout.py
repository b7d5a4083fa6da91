"""The monthly bulletin: the whole, towns by cases and by loss, zero-case towns; classes and people; comment; the work."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Block, Break, Columns, Paper, Paragraph, Table, Text
from jinzhong.bulletin.reports.base import sheets
from jinzhong.bulletin.reports.base.frame import around, corrections, local
from jinzhong.bulletin.reports.base.sheets import Sheet
from jinzhong.situation.shares import in_wan

SHOWN_TOWNS = 10


def paper(content: Content) -> Paper:
    sheet, cut = Sheet(content, "本月", "上月"), local(content["as_of"])
    first = sheet.period.since
    return Paper(
        **around(content, sheet.period.last),
        title="反诈月报",
        number=f"{first.year}年第 {first.month} 期",
        heading=f"{first.year}年{first.month}月{content['scope'] or '全区'}电信网络诈骗情况",
        warning=sheets.warning(sheet, cut),
        blocks=[*_whole(sheet), Break(), *_people(sheet), Break(), *_work(sheet)],
        sent_to="报：区委、区政府分管领导。送：各成员单位。发：各镇（街道）、派出所、银行。",
        roomy=True,
    )


def _whole(sheet: Sheet) -> list[Block]:
    towns = sheet.content["towns"]
    return [
        Paragraph("一、总体。", _overall(sheet)),
        sheets.day_bars(sheet, f"图1 {sheet.period.since.month}月逐日发案（起）"),
        *(
            sheets.ranking(sheet, kind, caption)
            for kind, caption in (("street", "表1 街道"), ("town", "表2 镇"))
            if any(one["kind"] == kind for one in towns)
        ),
        Paragraph("", sheets.ranking_note(sheet.content)),
        Paragraph("零发案。", [_zero(towns)]),
    ]


def _overall(sheet: Sheet) -> Text:
    change = "，{change_percent}" if sheet.prints("change_percent") else ""
    yoy = "，{yoy_percent}" if sheet.prints("yoy_percent") else ""
    city = "，占全市 {city_percent}" if sheet.prints("city_percent") else ""
    return sheet.fill(
        f"本月发案 {{cases}}，损失 {{loss}}；上月 {{cases_previous}}、{{loss_previous}}{change}；去年同期 {{cases_last_year}}{yoy}。"
        f"{sheets.foremost(sheet)}1月1日以来发案 {{cases_year}}，损失 {{loss_year}}，每万人 {{rate_10k}}{city}。"
    )


def _zero(towns: list[dict[str, Any]]) -> str:
    quiet = [one["name"] for one in towns if not one["cases"]]
    return f"本月没有发案的 {len(quiet)} 个：{'、'.join(quiet)}。" if quiet else "各镇（街道）本月都有发案。"


def _people(sheet: Sheet) -> list[Block]:
    return [
        Paragraph("二、起数和损失。", ["按占全区的比重排，起数和损失各排各的。"]),
        Columns(
            [_parallel(sheet, "表3 占起数", "起数", "percent", lambda one: one["cases"], lambda one: str(one["cases"]))],
            [_parallel(sheet, "表4 占损失", "万元", "loss_percent", lambda one: Decimal(one["loss"]), lambda one: in_wan(Decimal(one["loss"])))],
        ),
        sheets.classes(sheet, "表5 类别"),
        sheets.matrix(sheet, "表6 类别和人群"),
    ]  # fmt: skip


def _parallel(
    sheet: Sheet,
    caption: str,
    head: str,
    share: str,
    by: Callable[[dict[str, Any]], Any],
    text: Callable[[dict[str, Any]], str],
) -> Table:
    lines = sorted(sheet.content["towns"], key=lambda one: (-by(one), one["code"]))
    return Table(
        caption=caption,
        head=["镇（街道）", head, "占比"],
        align="lrr",
        rows=[
            [one["name"], sheets.cases(text(one), sheet.period, town=one["code"]), f"{one[share]}%" if one[share] is not None else "—"]
            for one in lines[:SHOWN_TOWNS]
        ],
    )  # fmt: skip


def _work(sheet: Sheet) -> list[Block]:
    return [
        Columns(
            [sheets.group(sheet, "age", "表7 受害人年龄", "年龄", "age")],
            [
                sheets.group(sheet, "sex", "表8 受害人性别", "性别", "sex"),
                sheets.group(sheet, "area", "表9 发案地区（起）", "地区", "area"),
            ],
        ),
        sheets.typical(sheet, "损失较大的案件。"),
        Paragraph("三、预警和劝阻。", sheet.fill("本月预警 {warnings_issued}，派单 {orders_sent}，劝住 {dissuaded}，保护 {protected_amount}。")),
        sheets.work(sheet, "表10 预警、劝阻"),
        Break(),
        sheets.stations(sheet, "表11 各派出所"),
        sheets.banks(sheet, "表12 银行网点"),
        sheets.overdue(sheet, "四、逾期。"),
        sheets.passage(sheet, "praise", "五、点评。"),
        sheets.passage(sheet, "remind"),
        sheets.passage(sheet, "demand"),
        Paragraph("六、说明。", ["号码处置、止付返还、宣传触达的数还没有接入，不列；接入以后另表。"]),
        *corrections(sheet.content, "七、更正。"),
    ]  # fmt: skip
