"""How early a fraud number is listed, in calls, minutes and people reached, and how right the weekly list is.

Measured by replaying a world whose truth is known, minute by minute, through the ledgers and the kernel of the live watch. Half of
a short world, at most the look-back, passes first without being judged: on its first day everybody is a stranger to everybody.
"""

import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import files
from jinzhong_engine.backends import register as registers
from jinzhong_engine.backends.live import Live
from jinzhong_engine.backends.register import Register
from jinzhong_engine.evaluate import survival
from jinzhong_engine.evaluate.made import made_by
from jinzhong_engine.evaluate.precision import stated
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import DAY, LOOKBACK, SECOND, SHANGHAI, WEEK
from jinzhong_engine.models import measures
from jinzhong_engine.models.boosting import Model, of_calls
from jinzhong_engine.tables import CALLS, MESSAGES

MINUTE = 60 * SECOND
PEOPLE = (0, 1, 2, 5, 10, 20, 50)
SOONER = "within_20_calls_or_60_minutes"
MARKS = {
    "calls": (1, 2, 5, 10, 20, 50, 100),
    "minutes": (1, 5, 15, 60, 240, 24 * 60, 7 * 24 * 60),
    SOONER: (1,),
    "reached": PEOPLE,
    "baseline": PEOPLE,
}
"""Where each curve is read: calls made, minutes since the first, people who answered before the listing, and before the plain rule's."""
OUT_1D = NAMES.index("out_calls_1d")


@dataclass(frozen=True)
class World:
    """Calls in the order of time, the same with the messages among them (``Live.add``), and for each fraud number its first fraud call
    and its gang. ``register``: when numbers were opened, and the fraud numbers that were suspended, as known from then on."""

    calls: pa.Table
    events: pa.Table
    register: Register
    fraud: dict[str, int]
    gangs: dict[str, str]
    begin: int
    end: int

    @property
    def has_messages(self) -> bool:
        return "text_hash" in self.events.column_names


