"""The live watch: every call counts once, its caller is judged at once, and the list says when a number enters and leaves.

The features come from the same kernel as the batch's, over ledgers that grow; so at any moment T the watch gives every number
the score ``numbers score --calls`` gives it as of T, to the last bit.
"""

import json
import os
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta, timezone
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jinzhong_engine.backends import files
from jinzhong_engine.backends.live import Live, oldest_needed
from jinzhong_engine.backends.register import NOTHING, Register
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import HOUR, SECOND
from jinzhong_engine.models.ahead import Ahead, is_marked, marked
from jinzhong_engine.models.boosting import Model, of_calls
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.disk import replace, sync_folder
from jinzhong_engine.models.journal import Journal, hold_alone
from jinzhong_engine.models.reasons import sentences
from jinzhong_engine.models.recent import Recent

MARK_EVERY = 250_000
"""Records between two marks: what is judged again after a crash."""

NO_CLOCK = 2**63 - 1
AIR = 100_000
"""Numbers and texts met beyond twice those that were left the last time, before it is looked which never came back."""

CHINA = timezone(timedelta(hours=8))

REACHED = NAMES.index("reached_7d")


class Beside(Protocol):
    """What is told beside the list, of whom the listed numbers talk to (``evaluate.talking``)."""

    out: "ListFile"

    def changed(self, number: str, enters: bool, moment: int) -> None: ...
    def look(self, live: Live, events: pa.Table, moment: int) -> list[str]: ...
    def notes(self) -> dict[str, Any]: ...
    def stand(self, notes: dict[str, Any] | None, listed: list[str]) -> None: ...


