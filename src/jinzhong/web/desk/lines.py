"""One warning as one line of the queue: who, why, how much, which clock runs, who goes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from jinzhong.dispatch import queries as orders
from jinzhong.vault import queries as vault
from jinzhong.warning import queries as warnings
from jinzhong.web.shared.people import named, quiet, staff


@dataclass(frozen=True)
class Clock:
    """The deadline that runs now, or the one that was just met (``done``)."""

    word: str = ""
    due: datetime | None = None
    since: datetime | None = None
    done: datetime | None = None

    def is_late(self, now: datetime) -> bool:
        return bool(self.due and not self.done and self.due < now)


@dataclass(frozen=True)
class Line:
    warning: Any
    person: vault.Shown | None
    order: Any
    clock: Clock
    why: str
    goes: str
    then: str

    @property
    def is_unsent(self) -> bool:
        return self.warning.state == "open" and (self.order is None or self.order.state == "closed")

    @property
    def is_by_phone(self) -> bool:
        return self.is_unsent and self.warning.grade in orders.BY_PHONE_FIRST and bool(self.person)

    @property
    def is_under_way(self) -> bool:
        return bool(self.order and self.order.state != "closed")


def lines(found: QuerySet[Any], *, now: datetime, limit: int) -> list[Line]:
    """The first ``limit`` of these warnings as lines. Always masked: no full number stands on a list."""
    rows = list(found.prefetch_related("sources__alert")[:limit])
    people = vault.shown_many([one.person for one in rows if one.person])
    newest, calls, names = orders.newest_orders(rows), orders.calls_of(rows), named(rows)
    return [
        line(
            one, people.get(one.person_id), newest.get(one.pk), calls.get(one.pk, []), names[one.pk], now=now
        )
        for one in rows
    ]


def line(
    warning: Any, person: vault.Shown | None, order: Any, calls: list[Any], names: list[str], *, now: datetime
) -> Line:
    goes, then = _going(warning, order, calls)
    runs = clock_of(warning, order, calls, now=now)
    return Line(warning, person, order, runs, why(warning, names), goes, then)


def why(warning: Any, names: list[str]) -> str:
    """The newest story in one line, else why it was graded so."""
    told = quiet(story(warning), names)
    return told or _("；").join(map(warnings.reason_word, warning.reasons))


def story(warning: Any) -> str:
    """What was told last."""
    told = [source.alert.story for source in warning.sources.all() if source.alert.story]
    return told[-1] if told else ""


def clock_of(warning: Any, order: Any, calls: list[Any], *, now: datetime) -> Clock:
    """The next thing that must happen, and by when."""
    if warning.state != "open":
        return _met(order)
    call_by = orders.call_by(warning, calls) if order is None else None
    if call_by:
        since = calls[-1].happened_at if calls else warning.opened_at
        return Clock(_("再拨剩") if calls else _("首拨剩"), due=call_by, since=since)
    if order is None and calls:
        return Clock(_("已接通"), done=calls[-1].happened_at, since=warning.opened_at)
    if order is None:
        return Clock(_("派单剩"), due=warnings.in_hand_by(warning), since=warning.opened_at)
    if order.state == "closed":
        return Clock()
    if order.state == "waiting":
        return Clock(_("签收剩"), due=order.sign_by, since=order.sent_at)
    if order.meet_by and not order.arrived_at:
        return Clock(_("到门剩"), due=order.meet_by, since=order.sent_at)
    if order.arrived_at and not (order.feedback_by and order.feedback_by < now):
        return _met(order)
    return Clock(_("反馈剩"), due=order.feedback_by, since=order.sent_at)


def _met(order: Any) -> Clock:
    """How long it took to the door, for what is over."""
    if order is None or order.arrived_at is None:
        return Clock()
    return Clock(_("到门用"), done=order.arrived_at, since=order.sent_at)


def going(order: Any) -> list[Any]:
    """The assignments that count: those who signed and who goes with them, else everybody who was asked."""
    asked = [one for one in order.assignments.all() if one.released_at is None]
    signed = [one for one in asked if one.signed_at]
    return (
        signed + [one for one in asked if one.part == "together" and not one.signed_at] if signed else asked
    )


def _going(warning: Any, order: Any, calls: list[Any]) -> tuple[str, str]:
    """(who goes, how far they are)."""
    if order is None and calls:
        return staff(calls[-1].by), _told_by_phone(calls)
    if order is None:
        return (_("待派"), _first_step(warning.grade)) if warning.state == "open" else ("—", "")
    names = _("、").join(staff(one.account) for one in going(order)) or _("没有人可派")
    if order.state == "closed":
        outcome = order.get_outcome_display()
        return names, outcome if warning.state == "closed" else _("%(outcome)s，待再派") % {
            "outcome": outcome
        }
    return names, " · ".join(filter(None, (_progress(order), escalated(order))))


def _told_by_phone(calls: list[Any]) -> str:
    """第 2 次占线，是险情"""
    tries = _("第 %(n)s 次：%(answer)s") % {"n": len(calls), "answer": calls[-1].get_answer_display()}
    return tries + (_("，是险情") if calls[-1].answer == "busy" else "")


def _first_step(grade: str) -> str:
    """Who the handbook sends first for a grade that isn't sent for at once."""
    return {
        "yellow": _("先打电话"),
        "blue": _("短信或网格员"),
        "green": _("推送提醒"),
    }.get(grade, _("派两人上门"))


def _progress(order: Any) -> str:
    at = {"signed": order.signed_at, "on_the_way": order.departed_at, "at_the_door": order.arrived_at}
    moment = at.get(order.state)
    words = {
        "waiting": _("等签收"),
        "signed": _("已签收"),
        "on_the_way": _("在路上"),
        "at_the_door": _("已到场，等反馈"),
    }
    return f"{timezone.localtime(moment):%H:%M} {words[order.state]}" if moment else words[order.state]


def escalated(order: Any) -> str:
    if not order.escalations:
        return ""
    return _("已转下一人") if order.escalations == 1 else _("已报值班长")


def late(found: Iterable[Line], now: datetime) -> list[Line]:
    return [one for one in found if one.clock.is_late(now)]
