"""Bulletins, issued and drafted, and their files."""

from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation

from jinzhong import clock
from jinzhong.audit import queries as audit
from jinzhong.bulletin import changes, paper, reports
from jinzhong.bulletin.content import Content, sealed
from jinzhong.bulletin.models import Campaign, Issue, Submission, Wording
from jinzhong.bulletin.paper.blocks import Paper
from jinzhong.config import instance
from jinzhong.district.models import Account
from jinzhong.situation import queries as situation
from jinzhong.situation.drill import Rows
from jinzhong.situation.periods import DAY, YEARS
from jinzhong.situation.told import moment
from jinzhong.vault import forms
from jinzhong_engine.taxonomy import FRAUD_CLASSES

LANGUAGE = "zh-hans"
"""Bulletins are official papers in Chinese, whatever language their reader's pages are in."""
CLOCKS_DIFFER = timedelta(minutes=1)
"""So far the clock of another process may be ahead of ours; what it has written already is known."""


class NotAskable(ValueError):
    """There can be no bulletin about this day; the message says why."""


# -- issued ---------------------------------------------------------------------------------------------


def issues(kind: str) -> QuerySet[Issue]:
    """All issued revisions of a kind, newest day and revision first."""
    return Issue.objects.filter(kind=kind).defer("content")


def revisions(kind: str, day: date) -> list[Issue]:
    """The issued revisions about a day, newest first."""
    return list(issues(kind).filter(date=day))


def issued(kind: str, day: date, revision: int | None = None) -> Issue | None:
    """A revision, or the newest one."""
    found = Issue.objects.filter(kind=kind, date=day)
    return (found.filter(revision=revision) if revision is not None else found).first()


def file_of(issue: Issue, ending: str) -> bytes:
    """An issued revision as it was given out."""
    return bytes(issue.files.get(ending=ending).content)


def campaigns() -> QuerySet[Campaign]:
    """The campaigns of which there is a report, the latest first."""
    return Campaign.objects.all()


def campaign(kind: str) -> Campaign | None:
    """What a bulletin is about, where it is about a campaign."""
    return next((one for one in Campaign.objects.all() if one.kind == kind), None)


def campaign_choices() -> dict[str, dict[str, str]]:
    """What a campaign may be about: (code, name) of towns and classes, in their order."""
    return {
        "towns": {one.code: one.name for one in situation.visible_towns(None)},
        "classes": {one.code: one.short for one in FRAUD_CLASSES},
    }


# -- drafted --------------------------------------------------------------------------------------------


def cut_off(now: datetime) -> datetime:
    """The moment up to which everything written so far is known."""
    newest = audit.newest_time()
    if isinstance(newest, datetime) and now <= newest < now + CLOCKS_DIFFER:
        return newest + timedelta(microseconds=1)
    return now


def draft(
    kind: str, day: date, *, as_of: datetime, now: datetime, signed: str = "", drafted: str = ""
) -> Content:
    """The bulletin by what was known before ``as_of``, as the revision that would come next. ``signed``: who issues it,
    ``drafted``: who wrote it."""
    newest = issued(kind, day)
    state: dict[str, Any] = {
        "state": "issued" if signed else "draft",
        "revision": newest.revision + 1 if newest else 1,
    }
    return _framed(kind, day, as_of=as_of, now=now, before=newest, signed=signed, drafted=drafted, **state)


def again(issue: Issue) -> Content:
    """An issued revision computed anew from the log, by what was known at its cut-off."""
    told, before = issue.told(), issued(issue.kind, issue.date, issue.revision - 1)
    state: dict[str, Any] = {"state": "issued", "revision": issue.revision}
    by = {name: told[name] for name in ("signed", "drafted")}
    return _framed(
        issue.kind, issue.date, as_of=issue.as_of, now=issue.issued_at, before=before, **by, **state
    )


def extract(issue: Issue, *, viewer: Account, now: datetime) -> Content:
    """Of an issued revision, what concerns the viewer's towns, counted again by what was known then."""
    before = issued(issue.kind, issue.date, issue.revision - 1)
    state: dict[str, Any] = {"state": "extract", "revision": issue.revision}
    return _framed(issue.kind, issue.date, as_of=issue.as_of, now=now, before=before, viewer=viewer, **state)


def draft_extract(kind: str, day: date, *, viewer: Account, as_of: datetime, now: datetime) -> Content:
    """A draft of what concerns the viewer's towns."""
    newest = issued(kind, day)
    state: dict[str, Any] = {"state": "draft", "revision": newest.revision + 1 if newest else 1}
    return _framed(kind, day, as_of=as_of, now=now, before=newest, viewer=viewer, **state)


def readable(
    kind: str, day: date, *, viewer: Account, issue: Issue | None, as_of: datetime, now: datetime
) -> Content:
    """What the viewer may read: an issued revision or, without one, a draft; of the whole district or of their towns."""
    if situation.sees_all(viewer):
        return issue.told() if issue else draft(kind, day, as_of=as_of, now=now)
    if issue:
        return extract(issue, viewer=viewer, now=now)
    return draft_extract(kind, day, viewer=viewer, as_of=as_of, now=now)


