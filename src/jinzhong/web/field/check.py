"""现场检查 on the phone: kept there like a step of an order, handed in once there is a network."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock, pictures
from jinzhong.review import checks, operations
from jinzhong.web.field.task import their_time
from jinzhong.web.shared.files import were_too_many
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

ITEM = "item-"
SHOWN = 5


@page("field/check", name="field-check", may="check.record", methods=("GET", "POST"))
def check(request: Request) -> HttpResponse:
    """The form, and what I handed in last."""
    if request.method == "POST":
        return _record(request)
    mine = checks.visible(request.user).filter(by=request.user.username)[:SHOWN]
    shown = {
        "places": _grouped(checks.places(request.user)),
        "kinds": [
            (kind, checks.KINDS[kind], [(f"{ITEM}{code}", word) for code, word in items.items()])
            for kind, items in checks.ITEMS.items()
        ],
        "mine": [(one, checks.findings(one)) for one in mine],
        "most_photos": checks.PHOTOS,
        "errors": list(messages.get_messages(request)),
    }  # fmt: skip
    return render(request, "field/check.html", shown)


def _grouped(places: Iterable[checks.Place]) -> list[tuple[Any, list[checks.Place]]]:
    """(kind in words, its places), in the order of the forms."""
    found = list(places)
    return [(word, [one for one in found if one.kind == kind]) for kind, word in checks.KINDS.items()]


def _record(request: Request) -> HttpResponse:
    now, said = clock.now(), request.POST
    if were_too_many(request):
        return _refused(request, _("照片加起来太大，没有交；请少选几张"))
    try:
        photos = [_redrawn(one) for one in request.FILES.getlist("photo")[: checks.PHOTOS + 1]]
    except pictures.BadPicture:
        return _refused(request, _("有一张照片打不开，没有交；请删掉它，或者重拍"))
    items = {name.removeprefix(ITEM): said.get(name, "") for name in said if name.startswith(ITEM)}

    def do() -> str:
        operations.record_check(
            place=said.get("place", ""), items=items, text=said.get("text", ""),
            seen_at=their_time(said.get("at", ""), now), by=request.user, now=now, photos=photos,
        )  # fmt: skip
        return reverse("field-check")

    try:
        answer = once(request, do)
    except operations.Unfit as problem:
        return _refused(request, str(problem))
    return HttpResponse(status=204) if request.headers.get("X-Phone") else answer


def _redrawn(given: UploadedFile) -> bytes:
    """Raises BadPicture, before it is read where it is too large."""
    if (given.size or 0) > pictures.MAX_FILE:
        raise pictures.BadPicture
    return pictures.redrawn(given.read())


def _refused(request: Request, why: str) -> HttpResponse:
    if request.headers.get("X-Phone"):
        return HttpResponse(why, status=422, content_type="text/plain; charset=utf-8")
    messages.error(request, why)
    return HttpResponseRedirect(reverse("field-check"))
