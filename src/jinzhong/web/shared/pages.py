"""How a page is declared: its address, who may open it, and its place in the menu, in one line above the view."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.functional import Promise

from jinzhong import web
from jinzhong.agenda.operations import KeyReused
from jinzhong.district.permissions import NotAllowed, may
from jinzhong.web.shared.once import KeyMissing

AUDIENCES = ("desk", "outlet", "field", "operator", "board")
View = Callable[..., HttpResponse]
Count = Callable[[Any], int]
"""How many of something wait for a viewer, shown beside the menu entry."""


@dataclass(frozen=True)
class Page:
    """``may``: the action of ``district.permissions`` that opens it; empty: everybody, without login."""

    route: str
    name: str
    view: View
    may: str
    methods: tuple[str, ...]
    menu: tuple[int, str | Promise] | None
    count: Count | None
    audience: str


PAGES: list[Page] = []


def page(
    route: str,
    *,
    name: str,
    may: str,
    methods: Iterable[str] = ("GET",),
    menu: tuple[int, str | Promise] | None = None,
    count: Count | None = None,
) -> Callable[[View], View]:
    """Declare the view below as a page. ``menu``: (order, two-character label) on the office rail."""

    def declare(view: View) -> View:
        audience = view.__module__.split(".")[2]
        guarded = _guarded(view, may, tuple(methods))
        PAGES.append(Page(route, name, guarded, may, tuple(methods), menu, count, audience))
        return guarded

    return declare


def _guarded(view: View, action: str, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if action and not request.user.is_authenticated:
            return _to_login(request)
        if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
            return refused(request, "method", status=405)
        if action and not may(request.user, action):  # type: ignore[arg-type]
            return refused(request, "role", status=403)
        try:
            return _private(view(request, *args, **kwargs)) if action else view(request, *args, **kwargs)
        except NotAllowed:
            return refused(request, "role", status=403)
        except KeyMissing:
            return refused(request, "method", status=400)
        except KeyReused:
            return refused(request, "sent", status=409)

    return answer


def _to_login(request: HttpRequest) -> HttpResponse:
    """To the login page and back here afterwards; a part of a page that refreshed itself takes the whole page there."""
    if not request.headers.get("HX-Request"):
        return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
    here = urlsplit(request.headers.get("HX-Current-URL", "/"))
    login = redirect_to_login(here.path + (f"?{here.query}" if here.query else ""), settings.LOGIN_URL)
    return HttpResponse(status=204, headers={"HX-Redirect": login["Location"]})


def _private(answer: HttpResponse) -> HttpResponse:
    """No browser and no proxy keeps what only this viewer may see; a part is never shown as the whole page."""
    patch_cache_control(answer, private=True, no_store=True)
    patch_vary_headers(answer, ["HX-Request"])
    return answer


def refused(request: HttpRequest, why: str, *, status: int) -> HttpResponse:
    """Why not and what to do, as a page or, asked for by a part of a page, as a part."""
    frame = "shared/part.html" if request.headers.get("HX-Request") else "shared/office.html"
    return render(request, "shared/refused.html", {"why": why, "frame": frame}, status=status)


def missing(request: HttpRequest) -> HttpResponse:
    """There is no such thing, or it lies outside what the viewer may see: both look the same."""
    return refused(request, "missing", status=404)


def discover() -> list[URLPattern]:
    """Import every page module of every audience and return the addresses they declared."""
    for audience in (*AUDIENCES, "shared"):
        package = importlib.import_module(f"{web.__name__}.{audience}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return [path(one.route, one.view, name=one.name) for one in PAGES]
