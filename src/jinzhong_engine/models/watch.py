"""The live watch: every call counts once, its caller is judged at once, and the list says when a number enters and leaves.

The features come from the same kernel as the batch's, over ledgers that grow; so at any moment T the watch gives every number
the score ``numbers score --calls`` gives it as of T, to the last bit.
"""

import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends.live import Live, oldest_needed
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import HOUR, SECOND
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.journal import Journal
from jinzhong_engine.models.reasons import sentences

SNAPSHOT_CALLS = 2_000_000
"""Calls between two snapshots: what is played again after a crash."""

CHINA = timezone(timedelta(hours=8))
REACHED = NAMES.index("reached_7d")


class Watch:
    """Takes batches of checked events (``events.batches``), writes the list to ``out``, keeps its state in a folder.

    ``part`` (k, n): judges only the numbers of part k of n. Given the same events, n watches, each on its own machine, list between
    them what one would.
    """

    def __init__(
        self,
        model: Model,
        state: Path,
        out: Path,
        *,
        lateness: int,
        fpr: float = 0.001,
        as_of: int | None = None,
        part: tuple[int, int] = (0, 1),
    ):
        if model.features != list(NAMES):
            raise BadModel(
                "this model was not fitted on the features of numbers features; the watch has no others"
            )
        self.model, self.threshold, self.as_of = model, model.threshold(fpr), as_of
        self.lateness = lateness
        self.part, self.live, self.watermark = part, Live(part), 0
        self.listed: set[int] = set()
        self.recent: dict[str, int] = {}
        self.purged_at = 0
        self.counted, self.ignored, self.since_snapshot = 0, 0, 0
        self.list = ListFile(out)
        self.journal = Journal(state)
        self._resume()
        self.list.settle()

    def take(self, events: pa.Table) -> None:
        """Count what is new, in whatever order it comes; then judge who called."""
        fresh = self._fresh(events)
        if fresh.num_rows:
            self.journal.append(fresh)
            self._count(fresh)
            self.since_snapshot += fresh.num_rows
            if self.since_snapshot >= SNAPSHOT_CALLS:
                self.snapshot()

    def scores(self, as_of: int) -> pa.Table:
        """number, score of every number with a call in the week before ``as_of``, by number."""
        chosen = self.live.active(as_of)
        chance = self.model.chances(self.live.features(chosen, as_of))
        numbers = self.live.numbers.texts(chosen)
        return pa.table({"number": numbers, "score": pa.array(chance, pa.float64())}).sort_by("number")

    def snapshot(self) -> None:
        notes = {
            "model": self.model.card["seal"], "threshold": self.threshold, "part": self.part,
            "watermark": self.watermark, "recent": self.recent, "counted": self.counted, "as_of": self.as_of,
            "listed": sorted(self._texts(list(self.listed))), "list_bytes": self.list.written,
        }  # fmt: skip
        self.journal.keep(self.live.kept(), notes)
        self.since_snapshot = 0

    # -- counting --------------------------------------------------------------------------------------

    def _fresh(self, events: pa.Table) -> pa.Table:
        """Without what came before. An event older than the lateness allows can only be one sent again."""
        at = events["start"].to_numpy()
        shown = np.maximum.accumulate(np.concatenate([[self.watermark], at]))
        keep = at >= shown[:-1] - self.lateness
        ids = events["id"].to_pylist()
        if keep.all() and len(set(ids)) == len(ids) and self.recent.keys().isdisjoint(ids):
            self.recent.update(zip(ids, at.tolist(), strict=True))
            return events
        for row, one in enumerate(ids):
            if keep[row]:
                if one in self.recent:
                    keep[row] = False
                else:
                    self.recent[one] = int(at[row])
        self.ignored += len(at) - int(keep.sum())
        return events if keep.all() else events.filter(pa.array(keep))

    def _count(self, fresh: pa.Table) -> None:
        hour_before = self.watermark // HOUR
        self.watermark = max(self.watermark, pc.max(fresh["start"]).as_py())
        told = self.live.add(fresh, oldest_needed(self.watermark, self.as_of))
        numbers = self.live.active(self.watermark + 1, told)
        if (
            self.watermark // HOUR != hour_before
        ):  # the listed are looked at again, called or not: windows move on
            numbers = np.union1d(numbers, np.fromiter(self.listed, np.int64, len(self.listed)))
        self.counted += fresh.num_rows
        self._judge(numbers, self.watermark + 1)
        self._forget()

    def _forget(self) -> None:
        if len(self.recent) > 2 * self.purged_at + 100_000:
            self.recent = {one: at for one, at in self.recent.items() if at >= self.watermark - self.lateness}
            self.purged_at = len(self.recent)

    def _texts(self, numbers: Any) -> list[str]:
        return self.live.numbers.texts(np.asarray(numbers, np.int64)).to_pylist()

    # -- judging ---------------------------------------------------------------------------------------

    def _judge(self, numbers: Any, moment: int) -> None:
        values = self.live.features(numbers, moment)
        chance = self.model.chances(values)
        above = chance > self.threshold
        was = np.fromiter((one in self.listed for one in numbers.tolist()), bool, len(numbers))
        changed = np.flatnonzero(above != was)
        if not len(changed):
            return
        # By number, not by id: ids are given anew after a crash, and the list must come out the same.
        texts = self._texts(numbers[changed])
        told = zip(texts, changed.tolist(), sentences(self.model, values[changed]), strict=True)
        for text, row, reasons in sorted(told):
            self._change(
                int(numbers[row]), text, moment, float(chance[row]), reasons, int(values[row, REACHED])
            )
        self.list.flush()

    def _change(
        self, number: int, text: str, moment: int, score: float, reasons: list[str], reached: int
    ) -> None:
        enters = number not in self.listed
        if enters:
            self.listed.add(number)
        else:
            self.listed.remove(number)
        line = {
            "number": text, "at": _clock(moment - 1), "score": score, "listed": enters,
            "reasons": reasons, "reached": reached,
        }  # fmt: skip
        self.list.write(json.dumps(line, ensure_ascii=False))

    # -- after a crash ---------------------------------------------------------------------------------

    def _resume(self) -> None:
        """Stand where the last run stood: its snapshot, then its batches, played again. Whose state it is stands from the beginning."""
        kept = self.journal.snapshot()
        if kept is None:
            self.snapshot()
        else:
            kept_events, notes = kept
            self._check(notes)
            self.live.add(kept_events.sort_by("start"), 0)
            self.watermark, self.recent, self.counted = notes["watermark"], notes["recent"], notes["counted"]
            self.listed = set(self.live.numbers.encode(pa.array(notes["listed"], pa.string())).tolist())
            self.list.written = notes["list_bytes"]
        for batch in self.journal.batches():
            self.recent.update(zip(batch["id"].to_pylist(), batch["start"].to_pylist(), strict=True))
            self._count(batch)
            self.since_snapshot += batch.num_rows

    def _check(self, notes: dict[str, Any]) -> None:
        if (notes["model"], notes["threshold"]) != (self.model.card["seal"], self.threshold):
            raise BadModel(
                "the state folder belongs to another model or threshold; give an empty folder and send the events again"
            )
        if tuple(notes.get("part", (0, 1))) != self.part:
            raise BadModel(
                "the state folder belongs to another part of the numbers; give each part a folder of its own"
            )
        if self.as_of is not None and oldest_needed(self.as_of, None) < oldest_needed(
            notes["watermark"], notes["as_of"]
        ):
            raise BadModel(
                "the state folder no longer keeps what --as-of needs; give an empty folder and send the events again"
            )


