"""The native executor: dense ids, one ledger for each way of looking at the events, one compiled pass.

Memory is bounded by the number of calls (``run.BYTES_PER_CALL``); who has less takes the relational executor, which spills to disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import digits, files, kernel, numbering
from jinzhong_engine.backends.cores import THREADS, in_stretches, side_by_side
from jinzhong_engine.backends.ledger import DOMESTIC, KINDS, Ledger, file_brief, file_made
from jinzhong_engine.features.catalogue import CATALOGUE
from jinzhong_engine.features.windows import LOOKBACK, WEEK
from jinzhong_engine.tables import MESSAGES


def features(calls: pa.Table, messages: pa.Table | None, as_of: int, earlier: Sequence[str] = ()) -> pa.Table:
    """calls, messages: as ``files`` reads them; ``earlier``: files of calls before the week that stand apart (``files.read_calls``).

    Returns ``number`` and the catalogue's columns, by number.
    """
    return _of(encode(calls, messages, as_of, earlier), as_of)


def features_of_files(calls: Path, messages: Path | None, as_of: int, latest: int) -> pa.Table:
    """The same of files or folders; ``latest``: no event lies after it. What was read is let go before features are computed."""
    dense = _read(calls, messages, as_of, latest)
    pa.default_memory_pool().release_unused()
    return _of(dense, as_of)


def _read(calls: Path, messages: Path | None, as_of: int, latest: int) -> "Dense":
    given, earlier = files.read_calls(calls, latest, as_of - WEEK)
    texts = files.read_events(messages, MESSAGES, latest) if messages else None
    return encode(given, texts, as_of, earlier)


def _of(dense: "Dense", as_of: int) -> pa.Table:
    matrix, chosen = compute(dense, as_of)
    return as_table(dense.numbers.take(pa.array(chosen)), matrix)


def as_table(numbers: pa.Array, matrix: Any) -> pa.Table:
    """The features of numbers as a table; counts are whole, NaN is null."""
    columns = [
        pa.array(matrix[:, at].astype(np.int64))
        if one.is_count
        else pa.array(matrix[:, at], from_pandas=True)
        for at, one in enumerate(CATALOGUE)
    ]
    return pa.table([numbers, *columns], names=["number", *(one.name for one in CATALOGUE)])


@dataclass
class Dense:
    """Events by small integers. ``numbers[i]`` is the number of id ``i``; all events ascend in time.

    Only numbers with an event in the week have an id. In ``earlier``, the 30 days before it, ``stranger`` stands for all others a
    number called: it hasn't called them in the week, so no feature asks who they are.
    """

    numbers: pa.Array
    call: dict[str, Any]
    earlier: dict[str, Any]
    message: dict[str, Any]
    cells: int
    imeis: int
    cities: int

    @property
    def stranger(self) -> int:
        return len(self.numbers)


def encode(calls: pa.Table, messages: pa.Table | None, as_of: int, earlier: Sequence[str] = ()) -> Dense:
    """Events of the look-back before the moment, with dense ids."""
    week = _between(calls, "start", as_of - WEEK, as_of)
    columns = [week["caller"], week["callee"]]
    if messages is not None:
        messages = _between(messages, "sent", as_of - WEEK, as_of)
        columns += [messages["sender"], messages["receiver"]]
    known = numbering.numbered(columns)
    codes = known.columns
    before = _before(calls, earlier, known, (as_of - LOOKBACK, as_of - WEEK))
    (cell, cells), (imei, imeis), (city, cities) = (
        _alone(week[name]) for name in ("cell", "imei", "peer_city")
    )
    call = {
        "caller": codes[0], "callee": codes[1], "at": _whole(week["start"], np.int64),
        "seconds": _whole(week["seconds"], np.int32), "cell": cell, "imei": imei, "city": city,
        "kind": kinds(week["kind"]),
    }  # fmt: skip
    message: dict[str, Any] = {}
    if messages is not None:
        text, _count = _alone(messages["text_hash"])
        message = {
            "sender": codes[2],
            "receiver": codes[3],
            "at": _whole(messages["sent"], np.int64),
            "text": text,
        }
    return Dense(
        known.texts,
        _in_time(call),
        _in_time(before),
        _in_time(message),
        cells,
        imeis,
        cities,
    )


def _before(
    calls: pa.Table, earlier: Sequence[str], known: numbering.Numbering, period: tuple[int, int]
) -> dict[str, Any]:
    """Calls the numbers made in the period, by their ids. Of a file nothing else is kept, so that a month needs no memory as texts."""

    def of_file(file: str) -> list[tuple[Any, Any, Any]]:
        read = _between(files.read_earlier(file), "start", *period)
        return [_of_known(one, known) for one in read.to_batches()]

    rest = _between(calls.select(files.EARLIER), "start", *period).to_batches()
    parts = side_by_side(lambda one: _of_known(one, known), rest)
    parts += [part for of_one in side_by_side(of_file, earlier) for part in of_one]
    nothing = tuple(np.zeros(0, kind) for kind in (np.int32, np.int32, np.int64))
    columns = (np.concatenate(one) for one in zip(nothing, *parts, strict=True))
    return dict(zip(("caller", "callee", "at"), columns, strict=True))


def _of_known(calls: pa.RecordBatch, known: numbering.Numbering) -> tuple[Any, Any, Any]:
    """(caller, callee, moment) of calls a number made; whom it called is a stranger where it isn't among the numbers."""
    caller = known.find(calls["caller"])
    mine = caller < len(known.texts)
    return caller[mine], known.find(calls["callee"])[mine], calls["start"].to_numpy()[mine]