def read_world(folder: Path, latest: int, tell: Callable[[str], None]) -> World:
    """``messages/`` may be missing, of a world that knows none: ``World.has_messages``."""
    calls = files.read_events(folder / "calls", CALLS, latest).sort_by("start")
    texts = folder / "messages"
    events = _with_messages(calls, files.read_events(texts, MESSAGES, latest)) if texts.exists() else calls
    path = folder / "truth" / "numbers.parquet"
    truth = files.read_table(path)
    missing = {"number", "role", "first_active"} - set(truth.column_names)
    if missing:
        raise files.BadTable(f"{path}: column {min(missing)} is missing")
    moments = truth["first_active"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    rows = truth.drop(["first_active"]).append_column("first_active", moments).to_pylist()
    fraud = {
        row["number"]: row["first_active"]
        for row in rows
        if row["role"] == "fraud" and row["first_active"] is not None
    }
    if not calls.num_rows or not fraud:
        raise files.BadTable(f"{folder}: a world without calls or without fraud numbers; nothing to measure")
    begin, end = calls["start"][0].as_py(), calls["start"][-1].as_py() + 1
    days = max(1, (end - begin) // DAY)
    warm = (begin + SHANGHAI) // DAY * DAY - SHANGHAI + min(LOOKBACK, days // 2 * DAY)
    gangs = {row["number"]: row.get("gang") or row["number"] for row in rows if row["number"] in fraud}
    return World(calls, events, _register(folder, truth, latest, tell), fraud, gangs, warm, end)


def _register(folder: Path, truth: pa.Table, latest: int, tell: Callable[[str], None]) -> Register:
    """What a world says of its numbers; it may lack either."""
    sold = folder / "subscribers.parquet"
    opened = registers.read(sold if sold.exists() else None, None, latest, tell).opened
    if "suspended_at" not in truth.column_names:
        return Register(opened)
    at = truth["suspended_at"].cast(pa.timestamp("us", tz="UTC")).cast(pa.int64())
    known = pa.table([truth["number"], at], names=registers.SHAPE.names)
    return Register(opened, known.filter(pc.and_(pc.equal(truth["role"], "fraud"), at.is_valid())))


def _with_messages(calls: pa.Table, messages: pa.Table) -> pa.Table:
    """Both in the order of time, messages as ``Live.add`` takes them."""
    texts = messages.select(("sender", "receiver", "sent", "text_hash"))
    texts = texts.rename_columns(["caller", "callee", "start", "text_hash"])
    return pa.concat_tables([calls, texts], promote_options="default").sort_by("start")


def evaluate(world: World, model: Model, fpr: float, prevalence: float | None = None) -> dict[str, Any]:
    """The figures of ``numbers evaluate``; null where the middle number was never listed. ``prevalence``: of the world, for the
    precision the weekly lists state; default: of the rows the model was fitted on.
    """
    threshold = of_calls(model, world.register.given).threshold(fpr)
    weeks, most_calls = _weeks(world, model, threshold, fpr, prevalence)
    first, plain = _replay(world, model, threshold, most_calls)
    fraud = {one: since for one, since in world.fraud.items() if since >= world.begin}
    by_caller = made_by(world.calls, fraud)
    calls = [_calls_until(by_caller, one, since, first.get(one)) for one, since in fraud.items()]
    minutes = [(first[one] - since) / MINUTE if one in first else math.inf for one, since in fraud.items()]
    sooner = [min(c / 20, m / 60) for c, m in zip(calls, minutes, strict=True)]
    reached = [_reached_until(by_caller, one, first.get(one)) for one in fraud]
    baseline = [_reached_until(by_caller, one, plain.get(one)) for one in fraud]
    gangs = [world.gangs[one] for one in fraud]
    until = {"calls": calls, "minutes": minutes, SOONER: sooner, "reached": reached, "baseline": baseline}
    return {
        "threshold": threshold,
        "fraud_numbers": len(fraud),
        "calls": {"median": survival.median(calls), "share_within_20": _share(calls, 20)},
        "minutes": {"median": survival.median(minutes), "share_within_60": _share(minutes, 60)},
        SOONER: _share(sooner, 1),
        "first_active_day_share": _first_day_share(fraud, first),
        "reached": {"median": survival.median(reached), "baseline_median": survival.median(baseline)},
        "curves": {name: survival.curve(until[name], gangs, marks) for name, marks in MARKS.items()},
        "innocent_ever_listed_share": _wrongly_listed(world, first),
        "weeks": weeks,
    }


def _wrongly_listed(world: World, first: dict[str, int]) -> float:
    """Of the innocent numbers that called anybody: listed for a minute or longer. Every minute is another chance to be, so more than ``fpr``."""
    judged = world.calls.filter(pc.greater_equal(world.calls["start"], world.begin))
    innocent = set(pc.unique(judged["caller"].cast(pa.string())).to_pylist()) - world.fraud.keys()
    return len(innocent & first.keys()) / max(1, len(innocent))


def _weeks(
    world: World, model: Model, threshold: float, fpr: float, prevalence: float | None
) -> tuple[list[dict[str, Any]], float]:
    """(the list as it stands at the end of each week, the plain rule's limit of calls a day at the same share of false alarms)."""
    live, at, found, calls_a_day = Live(register=world.register), 0, [], [np.zeros(1)]
    moments = list(range(world.begin + WEEK, world.end, WEEK)) or [world.end]
    starts = world.events["start"].to_numpy()
    for moment in moments:
        upto = int(np.searchsorted(starts, moment))
        live.add(world.events.slice(at, upto - at), moment - LOOKBACK)
        at, chosen = upto, live.active(moment)
        values = live.features(chosen, moment)
        asked = model.asks(values)
        chance = model.chances(asked)
        is_fraud = np.array(
            [world.fraud.get(one, world.end) < moment for one in live.numbers.texts(chosen).to_pylist()]
        )
        on_list = chance > threshold
        found.append(stated(model.chances(asked[on_list], prevalence), is_fraud[on_list]))
        calls_a_day.append(values[~is_fraud, OUT_1D])
    innocent = np.concatenate(calls_a_day)
    return found, measures.threshold_at(np.zeros(len(innocent)), innocent, fpr)


def _replay(
    world: World, model: Model, threshold: float, most_calls: float
) -> tuple[dict[str, int], dict[str, int]]:
    """When each number was first listed: by the model, and by the plain rule "more than so many calls a day"."""
    live, first, plain = Live(register=world.register), dict[str, int](), dict[str, int]()
    for minute, piece in _minutes(world):
        told = live.add(piece, minute - LOOKBACK)
        if minute <= world.begin:
            continue
        callers = live.active(minute, told)
        values = live.features(callers, minute)
        chance = model.chances(model.asks(values))
        for line, number in enumerate(live.numbers.texts(callers).to_pylist()):
            if chance[line] > threshold:
                first.setdefault(number, minute)
            if values[line, OUT_1D] > most_calls:
                plain.setdefault(number, minute)
    return first, plain


def _minutes(world: World) -> Iterator[tuple[int, pa.Table]]:
    """(end of the minute, its calls and messages); what lies before the beginning comes as one piece."""
    starts = world.events["start"].to_numpy()
    warm = int(np.searchsorted(starts, world.begin))
    if warm:
        yield world.begin, world.events.slice(0, warm)
    minutes = starts[warm:] // MINUTE
    cuts = [0, *(np.flatnonzero(np.diff(minutes)) + 1).tolist(), len(minutes)]
    for low, high in itertools.pairwise(cuts):
        if high > low:
            yield int(minutes[low] + 1) * MINUTE, world.events.slice(warm + low, high - low)


def _calls_until(by_caller: dict[str, Any], number: str, since: int, until: int | None) -> float:
    if until is None:
        return math.inf
    return sum(since <= at < until for at, _callee, _seconds in by_caller[number])


def _reached_until(by_caller: dict[str, Any], number: str, until: int | None) -> float:
    """People who answered before the number was listed."""
    if until is None:
        return math.inf
    return len({callee for at, callee, seconds in by_caller[number] if at < until and seconds > 0})


def _first_day_share(fraud: dict[str, int], first: dict[str, int]) -> float | None:
    """Listed before the local day ended on which it was first active. The list of a day's last minute stands at midnight: the next day."""
    days = [(_day(first[one]) - _day(since)) if one in first else math.inf for one, since in fraud.items()]
    return _share(days, 0)


def _day(at: int) -> int:
    return (at + SHANGHAI) // DAY


def _share(values: list[float], limit: float) -> float | None:
    return sum(one <= limit for one in values) / len(values) if values else None
