"""Bulletins as files: one description of the page, drawn as HTML, PDF and DOCX. Equal content gives equal bytes."""

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

from jinzhong.bulletin.content import Content, written
from jinzhong.bulletin.paper import docx, html, pdf
from jinzhong.bulletin.paper.blocks import Paper

ENDINGS = ("json", "html", "pdf", "docx")
HERE = Path(__file__).parent


def drawn(paper: Paper, content: Content, ending: str) -> bytes:
    """The content as a file of this kind, dated at its own cut-off: no clock is read."""
    at = datetime.fromisoformat(content["as_of"])
    if ending == "json":
        return written(content)
    if ending == "html":
        return html.drawn(paper)
    if ending == "pdf":
        return pdf.drawn(paper, at=at)
    if ending == "docx":
        return docx.drawn(paper, at=at)
    raise KeyError(ending)


@cache
def fingerprint() -> str:
    """Which drawing software and fonts a paper was made with."""
    together = hashlib.sha256()
    for path in sorted([*HERE.rglob("*.*"), *pdf.font_files()]):
        if path.suffix != ".pyc":
            together.update(path.read_bytes())
    return together.hexdigest()[:16]
