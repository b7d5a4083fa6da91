"""What ``numbers watch`` writes, read on from where the last run stood; a line is whole, in order, and read once."""

import hashlib
import json
import math
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from jinzhong.clock import YEARS
from jinzhong.scoring.given import BadList, LiveLine
from jinzhong.scoring.models import LiveChange
from jinzhong.vault import forms, seal

AT_ONCE = 500
"""Lines kept in one transaction: nobody else writes meanwhile."""
LONGEST = 1 << 16
PIECE = 1 << 20
MOST_REACHED = 10**9


def read_on(path: Path, last: LiveChange | None) -> Iterator[list[LiveLine]]:
    """The lines behind the last one kept, some at a time; a last line without its end waits. Raises BadList.

    What was read before is read again and compared: a file that was cut or replaced isn't gone on with.
    """
    with path.open("rb") as file:
        read = _known(file, last, path.name)
        row, found = last.line if last else 0, list[LiveLine]()
        while (raw := file.readline(LONGEST)).endswith(b"\n"):
            row += 1
            read.update(raw)
            try:
                told = _told(raw)
            except (ValueError, KeyError, TypeError, RecursionError):
                yield found
                raise BadList(_unfit(path.name, row)) from None
            found.append(LiveLine(row, file.tell(), seal.digest(read.digest()), **told))
            if len(found) == AT_ONCE:
                yield found
                found = []
        yield found
        if len(raw) == LONGEST:
            raise BadList(_unfit(path.name, row + 1))


def _known(file: BinaryIO, last: LiveChange | None, name: str) -> Any:
    """The digest of what was read before; the file stands behind it."""
    read, left = hashlib.sha256(), last.ends if last else 0
    while left and (piece := file.read(min(left, PIECE))):
        read.update(piece)
        left -= len(piece)
    if last and (left or seal.digest(read.digest()) != last.digest):
        raise BadList(
            _(
                "%(file)s 被截短或换过：收过的前 %(n)s 行和现在的不一样，一行也没收。"
                "把原来的文件放回来；盯着看从头来过的，让它写一个另起名字的新文件"
            )
            % {"file": name, "n": last.line}
        )
    return read


def _told(raw: bytes) -> dict[str, Any]:
    told = json.loads(raw)
    at, score, reached = datetime.fromisoformat(told["at"]), told["score"], told["reached"]
    if at.tzinfo is None or at.year not in YEARS or type(told["listed"]) is not bool:
        raise ValueError
    if type(reached) is not int or not 0 <= reached <= MOST_REACHED:
        raise ValueError
    if type(score) not in (int, float) or not math.isfinite(score) or not 0 <= score <= 1:
        raise ValueError
    if not isinstance(told["reasons"], list) or not all(isinstance(one, str) for one in told["reasons"]):
        raise ValueError
    return {
        "number": forms.phone(str(told["number"])),
        "at": at,
        "listed": told["listed"],
        "score": float(score),
        "reasons": told["reasons"],
        "reached": reached,
    }


def _unfit(name: str, row: int) -> str:
    """What is wrong with a line, without what stands in it: that may be somebody's number."""
    return _(
        "%(file)s 第 %(row)s 行不是 numbers watch 写的样子"
        "（要有 number、at 带时区、score 在 0 到 1、listed、reasons、reached），前面的收了，从这行起没有收"
    ) % {"file": name, "row": row}