def compute(dense: Dense, as_of: int) -> tuple[Any, Any]:
    """(matrix of features, ids of its lines): every number with a call made or received in the week, in their order."""
    made, received, uses, sent = _ledgers(dense)
    count = len(dense.numbers)
    book = kernel.Book(
        made, received, sent, uses, parties=np.zeros(count, np.int64), fresh=np.full(count, kernel.ALL)
    )
    events = made.end - made.start + received.end - received.start
    papers = [
        kernel.scratch(count + 1, dense.cells, dense.imeis, dense.cities, int(events.max(initial=0)))
        for _ in range(THREADS)
    ]
    chosen = _active(dense)
    matrix = np.empty((len(chosen), kernel.WIDTH), order="F")

    def stretch(low: int, high: int, paper: kernel.Scratch) -> None:
        kernel.rows(chosen[low:high], as_of, book, paper, matrix[low:high])

    in_stretches(stretch, events[chosen] + 50, papers)
    return matrix, chosen


def _ledgers(dense: Dense) -> list[Ledger]:
    call, message, count = dense.call, dense.message, len(dense.numbers)
    nothing = np.zeros(0, np.int64)
    columns = tuple(call[name] for name in ("at", "callee", "seconds", "cell", "imei", "city", "kind"))
    sender, at, receiver, text = (message.get(name, nothing) for name in ("sender", "at", "receiver", "text"))
    jobs = [
        partial(file_made, call["caller"], columns, count, dense.earlier),
        partial(file_brief, call["callee"], call["at"], call["caller"], call["seconds"], count),
        partial(file_brief, call["imei"], call["at"], call["caller"], call["seconds"], dense.imeis),
        partial(file_brief, sender, at, receiver, text, count),
    ]
    return side_by_side(lambda job: job(), jobs)


def _active(dense: Dense) -> Any:
    """Ids of the numbers that made or received a call in the week, in the order of the numbers."""
    met = np.zeros(len(dense.numbers), bool)
    for name in ("caller", "callee"):
        met[dense.call[name]] = True
    ids = np.flatnonzero(met)
    return ids[pc.sort_indices(dense.numbers.take(pa.array(ids))).to_numpy()]


def _between(events: pa.Table, time: str, since: int, until: int) -> pa.Table:
    """Events of a period: the future is cut off here, and nothing later sees it."""
    at = events[time]
    bounds = pc.min_max(at).as_py()
    if bounds["min"] is None or (bounds["min"] >= since and bounds["max"] < until):
        return events
    return events.filter(pc.and_(pc.greater_equal(at, since), pc.less(at, until)))


def _in_time(columns: dict[str, Any]) -> dict[str, Any]:
    if not columns or (np.diff(columns["at"]) >= 0).all():
        return columns
    order = np.argsort(columns["at"], kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _alone(column: pa.ChunkedArray) -> tuple[Any, int]:
    """(ids, how many): -1 where nothing is recorded."""
    if not pa.types.is_dictionary(column.type):
        keys = numbering.packed(column)
        if np.count_nonzero(keys == digits.NO_FORM) == column.null_count:
            ids, known, _places = numbering.numbers(keys)
            return ids, len(known)
    coded = _dictionary(column)
    return pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False), len(coded.dictionary)


def _dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    if not pa.types.is_dictionary(column.type):
        column = pc.dictionary_encode(column)
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # no chunk at all
        return pa.array([], pa.string()).dictionary_encode()
    return whole


def _whole(column: pa.ChunkedArray, kind: Any) -> Any:
    return column.to_numpy().astype(kind, copy=False)


def kinds(column: pa.ChunkedArray) -> Any:
    """Places in KINDS; a kind not recorded counts as domestic."""
    coded = _dictionary(column)
    places = np.array(
        [KINDS.index(one) if one in KINDS else DOMESTIC for one in coded.dictionary.to_pylist()] + [DOMESTIC]
    )
    return places[pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)].astype(np.int32)
