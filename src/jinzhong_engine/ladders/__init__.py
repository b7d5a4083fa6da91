"""Colour rules as dated data: a list read from the top, in words an officer would use."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar


class Step(NamedTuple):
    """The first step whose ``holds`` is true gives the colour; ``reason`` is what people read."""

    colour: str
    reason: str
    holds: Callable[[Any], bool]


class Dated(Protocol):
    @property
    def effective_from(self) -> date: ...


Version = TypeVar("Version", bound=Dated)


def version_of(versions: Sequence[Version], on: date) -> Version:
    """The version of a day; before the first one, the first."""
    return max(
        (one for one in versions if one.effective_from <= on),
        key=lambda one: one.effective_from,
        default=versions[0],
    )
