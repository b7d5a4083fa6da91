"""The live list: which numbers the live watch lists right now, who left it, how many an hour."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from jinzhong import clock
from jinzhong.scoring import live, queries
from jinzhong.vault import queries as vault
from jinzhong.web.operator.shown import beside_watch, number_of, percent, said_of, split
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

LINES = 50
LEFT = 50
TOLD = 2
"""Reasons beside a number."""
WIDE, TALL, STEP, BAR = 720, 84, 30, 22
"""The bars of a day: 24 steps; above the tallest there is room for its count."""
GROUND, ROOM = 80, 60


@page("numbers/live", name="numbers-live", may="number.read")
def board(request: Request) -> HttpResponse:
    return render(request, "operator/live.html", _shown(request))


@page("numbers/live/now", name="numbers-live-now", may="number.read")
def now_(request: Request) -> HttpResponse:
    """What is on the board, for it to refresh itself."""
    return render(request, "operator/live_now.html", _shown(request))


def _shown(request: Request) -> dict[str, Any]:
    now, viewer = clock.now(), request.user
    newest, watchings = live.newest(viewer=viewer), live.watchings(viewer=viewer, now=now)
    watched = {
        "watchings": watchings,
        "aparts": [one for one in beside_watch(viewer, now.date()) if one[0].model],
        "today": now.date(),
    }
    if not newest:
        return {"last": None, **watched}
    rows = Paginator(live.on_list(viewer=viewer), LINES).get_page(request.GET.get("page"))
    gone = live.left(viewer=viewer, now=now)
    left = list(gone[:LEFT])
    hours = live.by_hour(viewer=viewer, now=now)
    return {
        "last": newest[0],
        **watched,
        "now": now,
        "simulated": any(one.simulated for one in newest),
        "rows": rows,
        "lines": _lines(rows, request),
        "left": _lines(left, request),
        "left_all": gone.count(),
        "bars": _bars(hours),
        "wide": WIDE,
        "tall": TALL,
        "ground": GROUND,
        "entered": sum(one.entered for one in hours),
    }


def _lines(changes: Iterable[Any], request: Request) -> list[dict[str, Any]]:
    found, now = list(changes), clock.now()
    ids = [one.number_id for one in found]
    subjects = vault.shown_many([one.number for one in found], to=request.user.get_username(), now=now)
    said, entries = said_of(ids, request.user), _entries(ids, request)
    return [
        {
            "change": one,
            "number": number_of(subjects[one.number_id]),
            "percent": percent(one.score),
            "seconds": max(0.0, (now - one.at).total_seconds()),
            "minutes": max(0, int((now - one.at).total_seconds() // 60)),
            "reasons": [split(reason).words for reason in one.reasons[:TOLD]],
            "more": max(0, len(one.reasons) - TOLD),
            "entry": (entry := entries.get((one.operator_id, one.number_id))),
            "is_today": bool(entry and entry.of.day == now.date()),
            "said": said.get(one.number_id, []),
        }
        for one in found
    ]


def _entries(numbers: list[UUID], request: Request) -> dict[tuple[UUID, UUID], Any]:
    """Where each number stands on its operator's daily lists: the newest one."""
    found = queries.entries(viewer=request.user).filter(number__in=numbers, of__superseded_at=None)
    return {(one.of.operator_id, one.number_id): one for one in found.order_by("of__day")}


def _bars(hours: list[live.Hour]) -> list[dict[str, Any]]:
    top = max([1, *(one.entered for one in hours)])
    return [
        {
            "hour": one,
            "x": at * STEP,
            "middle": at * STEP + BAR // 2,
            "height": (height := round(one.entered / top * ROOM)),
            "y": GROUND - height,
            "word_y": GROUND - height - 4,
            "is_last": at == len(hours) - 1,
        }
        for at, one in enumerate(hours)
    ]