class Watch:
    """Takes batches of checked events (``events.batches``), writes the list to ``out``, keeps its state in a folder.

    ``part`` (k, n): judges only the numbers of part k of n. Given the same events, n watches, each on its own machine, list between
    them what one would. ``quiet_until``: records before this moment count, but list nobody; to a watch without a past everybody is new.
    ``line``: lists from this chance on, at the fitted prevalence, instead of the model's own for ``fpr``. ``people``: tells whom the listed numbers talk to. ``register``: what is said of numbers, from the first record on that this watch takes. ``now``: the clock, asked anew each time; records ahead of it wait until the others get there (decision 27). Without it none are.
    """

    def __init__(
        self,
        model: Model,
        state: Path,
        out: Path,
        *,
        lateness: int,
        fpr: float = 0.001,
        line: float | None = None,
        as_of: int | None = None,
        part: tuple[int, int] = (0, 1),
        quiet_until: int = 0,
        now: Callable[[], int] = lambda: NO_CLOCK,
        people: Beside | None = None,
        register: Register = NOTHING,
    ):
        self.model, self.as_of = of_calls(model, register.given), as_of
        self.threshold = model.threshold(fpr) if line is None else line
        self.lateness, self.quiet_until, self.now = lateness, quiet_until, now
        _warm(model)
        self.part, self.watermark = part, 0
        self.listed: set[int] = set()
        self.recent, self.ahead = Recent(), Ahead()
        self.counted, self.ignored, self.since_mark = 0, 0, 0
        self.known = 0
        self.list, self.people = ListFile(out), people
        self.journal = Journal(state)
        was_said = _kept(state)
        self.live = Live(part, was_said)
        self._resume()
        self.known = self.live.met
        self.journal.settle()
        self.list.drop_held()
        if people:
            people.out.drop_held()
        if self.quiet_until != quiet_until or was_said != register:
            self.quiet_until = quiet_until
            self.mark()
            _keep(register, state)
            self.live.told(register)

    def take(self, events: pa.Table) -> None:
        """Count what is new, in whatever order it comes; then judge who called."""
        now = self.now()
        is_ahead = events["start"].to_numpy() > now
        if is_ahead.any():
            self._hold(events.filter(pa.array(is_ahead)))
            events = events.filter(pa.array(~is_ahead))
        self._take_in(self._fresh(events))
        self.catch_up()

    def catch_up(self, until: int | None = None) -> None:
        """Count the records that waited for a time that the others have come to, or that is past by the lateness."""
        come = max(self.watermark, self.now() - self.lateness) if until is None else until
        if (due := self.ahead.due(come)) is not None:
            self.ahead.leave(due)
            self._take_in(due)

    def _hold(self, events: pa.Table) -> None:
        new = self._remember(events)
        fresh = events.filter(pa.array(new))
        self.ignored += events.num_rows - fresh.num_rows
        if fresh.num_rows:
            self.journal.append(marked(fresh))
            self.ahead.wait(fresh)

    def _take_in(self, fresh: pa.Table) -> None:
        if fresh.num_rows:
            self.journal.append(fresh)
            self._count(fresh)
            self.since_mark += fresh.num_rows
            if self.since_mark >= MARK_EVERY:
                self.mark()

    @property
    def newest(self) -> datetime | None:
        """When the newest record was."""
        return in_china(self.watermark) if self.watermark else None

    def scores(self, as_of: int) -> pa.Table:
        """number, score of every number with a call in the week before ``as_of``, by number."""
        chosen = self.live.active(as_of)
        chance = self.model.chances(self.model.asks(self.live.features(chosen, as_of)))
        numbers = self.live.numbers.texts(chosen)
        return pa.table({"number": numbers, "score": pa.array(chance, pa.float64())}).sort_by("number")

    def mark(self) -> None:
        """From here on the next run stands on again."""
        self.journal.settle()
        self.list.settle()
        if self.people:
            self.people.out.settle()
        notes = {
            "model": self.model.card["seal"], "threshold": self.threshold, "part": self.part,
            "watermark": self.watermark, "counted": self.counted, "as_of": self.as_of,
            "listed": sorted(self._texts(list(self.listed))), "list_bytes": self.list.written,
            "quiet_until": self.quiet_until,
            **({"people": self.people.notes()} if self.people else {}),
        }  # fmt: skip
        self.journal.mark(notes, self._oldest())
        self.since_mark = 0
        if self.live.met > 2 * self.known + AIR:
            self._forget_strangers()

    def _forget_strangers(self) -> None:
        """Most numbers call once and never again; memory follows the look-back and not the time the watch has run."""
        names = self.live.forget(self._oldest(), np.fromiter(self.listed, np.int64, len(self.listed)))
        self.listed = {int(names[one]) for one in self.listed}
        self.known = self.live.met

    def close(self) -> None:
        self.mark()
        self.journal.close()
        self.list.close()
        if self.people:
            self.people.out.close()

    # -- counting --------------------------------------------------------------------------------------

    def _fresh(self, events: pa.Table) -> pa.Table:
        """Without what came before. An event older than the lateness allows can only be one sent again."""
        at = events["start"].to_numpy()
        shown = np.maximum.accumulate(np.concatenate([[self.watermark], at]))
        late = at < shown[:-1] - self.lateness
        in_time = events.filter(pa.array(~late)) if late.any() else events
        new = self._remember(in_time)
        fresh = in_time if new.all() else in_time.filter(pa.array(new))
        self.ignored += events.num_rows - fresh.num_rows
        return fresh

    def _remember(self, events: pa.Table) -> Any:
        """Whether each came for the first time."""
        return self.recent.note(events["id"].to_pylist(), int(events["start"].to_numpy().max(initial=0)))

    def _count(self, fresh: pa.Table) -> None:
        hour_before = self.watermark // HOUR
        self.watermark = max(self.watermark, pc.max(fresh["start"]).as_py())
        told = self.live.add(fresh, self._oldest())
        numbers = self.live.active(self.watermark + 1, told)
        if (
            self.watermark // HOUR != hour_before
        ):  # the listed are looked at again, called or not: windows move on
            numbers = np.union1d(numbers, np.fromiter(self.listed, np.int64, len(self.listed)))
        self.counted += fresh.num_rows
        if self.watermark >= self.quiet_until:
            self._judge(numbers, self.watermark + 1)
            self._tell_of_people(fresh, self.watermark + 1)
        self.recent.forget(self.watermark - self.lateness)

    def _oldest(self) -> int:
        return oldest_needed(self.watermark, self.as_of)

    def _texts(self, numbers: Any) -> list[str]:
        return self.live.numbers.texts(np.asarray(numbers, np.int64)).to_pylist()

    # -- judging ---------------------------------------------------------------------------------------

    def _judge(self, numbers: Any, moment: int) -> None:
        values = self.live.features(numbers, moment)
        asked = self.model.asks(values)
        chance = self.model.chances(asked)
        above = chance > self.threshold
        was = np.fromiter((one in self.listed for one in numbers.tolist()), bool, len(numbers))
        changed = np.flatnonzero(above != was)
        if not len(changed):
            return
        entered = above[changed]
        of = numbers[changed].tolist()
        for number, enters in zip(of, entered.tolist(), strict=True):
            (self.listed.add if enters else self.listed.remove)(number)
        # What the list says must be found again after a power cut; why it says so is worked out while the next records are counted.
        texts = self._texts(of)
        if self.people:
            for text, enters in zip(texts, entered.tolist(), strict=True):
                self.people.changed(text, enters, moment)
        told = (texts, chance[changed], entered, asked[changed], values[changed, REACHED])
        self.journal.then(partial(self._say, moment, *told))

    def _say(
        self, moment: int, texts: list[str], chance: Any, entered: Any, asked: Any, reached: Any
    ) -> None:
        """Who came to be listed, and who no longer is, by number: ids are given anew after a crash, and the list must come out the same."""
        rows = zip(texts, chance, entered, sentences(self.model, asked), reached, strict=True)
        self.list.say([_line(moment, *row) for row in sorted(rows, key=itemgetter(0))])

    def _tell_of_people(self, fresh: pa.Table, moment: int) -> None:
        """Behind the list's own lines: whom a line of people speaks of stands on the list already."""
        if self.people and (lines := self.people.look(self.live, fresh, moment)):
            self.journal.then(partial(self.people.out.say, lines))

    # -- after a crash ---------------------------------------------------------------------------------

    def _resume(self) -> None:
        """Stand where the last run stood: at its mark, then its batches, played again. Whose state it is stands from the beginning."""
        notes = self.journal.notes
        self.list.stand(notes["list_bytes"] if notes else None)
        if self.people:
            self.people.stand(notes.get("people") if notes else None, notes["listed"] if notes else [])
        if notes is None:
            self.mark()
        else:
            self._check(notes)
            self._stand_at(notes)
            # What came since was judged, and is judged again, as it was said to that run.
            self.quiet_until = notes.get("quiet_until", self.quiet_until)
        for batch in self.journal.since():
            self._remember(batch)
            if is_marked(batch):
                self.ahead.wait(batch)
                continue
            self.ahead.leave(batch)
            self._count(batch)
            self.since_mark += batch.num_rows

    def _stand_at(self, notes: dict[str, Any]) -> None:
        self.watermark, self.counted = notes["watermark"], notes["counted"]
        for events in self.journal.ended():
            if is_marked(events):
                self.ahead.wait(events)
            else:
                self.ahead.leave(events)
                self.live.add(events, self._oldest())
            if pc.max(events["start"]).as_py() >= self.watermark - self.lateness:
                self._remember(events)
        self.listed = set(self.live.numbers.encode(pa.array(notes["listed"], pa.string())).tolist())

    def _check(self, notes: dict[str, Any]) -> None:
        if (notes["model"], notes["threshold"]) != (self.model.card["seal"], self.threshold):
            raise BadModel(
                "the state folder belongs to another model or threshold; give an empty folder and a new list, and send the events again"
            )
        if tuple(notes.get("part", (0, 1))) != self.part:
            raise BadModel(
                "the state folder belongs to another part of the numbers; give each part a folder of its own"
            )
        if self.as_of is not None and oldest_needed(self.as_of, None) < oldest_needed(
            notes["watermark"], notes["as_of"]
        ):
            raise BadModel(
                "the state folder no longer keeps what --as-of needs; give an empty folder and a new list, and send the events again"
            )


