"""The rows behind a figure: the cases, warnings or orders it was counted from, as they were known at its cut-off."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.bulletin import queries as bulletins
from jinzhong.bulletin import reports
from jinzhong.cases import queries as cases
from jinzhong.dispatch import queries as orders
from jinzhong.situation import drill, sentences, words, work
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request, moment_in

ON_A_PAGE = 50


@dataclass(frozen=True)
class Printed:
    """The bulletin and figure that led here."""

    issue: Any
    title: str
    name: str
    definition: str


@page("situation/rows", name="situation-rows", may="situation.read")
def rows(request: Request) -> HttpResponse:
    """What the words of the link mean, counted again by what was known before their cut-off."""
    now = clock.now()
    try:
        meant, cut = drill.meant(request.GET.dict()), _cut(request.GET.get("as_of", ""), now)
    except ValueError:
        return missing(request)
    found, printed = _found(meant, request, cut), _printed(request.GET)
    listed = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    count, count_now = listed.paginator.count, _count(_found(meant, request, now))
    shown = {
        "meant": meant,
        "rows": listed,
        "lines": LINES[meant.of](listed, cut, meant),
        "count": count,
        "count_now": count_now,
        "since": bulletins.since_then(meant, cut, now, viewer=request.user) if count_now != count else "",
        "total": cases.total(found) if meant.of == "cases" else None,
        "span": sentences.span(meant.period),
        "definition": printed.definition if printed else meant.definition(),
        "printed": printed,
        "said": _said(meant),
        "cut": cut,
        "template": f"desk/situation/{meant.of}.html",
    }
    return render(request, "desk/situation_rows.html", shown)


def _said(meant: drill.Rows) -> list[str]:
    """The query: what was read, between which midnights, of whom alone."""
    kinds = {"cases": _("案件"), "warnings": _("预警"), "orders": _("派单")}
    since = _("%(day)s 0 时起") % {"day": meant.period.since}
    until = _("%(day)s 0 时前") % {"day": meant.period.until}
    return [
        kinds[meant.of],
        since,
        until,
        *words.only_names(meant.only),
        *filter(None, [work.unit_name(meant.unit)]),
    ]


def _cut(text: str, now: datetime) -> datetime:
    """The cut-off of the link; now, where there is none or it lies ahead. Raises ValueError."""
    if not text:
        return now
    told = moment_in(text)
    if told is None:
        raise ValueError(text)
    return min(told if told.tzinfo else told.replace(tzinfo=clock.ZONE), now)


def _found(meant: drill.Rows, request: Request, cut: datetime) -> Any:
    if meant.of == "cases":
        found = meant.cases(viewer=request.user, as_of=cut).select_related("case", "town")
        return found.prefetch_related("victims").order_by("reported_at", "case__number")
    if meant.of == "warnings":
        return meant.warnings(viewer=request.user, as_of=cut).order_by("opened_at", "number")
    return meant.orders(viewer=request.user, as_of=cut)


def _count(found: Any) -> int:
    return len(found) if isinstance(found, list) else found.count()


def _printed(said: Mapping[str, str]) -> Printed | None:
    """The issued bulletin that the link names, if there is such a figure in it."""
    try:
        day, revision = date.fromisoformat(said["date"]), int(said["revision"])
    except (KeyError, ValueError):
        return None
    issue = bulletins.issued(said.get("bulletin", ""), day, revision)
    figure = issue.told()["figures"].get(said.get("figure", "")) if issue else None
    if issue is None:
        return None
    return Printed(
        issue,
        reports.of(issue.kind).TITLE,
        figure["name"] if figure else "",
        figure["definition"] if figure else "",
    )


# -- lines ----------------------------------------------------------------------------------------------


def _cases(listed: Any, cut: datetime, meant: drill.Rows) -> list[Any]:
    classes = dict(cases.classes())
    return [(one, classes[one.fraud_class]) for one in listed]


def _warnings(listed: Any, cut: datetime, meant: drill.Rows) -> list[Any]:
    grades = work.grades_of(work.of_these(one.pk for one in listed), as_of=cut)
    return [(one, grades.get(one.pk, one.grade)) for one in listed]


def _orders(listed: Any, cut: datetime, meant: drill.Rows) -> list[Any]:
    outcomes, deadlines = (
        dict(orders.outcomes()),
        {"sign": _("签收"), "meet": _("到门"), "feedback": _("反馈")},
    )
    return [
        (
            one,
            outcomes.get(one.outcome, ""),
            [deadlines[owed.kind] for owed in one.missed(meant.period, as_of=cut)],
        )
        for one in listed
    ]


LINES = {"cases": _cases, "warnings": _warnings, "orders": _orders}
