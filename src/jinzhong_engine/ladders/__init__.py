"""Colour rules as dated data: a list read from the top, in words an officer would use."""

from collections.abc import Callable
from typing import Any, NamedTuple


class Step(NamedTuple):
    """The first step whose ``holds`` is true gives the colour; ``reason`` is what people read."""

    colour: str
    reason: str
    holds: Callable[[Any], bool]
