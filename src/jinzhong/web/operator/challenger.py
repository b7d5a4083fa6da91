"""Another model beside the one whose lists people see: what each finds, how right that was, and which lists are taken from a day on."""

from collections.abc import Callable
from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.scoring import duel, operations, queries
from jinzhong.web.operator.shown import beside_watch, carried_out
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request, day_in
from jinzhong.web.templatetags.show import day


@page("numbers/challenger", name="numbers-challenger", may="number.line")
def challenger(request: Request) -> HttpResponse:
    """Each challenger beside the lists of the last 30 days; nothing changes by it."""
    return _shown(request)


@page("numbers/challenger/promote", name="numbers-promote", may="number.line", methods=("POST",))
def promote(request: Request) -> HttpResponse:
    """From that day on lists of this model alone are taken."""
    since = day_in(request.POST.get("since", ""))
    if since is None:
        return _shown(request, error=_("选一个启用日期"), status=422)
    return _do(request, lambda: _promote(request, since))


@page("numbers/challenger/back", name="numbers-demote", may="number.line", methods=("POST",))
def back(request: Request) -> HttpResponse:
    """The model promoted last is so no longer."""
    return _do(request, lambda: _back(request))


def _do(request: Request, do: Callable[[], str]) -> HttpResponse:
    return carried_out(request, do, lambda said: _shown(request, error=said, status=422))


def _promote(request: Request, since: date) -> str:
    model, why = request.POST.get("model", ""), request.POST.get("why", "")
    operations.promote(model=model, since=since, why=why, by=request.user, now=clock.now())
    messages.success(
        request,
        _("%(day)s 起只收模型 %(model)s 的名单") % {"day": day(since), "model": model[:12]},
        extra_tags=reverse("numbers-demote"),
    )
    return reverse("numbers-challenger")


def _back(request: Request) -> str:
    operations.demote(by=request.user, now=clock.now())
    messages.success(request, _("已退回上一个模型；收过的名单不变"))
    return reverse("numbers-challenger")


def _shown(request: Request, *, error: str = "", status: int = 200) -> HttpResponse:
    today = clock.now().date()
    live = queries.promoted(today)
    promotions = list(queries.promotions()[:20])
    shown = {
        "duels": [
            (one, _span(*one.lines), _span(*one.own_lines), _doubt(one))
            for one in duel.duels(viewer=request.user, today=today)
        ],
        "enough": duel.ENOUGH,
        "days": duel.DAYS,
        "live": live,
        "line": queries.in_force(today),
        "today": today,
        "aparts": beside_watch(request.user, today),
        "typed": request.POST,
        "promotions": promotions,
        "in_force": [live],
        "can_back": any(one.withdrawn_at is None for one in promotions),
        "error": error,
    }
    return render(request, "operator/challenger.html", shown, status=status)


def _doubt(one: duel.Duel) -> str:
    """Why the challenger had better not take the place of the model in use; empty: the numbers don't say so."""
    if one.lists_nobody:
        return _("按自己的线，它在这些名单上一个号码也不列：启用了，名单就是空的。")
    if one.finds_less:
        here, there, *_rest = (part.fraud for part in one.parts)
        return _("确认涉诈的号码，名单列了 %(here)s 个，它只列 %(there)s 个：先不要换。") % {
            "here": here,
            "there": there,
        }
    return ""


def _span(low: float, high: float) -> str:
    """The line of these days, or from the lowest to the highest.

    >>> _span(0.5, 0.5), _span(0.3125, 0.5)
    ('0.500', '0.312–0.500')
    """
    told = f"{low:.3f}", f"{high:.3f}"
    return told[0] if told[0] == told[1] else "–".join(told)
