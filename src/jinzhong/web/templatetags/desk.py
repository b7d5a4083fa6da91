"""The fields of the hotline form: label, box, and what is wrong with it, in one place."""

from typing import Any

from django import template

register = template.Library()


@register.inclusion_tag("desk/field.html")
def call_field(
    name: str,
    label: str,
    given: dict[str, Any],
    errors: dict[str, str],
    *,
    width: str,
    limit: int,
    kind: str = "text",
    mode: str = "",
    hint: str = "",
    unit: str = "",
    focus: bool = False,
) -> dict[str, Any]:
    """One line of text. ``width``: the columns it takes (w1, w2, w4); ``mode``: the keyboard a phone shows."""
    return {
        "name": name,
        "label": label,
        "value": given.get(name, ""),
        "error": errors.get(name, ""),
        "width": width,
        "limit": limit,
        "kind": kind,
        "mode": mode,
        "hint": hint,
        "unit": unit,
        "focus": focus,
    }
