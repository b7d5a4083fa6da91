"""The daily list: which numbers look like fraud, why, whom they got hold of, and what was said of them."""

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from jinzhong import clock
from jinzhong.district.permissions import may
from jinzhong.scoring import queries, rules
from jinzhong.scoring.words import DRIFT
from jinzhong.vault import operations as vault_operations
from jinzhong.vault import queries as vault
from jinzhong.web.operator import named
from jinzhong.web.operator.shown import Said, number_of, percent, said_of, split
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

LINES = 50
LISTS = 31
"""So many lists back can be chosen."""
TOLD = 2
"""Reasons beside a number in the list; all of them are on its own page."""

MOST_MOVED = 5
BAR_FULL, BAR_WIDE = 0.5, 120
"""A bar is full at this index; its width."""


@page(
    "numbers",
    name="numbers",
    may="number.read",
    methods=("GET", "POST"),
    menu=(25, pgettext_lazy("栏目", "号码")),
    count=queries.waiting,
)
def numbers(request: Request) -> HttpResponse:
    """One day's list. A number is looked for by POST: it is somebody's, and stands in no address."""
    lists = list(queries.lists(viewer=request.user)[:LISTS])
    words = request.POST.get("words", "").strip()[:40]
    kept = next((one for one in lists if str(one.pk) == _asked(request, "list")), lists[0] if lists else None)
    shown: dict[str, Any] = {
        "lists": lists,
        "kept": kept,
        "shows": _shows(),
        "show": _asked(request, "show"),
        "words": words,
        "may_line": may(request.user, "number.line"),
        "today": clock.now().date(),
    }
    if kept:
        shown |= _of(request, kept, words, shown["show"])
        newest = max(one.day for one in lists if one.operator_id == kept.operator_id)
        shown["waits_since"] = newest if kept.day == newest < shown["today"] else None
    return render(request, "operator/numbers.html", shown)


def _asked(request: Request, name: str) -> str:
    return str(request.POST.get(name) or request.GET.get(name, ""))


def _shows() -> list[tuple[str, str]]:
    return [("", _("全部")), ("open", _("待判")), *queries.verdict_words(), ("reached", _("打到人的"))]


def _of(request: Request, kept: Any, words: str, show: str) -> dict[str, Any]:
    found = queries.of_list(kept, viewer=request.user, show=show, words=words)
    rows = Paginator(found, LINES).get_page(request.GET.get("page"))
    if words:
        _note(request, len(found))
    subjects = vault.shown_many([one.number for one in rows], to=request.user.get_username(), now=clock.now())
    said = said_of([one.number_id for one in rows], request.user)
    titles = named.titles(rows)
    titles_of = dict(rules.titles())
    judged, right = queries.right_among(kept, viewer=request.user)
    return {
        "rows": rows,
        "lines": [_line(one, number_of(subjects[one.number_id]), said, titles) for one in rows],
        "by_rule": rules.by_rule(kept),
        "taken_back": [
            (titles_of.get(one.signal, one.signal), one.withdrawn_at, lines)
            for one, lines in rules.taken_back(kept)
        ],
        "unasked": kept.named is None and bool(rules.live(kept.day)),
        "judged": judged,
        "right": right,
        "bounds": queries.wilson(right, judged) if judged else None,
        "drift": _drift(kept, request.user) if kept.drift else None,
    }


def _drift(kept: Any, viewer: Any) -> dict[str, Any]:
    """How far this list's numbers lie from the fitted ones, and those of the lists before."""
    told = kept.drift
    features = [_moved(one) for one in told["features"]]
    lists = [
        (one, _moved(one.drift["score"]), _many(one.drift), DRIFT[one.drift["score"]["state"]])
        for one in queries.drifts(kept, viewer=viewer)
        if one.drift
    ]
    return {
        **told,
        "word": DRIFT[told["score"]["state"]],
        "many": _many(told),
        "of": len(features),
        "score": _moved(told["score"]),
        "most": features[:MOST_MOVED],
        "lists": lists,
    }


def _many(told: dict[str, Any]) -> int:
    """How many features have moved."""
    return sum(one["state"] in ("some", "much") for one in told["features"])


def _moved(one: dict[str, Any]) -> dict[str, Any]:
    return {
        **one,
        "word": DRIFT[one["state"]],
        "missing": round(one["missing"] * 100),
        "missing_before": round(one["missing_before"] * 100),
        "bar": round(min(one["psi"] / BAR_FULL, 1) * BAR_WIDE),
    }


def _note(request: Request, found: int) -> None:
    vault_operations.note_lookup(
        account=request.user, by=request.user.get_username(), where="numbers", found=found, at=clock.now()
    )


def _line(
    entry: Any, number: str, said: dict[UUID, list[Said]], titles: dict[UUID, list[str]]
) -> dict[str, Any]:
    deep = sum(one.pattern == "deep" for one in entry.reached.all())
    return {
        "entry": entry,
        "number": number,
        "percent": percent(entry.score),
        "reasons": [split(one).words for one in entry.reasons[:TOLD]],
        "more": max(0, len(entry.reasons) - TOLD),
        "rules": titles.get(entry.number_id, []),
        "deep": deep,
        "medium": len(entry.reached.all()) - deep,
        "said": said.get(entry.number_id, []),
    }
