"""Public ids: UUID version 7, made by whoever creates the thing, so that a phone without network can."""

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import uuid6
from django.db.models import Model, QuerySet

from jinzhong.statements import prepared

STEPS = 10
_last: dict[str, int] = {}
"""Where the newest number behind a prefix was when this process looked last."""


def new_id() -> uuid.UUID:
    """A fresh id; ids made later sort later."""
    return uuid.UUID(int=uuid6.uuid7().int)


def next_number(of: type[Model], prefix: str) -> str:
    """The next number behind a prefix, YJ20210531-0087. Call it while holding the turn to write.

    Bounds instead of a prefix search, and the text order up to 9999, let the index answer in either database.
    """
    newest = _newest(of)(prefix, prefix + 9 * "9")
    count = int(newest[0].removeprefix(prefix)) if newest else 0
    return f"{prefix}{(_beyond(of, prefix) if count == 9999 else count) + 1:04d}"


def _beyond(of: type[Model], prefix: str) -> int:
    """The newest from 9999 on, where texts are ordered otherwise than numbers: a little beyond where it was last, since none is left out."""
    last = _last.get(prefix, 9999)
    taken = _taken(of)([f"{prefix}{last + step}" for step in range(STEPS)])
    _last[prefix] = last + len(taken) - 1 if 0 < len(taken) < STEPS else _far_beyond(of, prefix)
    return _last[prefix]


def _far_beyond(of: type[Model], prefix: str) -> int:
    """Looked for digit by digit."""
    newest = 0
    for step in (100_000, 10_000, 1_000, 100, 10, 1):
        higher = [f"{prefix}{newest + digit * step}" for digit in range(1, 10)]
        newest += step * len(_taken(of)(higher))
    return max(newest, 9999)


@cache
def _newest(of: type[Model]) -> Callable[[str, str], list[str]]:
    @prepared
    def newest(after: str, until: str) -> QuerySet[Any, str]:
        return _numbers(of).filter(number__gt=after, number__lte=until).order_by("-number")[:1]

    return newest


@cache
def _taken(of: type[Model]) -> Callable[[list[str]], list[str]]:
    @prepared
    def taken(numbers: list[str]) -> QuerySet[Any, str]:
        return _numbers(of).filter(number__in=numbers).order_by()

    return taken


def _numbers(of: type[Model]) -> QuerySet[Any, str]:
    return of._default_manager.values_list("number", flat=True)
