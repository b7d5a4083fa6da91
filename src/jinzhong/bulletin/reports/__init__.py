"""The kinds of bulletins. A kind is found by being in this folder; ``base`` says what it must offer."""

import importlib
import pkgutil
from functools import cache

from jinzhong.bulletin.reports.base import Report

SHARED = {"base"}


@cache
def known() -> dict[str, Report]:
    """All kinds by name."""
    names = sorted(one.name for one in pkgutil.iter_modules(__path__) if one.name not in SHARED)
    return {name: importlib.import_module(f"{__name__}.{name}") for name in names}


def of(kind: str) -> Report:
    """The kind; of one that is held for a campaign of its own (special-3) the report about that. Raises KeyError."""
    name, dash, number = kind.partition("-")
    found = known()[name]
    about = getattr(found, "about", None)
    if bool(about) != bool(dash):
        raise KeyError(kind)
    return about(number) if about else found