def _line(moment: int, number: str, chance: float, enters: bool, reasons: list[str], reached: float) -> str:
    line = {
        "number": number, "at": in_china(moment - 1).isoformat(), "score": float(chance), "listed": bool(enters),
        "reasons": reasons, "reached": int(reached),
    }  # fmt: skip
    return json.dumps(line, ensure_ascii=False)


def _warm(model: Model) -> None:
    """Make what the first batch would else wait for: compiled passes, planted trees."""
    one = pa.array(["1"])
    told = {
        "caller": one,
        "callee": pa.array(["2"]),
        "cell": one,
        "imei": one,
        "peer_city": one,
        "kind": pa.array(["domestic"]),
    }
    call = pa.table({**told, "start": pa.array([1]), "seconds": pa.array([1], pa.int32())})
    live = Live()
    asked = model.asks(live.features(live.add(call, 0), 2))
    model.chances(asked)
    sentences(model, asked)


def _keep(register: Register, state: Path) -> None:
    """What was judged by it is judged again by it after a crash."""
    for name in Register._fields:
        path = state / f"{name}.parquet"
        if (table := register.given.get(name)) is None:
            path.unlink(missing_ok=True)
        else:
            pq.write_table(table, sink := pa.BufferOutputStream())
            replace(path, [sink.getvalue()])
    sync_folder(state)


