"""What ``numbers watch`` writes, its list and the people beside it, read on from where the last run stood; a line is whole, in order, and read once."""

import hashlib
import json
import math
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.utils.translation import gettext as _

from jinzhong.clock import YEARS
from jinzhong.scoring.given import BadList, LiveLine, PersonLine
from jinzhong.vault import forms, seal

AT_ONCE = 500
"""Lines kept in one transaction: nobody else writes meanwhile."""
LONGEST = 1 << 16
PIECE = 1 << 20
MOST_REACHED = 10**9
PATTERNS = ("shallow", "medium", "deep")


class Last(Protocol):
    """How far a file was read."""

    line: int
    ends: int
    digest: str


@dataclass
class Place:
    """Where a reader that stays came to: the end of the last line, the digest up to there, by what the file is known again."""

    ends: int = 0
    read: Any = None
    known_by: tuple[int, bytes] = (0, b"")

    def holds(self, file: BinaryIO, last: Last) -> bool:
        return (
            self.ends == last.ends
            and self.known_by == _known_by(file, last.ends)
            and seal.digest(self.read.digest()) == last.digest
        )


def read_on(path: Path, last: Last | None, place: Place | None = None) -> Iterator[list[LiveLine]]:
    """The lines of the list behind the last one kept, some at a time. Raises BadList."""
    return _read_on(path, last, place, told=_told, of=LiveLine, unfit=_unfit)


def read_people(path: Path, last: Last | None, place: Place | None = None) -> Iterator[list[PersonLine]]:
    """The same of the people beside the list."""
    return _read_on(path, last, place, told=_told_of_person, of=PersonLine, unfit=_unfit_person)


def _read_on(
    path: Path,
    last: Last | None,
    place: Place | None,
    *,
    told: Callable[[bytes], dict[str, Any]],
    of: Callable[..., Any],
    unfit: Callable[[str, int], str],
) -> Iterator[list[Any]]:
    """The lines behind the last one kept, some at a time; a last line without its end waits. Raises BadList.

    What was read before is read again and compared: a file that was cut or replaced isn't gone on with. Who stays gives a place: of the
    same file, with the same end, what it read itself a moment ago isn't read again.
    """
    with path.open("rb") as file:
        read = _known(file, last, path.name, place)
        row, found = last.line if last else 0, list[Any]()
        while (raw := file.readline(LONGEST)).endswith(b"\n"):
            row += 1
            read.update(raw)
            try:
                said = told(raw)
            except (ValueError, KeyError, TypeError, RecursionError):
                yield found
                raise BadList(unfit(path.name, row)) from None
            found.append(of(row, file.tell(), seal.digest(read.digest()), **said))
            if len(found) == AT_ONCE:
                yield found
                found = []
        if place:
            place.ends, place.read = file.tell() - len(raw), read
            place.known_by = _known_by(file, place.ends)
        yield found
        if len(raw) == LONGEST:
            raise BadList(unfit(path.name, row + 1))


def _known(file: BinaryIO, last: Last | None, name: str, place: Place | None) -> Any:
    """The digest of what was read before; the file stands behind it."""
    if last and place and place.holds(file, last):
        file.seek(place.ends)
        return place.read
    read, left = _hashed(file, last.ends if last else 0)
    if last and (left or seal.digest(read.digest()) != last.digest):
        raise BadList(
            _(
                "%(file)s 被截短或换过：收过的前 %(n)s 行和现在的不一样，一行也没收。"
                "把原来的文件放回来；盯着看从头来过的，让它写一个另起名字的新文件"
            )
            % {"file": name, "n": last.line}
        )
    return read


def _hashed(file: BinaryIO, size: int) -> tuple[Any, int]:
    """(digest of so many bytes, how many the file lacks)."""
    read = hashlib.sha256()
    while size and (piece := file.read(min(size, PIECE))):
        read.update(piece)
        size -= len(piece)
    return read, size


def _known_by(file: BinaryIO, ends: int) -> tuple[int, bytes]:
    """(which file it is, the last bytes of what was read)."""
    file.seek(max(0, ends - LONGEST))
    return os.fstat(file.fileno()).st_ino, file.read(min(ends, LONGEST))


def _told(raw: bytes) -> dict[str, Any]:
    told = json.loads(raw)
    at, score, reached = _moment(told["at"]), told["score"], told["reached"]
    if type(told["listed"]) is not bool:
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


def _told_of_person(raw: bytes) -> dict[str, Any]:
    told = json.loads(raw)
    since = None if told["since"] is None else _moment(told["since"])
    was, counts = told["was"] or "", (told["talks"], told["seconds"])
    if told["pattern"] not in PATTERNS or was not in ("", *PATTERNS):
        raise ValueError
    if not all(type(one) is int and 0 < one <= MOST_REACHED for one in counts):
        raise ValueError
    return {
        "number": forms.phone(str(told["number"])),
        "since": since,
        "at": _moment(told["at"]),
        "person": forms.phone(str(told["person"])),
        "pattern": told["pattern"],
        "was": was,
        "talks": told["talks"],
        "seconds": told["seconds"],
        "last": _moment(told["last"]),
    }


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None or at.year not in YEARS:
        raise ValueError
    return at


def _unfit_person(name: str, row: int) -> str:
    return _(
        "%(file)s 第 %(row)s 行不是 numbers watch --people 写的样子"
        "（要有 number、since、at、person、pattern、was、talks、seconds、last），前面的收了，从这行起没有收"
    ) % {"file": name, "row": row}


def _unfit(name: str, row: int) -> str:
    """What is wrong with a line, without what stands in it: that may be somebody's number."""
    return _(
        "%(file)s 第 %(row)s 行不是 numbers watch 写的样子"
        "（要有 number、at 带时区、score 在 0 到 1、listed、reasons、reached），前面的收了，从这行起没有收"
    ) % {"file": name, "row": row}
