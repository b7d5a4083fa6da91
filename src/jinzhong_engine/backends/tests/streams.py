"""Random streams of calls and messages that like the edges: equal times, window bounds, self-calls, gaps in what is recorded."""

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from jinzhong_engine.features.windows import DAY, HOUR, LOOKBACK, MONTH, SECOND, WEEK

AS_OF = 1_622_433_600 * SECOND  # 2021-05-31 12:00 in China
EDGES = (0, 1, SECOND, HOUR, DAY, WEEK, MONTH, LOOKBACK)
KINDS = ("domestic", "international", "forwarded")
CALL = ("caller", "callee", "start", "seconds", "kind", "cell", "imei", "peer_city")
MESSAGE = ("sender", "receiver", "sent", "text_hash")

numbers = st.integers(0, 7).map(lambda one: f"1540000000{one}")
moments = st.one_of(
    st.integers(-DAY, LOOKBACK + DAY),
    st.sampled_from(EDGES),
    st.sampled_from(EDGES).map(lambda edge: edge + 1),
).map(lambda before: AS_OF - before)
call_rows = st.tuples(
    numbers, numbers, moments, st.sampled_from((0, 1, 9, 10, 600)), st.sampled_from(KINDS),
    st.sampled_from((None, "c1", "c2")), st.sampled_from((None, "i1", "i2")), st.sampled_from((None, "0574", "+63")),
)  # fmt: skip
message_rows = st.tuples(numbers, numbers, moments, st.sampled_from(("t1", "t2", "t3")))


def calls(rows: list[tuple]) -> pa.Table:
    return _table(rows, CALL, {"start": pa.int64(), "seconds": pa.int32()})


def messages(rows: list[tuple]) -> pa.Table:
    return _table(rows, MESSAGE, {"sent": pa.int64()})


def _table(rows: list[tuple], names: tuple[str, ...], types: dict[str, pa.DataType]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    arrays = [pa.array(one, types.get(name, pa.string())) for name, one in zip(names, columns, strict=True)]
    return pa.table(arrays, names=list(names))


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
    )  # fmt: skip
    sent = list(zip(columns[0], columns[1], columns[2], pick(("t1", "t2", "t3")), strict=True))
    return calls(list(zip(*columns, strict=True))), messages(sent[: count // 3])
