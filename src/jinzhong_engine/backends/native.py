"""The native executor: dense ids, one ledger for each way of looking at the events, one compiled pass.

Memory is bounded by the number of calls (``run.BYTES_PER_CALL``); who has less takes the relational executor, which spills to disk.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import digits, files, kernel, numbering
from jinzhong_engine.backends.cores import THREADS, in_stretches, later, side_by_side
from jinzhong_engine.backends.ledger import (
    DOMESTIC,
    Ledger,
    ascends,
    file_brief,
    file_made,
)
from jinzhong_engine.backends.numbering import Moments
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.features.catalogue import CATALOGUE
from jinzhong_engine.features.windows import LOOKBACK, WEEK
from jinzhong_engine.tables import CALL_KINDS


def features(
    calls: pa.Table,
    messages: pa.Table | None,
    as_of: int,
    earlier: Sequence[files.Early] = (),
    register: Register = NOTHING,
) -> pa.Table:
    """calls, messages: as ``files`` reads them; ``earlier``: files of calls before the week that stand apart (``files.read_calls``).

    Returns ``number`` and the catalogue's columns, by number.
    """
    return features_of(encode(calls, messages, as_of, earlier), as_of, register)


def features_of(dense: "Dense", as_of: int, register: Register = NOTHING) -> pa.Table:
    """The same of events that are encoded already, so that what was read can be let go before."""
    active = _active(dense)
    numbers = dense.numbers.take(pa.array(active))
    order = later(pc.sort_indices, numbers)
    matrix = compute(dense, active, as_of, register)
    return as_table(numbers, matrix, order.result())


def ready() -> None:
    """Numba's first call takes half a second, whatever is called."""
    digits.keys(pa.array([], pa.string()))


def as_table(numbers: pa.Array, matrix: Any, order: pa.Array | None = None) -> pa.Table:
    """The features of numbers as a table, its lines in this order; counts are whole, NaN is null."""
    lines = slice(None) if order is None else order.to_numpy()

    def column(at: int) -> pa.Array:
        values = matrix[:, at][lines]
        if CATALOGUE[at].is_count:
            return pa.array(values.astype(np.int64))
        return pa.array(values, from_pandas=True)

    columns = side_by_side(column, range(len(CATALOGUE)))
    numbers = numbers if order is None else numbers.take(order)
    return pa.table([numbers, *columns], names=["number", *(one.name for one in CATALOGUE)])


