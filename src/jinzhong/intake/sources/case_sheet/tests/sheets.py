"""Small spreadsheets for the tests, as an office would send them."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook

HEADER = ["案件编号", "报案时间", "发案镇街", "案件类别", "涉案金额(元)"]
CASE = ["A3302132021050512", "2021年5月5日", "岳林街道", "刷单返利", "35000"]


def xlsx(rows: Iterable[Sequence[Any]], *, sheet: str = "5月") -> bytes:
    """A workbook with one sheet of these rows."""
    book = Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(list(row))
    return saved(book)


def saved(book: Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def csv(rows: Iterable[Sequence[Any]], *, encoding: str = "utf-8", separator: str = ",") -> bytes:
    return "".join(separator.join(map(str, row)) + "\r\n" for row in rows).encode(encoding)


def changed(book: bytes, part: str, before: str, after: str) -> bytes:
    """The same workbook with one part of its archive rewritten by hand."""
    out = BytesIO()
    with ZipFile(BytesIO(book)) as old, ZipFile(out, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            text = old.read(name)
            if name == part:
                assert before.encode() in text
                text = text.replace(before.encode(), after.encode(), 1)
            new.writestr(name, text)
    return out.getvalue()


def archive(parts: dict[str, bytes]) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as made:
        for name, text in parts.items():
            made.writestr(name, text)
    return out.getvalue()
