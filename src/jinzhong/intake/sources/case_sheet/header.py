"""Finding the header: the row, or two rows one above the other, in which the most columns are recognised."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import gettext as _

from jinzhong.intake.sources.case_sheet import columns
from jinzhong.intake.sources.case_sheet.columns import COLUMNS, Heading
from jinzhong.intake.sources.case_sheet.read import Cell
from jinzhong.intake.sources.case_sheet.told import Rejection, Sheet

HEADER_WITHIN = 40
"""Rows in which a header is looked for."""
ENOUGH_COLUMNS = 3
OTHER_SIDE = ("嫌疑", "对方", "涉案", "收款", "嫌犯")
"""A group of columns under such a word is about the offender: its 姓名 and 电话 are not the victim's."""
IN_WAN = re.compile(r"单位:?\s*(人民币)?万元?")
Headings = tuple[list[Heading], list[Heading]]


def find(sheet: Sheet, chosen: Mapping[str, str]) -> list[tuple[int, list[Cell]]]:
    """Fill in the sheet's header and what is wrong with it; return the rows beneath it."""
    rows = sheet.table.rows
    place, depth, (known, unknown) = _best(rows, chosen)
    sheet.header_row = rows[place + depth - 1][0] if rows else 1
    sheet.headings, twins = _one_each(_in_unit_of_titles(known, rows[:place]))
    sheet.unknown = unknown
    for one in twins:
        message = _("有两列都叫“%(name)s”，用了左边一列；请删去一列") % {"name": one.text}
        sheet.rejected.append(Rejection(sheet.header_row, one.text, message))
    for one in unknown:
        message = _("不认识这一列，没有用；请在“改对应”里指定它是哪一项，或选不用")
        sheet.rejected.append(Rejection(sheet.header_row, one.text, message))
    for column in COLUMNS:
        if column.required and column.field not in {one.field for one in sheet.headings}:
            message = _("缺少这一列；表头要有%(title)s，可下载模板对照") % {"title": column.title}
            sheet.rejected.append(Rejection(sheet.header_row, column.title, message))
    return rows[place + depth :]


def is_complete(sheet: Sheet) -> bool:
    """Whether every column is there without which no row can be a case."""
    known = {one.field for one in sheet.headings}
    return all(column.field in known for column in COLUMNS if column.required)


def _best(rows: list[tuple[int, list[Cell]]], chosen: Mapping[str, str]) -> tuple[int, int, Headings]:
    """(place, depth, headings) of the header; of equally good ones the first, and one row before two."""
    best: tuple[int, int, Headings] = (0, 1, ([], []))
    most = ENOUGH_COLUMNS - 1
    for depth in (1, 2):
        for place, (_number, told) in enumerate(rows[:HEADER_WITHIN]):
            below = rows[place + 1][1] if depth == 2 and place + 1 < len(rows) else []
            if depth == 2 and not _may_be_second(told, below, chosen):
                continue
            found = _headings(told, below, chosen)
            fields = len({one.field for one in found[0] if one.field})
            if fields > most:
                most, best = fields, (place, depth, found)
    return best


def _may_be_second(top: list[Cell], below: list[Cell], chosen: Mapping[str, str]) -> bool:
    """Whether the row below is a second line of the header and no case: nothing stands under a column that is known already."""
    return not any(
        columns.words(lower) == "" or not columns.understand(place, columns.words(lower), chosen)
        for place, lower in enumerate(below)
        if lower is not None and place < len(top) and _field(place, top[place], chosen)
    )


def _field(place: int, cell: Cell, chosen: Mapping[str, str]) -> str:
    heading = columns.understand(place, columns.words(cell), chosen)
    return heading.field if heading else ""


def _headings(top: list[Cell], below: list[Cell], chosen: Mapping[str, str]) -> Headings:
    known, unknown, over = [], [], ""
    for place in range(max(len(top), len(below))):
        upper = columns.words(top[place]) if place < len(top) else ""
        lower = columns.words(below[place]) if place < len(below) else ""
        over = upper or over
        spellings = _spellings(upper, lower, over)
        found = next((one for text in spellings if (one := columns.understand(place, text, chosen))), None)
        if found:
            known.append(replace(found, text=lower or upper))
        elif spellings:
            unknown.append(Heading(place, lower or upper))
    return known, unknown


def _in_unit_of_titles(known: list[Heading], titles: list[tuple[int, list[Cell]]]) -> list[Heading]:
    """A title above the header may say 单位:万元 for all amounts that don't say their own."""
    said = [unicodedata.normalize("NFKC", columns.words(cell)) for _row, told in titles for cell in told]
    if not any(IN_WAN.search(one) for one in said):
        return known
    return [one if columns.unit(one.text) else replace(one, factor=columns.WAN) for one in known]


def _spellings(upper: str, lower: str, over: str) -> list[str]:
    """What a column may be called under a group's name, the most telling first."""
    if not lower:
        return [upper] if upper else []
    group = over.removesuffix("信息").removesuffix("情况").removesuffix("资料")
    if any(word in group for word in OTHER_SIDE):
        return [f"{group}{lower}", f"嫌疑{lower}"]
    return [f"{group}{lower}", lower]


def _one_each(known: list[Heading]) -> tuple[list[Heading], list[Heading]]:
    """(one column for each field, columns named exactly like another). Of two names for one field the more usual is used."""
    usual: dict[str, Heading] = {}
    for one in sorted(known, key=lambda heading: (heading.rank, heading.place)):
        usual.setdefault(one.field, one)
    used = [one if usual[one.field] is one or not one.field else replace(one, field="") for one in known]
    twins = [
        one
        for one in known
        if one.field and one is not usual[one.field] and one.text == usual[one.field].text
    ]
    return used, twins
