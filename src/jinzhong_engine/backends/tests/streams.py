"""Random streams of calls and messages that like the edges: equal times, window bounds, self-calls, gaps in what is recorded."""

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from jinzhong_engine.backends.register import SHAPE, Register
from jinzhong_engine.features.catalogue import BY_NAME, NAMES
from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, MONTH, SECOND, WEEK

AS_OF = 1_622_433_600 * SECOND  # 2021-05-31 12:00 in China
EDGES = (0, 1, SECOND, HOUR, DAY, WEEK, MONTH, LOOKBACK)
KINDS = ("domestic", "international", "forwarded")
CALL = ("caller", "callee", "start", "seconds", "kind", "cell", "imei", "peer_city", "roaming")
TYPES = {"start": pa.int64(), "seconds": pa.int32(), "roaming": pa.bool_()}
MESSAGE = ("sender", "receiver", "sent", "text_hash")

numbers = st.sampled_from([*(f"1540000000{one}" for one in range(6)), "10655", "n7"])
moments = st.one_of(
    st.integers(-DAY, LOOKBACK + DAY),
    st.sampled_from(EDGES),
    st.sampled_from(EDGES).map(lambda edge: edge + 1),
    st.tuples(st.sampled_from(EDGES), st.integers(0, 20)).map(lambda one: one[0] + one[1] * 60 * SECOND),
).map(lambda before: AS_OF - before)
call_rows = st.tuples(
    numbers, numbers, moments, st.sampled_from((0, 1, 9, 10, 600)), st.sampled_from(KINDS),
    st.sampled_from((None, "c1", "c2")), st.sampled_from((None, "i1", "i2")), st.sampled_from((None, "0574", "+63")),
    st.sampled_from((None, True, False)),
)  # fmt: skip
message_rows = st.tuples(numbers, numbers, moments, st.sampled_from(("t1", "t2", "t3")))
streams = st.builds(
    lambda called, wrote: together(called, wrote),
    st.lists(call_rows, max_size=22),
    st.lists(message_rows, max_size=8),
)


def register(opened: dict[str, int] | None, known: dict[str, int] | None) -> Register:
    """When numbers were opened, and since when they are known as fraud."""
    tables = (one if one is None else list(one.items()) for one in (opened, known))
    return Register(*(one and pa.table(list(zip(*one, strict=True)), schema=SHAPE) for one in tables))


registers = st.builds(register, *[st.one_of(st.none(), st.dictionaries(numbers, moments, min_size=1))] * 2)


def calls(rows: list[tuple]) -> pa.Table:
    """A table without what all rows leave out at their end."""
    return _table(rows, CALL, TYPES)


def messages(rows: list[tuple]) -> pa.Table:
    return _table(rows, MESSAGE, {"sent": pa.int64()})


def _table(rows: list[tuple], names: tuple[str, ...], types: dict[str, pa.DataType]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    held = names[: len(columns)]
    arrays = [pa.array(one, types.get(name, pa.string())) for name, one in zip(held, columns, strict=True)]
    return pa.table(arrays, names=list(held))


def edgy(seed: int, count: int) -> tuple[list[tuple], list[tuple]]:
    """Rows of calls and messages of few people, most of them at a bound of a window, an hour or a day of China, or just off it."""
    rng = np.random.default_rng(seed)
    hours, days = (rng.integers(0, LOOKBACK // span, count) * span for span in (HOUR, DAY))
    begun = rng.choice([0, DAY, WEEK], count) + rng.integers(0, 20, count) * 60 * SECOND
    bounds = np.choose(rng.integers(0, 4, count), [rng.choice(EDGES, count), hours, days + 12 * HOUR, begun])
    at = AS_OF - bounds + rng.choice([-SECOND, -1, 0, 0, 1, SECOND], count)
    people = int(rng.integers(2, 20))

    def of(*values: Any) -> list:
        return [values[one] for one in rng.integers(0, len(values), count)]

    who = [f"1540000{one:04}" for one in range(people)] + ["10655", "n7"]
    columns = (
        of(*who), of(*who), at.tolist(), of(0, 0, 1, 9, 10, 600), of(*KINDS), of(None, "c1", "c2", "c3"),
        of(None, *(f"i{one}" for one in range(people))), of(None, "0571", "0574", "+63"),
        of(None, True, False), of("t1", "t2", "t3"),
    )  # fmt: skip
    rows = list(zip(*columns, strict=True))
    called, wrote = rows[count // 4 :], rows[: count // 4]
    return [row[:-1] for row in called], [(*row[:3], row[-1]) for row in wrote]


EVENT = pa.schema([(name, TYPES.get(name, pa.string())) for name in (*CALL, "text_hash")])
"""Calls and messages in one stream, as ``Live.add`` takes them."""


def together(call_rows: list[tuple], message_rows: list[tuple]) -> list[tuple]:
    """Rows of ``EVENT``."""
    wrote = [(*row[:3], *[None] * (len(CALL) - 3), row[3]) for row in message_rows]
    return [(*row, None) for row in call_rows] + wrote


def events(rows: list[tuple]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(EVENT)
    return pa.table(
        [pa.array(one, kind) for one, kind in zip(columns, EVENT.types, strict=True)], schema=EVENT
    )


def apart(rows: list[tuple]) -> tuple[pa.Table, pa.Table]:
    """Calls and messages of rows of ``EVENT``."""
    called = [row[:-1] for row in rows if row[-1] is None]
    return calls(called), messages([(*row[:3], row[-1]) for row in rows if row[-1] is not None])


def elsewhere(row: tuple, name: str, later: int = 0) -> tuple:
    """A row of ``EVENT`` among other people with other handsets. Moved by whole days, its hours stay what they are."""
    caller, callee, start, seconds, kind, cell, imei, *rest = row
    return (name + caller, name + callee, start + later, seconds, kind, cell, imei and name + imei, *rest)


def busy(seed: int, count: int) -> tuple[pa.Table, pa.Table]:
    """A longer stream: few callers make most calls, as in life."""
    rng = np.random.default_rng(seed)
    who = (rng.pareto(1.2, (2, count)) * 3).astype(int) % 90
    at = AS_OF - rng.integers(-DAY, LOOKBACK + DAY, count)
    seconds = np.maximum(0, rng.exponential(40, count) - 12).astype(int)

    def pick(names: tuple) -> list:
        return [names[one] for one in rng.integers(0, len(names), count)]

    columns = (
        [f"n{one}" for one in who[0]], [f"n{one}" for one in who[1]], at.tolist(), seconds.tolist(), pick(KINDS),
        pick((None, "c1", "c2", "c3")), pick((None, "i1", "i2", "i3", "i4")), pick((None, "0571", "0574", "+63")),
        pick((None, True, False)),
    )  # fmt: skip
    sent = list(zip(columns[0], columns[1], columns[2], pick(("t1", "t2", "t3")), strict=True))
    return calls(list(zip(*columns, strict=True))), messages(sent[: count // 3])


TOLERANCE = 1e-9
"""Between executors, for values that are not whole numbers; counts are equal."""


def assert_equal(one: pa.Table, other: pa.Table) -> None:
    assert one["number"].to_pylist() == other["number"].to_pylist()
    for name in NAMES:
        left, right = (np.array(table[name].to_pylist(), float) for table in (one, other))
        assert np.array_equal(np.isnan(left), np.isnan(right)), name
        allowed = 0 if BY_NAME[name].is_count else TOLERANCE
        assert np.nanmax(np.abs(left - right), initial=0) <= allowed, name
