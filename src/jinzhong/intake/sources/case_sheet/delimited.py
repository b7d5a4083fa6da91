"""CSV in the child process: which encoding, which separator, and the records as a spreadsheet would number them."""

import csv
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from collections import Counter
from collections.abc import Iterator
from io import StringIO
from itertools import chain, islice
from typing import Any

from jinzhong.intake.sources.case_sheet.limits import MAX_FILE, Refusal

SEPARATORS = ",\t;|"
AFTER_THE_END = "\x00end"
LOOKED_AT = 25
ZEROS = 3
"""So many zero bytes may stand in a damaged file of one byte a sign."""


def opened(raw: bytes) -> tuple[dict[str, Any], Iterator[tuple[int, list[str]]]]:
    text = decoded(raw)
    if not text.strip():
        raise Refusal("empty")
    if text.lstrip().startswith("<"):
        raise Refusal("web_page")
    if "\x00" in text:
        raise Refusal("nul", line=text[: text.index("\x00")].count("\n") + 1)
    csv.field_size_limit(MAX_FILE)
    return {"kind": "csv", "sheet": "", "others": [], "since_1904": False}, records(text, separator(text))


def decoded(raw: bytes) -> str:
    """Strict decoding only: a guessed encoding would turn names into other names."""
    codec = unicode_16(raw)
    if codec:
        try:
            return raw.decode(codec)
        except UnicodeDecodeError as problem:
            raise Refusal("encoding", line=1) from problem
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as not_utf8:
        if is_damaged_utf8(raw, not_utf8.start):
            raise Refusal("encoding", line=line_of(raw, not_utf8.start)) from not_utf8
    try:
        return raw.removeprefix(BOM_UTF8).decode("gb18030").removeprefix("\ufeff")
    except UnicodeDecodeError as not_chinese:
        raise Refusal("encoding", line=line_of(raw, not_chinese.start)) from not_chinese


def unicode_16(raw: bytes) -> str | None:
    """UTF-16 by its mark, or by every other byte of its commas and digits being zero."""
    if raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        return "utf-16"
    sample = raw[:4096]
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    enough = max(ZEROS, len(sample) // 40)
    if second > enough and second > 10 * first:
        return "utf-16-le"
    return "utf-16-be" if first > enough and first > 10 * second else None


def is_damaged_utf8(raw: bytes, good: int) -> bool:
    """Chinese that decoded well up to the bad byte was UTF-8; GBK doesn't pass for it that long by chance."""
    return sum(char >= "\u0800" for char in raw[:good].decode("utf-8", "ignore")) >= 5


def line_of(raw: bytes, position: int) -> int:
    return raw[:position].count(b"\n") + 1


def separator(text: str) -> str:
    """The separator that cuts the first records into the most pieces of one same number."""

    def evenness(candidate: str) -> int:
        widths = Counter(
            len(record)
            for record in islice(csv.reader(StringIO(text, newline=""), delimiter=candidate), LOOKED_AT)
        )
        return max((width * times for width, times in widths.items() if width > 1), default=0)

    return max(SEPARATORS, key=evenness)


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Records with their numbers; blank lines count, as they do in a spreadsheet."""
    lines = csv.reader(chain(StringIO(text, newline=""), [AFTER_THE_END]), delimiter=delimiter)
    number = since = 0
    for record in lines:
        if record and record[-1].endswith(AFTER_THE_END):
            if record != [AFTER_THE_END]:
                raise Refusal("open_quote", line=since + 1)
            return
        number, since = number + 1, lines.line_num
        yield number, [literal(cell) for cell in record]


def literal(cell: str) -> str:
    """``="138…"`` is how programs keep a long number from being shortened; the formula is not run, its text is taken."""
    return cell[2:-1] if cell.startswith('="') and cell.endswith('"') and len(cell) > 2 else cell
