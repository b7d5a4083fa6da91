"""Which records came already, as long as they may be sent again."""

from collections import deque
from typing import Any

import numpy as np


class Recent:
    """Ids, forgotten batch by batch: as many at a time as come, never all at once."""

    def __init__(self) -> None:
        self._ids = set[str]()
        self._batches = deque[tuple[int, list[str]]]()

    def __len__(self) -> int:
        return len(self._ids)

    def note(self, ids: list[str], newest: int) -> Any:
        """Whether each of the ids is new; ``newest``: the time of the newest of their records."""
        fresh = np.ones(len(ids), bool)
        if len(set(ids)) < len(ids) or not self._ids.isdisjoint(ids):
            met = set[str]()
            for row, one in enumerate(ids):
                fresh[row] = one not in self._ids and one not in met
                met.add(one)
            ids = list(met - self._ids)
        self._ids.update(ids)
        self._batches.append((newest, ids))
        return fresh

    def forget(self, before: int) -> None:
        """What came in batches with nothing newer."""
        while self._batches and self._batches[0][0] < before:
            self._ids.difference_update(self._batches.popleft()[1])
