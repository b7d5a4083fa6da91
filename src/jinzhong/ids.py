"""Public ids: UUID version 7, made by whoever creates the thing, so that a phone without network can."""

import uuid
from typing import Any

import uuid6
from django.db.models import QuerySet
from django.db.models.functions import Length


def new_id() -> uuid.UUID:
    """A fresh id; ids made later sort later."""
    return uuid.UUID(int=uuid6.uuid7().int)


def next_number(numbers: QuerySet[Any], prefix: str) -> str:
    """The next number behind a prefix, YJ20210531-0087. Call it while holding the turn to write.

    Bounds instead of a prefix search, and the text order up to 9999, let the index answer in either database.
    """
    of_the_day = numbers.filter(number__gt=prefix, number__lte=prefix + 9 * "9").values_list(
        "number", flat=True
    )
    newest = of_the_day.order_by("-number").first()
    if newest == f"{prefix}9999":
        newest = of_the_day.order_by(Length("number").desc(), "-number").first()
    return f"{prefix}{int(newest.removeprefix(prefix)) + 1 if newest else 1:04d}"
