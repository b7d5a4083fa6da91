"""XLSX in the child process: row by row, cells as they are stored, believing no size the file declares."""

import os
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from zipfile import BadZipFile, ZipFile

os.environ["OPENPYXL_LXML"] = "False"  # lxml would bypass defusedxml

from openpyxl import DEFUSEDXML, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet._reader import DATA_TAG, FORMULA_TAG, ROW_TAG, WorkSheetParser
from openpyxl.xml.functions import iterparse

from jinzhong.intake.sources.case_sheet.limits import (
    LAST_ROW,
    MAX_PARTS,
    MAX_RATIO,
    MAX_UNPACKED,
    RATIO_FROM,
    Refusal,
)

STRICT = b"http://purl.oclc.org/ooxml/"
CARRIAGE_RETURN = re.compile("_x000[dD]_")

ReadOnlyWorksheet._get_size = lambda self: None  # a declared size is not even read


def opened(file: BinaryIO, sheet: str) -> tuple[dict[str, Any], Iterator[tuple[int, list[Any]]]]:
    """The head and the rows of the sheet asked for, else of the first visible one that has any."""
    if not DEFUSEDXML:
        raise RuntimeError("defusedxml is not installed")
    check_archive(file)
    book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
    sheets = {one.title: one for one in book.worksheets}
    chosen = sheets.get(sheet) if sheet else first_with_rows(book.worksheets)
    if chosen is None:
        raise Refusal("no_such_sheet", sheet=sheet, sheets="、".join(sheets)) if sheet else Refusal("empty")
    head = {
        "kind": "xlsx",
        "sheet": chosen.title,
        "others": [title for title in sheets if title != chosen.title],
        "since_1904": book.epoch == CALENDAR_MAC_1904,
    }
    return head, rows(chosen)


def check_archive(file: BinaryIO) -> None:
    """Unpack everything once and count; a bomb is found after some megabytes, whatever sizes it declares."""
    try:
        with ZipFile(file) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" not in names:
                raise Refusal("binary_xlsb" if "xl/workbook.bin" in names else "no_table")
            if any(part.flag_bits & 1 for part in archive.infolist()):
                raise Refusal("locked")
            if len(archive.infolist()) > MAX_PARTS:
                raise Refusal("bomb")
            count_unpacked(archive)
            if STRICT in archive.read("xl/workbook.xml"):
                raise Refusal("strict_xlsx")
    except BadZipFile as problem:
        raise Refusal("broken") from problem
    file.seek(0)


def count_unpacked(archive: ZipFile) -> None:
    packed = unpacked = 0
    for part in archive.infolist():
        packed += part.compress_size
        with archive.open(part) as stream:
            while chunk := stream.read(2**16):
                unpacked += len(chunk)
                if unpacked > MAX_UNPACKED or (unpacked > RATIO_FROM and unpacked > MAX_RATIO * packed):
                    raise Refusal("bomb")


def first_with_rows(sheets: list[Any]) -> Any:
    visible = [one for one in sheets if one.sheet_state == "visible"]
    return next(
        (one for one in visible if any(any(v is not None for v in cells) for _, cells in rows(one))), None
    )


def rows(sheet: ReadOnlyWorksheet) -> Iterator[tuple[int, list[Any]]]:
    """Row number and cells, each in its column.

    openpyxl's own iteration believes the row numbers, fills gaps with empty rows for ever and drops a row number that
    comes twice, so only its cell parser is used here.
    """
    book = sheet.parent
    with sheet._get_source() as source:
        parser = Cells(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for _event, element in iterparse(source):
            if element.tag == DATA_TAG:
                return
            if element.tag == ROW_TAG:
                number, cells = parser.parse_row(element)
                element.clear()
                if number > LAST_ROW:
                    raise Refusal("broken")
                yield number, placed(cells)


class Cells(WorkSheetParser):
    """Marks a formula whose result isn't stored: it must not pass for an empty cell."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["value"] = {"x": "formula"}
        return cell


def placed(cells: list[dict[str, Any]]) -> list[Any]:
    told: list[Any] = []
    for cell in cells:
        value = plain(cell["value"], cell["data_type"])
        if value is None:
            continue
        told.extend([None] * (cell["column"] - len(told)))
        told[cell["column"] - 1] = value
    return told


def plain(value: Any, data_type: str) -> Any:
    if data_type == "e" and isinstance(value, str):
        return {"x": "error", "t": value[:20]}
    if isinstance(value, datetime):
        return {"d": value.isoformat()}
    if isinstance(value, date):
        return {"d": datetime.combine(value, time()).isoformat()}
    if isinstance(value, time | timedelta):
        return str(value)
    if isinstance(value, str):
        return CARRIAGE_RETURN.sub("", value)
    return value
