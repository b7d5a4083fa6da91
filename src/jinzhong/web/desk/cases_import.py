"""Importing cases: choose the sheet, look at what it says and would change, file it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from openpyxl.utils import get_column_letter

from jinzhong import clock, flow
from jinzhong.cases import queries as cases
from jinzhong.cases.operations import Change
from jinzhong.district import queries as district
from jinzhong.district.permissions import may
from jinzhong.intake import operations as intake_operations
from jinzhong.intake import queries as intake
from jinzhong.intake.sources.case_sheet import columns, template
from jinzhong.intake.sources.case_sheet.read import UnreadableFile
from jinzhong.web.desk import case_words
from jinzhong.web.shared.files import XLSX, attached
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request

KIND = "case_sheet"
AT = "cases/import/<uuid:pk>"
LISTED = 200
"""Rows shown before filing; the rest is counted."""
RECENT = 8
AS_UNDERSTOOD = "auto"
"""What the mapping form sends for a column whose meaning was not touched."""


@dataclass(frozen=True)
class Column:
    """A column of the sheet in the mapping form."""

    letter: str
    heading: Any
    title: str
    is_money: bool
    is_unknown: bool
    by_hand: bool


@dataclass(frozen=True)
class Row:
    """A row that would be filed: what happens with it, and what should be looked at."""

    change: Change
    town: str
    fraud_class: str
    told: str


@page("cases/import", name="case-import", may="case.import", methods=("GET", "POST"))
def choose(request: Request) -> HttpResponse:
    """Step one: the sheet. It is kept as it comes, and filed only in step three."""
    if request.method != "POST":
        return _choose(request)
    sent, now = request.FILES.get("sheet"), clock.now()
    if sent is None:
        return _choose(request, _("没有收到文件，请选一份不超过 30 MB 的表再上传"), status=422)
    name, raw = sent.name or _("未命名"), sent.read()
    try:
        flow.read_cases(source=raw, name=name, now=now)
    except UnreadableFile as problem:
        return _choose(request, str(problem), status=422)
    return once(request, lambda: _keep(request, raw, name, now))


def _choose(request: Request, error: str = "", status: int = 200) -> HttpResponse:
    recent = [(one, *cases.came_with(one)) for one in intake.arrivals(KIND)[:RECENT]]
    return render(request, "desk/case_choose.html", {"error": error, "recent": recent}, status=status)


def _keep(request: Request, raw: bytes, name: str, now: datetime) -> str:
    return reverse("case-preview", args=[flow.keep_sheet(raw=raw, name=name, by=request.user, now=now).pk])


@page(AT, name="case-preview", may="case.import", methods=("GET", "POST"))
def preview(request: Request, pk: UUID) -> HttpResponse:
    """Step two: what the sheet says and would change. POST: step three, file it.

    Filing needs no key of the form: done twice, the second time changes nothing, and so large a sheet must not hold
    everybody else's turn in one transaction.
    """
    arrival, now, sheet = _arrival(pk), clock.now(), request.GET.get("sheet", "")
    if arrival is None:
        return missing(request)
    try:
        if request.method == "POST":
            done = flow.import_kept(arrival, by=request.user, now=now, sheet=sheet)
            messages.success(request, _("收了 %(created)s 起新案，更正 %(updated)s 起") % done.counts())
            return HttpResponseRedirect(request.get_full_path())
        read = flow.read_kept(arrival, now=now, sheet=sheet)
    except UnreadableFile as problem:
        return _choose(request, str(problem), status=422)
    shown = {"arrival": arrival, "may_take_original": may(request.user, "case.original"), **_shown(read)}
    return render(request, "desk/case_preview.html", shown)


def _arrival(pk: UUID) -> Any:
    return intake.arrivals(KIND).filter(pk=pk).first()


def _shown(read: flow.Imported) -> dict[str, Any]:
    towns, counts = {one.code: one.name for one in district.towns()}, read.counts()
    would = [one for one in read.changes if one.kind != "unchanged"]
    created, updated = cases.came_with(read.arrival) if read.arrival else (0, 0)
    return {
        "read": read,
        "sheet": read.sheet,
        "counts": counts,
        "to_file": counts["created"] + counts["updated"],
        "filed": {"created": created, "updated": updated} if created + updated else None,
        "rows": [_row(one, towns) for one in would[:LISTED]],
        "more": max(0, len(would) - LISTED),
        "columns": [_column(one, read.sheet.unknown) for one in _by_place(read)],
        "known": sum(bool(one.field) for one in read.sheet.headings),
        "unused": [one for one in read.sheet.headings if not one.field],
        "fields": [(one.field, one.title) for one in columns.COLUMNS],
        "refused": len(read.sheet.refused_rows),
        "whole_sheet": [one for one in read.sheet.rejected if one.row <= read.sheet.header_row],
        "rejected": [one for one in read.sheet.rejected if one.row > read.sheet.header_row],
    }


def _row(one: Change, towns: dict[str, str]) -> Row:
    told = [case_words.change(one, towns)] if one.kind == "updated" else []
    return Row(
        change=one,
        town=towns.get(one.row.town, ""),
        fraud_class=dict(cases.classes())[one.row.fraud_class],
        told=_("；").join([*told, *one.row.notes]),
    )


def _by_place(read: flow.Imported) -> list[Any]:
    return sorted([*read.sheet.headings, *read.sheet.unknown], key=lambda one: one.place)


def _column(heading: Any, unknown: list[Any]) -> Column:
    known = columns.BY_FIELD.get(heading.field)
    return Column(
        letter=get_column_letter(heading.place + 1),
        heading=heading,
        title=known.title.removesuffix("(元)") if known else "",
        is_money=bool(known and known.money),
        is_unknown=heading in unknown,
        by_hand=heading.rank < 0,
    )


@page(f"{AT}/columns", name="case-columns", may="case.import", methods=("POST",))
def map_columns(request: Request, pk: UUID) -> HttpResponse:
    """What a column means, said by hand; remembered for every later sheet with the same header."""
    arrival = _arrival(pk)
    if arrival is None:
        return missing(request)
    try:
        return once(request, lambda: _map(request, arrival))
    except UnreadableFile as problem:
        return _choose(request, str(problem), status=422)


def _map(request: Request, arrival: Any) -> str:
    sheet, now = request.GET.get("sheet", ""), clock.now()
    for heading in _by_place(flow.read_kept(arrival, now=now, sheet=sheet)):
        said, key = (
            request.POST.get(f"column-{heading.place}", AS_UNDERSTOOD),
            columns.plain(heading.text)[:100],
        )
        if said == "forget":
            intake_operations.forget_header(header=key, by=request.user, now=now)
        elif said in ("", *columns.BY_FIELD) and key:
            intake_operations.remember_header(header=key, field=said, by=request.user, now=now)
    messages.success(request, _("列的对应已记住，下次同样的表头照此认"))
    address = reverse("case-preview", args=[arrival.pk])
    return f"{address}?{request.GET.urlencode()}" if sheet else address


@page("cases/import/template", name="case-template", may="case.import")
def blank(request: Request) -> HttpResponse:
    """The empty sheet with its lists to choose from."""
    return attached(
        template.blank(towns=[one.name for one in district.towns()]), _("案件登记表模板.xlsx"), XLSX
    )


@page(f"{AT}/refused", name="case-refused", may="case.import")
def refused(request: Request, pk: UUID) -> HttpResponse:
    """The rows that were refused, as they stood, each with its reasons; a look into the original that is logged."""
    arrival = _arrival(pk)
    if arrival is None:
        return missing(request)
    now = clock.now()
    try:
        read = flow.read_kept(arrival, now=now, sheet=request.GET.get("sheet", ""))
    except UnreadableFile as problem:
        return _choose(request, str(problem), status=422)
    flow.note_taken(arrival, what="refused", by=request.user, now=now)
    return attached(template.refused(read.sheet), _("收不了的行.xlsx"), XLSX)


@page(f"{AT}/original", name="case-original", may="case.original")
def original(request: Request, pk: UUID) -> HttpResponse:
    """The sheet as it came; logged."""
    arrival = _arrival(pk)
    if arrival is None:
        return missing(request)
    flow.note_taken(arrival, what="original", by=request.user, now=clock.now())
    return attached(flow.original(arrival), arrival.name, "application/octet-stream")
