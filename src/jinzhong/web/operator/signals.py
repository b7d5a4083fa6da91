"""The readable rules: what each would have listed in 30 days and how right that was, which are switched on, rolled back."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.scoring import duel, operations, rules
from jinzhong.web.operator.shown import beside_watch, carried_out, tried_days
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request, day_in
from jinzhong.web.templatetags.show import day


@page("numbers/signals", name="numbers-signals", may="number.line")
def signals(request: Request) -> HttpResponse:
    """Each rule beside the lists of the last 30 days; nothing changes by it."""
    return _shown(request)


@page("numbers/signals/on", name="numbers-signals-on", may="number.line", methods=("POST",))
def switch_on(request: Request) -> HttpResponse:
    """From that day on the numbers that a rule names are listed too."""
    since = day_in(request.POST.get("since", ""))
    if since is None:
        return _shown(request, error=_("选一个启用日期"), status=422)
    return _do(request, lambda: _on(request, since))


@page("numbers/signals/back", name="numbers-signals-back", may="number.line", methods=("POST",))
def back(request: Request) -> HttpResponse:
    """A rule that is on is so no longer."""
    return _do(request, lambda: _back(request))


def _do(request: Request, do: Callable[[], str]) -> HttpResponse:
    return carried_out(request, do, lambda said: _shown(request, error=said, status=422))


def _on(request: Request, since: date) -> str:
    signal, why = request.POST.get("signal", ""), request.POST.get("why", "")
    operations.switch_on(signal=signal, since=since, why=why, by=request.user, now=clock.now())
    messages.success(
        request,
        _("%(day)s 起，“%(rule)s”点名的号码也上榜")
        % {"day": day(since), "rule": dict(rules.titles())[signal]},
    )
    return reverse("numbers-signals")


def _back(request: Request) -> str:
    rule, why, now = _uuid(request.POST.get("rule", "")), request.POST.get("why", ""), clock.now()
    gone = operations.switch_off(rule=rule, why=why, by=request.user, now=now)
    left = rules.brought(gone, today=now.date())
    messages.success(
        request,
        _("已退回“%(rule)s”：下一份名单起，只有它点名的不再上榜。它带上名单的 %(n)s 个号码留在收过的名单上，其中今天的 %(today)s 个")
        % {"rule": dict(rules.titles()).get(gone.signal, gone.signal), "n": left.numbers, "today": left.today},
    )  # fmt: skip
    return reverse("numbers-signals")


def _uuid(text: str) -> UUID:
    """Of what is none: one that no rule has."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _shown(request: Request, *, error: str = "", status: int = 200) -> HttpResponse:
    today = clock.now().date()
    titles, live = dict(rules.titles()), rules.live(today)
    trials = rules.trials(viewer=request.user, today=today)
    shown: dict[str, Any] = {
        "trials": [
            (one, titles[one.signal], rules.rules()[one.signal], live.get(one.signal)) for one in trials
        ],
        "lists": max(one.lists for one in trials),
        "titles": titles.items(),
        "enough": duel.ENOUGH,
        "days": duel.DAYS,
        "today": today,
        "aparts": beside_watch(request.user, today),
        "typed": request.POST,
        "switched": [
            (one, titles.get(one.signal, one.signal), rules.brought(one, today=today))
            for one in rules.switched()
        ],
        "tried": tried_days(request.user, today, asked=True),
        "in_force": live.values(),
        "error": error,
    }
    return render(request, "operator/signals.html", shown, status=status)
