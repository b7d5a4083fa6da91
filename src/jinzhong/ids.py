"""Public ids: UUID version 7, made by whoever creates the thing, so that a phone without network can."""

import uuid
from collections.abc import Callable
from functools import cache
from typing import Any

import uuid6
from django.db.models import Model, QuerySet
from django.db.models.functions import Length

from jinzhong.statements import prepared


def new_id() -> uuid.UUID:
    """A fresh id; ids made later sort later."""
    return uuid.UUID(int=uuid6.uuid7().int)


def next_number(of: type[Model], prefix: str) -> str:
    """The next number behind a prefix, YJ20210531-0087. Call it while holding the turn to write.

    Bounds instead of a prefix search, and the text order up to 9999, let the index answer in either database.
    """
    newest = _newest(of)(prefix, prefix + 9 * "9")
    if newest == [f"{prefix}9999"]:
        newest = list(_numbers(of, prefix, prefix + 9 * "9").order_by(Length("number").desc(), "-number")[:1])
    return f"{prefix}{int(newest[0].removeprefix(prefix)) + 1 if newest else 1:04d}"


@cache
def _newest(of: type[Model]) -> Callable[[str, str], list[str]]:
    @prepared
    def newest(after: str, until: str) -> QuerySet[Any, str]:
        return _numbers(of, after, until).order_by("-number")[:1]

    return newest


def _numbers(of: type[Model], after: str, until: str) -> QuerySet[Any, str]:
    return of._default_manager.filter(number__gt=after, number__lte=until).values_list("number", flat=True)
