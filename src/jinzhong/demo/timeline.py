"""Letting things happen in the order of their time: what happens may make other things happen later."""

import heapq
from collections.abc import Callable
from datetime import datetime
from itertools import count

Happening = Callable[[datetime], object]
"""Does something at the time it is handed."""


class Timeline:
    """What is still to happen. Two things at one moment happen in the order in which they were noted.

    >>> from jinzhong.clock import DEMO_DAY
    >>> told, line = [], Timeline()
    >>> line.at(DEMO_DAY.replace(hour=9), lambda now: told.append("second"))
    >>> line.at(DEMO_DAY.replace(hour=8), lambda now: told.append("first"))
    >>> line.run(until=DEMO_DAY.replace(hour=9))
    >>> told
    ['first', 'second']
    """

    def __init__(self) -> None:
        self._waiting: list[tuple[datetime, int, Happening]] = []
        self._count = count()

    def at(self, moment: datetime, do: Happening) -> None:
        heapq.heappush(self._waiting, (moment, next(self._count), do))

    def run(self, *, until: datetime) -> None:
        """Let everything happen up to and including a moment; what is later never happens."""
        while self._waiting and self._waiting[0][0] <= until:
            moment, _, do = heapq.heappop(self._waiting)
            do(moment)
