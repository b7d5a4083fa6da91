"""The warning that is being worked on: who and why, the suggested next step, sources, clocks, account, history."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong import clock
from jinzhong.audit import queries as audit
from jinzhong.cases import queries as cases
from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district
from jinzhong.district.permissions import may
from jinzhong.intake.sources.bank_alert.parse import SIGNS as BANK_SIGNS
from jinzhong.intake.sources.hotline_call.parse import SIGNS as CALL_SIGNS
from jinzhong.vault import queries as vault
from jinzhong.warning import queries as warnings
from jinzhong.web.desk.lines import Line, going, line, story
from jinzhong.web.desk.queue import ALLOWED
from jinzhong.web.shared.people import named, quiet, staff
from jinzhong.web.shared.request import Request
from jinzhong.web.templatetags.show import wan

PATTERN_SIGNS = {"deep_pattern": gettext_lazy("深度受骗迹象"), "medium_pattern": gettext_lazy("中度迹象")}
SIGNS = {**CALL_SIGNS, **BANK_SIGNS, **PATTERN_SIGNS}
LOOK_BACK = timedelta(days=30)


@dataclass(frozen=True)
class Point:
    """One point of the time line: when it was, or by when it must be."""

    word: str
    at: datetime | None
    limit: datetime | None
    is_next: bool = False

    @property
    def is_late(self) -> bool:
        return bool(self.at and self.limit and self.at > self.limit)


@dataclass(frozen=True)
class Told:
    """A source beneath the warning."""

    at: datetime
    kind: str
    words: str


@dataclass(frozen=True)
class Done:
    """One step of the order, as it was recorded."""

    at: datetime
    word: str
    told: str


@dataclass(frozen=True)
class Step:
    """The suggested next step. ``officers``: who would go; ``action``: what the one primary button does."""

    title: str
    action: str = ""
    label: str = ""
    officers: tuple[Any, ...] = ()
    why: str = ""


def pane(request: Request, warning: Any) -> dict[str, Any]:
    """Everything the pane shows of one warning to this viewer."""
    now, viewer = clock.now(), request.user
    person = vault.shown(warning.person, to=viewer.get_username(), now=now)
    order, calls = orders.newest_orders([warning]).get(warning.pk), orders.calls(warning)
    alerts = [
        source.alert for source in warning.sources.select_related("alert__unit", "alert__by", "alert__payee")
    ]
    names = named([warning])[warning.pk]
    told = _as_is if person and person.until else partial(quiet, names=names)
    shown = line(warning, person, order, calls, names, now=now)
    return {
        "warning": warning,
        "person": person,
        "order": order,
        "line": shown,
        "story": told(story(warning)),
        "place": str(warning.outlet or told(warning.place)),
        "reasons": [warnings.reason_word(one) for one in warning.reasons],
        "told": [_told(one, told) for one in reversed(alerts)],
        "points": points(warning, order, calls),
        "calls": [(staff(one.by), one) for one in calls],
        "steps": _steps(order) if order else [],
        "officers": [(staff(one.account), one) for one in going(order)] if order else [],
        "payee": _payee(alerts, viewer=viewer, now=now),
        "joined": vault.merges(warning.person).count() if warning.person else 0,
        "elsewhere": _same_payee(warning, alerts, viewer=viewer, now=now),
        "before": _before(warning, viewer=viewer, now=now),
        "was_victim": _was_victim(warning),
        "step": next_step(warning, shown, viewer=viewer, now=now),
        "at_counter": warning.outlet is not None,
        "may": {name: may(viewer, action) for name, action in ALLOWED.items()},
        "remasked_in": _seconds_left(person, now),
    }


def _seconds_left(person: vault.Shown | None, now: datetime) -> int:
    """Real seconds until the plain data is masked again, for the page to ask anew."""
    until = person.until if person else None
    return round((until - now).total_seconds() / clock.rate()) + 1 if until else 0


def _as_is(text: str) -> str:
    return text


def _told(alert: Any, told: Callable[[str], str]) -> Told:
    signs = _("、").join(str(SIGNS.get(one, one)) for one in alert.signs)
    who = f"{alert.unit} {alert.by.staff_no}".strip() if alert.unit else ""
    return Told(
        alert.received_at,
        alert.get_source_display(),
        _("；").join(filter(None, (who, signs, told(alert.story)))),
    )


def points(warning: Any, order: Any, calls: list[Any]) -> list[Point]:
    """From hearing of it to the report; target and actual side by side."""
    graded = warning.gradings.order_by("at").values_list("at", flat=True).first()
    is_open = warning.state == "open"
    first_by = orders.call_by(warning, [])
    found = [
        (_("收到"), warning.opened_at, None),
        (_("定级"), graded, None),
        *([(_("首拨"), calls[0].happened_at if calls else None, first_by)] if calls or first_by else []),
        (
            _("派单"),
            order and order.sent_at,
            None if order or first_by or not is_open else warnings.in_hand_by(warning),
        ),
        (_("签收"), order and order.signed_at, order and order.sign_by),
        (_("出发"), order and order.departed_at, None),
        (_("到门"), order and order.arrived_at, order and order.meet_by),
        (_("反馈"), order and order.closed_at, order and order.feedback_by),
    ]
    last = max(place for place, (_word, at, _limit) in enumerate(found) if at)
    return [
        Point(word, at, limit, is_next=place == last + 1 and is_open)
        for place, (word, at, limit) in enumerate(found)
    ]


def _steps(order: Any) -> list[Done]:
    steps = list(order.steps.all())
    people = district.accounts_named(one.by for one in steps)
    return [_done(one, order, staff(people[one.by]) if one.by in people else "") for one in steps]


def _done(step: Any, order: Any, told: str) -> Done:
    """``told``: who did it; what came of it says more, where something did."""
    if step.step == "escalated":
        told = _("仍无人签收，已报值班长") if step.facts.get("step") else _("到时无人签收，转下一人")
    elif step.step == "closed" and order.amount_protected:
        saved = {"amount": wan(order.amount_protected), "how": order.get_evidence_display()}
        told = order.get_outcome_display() + _("，") + _("没转出去 %(amount)s，%(how)s") % saved
    elif step.step == "closed":
        told = order.get_outcome_display()
    return Done(step.happened_at, step.get_step_display(), told)


def _payee(alerts: Sequence[Any], *, viewer: Any, now: datetime) -> dict[str, Any] | None:
    """Where the money was to go: the newest account that was named, masked."""
    named = next((one for one in reversed(alerts) if one.payee or one.payee_tail), None)
    if named is None:
        return None
    account = vault.shown(named.payee, to=viewer.get_username(), now=now)
    text = account.account if account else _("尾号 %(tail)s") % {"tail": named.payee_tail}
    return {
        "account": text,
        "bank": named.payee_bank,
        "until": account.until if account else None,
        "known": bool(account),
    }


def _same_payee(warning: Any, alerts: Sequence[Any], *, viewer: Any, now: datetime) -> list[Any]:
    payees = {one.payee_id for one in alerts if one.payee_id}
    found = [warnings.same_payee(one, viewer=viewer, since=now - LOOK_BACK) for one in payees]
    return [other for query in found for other in query.exclude(pk=warning.pk)[:3]]


def _before(warning: Any, *, viewer: Any, now: datetime) -> list[Any]:
    if not (warning.person_id and warning.identified):
        return []
    found = warnings.about(warning.person_id, viewer=viewer, since=now - LOOK_BACK)
    return list(found.exclude(pk=warning.pk).order_by("-opened_at")[:3])


def _was_victim(warning: Any) -> bool:
    return bool(warning.person and warning.identified and cases.was_victim(vault.family(warning.person)))


def next_step(warning: Any, shown: Line, *, viewer: Any, now: datetime) -> Step:
    """What the viewer should do now; without the right to do it, what is waited for."""
    if warning.state != "open":
        return _settled(warning)
    if shown.is_by_phone and may(viewer, "call.take") and shown.clock.done is None:
        return _to_call(shown)
    if not may(viewer, "order.send"):
        return Step(_waited_for(shown.order) if shown.is_under_way else _("等值班台派单"))
    if shown.is_under_way:
        return _while_under_way(warning, shown.order, now=now, is_late=shown.clock.is_late(now))
    return _to_send(warning, shown.order, now=now)


def _to_call(shown: Line) -> Step:
    """The number first, then what came of the call."""
    person, why = shown.person, _("三次打不通，自动升一级上门；占线是险情。")
    if person and not person.until:
        return Step(_("下一步：先打电话劝阻"), action="reveal", label=_("查看号码，拨打"), why=why)
    return Step(_("下一步：拨打，打完记下"), action="call", label=_("记下这次通话"), why=why)


def _settled(warning: Any) -> Step:
    """How and by whom it was settled, as the event log has it."""
    event = audit.events_on([warning.pk]).filter(kind="warning.closed").last()
    outcome = dict(orders.outcomes()).get(json.loads(event.facts)["outcome"], "") if event else ""
    people = district.accounts_named([event.by]) if event else {}
    who = staff(people[event.by]) if event and event.by in people else ""
    told = f"{timezone.localtime(event.recorded_at):%H:%M:%S} {who}" if event else ""
    return Step(_("已办结：%(outcome)s") % {"outcome": outcome} if outcome else _("已办结"), why=told)


def _waited_for(order: Any) -> str:
    return {
        "waiting": _("等民警签收"),
        "signed": _("已签收，等出发"),
        "on_the_way": _("在路上，等到门"),
        "at_the_door": _("已见面，等反馈"),
    }[order.state]


def _while_under_way(warning: Any, order: Any, *, now: datetime, is_late: bool) -> Step:
    asked = {one.account_id for one in order.assignments.all()}
    fresh = [one for one in orders.suggestions(warning, now=now) if one.account.pk not in asked]
    if order.state == "waiting" and is_late and fresh:
        return Step(
            _("还没有人签收：改派下一人"),
            action="send",
            label=_("改派 %(who)s") % {"who": staff(fresh[0].account)},
            officers=(fresh[0].account,),
            why=_how_far(fresh[:1]),
        )
    return Step(_waited_for(order))


def _to_send(warning: Any, order: Any, *, now: datetime) -> Step:
    were_there = {one.account_id for one in order.assignments.all()} if order else set()
    could_go = orders.suggestions(warning, now=now)
    nearest = ([one for one in could_go if one.account.pk not in were_there] or could_go)[:2]
    if not nearest:
        return Step(_("下一步：派人上门"), why=_("这一班没有排出警的人，按 D 从全部民警里选。"))
    again = order is not None
    where = _("去网点") if warning.outlet else _("上门")
    title = _("下一步：再派一组%(where)s") if again else _("下一步：派两人%(where)s")
    return Step(
        title % {"where": where},
        action="send",
        label=_("派 %(who)s %(where)s")
        % {"who": _("、").join(staff(one.account) for one in nearest), "where": where},
        officers=tuple(one.account for one in nearest),
        why=_how_far(nearest),
    )


def _how_far(found: Sequence[orders.Suggestion]) -> str:
    """两人空闲,最近的 1.2 公里,约 3 分"""
    busy = sum(one.open_orders > 0 for one in found)
    state = (
        _("%(n)s 人空闲") % {"n": len(found) - busy} if not busy else _("%(n)s 人手上还有单") % {"n": busy}
    )
    return _("，").join(filter(None, (state, distance(found[0].metres))))


def distance(metres: int | None) -> str:
    if metres is None:
        return ""
    minutes = max(1, round(metres / orders.METRES_PER_MINUTE))
    return _("%(km)s 公里，约 %(minutes)s 分") % {"km": f"{metres / 1000:.1f}", "minutes": minutes}