def _framed(
    kind: str,
    day: date,
    *,
    as_of: datetime,
    now: datetime,
    before: Issue | None,
    viewer: Account | None = None,
    signed: str = "",
    drafted: str = "",
    **state: str | int,
) -> Content:
    report = reports.of(kind)
    _must_have_begun(kind, day, now)
    with translation.override(LANGUAGE):
        content: Content = {
            "kind": kind,
            "date": day.isoformat(),
            "as_of": moment(as_of),
            "rules": report.RULES,
            "layout": paper.fingerprint(),
            "signed": signed,
            "drafted": drafted,
            "mark": "演示数据" if instance.is_demo() else "",
            "office": settings.OFFICE_NAME,
            "scope": scope(viewer),
            **state,
            **report.compose(day, viewer=viewer, as_of=as_of),
        }
        content["passages"] = _worded(kind, day, content, viewer=viewer, as_of=as_of)
        earlier = _earlier(before, viewer)
        content["changes"] = changes.figures(earlier, content, viewer=viewer) if earlier else []
        content["tables_changed"] = changes.tables(earlier, content) if earlier else []
        content["words_changed"] = changes.words(earlier, content) if earlier else []
    return sealed(content)


def _earlier(before: Issue | None, viewer: Account | None) -> Content | None:
    """What the revision before said; to a viewer of some towns, what it would have said about them."""
    if before is None:
        return None
    if situation.sees_all(viewer):
        return before.told()
    body = reports.of(before.kind).compose(before.date, viewer=viewer, as_of=before.as_of)
    return body | {"as_of": moment(before.as_of)}


def _worded(
    kind: str, day: date, content: Content, *, viewer: Account | None, as_of: datetime
) -> list[dict[str, Any]]:
    """The passages, as edited last before the cut-off. Edited words are of the whole district; an extract keeps its own."""
    drafted: list[dict[str, Any]] = content.get("passages", [])
    if not situation.sees_all(viewer):
        return drafted
    edited = wordings(kind, day, as_of=as_of)
    return [
        one | {"text": edited[one["key"]].text, "edited": True} if one["key"] in edited else one
        for one in drafted
    ]


def _must_have_begun(kind: str, day: date, now: datetime) -> None:
    if day.year not in YEARS:
        raise NotAskable("年份请在 1990 到 2100 之间")
    since = reports.of(kind).period(day).since
    if clock.midnight(since) > now:
        raise NotAskable(f"{since.isoformat()} 还没有到")


def since_then(rows: Rows, then: datetime, now: datetime, *, viewer: Account) -> str:
    """Why a number is another one now: 案件 C3 迟到（…），案件 C4 更正后不再计入."""
    return changes.reasons(rows, then, now, viewer)


# -- words and review -----------------------------------------------------------------------------------


def about(kind: str, day: date) -> date:
    """The day by which a bulletin is kept: the last of its week or month. Raises NotAskable."""
    if day.year not in YEARS:
        raise NotAskable("年份请在 1990 到 2100 之间")
    return reports.of(kind).period(day).last


def last_over(kind: str, day: date) -> date:
    """By which the newest one that is over by the end of a day is kept."""
    period = reports.of(kind).period(day)
    return period.last if period.last == day else reports.of(kind).period(period.since - DAY).last


def wordings(kind: str, day: date, *, as_of: datetime) -> dict[str, Wording]:
    """The newest words of each passage that was edited."""
    found = Wording.objects.filter(kind=kind, date=day, at__lt=as_of).order_by("at", "id")
    return {one.passage: one for one in found}


def submission(kind: str, day: date) -> Submission | None:
    """What was put forward last for signing."""
    return Submission.objects.filter(kind=kind, date=day).order_by("at", "id").last()


def signature(account: Account) -> str:
    """Who issues, as it is printed: 林*."""
    return forms.mask_name(account.name) if account.name else account.username


def scope(viewer: Account | None) -> str:
    """Whose towns it is about; empty: the whole district."""
    if situation.sees_all(viewer):
        return ""
    return "、".join(one.name for one in situation.visible_towns(viewer))


# -- files ----------------------------------------------------------------------------------------------


def laid_out(content: Content) -> Paper:
    """The content set as a paper."""
    with translation.override(LANGUAGE):
        return reports.of(content["kind"]).layout(content)


def readable_file(content: Content, ending: str, *, viewer: Account, issue: Issue | None) -> bytes:
    """What the viewer may read as a file: an issued revision as it was given out, all else drawn now."""
    return file_of(issue, ending) if issue and situation.sees_all(viewer) else drawn(content, ending)


def drawn(content: Content, ending: str) -> bytes:
    """The content as a file: equal content gives equal bytes."""
    return paper.drawn(laid_out(content), content, ending)
