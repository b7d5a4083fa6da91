"""The administrator's page: accounts, on and off. No names, no cases, no warnings."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _

from jinzhong import clock
from jinzhong.district import operations, queries
from jinzhong.web.shared.pages import missing, page


@page("accounts", name="accounts", may="account.manage", methods=("GET", "POST"), menu=(95, _("账号")))
def accounts(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _switch(request)
    return render(request, "shared/accounts.html", {"accounts": queries.accounts()})


def _switch(request: HttpRequest) -> HttpResponse:
    account = queries.accounts().filter(username=request.POST.get("username", "")).first()
    if account is None or account == request.user:
        return missing(request)
    operations.set_active(
        account=account, active=not account.is_active, by=request.user.get_username(), at=clock.now()
    )
    return redirect("accounts")
