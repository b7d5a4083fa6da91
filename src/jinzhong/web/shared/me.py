"""Everybody's own account: the password."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.district import operations
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request


@page("me", name="me", may="account.own", methods=("GET", "POST"))
def me(request: Request) -> HttpResponse:
    errors = _faults(request) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        return once(request, lambda: _change(request))
    return render(request, "shared/me.html", {"errors": errors}, status=422 if errors else 200)


def _faults(request: Request) -> dict[str, str]:
    """What is wrong, by field."""
    old, new = request.POST.get("old", ""), request.POST.get("new", "")
    if not request.user.check_password(old):
        return {"old": _("现在的密码不对")}
    try:
        validate_password(new, request.user)
    except ValidationError as problem:
        return {"new": " ".join(problem.messages)}
    return {} if new == request.POST.get("again") else {"again": _("两次写的不一样")}


def _change(request: Request) -> str:
    account = request.user
    operations.set_password(
        account=account, password=request.POST["new"], by=account.get_username(), at=clock.now()
    )
    update_session_auth_hash(request, account)
    messages.success(request, _("密码已换。别处登录的要重新登录。"))
    return reverse("me")
