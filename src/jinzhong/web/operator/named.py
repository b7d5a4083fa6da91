"""The readable rules that name a number, in the reader's language."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from jinzhong import reasons
from jinzhong.scoring import rules


@dataclass(frozen=True)
class Told:
    """One rule: what it saw, and the innocent one that looks alike."""

    title: str
    reason: str
    look_alike: str


def of(entry: Any) -> list[Told]:
    """What the rules say of a number of a list; one that is gone since keeps its name."""
    known = rules.rules()
    told = []
    for one in rules.naming(entry):
        rule = known.get(one.signal)
        told.append(
            Told(
                reasons.told(rule.title) if rule else one.signal,
                reasons.told(one.reason),
                reasons.told(rule.look_alike) if rule else "",
            )
        )
    return told


def titles(entries: Iterable[Any]) -> dict[UUID, list[str]]:
    """The titles of the rules that name each number, by number."""
    words = dict(rules.titles())
    return {
        number: [words.get(signal, signal) for signal in signals]
        for number, signals in rules.naming_each(entries).items()
    }
