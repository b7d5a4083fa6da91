"""Call and message records as JSON lines, in pieces as they come."""

import fcntl
import io
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from queue import Empty, Queue
from threading import Event, Thread
from typing import Any, Protocol, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from jinzhong_engine.backends import files
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.tables import CALLS, MESSAGES, TEXT, Column, Table

ID = Column("id", TEXT, "unique id of the record")
CALL_EVENTS = Table("events", "-", "Calls with a unique id.", (ID, *CALLS.columns))
MESSAGE_EVENTS = Table("events", "-", "Messages with a unique id.", (ID, *MESSAGES.columns))
COLUMNS = (*CALL_EVENTS.columns, *MESSAGES.columns)
_TEXTS = tuple(one.name for one in COLUMNS if one.type == TEXT)
PIECE = 1 << 20
FAREWELL = 1.0
"""Seconds a reader has to be done with what it holds; one that still waits for lines is left behind."""
Piece = TypeVar("Piece")
_READ = pa.schema([pa.field(one.name, pa.int64() if one.name == "seconds" else TEXT) for one in COLUMNS])
_OPTIONS = pyarrow.json.ParseOptions(explicit_schema=_READ, unexpected_field_behavior="ignore")


class Source(Protocol):
    """A file opened for bytes without a buffer, or what else gives what is there without waiting for all of it."""

    def read(self, most: int, /) -> bytes: ...


def widen_pipe(source: io.RawIOBase) -> None:
    """Let a pipe hold a whole piece, where the system allows it: else one is 64 kB, and small pieces cost more."""
    if stat.S_ISFIFO(os.fstat(source.fileno()).st_mode) and hasattr(fcntl, "F_SETPIPE_SZ"):
        with suppress(OSError):
            fcntl.fcntl(source.fileno(), fcntl.F_SETPIPE_SZ, PIECE)


def batches(
    source: Source, *, latest: Callable[[], int], name: str, idle: float | None = None
) -> Iterator[pa.Table | None]:
    """Checked events of whole lines: as many as are there, a megabyte at most; the next ones are made while these are worked on. None each
    time that nothing came for ``idle`` seconds. ``latest``: no event lies after this moment, asked anew for each piece."""
    return ahead(_batches(source, latest, name), idle)


def _batches(source: Source, latest: Callable[[], int], name: str) -> Iterator[pa.Table]:
    rest, line = b"", 1
    while piece := source.read(PIECE):
        whole, cut, rest_now = (rest + piece).rpartition(b"\n")
        rest = rest_now
        if cut:
            yield from _parsed(whole, latest(), name, line)
            line += whole.count(b"\n") + 1
    if rest.strip():
        yield from _parsed(rest, latest(), name, line)


def ahead(pieces: Iterator[Piece], idle: float | None = None) -> Iterator[Piece | None]:
    """The same pieces, each made while the one before it is worked on; None each time that none came for ``idle`` seconds. Who stops before
    the last one doesn't wait for a reader that waits for its lines."""
    made: Queue[Piece | Exception | _End] = Queue(1)
    ended = Event()

    def make() -> None:
        try:
            for piece in pieces:
                made.put(piece)
                if ended.is_set():
                    return
            made.put(_End())
        except Exception as problem:
            made.put(problem)

    reader = Thread(target=make, daemon=True)
    reader.start()
    try:
        while not isinstance(piece := _next(made, idle), _End):
            if isinstance(piece, Exception):
                raise piece
            yield piece
    finally:
        ended.set()
        with suppress(Empty):
            made.get_nowait()
        reader.join(FAREWELL)


class _End:
    """Behind the last piece."""


def _next(made: "Queue[Piece | Exception | _End]", idle: float | None) -> Piece | Exception | _End | None:
    try:
        return made.get(timeout=idle)
    except Empty:
        return None


def _parsed(data: bytes, latest: int, name: str, line: int) -> Iterator[pa.Table]:
    if not data.strip():
        return
    try:
        read = pyarrow.json.read_json(io.BytesIO(data), parse_options=_OPTIONS)
    except pa.ArrowInvalid:
        read = _line_by_line(data, name, line)
    yield _checked(read, latest, f"{name}, line {line} on")


def _checked(read: pa.Table, latest: int, where: str) -> pa.Table:
    """Calls, and messages as the ledgers take them (``Live.add``), in the order they came. Who names a sender gives a message."""
    if read["sender"].null_count == read.num_rows:
        return files.checked(read, CALL_EVENTS, latest, where, plain=_TEXTS)
    is_message = read["sender"].is_valid()
    calls = files.checked(read.filter(pc.invert(is_message)), CALL_EVENTS, latest, where, plain=_TEXTS)
    given = files.checked(read.filter(is_message), MESSAGE_EVENTS, latest, where, plain=_TEXTS)
    messages = given.rename_columns(["id", "caller", "callee", "start", "text_hash"])
    both = pa.concat_tables([calls, messages], promote_options="default")
    came = np.argsort(is_message.to_numpy(), kind="stable")
    return both.take(np.argsort(came, kind="stable"))


def _line_by_line(data: bytes, name: str, first: int) -> pa.Table:
    """Slower, but knows which line is wrong; also takes what isn't wrong, such as a number written without quotes."""
    rows = []
    for at, text in enumerate(data.split(b"\n"), first):
        if text.strip():
            rows.append(_row(text, f"{name}, line {at}"))
    return pa.Table.from_pylist(rows, schema=_READ)


def _row(text: bytes, where: str) -> dict[str, Any]:
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadTable(f"{where}: not JSON; one record a line") from problem
    if not isinstance(given, dict):
        raise BadTable(f"{where}: not a record but {type(given).__name__}")
    row = {}
    for one in COLUMNS:
        value = given.get(one.name)
        if one.name == "seconds":
            value = None if given.get("sender") else _whole(value, where)
        elif value is not None:
            if isinstance(value, (dict, list, float, bool)):
                raise BadTable(f"{where}: {one.name} is {value!r}, not a text")
            value = str(value)
            if not value.isascii() and _has_half_a_letter(value):
                raise BadTable(f"{where}: {one.name} holds half a letter (a lone surrogate)")
        row[one.name] = value
    return row


def _has_half_a_letter(text: str) -> bool:
    return any("\ud800" <= one <= "\udfff" for one in text)


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31 - 1:
        raise BadTable(f"{where}: seconds is {value!r}, not a whole number")
    return value
