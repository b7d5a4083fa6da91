"""Readable fraud signals, one a file: what it looks for, whom it must not catch (LOOK_ALIKE), and examples that are its tests.

A signal says what it ``READS``, and its ``hits`` returns one row per ``caller`` (or ``caller`` and hour) with the values its REASON
names. It reads the week before a moment:

    calls     caller, callee, at, seconds, answered (0 or 1), hour (clock hour), imei, city: one row per call made
    messages  sender, receiver, at, text_hash: one row per message
    features  number and the catalogue's features
    monthly   the operator's monthly table, with ``number``; ``COLUMNS`` names those it needs

Signals are written in relational expressions and name no engine; ``found`` runs them. What computes is imported there: pages read
titles and reasons without it.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

Reads = str


@dataclass(frozen=True)
class Signal:
    """One file of this folder."""

    name: str
    title: str
    about: str
    reads: Reads
    reason: str
    look_alike: str
    """The innocent one: like it, and not it."""
    columns: tuple[str, ...]
    hits: Callable[[Any], Any]
    examples: dict[str, tuple[list[str], list[str]]]


@cache
def signals() -> list[Signal]:
    """All signals, by name: being in the folder is all it takes."""
    found = []
    for one in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if not one.ispkg:
            module: Any = importlib.import_module(f"{__name__}.{one.name}")
            about = " ".join((module.__doc__ or "").split())
            found.append(
                Signal(
                    one.name,
                    module.TITLE,
                    about,
                    module.READS,
                    module.REASON,
                    module.LOOK_ALIKE,
                    getattr(module, "COLUMNS", ()),
                    module.hits,
                    module.EXAMPLES,
                )
            )
    return found


def of_calls() -> dict[str, Signal]:
    """Those that ``found`` asks, by name: they read calls and messages."""
    return {one.name: one for one in signals() if one.reads != "monthly"}


def found(
    calls: "pa.Table", messages: "pa.Table | None", features: "pa.Table", as_of: int, *, memory: int = 0
) -> "pa.Table":
    """number, signal, title, reason: what the signals find in the week before the moment. calls, messages: as ``files`` reads them;
    ``features``: ``native.features`` of them; ``memory``: bytes the process may take, all of it; 0: DuckDB's own idea."""
    from jinzhong_engine.backends import duck, relational
    from jinzhong_engine.backends.files import no_events
    from jinzhong_engine.tables import MESSAGES

    texts = no_events(MESSAGES) if messages is None else messages
    tables = {"calls": calls, "messages": texts, "features": features}

    def question(hits: Callable[[Any], Any], reads: Reads) -> Callable[[Any], Any]:
        return lambda given: hits(
            {**given, **relational.readable(given["calls"], given["messages"], as_of)}[reads]
        )

    return _told(
        (one, duck.ask(tables, question(one.hits, one.reads), memory=memory)) for one in of_calls().values()
    )


def found_monthly(monthly: "pa.Table", where: str) -> "pa.Table":
    """The same of the operator's monthly table, with ``number``; raises BadTable where it lacks what a signal reads."""
    from jinzhong_engine.backends import duck

    asked = [one for one in signals() if one.reads == "monthly"]
    for one in asked:
        _require(one, monthly, where)

    def question(hits: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda given: hits(given["monthly"])

    tables = {"monthly": monthly}
    return _told((one, duck.ask(tables, question(one.hits))) for one in asked)


def _require(signal: Signal, monthly: "pa.Table", where: str) -> None:
    import pyarrow as pa

    from jinzhong_engine.backends.files import BadTable

    for name in signal.columns:
        if monthly.column_names.count(name) != 1:
            raise BadTable(f"{where}: column {name} must stand there once; the rule {signal.title} reads it")
        kind = monthly.schema.field(name).type
        if not (pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_null(kind)):
            raise BadTable(f"{where}: column {name} holds {kind}, not numbers")


def _told(answers: Iterable[tuple[Signal, "pa.Table"]]) -> "pa.Table":
    """One row per number and signal. Of several hours the last in order counts: DuckDB gives rows in any order, a reason is always the same."""
    import pyarrow as pa

    shape = pa.schema([(name, pa.string()) for name in ("number", "signal", "title", "reason")])
    rows = {}
    for signal, answer in answers:
        for values in answer.sort_by([(name, "ascending") for name in answer.column_names]).to_pylist():
            told = {
                "signal": signal.name,
                "title": signal.title,
                "reason": signal.reason.format(**_shown(values)),
            }
            rows[values["caller"], signal.name] = {"number": values["caller"], **told}
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=shape)


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()}
