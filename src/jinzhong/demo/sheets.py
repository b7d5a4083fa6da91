"""A day's cases written down as offices write them: titles above the header, a total below, no two hands alike.

Most days come as CSV in one of three encodings, the first of a month as XLSX; headers, dates and amounts are spelled
differently from sheet to sheet. The real importer reads them.
"""

import csv
import random
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO
from typing import NamedTuple

from openpyxl import Workbook

from jinzhong.clock import ZONE
from jinzhong.demo.cases import DemoCase
from jinzhong.demo.fenghua import BY_CODE, short

XLSX_DAYS = (1,)
TITLE = "奉化区电信网络诈骗案件日报表（演示数据）"
WAN = Decimal(10_000)
DAY_ZERO = datetime(1899, 12, 30, tzinfo=ZONE)
AREAS = {"urban": ("城镇", "城区"), "rural": ("农村", "农村")}
SEXES = {"F": "女", "M": "男"}
WIDE = {digit: 0xFF10 + number for number, digit in enumerate(b"0123456789")}
"""Digits as wide as a Chinese character."""


class Hand(NamedTuple):
    """How one office writes: its headers, in the order of ``FIELDS``, and its encoding."""

    encoding: str
    headers: str


FIELDS = (
    "number", "reported_at", "filed_at", "occurred_from", "town", "community", "area", "station", "status", "source", "label",
    "channel", "narrative", "loss", "stopped", "name", "sex", "age", "job", "phone", "paid_at", "paid", "card", "bank", "suspect",
    "app", "url",
)  # fmt: skip
PRINTED = Hand(
    "xlsx",
    "案件编号 报案时间 立案时间 案发时间 所属镇(街道) 村(社区) 城乡 受理单位 案件状态 案件来源 案件类别 诈骗渠道 简要案情 涉案金额(元) 止付金额(元) "
    "受害人姓名 性别 年龄 职业 联系电话 转账时间 转账金额(元) 收款账号 收款银行 涉案号码 涉案APP 涉案网址",
)
HANDS = (
    Hand(
        "gb18030",
        "受案登记编号 报警时间 立案日期 案发起始时间 发案镇街 所属社区 城乡分类 受案单位 状态 警情来源 作案手段 引流方式 简要情况 损失金额(万元) 紧急止付 "
        "事主姓名 事主性别 事主年龄 受害人职业 手机号码 汇款时间 转账金额 涉案账号 开户行 嫌疑电话 涉案软件 诈骗网址",
    ),
    Hand(
        "utf-8-sig",
        "案号 接警时间 立案时间 发案时间 所属镇街道 村社区 城镇农村 派出所 办理状态 来源 诈骗类型 接触方式 案情简介 涉案金额 止付 "
        "受害人 性别 受害人年龄 职业 受害人电话 付款时间 汇款金额 收款卡号 涉案银行 涉案电话 APP名称 网址",
    ),
    Hand(
        "utf-8",
        "立案编号 报案日期 立案时间 案发时间起 案发镇街 社区(村) 城乡 办案单位 案件进展 报案方式 案别 渠道 基本案情 案损金额 紧急止付 "
        "报案人 受害人性别 年龄 事主职业 联系方式 转账时间 转账金额 嫌疑账号 收款银行 来电号码 涉案APP 涉案网站",
    ),
)


def of_day(day: date, cases: Sequence[DemoCase]) -> tuple[str, bytes]:
    """(file name, bytes) of the sheet that tells of a day."""
    dice = random.Random(day.toordinal())
    hand = PRINTED if day.day in XLSX_DAYS else HANDS[day.toordinal() % len(HANDS)]
    rows = _rows(day, cases, hand, dice)
    if hand is PRINTED:
        return f"{day.month}月{day.day}日案件日报（演示数据）.xlsx", _xlsx(rows)
    return f"{day.month}月{day.day}日案件日报（演示数据）.csv", _csv(rows, hand.encoding)


