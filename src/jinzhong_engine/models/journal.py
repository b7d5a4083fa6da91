"""What the live watch has taken in, on disk: a snapshot, and the batches since, each whole or not there.

A batch is written before anything is made of it. Whoever is killed at any moment reads the snapshot, plays the batches
again and stands where it stood: playing them is deterministic, down to the bytes of the list.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from jinzhong_engine.models.card import BadModel

_HEAD = struct.Struct("<QI")  # length, crc32


class Journal:
    """``generation`` counts snapshots: ``snapshot-3`` and ``batches-3`` belong together; older ones are leftovers."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        found = sorted(int(one.name.split("-")[1]) for one in folder.glob("snapshot-*[0-9]"))
        self.generation = found[-1] if found else 0
        self._file: Any = None

    def snapshot(self) -> tuple[pa.Table, dict[str, Any]] | None:
        """(calls, notes) of the last snapshot."""
        path = self.folder / f"snapshot-{self.generation}"
        if not path.exists():
            return None
        try:
            table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
            return table, json.loads(table.schema.metadata[b"notes"])
        except (pa.ArrowInvalid, KeyError, ValueError) as problem:
            raise BadModel(
                f"{path}: not readable; remove the state folder and send the events again"
            ) from problem

    def batches(self) -> Iterator[pa.Table]:
        """The whole batches since the snapshot; a torn last one is cut off, its sender sends it again."""
        path = self.folder / f"batches-{self.generation}"
        if not path.exists():
            return
        data, place = path.read_bytes(), 0
        while len(data) - place >= _HEAD.size:
            length, check = _HEAD.unpack_from(data, place)
            body = data[place + _HEAD.size : place + _HEAD.size + length]
            if len(body) < length or zlib.crc32(body) != check:
                break
            yield pa.ipc.open_stream(body).read_all()
            place += _HEAD.size + length
        os.truncate(path, place)

    def append(self, batch: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_table(batch)
        body = sink.getvalue().to_pybytes()
        if self._file is None:
            self._file = (self.folder / f"batches-{self.generation}").open("ab")
        self._file.write(_HEAD.pack(len(body), zlib.crc32(body)) + body)
        self._file.flush()

    def keep(self, calls: pa.Table, notes: dict[str, Any]) -> None:
        """A new snapshot instead of the batches so far; until it stands, the old ones do."""
        following, beside = self.generation + 1, self.folder / "next.part"
        table = calls.replace_schema_metadata({"notes": json.dumps(notes)})
        with beside.open("wb") as file:
            with pa.ipc.new_file(file, table.schema) as writer:
                writer.write_table(table)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / f"snapshot-{following}")
        self.close()
        for kind in ("snapshot", "batches"):
            (self.folder / f"{kind}-{self.generation}").unlink(missing_ok=True)
        self.generation = following

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
