"""Bulletins that a bank, an outlet or an operator was sent: what came, one of them as it was issued, and that it was received."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.bulletin import queries, reports, sending
from jinzhong.bulletin.paper import html
from jinzhong.situation import sentences
from jinzhong.web.shared.files import attached
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

MAY = "bulletin.receive"
LINES = 50
FILES = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


def to_confirm(viewer: Any) -> int:
    return sending.unconfirmed(viewer).count()


@page("received", name="received", may=MAY, menu=(50, gettext_lazy("通报")), count=to_confirm)
def received(request: Request) -> HttpResponse:
    rows = Paginator(sending.received(request.user), LINES).get_page(request.GET.get("page"))
    listed = [(one, *_called(one)) for one in rows]
    return render(request, "shared/received.html", {"rows": rows, "listed": listed})


@page("received/<uuid:pk>", name="received-one", may=MAY)
def one(request: Request, pk: UUID) -> HttpResponse:
    """As it was issued; opening it is kept."""
    found = _given(request, pk)
    if found is None:
        return missing(request)
    sending.open_(found.issue, by=request.user, now=clock.now())
    title, span = _called(found)
    shown = {
        "one": found,
        "title": title,
        "span": span,
        "paper": queries.laid_out(found.issue.told()),
        "css": html.css(),
        "endings": FILES,
    }
    return render(request, "shared/received_one.html", shown)


@page("received/<uuid:pk>/file/<slug:ending>", name="received-file", may=MAY)
def file(request: Request, pk: UUID, ending: str) -> HttpResponse:
    """Byte for byte as it was given out."""
    found = _given(request, pk)
    if found is None or ending not in FILES:
        return missing(request)
    sending.open_(found.issue, by=request.user, now=clock.now())
    name = f"{_called(found)[0]} {found.issue.date} {found.issue.revision}.{ending}"
    return attached(queries.file_of(found.issue, ending), name, FILES[ending])


@page("received/<uuid:pk>/confirm", name="received-confirm", may=MAY, methods=("POST",))
def confirm(request: Request, pk: UUID) -> HttpResponse:
    found = _given(request, pk)
    if found is None:
        return missing(request)

    def done() -> str:
        sending.confirm(delivery=found, by=request.user, now=clock.now())
        messages.success(request, _("已确认收到"))
        return reverse("received")

    return once(request, done)


def _given(request: Request, pk: UUID) -> Any:
    return sending.received(request.user).filter(pk=pk).first()


def _called(one: Any) -> tuple[str, str]:
    """(title, days it is about)."""
    report = reports.of(one.issue.kind)
    return report.TITLE, sentences.span(report.period(one.issue.date))
