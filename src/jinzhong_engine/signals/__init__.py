"""Readable fraud signals, one a file: what it looks for, whom it must not catch, and examples that are its tests.

A signal says what it ``READS``, and its ``hits`` returns one row per ``caller`` (or ``caller`` and hour) with the values its REASON
names. It reads the week before a moment:

    calls     caller, callee, at, seconds, answered (0 or 1), hour (clock hour), imei, city: one row per call made
    messages  sender, receiver, at, text_hash: one row per message
    features  number and the catalogue's features
    monthly   the operator's monthly table, with ``number``

Signals are written in relational expressions and name no engine; ``found`` runs them.
"""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from jinzhong_engine.backends import duck, native, relational
from jinzhong_engine.backends.files import no_events
from jinzhong_engine.tables import MESSAGES

Reads = str


@dataclass(frozen=True)
class Signal:
    """One file of this folder."""

    name: str
    title: str
    about: str
    reads: Reads
    reason: str
    hits: Callable[[Any], Any]
    examples: dict[str, tuple[list[str], list[str]]]


def signals() -> list[Signal]:
    """All signals, by name: being in the folder is all it takes."""
    found = []
    for one in sorted(pkgutil.iter_modules(__path__), key=lambda module: module.name):
        if not one.ispkg:
            module: Any = importlib.import_module(f"{__name__}.{one.name}")
            about = " ".join((module.__doc__ or "").split())
            found.append(
                Signal(
                    one.name, module.TITLE, about, module.READS, module.REASON, module.hits, module.EXAMPLES
                )
            )
    return found


def found(calls: pa.Table, messages: pa.Table | None, as_of: int) -> pa.Table:
    """number, signal, title, reason: what the signals find in the week before the moment. calls, messages: as ``files`` reads them."""
    tables = {"calls": calls, "messages": no_events(MESSAGES) if messages is None else messages}
    tables["features"] = native.features(calls, messages, as_of)

    def question(hits: Callable[[Any], Any], reads: Reads) -> Callable[[Any], Any]:
        return lambda given: hits(
            {**given, **relational.readable(given["calls"], given["messages"], as_of)}[reads]
        )

    return _told(
        (one, duck.ask(tables, question(one.hits, one.reads))) for one in signals() if one.reads != "monthly"
    )


def found_monthly(monthly: pa.Table) -> pa.Table:
    """The same of the operator's monthly table, with ``number``."""

    def question(hits: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda given: hits(given["monthly"])

    tables = {"monthly": monthly}
    return _told((one, duck.ask(tables, question(one.hits))) for one in signals() if one.reads == "monthly")


SHAPE = pa.schema([(name, pa.string()) for name in ("number", "signal", "title", "reason")])


def _told(answers: Iterable[tuple[Signal, pa.Table]]) -> pa.Table:
    rows = {}
    for signal, answer in answers:
        for values in answer.to_pylist():
            told = {
                "signal": signal.name,
                "title": signal.title,
                "reason": signal.reason.format(**_shown(values)),
            }
            rows[values["caller"], signal.name] = {"number": values["caller"], **told}
    return pa.Table.from_pylist([rows[key] for key in sorted(rows)], schema=SHAPE)


def _shown(values: dict[str, Any]) -> dict[str, Any]:
    return {name: f"{value:g}" if isinstance(value, float) else value for name, value in values.items()}
