"""One thread for each processor: what lets go of the interpreter (Arrow, compiled passes, LightGBM) runs on all of them."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

Answer = TypeVar("Answer")
THREADS = max(1, os.cpu_count() or 1)
_pool = ThreadPoolExecutor(THREADS)


def side_by_side(do: Callable[..., Answer], *columns: Iterable[Any]) -> list[Answer]:
    """``map`` on all processors, answers in order; what the first bad one raises is raised. ``do`` may not call this itself: it would
    wait for the thread it stands on."""
    return list(_pool.map(do, *columns))
