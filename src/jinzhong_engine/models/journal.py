"""What the live watch has taken in, on disk: the records it still needs, in the order they came, and where it stood at the last mark.

Records are on disk before anything is said of them. They lie in segments; a mark ends one and begins the next. An ended segment never
changes what it says, so that a mark costs its few notes however many records are kept, and one whose records are all too old is removed
whole. Whoever is killed at any moment reads the ended segments, stands where the mark says, and plays what came since: down to the bytes
of the list.
"""

import fcntl
import json
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from jinzhong_engine.models import disk
from jinzhong_engine.models.card import BadModel

_HEAD = struct.Struct("<QI")  # length, crc32
PACKED_ROWS = 65_536
"""Rows of a packed batch: a trickle's batches of one record each take ten times their place."""
_PLAIN, _SMALL = pa.ipc.IpcWriteOptions(), pa.ipc.IpcWriteOptions(compression="lz4")


class Journal:
    """``notes``: of the last mark, None in an empty folder. Mark n stands before segment n: ``mark-3``, then ``records-3``. One watch
    at a time has the folder, until it closes or dies."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = (folder / "lock").open("ab")
        hold_alone(self._lock, folder)
        if list(folder.glob("snapshot-*")):
            raise BadModel(
                f"{folder}: written by an earlier version; give an empty folder and send the events again"
            )
        self.number = max((int(one.name[len("mark-") :]) for one in folder.glob("mark-*[0-9]")), default=0)
        self.notes: dict[str, Any] | None = None
        self._ended: dict[int, int] = {}
        self._read_mark()
        self._newest: int | None = None
        self._file: Any = None
        self._syncer, self._syncs, self._after = (
            ThreadPoolExecutor(1),
            list[Future[None]](),
            list[Future[None]](),
        )
        self._packer, self._packing = ThreadPoolExecutor(1), list[Future[None]]()
        found = {
            one.name for kind in ("*.part", "mark-*[0-9]", "records-*[0-9]") for one in folder.glob(kind)
        }
        _remove(folder, found - self._named())

    # -- read ------------------------------------------------------------------------------------------

    def ended(self) -> Iterator[pa.Table]:
        """The records before the mark, as far as they are kept."""
        for path in map(self._segment, self._ended):
            if not path.exists():
                raise _unreadable(path)
            with path.open("rb") as file:
                yield from _batches(file)
                if file.read(1):
                    raise _unreadable(path)

    def since(self) -> Iterator[pa.Table]:
        """The whole batches since the mark; a torn last one is cut off, its sender sends it again."""
        path = self._segment(self.number)
        if not path.exists():
            return
        with path.open("r+b") as file:
            os.fsync(file.fileno())  # a run that was killed wrote them, and may not have come to this
            for batch in _batches(file):
                self._note(batch)
                yield batch
            file.truncate()

    # -- write -----------------------------------------------------------------------------------------

    def append(self, batch: pa.Table) -> None:
        """Written at once, on its way to the disk: ``then`` is done when it is there, ``settle`` waits for it."""
        if self._file is None:
            self._file = self._segment(self.number).open("ab")
            disk.sync_folder(self.folder)
        self._file.write(_framed(batch, _PLAIN))
        self._file.flush()
        self._note(batch)
        self._syncs = _unfinished(self._syncs)
        if not any(map(_waits, self._syncs)):  # one that waits to begin takes this batch along
            self._syncs.append(self._syncer.submit(os.fdatasync, self._file.fileno()))

    def then(self, do: Callable[[], None]) -> None:
        """Done when all that was appended so far outlives a power cut; one after the other, while the next records are worked on."""
        syncs = tuple(self._syncs)

        def run() -> None:
            for one in syncs:
                one.result()
            do()

        self._after = [*_unfinished(self._after), self._syncer.submit(run)]

    def settle(self) -> None:
        """Returns when all that was appended outlives a power cut, and what was to be done then is done."""
        for one in (*self._syncs, *self._after):
            one.result()
        self._syncs, self._after = [], []

    def mark(self, notes: dict[str, Any], oldest: int) -> None:
        """End the segment and stand here from now on; until this mark is there, the one before it stands.

        ``oldest``: what lies before it isn't needed.
        """
        self._end_segment()
        before = self._named()
        known = self._ended if self._newest is None else {**self._ended, self.number: self._newest}
        kept = {number: newest for number, newest in known.items() if newest >= oldest}
        text = json.dumps({"notes": notes, "ended": list(kept.items())})
        disk.replace(self.folder / f"mark-{self.number + 1}", [text.encode()])
        was, self.number, self._ended, self._newest = self.number, self.number + 1, kept, None
        self._packing = _unfinished(self._packing)
        if was in kept:
            self._packing.append(self._packer.submit(_pack, self._segment(was)))
        # By the packer too: what is removed isn't being packed.
        self._packing.append(self._packer.submit(_remove, self.folder, before - self._named()))

    def close(self) -> None:
        self._end_segment()
        for one in self._packing:
            one.result()
        self._packing = []
        self._lock.close()

    # -- inside ----------------------------------------------------------------------------------------

    def _read_mark(self) -> None:
        if not self.number:
            return
        path = self.folder / f"mark-{self.number}"
        try:
            told = json.loads(path.read_text())
            self.notes, self._ended = told["notes"], dict(told["ended"])
        except (ValueError, KeyError, TypeError) as problem:
            raise _unreadable(path) from problem

    def _segment(self, number: int) -> Path:
        return self.folder / f"records-{number}"

    def _note(self, batch: pa.Table) -> None:
        newest = batch["start"].to_numpy().max(initial=0)
        self._newest = max(self._newest or 0, int(newest))

    def _end_segment(self) -> None:
        self.settle()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _named(self) -> set[str]:
        """The mark and the segments that count."""
        return {f"mark-{self.number}", *(f"records-{one}" for one in (*self._ended, self.number))}


def hold_alone(file: BinaryIO, path: Path) -> None:
    """Until it is closed or we die nobody else has it; ``path``: what is said to be taken."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as problem:
        raise BadModel(
            f"{path}: another watch writes it; give each a state folder and a list of its own"
        ) from problem


