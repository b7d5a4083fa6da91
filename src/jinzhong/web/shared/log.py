"""The auditor's page: the event log, as it is; and whether its chain holds."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from jinzhong.audit import queries
from jinzhong.web.shared.pages import page


@page("audit", name="audit-log", may="audit.read", menu=(90, _("留痕")))
def audit_log(request: HttpRequest) -> HttpResponse:
    kind, who = request.GET.get("kind", "").strip()[:60], request.GET.get("by", "").strip()[:150]
    rows = Paginator(queries.search(kind=kind, by=who), 100).get_page(request.GET.get("page"))
    verdict = queries.verify() if request.GET.get("verify") else None
    return render(request, "shared/log.html", {"rows": rows, "kind": kind, "by": who, "verdict": verdict})
