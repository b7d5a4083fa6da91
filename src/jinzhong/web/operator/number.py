"""One listed number: how likely, why, whom it got hold of, what was said; judged with two clicks."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock, flow
from jinzhong.cases import queries as cases
from jinzhong.dispatch import queries as orders
from jinzhong.district.permissions import may
from jinzhong.scoring import live, operations, queries
from jinzhong.scoring.words import BECAUSE
from jinzhong.vault import queries as vault
from jinzhong.warning import queries as warnings
from jinzhong.web.operator import drawn, named
from jinzhong.web.operator.shown import Said, carried_out, number_of, percent, said_of
from jinzhong.web.shared import plain
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

AT = "numbers/<uuid:pk>"
DOTS = [(6 + 12 * (place % 20), 6 + 12 * (place // 20)) for place in range(100)]
"""Where a hundred numbers stand, in five rows."""
Do = Callable[[Request, Any, datetime], str]


@page(AT, name="numbers-number", may="number.read")
def number(request: Request, pk: UUID) -> HttpResponse:
    """Everything known of one number of a daily list, or of one that the live watch listed."""
    found = live.listed(pk, viewer=request.user)
    return missing(request) if found is None else _shown(request, found)


@page(f"{AT}/judge", name="numbers-judge", may="number.judge", methods=("POST",))
def judge(request: Request, pk: UUID) -> HttpResponse:
    """Fraud, innocent or unsure, and on what that rests."""
    return _act(request, pk, _judge)


@page(f"{AT}/back", name="numbers-back", may="number.judge", methods=("POST",))
def back(request: Request, pk: UUID) -> HttpResponse:
    """What one's own side said no longer stands."""
    return _act(request, pk, _back)


@page(f"{AT}/warn", name="numbers-warn", may="number.warn", methods=("POST",))
def warn(request: Request, pk: UUID) -> HttpResponse:
    """Those it got hold of become warnings."""
    return _act(request, pk, _warn)


@page(f"{AT}/reveal", name="numbers-reveal", may="number.reveal", methods=("GET", "POST"))
def reveal(request: Request, pk: UUID) -> HttpResponse:
    """Show the plain number for ten minutes, for a purpose."""
    found = live.listed(pk, viewer=request.user)
    if found is None:
        return missing(request)
    asked = plain.asking(request, found.number)
    if request.method != "POST":
        return _shown(request, found, dialog=asked)
    try:
        return once(request, lambda: _done(request, found, _reveal))
    except plain.NoPurpose as problem:
        return _shown(request, found, dialog=asked | {"error": str(problem)}, status=422)


# -- what each of them does -------------------------------------------------------------------------


def _act(request: Request, pk: UUID, do: Do) -> HttpResponse:
    found = live.listed(pk, viewer=request.user)
    if found is None:
        return missing(request)
    return carried_out(
        request,
        lambda: _done(request, found, do),
        lambda said: _shown(request, found, error=said, status=422),
    )


def _done(request: Request, found: Any, do: Do) -> str:
    told, _newline, undo = do(request, found, clock.now()).partition("\n")
    messages.success(request, told, extra_tags=undo)
    return reverse("numbers-number", args=[found.pk])


def _judge(request: Request, found: Any, now: datetime) -> str:
    said = {name: request.POST.get(name, "") for name in ("word", "because", "note")}
    made = operations.judge(entry=found, by=request.user, now=now, **said)
    told = _("已记：%(word)s，会成为带日期的标注") % {"word": made.get_word_display()}
    if made.word == "unsure":
        told = _("已记：拿不准，不作标注")
    return f"{told}\n{reverse('numbers-back', args=[found.pk])}"


def _back(request: Request, found: Any, now: datetime) -> str:
    operations.take_back(entry=found, by=request.user, now=now)
    return _("已收回，记录还在")


def _warn(request: Request, found: Any, now: datetime) -> str:
    raised = flow.warn_reached(entry=found, by=request.user, now=now)
    if not raised:
        raise operations.Unfit(_("没有要转的：都转过了，之后没有再通话"))
    return _("%(n)s 人已转预警，按人合并") % {"n": len(raised)}


def _reveal(request: Request, found: Any, now: datetime) -> str:
    return plain.show(request, found.number, at=now)


# -- what the page shows ----------------------------------------------------------------------------


def _shown(
    request: Request, found: Any, *, dialog: dict[str, Any] | None = None, error: str = "", status: int = 200
) -> HttpResponse:
    viewer, now = request.user, clock.now()
    subject = vault.shown(found.number, to=viewer.get_username(), now=now)
    said = said_of([found.number_id], viewer, standing=False).get(found.number_id, [])
    judged, right = queries.alike(found, viewer=viewer)
    dots = min(99, max(1, round(found.score * 100)))
    page, more = (_of_watch if live.is_live(found) else _of_list)(found, said, viewer)
    shown = {
        "entry": found,
        "number": number_of(subject),
        "forgotten": queries.is_forgotten(found),
        "is_plain": bool(subject and subject.until),
        "chance": percent(found.score),
        "dots": [(x, y, place < dots) for place, (x, y) in enumerate(DOTS)],
        "judged": judged,
        "right": right,
        "times": _times(found, viewer),
        "said": said,
        "own": any(queries.own_word(found, of=viewer)),
        "choices": _choices(),
        "dialog": dialog,
        "error": error,
        **_reached(found, viewer),
        **more,
    }
    return render(request, page, shown, status=status)