def _rows(day: date, cases: Sequence[DemoCase], hand: Hand, dice: random.Random) -> list[list[object]]:
    headers = hand.headers.split()
    write = Writer(dice, in_wan="(万元)" in hand.headers, is_xlsx=hand is PRINTED)
    total: list[object] = [None] * (len(headers) + 1)
    total[0] = "合计"
    total[FIELDS.index("loss") + 1] = write.total(sum((one.loss for one in cases), Decimal(0)))
    return [
        [TITLE],
        [f"统计日期：{day.year}年{day.month}月{day.day}日", None, "填报单位：区反诈办"],
        ["序号", *headers],
        *([n, *write.row(one)] for n, one in enumerate(cases, 1)),
        total,
        ["制表：内勤", None, "审核：值班长"],
    ]


class Writer:
    """Writes cases in one office's hand."""

    def __init__(self, dice: random.Random, *, in_wan: bool, is_xlsx: bool):
        self.dice, self.in_wan, self.is_xlsx = dice, in_wan, is_xlsx

    def row(self, one: DemoCase) -> list[object]:
        place, plain = BY_CODE[one.town].name, short(BY_CODE[one.town])
        return [
            one.number, self.moment(one.reported_at), self.moment(one.filed_at), self.moment(one.occurred_from),
            self.dice.choice((place, f"奉化区{place}", plain)), one.community,
            self.dice.choice(AREAS[one.area]), one.station, self.dice.choice(("立案", "已立案", "侦办中")) if one.status == "立案" else "已破案",
            one.source, one.raw_class, one.channel, one.narrative, self.loss(one.loss), self.yuan(one.stopped),
            *self.people(one), *self.payments(one), one.suspect_number or None, one.app or None, one.url or None,
        ]  # fmt: skip

    def people(self, one: DemoCase) -> list[object]:
        columns: tuple[Callable[..., str], ...] = (
            lambda v: v.name, lambda v: SEXES[v.sex], lambda v: str(v.age), lambda v: v.job, lambda v: self.phone(v.phone),
        )  # fmt: skip
        return ["、".join(column(victim) for victim in one.victims) for column in columns]

    def payments(self, one: DemoCase) -> list[object]:
        cards = "、".join(paid.card for paid in one.payments)
        return [
            "、".join(f"{paid.at:%Y-%m-%d %H:%M}" for paid in one.payments),
            "、".join(str(paid.amount) for paid in one.payments),
            cards if self.is_xlsx or len(one.payments) > 1 else f'="{cards}"',
            "、".join(paid.bank for paid in one.payments),
        ]

    def phone(self, digits: str) -> str:
        return self.dice.choice((digits, f"{digits[:3]} {digits[3:7]} {digits[7:]}", f"+86{digits}"))

    def moment(self, at: datetime) -> object:
        """A date as text in one of four spellings, as a date cell or as a spreadsheet's day number."""
        plain = at.replace(tzinfo=None)
        spellings: list[object] = [
            f"{plain:%Y-%m-%d %H:%M}",
            f"{plain.year}年{plain.month}月{plain.day}日 {plain.hour}时{plain:%M}分",
            f"{plain.year}.{plain.month}.{plain.day} {plain:%H:%M}",
            f"{plain.year}/{plain.month}/{plain.day} {plain:%H:%M}",
        ]
        if self.is_xlsx:
            spellings += [plain, plain, (at - DAY_ZERO).total_seconds() / 86400]
        return self.dice.choice(spellings)

    def loss(self, amount: Decimal) -> object:
        if self.in_wan:
            return self.dice.choice((f"{amount / WAN:f}", f"{amount / WAN:f}", f"{amount:,.2f}元"))
        return self.yuan(amount)

    def yuan(self, amount: Decimal | None) -> object:
        if amount is None:
            return None
        spellings: list[object] = [
            f"¥{amount:,.2f}",
            f"{amount:,}元",
            str(amount).translate(WIDE),
            str(amount),
        ]
        if self.is_xlsx:
            spellings.append(int(amount))
        if amount >= WAN:
            spellings.append(f"{amount / WAN:f}万")
        return self.dice.choice(spellings)

    def total(self, amount: Decimal) -> object:
        return f"{amount / WAN:f}" if self.in_wan else str(amount)


def _xlsx(rows: list[list[object]]) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet("日报")
    for row in rows:
        page.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _csv(rows: list[list[object]], encoding: str) -> bytes:
    out = StringIO(newline="")
    csv.writer(out).writerows(["" if cell is None else cell for cell in row] for row in rows)
    return out.getvalue().encode(encoding)
