"""Write a world into a folder: day by day, whole files only, in as many processes as asked, and going on where it stopped.

A file appears under its name when it is complete; ``world.json`` says what was asked for and, at the end, the digest of every
file. Killed at any moment, the same command finishes the missing days. What goes wrong by an error leaves no folder.
"""

import json
import multiprocessing
import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from jinzhong_engine.world import files, plan
from jinzhong_engine.world.days import Days
from jinzhong_engine.world.profile import load

MANIFEST = "world.json"
FORMAT = 1
MOST_RESIDENTS, MOST_DAYS = 20_000_000, 3_660
LEAST_RESIDENTS = 100
ORPHAN_SECONDS = 0.5
PLAIN = {"compression": "zstd", "compression_level": 1, "store_schema": False, "write_statistics": True}
Progress = Callable[[int, int, int], None]
"""Days done, days in all, call rows written so far by this run."""


class BadWorld(ValueError):
    """What was asked for can't be built or read; the message says what, where and what to do."""


@dataclass(frozen=True)
class Built:
    folder: Path
    digest: str
    calls: int
    messages: int
    new_calls: int
    """Rows written by this run."""
    fraud_numbers: int
    cases: int


def build(
    *, seed: int, residents: int, days: int, out: Path, profile: str = "fenghua", start: date | None = None, density: float = 1.0,
    workers: int | None = None, progress: Progress = lambda done, of, rows: None,
) -> Built:  # fmt: skip
    """Build the world, or finish it. Raises BadWorld, UnknownProfile, OSError; then no half world is left.

    Stopped from the keyboard or killed it leaves the whole days, for the same call to go on.
    """
    told = load(profile)
    size = _size(seed, residents, days, start or plan.default_start(told, max(days, 0)), density)
    asked = _asked(size, told.name, told.digest)
    _take_folder(out, asked)
    try:
        return _fill(plan.plan(told, size), out, asked, workers or os.cpu_count() or 1, progress)
    except Exception:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _size(seed: int, residents: int, days: int, start: date, density: float) -> plan.Size:
    if not LEAST_RESIDENTS <= residents <= MOST_RESIDENTS:
        raise BadWorld(f"--residents {residents}: give a number from {LEAST_RESIDENTS} to {MOST_RESIDENTS:,}")
    if not 1 <= days <= MOST_DAYS:
        raise BadWorld(f"--days {days}: give a number of days from 1 to {MOST_DAYS:,}")
    if not 0 <= seed < 2**63:
        raise BadWorld(f"--seed {seed}: give a number from 0 to 9223372036854775807")
    if not 0 < density <= 100:
        raise BadWorld(f"--density {density}: give a number above 0, at most 100")
    if not 1990 <= start.year <= 2100:
        raise BadWorld(f"--start {start}: the year lies outside 1990 to 2100")
    return plan.Size(seed, residents, days, start, density)


def _asked(size: plan.Size, profile: str, digest: str) -> dict[str, Any]:
    return {
        "format": FORMAT, "profile": profile, "profile_digest": digest, "seed": size.seed, "residents": size.residents,
        "days": size.days, "start": size.start.isoformat(), "density": size.density,
    }  # fmt: skip


