"""One thread for each processor: what lets go of the interpreter (Arrow, compiled passes, LightGBM) runs on all of them."""

import itertools
import os
import resource
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

Answer = TypeVar("Answer")
THREADS = max(1, os.cpu_count() or 1)
_pool = ThreadPoolExecutor(THREADS)


def side_by_side(do: Callable[..., Answer], *columns: Iterable[Any]) -> list[Answer]:
    """``map`` on all processors, answers in order; what the first bad one raises is raised. ``do`` may not call this itself: it would
    wait for the thread it stands on."""
    return list(_pool.map(do, *columns))


def later(do: Callable[..., Answer], *given: Any) -> Future[Answer]:
    """``do`` begins as soon as a processor is free. It may not wait for anything else that is begun here."""
    return _pool.submit(do, *given)


def in_stretches(do: Callable[[int, int, Any], None], work: Any, papers: list[Any]) -> None:
    """``do(low, high, paper)`` for stretches of lines that are about equal work, a few for each thread; each thread has its own paper, and
    takes the next stretch as soon as it is free: something else may be at work on its processor."""
    waiting = iter(stretches(work))

    def thread(paper: Any) -> None:
        for low, high in waiting:
            do(low, high, paper)

    side_by_side(thread, papers)


def stretches(work: Any) -> list[tuple[int, int]]:
    """(first line, line after the last) of each: lines with about equal ``work``, a few for each thread."""
    share = np.cumsum(work) * (4 * THREADS) // max(int(work.sum()) + 1, 1)
    cuts = [0, *(np.flatnonzero(np.diff(share)) + 1).tolist(), len(work)]
    return list(itertools.pairwise(cuts)) if len(work) else []


def held() -> int:
    """Bytes of memory this process holds now; where the system doesn't say, the most it ever held."""
    told = Path("/proc/self/statm")
    if told.exists():
        return int(told.read_text("ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
