"""The register of cases: sift, open one, see how it was told over time, give a masked file out."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.cases import export
from jinzhong.cases import queries as cases
from jinzhong.district.permissions import may, require
from jinzhong.vault import operations as vault_operations
from jinzhong.vault import queries as vault
from jinzhong.web.desk import case_words
from jinzhong.web.shared import plain
from jinzhong.web.shared.files import TABLES, attached
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request, day_in

ON_A_PAGE = 50


@dataclass(frozen=True)
class Sift:
    """What the register is sifted by; ``words`` are sent by POST, so that no name or phone stands in an address."""

    since: date
    until: date
    town: str = ""
    fraud_class: str = ""
    status: str = ""
    words: str = ""

    @property
    def query(self) -> str:
        said = {name: str(value) for name, value in vars(self).items() if value and name != "words"}
        return f"?{urlencode(said)}"

    def find(self, request: Request) -> QuerySet[Any]:
        return cases.search(
            viewer=request.user,
            since=clock.midnight(self.since),
            until=clock.midnight(self.until + timedelta(days=1)),
            town=self.town,
            fraud_class=self.fraud_class,
            status=self.status,
            words=self.words,
        )


def sift_of(request: Request) -> Sift:
    """From the first of the year until today unless the address says otherwise; the last day is within."""
    today = clock.now().date()
    since = day_in(request.GET.get("since", "")) or today.replace(month=1, day=1)
    until = day_in(request.GET.get("until", "")) or today
    said = {name: request.GET.get(name, "")[:20] for name in ("town", "fraud_class", "status")}
    words = request.POST.get("words", "").strip()[:80]
    return Sift(min(since, until), max(since, until), **said, words=words)


@page(
    "cases", name="case-register", may="case.read", methods=("GET", "POST"), menu=(20, gettext_lazy("案件"))
)
def register(request: Request) -> HttpResponse:
    """Cases, newest first, people masked. POST only searches."""
    sift = sift_of(request)
    found = sift.find(request)
    rows = Paginator(found, ON_A_PAGE).get_page(request.GET.get("page"))
    if sift.words:
        vault_operations.note_lookup(
            account=request.user,
            by=request.user.get_username(),
            where="cases",
            found=rows.paginator.count,
            at=clock.now(),
        )
    return render(
        request,
        "desk/case_register.html",
        {
            "sift": sift,
            "rows": rows,
            "listed": _rows(rows),
            "total": cases.total(found),
            "towns": cases.towns(viewer=request.user),
            "classes": cases.classes(),
            "statuses": cases.statuses(),
            "may_import": may(request.user, "case.import"),
            "may_export": may(request.user, "case.export"),
            "endings": list(TABLES),
        },
    )


@dataclass(frozen=True)
class Row:
    """A case of the list; ``people``: each victim with the person, masked."""

    revision: Any
    fraud_class: str
    people: list[tuple[Any, Any]]


def _rows(found: Any) -> list[Row]:
    """A list shows nobody plain, not even to those who were shown them."""
    told = [(one, list(one.victims.all())) for one in found]
    shown = vault.shown_many(victim.subject for _one, people in told for victim in people if victim.subject)
    words = dict(cases.classes())
    return [
        Row(one, words[one.fraud_class], [(victim, shown.get(victim.subject_id)) for victim in people])
        for one, people in told
    ]


@page("cases/<uuid:pk>", name="case-file", may="case.read")
def case(request: Request, pk: UUID) -> HttpResponse:
    """One case: what is known, whom it struck, how it was told over time."""
    found = cases.one(pk, viewer=request.user)
    return missing(request) if found is None else _case(request, found)


@page("cases/<uuid:pk>/reveal", name="case-reveal", may="person.reveal", methods=("GET", "POST"))
def reveal(request: Request, pk: UUID) -> HttpResponse:
    """Show one person or account of the case plain for ten minutes, for a purpose."""
    require(request.user, "case.read")
    found = cases.one(pk, viewer=request.user)
    subject = _subject(found, request.GET.get("of", request.POST.get("of", ""))) if found else None
    if found is None or subject is None:
        return missing(request)
    about = " ".join((_("案件"), found.case.number))
    asked = {**plain.asking(request, subject), "of": subject.pk, "about": about}
    if request.method != "POST":
        return _case(request, found, dialog=asked)
    try:
        return once(request, lambda: _reveal(request, found, subject))
    except plain.NoPurpose as problem:
        return _case(request, found, dialog=asked | {"error": str(problem)}, status=422)


def _reveal(request: Request, found: Any, subject: Any) -> str:
    messages.success(request, plain.show(request, subject, at=clock.now(), town=found.town_id))
    return reverse("case-file", args=[found.case_id])


def _subject(found: Any, pk: str) -> Any:
    """The victim, payee or number with this id, if the case names it."""
    return next((one for one in _subjects(found) if str(one.pk) == pk), None)


def _subjects(found: Any) -> list[Any]:
    victims = [one.subject for one in found.victims.select_related("subject")]
    payees = [one.payee for one in found.transfers.select_related("payee")]
    traces = [one.subject for one in found.traces.select_related("subject")]
    return [one for one in (*victims, *payees, *traces) if one]


@dataclass(frozen=True)
class Telling:
    """One revision: when we learned it, by which sheet, and what differed from the one before."""

    revision: Any
    differs: tuple[str, ...]


def _case(
    request: Request, found: Any, *, dialog: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    now = clock.now()
    shown = vault.shown_many(_subjects(found), to=request.user.get_username(), now=now)
    victims = [(one, shown.get(one.subject_id)) for one in found.victims.all()]
    return render(
        request,
        "desk/case_file.html",
        {
            "one": found,
            "fraud_class": dict(cases.classes())[found.fraud_class],
            "victims": victims,
            "transfers": [(one, shown.get(one.payee_id)) for one in found.transfers.all()],
            "traces": [(one, shown.get(one.subject_id)) for one in found.traces.all()],
            "tellings": _tellings(found),
            "story": found.narrative if any(person and person.until for _one, person in victims) else "",
            "has_story": bool(found.narrative),
            "may_reveal": may(request.user, "person.reveal"),
            "may_take_original": may(request.user, "case.original"),
            "dialog": dialog,
            "remasked_in": _seconds_left(shown.values(), now),
        },
        status=status,
    )


def _tellings(found: Any) -> list[Telling]:
    """Newest first."""
    told = list(cases.history(found.case).select_related("arrival"))
    older = [*told[1:], None]
    return [
        Telling(newer, tuple(case_words.differing(newer, before)) if before else ())
        for newer, before in zip(told, older, strict=True)
    ]


def _seconds_left(shown: Any, now: datetime) -> int:
    """Real seconds until the first plain thing is masked again, for the page to ask anew."""
    ends = [one.until for one in shown if one.until]
    return round((min(ends) - now).total_seconds() / clock.rate()) + 1 if ends else 0


@page("cases/export", name="case-export", may="case.export", methods=("POST",))
def give(request: Request) -> HttpResponse:
    """A masked file of the cases of a period; what it is for goes into the event log."""
    sift, ending = sift_of(request), request.POST.get("ending", "")
    purpose = request.POST.get("purpose", "").strip()[:500]
    if not purpose or ending not in TABLES:
        messages.error(request, _("没有导出：先写明用途"))
        return register(request)
    out = BytesIO()
    export.give(
        out,
        ending=ending,
        since=clock.midnight(sift.since),
        until=clock.midnight(sift.until + timedelta(days=1)),
        viewer=request.user,
        by=request.user.get_username(),
        purpose=purpose,
        now=clock.now(),
    )
    name = _("案件%(since)s至%(until)s%(ending)s") % {
        "since": sift.since,
        "until": sift.until,
        "ending": ending,
    }
    return attached(out.getvalue(), name, TABLES[ending])
