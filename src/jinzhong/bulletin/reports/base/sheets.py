"""The tables and paragraphs that weekly and monthly sheets share, each figure open to its rows."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from jinzhong.bulletin.content import Content
from jinzhong.bulletin.paper.blocks import Bar, Bars, Cell, Paragraph, Ref, Table, Text, fill
from jinzhong.bulletin.reports.base import DASH, listed, month_day, span
from jinzhong.bulletin.reports.base.frame import numeral, ref
from jinzhong.bulletin.reports.base.lists import starred
from jinzhong.bulletin.wording import filled
from jinzhong.situation import bands, drill
from jinzhong.situation.periods import Period, one_day
from jinzhong.situation.shares import in_wan

Lines = list[dict[str, Any]]
AGAINST = {"higher": "高", "lower": "低", "like": "相当", None: DASH}
SHOWN_CLASSES, SHOWN_JOBS, SHOWN_MATRIX = 9, 6, 8
SHOWN_STATIONS, SHOWN_BANKS, SHOWN_OVERDUE = 12, 10, 6
BANDS = {"<18": "<18", "18-19": "18–19", "66+": "66+"}


@dataclass(frozen=True)
class Sheet:
    """A content with its periods and references at hand."""

    content: Content
    word: str
    word_before: str

    @property
    def period(self) -> Period:
        return Period(date.fromisoformat(self.content["since"]), date.fromisoformat(self.content["until"]))

    @property
    def before(self) -> Period:
        return self.period.previous()

    @property
    def year(self) -> Period:
        return Period(self.period.last.replace(month=1, day=1), self.period.until)

    @property
    def refs(self) -> dict[str, Ref]:
        return {key: ref(key, one) for key, one in self.content["figures"].items()}

    @property
    def by_name(self) -> dict[str, Ref]:
        return {one["name"]: ref(key, one) for key, one in self.content["figures"].items()}

    def fill(self, sentence: str) -> Text:
        return fill(sentence, self.refs)

    def prints(self, key: str) -> bool:
        """Whether a figure has more to say than a dash."""
        return self.refs[key].text != DASH


def cases(text: str, period: Period, key: str = "", **only: str) -> Ref:
    return Ref(text, rows=drill.cases(period, **only).words(), key=key)


# -- towns ----------------------------------------------------------------------------------------------


def ranking(sheet: Sheet, kind: str, caption: str, colours: Mapping[str, str] | None = None) -> Table:
    """Streets or towns by the year's rate; ``colours``: the week's, by town."""
    lines = [one for one in sheet.content["towns"] if one["kind"] == kind]
    lines = sorted(lines, key=lambda one: (one["rank"] is None, one["rank"], one["code"]))
    head = [
        "名次",
        "街道" if kind == "street" else "镇",
        sheet.word,
        "损失",
        sheet.word_before,
        "本年",
        "每万人",
        "比全区",
        "挂牌",
    ]
    last = [] if colours is None else ["预警"]
    return Table(
        caption=caption,
        head=[*head, *last],
        align="clrrrrrcc" + ("c" if last else ""),
        rows=[_town(sheet, one) + ([colours.get(one["code"], DASH)] if colours is not None else []) for one in lines],
    )  # fmt: skip


def _town(sheet: Sheet, one: dict[str, Any]) -> list[Cell]:
    here = {"town": one["code"]}
    star = "★" if (one["zero_days"] or 0) >= 35 else ""
    return [
        str(one["rank"] or DASH),
        f"{one['name']}{star}",
        *_counts(sheet, "towns", one, **here),
        cases(one["rate_10k"] or DASH, sheet.year, **here),
        AGAINST[one["against"]],
        listed.cell(sheet.content, one),
    ]


def _counts(sheet: Sheet, table: str, one: Mapping[str, Any], **only: str) -> list[Cell]:
    """Cases, loss, cases before, cases of the year."""

    def cell(column: str, text: str, period: Period) -> Ref:
        return cases(text, period, f"{table}/{one['code']}/{column}", **only)

    return [
        cell("cases", str(one["cases"]), sheet.period),
        cell("loss", in_wan(Decimal(one["loss"])), sheet.period),
        cell("cases_previous", str(one["cases_previous"]), sheet.before),
        cell("cases_year", str(one["cases_year"]), sheet.year),
    ]


def foremost(sheet: Sheet) -> str:
    """The class of most cases and the one of most money, in a sentence to be filled; nothing where there is none."""
    if not (sheet.prints("first_class") and sheet.prints("dearest_class")):
        return ""
    return "起数最多的是{first_class}（{first_class_cases}），损失最多的是{dearest_class}（{dearest_class_loss}）。"


def ranking_note(content: Content) -> Text:
    lines = content["towns"]
    found = "发案单位为起，损失单位为万元。街道、镇分开排，按本年每万人发案从高到低。“比全区”为高或低的，差别不像碰巧（置信 95%）。"
    return [found + listed.note(content) + ("★为连续 35 天零发案。" if starred(lines) else "")]


# -- classes and people ---------------------------------------------------------------------------------


def classes(sheet: Sheet, caption: str) -> Table:
    """The year's most frequent ones; the rest together."""
    lines: Lines = sheet.content["classes"]
    shown = [one for one in lines if one["cases_year"] and one["code"] != "other"][:SHOWN_CLASSES]
    rest = [one for one in lines if one not in shown]
    return Table(
        caption=caption,
        head=["类别", sheet.word, "损失", sheet.word_before, "本年", "起数占比", "损失占比"],
        align="lrrrrrr",
        rows=[
            *(
                [one["name"], *_counts(sheet, "classes", one, fraud_class=one["code"]), *_shares(one)]
                for one in shown
            ),
            ["其他", *_sum(rest), "", ""],
        ],
        foot=["合计", *_sum(lines), "", ""],
        note="占比按本年。",
    )


