"""Call and message records as JSON lines, in pieces as they come."""

import fcntl
import io
import json
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import suppress
from threading import Condition, Thread
from typing import Any, NamedTuple, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json

from jinzhong_engine.backends import files
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.tables import CALLS, COUNT, MESSAGES, TEXT, YES_NO, Column, Table

ID = Column("id", TEXT, "unique id of the record")
CALL_EVENTS = Table("events", "-", "Calls with a unique id.", (ID, *CALLS.columns))
MESSAGE_EVENTS = Table("events", "-", "Messages with a unique id.", (ID, *MESSAGES.columns))
COLUMNS = (*CALL_EVENTS.columns, *MESSAGES.columns)
_TEXTS = tuple(one.name for one in COLUMNS if one.type == TEXT)
PIECE = 1 << 20
LONGEST = 1 << 20
"""Bytes of a line: a source without ends of lines would be kept whole in memory."""
FAREWELL = 1.0
"""Seconds a reader has to be done with what it holds; one that still waits for lines is left behind."""
_AS_READ = {COUNT: pa.int64(), YES_NO: YES_NO}
_READ = pa.schema([pa.field(one.name, _AS_READ.get(one.type, TEXT)) for one in COLUMNS])
_ALONE = pyarrow.json.ReadOptions(use_threads=False)
"""Pieces are small, and the processors have other work: a second thread waits more than it does."""
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
    """Checked events of whole lines: as many as came meanwhile, a megabyte at most; the next ones are made while these are worked on. None each
    time that nothing came for ``idle`` seconds. ``latest``: no event lies after this moment, asked anew for each piece."""
    return read_ahead(_batches(source, latest, name), idle)


def _batches(source: Source, latest: Callable[[], int], name: str) -> Iterator["Piece"]:
    rest, line = b"", 1
    while piece := source.read(PIECE):
        whole, cut, rest = (rest + piece).rpartition(b"\n")
        if len(rest) > LONGEST:
            at = line + (whole + cut).count(b"\n")
            raise BadTable(f"{name}, line {at}: longer than {LONGEST} bytes; one record a line")
        if cut:
            yield from (Piece(one, len(piece)) for one in _parsed(whole, latest(), name, line))
            line += whole.count(b"\n") + 1
    if rest.strip():
        yield from (Piece(one, len(rest)) for one in _parsed(rest, latest(), name, line))


class Piece(NamedTuple):
    """Events of so many bytes of the source."""

    events: pa.Table
    size: int


def read_ahead(pieces: Iterator[Piece], idle: float | None = None) -> Iterator[pa.Table | None]:
    """The same events, made while those before them are worked on; None each time that none came for ``idle`` seconds. Who stops before
    the last one doesn't wait for a reader that waits for its lines."""
    made = _Shelf()
    reader = Thread(target=made.fill, args=(pieces,), daemon=True)
    reader.start()
    try:
        while (found := made.take(idle)) is not None or not made.is_done():
            yield found
    finally:
        made.leave()
        reader.join(FAREWELL)


class _Shelf:
    """Between the reader and who works: what came meanwhile goes together, up to PIECE. Pieces that are as large already, those of a file,
    stay as they are, so that a file gives the same batches each time."""

    def __init__(self) -> None:
        self._pieces, self._changed = list[Piece](), Condition()
        self._ended, self._left = False, False
        self._problem: Exception | None = None

    def fill(self, pieces: Iterator[Piece]) -> None:
        try:
            while self._is_wanted() and (one := next(pieces, None)):
                self._put(one)
        except Exception as problem:
            self._problem = problem
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _is_wanted(self) -> bool:
        """Once there is place; False: nobody takes anything any more. Asked before the source is: what comes until then goes together."""
        with self._changed:
            self._changed.wait_for(lambda: self._left or sum(one.size for one in self._pieces) < PIECE)
            return not self._left

    def _put(self, piece: Piece) -> None:
        with self._changed:
            self._pieces.append(piece)
            self._changed.notify_all()

    def is_done(self) -> bool:
        """After the last piece; raises what went wrong behind it. Waits for nothing."""
        with self._changed:
            if self._ended and not self._pieces and self._problem:
                raise self._problem
            return self._ended and not self._pieces

    def take(self, idle: float | None) -> pa.Table | None:
        """What is there; None where nothing comes for a while."""
        with self._changed:
            self._changed.wait_for(lambda: self._pieces or self._ended, idle)
            taken, self._pieces = self._pieces, []
            self._changed.notify_all()
        return _together([one.events for one in taken]) if taken else None

    def leave(self) -> None:
        with self._changed:
            self._left = True
            self._changed.notify_all()


