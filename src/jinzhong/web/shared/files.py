"""A file that a page gives out."""

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = {".xlsx": XLSX, ".csv": "text/csv"}
"""Endings of tables given out, and what a browser is told that they are."""


def attached(content: bytes, name: str, kind: str) -> HttpResponse:
    """To be kept under this name."""
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": content_disposition_header(True, name)}
    )