def _shares(one: Mapping[str, Any]) -> list[str]:
    return [_percent(one["percent_year"]), _percent(one["loss_percent_year"])]


def _percent(told: str | None) -> str:
    return DASH if told is None else f"{told}%"


def _sum(lines: Iterable[Mapping[str, Any]]) -> list[Cell]:
    found = list(lines)
    loss = sum((Decimal(one["loss"]) for one in found), Decimal(0))
    counts = {
        name: str(sum(one[name] for one in found)) for name in ("cases", "cases_previous", "cases_year")
    }
    return [counts["cases"], in_wan(loss), counts["cases_previous"], counts["cases_year"]]


def group(sheet: Sheet, name: str, caption: str, head: str, field: str = "") -> Table:
    """People (or cases) of a group. ``field``: the word of ``Only`` by which a line opens to its rows."""
    lines = [one for one in sheet.content["groups"][name] if one["year"] or name != "age"]
    lines = lines[:SHOWN_JOBS] if name == "occupation" else lines

    def cell(one: Mapping[str, Any], column: str, period: Period) -> Cell:
        told = str(one[column])
        return cases(told, period, **{field: one["code"]}) if field else told

    return Table(
        caption=caption,
        head=[head, sheet.word, "本年"],
        align="lrr",
        rows=[[one["name"], cell(one, "now", sheet.period), cell(one, "year", sheet.year)] for one in lines]
        or [["没有受害人", "", ""]],
    )


def matrix(sheet: Sheet, caption: str) -> Table:
    """The year's victims: classes down, sexes and age bands across."""
    lines = sheet.content["matrix"][:SHOWN_MATRIX]
    columns = [
        ("女", "sex/F"),
        ("男", "sex/M"),
        *((_band(one.code), f"age/{one.code}") for one in bands.BANDS),
    ]

    def cell(one: Mapping[str, Any], key: str) -> Cell:
        word, _slash, code = key.partition("/")
        only = {"fraud_class": one["code"], word: code}
        return cases(str(one.get(key, 0)), sheet.year, **only) if one.get(key) else "0"

    return Table(
        caption=caption,
        head=["类别", *(word for word, _key in columns), "合计"],
        align="l" + "r" * (len(columns) + 1),
        rows=[
            [one["name"], *(cell(one, key) for _word, key in columns), cases(str(one["all"]), sheet.year, fraud_class=one["code"])]
            for one in lines
        ] or [["没有发案", *[""] * (len(columns) + 1)]],
        note="受害人数，按本年；年龄为岁，未登记的只在合计里。",
    )  # fmt: skip


def _band(code: str) -> str:
    return BANDS.get(code, code.replace("-", "–"))


def typical(sheet: Sheet, head: str) -> Paragraph:
    lines = sheet.content["cases"]
    if not lines:
        return Paragraph(head, [f"{sheet.word}没有发案。"])
    told = "".join(f"（{numeral(place)}）{one['text']}" for place, one in enumerate(lines, 1))
    more = sheet.content["figures"]["cases"]["value"] - len(lines)
    return Paragraph(head, [told + (f"另有 {more} 起，损失较小。" if more > 0 else "")])


def day_bars(sheet: Sheet, caption: str) -> Bars:
    days = [(date.fromisoformat(one["date"]), one["cases"]) for one in sheet.content["days"]]
    top = max((count for _day, count in days), default=0)
    return Bars(
        caption,
        [
            Bar(
                count,
                f"{one.day}日" if one.day % 5 == 1 or len(days) < 10 else "",
                hot=bool(top) and count == top,
                rows=drill.cases(one_day(one)).words(),
            )
            for one, count in days
        ],
    )


