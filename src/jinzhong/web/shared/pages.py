"""How a page is declared: its address, who may open it, and its place in the menu, in one line above the view."""

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.functional import Promise

from jinzhong import web
from jinzhong.district.permissions import NotAllowed, may

AUDIENCES = ("desk", "outlet", "field", "board")
View = Callable[..., HttpResponse]


@dataclass(frozen=True)
class Page:
    """``may``: the action of ``district.permissions`` that opens it; empty: everybody, without login."""

    route: str
    name: str
    view: View
    may: str
    methods: tuple[str, ...]
    menu: tuple[int, str | Promise] | None
    audience: str


PAGES: list[Page] = []


def page(
    route: str,
    *,
    name: str,
    may: str,
    methods: Iterable[str] = ("GET",),
    menu: tuple[int, str | Promise] | None = None,
) -> Callable[[View], View]:
    """Declare the view below as a page. ``menu``: (order, two-character label) on the office rail."""

    def declare(view: View) -> View:
        audience = view.__module__.split(".")[2]
        guarded = _guarded(view, may, tuple(methods))
        PAGES.append(Page(route, name, guarded, may, tuple(methods), menu, audience))
        return guarded

    return declare


def _guarded(view: View, action: str, methods: tuple[str, ...]) -> View:
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if action and not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), settings.LOGIN_URL)
        if request.method not in methods and not (request.method == "HEAD" and "GET" in methods):
            return render(request, "shared/refused.html", {"why": "method"}, status=405)
        if action and not may(request.user, action):  # type: ignore[arg-type]
            return render(request, "shared/refused.html", {"why": "role"}, status=403)
        try:
            return view(request, *args, **kwargs)
        except NotAllowed:
            return render(request, "shared/refused.html", {"why": "role"}, status=403)

    return answer


def missing(request: HttpRequest) -> HttpResponse:
    """There is no such thing, or it lies outside what the viewer may see: both look the same."""
    return render(request, "shared/refused.html", {"why": "missing"}, status=404)


def discover() -> list[URLPattern]:
    """Import every page module of every audience and return the addresses they declared."""
    for audience in (*AUDIENCES, "shared"):
        package = importlib.import_module(f"{web.__name__}.{audience}")
        for module in pkgutil.iter_modules(package.__path__):
            importlib.import_module(f"{package.__name__}.{module.name}")
    return [path(one.route, one.view, name=one.name) for one in PAGES]