@dataclass
class Dense:
    """Events by small integers. ``numbers[i]`` is the number of id ``i``; all events ascend in time.

    Only numbers with an event in the week have an id. In ``earlier``, the 30 days before it, a caller of -1 is none of them, and ``stranger``
    stands for all others a number called: it hasn't called them in the week, so no feature asks who they are.
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


def encode(
    calls: pa.Table, messages: pa.Table | None, as_of: int, earlier: Sequence[files.Early] = ()
) -> Dense:
    """Events of the look-back before the moment, with dense ids."""
    week = _between(calls, "start", as_of - WEEK, as_of)
    columns = [week["caller"], week["callee"]]
    if messages is not None:
        messages = _between(messages, "sent", as_of - WEEK, as_of)
        columns += [messages["sender"], messages["receiver"]]
    alone = [later(_alone, week[name]) for name in ("cell", "imei", "peer_city")]
    files.read_ahead(earlier)
    known = numbering.numbered(columns)
    before = _before(calls, earlier, known, (as_of - LOOKBACK, as_of - WEEK))
    codes = known.columns
    (cell, cells), (imei, imeis), (city, cities) = (one.result() for one in alone)
    call = {
        "caller": codes[0], "callee": codes[1], "at": _whole(week["start"], np.int64),
        "seconds": _whole(week["seconds"], np.int32), "cell": cell, "imei": imei, "city": city,
        "kind": kinds(week["kind"]), "roaming": roaming(week),
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
    calls: pa.Table, earlier: Sequence[files.Early], known: numbering.Numbering, period: tuple[int, int]
) -> dict[str, Any]:
    """Calls of the period by the ids of the numbers. Of a file nothing else is kept, so that a month needs no memory as texts."""
    rest = _between(calls.select(files.EARLIER), "start", *period)
    ends = np.cumsum([0, *(one.rows for one in earlier), len(rest)])
    caller, callee, at = (np.empty(ends[-1], kind) for kind in (np.int32, np.int32, np.int64))

    def enter(low: int, read: pa.Table) -> None:
        for batch in read.to_batches():
            here = slice(low, low := low + batch.num_rows)
            at[here] = batch["start"].to_numpy()
            caller[here], callee[here] = known.find(batch["caller"]), known.find(batch["callee"])
            nobody = (caller[here] == len(known.texts)) | (at[here] < period[0]) | (at[here] >= period[1])
            caller[here][nobody] = -1

    side_by_side(lambda low, one: enter(low, one.read()), ends[: len(earlier)], earlier)
    enter(ends[len(earlier)], rest)
    return {"caller": caller, "callee": callee, "at": at}


def compute(dense: Dense, ids: Any, as_of: int, register: Register = NOTHING) -> Any:
    """A line of features for each of the ids. They had better ascend: the events of neighbours lie side by side."""
    before, made, received, uses, sent = _ledgers(dense)
    count = len(dense.numbers)
    parties, fresh = np.zeros(count, np.int64), np.full(count, kernel.ALL)
    opened, known = (Moments(one).of(dense.numbers) for one in register)
    sharing = kernel.shared_with(known, as_of, made)
    book = kernel.Book(before, made, received, sent, uses, parties, fresh, opened, sharing)
    events = sum(one.end - one.start for one in (before, made, received))
    papers = [
        kernel.scratch(count + 1, dense.cells, dense.imeis, dense.cities, int(events.max(initial=0)))
        for _ in range(THREADS)
    ]
    matrix = np.empty((len(ids), kernel.WIDTH), order="F")

    def stretch(low: int, high: int, paper: kernel.Scratch) -> None:
        kernel.rows(ids[low:high], as_of, book, paper, matrix[low:high])

    in_stretches(stretch, events[ids] + 50, papers)
    return matrix


def _ledgers(dense: Dense) -> list[Ledger]:
    """Events under their numbers and handsets; of the dense ones each kind is let go as soon as it is filed."""
    count, imeis, nothing = len(dense.numbers), dense.imeis, np.zeros(0, np.int64)
    call, past, message = dense.call, dense.earlier, dense.message
    dense.call, dense.earlier, dense.message = {}, {}, {}
    columns = tuple(
        call[name] for name in ("at", "callee", "seconds", "cell", "imei", "city", "kind", "roaming")
    )
    sender, at, receiver, text = (message.get(name, nothing) for name in ("sender", "at", "receiver", "text"))
    before = later(file_brief, past.pop("caller"), past.pop("at"), past.pop("callee"), None, count)
    jobs = [
        partial(file_made, call["caller"], columns, count),
        partial(file_brief, call["callee"], call["at"], call["caller"], call["seconds"], count),
        partial(file_brief, call["imei"], call["at"], call["caller"], call["seconds"], imeis),
        partial(file_brief, sender, at, receiver, text, count),
    ]
    filed = side_by_side(lambda job: job(), jobs)
    return [before.result(), *filed]


def _active(dense: Dense) -> Any:
    """Ids of the numbers that made or received a call in the week."""
    met = np.zeros(len(dense.numbers), bool)
    for name in ("caller", "callee"):
        met[dense.call[name]] = True
    return np.flatnonzero(met)


def _between(events: pa.Table, time: str, since: int, until: int) -> pa.Table:
    """Events of a period: the future is cut off here, and nothing later sees it."""
    at = events[time]
    bounds = pc.min_max(at).as_py()
    if bounds["min"] is None or (bounds["min"] >= since and bounds["max"] < until):
        return events
    return events.filter(pc.and_(pc.greater_equal(at, since), pc.less(at, until)))


def _in_time(columns: dict[str, Any]) -> dict[str, Any]:
    if not columns or ascends(columns["at"]):
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
    """Places in CALL_KINDS. Others are refused at the door; what a state folder kept of before counts as domestic, as it did then."""
    coded = _dictionary(column)
    known = coded.dictionary.to_pylist()
    places = np.array(
        [CALL_KINDS.index(one) if one in CALL_KINDS else DOMESTIC for one in known] + [DOMESTIC], np.int16
    )
    return places[pc.fill_null(coded.indices, -1).to_numpy(zero_copy_only=False)]


def roaming(calls: pa.Table) -> Any:
    """1, 0, or -1 where it isn't recorded; what a state folder kept of before lacks the column."""
    if "roaming" not in calls.column_names:
        return np.full(len(calls), -1, np.int16)
    return pc.fill_null(calls["roaming"].cast(pa.int16()), -1).to_numpy()