class ListFile:
    """The list as it grows. ``written`` counts what the list says in full; what the file already holds is not written twice."""

    def __init__(self, path: Path):
        self._file = path.open("ab")
        self._held = os.fstat(self._file.fileno()).st_size
        self.written = 0

    def write(self, line: str) -> None:
        data = line.encode() + b"\n"
        missing = max(0, self.written + len(data) - max(self._held, self.written))
        self.written += len(data)
        if missing:
            self._file.write(data[len(data) - missing :])

    def settle(self) -> None:
        """After what was known is said again: whatever else the file holds is of another watch."""
        if self._held > self.written:
            self._file.truncate(self.written)
            self._held = self.written

    def flush(self) -> None:
        self._file.flush()

    def close(self) -> None:
        self._file.close()


def watch(watching: Watch, batches: Iterable[pa.Table], tell: Callable[[str], None]) -> None:
    """Everything there is, then a last snapshot."""
    for events in batches:
        watching.take(events)
    watching.snapshot()
    watching.list.close()
    tell(
        f"{watching.counted} records counted, {watching.ignored} sent again or too late, {len(watching.listed)} numbers on the list"
    )


def _clock(microseconds: int) -> str:
    whole, rest = divmod(microseconds, SECOND)
    return datetime.fromtimestamp(whole, CHINA).replace(microsecond=rest).isoformat()
