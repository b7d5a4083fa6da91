"""The paper as one HTML file that needs nothing beside it."""

from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from jinzhong.bulletin.paper.blocks import Paper


def drawn(paper: Paper) -> bytes:
    return render_to_string("bulletin/file.html", {"paper": paper, "css": css()}).encode()


@cache
def css() -> SafeString:
    """How a paper looks on a screen and when printed from there; ours, so safe as it is."""
    return mark_safe((Path(__file__).parent / "paper.css").read_text("utf-8"))
