"""What the readable rules say of a day's numbers, asked of its calls, and held beside the scores."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from jinzhong.scoring.given import Judged, Named, Scored
from jinzhong.vault import forms
from jinzhong_engine import signals

if TYPE_CHECKING:
    import pyarrow as pa

OTHERS = 2000
"""So many of the gravest that a rule names besides the rows of a list are kept."""


def asked(given: Judged, scored: Mapping[str, Scored], found: "pa.Table") -> Judged:
    """With what each rule names (``signals.found``). ``scored``: every number of the file; one that isn't there has no chance and is
    passed over."""
    reasons: dict[str, dict[str, str]] = {name: {} for name in signals.of_calls()}
    for row in found.to_pylist():
        number = _canonical(row["number"])
        if number in scored:
            reasons[row["signal"]][number] = row["reason"]
    rows = {one.number for one in given.rows}
    named = {name: Named(len(them), _kept(them, rows, scored)) for name, them in reasons.items()}
    others = {number for one in named.values() for number in one.reasons} - rows
    return replace(given, named=named, others=_gravest(others, scored))


def _kept(reasons: dict[str, str], rows: set[str], scored: Mapping[str, Scored]) -> dict[str, str]:
    """Of those in the list's rows, and of the gravest others."""
    others = {one.number for one in _gravest(reasons.keys() - rows, scored)[:OTHERS]}
    return {number: reason for number, reason in reasons.items() if number in rows or number in others}


def _gravest(numbers: set[str], scored: Mapping[str, Scored]) -> list[Scored]:
    return sorted((scored[number] for number in numbers), key=lambda one: (-one.score, one.number))


def _canonical(number: str) -> str:
    try:
        return forms.phone(number)
    except ValueError:
        return ""
