"""The empty sheet to download, and the sheet of rows that were refused. What is said here is said in the sheet's own language."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from jinzhong.intake.sources.case_sheet import cells
from jinzhong.intake.sources.case_sheet.columns import BY_FIELD, COLUMNS, WAN, Heading
from jinzhong.intake.sources.case_sheet.read import Cell, Unread
from jinzhong.intake.sources.case_sheet.told import Sheet
from jinzhong_engine.taxonomy import FRAUD_CLASSES

SHEET, HOW_TO, ALLOWED = "案件登记表", "填写说明", "可选内容"
ROWS_WITH_LISTS = 2000
UNREAD = "#N/A"
TEXT = "@"
"""The format that keeps a spreadsheet from shortening long numbers."""
HOW = {
    "number": "每案一个编号；同一编号再导就是更正",
    "reported_at": "2021年5月3日 14:05、2021-05-03 都可以",
    "filed_at": "写法同报案时间",
    "occurred_from": "可写起止：2021年5月1日至3日",
    "occurred_to": "写法同报案时间",
    "town": "见“可选内容”；只收本区的镇(街道)",
    "residence_town": "受害人住在本区时写，写法同上",
    "community": "村(社区)全称",
    "area": "见“可选内容”；不写时按村(社区)",
    "station": "派出所全称",
    "status": "见“可选内容”；不写时算立案",
    "source": "110、派出所、热线、银行、移交等",
    "fraud_class": "见“可选内容”；别的叫法也收，认不出的归其他，原文保留",
    "channel": "电话、短信、App、网页、微信、QQ 等",
    "lure": "用什么引人上当；不写电话、账号",
    "narrative": "入库即加密",
    "loss": "元；也可写 3.5万。还不清楚就留空，以后更正",
    "stopped": "元",
    "frozen": "元",
    "returned": "元",
    "victim_name": "几个人用顿号隔开：张三、李四。入库即加密",
    "victim_sex": "女 或 男；几个人一一对应：女、男",
    "victim_age": "报案时的周岁；几个人一一对应：25、31",
    "victim_birth_year": "写了年龄或证件号码可不写",
    "victim_occupation": "学生、企业员工、务工、务农、个体、退休等",
    "victim_phone": "入库即加密",
    "victim_id_number": "18 位身份证号。入库即加密",
    "victim_address": "入库即加密",
    "transfer_at": "几笔用顿号隔开",
    "transfer_amount": "几笔用顿号隔开，与转账时间一一对应",
    "payee_account": "几个账号用顿号隔开。入库即加密",
    "payee_bank": "与收款账号一一对应；都一样时写一个",
    "suspect_number": "对方的电话，几个用顿号隔开。入库即加密",
    "suspect_app": "对方让装的软件，或 QQ、微信名。入库即加密",
    "suspect_url": "对方给的网址",
}
"""How each column is filled in."""
Lists = dict[str, list[str]]


def blank(*, towns: Sequence[str]) -> bytes:
    """The empty sheet: header, lists to choose from, how to fill it in, and what may be chosen."""
    book = Workbook()
    lists = _lists(towns)
    _fill_header(book.active, lists)
    _fill_how_to(book.create_sheet(HOW_TO))
    _fill_lists(book.create_sheet(ALLOWED), lists)
    return _saved(book)


def _lists(towns: Sequence[str]) -> Lists:
    return {
        "town": list(towns),
        "fraud_class": [one.short for one in FRAUD_CLASSES],
        "area": _firsts(cells.AREAS),
        "status": _firsts(cells.STATUSES),
        "victim_sex": _firsts(cells.SEXES),
    }


def _firsts(known: dict[str, str]) -> list[str]:
    """The first word of each code."""
    return [word for place, word in enumerate(known) if known[word] not in list(known.values())[:place]]


def _fill_header(sheet: Worksheet, lists: Lists) -> None:
    sheet.title = SHEET
    sheet.freeze_panes = "B2"
    for place, column in enumerate(COLUMNS, 1):
        letter = get_column_letter(place)
        cell = sheet.cell(1, place, column.title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="F5E7C8" if column.required else "EEF1F5")
        sheet.column_dimensions[letter].width = max(12, 2.2 * len(column.title))
        sheet.column_dimensions[letter].number_format = TEXT
        if column.field in lists:
            sheet.add_data_validation(
                _choice(letter, list(lists).index(column.field), len(lists[column.field]))
            )


def _choice(letter: str, place: int, size: int) -> DataValidation:
    """A list to choose from that warns, and lets other words pass: people paste, and the import understands more."""
    where = get_column_letter(place + 1)
    choice = DataValidation(
        type="list",
        formula1=f"{ALLOWED}!${where}$2:${where}${size + 1}",
        allow_blank=True,
        errorStyle="information",
    )
    choice.add(f"{letter}2:{letter}{ROWS_WITH_LISTS}")
    return choice


def _fill_how_to(sheet: Worksheet) -> None:
    sheet.append(["列", "必填", "怎样填"])
    for column in COLUMNS:
        sheet.append([column.title, "必填" if column.required else "", HOW[column.field]])
    for letter, width in (("A", 22), ("B", 8), ("C", 70)):
        sheet.column_dimensions[letter].width = width
    _bold_first_row(sheet)


def _fill_lists(sheet: Worksheet, lists: Lists) -> None:
    for place, (field, words) in enumerate(lists.items(), 1):
        for row, word in enumerate([BY_FIELD[field].title, *words], 1):
            sheet.cell(row, place, word)
        sheet.column_dimensions[get_column_letter(place)].width = 18
    _bold_first_row(sheet)


def _bold_first_row(sheet: Worksheet) -> None:
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def refused(sheet: Sheet) -> bytes:
    """The rows that were refused, as they stood, each with its reasons; mended, this file can be imported as it is."""
    book = Workbook(write_only=True)
    out = book.create_sheet(SHEET)
    told = dict(sheet.table.rows)
    out.column_dimensions["B"].width = 60
    out.append(["原行号", "不收原因", *(_title(one) for one in sheet.headings)])
    for row in sheet.refused_rows:
        reasons = "\n".join(f"{one.field}:{one.message}" for one in sheet.rejected if one.row == row)
        out.append([row, _text(out, reasons), *(_same(out, told[row], one) for one in sheet.headings)])
    return _saved(book)


def _title(heading: Heading) -> str:
    """A header that is understood again without the titles above it."""
    if not heading.field:
        return heading.text
    column = BY_FIELD[heading.field]
    return column.title.replace("(元)", "(万元)") if column.money and heading.factor == WAN else column.title


def _same(out: Any, told: Sequence[Cell], heading: Heading) -> Any:
    value = told[heading.place] if heading.place < len(told) else None
    if isinstance(value, Unread):
        return UNREAD  # is refused again until somebody fills it in
    return _text(out, value) if isinstance(value, str) else value


def _text(out: Any, words: str) -> WriteOnlyCell:
    """Words that stay words: nothing is run, whatever sign they start with."""
    cell = WriteOnlyCell(out, "")
    cell.value, cell.data_type = words, "s"
    cell.number_format, cell.quotePrefix, cell.alignment = TEXT, True, Alignment(wrap_text="\n" in words)
    return cell


def _saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()
