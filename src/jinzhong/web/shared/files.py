"""Files that a page gives out, and whether those it was sent are all there."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TABLES = {".xlsx": XLSX, ".csv": "text/csv"}
"""Endings of tables given out, and what a browser is told that they are."""


def attached(content: bytes, name: str, kind: str) -> HttpResponse:
    """To be kept under this name, written on one line."""
    said = content_disposition_header(True, " ".join(name.split()))
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": said})


def were_too_many(request: HttpRequest) -> bool:
    """Files are kept in memory alone; those of a request larger than that are dropped by Django without a word."""
    return int(request.META.get("CONTENT_LENGTH") or 0) > settings.FILE_UPLOAD_MAX_MEMORY_SIZE
