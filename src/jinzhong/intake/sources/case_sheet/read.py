"""Reading a spreadsheet's cells: a child process opens the file, the parent believes nothing beyond its limits."""

import json
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, BinaryIO

from django.utils.translation import gettext as _

from jinzhong.confined import child
from jinzhong.intake.sources.case_sheet.limits import MAX_FILE, MAX_ROWS, MAX_SENT, WALL_SECONDS, Refusal


class UnreadableFile(Exception):
    """The file as a whole can't be read; the message says what, where and what to do."""


@dataclass(frozen=True)
class Unread:
    """A cell that holds no value we could take: ``formula`` without result, ``error`` (#REF!) or ``long``."""

    why: str
    detail: str = ""

    def __str__(self) -> str:
        return self.detail


Cell = str | int | Decimal | bool | datetime | Unread | None


@dataclass(frozen=True)
class Table:
    """The cells of one sheet. ``rows``: only those with something in them, numbered as the spreadsheet does."""

    sheet_name: str
    other_sheets: tuple[str, ...]
    rows: list[tuple[int, list[Cell]]]
    kind: str = "xlsx"
    since_1904: bool = False
    name: str = ""


@dataclass
class _Told:
    head: dict[str, Any] = field(default_factory=dict)
    rows: list[tuple[int, list[Cell]]] = field(default_factory=list)


def contents(source: Path | bytes, *, name: str) -> bytes:
    """The whole file, if it isn't larger than a sheet may be. Raises UnreadableFile."""
    if isinstance(source, bytes):
        return source
    with _told_to_user(name), _opened(source) as file:
        return file.read()


def read_table(source: Path | bytes, *, name: str, sheet: str | None = None) -> Table:
    """The cells of a spreadsheet. ``name`` is what the user calls the file. Raises UnreadableFile.

    ``source`` may be the bytes themselves: an upload need not be written to disk, where it would lie in plain text.
    """
    with _told_to_user(name), _opened(source) as file:
        told = _told_by_child(file, sheet or "")
    return Table(
        sheet_name=told.head["sheet"],
        other_sheets=tuple(told.head["others"]),
        rows=told.rows,
        kind=told.head["kind"],
        since_1904=told.head["since_1904"],
        name=name,
    )


@contextmanager
def _told_to_user(name: str) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        raise UnreadableFile(f"{name}: {sentence(refusal.code, refusal.facts)}") from refusal
    except OSError as problem:
        told = _("打不开这个文件，请看它是否还在、是否允许读取")
        raise UnreadableFile(f"{name}: {told}") from problem


@contextmanager
def _opened(source: Path | bytes) -> Iterator[BinaryIO]:
    """The file to hand to the child; bytes go through anonymous memory."""
    file: BinaryIO
    if isinstance(source, bytes):
        file = os.fdopen(os.memfd_create("sheet", os.MFD_CLOEXEC), "w+b")
        file.write(source[: MAX_FILE + 1])
        file.seek(0)
    else:
        file = os.fdopen(
            os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb"
        )  # a pipe must not wait
    with file:
        about = os.fstat(file.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise Refusal("no_table")
        if about.st_size == 0:
            raise Refusal("empty")
        if about.st_size > MAX_FILE:
            raise Refusal("too_big", limit=MAX_FILE // 2**20)
        yield file


def _told_by_child(file: BinaryIO, sheet: str) -> _Told:
    reader = f"{__package__}.child"
    with child(reader, sheet.replace("\0", ""), file=file, seconds=WALL_SECONDS) as told:
        return _listen(told)


def _listen(stream: IO[bytes]) -> _Told:
    """Read lines until the child says it is done; silence before that means it was stopped."""
    told, left = _Told(), MAX_SENT
    while line := stream.readline(left + 1):
        left -= len(line)
        if left < 0 or len(told.rows) > MAX_ROWS:
            raise Refusal("too_much")
        if not line.endswith(b"\n"):
            break
        said = json.loads(line, parse_float=Decimal, parse_constant=str)
        if isinstance(said, list):
            told.rows.append((said[0], [_cell(one) for one in said[1]]))
        elif "refused" in said:
            raise Refusal(said.pop("refused"), **said)
        elif "end" in said:
            return told if told.rows else _nothing()
        else:
            told.head = said
    raise Refusal("too_heavy")


def _nothing() -> _Told:
    raise Refusal("empty")


def _cell(told: Any) -> Cell:
    if not isinstance(told, dict):
        return told
    if "d" in told:
        return datetime.fromisoformat(told["d"])
    return Unread(told["x"], str(told.get("t", told.get("n", ""))))


def sentence(code: str, facts: dict[str, Any]) -> str:
    """What is wrong with the file, where, and what to do about it."""
    return {
        "empty": _("表里没有内容，请选有案件的那一份"),
        "too_big": _("文件超过 %(limit)s MB，请分成几份再导"),
        "too_long": _("超过 %(limit)s 行，请分成几份再导"),
        "too_wide": _("第 %(row)s 行有 %(columns)s 列，最多 %(limit)s 列；请删去右边用不到的内容"),
        "too_much": _("内容太多，请分成几份再导"),
        "too_heavy": _("这份表打开要用的内存或时间太多，没有读完；请另存为新的 xlsx，或分成几份再导"),
        "bomb": _("这份文件解压后大得不正常，没有打开；请在 Excel 或 WPS 里另存为新的 xlsx 再导"),
        "broken": _("文件损坏或不是真正的表格，请在 Excel 或 WPS 里打开，另存为 xlsx 再导"),
        "old_xls": _("这是旧版 xls，请另存为 xlsx 再导"),
        "binary_xlsb": _("这是二进制的 xlsb，请另存为 xlsx 再导"),
        "strict_xlsx": _("这是“严格”格式的 xlsx，请另存为普通的 xlsx 再导"),
        "locked": _("表格设了打开密码，请去掉密码再导"),
        "no_table": _("这不是表格，请选 xlsx 或 csv 文件"),
        "web_page": _("这是改了扩展名的网页，请在 Excel 或 WPS 里打开，另存为 xlsx 再导"),
        "nul": _("第 %(line)s 行含有不能读的空字符，请在 Excel 或 WPS 里打开，另存为 xlsx 再导"),
        "encoding": _("第 %(line)s 行的文字编码认不出，请另存为 xlsx，或另存为 UTF-8 编码的 csv"),
        "open_quote": _("第 %(line)s 行起有一个引号没有配对，后面的行都连在了一起；请补上或删去这个引号"),
        "no_such_sheet": _("没有名为“%(sheet)s”的工作表，有的是：%(sheets)s"),
    }[code] % facts
