"""One bulletin as it is printed, its files, two revisions side by side."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.bulletin import content as contents
from jinzhong.bulletin import queries, reports, sending
from jinzhong.bulletin.paper import html
from jinzhong.district.permissions import may
from jinzhong.review import queries as review
from jinzhong.situation import sentences
from jinzhong.situation.periods import DAY, Period
from jinzhong.web.desk.bulletin_archive import show_archive
from jinzhong.web.shared.files import attached
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request, moment_in
from jinzhong.web.templatetags.show import wan

AT = "bulletins/<slug:kind>/<str:day>"
FILES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
}
COLUMNS = {
    "cases_previous": gettext_lazy("上一期"),
    "cases_month": gettext_lazy("本月"),
    "cases_year": gettext_lazy("本年"),
    "loss_year": gettext_lazy("本年损失"),
    "rate_10k": gettext_lazy("每万人"),
    "zero_cases": gettext_lazy("连续零发案"),
    "colour": gettext_lazy("挂牌"),
    "lifted_on": gettext_lazy("摘牌"),
    "lifted_to": gettext_lazy("摘牌后"),
}


OF_THE_PERIOD = {
    "daily": {"cases": gettext_lazy("当日"), "loss": gettext_lazy("当日损失")},
    "weekly": {"cases": gettext_lazy("本周"), "loss": gettext_lazy("本周损失")},
    "monthly": {"cases": gettext_lazy("本月"), "loss": gettext_lazy("本月损失")},
    "special": {
        "cases": gettext_lazy("期内"),
        "loss": gettext_lazy("期内损失"),
        "cases_previous": gettext_lazy("此前"),
        "loss_previous": gettext_lazy("此前损失"),
    },
}


@dataclass(frozen=True)
class Asked:
    """A bulletin somebody asks for: an issued revision or, without one, the draft by what was known at ``cut``."""

    kind: str
    day: date
    issue: Any
    cut: datetime
    now: datetime

    @property
    def is_special(self) -> bool:
        return self.kind.startswith("special-")

    @property
    def period(self) -> Period:
        return reports.of(self.kind).period(self.day)

    def told(self, request: Request, issue: Any = None) -> contents.Content:
        return queries.readable(
            self.kind, self.day, viewer=request.user, issue=issue or self.issue, as_of=self.cut, now=self.now
        )

    def address(self, name: str, *more: str, **query: Any) -> str:
        return reverse(name, args=[self.kind, self.day.isoformat(), *more]) + (
            f"?{urlencode(query)}" if query else ""
        )

    @property
    def as_draft(self) -> "Asked":
        """What would be issued next."""
        return Asked(self.kind, self.day, None, queries.cut_off(self.now), self.now)

    @property
    def which(self) -> dict[str, Any]:
        """For the address of exactly this one."""
        return {"revision": self.issue.revision} if self.issue else {"draft": self.cut.isoformat()}


class NoSuchBulletin(Exception):
    """The address names no bulletin."""


def asked_for(request: Request, kind: str, day: str) -> Asked:
    """Any day of a week or month names it. Raises NoSuchBulletin, NotAskable."""
    now, draft, revision = clock.now(), request.GET.get("draft"), request.GET.get("revision")
    try:
        reports.of(kind)
        named, number = date.fromisoformat(day), int(revision) if revision else None
        cut = moment_in(draft) if draft else queries.cut_off(now)
    except (KeyError, ValueError) as problem:
        raise NoSuchBulletin from problem
    about = queries.about(kind, named)
    issue = None if draft is not None else queries.issued(kind, about, number)
    if (number is not None and issue is None) or cut is None or cut.tzinfo is None:
        raise NoSuchBulletin
    return Asked(kind, about, issue, min(cut, max(now, queries.cut_off(now))), now)


@page(AT, name="bulletin", may="bulletin.read")
def bulletin(request: Request, kind: str, day: str) -> HttpResponse:
    """The newest issued revision, the one asked for, or a draft; as it is printed."""
    try:
        asked = asked_for(request, kind, day)
        if asked.issue:
            sending.open_(asked.issue, by=request.user, now=asked.now)
        return show_bulletin(request, asked)
    except NoSuchBulletin:
        return missing(request)
    except queries.NotAskable as problem:
        return show_archive(request, kind, error=str(problem))


def show_bulletin(
    request: Request, asked: Asked, error: str = "", status: int = 200, typed: dict[str, str] | None = None
) -> HttpResponse:
    """``typed``: what somebody just tried as the words of a passage, by its key."""
    content, revisions = asked.told(request), queries.revisions(asked.kind, asked.day)
    draws_next = not asked.issue and may(request.user, "bulletin.issue")
    shown = {
        "asked": asked,
        "content": content,
        "day": asked.day,
        "state": _state(asked, content),
        "revisions": revisions,
        "newest": revisions[0] if revisions else None,
        "deliveries": sending.deliveries(asked.issue, viewer=request.user) if asked.issue else None,
        "may_list": may(request.user, "bulletin.issue"),
        "same": not asked.issue and revisions and not _differs(content),
        "changes": _changes(content),
        "cells": _cells(content),
        "files": [(ending, asked.address("bulletin-file", ending, **asked.which)) for ending in FILES],
        "draft_address": asked.address("bulletin", draft=""),
        "compare": _compare_address(asked, revisions),
        "issue_address": asked.address("bulletin-issue") if draws_next else "",
        "read": contents.read_mark(content) if draws_next else "",
        "span": _span(asked),
        **_around(asked),
        "words": _words(asked, content, typed or {}) if draws_next else [],
        "names": [(one["name"], one["text"]) for one in content["figures"].values()],
        "words_changed": content["words_changed"],
        **(_step(request, asked, content) if draws_next else {}),
        "error": error,
        **_paper(asked, content),
    }
    return render(request, "desk/bulletin.html", shown, status=status)


def _differs(content: contents.Content) -> bool:
    return bool(content["changes"] or content["tables_changed"] or content["words_changed"])


def _around(asked: Asked) -> dict[str, str]:
    """The addresses of the one before and the one after; a campaign stands alone."""
    if asked.is_special:
        return {"before": "", "after": ""}
    after = _about(asked, asked.period.until) if asked.period.until <= asked.now.date() else ""
    return {"before": _about(asked, asked.period.since - DAY), "after": after}


def _about(asked: Asked, day: date) -> str:
    return reverse("bulletin", args=[asked.kind, reports.of(asked.kind).period(day).last.isoformat()])


def _span(asked: Asked) -> str:
    """Of a week or month its days; of a day the heading says it."""
    return "" if asked.period.days == 1 else sentences.span(asked.period)


def _words(asked: Asked, content: contents.Content, typed: dict[str, str]) -> list[dict[str, Any]]:
    """The passages whose words may be changed, as they stand or as somebody just tried."""
    return [one | {"typed": typed.get(one["key"], one["text"])} for one in content["passages"]]


def _step(request: Request, asked: Asked, content: contents.Content) -> dict[str, Any]:
    """Whether this draft has still to be put forward, waits for another person, or can be signed."""
    if not reports.of(asked.kind).TWO_PERSONS:
        return {"step": "sign"}
    put = queries.submission(asked.kind, asked.day)
    if put is None or put.read != contents.read_mark(content):
        return {"step": "submit", "submit_address": asked.address("bulletin-submit"), "outdated": put}
    mine = put.by == request.user.get_username()
    return {"step": "wait" if mine else "sign", "put": put}


def _paper(asked: Asked, content: contents.Content, issue: Any = None) -> dict[str, Any]:
    """What the printed page needs: its blocks, its looks, and where its figures open to."""
    whence: dict[str, Any] = {"as_of": content["as_of"]}
    if issue := issue or asked.issue:
        whence |= {"bulletin": asked.kind, "date": asked.day.isoformat(), "revision": issue.revision}
    return {
        "paper": queries.laid_out(content),
        "css": html.css(),
        "rows_url": reverse("situation-rows"),
        "rows_more": urlencode(whence),
    }


def _state(asked: Asked, content: contents.Content) -> str:
    """草稿, 第 1 版, 更正 第 2 版."""
    if not asked.issue:
        return _("草稿")
    number = {"n": asked.issue.revision}
    return _("更正，第 %(n)s 版") % number if asked.issue.revision > 1 else _("已签发，第 %(n)s 版") % number


def _compare_address(asked: Asked, revisions: list[Any]) -> str:
    """Side by side with the one before, where there is one."""
    if not revisions or (asked.issue and asked.issue.revision == 1):
        return ""
    return asked.address("bulletin-compare", **asked.which)


def _changes(content: contents.Content) -> list[dict[str, Any]]:
    """The printed figures that differ from the revision before: one that is — in both isn't printed."""
    return [one for one in content["changes"] if one["before_text"] != one["after_text"]]


