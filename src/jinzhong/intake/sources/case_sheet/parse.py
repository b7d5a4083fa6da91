"""From cells to cases: find the header, read each row beneath it, refuse a row with its reason in the user's words.

1. The header is where the most columns are recognised; titles above it are passed over.
2. Rows that say 合计, signatures at the foot and a header printed again are no cases; a total is checked against the rows.
3. A row is a case or is refused as a whole; every fault of it is told.
4. A number that comes twice with the same content counts once; with different content neither row is taken.
"""

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from jinzhong.intake.sources.case_sheet import cells, header
from jinzhong.intake.sources.case_sheet.read import Cell, Table
from jinzhong.intake.sources.case_sheet.row import RowReader
from jinzhong.intake.sources.case_sheet.told import CaseRow, Places, Rejection, Sheet

__all__ = ["CaseRow", "Places", "Rejection", "Sheet", "parse"]

TOTAL = re.compile(r"^(本页|本表|以上)?(合计|总计|小计|共计|累计)")
FOOT = re.compile(r"^(制表|填表|填报|审核|签发|单位|备注|注|说明|联系人|统计|复核|负责人|打印)")
FOOT_CELLS = 3
"""A signature line has so many cells at the most."""


def parse(table: Table, *, places: Places, now: datetime, chosen: Mapping[str, str] | None = None) -> Sheet:
    """Read a table. ``chosen``: headers (``columns.plain``) and their fields as mapped by hand before."""
    sheet = Sheet(table)
    body = header.find(sheet, chosen or {})
    if header.is_complete(sheet):
        _read_rows(sheet, body, RowReader(sheet, places, now))
        sheet.rejected.sort(key=lambda one: one.row)
    return sheet


def _read_rows(sheet: Sheet, body: list[tuple[int, list[Cell]]], reader: RowReader) -> None:
    found: dict[str, list[CaseRow | int]] = {}
    losses = Decimal(0)
    for number, told in body:
        reader.open(number, told)
        if _is_no_case(sheet, reader, losses):
            continue
        case_number = reader.number()
        case = reader.case(case_number)
        sheet.rejected += reader.faults
        losses += _loss_of(reader)
        if case_number is not None:
            found.setdefault(case_number, []).append(case or number)
    for twins in found.values():
        _settle(sheet, twins)


def _is_no_case(sheet: Sheet, reader: RowReader, losses: Decimal) -> bool:
    said = [str(one).strip() for one in reader.told if not cells.is_empty(one)]
    number = reader.cell("number")
    if not said or (isinstance(number, str) and number.strip() == reader.at["number"].text):
        return True
    first, label = _squeezed(said[0]), _squeezed(number) if isinstance(number, str) else ""
    if TOTAL.match(label) or (TOTAL.match(first) and not re.search(r"\d", label)):
        _note_total(sheet, reader, losses)
        return True
    return (cells.is_empty(number) or label == first) and len(said) <= FOOT_CELLS and bool(FOOT.match(first))


def _squeezed(text: str) -> str:
    """合 计 → 合计"""
    return re.sub(r"\s", "", text)


def _note_total(sheet: Sheet, reader: RowReader, losses: Decimal) -> None:
    """The last total counts: those before it are of pages."""
    sheet.total_row = reader.row
    try:
        sheet.total = cells.money(reader.cell("loss"), factor=reader.at["loss"].factor)
    except ValueError:
        sheet.total = None
    sheet.total_agrees = sheet.total == losses


def _loss_of(reader: RowReader) -> Decimal:
    """What the row adds to the total, also when it is refused for something else."""
    try:
        return cells.money(reader.cell("loss"), factor=reader.at["loss"].factor)
    except ValueError:
        return Decimal(0)


def _settle(sheet: Sheet, twins: list[CaseRow | int]) -> None:
    """The rows of one number: cases, or row numbers of refused ones."""
    cases = [one for one in twins if isinstance(one, CaseRow)]
    if not cases:
        return
    if len(cases) == len(twins) and all(one.content() == cases[0].content() for one in cases):
        sheet.rows.append(cases[0])
        sheet.repeated += cases[1:]
        return
    rows = [one.row if isinstance(one, CaseRow) else one for one in twins]
    heading = next(one.text for one in sheet.headings if one.field == "number")
    message = _("第 %(rows)s 行编号相同、内容不同，都没有收；请留下对的一行") % {
        "rows": "、".join(map(str, rows))
    }
    sheet.rejected += [Rejection(row, heading, message, cases[0].number) for row in rows]
