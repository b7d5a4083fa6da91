"""The child process that opens a stranger's spreadsheet: little memory, little time, no file it could write.

It reads the file on descriptor 0 and tells the parent, one JSON line each: the head, every row with something in it as
``[row, [cell, …]]``, and ``{"end": rows}``; or ``{"refused": code, …}`` at any point. A cell that is no plain text or
number is an object: ``{"d": date}``, ``{"x": "formula"}``, ``{"x": "error", …}``, ``{"x": "long", …}``.
"""

import json
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from jinzhong.confined import restrict
from jinzhong.intake.sources.case_sheet import delimited
from jinzhong.intake.sources.case_sheet.limits import (
    CPU_SECONDS,
    MAX_CELL,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_SENT,
    MEMORY,
    Refusal,
)

OLD_OFFICE = b"\xd0\xcf\x11\xe0"
NO_TABLE = (
    b"%PDF",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
    b"PAR1",
    b"SQLite format",
)


def main(sheet: str) -> None:
    """Tell the parent what the file holds; every way a file can be broken ends in a refusal, not in a traceback."""
    restrict(memory=MEMORY, cpu_seconds=CPU_SECONDS)
    out = Teller(sys.stdout.buffer)
    try:
        with open(0, "rb", closefd=False) as file:
            tell(file, sheet, out)
    except Refusal as refusal:
        out.line({"refused": refusal.code, **refusal.facts})
    except MemoryError:
        out.line({"refused": "too_heavy"})
    except Exception:  # whatever a malformed file makes the libraries raise
        out.line({"refused": "broken"})
    out.file.flush()


class Teller:
    """Writes lines to the parent and stops when there are more than it would read."""

    def __init__(self, file: BinaryIO):
        self.file = file
        self.sent = 0

    def line(self, told: Any) -> None:
        text = json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace") + b"\n"
        self.sent += len(text)
        if self.sent > MAX_SENT:
            raise Refusal("too_much")
        self.file.write(text)


def tell(file: BinaryIO, sheet: str, out: Teller) -> None:
    head, rows = opened(file, sheet)
    out.line(head)
    count = 0
    for number, cells in rows:
        told = trimmed(number, cells)
        if not told:
            continue
        count += 1
        if count > MAX_ROWS:
            raise Refusal("too_long", limit=MAX_ROWS)
        out.line([number, told])
    out.line({"end": count})


def opened(file: BinaryIO, sheet: str) -> tuple[dict[str, Any], Iterator[tuple[int, Iterable[Any]]]]:
    """What the file is, told by its first bytes; its name proves nothing."""
    first = os.pread(0, 512, 0)
    if first.startswith(OLD_OFFICE):
        raise Refusal("locked" if "EncryptedPackage".encode("utf-16-le") in file.read() else "old_xls")
    if first.startswith(NO_TABLE):
        raise Refusal("no_table")
    if first.startswith(b"PK"):
        sys.modules["numpy"] = None  # type: ignore[assignment]  # openpyxl loads it where it is there, for nothing we use
        from jinzhong.intake.sources.case_sheet import workbook  # costs more than reading a CSV does

        return workbook.opened(file, sheet)
    return delimited.opened(file.read())


def trimmed(row: int, cells: Iterable[Any]) -> list[Any]:
    """The cells up to the last that says something."""
    told = [cell(one) for one in cells]
    while told and told[-1] is None:
        told.pop()
    if len(told) > MAX_COLUMNS:
        raise Refusal("too_wide", row=row, columns=len(told), limit=MAX_COLUMNS)
    return told


def cell(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if len(value) > MAX_CELL:
        return {"x": "long", "n": len(value)}
    return value if value.strip() else None
