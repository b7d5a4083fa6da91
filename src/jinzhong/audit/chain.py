"""The keyed hash chain, and the head kept outside the database.

The chain shows an edit, a deletion, an insertion or a swap. What it can't show by itself is that the newest lines
were cut off, so the newest sequence number and hash are also kept in ``audit.head`` of the data folder, sealed with
the same key. That file is there before the first line is committed, and brought up to date after each commit in one
fixed-width write: a process killed in between leaves it behind the log, which is fine, never ahead of it and never
half-written, which would cry wolf.
"""

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from jinzhong.config import instance

GENESIS = "0" * 64
TIMES = ("happened_at", "recorded_at")
FILE = "audit.head"
_write = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode


class Head(NamedTuple):
    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


class HeadLost(Exception):
    """The head kept outside the database is missing or was not written by this instance."""


def seal(before: str, fields: dict[str, Any]) -> str:
    """Hash of an event: 64 hex digits over the hash before it and every column of its row."""
    return sealer()(before, fields)


def sealer() -> Callable[[str, dict[str, Any]], str]:
    """``seal`` with the key read once, for many events."""
    keyed = _hasher()
    return lambda before, fields: keyed(hashed(before, fields))


def hashed(before: str, fields: dict[str, Any]) -> str:
    """What of an event is hashed."""
    return _write([before, fields | {name: written(fields[name]) for name in TIMES}])


def written(moment: datetime | str) -> str:
    """A time as it is hashed; a database's text, always UTC, needs no reading."""
    if isinstance(moment, str):
        day, _space, hour = moment.partition(" ")
        return f"{day}T{hour}+00:00"
    return moment.astimezone(UTC).isoformat()


def kept_head(path: Path | None = None) -> Head:
    """The head kept outside the database, or a copy of it that was kept elsewhere. Raises HeadLost."""
    try:
        handle = os.open(path or instance.data_folder() / FILE, os.O_RDONLY)
    except OSError as problem:
        raise HeadLost from problem
    try:
        fcntl.flock(handle, fcntl.LOCK_SH)
        return _read(handle)
    finally:
        os.close(handle)


def keep_head(head: Head) -> None:
    """Keep the head unless a later one is kept already (two commits may arrive in either order)."""
    handle = os.open(instance.data_folder() / FILE, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        fresh = os.fstat(handle).st_size == 0
        if not fresh and _read(handle).seq >= head.seq:
            return
        os.pwrite(handle, _line(head), 0)
        if fresh:
            os.fsync(handle)
    except HeadLost:
        return  # somebody replaced it: leave it as it is, so that verifying says so
    finally:
        os.close(handle)


def _line(head: Head) -> bytes:
    plain = f"{head.seq:020d} {head.hash}"
    return f"{plain} {_keyed(plain)}\n".encode("ascii")


def _read(handle: int) -> Head:
    text = os.pread(handle, 1000, 0)
    try:
        seq, sealed, _ = text.decode("ascii").split()
        head = Head(int(seq), sealed)
    except ValueError as problem:
        raise HeadLost from problem
    if not hmac.compare_digest(_line(head), text):
        raise HeadLost
    return head


def _keyed(text: str) -> str:
    return _hasher()(text)


def _hasher() -> Callable[[str], str]:
    begun = hmac.new(instance.key("audit", 1)[1], digestmod=hashlib.sha256)

    def keyed(text: str) -> str:
        mac = begun.copy()
        mac.update(text.encode("utf-8", "surrogatepass"))
        return mac.hexdigest()

    return keyed
