"""The line from which a number is listed: tried on the last 30 days, set from a day on, rolled back."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.scoring import operations, queries
from jinzhong.web.operator.shown import beside_watch, carried_out, tried_days
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request, day_in
from jinzhong.web.templatetags.show import day


@page("numbers/line", name="numbers-line", may="number.line")
def line(request: Request) -> HttpResponse:
    """Try a line beside the one in force; nothing changes by it."""
    return _shown(request)


@page("numbers/line/set", name="numbers-line-set", may="number.line", methods=("POST",))
def set_line(request: Request) -> HttpResponse:
    """From that day on, lists are cut at this line."""
    value, since = _value(request.POST.get("value", "")), day_in(request.POST.get("since", ""))
    if value is None or since is None:
        return _shown(request, error=_("写一个阈值，选一个启用日期"), status=422)
    return _do(request, lambda: _set(request, value, since))


@page("numbers/line/back", name="numbers-line-back", may="number.line", methods=("POST",))
def back(request: Request) -> HttpResponse:
    """The line set last no longer counts."""
    return _do(request, lambda: _back(request))


def _do(request: Request, do: Any) -> HttpResponse:
    return carried_out(request, do, lambda said: _shown(request, error=said, status=422))


def _set(request: Request, value: float, since: date) -> str:
    operations.set_line(value=value, since=since, by=request.user, now=clock.now())
    messages.success(
        request,
        _("%(day)s 起按 %(value)s 上榜") % {"day": day(since), "value": value},
        extra_tags=reverse("numbers-line-back"),
    )
    return reverse("numbers-line")


def _back(request: Request) -> str:
    operations.roll_back(by=request.user, now=clock.now())
    messages.success(request, _("已退回上一条线；收过的名单不变"))
    return reverse("numbers-line")


def _shown(request: Request, *, error: str = "", status: int = 200) -> HttpResponse:
    today = clock.now().date()
    live, newest = queries.in_force(today), queries.lists(viewer=request.user).first()
    live_value = live.value if live else newest.threshold if newest else None
    typed = request.POST.get("value") or request.GET.get("value", "")
    value = _value(typed)
    if typed and value is None:
        error = error or _("阈值要在 0 和 1 之间，例如 0.3")
    lines = list(queries.lines()[:20])
    shown = {
        "live": live,
        "live_value": live_value,
        "typed": typed,
        "value": value,
        "trials": [
            _tried(word, queries.trial(of, today=today))
            for word, of in ((_("现在的线"), live_value), (_("试的线"), value))
            if of is not None
        ],
        "tried": tried_days(request.user, today, asked=False),
        "has_lists": newest is not None,
        "today": today,
        "aparts": beside_watch(request.user, today),
        "lines": lines,
        "in_force": [live],
        "can_back": any(one.withdrawn_at is None for one in lines),
        "error": error,
    }
    return render(request, "operator/line.html", shown, status=status)


def _tried(word: str, trial: queries.Trial) -> tuple[str, queries.Trial, date, date]:
    """A trial, and the days it keeps as text, from and before which its lists are."""
    return word, trial, date.fromisoformat(trial.since), date.fromisoformat(trial.until)


def _value(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 < value < 1 else None
