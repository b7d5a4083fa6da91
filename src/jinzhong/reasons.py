"""What the engine says and what a bulletin is called, in the reader's language. What is kept, logged or printed stays as it was said."""

import re
from functools import cache

from django.utils.translation import get_language, gettext, gettext_noop
from django.utils.translation import gettext as _

from jinzhong_engine import sayings, signals

ONLY_VALUES_ARE_CHINESE = (gettext_noop("{feature} {number} {unit}"), gettext_noop("{feature} {percent}%"))
"""Patterns that are marked here, since nothing in them tells that they are read."""
CHINESE = re.compile(r"[\u3400-\u9fff]")


def told(reason: str) -> str:
    """A reason in words to show; a name, and what nobody can read back, as it stands."""
    if get_language() != "en":
        return reason
    return _("；").join(_clause(one) for one in reason.split(sayings.CLAUSE))


def _clause(said: str) -> str:
    if not CHINESE.search(said):
        return said
    found = _read(said)
    if found:
        pattern, values = found
        return gettext(pattern).format(**{name: _clause(value) for name, value in values.items()})
    word = gettext(said)
    return _("、").join(map(_clause, said.split("、"))) if word == said and "、" in said else word


def _read(said: str) -> tuple[str, dict[str, str]] | None:
    """The pattern and its values: of a readable rule, which says its reason by its own, or of the engine's sayings."""
    for pattern, reader in _rules().items():
        found = reader.fullmatch(said)
        if found:
            return pattern, found.groupdict()
    known = sayings.read(said)
    return (known[0].value, known[1]) if known else None


@cache
def _rules() -> dict[str, re.Pattern[str]]:
    return {one.reason: sayings.reader(one.reason) for one in signals.signals()}