def _kept(state: Path) -> Register:
    paths = {name: state / f"{name}.parquet" for name in Register._fields}
    return Register(**{name: files.read_table(path) for name, path in paths.items() if path.exists()})


class ListFile:
    """The list as it grows. ``written`` counts the bytes it says in full; what the file already says isn't written twice."""

    def __init__(self, path: Path):
        self._file = path.open("ab")
        hold_alone(self._file, path)
        sync_folder(path.parent)
        self.path, self.written, self._held = path, 0, b""

    def stand(self, written: int | None) -> None:
        """So much was said before; what the file holds behind it may be said again. None: nothing was, and the file is a new one."""
        self.written = written or 0
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if written is None and size:
                raise BadModel(
                    f"{self.path}: holds something already, and the state folder is new; give a new list, or the state folder this one belongs to"
                )
            if size < self.written:
                raise BadModel(
                    f"{self.path}: shorter than the state folder says; give the list it belongs to, or an empty state folder and a new list, and send the events again"
                )
            file.seek(self.written)
            self._held = file.read()

    def say(self, lines: list[str]) -> None:
        for line in lines:
            self._write(line)
        self._file.flush()

    def _write(self, line: str) -> None:
        data = line.encode() + b"\n"
        if self._held.startswith(data):
            self._held = self._held[len(data) :]
        else:
            self.drop_held()
            self._file.write(data)
        self.written += len(data)

    def drop_held(self) -> None:
        """After what was known is said again: whatever else the file holds is torn, or of another watch."""
        if self._held:
            self._file.truncate(self.written)
            self._held = b""

    def settle(self) -> None:
        """Returns when what was said outlives a power cut."""
        self._file.flush()
        os.fsync(self._file.fileno())

    def close(self) -> None:
        self._file.close()


def watch(
    watching: Watch,
    batches: Iterable[pa.Table | None],
    tell: Callable[[str], None],
    beat: Callable[[Watch], None] = lambda _: None,
) -> None:
    """Everything there is, then a last mark. ``beat`` is called after each batch, and where there was none for a while."""
    for events in batches:
        if events is None:
            watching.catch_up()
        else:
            watching.take(events)
        beat(watching)
    watching.catch_up(watching.as_of)
    watching.close()
    tell(
        f"{watching.counted} records counted, {watching.ignored} sent again or too late, {len(watching.listed)} numbers on the list"
    )


def in_china(microseconds: int) -> datetime:
    whole, rest = divmod(microseconds, SECOND)
    return datetime.fromtimestamp(whole, CHINA).replace(microsecond=rest)
