"""Reaching a person by phone before anybody goes: the tries, their clock, and who hears of one that wasn't made."""

from datetime import datetime
from uuid import UUID

from jinzhong.agenda import operations as agenda
from jinzhong.audit import operations as audit
from jinzhong.dispatch import queries
from jinzhong.dispatch.models import Call
from jinzhong.dispatch.operations.sending import CALL
from jinzhong.district import queries as district
from jinzhong.district.models import Account
from jinzhong.operation import operation
from jinzhong.warning import operations as warnings
from jinzhong.warning import queries as warning_queries
from jinzhong.warning.models import Warning


class UnknownAnswer(Exception):
    """A call ends with one of the answers of ``Call.Answer``."""


@operation
def expect_call(*, warning: Warning, now: datetime) -> None:
    """Start the clock of the next try, where the grade demands a call and nobody is under way."""
    tries = queries.calls(warning)
    due = queries.call_by(warning, tries)
    if due:
        agenda.watch(on_id=warning.pk, due={CALL: due}, at=now, step=len(tries))


@operation
def note_call(*, warning: Warning, answer: str, by: Account, happened_at: datetime, now: datetime) -> Call:
    """Somebody tried to reach the person. A busy line counts as not reached: who defrauds keeps it engaged."""
    audit.take_turn()
    if answer not in Call.Answer.values:
        raise UnknownAnswer(answer)
    if not warning_queries.is_open(warning):
        raise warnings.NotOpen(warning.number)
    happened_at = max(happened_at, warning.opened_at)
    call = Call.objects.create(
        warning=warning, by=by, answer=answer, happened_at=happened_at, recorded_at=now
    )
    agenda.settle(on_id=warning.pk, kinds=[CALL], done_at=happened_at, at=now)
    audit.record(
        "dispatch.called",
        on=warning,
        by=by.username,
        at=now,
        happened_at=happened_at,
        town=warning.town_id or "",
        call=call.pk,
        answer=answer,
    )
    expect_call(warning=warning, now=now)
    return call


@operation
def call_missed(*, on_id: UUID, step: int, due_at: datetime, now: datetime) -> None:
    """A try wasn't made in time: it is told, and the duty chief's phone rings."""
    audit.take_turn()
    warning = Warning.objects.get(pk=on_id)
    owed = warning_queries.is_open(warning) and queries.open_order(warning) is None
    outcome = "missed" if owed else "dropped"
    if not agenda.settle_one(kind=CALL, on_id=on_id, step=step, outcome=outcome, at=now) or not owed:
        return
    chief = district.chief_at(now)
    audit.record(
        "dispatch.late",
        on=warning,
        by="clock",
        at=now,
        happened_at=due_at,
        town=warning.town_id or "",
        deadline=CALL,
        told=chief.pk if chief else "",
    )
    if chief:
        payload = {"warning": str(warning.pk), "account": str(chief.pk), "grade": warning.grade}
        agenda.post("ring", {f"ring:{warning.pk}:{chief.pk}:call{step}": payload}, at=now)