def _cells(content: contents.Content) -> list[dict[str, Any]]:
    """The cells of tables that differ from the revision before, in words."""
    columns = COLUMNS | OF_THE_PERIOD[content["kind"].partition("-")[0]]
    return [
        one
        | {"word": columns[one["column"]]}
        | {name: _cell(one["column"], one[name]) for name in ("before", "after")}
        for one in content["tables_changed"]
        if one["column"] in columns
    ]


def _cell(column: str, value: Any) -> str:
    if value is None:
        return "—"
    if column in ("colour", "lifted_to"):
        return review.word(value)
    if isinstance(value, bool):
        return _("是") if value else _("否")
    return wan(Decimal(value)) if column.startswith("loss") else str(value)


# -- its files, and the one before -------------------------------------------------------------------------


@page(f"{AT}/file/<slug:ending>", name="bulletin-file", may="bulletin.read")
def file(request: Request, kind: str, day: str, ending: str) -> HttpResponse:
    """An issued revision byte for byte as it was given out; a draft or an extract drawn now."""
    if ending not in FILES:
        return missing(request)
    try:
        asked = asked_for(request, kind, day)
        content = asked.told(request)
        drawn = queries.readable_file(content, ending, viewer=request.user, issue=asked.issue)
        if asked.issue:
            sending.open_(asked.issue, by=request.user, now=asked.now)
    except (NoSuchBulletin, queries.NotAskable):
        return missing(request)
    which = _("第 %(n)s 版") % {"n": asked.issue.revision} if asked.issue else _("草稿")
    name = f"{reports.of(kind).TITLE} {asked.day} {content['scope']} {which}.{ending}"
    return attached(drawn, name, FILES[ending])


