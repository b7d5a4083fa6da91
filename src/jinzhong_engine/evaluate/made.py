"""The calls of a week, and those that chosen numbers made."""

from collections.abc import Collection, Iterator
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.features.windows import WEEK

Made = dict[str, list[tuple[int, str, int]]]
"""By number: (when in microseconds, whom it rang, seconds), in the order of the calls."""


def of_week(calls: pa.Table, as_of: int) -> pa.Table:
    """Those of the seven days before the moment. ``calls``: as ``backends.files.read_events`` gives them."""
    start = calls["start"]
    return calls.filter(pc.and_(pc.greater_equal(start, as_of - WEEK), pc.less(start, as_of)))


def made_by(calls: pa.Table, numbers: Collection[str]) -> Made:
    """Of each of the numbers, also of one that made none."""
    found: Made = {one: [] for one in numbers}
    for caller, at, callee, seconds in chosen(calls, "caller", numbers):
        found[caller].append((at, callee, seconds))
    return found


def chosen(
    calls: pa.Table, end: Literal["caller", "callee"], numbers: Collection[str]
) -> Iterator[tuple[str, int, str, int]]:
    """(caller, when, callee, seconds) of each call that has one of the numbers at this end."""
    of = pa.array(sorted(numbers), pa.string())
    found = calls.filter(pc.is_in(calls[end].cast(pa.string()), of))
    return zip(*(found[name].to_pylist() for name in ("caller", "start", "callee", "seconds")), strict=True)