def _take_folder(out: Path, asked: dict[str, Any]) -> None:
    """Make the folder, or recognise an unfinished one of the same world. Raises BadWorld for any other."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        found = _read(out)
        if found is None:
            raise BadWorld(f"--out {out}: exists and is no unfinished world; choose a new folder")
        if found.get("state") == "done":
            raise BadWorld(f"--out {out}: a finished world is there; choose a new folder")
        if found.get("asked") != asked:
            raise BadWorld(
                f"--out {out}: another world is unfinished there; remove it or ask for the same again"
            )
        return
    out.mkdir(parents=True, exist_ok=True)
    try:
        _write_bytes(out / MANIFEST, json.dumps({"state": "building", "asked": asked}, indent=1).encode())
    except OSError:
        shutil.rmtree(out, ignore_errors=True)
        raise


def _read(out: Path) -> dict[str, Any] | None:
    try:
        found = json.loads((out / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None


def manifest(folder: Path) -> dict[str, Any]:
    """What a finished world says of itself. Raises BadWorld."""
    found = _read(folder) if folder.is_dir() else None
    if found is None:
        raise BadWorld(f"{folder}: no world here; build one with jinzhong world build")
    if found.get("state") != "done":
        raise BadWorld(f"{folder}: this world isn't finished; give the same jinzhong world build again")
    return found


def _fill(world: plan.World, out: Path, asked: dict[str, Any], workers: int, progress: Progress) -> Built:
    for folder in ("calls", "messages", "truth"):
        (out / folder).mkdir(exist_ok=True)
    for left in out.rglob(".*.part"):
        left.unlink()
    digests: dict[str, dict[str, Any]] = {}
    missing = [n for n in range(world.size.days) if not all(path.exists() for path in _paths(out, world, n))]
    for n in sorted(set(range(world.size.days)) - set(missing)):
        digests.update({str(path.relative_to(out)): _found(path) for path in _paths(out, world, n)})
    done, rows = world.size.days - len(missing), 0
    progress(done, world.size.days, rows)
    for wrote in _days(world, out, missing, workers):
        digests.update(wrote)
        done, rows = (
            done + 1,
            rows + sum(one["rows"] for name, one in wrote.items() if name.startswith("calls")),
        )
        progress(done, world.size.days, rows)
    for name, make in files.small_tables(world).items():
        digests[name] = _write(out / name, make())
    digest = sha256(
        "".join(f"{name} {digests[name]['sha256']}\n" for name in sorted(digests)).encode()
    ).hexdigest()
    _write_bytes(out / MANIFEST, json.dumps(
        {"state": "done", "asked": asked, "digest": digest, "files": dict(sorted(digests.items()))}, ensure_ascii=False, indent=1
    ).encode())  # fmt: skip
    totals = {
        kind: sum(one["rows"] for name, one in digests.items() if name.startswith(kind))
        for kind in ("calls", "messages")
    }
    return Built(out, digest, totals["calls"], totals["messages"], rows, len(world.numbers), len(world.cases))


def _paths(out: Path, world: plan.World, n: int) -> tuple[Path, Path]:
    day = Days(world).day(n)
    return out / "calls" / f"{day}.parquet", out / "messages" / f"{day}.parquet"


_days_of: tuple[Days, Path] | None = None
"""The world a forked process draws from: handed over by the fork, never pickled."""


def _days(
    world: plan.World, out: Path, missing: list[int], workers: int
) -> Iterator[dict[str, dict[str, Any]]]:
    """Draw and write the missing days; what each wrote, as it is done."""
    global _days_of
    _days_of = (Days(world), out)
    try:
        if workers == 1 or len(missing) < 2:
            yield from map(_one_day, missing)
            return
        with ProcessPoolExecutor(
            min(workers, len(missing)),
            mp_context=multiprocessing.get_context("fork"),
            initializer=_begin_worker,
            initargs=(os.getpid(),),
        ) as pool:
            waiting = [pool.submit(_one_day, n) for n in missing]
            try:
                for one in as_completed(waiting):
                    yield one.result()
            except BrokenProcessPool as problem:
                raise MemoryError("a worker process was ended; is there memory left?") from problem
            finally:
                pool.shutdown(wait=True, cancel_futures=True)
    finally:
        _days_of = None


def _begin_worker(parent: int) -> None:
    """A worker leaves stopping to its parent, and doesn't outlive it, however that ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(ORPHAN_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def _one_day(n: int) -> dict[str, dict[str, Any]]:
    assert _days_of is not None
    days, out = _days_of
    calls, messages = _paths(out, days.world, n)
    return {
        str(calls.relative_to(out)): _write(calls, days.calls(n), ["kind", "cell", "peer_city"]),
        str(messages.relative_to(out)): _write(messages, days.messages(n), []),
    }


def _write(path: Path, table: pa.Table, dictionaries: list[str] | bool = True) -> dict[str, Any]:
    """Write a table whole or not at all; rows and digest of the file."""
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, use_dictionary=dictionaries, **PLAIN)
    held = sink.getvalue()
    _write_bytes(path, held)
    return {"rows": table.num_rows, "sha256": sha256(held).hexdigest()}


def _write_bytes(path: Path, held: Any) -> None:
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as file:
            file.write(held)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        part.unlink(missing_ok=True)
        raise
    part.replace(path)


def _found(path: Path) -> dict[str, Any]:
    """Rows and digest of a file that an earlier run wrote."""
    return {"rows": pq.read_metadata(path).num_rows, "sha256": sha256(path.read_bytes()).hexdigest()}
