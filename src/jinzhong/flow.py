"""The stages in order, and the worker that pulls them.

One alert's path is written here once: page, API and feeder call ``raise_alert``. All of it commits together:
what arrived, the warning, the order, its deadlines, the messages to the officers, and the lines of the event log.
"""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from jinzhong.agenda import operations as agenda
from jinzhong.agenda.models import Deadline, Outbox
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.dispatch.models import Order
from jinzhong.district.models import Account
from jinzhong.intake import operations as intake
from jinzhong.intake.models import Alert
from jinzhong.intake.sources.base import AlertFields
from jinzhong.warning import operations as warnings
from jinzhong.warning.models import Grade, Warning

log = logging.getLogger(__name__)

SENT_AT_ONCE = {Grade.RED, Grade.ORANGE}
"""Grades for which officers are sent without waiting for the desk."""


@dataclass(frozen=True)
class Raised:
    """What became of an alert."""

    alert: Alert
    warning: Warning
    order: Order | None


@transaction.atomic
def raise_alert(
    *,
    source: str,
    fields: AlertFields,
    raw: Mapping[str, Any],
    by: Account,
    sent_at: datetime,
    now: datetime,
    alert_id: UUID | None = None,
) -> Raised:
    """An alert comes in: keep it, warn, and where the grade demands it, send officers at once."""
    alert = intake.receive_alert(
        source=source, fields=fields, raw=raw, by=by, sent_at=sent_at, now=now, alert_id=alert_id
    )
    warning = warnings.absorb(alert=alert, by=by.username, now=now)
    return Raised(alert, warning, _send_if_grave(warning, by=by.username, now=now))


@transaction.atomic
def amend_alert(
    *,
    alert: Alert,
    fields: AlertFields,
    raw: Mapping[str, Any],
    by: Account,
    sent_at: datetime,
    now: datetime,
) -> Raised:
    """The teller writes more: the warning learns it, and may rise or turn out to be about a known person."""
    alert = intake.amend_alert(alert=alert, fields=fields, raw=raw, by=by, sent_at=sent_at, now=now)
    warning = warnings.amended(alert=alert, by=by.username, now=now)
    return Raised(alert, warning, _send_if_grave(warning, by=by.username, now=now))


def _send_if_grave(warning: Warning, *, by: str, now: datetime) -> Order | None:
    if warning.grade in SENT_AT_ONCE and warning.state == "open":
        return dispatch.send(warning=warning, by=by, now=now)
    return orders.open_order(warning)


Deliver = Callable[[Outbox], None]


def work_once(*, worker: str, now: datetime, deliver: Mapping[str, Deliver]) -> int:
    """Act on the deadlines that are due and deliver what waits in the outbox. Returns how many rows were worked on."""
    done = 0
    for deadline in agenda.lease_deadlines(worker=worker, now=now):
        done += agenda.work(deadline, lambda row=deadline: _act_on(row, now=now), now=now)
    for message in agenda.lease_outbox(worker=worker, now=now):
        done += agenda.work(message, lambda row=message: _deliver(row, deliver, now=now), now=now)
    return done


def _act_on(deadline: Deadline, *, now: datetime) -> None:
    dispatch.missed(
        order_id=deadline.on_id, kind=deadline.kind, step=deadline.step, due_at=deadline.due_at, now=now
    )


def _deliver(message: Outbox, deliver: Mapping[str, Deliver], *, now: datetime) -> None:
    deliver[message.channel](message)
    agenda.delivered(message, at=now)