def _together(tables: list[pa.Table]) -> pa.Table:
    if len(tables) == 1:
        return tables[0]
    return pa.concat_tables(tables, promote_options="default").combine_chunks()


def _parsed(data: bytes, latest: int, name: str, line: int) -> Iterator[pa.Table]:
    if not data.strip():
        return
    try:
        if not data.isascii():
            data.decode()  # Arrow takes any bytes for a text
        read = pyarrow.json.read_json(pa.BufferReader(data), _ALONE, _OPTIONS)
    except (pa.ArrowInvalid, UnicodeDecodeError):
        read = _line_by_line(data, name, line)
    try:
        made = _checked(read, latest, files.Place(f"{name}, line {line} on"))
    except BadTable:
        for at, text in _lines(data, line):
            place = files.Place(f"{name}, line {at}", above=None)
            _checked(pa.Table.from_pylist([_row(text, place.name)], schema=_READ), latest, place)
        raise
    yield made


def _checked(read: pa.Table, latest: int, place: files.Place) -> pa.Table:
    """Calls, and messages as the ledgers take them (``Live.add``), in the order they came. Who names a sender gives a message."""
    if read["sender"].null_count == read.num_rows:
        return files.checked(read, CALL_EVENTS, latest, place, plain=_TEXTS)
    is_message = read["sender"].is_valid()
    calls = files.checked(read.filter(pc.invert(is_message)), CALL_EVENTS, latest, place, plain=_TEXTS)
    given = files.checked(read.filter(is_message), MESSAGE_EVENTS, latest, place, plain=_TEXTS)
    messages = given.rename_columns(["id", "caller", "callee", "start", "text_hash"])
    both = pa.concat_tables([calls, messages], promote_options="default")
    came = np.argsort(is_message.to_numpy(), kind="stable")
    return both.take(np.argsort(came, kind="stable"))


def _line_by_line(data: bytes, name: str, first: int) -> pa.Table:
    """Slower, but knows which line is wrong; also takes what isn't wrong, such as a number written without quotes."""
    rows = [_row(text, f"{name}, line {at}") for at, text in _lines(data, first)]
    return pa.Table.from_pylist(rows, schema=_READ)


def _lines(data: bytes, first: int) -> Iterator[tuple[int, bytes]]:
    """Those that aren't empty, with their numbers."""
    return ((at, text) for at, text in enumerate(data.split(b"\n"), first) if text.strip())


def _row(text: bytes, where: str) -> dict[str, Any]:
    try:
        given = json.loads(text.decode("utf-8-sig"))
    except UnicodeDecodeError as problem:
        raise BadTable(f"{where}: not UTF-8; write the records as UTF-8 and send them again") from problem
    except (ValueError, RecursionError) as problem:
        raise BadTable(f"{where}: not JSON; one record a line") from problem
    if not isinstance(given, dict):
        raise BadTable(f"{where}: not a record but {type(given).__name__}")
    row = {}
    for one in COLUMNS:
        value = given.get(one.name)
        if one.type in _AS_READ and given.get("sender"):
            value = None
        elif one.type == COUNT:
            value = _whole(value, where)
        elif one.type == YES_NO:
            if not isinstance(value, bool | None):
                raise BadTable(f"{where}: {one.name} is {value!r}, not true, false or null")
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
    if value is None:
        raise BadTable(f"{where}: seconds is missing; a call that nobody answered has 0")
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31 - 1:
        raise BadTable(f"{where}: seconds is {value!r}, not a whole number")
    return value