def _remove(folder: Path, names: Iterable[str]) -> None:
    for name in names:
        (folder / name).unlink(missing_ok=True)


def _unreadable(path: Path) -> BadModel:
    return BadModel(f"{path}: not readable; remove the state folder and send the events again")


def _framed(batch: pa.Table, options: pa.ipc.IpcWriteOptions) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema, options=options) as writer:
        writer.write_table(batch)
    body = sink.getvalue().to_pybytes()
    return _HEAD.pack(len(body), zlib.crc32(body)) + body


def _batches(file: BinaryIO) -> Iterator[pa.Table]:
    """The whole batches of a segment; the file then stands behind the last one."""
    size = os.fstat(file.fileno()).st_size
    while True:
        place = file.tell()
        head = file.read(_HEAD.size)
        length, check = _HEAD.unpack(head) if len(head) == _HEAD.size else (0, 0)
        body = file.read(length) if length <= size - file.tell() else b""
        if not body or zlib.crc32(body) != check:  # a power cut may leave zeros
            file.seek(place)
            return
        yield pa.ipc.open_stream(body).read_all()


def _pack(path: Path) -> None:
    """The same records in the same order, in fewer batches."""
    with path.open("rb") as file:
        disk.replace(path, (_framed(one, _SMALL) for one in _gathered(_batches(file))))


def _gathered(batches: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """Batches of the same columns put together to about PACKED_ROWS."""
    found, rows = list[pa.Table](), 0
    for one in batches:
        if found and (rows >= PACKED_ROWS or not one.schema.equals(found[0].schema, check_metadata=True)):
            yield pa.concat_tables(found).combine_chunks()
            found, rows = [], 0
        found.append(one)
        rows += one.num_rows
    if found:
        yield pa.concat_tables(found).combine_chunks()


def _waits(work: Future[None]) -> bool:
    """Hasn't begun; asked in this order, so that one that ends meanwhile never looks like it."""
    return not work.running() and not work.done()


def _unfinished(work: list[Future[None]]) -> list[Future[None]]:
    """Raises what went wrong in those that are done."""
    left = []
    for one in work:
        if one.done():
            one.result()
        else:
            left.append(one)
    return left