@page(f"{AT}/compare", name="bulletin-compare", may="bulletin.read")
def compare(request: Request, kind: str, day: str) -> HttpResponse:
    """A revision (or the draft) beside the one before: both papers, what differs, and why."""
    try:
        asked = asked_for(request, kind, day)
        older = _one_before(asked)
        after, before = asked.told(request), asked.told(request, older)
    except (NoSuchBulletin, queries.NotAskable):
        return missing(request)
    shown = {
        "asked": asked,
        "day": asked.day,
        "title": reports.of(kind).TITLE,
        "words_changed": after["words_changed"],
        "older": older,
        "content": after,
        "state": _state(asked, after),
        "changes": _changes(after),
        "cells": _cells(after),
        "back": asked.address("bulletin", **asked.which),
        "changed": {one["figure"] for one in after["changes"]}
        | {f"{one['table']}/{one['code']}/{one['column']}" for one in after["tables_changed"]},
        "papers": [_paper(asked, before, older), _paper(asked, after)],
        "css": html.css(),
    }
    return render(request, "desk/bulletin_compare.html", shown)


def _one_before(asked: Asked) -> Any:
    """Raises NoSuchBulletin where this is the first."""
    number = asked.issue.revision - 1 if asked.issue else None
    older = queries.issued(asked.kind, asked.day, number) if number != 0 else None
    if older is None:
        raise NoSuchBulletin
    return older
