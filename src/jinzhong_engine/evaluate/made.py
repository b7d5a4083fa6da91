"""The calls that chosen numbers made."""

from collections import defaultdict
from collections.abc import Collection

import pyarrow as pa
import pyarrow.compute as pc

Made = dict[str, list[tuple[int, str, int]]]
"""By number: (when in microseconds, whom it rang, seconds), in the order of the calls; nothing of a number that made none."""


def made_by(calls: pa.Table, numbers: Collection[str]) -> Made:
    """``calls``: as ``backends.files.read_events`` gives them."""
    chosen = pa.array(sorted(numbers), pa.string())
    mine = calls.filter(pc.is_in(calls["caller"].cast(pa.string()), chosen))
    found: Made = defaultdict(list)
    columns = (mine[name].to_pylist() for name in ("caller", "start", "callee", "seconds"))
    for caller, at, callee, seconds in zip(*columns, strict=True):
        found[caller].append((at, callee, seconds))
    return found
