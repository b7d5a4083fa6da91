"""Logging in and out; wrong passwords make the next try wait longer."""

from datetime import timedelta

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib.auth import authenticate, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.i18n import set_language

from jinzhong.district.permissions import Role
from jinzhong.vault import seal
from jinzhong.web.shared.idle import LOCKED
from jinzhong.web.shared.pages import page, refused

HOME: dict[str, str] = {
    Role.OUTLET: "outlet",
    Role.BANK_HEAD: "outlet",
    Role.OPERATOR: "numbers",
    Role.STATION_OFFICER: "field",
    Role.TOWN: "desk-queue",
    Role.GRID_WORKER: "desk-queue",
    Role.HOTLINE: "desk-queue",
    Role.INSPECTOR: "desk-queue",
    Role.AUDITOR: "audit-log",
    Role.ANTI_FRAUD_OFFICE: "desk-queue",
    Role.ADMINISTRATOR: "accounts",
}


def written_name(request: HttpRequest, credentials: dict[str, str] | None = None) -> str:
    """What the lock remembers of the name that was typed: a keyed digest, for people type passwords and phones there too."""
    typed = (credentials or {}).get("username") or request.POST.get("username", "")
    return seal.digest(typed.encode("utf-8", "surrogatepass"))


def address(request: HttpRequest) -> str:
    """Where somebody tries from: behind TLS, what our own proxy saw (the last hop it added)."""
    passed = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_TLS else ""
    return passed.rsplit(",", 1)[-1].strip() or request.META.get("REMOTE_ADDR", "")


def cool_off(request: HttpRequest | None = None) -> timedelta:
    """How long a name is locked at one address after five wrong passwords in a row."""
    return timedelta(minutes=5)


def locked_out(request: HttpRequest, credentials: dict[str, str], *args: object) -> HttpResponse:
    """The answer to a locked name."""
    said = {"tries": settings.AXES_FAILURE_LIMIT, "minutes": cool_off(request).seconds // 60}
    return _form(
        request,
        _("连错 %(tries)s 次，这个账号在本机停 %(minutes)s 分钟") % said,
        hint=_("到时再试；停的时候每试一次，重新算起。急用请找管理员当面重设密码。"),
        status=429,
    )


@page("login", name="login", may="", methods=("GET", "POST"))
def log_in(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("home") if request.user.is_authenticated else _form(request)
    account = authenticate(request, username=_typed(request), password=request.POST.get("password", ""))
    if getattr(request, "axes_locked_out", False):
        return locked_out(request, {})
    if account is None:
        return _form(request, _("账号或密码不对"), hint=_tries_left(request), status=401)
    login(request, account)
    return HttpResponseRedirect(_next(request))


@page("language", name="language", may="", methods=("POST",))
def language(request: HttpRequest) -> HttpResponse:
    """中文 or English, for this browser; back to the page it was asked on."""
    return set_language(request)


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
    return redirect(first) if first else refused(request, "no_page", status=403)


def _typed(request: HttpRequest) -> str:
    """The name as typed, with what PostgreSQL doesn't take in a text replaced: nobody is called so."""
    return request.POST.get("username", "").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _tries_left(request: HttpRequest) -> str:
    wrong = AxesProxyHandler.get_failures(request, {"username": _typed(request)})
    left = settings.AXES_FAILURE_LIMIT - wrong
    return _("账号留着，只要再输密码。再错 %(n)s 次要等几分钟。") % {"n": max(1, left)}


def _form(request: HttpRequest, error: str = "", *, hint: str = "", status: int = 200) -> HttpResponse:
    shown = {
        "error": error,
        "hint": hint,
        "username": request.POST.get("username", "")[:150],
        "next": request.GET.get("next", request.POST.get("next", "")),
        "idle": settings.IDLE_LOCK_MINUTES if request.session.pop(LOCKED, False) else 0,
    }
    return render(request, "shared/login.html", shown, status=status)


def _next(request: HttpRequest) -> str:
    wanted = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if safe else reverse("home")
