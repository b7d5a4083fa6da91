"""Call records as JSON lines, in pieces as they come."""

import io
import json
from collections.abc import Iterator
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.json

from jinzhong_engine.backends import files
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.tables import CALLS, TEXT, Column, Table

EVENTS = Table(
    "events", "-", "Calls with a unique id.", (Column("id", TEXT, "unique id of the record"), *CALLS.columns)
)
_TEXTS = tuple(one.name for one in EVENTS.columns if one.type == TEXT)
PIECE = 1 << 20
_READ = pa.schema(
    [pa.field(one.name, pa.int64() if one.name == "seconds" else TEXT) for one in EVENTS.columns]
)
_OPTIONS = pyarrow.json.ParseOptions(explicit_schema=_READ, unexpected_field_behavior="ignore")


class Source(Protocol):
    """A file opened for bytes, standard input, or what else gives what is there without waiting for all of it."""

    def read1(self, most: int, /) -> bytes: ...


def batches(source: Source, *, latest: int, name: str) -> Iterator[pa.Table]:
    """Checked events of whole lines: as many as are there, a megabyte at most."""
    rest, line = b"", 1
    while piece := source.read1(PIECE):
        whole, cut, rest_now = (rest + piece).rpartition(b"\n")
        rest = rest_now
        if cut:
            yield from _parsed(whole, latest, name, line)
            line += whole.count(b"\n") + 1
    if rest.strip():
        yield from _parsed(rest, latest, name, line)


def _parsed(data: bytes, latest: int, name: str, line: int) -> Iterator[pa.Table]:
    if not data.strip():
        return
    try:
        read = pyarrow.json.read_json(io.BytesIO(data), parse_options=_OPTIONS)
    except pa.ArrowInvalid:
        read = _line_by_line(data, name, line)
    yield files.checked(read, EVENTS, latest, f"{name}, line {line} on", plain=_TEXTS)


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
        raise BadTable(f"{where}: not JSON; one call record a line") from problem
    if not isinstance(given, dict):
        raise BadTable(f"{where}: not a call record but {type(given).__name__}")
    row = {}
    for one in EVENTS.columns:
        value = given.get(one.name)
        if one.name == "seconds":
            if not isinstance(value, int) or isinstance(value, bool) or abs(value) > 2**31 - 1:
                raise BadTable(f"{where}: seconds is {value!r}, not a whole number")
        elif value is not None:
            if isinstance(value, (dict, list, float, bool)):
                raise BadTable(f"{where}: {one.name} is {value!r}, not a text")
            value = str(value)
        row[one.name] = value
    return row
