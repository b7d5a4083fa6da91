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
