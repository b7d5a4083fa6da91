"""换一种排班: a past stretch with other teams on duty, beside what was. The address says what is tried; nothing is changed."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.situation import drill, periods, queries
from jinzhong.situation.periods import Period, add_months
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request

ROWS = 3
"""Lines of the form."""
SHOWN = 50
"""Orders listed; of more only their number."""
MONTHS, LONGEST_DAYS = 3, 100
KINDS = {
    "sign": gettext_lazy("签收迟"),
    "meet": gettext_lazy("见面迟"),
    "feedback": gettext_lazy("反馈迟"),
    "door_in_five_minutes": gettext_lazy("5 分钟内到门"),
}


@dataclass(frozen=True)
class Watch:
    """A line of the form as typed."""

    town: str = ""
    hours: str = ""
    teams: str = ""


class Unreadable(ValueError):
    """What was typed can't be tried; the message says what to write."""


@page("desk/duty/whatif", name="duty-whatif", may="duty.manage")
def roster_whatif(request: Request) -> HttpResponse:
    """The last whole quarter-year unless the address says otherwise."""
    from jinzhong.review.index import rectified  # starts what computes
    from jinzhong.situation import whatif

    now = clock.now()
    first = now.date().replace(day=1)
    period, wrong = Period(add_months(first, -MONTHS), first), ""
    watches = _typed(request)
    told: dict[str, Any] | None = None
    try:
        period = _period(request, period)
        if period.end > now:
            raise Unreadable(_("只能试已经过去的日子"))
        if any(watches) or request.GET:
            told = whatif.compare({"roster": _change(watches)}, period, rectified(period, as_of=period.end))
    except (Unreadable, whatif.BadChange, periods.BadPeriod) as problem:
        wrong = str(problem)
    except ValueError:
        wrong = _("这一段没有案件或人口，算不了")
    shown = {
        "period": period,
        "watches": [*watches, *[Watch()] * ROWS][:ROWS],
        "towns": queries.visible_towns(request.user),
        "wrong": wrong,
        "told": told,
        "facts": _facts(told) if told else [],
        "by_town": _by_town(told) if told else [],
        "moved": _moved(told) if told else [],
        "shown": SHOWN,
        "rows": urlencode(drill.orders(period, "sent").words() | {"as_of": period.end.isoformat()}),
    }
    return render(request, "desk/roster_whatif.html", shown, status=422 if wrong else 200)


def _typed(request: Request) -> list[Watch]:
    said = [request.GET.getlist(name) for name in ("town", "hours", "teams")]
    lines = [Watch(*(part.strip() for part in one)) for one in zip(*said, strict=False)]
    return [one for one in lines if one.town or one.teams][:ROWS]


def _period(request: Request, otherwise: Period) -> Period:
    given = [request.GET.get(name, "") for name in ("since", "until")]
    if not any(given):
        return otherwise
    try:
        since, last = (date.fromisoformat(one) for one in given)
        found = periods.chosen(since, last + periods.DAY)
    except (ValueError, OverflowError) as problem:
        raise Unreadable(_("日期要写成 2021-05-31 这样，从和到都要填")) from problem
    if found.days > LONGEST_DAYS:
        raise Unreadable(_("一次最多试 %(n)s 天") % {"n": LONGEST_DAYS})
    return found


def _change(watches: list[Watch]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in watches:
        if not one.town or not one.hours or not one.teams.isdecimal() or len(one.teams) > 2:
            raise Unreadable(_("每一行要选镇（街道）、写几点到几点（例如 16-24）和几组（整数）"))
        if one.hours in found.get(one.town, {}):
            raise Unreadable(_("同一个镇（街道）同样的钟点写了两次"))
        found.setdefault(one.town, {})[one.hours] = int(one.teams)
    return found


# -- showing --------------------------------------------------------------------------------------------


def _facts(told: dict[str, Any]) -> list[tuple[str, int, int]]:
    on_time = told["on_time"]
    return [(str(word), on_time["base"][kind], on_time["changed"][kind]) for kind, word in KINDS.items()]


def _moved(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        one | {"base": _words(one["base"]), "changed": _words(one["changed"])}
        for one in told["late"]
        if one["base"] != one["changed"]
    ]


def _words(missed: tuple[str, ...]) -> str:
    return _("、").join(str(KINDS[kind]) for kind in missed) or _("都按时")


def _by_town(told: dict[str, Any]) -> list[tuple[str, int, int]]:
    """Orders late to the door, by town, where there is one on either side."""
    names = {one.pk: one.name for one in queries.visible_towns(None)}
    sides = [
        Counter(one["town"] for one in told["late"] if "meet" in one[side]) for side in ("base", "changed")
    ]
    return [
        (names.get(town, "—"), sides[0][town], sides[1][town])
        for town in [*names, ""]
        if sides[0][town] or sides[1][town]
    ]
