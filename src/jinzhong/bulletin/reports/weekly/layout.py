"""The weekly bulletin on four pages: the whole and the towns; classes and people; five colours and comment; the work."""

from datetime import timedelta
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import (
    Bar,
    Bars,
    Block,
    Break,
    Columns,
    Paper,
    Paragraph,
    Range,
    Ranges,
    Text,
)
from jinzhong.bulletin.reports.base import month_day, sheets
from jinzhong.bulletin.reports.base.frame import around, corrections, local
from jinzhong.bulletin.reports.base.sheets import Sheet
from jinzhong.situation import drill
from jinzhong.situation.periods import Period

WEEK = timedelta(weeks=1)
LOUD = ("red", "orange")
SHOWN_ALARMS = 5
SHOWN_OWED = 6


def paper(content: Content) -> Paper:
    sheet, cut = Sheet(content, "本周", "上周"), local(content["as_of"])
    period = sheet.period
    return Paper(
        **around(content, period.last),
        title="反诈周报",
        number=f"{period.last.year}年第 {(period.last.timetuple().tm_yday - 1) // 7 + 1} 期",
        heading=f"{content['scope'] or '全区'}电信网络诈骗一周情况（{_span(period)}）",
        warning=sheets.warning(sheet, cut),
        blocks=[*_whole(sheet), Break(), *_people(sheet), Break(), *_colours(sheet), Break(), *_work(sheet)],
        sent_to="报：区委、区政府分管领导。送：各成员单位。发：各镇（街道）、派出所、银行。",
        roomy=True,
    )  # fmt: skip


def _span(period: Period) -> str:
    last = f"{period.last.day}日" if period.since.month == period.last.month else month_day(period.last)
    return f"{month_day(period.since)}至{last}"


def _whole(sheet: Sheet) -> list[Block]:
    content = sheet.content
    colours = {
        one["code"]: one["word"].removesuffix("预警").removesuffix("色") for one in content["alarms"]["towns"]
    }
    return [
        Paragraph("一、总体。", _overall(sheet)),
        *_weeks(sheet),
        *(
            sheets.ranking(sheet, kind, caption, colours)
            for kind, caption in (("street", "表1 街道"), ("town", "表2 镇"))
            if any(one["kind"] == kind for one in content["towns"])
        ),
        Paragraph("", sheets.ranking_note(content)),
    ]  # fmt: skip


def _overall(sheet: Sheet) -> Text:
    change = "，{change_percent}" if sheet.prints("change_percent") else ""
    city = "，占全市 {city_percent}" if sheet.prints("city_percent") else ""
    return sheet.fill(
        f"本周发案 {{cases}}，损失 {{loss}}；上周 {{cases_previous}}{change}，去年同期 {{cases_last_year}}。{sheets.foremost(sheet)}"
        f"1月1日以来发案 {{cases_year}}，损失 {{loss_year}}，每万人 {{rate_10k}}{city}。"
    )


def _weeks(sheet: Sheet) -> list[Block]:
    counts: list[int] = sheet.content["alarms"].get("weeks", [])
    if not counts:
        return [sheets.day_bars(sheet, "图1 本周逐日发案（起）")]
    starts = [sheet.period.since - WEEK * back for back in range(len(counts) - 1, -1, -1)]
    return [
        Bars(
            f"图1 近 {len(counts)} 周逐周发案（起）",
            [
                Bar(
                    count,
                    f"{start.month}/{start.day}",
                    hot=start == sheet.period.since,
                    rows=drill.cases(Period(start, start + WEEK)).words(),
                )
                for start, count in zip(starts, counts, strict=True)
            ],
        )
    ]


def _people(sheet: Sheet) -> list[Block]:
    return [
        Paragraph("二、案件和受害人。", sheet.fill("本周受害人 {victims}，下列各表本周与本年并列；百分比按本年，一周的数太少不算。")),
        sheets.classes(sheet, "表3 类别"),
        Columns(
            [sheets.group(sheet, "age", "表4 受害人年龄", "年龄", "age")],
            [
                sheets.group(sheet, "sex", "表5 受害人性别", "性别", "sex"),
                sheets.group(sheet, "area", "表6 发案地区（起）", "地区", "area"),
            ],
        ),
        sheets.matrix(sheet, "表7 类别和人群"),
        sheets.typical(sheet, "损失较大的案件。"),
    ]  # fmt: skip