def _of_list(found: Any, said: list[Said], viewer: Any) -> tuple[str, dict[str, Any]]:
    return "operator/number.html", {
        "kept": found.of,
        "reasons": drawn.beside(found.reasons, found.measures),
        "rung": _rung(found, said, viewer) if found.rung else None,
        "named": named.of(found),
        "days": queries.history(found.number_id, viewer=viewer),
        "next": queries.next_open(found, viewer=viewer),
    }


def _of_watch(found: Any, said: list[Said], viewer: Any) -> tuple[str, dict[str, Any]]:
    return "operator/live_number.html", {
        "reasons": drawn.beside(found.reasons, None),
        "next": live.next_open(found, viewer=viewer),
    }


def _times(found: Any, viewer: Any) -> list[tuple[Any, str, bool]]:
    """The lists on which this number stood, and when the watch listed it and let it go, the newest first: each with its chance, and whether
    it is the watch's."""
    times: list[tuple[datetime, Any, bool]] = [
        (one.of.cut_off, one, False) for one in queries.history(found.number_id, viewer=viewer)
    ]
    times += [(one.at, one, True) for one in live.history(found.number_id, viewer=viewer)]
    newest = sorted(times, key=lambda one: one[0], reverse=True)
    return [(one, percent(one.score), is_live) for _at, one, is_live in newest]


def _rung(found: Any, said: list[Said], viewer: Any) -> dict[str, Any]:
    """Whom it rang, with the moments at which it was listed live, the list was cut, and somebody said what it is."""
    cut_off = found.of.cut_off
    marks = [
        (cut_off, _("名单截止")),
        *((one.at, f"{one.side} {one.word}") for one in said if not one.ended_at),
    ]
    listed = live.entered(
        found, viewer=viewer, since=cut_off - drawn.DAY * drawn.DAYS, until=cut_off + drawn.DAY
    )
    if listed:
        marks.append((listed, _("实时上榜")))
    return drawn.rung(found.rung, cut_off=cut_off, marks=marks)


def _choices() -> list[tuple[str, str, list[tuple[str, str]]]]:
    words = dict(queries.verdict_words())
    return [
        (code, words[code], [(one, str(word)) for one, word in of.items()]) for code, of in BECAUSE.items()
    ]


def _reached(found: Any, viewer: Any) -> dict[str, Any]:
    """The residents it got hold of, the deep ones first, each with what came of it."""
    rows = _deepest(queries.met(found))
    people = vault.shown_many([one.person for one in rows])
    after = _after(found, rows, viewer)
    to_warn = queries.to_warn(found)
    waiting = {one.person_id for one in to_warn}
    words = dict(queries.pattern_words())
    told = [
        {
            "phone": people[one.person_id].phone,
            "pattern": words[one.pattern],
            "talks": one.talks,
            "minutes": max(1, round(one.seconds / 60)),
            "waits": one.person_id in waiting,
            **after[one.pk],
        }
        for one in rows
    ]
    deep = sum(one.pattern == "deep" for one in rows)
    counts = [
        (_("深"), deep, _("通话长，又打银行或回拨、常联系")),
        (_("中"), len(rows) - deep, _("通话长、三次以上，或回拨过")),
    ]
    counts.append((_("浅"), found.shallow, _("很快挂断；只记人数")))
    most = max((count for _word, count, _why in counts), default=0)
    return {
        "reached": told,
        "counts": [
            (word, count, why, round(186 * count / most) if most else 0) for word, count, why in counts
        ],
        "reached_all": len(rows) + found.shallow,
        "to_warn": len(waiting),
        "to_send": len({one.person_id for one in to_warn if one.pattern == "deep"}),
        "may_open": may(viewer, "desk.read"),
    }


def _deepest(met: Any) -> list[Any]:
    """Of each whom it got hold of the row that says they are in the deepest, of several the last: the deep ones first."""
    found: dict[UUID, Any] = {}
    for one in sorted(met, key=lambda one: (one.pattern != "deep", -one.last_at.timestamp())):
        found.setdefault(one.person_id, one)
    return sorted(found.values(), key=lambda one: (one.pattern != "deep", -one.seconds))


def _after(found: Any, rows: list[Any], viewer: Any) -> dict[UUID, dict[str, Any]]:
    """For each whom it got hold of, as far as the viewer may see: the warning, who went and with what outcome, cases since."""
    alerts = queries.warned(found)
    became = warnings.warnings_of(alerts.values())
    seen = orders.orders(viewer=viewer).filter(warning__in=list(became.values())).order_by("sent_at", "pk")
    went = {one.warning_id: one for one in seen}
    families = {one.pk: vault.family(vault.root(one.person)) for one in rows}
    robbed = cases.robbed({pk for family in families.values() for pk in family}, viewer=viewer)
    after = {}
    for one in rows:
        alert = alerts.get(one.person_id)
        warning = became.get(alert.pk) if alert else None
        filed = [case for pk in families[one.pk] for case in robbed.get(pk, [])]
        after[one.pk] = {
            "warning": warning,
            "order": went.get(warning.pk) if warning else None,
            "cases": [case for case in filed if case.reported_at >= one.last_at],
        }
    return after
