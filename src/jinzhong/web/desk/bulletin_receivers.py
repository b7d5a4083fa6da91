"""The distribution list of bulletins: which unit or account is sent which kinds."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.bulletin import sending
from jinzhong.bulletin.sending import Account, Unit
from jinzhong.web.desk.bulletin_archive import kinds
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.people import known_accounts
from jinzhong.web.shared.request import Request


@page("bulletins/receivers", name="bulletin-receivers", may="bulletin.issue", methods=("GET", "POST"))
def receivers(request: Request) -> HttpResponse:
    """Who is sent what; a unit or a person is put on the list, changed, or taken off it by ticking nothing."""
    if request.method != "POST":
        return _shown(request)
    to = _named(request.POST.get("to", ""))

    def done() -> str:
        if to is None:
            raise sending.NoReceiver(_("选一个单位或账号"))
        sending.set_receiver(to=to, kinds=request.POST.getlist("kind"), by=request.user, now=clock.now())
        return reverse("bulletin-receivers")

    try:
        return once(request, done)
    except sending.NoReceiver as problem:
        return _shown(request, error=str(problem))


def _named(key: str) -> Unit | Account | None:
    """``unit:CODE`` or ``account:NAME``; what is on the list now may always be taken off it."""
    units, accounts = sending.candidates()
    offered: list[Unit | Account] = [*units, *accounts, *(row.to for row in sending.receivers())]
    return next((one for one in offered if _key(one) == key), None)


def _key(one: Unit | Account) -> str:
    return f"unit:{one.code}" if isinstance(one, Unit) else f"account:{one.username}"


def _shown(request: Request, error: str = "") -> HttpResponse:
    lines: dict[str, dict[str, Any]] = {}
    for row in sending.receivers():
        key = _key(row.to)
        lines.setdefault(key, {"key": key, "to": row.to, "kinds": set()})["kinds"].add(row.kind)
    units, accounts = sending.candidates()
    known_accounts(request).update((one.username, one) for one in accounts)
    shown = {
        "lines": [
            line | {"kinds": [(kind, title, kind in line["kinds"]) for kind, title in kinds()]} for line in lines.values()
        ],
        "units": [(_key(one), one.name) for one in units if _key(one) not in lines],
        "accounts": [(_key(one), one) for one in accounts if _key(one) not in lines],
        "kinds": kinds(),
        "error": error,
    }  # fmt: skip
    return render(request, "desk/bulletin_receivers.html", shown, status=422 if error else 200)
