"""What the desk does with one warning: send, send another, grade anew, merge, settle, show the plain number."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock, flow
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district
from jinzhong.vault import queries as vault
from jinzhong.warning import operations as warning_operations
from jinzhong.warning import queries as warnings
from jinzhong.web.desk.pane import distance, pane
from jinzhong.web.desk.queue import sift_of, whole
from jinzhong.web.shared import plain
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.people import staff
from jinzhong.web.shared.request import Request

AT = "desk/warnings/<uuid:pk>"
MERGE_CHOICES = 6
FROM_THE_DESK = ("dissuaded", "already_transferred", "false_alarm", "does_not_match", "duplicate")
"""How the desk may settle a warning itself; refused and not found are for those who stood at the door."""


class Unwise(Exception):
    """The form can't be taken as it is; the message says why, in the user's words."""


@page(AT, name="desk-warning", may="desk.read")
def warning(request: Request, pk: UUID) -> HttpResponse:
    """The pane alone when the queue asks for it, else queue and pane."""
    found = warnings.warning(pk, viewer=request.user)
    return missing(request) if found is None else _shown(request, found)


@page(f"{AT}/send", name="desk-send", may="order.send", methods=("GET", "POST"))
def send(request: Request, pk: UUID) -> HttpResponse:
    """Send named officers; when some are under way already, the one named takes over."""
    return _act(request, pk, "desk/send.html", _send, _choices)


@page(f"{AT}/grade", name="desk-grade", may="warning.grade", methods=("GET", "POST"))
def grade(request: Request, pk: UUID) -> HttpResponse:
    """Another grade, for a stated reason."""
    return _act(
        request,
        pk,
        "desk/grade.html",
        _grade,
        lambda *_: {"grades": warnings.grades(), "reasons_to_choose": warnings.regrade_reasons()},
    )


@page(f"{AT}/merge", name="desk-merge", may="warning.grade", methods=("GET", "POST"))
def merge(request: Request, pk: UUID) -> HttpResponse:
    """Two warnings are about one person."""
    return _act(request, pk, "desk/merge.html", _merge, _candidates)


@page(f"{AT}/part", name="desk-part", may="warning.grade", methods=("POST",))
def part(request: Request, pk: UUID) -> HttpResponse:
    """Two persons were taken for one: they are two again."""
    return _act(request, pk, "", _part, lambda *_: {})


@page(f"{AT}/settle", name="desk-settle", may="warning.grade", methods=("GET", "POST"))
def settle(request: Request, pk: UUID) -> HttpResponse:
    """Settled at the desk: a false alarm, or persuaded by phone."""
    return _act(request, pk, "desk/settle.html", _settle, _outcomes)


@page(f"{AT}/reopen", name="desk-reopen", may="warning.grade", methods=("POST",))
def reopen(request: Request, pk: UUID) -> HttpResponse:
    """Take a settling back."""
    return _act(request, pk, "", _reopen, lambda *_: {})


@page(f"{AT}/reveal", name="desk-reveal", may="person.reveal", methods=("GET", "POST"))
def reveal(request: Request, pk: UUID) -> HttpResponse:
    """Show what is masked for ten minutes, for a purpose."""
    return _act(request, pk, "desk/reveal.html", _reveal, _purposes)


@page(f"{AT}/call", name="desk-call", may="call.take", methods=("GET", "POST"))
def call(request: Request, pk: UUID) -> HttpResponse:
    """What came of a call to the person."""
    return _act(request, pk, "desk/call.html", _call, lambda *_: {"answers": orders.answer_words()})


@page("desk/keys", name="desk-keys", may="desk.read")
def keys(request: Request) -> HttpResponse:
    """The list of keys."""
    if request.headers.get("HX-Target") == "dialog":
        return render(request, "desk/keys.html")
    return render(request, "desk/queue.html", {**whole(request), "dialog": "desk/keys.html"})


# -- how every action goes --------------------------------------------------------------------------

Do = Callable[[Request, Any, datetime], str]
"""Does it and returns what to tell; with an address behind a newline, where it can be undone."""


def _act(
    request: Request, pk: UUID, dialog: str, do: Do, ask: Callable[[Request, Any], dict[str, Any]]
) -> HttpResponse:
    """GET: the dialog. POST: do it once, tell it, and show the warning again."""
    found = warnings.warning(pk, viewer=request.user)
    if found is None:
        return missing(request)
    if request.method != "POST":
        return _shown(request, found, dialog=dialog, more=ask(request, found))
    try:
        return once(request, lambda: _done(request, found, do))
    except Unwise as problem:
        more = {**ask(request, found), "error": str(problem)}
        return _shown(request, found, dialog=dialog, more=more, status=422)
    except (warning_operations.NotOpen, dispatch.AlreadyClosed):
        messages.info(request, _("没有改动：%(number)s 刚才已经办结") % {"number": found.number})
        return HttpResponseRedirect(_address(request, found))


def _done(request: Request, found: Any, do: Do) -> str:
    told, _newline, undo = do(request, found, clock.now()).partition("\n")
    messages.success(request, told, extra_tags=undo)
    return _address(request, found)


def _address(request: Request, found: Any) -> str:
    return reverse("desk-warning", args=[found.pk]) + sift_of(request).query


def _shown(
    request: Request,
    found: Any,
    *,
    dialog: str = "",
    more: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """As much of the page as was asked for: the pane, the dialog, or all."""
    target = request.headers.get("HX-Target", "")
    shown = {**pane(request, found), **(more or {}), "sift": sift_of(request), "on": found.pk}
    if dialog and target in ("dialog", "pane"):
        answer = render(request, dialog, shown, status=status)
        answer["HX-Retarget"], answer["HX-Reswap"] = "#dialog", "innerHTML"
        return answer
    if target == "pane":
        return render(request, "desk/pane.html", {**shown, "oob": True}, status=status)
    everything = {**whole(request, on=found.pk), **shown, "dialog": dialog}
    return render(request, "desk/queue.html", everything, status=status)


# -- what each of them does -------------------------------------------------------------------------


def _send(request: Request, found: Any, now: datetime) -> str:
    chosen = set(request.POST.getlist("officer"))
    goes = [one for one in district.officers() if one.username in chosen]
    order = orders.open_order(found)
    if not goes or (order and len(goes) > 1):
        raise Unwise(_("选一个人接这一单") if order else _("至少选一个人去"))
    names = {"who": _("、").join(map(staff, goes)), "number": found.number}
    if order:
        dispatch.reassign(order=order, to=goes[0], by=request.user, now=now)
        return _("%(number)s 已改派 %(who)s") % names
    dispatch.send(warning=found, officers=goes, by=request.user.get_username(), now=now)
    return _("%(number)s 已派 %(who)s") % names


def _choices(request: Request, found: Any) -> dict[str, Any]:
    """Who could go: those on patrol duty by distance, then all other officers."""
    near = orders.suggestions(found, now=clock.now())
    on_duty = {one.account.pk for one in near}
    order = orders.open_order(found)
    asked = {one.account_id for one in order.assignments.all() if not one.released_at} if order else set()
    rows = [(staff(one.account), one.account, distance(one.metres), one.open_orders) for one in near]
    return {
        "choices": [row for row in rows if row[1].pk not in asked],
        "off_duty": [(staff(one), one) for one in district.officers() if one.pk not in on_duty | asked],
        "is_reassign": order is not None,
    }


def _grade(request: Request, found: Any, now: datetime) -> str:
    chosen, reason = request.POST.get("grade", ""), request.POST.get("reason", "")
    if chosen not in dict(warnings.grades()):
        raise Unwise(_("选一个等级"))
    if chosen == found.grade:
        raise Unwise(_("现在就是这一级"))
    try:
        warning_operations.regrade(
            warning=found, grade=chosen, reason=reason, by=request.user.get_username(), now=now
        )
    except warning_operations.ReasonMissing as problem:
        raise Unwise(_("改级要选事由")) from problem
    return _("%(number)s 已改为%(grade)s") % {"number": found.number, "grade": warnings.grade_word(chosen)}


def _merge(request: Request, found: Any, now: datetime) -> str:
    number = (request.POST.get("number") or request.POST.get("other", "")).strip()
    other = warnings.warnings(viewer=request.user).filter(number__iexact=number).first() if number else None
    if other is None or other.pk == found.pk:
        raise Unwise(_("没有这个单号的预警，请核对"))
    flow.merge_warnings(kept=found, absorbed=other, by=request.user, now=now)
    told = _("%(other)s 已并入 %(number)s") % {"other": other.number, "number": found.number}
    return f"{told}\n{reverse('desk-part', args=[found.pk])}" if other.person and found.person else told


def _part(request: Request, found: Any, now: datetime) -> str:
    if not flow.part_person(warning=found, by=request.user, now=now):
        return _("没有改动：%(number)s 里的人没有和别人并着") % {"number": found.number}
    return _("已分开，还是两个人；两条预警仍在 %(number)s") % {"number": found.number}


def _candidates(request: Request, found: Any) -> dict[str, Any]:
    """Open warnings that may be about the same person: the same outlet or town first."""
    open_ones = warnings.open_by_rank(viewer=request.user).exclude(pk=found.pk)
    near = [one for one in open_ones if found.outlet_id and one.outlet_id == found.outlet_id]
    near += [one for one in open_ones if one not in near and one.town_id == found.town_id]
    people = vault.shown_many([one.person for one in near if one.person])
    known = [(one, one.person_id and people.get(one.person_id)) for one in near[:MERGE_CHOICES]]
    return {"candidates": known}


def _settle(request: Request, found: Any, now: datetime) -> str:
    outcome = request.POST.get("outcome", "")
    if outcome not in FROM_THE_DESK:
        raise Unwise(_("选一个结果"))
    flow.settle_warning(warning=found, outcome=outcome, by=request.user, now=now)
    word = dict(orders.outcomes())[outcome]
    told = _("%(number)s 已办结：%(outcome)s") % {"number": found.number, "outcome": word}
    return f"{told}\n{reverse('desk-reopen', args=[found.pk])}"


def _outcomes(request: Request, found: Any) -> dict[str, Any]:
    words = dict(orders.outcomes())
    return {
        "outcomes": [(code, words[code]) for code in FROM_THE_DESK],
        "chosen": request.GET.get("outcome", request.POST.get("outcome", "")),
    }


def _reopen(request: Request, found: Any, now: datetime) -> str:
    flow.reopen_warning(warning=found, by=request.user, now=now)
    return _("%(number)s 已恢复") % {"number": found.number}


def _reveal(request: Request, found: Any, now: datetime) -> str:
    subject = _subject(request, found)
    if subject is None:
        raise Unwise(_("这一条还没有记下号码"))
    try:
        return plain.show(request, subject, at=now, town=found.town_id or "")
    except plain.NoPurpose as problem:
        raise Unwise(str(problem)) from problem


def _call(request: Request, found: Any, now: datetime) -> str:
    answer, words = request.POST.get("answer", ""), dict(orders.answer_words())
    if answer not in words:
        raise Unwise(_("选一个通话结果"))
    before = found.grade
    after = flow.note_call(warning=found, answer=answer, by=request.user, happened_at=now, now=now)
    said = {"number": found.number, "answer": words[answer], "grade": warnings.grade_word(after.grade)}
    if answer == "persuaded":
        undo = reverse("desk-reopen", args=[found.pk])
        return _("%(number)s 已办结：电话劝住") % said + f"\n{undo}"
    return (
        _("%(number)s：%(answer)s，三次不通，已升%(grade)s")
        if after.grade != before
        else _("%(number)s 已记：%(answer)s")
    ) % said


def _subject(request: Request, found: Any) -> Any:
    """The person, or the account the money was to go to."""
    if request.GET.get("of", request.POST.get("of")) != "payee":
        return found.person
    alerts = [source.alert for source in found.sources.select_related("alert__payee")]
    return next((one.payee for one in reversed(alerts) if one.payee), None)


def _purposes(request: Request, found: Any) -> dict[str, Any]:
    of = "payee" if request.GET.get("of", request.POST.get("of")) == "payee" else "person"
    return {"of": of, "asked": plain.asking(request, _subject(request, found))}
