"""Logging in and out; wrong passwords make the next try wait longer."""

from datetime import timedelta

from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from jinzhong.district.models import Role
from jinzhong.web.shared.pages import page

HOME = {
    Role.OUTLET: "outlet",
    Role.BANK_HEAD: "outlet",
    Role.STATION_OFFICER: "field",
    Role.TOWN: "desk-queue",
    Role.GRID_WORKER: "desk-queue",
    Role.HOTLINE: "desk-queue",
    Role.INSPECTOR: "desk-queue",
    Role.AUDITOR: "audit-log",
    Role.ANTI_FRAUD_OFFICE: "desk-queue",
    Role.ADMINISTRATOR: "accounts",
}


def cool_off(request: HttpRequest | None = None) -> timedelta:
    """How long a name is locked at one address after five wrong passwords in a row."""
    return timedelta(minutes=5)


def locked_out(request: HttpRequest, credentials: dict[str, str], *args: object) -> HttpResponse:
    """The answer to a locked name."""
    return _form(request, _("输错 5 次,请过 5 分钟再试,或请管理员重设密码。"), status=429)


@page("login", name="login", may="", methods=("GET", "POST"))
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("home") if request.user.is_authenticated else _form(request)
    account = authenticate(
        request, username=request.POST.get("username", ""), password=request.POST.get("password", "")
    )
    if getattr(request, "axes_locked_out", False):
        return locked_out(request, {})
    if account is None:
        return _form(request, _("账号或密码不对,请再输一次。"), status=401)
    login(request, account)
    return HttpResponseRedirect(_next(request))


@page("logout", name="logout", may="", methods=("POST",))
def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return redirect("login")


@page("", name="home", may="")
def home(request: HttpRequest) -> HttpResponse:
    """Everybody's first page, by role."""
    if not request.user.is_authenticated:
        return redirect("login")
    first = HOME.get(request.user.role)
    return redirect(first) if first else render(request, "shared/refused.html", {"why": "no_page"})


def _form(request: HttpRequest, error: str = "", status: int = 200) -> HttpResponse:
    username = request.POST.get("username", "")[:150]
    return render(
        request,
        "shared/login.html",
        {"error": error, "username": username, "next": request.GET.get("next", request.POST.get("next", ""))},
        status=status,
    )


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("home")
