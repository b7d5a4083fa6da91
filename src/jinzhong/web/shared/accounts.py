"""The administrator's page: accounts, new ones, on and off, passwords. No names, no cases, no warnings."""

import secrets
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.district import operations, queries
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

LINES = 100


@page("accounts", name="accounts", may="account.manage", menu=(95, gettext_lazy("账号")))
def accounts(request: Request) -> HttpResponse:
    """All accounts, sifted by role and word; a new password is shown here once, to be handed over."""
    return _shown(request)


@page("accounts/add", name="accounts-add", may="account.manage", methods=("GET", "POST"))
def add(request: Request) -> HttpResponse:
    """A new account, with a password that is shown once."""
    said = {
        name: request.POST.get(name, "").strip() for name in ("username", "role", "unit", "town", "staff_no")
    }
    if request.method != "POST":
        return _shown(request, adding=said)
    errors = queries.account_faults(**{name: said[name] for name in ("username", "role", "unit", "town")})
    if errors:
        return _shown(request, adding=said, errors=errors, status=422)
    return _with_password(request, lambda fresh: _add(request, said, fresh))


@page("accounts/<str:username>/switch", name="accounts-switch", may="account.manage", methods=("POST",))
def switch(request: Request, username: str) -> HttpResponse:
    """On or off."""
    found = _other(request, username)
    return missing(request) if found is None else once(request, lambda: _switch(request, found))


@page("accounts/<str:username>/password", name="accounts-password", may="account.manage", methods=("POST",))
def password(request: Request, username: str) -> HttpResponse:
    """A new password, shown once; whoever used the old one is out."""
    found = _other(request, username)
    return (
        missing(request)
        if found is None
        else _with_password(request, lambda fresh: _reset(request, found, fresh))
    )


def _shown(
    request: Request,
    *,
    adding: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    fresh: tuple[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    role, word = request.GET.get("role", ""), request.GET.get("word", "").strip()[:60]
    found = queries.accounts()
    found = found.filter(role=role) if role in dict(queries.roles()) else found
    shown = {
        "rows": Paginator(found.filter(username__icontains=word) if word else found, LINES).get_page(
            request.GET.get("page")
        ),
        "role": role,
        "word": word,
        "roles": queries.roles(),
        "adding": adding,
        "errors": errors or {},
        "units": queries.all_units() if adding is not None else [],
        "towns": queries.towns() if adding is not None else [],
        "fresh": fresh,
    }
    return render(request, "shared/accounts.html", shown, status=status)


def _other(request: Request, username: str) -> Any:
    """The account of this name, unless it is one's own: nobody locks themselves out."""
    found = queries.accounts().filter(username=username).first()
    return None if found == request.user else found


def _with_password(request: Request, do: Callable[[str], str]) -> HttpResponse:
    """Do it with a fresh password and show that in this answer alone: it is kept nowhere, and sent again it's gone."""
    fresh, made = _password(), []

    def done() -> str:
        made.append(do(fresh))
        return reverse("accounts")

    answer = once(request, done)
    return _shown(request, fresh=(made[0], fresh)) if made else answer


def _add(request: Request, said: dict[str, str], fresh: str) -> str:
    account = operations.add_account(
        username=said["username"],
        password=fresh,
        role=said["role"],
        staff_no=said["staff_no"][:20],
        unit=queries.unit(said["unit"]),
        town=next((one for one in queries.towns() if one.code == said["town"]), None),
        by=request.user.username,
        at=clock.now(),
    )
    return account.username


def _reset(request: Request, account: Any, fresh: str) -> str:
    operations.set_password(account=account, password=fresh, by=request.user.username, at=clock.now())
    return str(account.username)


def _switch(request: Request, account: Any) -> str:
    active = not account.is_active
    operations.set_active(account=account, active=active, by=request.user.username, at=clock.now())
    told = _("%(who)s 已启用") if active else _("%(who)s 已停用，令牌同时失效")
    undo = reverse("accounts-switch", args=[account.username])
    messages.success(request, told % {"who": account.username}, extra_tags=undo)
    return reverse("accounts")


def _password() -> str:
    """Four groups that can be read out and typed: about 80 bits."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _place in range(4)) for _group in range(4))
