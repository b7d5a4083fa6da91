"""The bulletins of each kind: the days of a month, the weeks or months of a year, the special operations; what waits for the viewer."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.bulletin import operations, queries, reports, sending
from jinzhong.bulletin.sending import Account
from jinzhong.district.permissions import may
from jinzhong.situation import sentences
from jinzhong.situation.periods import DAY, YEARS, Period, add_months
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import page
from jinzhong.web.shared.request import Request, needed_day

KINDS = ("daily", "weekly", "monthly", "special")
"""In the order in which they are shown."""


@dataclass(frozen=True)
class Listed:
    """A day, week or month and its issued revisions, newest first; none: a draft."""

    period: Period
    issues: list[Any]

    @property
    def day(self) -> date:
        """By which it is kept."""
        return self.period.last


def to_do(viewer: Account) -> int:
    """What the viewer has to open, and what whoever may issue has to see to."""
    return sending.unread(viewer).count() + len(sending.waiting(viewer, now=clock.now()))


@page("bulletins", name="bulletin-list", may="bulletin.read", menu=(50, gettext_lazy("通报")), count=to_do)
def archive(request: Request) -> HttpResponse:
    """The bulletins of a kind, newest first: the days of a month, the weeks or months of a year."""
    return show_archive(request)


def show_archive(request: Request, kind: str = "", error: str = "") -> HttpResponse:
    """With what went wrong above it, where something did."""
    kind = kind or request.GET.get("kind", "")
    if kind.partition("-")[0] == "special":
        return show_campaigns(request, error=error)
    kind = kind if kind in KINDS else KINDS[0]
    today = clock.now().date()
    first = _first(kind, _month(request.GET.get("month", ""), today))
    ends = min(_next(kind, first), today + DAY)
    issued: dict[date, list[Any]] = {}
    for one in queries.issues(kind).filter(date__gte=first, date__lt=_next(kind, first)):
        issued.setdefault(one.date, []).append(one)
    shown = {
        "kind": kind,
        "title": reports.of(kind).TITLE,
        "kinds": kinds(),
        "first": first,
        "by_month": kind == "daily",
        "listed": [Listed(one, issued.get(one.last, [])) for one in _periods(kind, first, ends)],
        "today": today,
        "earlier": _next(kind, first, -1) if _next(kind, first, -1).year in YEARS else None,
        "later": _next(kind, first) if _next(kind, first) <= today else None,
        "may_issue": may(request.user, "bulletin.issue"),
        "error": error,
        **_before_me(request),
    }
    return render(request, "desk/bulletins.html", shown, status=422 if error else 200)


def _before_me(request: Request) -> dict[str, Any]:
    """What was sent to the viewer and not opened yet, and the drafts that wait for whoever may issue."""
    return {
        "unread": [
            (
                one,
                reports.of(one.issue.kind).TITLE,
                sentences.span(reports.of(one.issue.kind).period(one.issue.date)),
            )
            for one in sending.unread(request.user)
        ],
        "waiting": [
            (one, reports.of(one.kind).TITLE, sentences.span(reports.of(one.kind).period(one.date)))
            for one in sending.waiting(request.user, now=clock.now())
        ],
    }


def kinds() -> list[tuple[str, str]]:
    """(kind, title), in the order in which they are shown."""
    return [(one, reports.known()[one].TITLE) for one in KINDS]


@page("bulletins/special", name="bulletin-campaign", may="bulletin.issue", methods=("POST",))
def campaign(request: Request) -> HttpResponse:
    """Set up a campaign; its report is there from then on."""
    said, now = request.POST, clock.now()

    def done() -> str:
        made = operations.open_campaign(
            title=said.get("title", ""),
            since=_told_day(said.get("since", "")),
            until=_told_day(said.get("last", "")) + DAY,
            classes=said.getlist("class"),
            towns=said.getlist("town"),
            by=request.user,
            now=now,
        )
        begun = made.since <= now.date()
        return reverse("bulletin", args=[made.kind, made.last.isoformat()]) if begun else _campaigns_address()

    try:
        return once(request, done)
    except operations.BadCampaign as problem:
        return show_campaigns(request, error=str(problem))


def _campaigns_address() -> str:
    return f"{reverse('bulletin-list')}?kind=special"


def _told_day(text: str) -> date:
    return needed_day(text, operations.BadCampaign(_("日期写成 2021-06-10 这样")))


def show_campaigns(request: Request, error: str = "") -> HttpResponse:
    """The campaigns, the latest first, each with its revisions; below, for the office, another one."""
    said, today = request.POST, clock.now().date()
    chosen = {name: set(said.getlist(name)) for name in ("town", "class")}
    choices = queries.campaign_choices()
    shown = {
        "kind": "special",
        "kinds": kinds(),
        "listed": [
            (one, queries.revisions(one.kind, one.last), one.since <= today) for one in queries.campaigns()
        ],
        "today": today,
        "towns": [(code, name, code in chosen["town"]) for code, name in choices["towns"].items()],
        "classes": [(code, name, code in chosen["class"]) for code, name in choices["classes"].items()],
        "said": said,
        "may_issue": may(request.user, "bulletin.issue"),
        "error": error,
        **_before_me(request),
    }
    return render(request, "desk/campaigns.html", shown, status=422 if error else 200)


def _first(kind: str, month: date) -> date:
    """Where the list begins: the month of days, the year of weeks and months."""
    return month if kind == "daily" else month.replace(month=1)


def _next(kind: str, first: date, steps: int = 1) -> date:
    return add_months(first, steps * (1 if kind == "daily" else 12))


def _periods(kind: str, first: date, ends: date) -> list[Period]:
    """The days, weeks or months kept by a day from ``first``, begun before ``ends``, newest first."""
    found, at = [], reports.of(kind).period(first)
    while at.since < ends:
        found.append(at)
        at = reports.of(kind).period(at.until)
    return [one for one in reversed(found) if one.last < _next(kind, first)]


def _month(text: str, today: date) -> date:
    """The first of the month that the address names (2021-05); of this one where it names none."""
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return today.replace(day=1)
    return first if first.year in YEARS and first <= today else today.replace(day=1)
