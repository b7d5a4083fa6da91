"""The keyed hash chain, and the head kept outside the database.

The chain shows an edit, a deletion, an insertion or a swap. What it can't show by itself is that the newest lines
were cut off, so the newest sequence number and hash are also kept in ``audit.head`` of the data folder. That file is
written after the commit, in one fixed-width write: a process killed in between leaves it behind the log, which
is fine, and never ahead of it, which would cry wolf.
"""

import fcntl
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from typing import Any, NamedTuple

from jinzhong.config import instance

GENESIS = "0" * 64


class Head(NamedTuple):
    seq: int
    hash: str


EMPTY = Head(0, GENESIS)


def seal(before: str, fields: dict[str, Any]) -> str:
    """Hash of an event: 64 hex digits over the hash before it and every column of its row."""
    times = {
        name: value.astimezone(UTC).isoformat()
        for name, value in fields.items()
        if isinstance(value, datetime)
    }
    line = json.dumps(
        [before, {**fields, **times}], sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hmac.new(
        instance.key("audit", 1)[1], line.encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


def kept_head() -> Head:
    """The head kept outside the database; EMPTY where none was kept yet."""
    try:
        text = (instance.data_folder() / "audit.head").read_text("ascii")
    except FileNotFoundError:
        return EMPTY
    seq, sealed = text.split()
    return Head(int(seq), sealed)


def keep_head(head: Head) -> None:
    """Keep the head unless a later one is kept already (two commits may arrive in either order)."""
    handle = os.open(instance.data_folder() / "audit.head", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        kept = os.pread(handle, 20, 0)
        if not kept or int(kept) < head.seq:
            os.pwrite(handle, f"{head.seq:020d} {head.hash}\n".encode("ascii"), 0)
    finally:
        os.close(handle)