# -- orders ---------------------------------------------------------------------------------------------


def work(sheet: Sheet, caption: str) -> Table:
    nobody = not sheet.prints("door_p90_seconds")
    refs = sheet.refs
    return Table(
        caption=caption,
        head=[],
        align="lrl",
        rows=[
            ["预警（合并后）", refs["warnings_issued"], sheet.fill("紧急 {warnings_red}，高危 {warnings_orange}")],
            ["派单", refs["orders_sent"], sheet.fill("当面见到 {met}")],
            ["超时", refs["orders_late"], sheet.fill("其中签收 {orders_unsigned}")],
            ["到门用时中位", refs["door_median_seconds"], "没有到门" if nobody else sheet.fill("九成 {door_p90_seconds}内")],
            ["劝住（待复核）", refs["dissuaded"], sheet.fill("保护 {protected_amount}")],
            ["本年劝住", refs["dissuaded_year"], sheet.fill("保护 {protected_year}，其中转账撤回和柜面取消 {protected_year_hard}")],
        ],
    )  # fmt: skip


def stations(sheet: Sheet, caption: str) -> Table:
    lines: Lines = sheet.content["stations"]

    def cell(one: Mapping[str, Any], what: str) -> Cell:
        told = str(one[what])
        return Ref(told, rows=drill.orders(sheet.period, what, one["code"]).words()) if one["code"] else told

    def door(one: Mapping[str, Any]) -> str:
        return DASH if one["door_median_seconds"] is None else span(one["door_median_seconds"])

    return Table(
        caption=caption,
        head=["派出所", "派单", "超时", "见面", "劝住", "到门中位"],
        align="lrrrrr",
        rows=[
            [one["name"], *(cell(one, what) for what in ("sent", "late", "met", "dissuaded")), door(one)]
            for one in lines[:SHOWN_STATIONS]
        ]
        or [["没有派单", *[""] * 5]],
        note=_more(lines, SHOWN_STATIONS, "个派出所"),
    )


def banks(sheet: Sheet, caption: str) -> Table:
    lines: Lines = sheet.content["banks"]
    return Table(
        caption=caption,
        head=["银行", "报警网点", "预警", "到门", "按时", "劝住", "保护（万元）"],
        align="lrrrrrr",
        rows=[
            [
                one["name"],
                str(one["outlets"]),
                Ref(str(one["warnings"]), rows=drill.warnings(sheet.period, unit=one["code"]).words()),
                Ref(str(one["arrived"]), rows=drill.orders(sheet.period, "arrived", one["code"]).words()),
                str(one["on_time"]),
                Ref(str(one["dissuaded"]), rows=drill.orders(sheet.period, "dissuaded", one["code"]).words()),
                in_wan(Decimal(one["protected"])),
            ]
            for one in lines[:SHOWN_BANKS]
        ]
        or [["没有网点报警", *[""] * 6]],
        note=_more(lines, SHOWN_BANKS, "家银行"),
    )


def overdue(sheet: Sheet, head: str) -> Paragraph:
    lines: Lines = sheet.content["overdue"]
    if not lines:
        return Paragraph(head, ["没有逾期。"])
    told = "；".join(f"{one['name']} {one['orders']} 单，{one['text']}" for one in lines[:SHOWN_OVERDUE])
    return Paragraph(head, [f"{told}。{_more(lines, SHOWN_OVERDUE, '个单位')}"])


def _more(lines: Lines, shown: int, unit: str) -> str:
    return f"另有 {len(lines) - shown} {unit}，见网页。" if len(lines) > shown else ""


# -- words ----------------------------------------------------------------------------------------------


def passage(sheet: Sheet, key: str, head: str = "") -> Paragraph:
    """A passage with its figures in their places."""
    found = next(one for one in sheet.content["passages"] if one["key"] == key)
    return Paragraph(head + found["head"], filled(found["text"], sheet.by_name))


def warning(sheet: Sheet, cut: datetime) -> str:
    """What a reader must know before the first figure."""
    content, said = sheet.content, []
    if not content["complete"]:
        said.append(f"{month_day(sheet.period.last)}还没有过完，数字到 {cut:%-m月%-d日 %H:%M}")
    if content["state"] == "draft":
        said.append("草稿，未签发")
    return "；".join(said)


def day_table(sheet: Sheet, caption: str) -> Table:
    return Table(
        caption=caption,
        head=["日期", "起数"],
        align="lr",
        rows=[
            [month_day(day), cases(str(one["cases"]), one_day(day))]
            for one in sheet.content["days"]
            for day in [date.fromisoformat(one["date"])]
        ],
    )
