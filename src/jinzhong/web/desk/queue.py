"""值班台: the open warnings with their clocks, and the one being worked on beside them."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from jinzhong import clock
from jinzhong.district import queries as district
from jinzhong.district.permissions import may
from jinzhong.vault import operations as vault
from jinzhong.warning import queries as warnings
from jinzhong.web.desk.lines import Line, late, lines
from jinzhong.web.desk.people import bar
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

LIMIT = 300
CLOSED_SHOWN_FOR = timedelta(hours=24)
TABS = (
    ("", _("全部")),
    ("unsent", _("待派")),
    ("under_way", _("在途")),
    ("by_phone", _("电话")),
    ("late", _("迟")),
    ("closed", _("已办结")),
)
SORTS = (("", _("等级")), ("time", _("先后")))
WORDS = 80
ALLOWED = {"send": "order.send", "call": "call.take", "grade": "warning.grade", "reveal": "person.reveal"}
"""What the page offers, and the action that it asks for."""


@dataclass(frozen=True)
class Tab:
    """One way to look at the queue, with the lines it would show where they are known."""

    word: Any
    query: str
    is_on: bool
    lines: list[Line] | None = None


@dataclass(frozen=True)
class Sift:
    """What the viewer wants to see. The searched words travel in the body of a form, never in an address."""

    tab: str = ""
    town: str = ""
    grade: str = ""
    sort: str = ""
    words: str = ""

    @property
    def query(self) -> str:
        """The part that may stand in an address, with its question mark."""
        said = {"tab": self.tab, "town": self.town, "grade": self.grade, "sort": self.sort}
        said = {name: value for name, value in said.items() if value}
        return f"?{urlencode(said)}" if said else ""

    def but(self, **other: str) -> str:
        return replace(self, **other).query


def sift_of(request: Request) -> Sift:
    """As asked for; what isn't one of ours counts as not asked."""
    asked, towns = request.GET, {one.code for one in district.towns()}
    known = {"tab": dict(TABS), "town": towns, "grade": dict(warnings.grades()), "sort": dict(SORTS)}
    said = {name: asked.get(name, "") for name, values in known.items() if asked.get(name, "") in values}
    words = request.POST.get("words", "").strip()[:WORDS] if request.method == "POST" else ""
    return Sift(**said, words=words)


def waiting(viewer: Any) -> int:
    """How many warnings are open, for the menu."""
    return warnings.open_by_rank(viewer=viewer).count()


@page(
    "desk", name="desk-queue", may="desk.read", methods=("GET", "POST"), menu=(10, _("值班")), count=waiting
)
def queue(request: Request) -> HttpResponse:
    """The queue. POST carries the words of a search, of which the log keeps that it was made."""
    shown = whole(request)
    if shown["sift"].words:
        vault.note_lookup(
            account=request.user,
            by=request.user.username,
            where="desk",
            found=len(shown["rows"]),
            at=clock.now(),
        )
    part = request.headers.get("HX-Target") == "rows"
    return render(request, "desk/rows.html" if part else "desk/queue.html", {**shown, "oob": part})


def whole(request: Request, *, on: UUID | None = None) -> dict[str, Any]:
    """Everything that the queue shows; ``on``: the warning that is open beside it."""
    now, sift = clock.now(), sift_of(request)
    opened = _open_lines(request.user, sift, now)
    kinds = {
        "": opened,
        "unsent": [one for one in opened if one.is_unsent],
        "by_phone": [one for one in opened if one.is_by_phone],
        "under_way": [one for one in opened if one.is_under_way],
        "late": late(opened, now),
    }
    rows = kinds.get(sift.tab) if not sift.words else None
    return {
        "sift": sift,
        "rows": _other_lines(request.user, sift, now) if rows is None else rows,
        "on": on,
        "tabs": [Tab(word, sift.but(tab=code), code == sift.tab, kinds.get(code)) for code, word in TABS],
        "sorts": [Tab(word, sift.but(sort=code), code == sift.sort) for code, word in SORTS],
        "towns": district.towns(),
        "grades": warnings.grades(),
        "bar": bar(now),
        "may": {name: may(request.user, action) for name, action in ALLOWED.items()},
        "is_cut": len(opened) == LIMIT,
        "limit": LIMIT,
    }


def _open_lines(viewer: Any, sift: Sift, now: datetime) -> list[Line]:
    found = _sifted(warnings.open_by_rank(viewer=viewer), sift)
    return lines(found.order_by("-opened_at", "-pk") if sift.sort == "time" else found, now=now, limit=LIMIT)


def _other_lines(viewer: Any, sift: Sift, now: datetime) -> list[Line]:
    """What isn't on the desk: found by words among all that the viewer may see, or closed lately."""
    if sift.words:
        found = warnings.search(viewer=viewer, words=sift.words)
        return lines(found.order_by("-opened_at"), now=now, limit=LIMIT)
    found = warnings.search(viewer=viewer, state="closed").filter(closed_at__gte=now - CLOSED_SHOWN_FOR)
    return lines(_sifted(found, sift).order_by("-closed_at", "-pk"), now=now, limit=LIMIT)


def _sifted(found: QuerySet[Any], sift: Sift) -> QuerySet[Any]:
    found = found.filter(town=sift.town) if sift.town else found
    return found.filter(grade=sift.grade) if sift.grade else found
