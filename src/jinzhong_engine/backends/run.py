"""One door to all executors: event files in, the table of features out, whichever engine computes it."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.backends import files
from jinzhong_engine.backends.cores import later
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.features.windows import WEEK
from jinzhong_engine.tables import CALLS, MESSAGES

BYTES_PER_CALL = 140
BYTES_PER_EARLIER = 40
BYTES_PER_KEPT = 250
BYTES_BESIDE = 700_000_000
"""What the native executor takes for each event it reads whole, for each call of a file of before the week, for each event where calls
stay beside the features and rules are asked, and beside them: imports, and the features of 300,000 numbers. Enough, not exact;
docs/figures.md has the measurements."""
AS_READ = {".csv": 5, ".xlsx": 40}
"""How many times its own size a file takes that is read whole: CSV of calls measured (4.8), a sheet's compressed cells reckoned."""
ARROW = 100_000_000
"""Python and Arrow, before anything is read."""


@dataclass(frozen=True)
class Events:
    """Where the events are, and what is said of numbers beside them."""

    calls: Path
    messages: Path | None = None
    register: Register = NOTHING


def features(
    events: Events,
    *,
    as_of: int,
    latest: int,
    engine: str | None,
    memory: int | None,
    tell: Callable[[str], None],
    master: str | None = None,
) -> pa.Table:
    """``latest``: no event lies after it. ``memory``: bytes the process may take; None: half of the machine's. ``engine`` None: native where
    that is enough, DuckDB elsewhere. ``master``: which Spark, of ``spark.session``."""
    allowed = memory or half_of_memory()
    paths = [(path, shape) for path, shape in ((events.calls, CALLS), (events.messages, MESSAGES)) if path]
    needed = _needed([path for path, _shape in paths], as_of, allowed)
    chosen = engine or _fitting(needed, allowed, tell)
    if chosen == "native":
        if memory and needed > memory:
            raise _too_little(needed, memory, "native")
        return _native(events, as_of, latest)
    lazy = [files.lazily(path, shape, latest) for path, shape in paths]
    messages = lazy[1] if events.messages else None
    if chosen == "duckdb":
        from jinzhong_engine.backends import duck

        return duck.features(lazy[0], messages, as_of, memory=allowed, register=events.register)
    return _spark().features(lazy[0], messages, as_of, master, allowed, events.register)


def _native(events: Events, as_of: int, latest: int) -> pa.Table:
    """What was read is let go before features are computed."""
    dense = _encoded(events, as_of, latest)
    pa.default_memory_pool().release_unused()
    return _numba().features_of(dense, as_of, events.register)


def _encoded(events: Events, as_of: int, latest: int) -> Any:
    """Files are read while numba is made ready, which takes as long."""
    executor = later(_numba)
    calls, earlier = files.read_calls(events.calls, latest, as_of - WEEK)
    texts = files.read_events(events.messages, MESSAGES, latest) if events.messages else None
    return executor.result().encode(calls, texts, as_of, earlier)


def _numba() -> Any:
    from jinzhong_engine.backends import native

    native.ready()
    return native


def stream(
    arriving: Path,
    messages: Path | None,
    state: Path,
    judge: Callable[[int, int, pa.Table], None],
    *,
    latest: int,
    master: str | None = None,
    register: Register = NOTHING,
) -> None:
    """``spark.stream``. All files of the folders are checked first, those judged before too: a bad one judges nothing."""
    for folder, shape in ((arriving, CALLS), (messages, MESSAGES)):
        if folder and not folder.is_dir():
            raise BadTable(f"{folder}: no such folder")
        if folder and (folder == arriving or any(folder.rglob("*.parquet"))):
            for path in files.lazily(folder, shape, latest):
                _has_text_ids(path)
    if (state / "calls").exists():
        raise BadTable(
            f"{state}: written by an earlier version; give an empty folder and let the files come again"
        )
    _spark().stream(
        arriving, messages, state, judge, master=master, memory=half_of_memory(), register=register
    )


def _has_text_ids(path: Path | str) -> None:
    read = pq.read_schema(path)
    if "id" in read.names and not pa.types.is_string(read.field("id").type):
        raise BadTable(f"{path}: column id is {read.field('id').type}, not text; write ids as texts")


def _spark() -> Any:
    if find_spec("pyspark") is None:
        raise BadTable("PySpark is missing; install the extra: pip install jinzhong[spark]")
    from jinzhong_engine.backends import spark

    return spark


def _fitting(needed: int, allowed: int, tell: Callable[[str], None]) -> str:
    """Which executor computes within the memory that is allowed."""
    if needed <= allowed:
        return "native"
    tell(
        f"about {needed / 2**30:.1f} GB would be needed, {allowed / 2**30:.1f} GB are allowed: DuckDB computes, and spills to disk"
    )
    return "duckdb"


def _needed(paths: list[Path], as_of: int, allowed: int) -> int:
    """Bytes the native executor takes. What can't even be read within ``allowed`` is refused."""
    needed = BYTES_BESIDE
    for path in paths:
        parquet = files.parquet_files(path)
        whole, early = files.apart(parquet, as_of - WEEK)
        needed += BYTES_PER_CALL * files.rows_in(whole) + BYTES_PER_EARLIER * files.rows_in(early)
        needed += must_be_readable(path, allowed)
    return needed


def must_be_readable(path: Path, memory: int | None) -> int:
    """Bytes that a file of another kind than Parquet takes where it is read; refuses one that takes more than ``memory``, None: half of the
    machine's."""
    read = _as_read(path, files.parquet_files(path))
    if read and read + ARROW > (memory or half_of_memory()):
        raise BadTable(
            f"{path}: takes about {read / 2**30:.1f} GB where it is read, more than the memory allowed; only Parquet can be read in"
            " pieces: give it as Parquet, or raise --memory"
        )
    return read


def _as_read(path: Path, parquet: list[str]) -> int:
    """Bytes that a file of another kind than Parquet takes as a table."""
    return 0 if parquet else path.stat().st_size * AS_READ.get(path.suffix, 1)


def must_fit(calls: Path, messages: Path | None, memory: int | None) -> None:
    """Refuses events that can't be kept whole within ``memory`` bytes beside their features and the rules; None: half of the machine's."""
    allowed, needed = memory or half_of_memory(), BYTES_BESIDE
    for path in filter(None, (calls, messages)):
        parquet = files.parquet_files(path)
        needed += BYTES_PER_KEPT * files.rows_in(parquet) + _as_read(path, parquet)
    if needed > allowed:
        raise _too_little(needed, allowed, "calls that are looked through whole")


def _too_little(needed: int, allowed: int, what: str) -> BadTable:
    return BadTable(
        f"--memory: {what}: about {needed / 2**30:.1f} GB are needed, {allowed / 2**30:.1f} GB are allowed; raise --memory, or give fewer"
        " days (no more than 37 are looked at)"
    )


def half_of_memory() -> int:
    """Half of the machine's memory, in bytes."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