def _colours(sheet: Sheet) -> list[Block]:
    alarms = sheet.content["alarms"]
    return [
        Paragraph("三、五色预警。", [_said(alarms)]),
        *([_ranges(sheet)] if alarms["towns"] else []),
        *([Paragraph("各类。", [_classes(alarms["classes"])])] if alarms["classes"] else []),
        *([Paragraph("办理。", [_acts(alarms["towns"])])] if alarms["towns"] else []),
        Paragraph("上周办理。", [_followed(sheet.content["owed"])]),
        Columns(
            [sheets.group(sheet, "occupation", "表8 受害人职业", "职业")],
            [sheets.day_table(sheet, "表9 本周逐日")],
        ),
        sheets.passage(sheet, "praise", "四、点评。"),
        sheets.passage(sheet, "remind"),
        sheets.passage(sheet, "demand"),
    ]


def _said(alarms: dict[str, Any]) -> str:
    if alarms["unknown"]:
        return f"数据不足：{alarms['unknown']}。"
    counts = {
        word: sum(one["word"] == word for one in alarms["towns"])
        for word in ("红色预警", "橙色预警", "黄色预警", "蓝色", "绿色", "数据不足")
    }
    told = "，".join(f"{word} {n} 个" for word, n in counts.items() if n)
    loud = counts["红色预警"] + counts["橙色预警"]
    return f"各镇（街道）：{told}。颜色同时看涨幅、起数和碰巧的可能；只按涨幅算，红、橙会有 {alarms['naive']} 个，实为 {loud} 个。"


def _ranges(sheet: Sheet) -> Ranges:
    return Ranges(
        "图2 本周发案、预期和常见范围（起）",
        [
            Range(
                one["name"],
                one["observed"],
                float(one["expected"] or 0),
                one["usual_low"] or 0,
                one["usual_high"] or 0,
                one["word"],
                hot=one["colour"] in LOUD,
                rows=drill.cases(sheet.period, town=one["code"]).words(),
            )
            for one in sheet.content["alarms"]["towns"]
        ],
        note="灰带为常见范围（没有变化时九成的周落在里面），竖线为预期（前 15 周平均），圆点为本周，红、橙为实心。",
    )


def _classes(lines: list[dict[str, Any]]) -> str:
    told = "；".join(f"{one['name']}{one['class']}{one['word']}" for one in lines[:SHOWN_ALARMS])
    more = f"；另有 {len(lines) - SHOWN_ALARMS} 处，见网页" if len(lines) > SHOWN_ALARMS else ""
    return f"{told}{more}。"


def _acts(lines: list[dict[str, Any]]) -> str:
    owed = [one for one in lines if one["colour"] in (*LOUD, "yellow")]
    if not owed:
        return "没有黄色及以上的镇（街道），日常工作。"
    told = "；".join(
        f"{one['name']}（{one['word']}）由{one['who']}办，{one['task']}，{one['cleared']}"
        for one in owed[:SHOWN_ALARMS]
    )
    more = f"；另有 {len(owed) - SHOWN_ALARMS} 个，见网页" if len(owed) > SHOWN_ALARMS else ""
    return f"{told}{more}。"


def _followed(lines: list[dict[str, Any]]) -> str:
    """Whether what last week's colours asked for was done in time."""
    if not lines:
        return "上周没有要办的预警。"
    kept = [one["name"] for one in lines if one["done"] and not one["late"]]
    behind = [one["name"] for one in lines if one["done"] and one["late"]]
    owing = [one["name"] for one in lines if not one["done"] and one["late"]]
    running = [one["name"] for one in lines if not one["done"] and not one["late"]]
    told = {"按期报了办理的": kept, "迟报的": behind, "过期没有报的": owing, "还没有到期的": running}
    return (
        "；".join(
            f"{word} {len(names)} 个：{'、'.join(names[:SHOWN_OWED])}{'等' if len(names) > SHOWN_OWED else ''}"
            for word, names in told.items()
            if names
        )
        + "。"
    )


def _work(sheet: Sheet) -> list[Block]:
    return [
        Paragraph("五、预警和劝阻。", sheet.fill("本周预警 {warnings_issued}，派单 {orders_sent}，劝住 {dissuaded}，保护 {protected_amount}。")),
        sheets.work(sheet, "表10 预警、劝阻"),
        sheets.stations(sheet, "表11 各派出所"),
        sheets.banks(sheet, "表12 银行网点"),
        sheets.overdue(sheet, "六、逾期。"),
        Paragraph("七、说明。", ["号码处置、止付返还、宣传触达的数还没有接入，不列；接入以后另表。"]),
        *corrections(sheet.content, "八、更正。"),
    ]  # fmt: skip
