"""The stages in order, and the worker that pulls them.

One alert's path is written here once: page, API and feeder call ``raise_alert``. All of it commits together:
what arrived, the warning, the order, its deadlines, the messages to the officers, and the lines of the event log.
"""

from base64 import b64decode, b64encode
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import transaction

from jinzhong.agenda import operations as agenda
from jinzhong.agenda.models import Deadline, Outbox
from jinzhong.audit import operations as audit
from jinzhong.bulletin import sending as bulletins
from jinzhong.cases import operations as cases
from jinzhong.cases.operations import Change, Filed
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.dispatch.models import Order
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Unit
from jinzhong.intake import operations as intake
from jinzhong.intake import queries as intake_queries
from jinzhong.intake.models import Alert, Arrival
from jinzhong.intake.sources.base import AlertFields
from jinzhong.intake.sources.case_sheet.parse import Places, Sheet, parse
from jinzhong.intake.sources.case_sheet.read import contents, read_table
from jinzhong.operation import operation
from jinzhong.review import operations as review
from jinzhong.scoring import operations as scoring
from jinzhong.scoring import queries as numbers
from jinzhong.scoring.given import PersonLine
from jinzhong.scoring.models import Reached
from jinzhong.scoring.queries import Listed
from jinzhong.vault import operations as vault_operations
from jinzhong.vault import queries as vault
from jinzhong.warning import operations as warnings
from jinzhong.warning import queries as warning_queries
from jinzhong.warning.models import Grade, Warning

SENT_AT_ONCE = {Grade.RED, Grade.ORANGE}
"""Grades for which officers are sent without waiting for the desk."""


@dataclass(frozen=True)
class Raised:
    """What became of an alert."""

    alert: Alert
    warning: Warning
    order: Order | None


@operation
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
    alert, of_stranger = intake.receive_alert(
        source=source, fields=fields, raw=raw, by=by, sent_at=sent_at, now=now, alert_id=alert_id
    )
    warning, is_new = warnings.absorb(alert=alert, of_stranger=of_stranger, by=by.username, now=now)
    act = _act_first if is_new else _send_if_grave
    return Raised(alert, warning, act(warning, by=by.username, now=now))


@operation
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
    before = warning_queries.warning_of(alert)
    warning = warnings.amended(alert=alert, by=by.username, now=now)
    if before.pk != warning.pk:
        dispatch.follow(absorbed=before, kept=warning, by=by.username, now=now)
    return Raised(alert, warning, _send_if_grave(warning, by=by.username, now=now))


@operation
def warn_reached(*, entry: Listed, by: Account, now: datetime) -> list[Raised]:
    """A person says so: each resident whom a listed number got hold of becomes a warning, or joins the one there is."""
    audit.take_turn()
    return [_warn(one, by=by, now=now) for one in numbers.to_warn(entry)]


@operation
def take_people(
    *, operator: Unit, file: str, lines: Sequence[PersonLine], by: Account, now: datetime, least_chance: float,
    quiet_until: datetime | None = None,
) -> tuple[int, list[Raised]]:  # fmt: skip
    """Whom the live list's numbers talk to: kept, and each who is in medium or deep becomes a warning or joins the one there is; (lines kept,
    what was raised). All of it commits with how far the file was read, so that a line that comes again raises nothing. Who was told of before
    ``quiet_until``, and by a number listed with less than ``least_chance``, waits on the number's page until a person says so."""
    kept, met = scoring.keep_people(
        operator=operator, file=file, lines=lines, by=by.username, now=now, quiet_until=quiet_until
    )
    likely = {change: rows for change, rows in met.items() if change.score >= least_chance}
    waiting = [one for change, rows in likely.items() for one in numbers.to_warn(change, among=rows)]
    return kept, [_warn(one, by=by, now=now) for one in waiting]


def _warn(reached: Reached, *, by: Account, now: datetime) -> Raised:
    """One resident; the alert beneath the warning says which number it was, masked, and how they talked."""
    phone = vault.plain(reached.person)["phone"]
    signs = (f"{reached.pattern}_pattern",)
    story = numbers.told(reached)
    raised = raise_alert(
        source=Alert.Source.NUMBER,
        fields=AlertFields(phone=phone, signs=signs, story=story),
        raw={"phone": phone, "signs": signs, "story": story, "listed": str(reached.by.pk)},
        by=by,
        sent_at=now,
        now=now,
    )
    scoring.note_warned(reached=reached, alert=raised.alert, by=by.username, now=now)
    return raised


@operation
def merge_warnings(*, kept: Warning, absorbed: Warning, by: Account, now: datetime) -> Warning:
    """A person says that two warnings are about one person, so the two are one; the officers under way follow."""
    warning = warnings.merge(kept=kept, absorbed=absorbed, by=by.username, now=now)
    if absorbed.person and warning.person and vault.root(absorbed.person) != vault.root(warning.person):
        vault_operations.merge(
            kept=warning.person, absorbed=absorbed.person, by=by.username, reason=f"{absorbed.number} {kept.number}", at=now
        )  # fmt: skip
    dispatch.follow(absorbed=absorbed, kept=warning, by=by.username, now=now)
    _send_if_grave(warning, by=by.username, now=now)
    return warning


@operation
def part_person(*, warning: Warning, by: Account, now: datetime) -> bool:
    """It was said by mistake: the person of the warning and the one joined with it last are two again. False: nobody was joined."""
    audit.take_turn()
    joined = vault.merges(warning.person).last() if warning.person else None
    if joined:
        vault_operations.undo_merge(merge=joined, by=by.username, at=now)
    return joined is not None


@operation
def settle_warning(*, warning: Warning, outcome: str, by: Account, now: datetime) -> None:
    """The desk settles a warning; officers under way are called back with the same outcome."""
    audit.take_turn()
    order = orders.open_order(warning)
    if order:
        dispatch.close(order=order, by=by, happened_at=now, now=now, outcome=outcome)
    elif warning_queries.is_open(warning):
        warnings.close(warning=warning, by=by.username, now=now, outcome=outcome)


@operation
def reopen_warning(*, warning: Warning, by: Account, now: datetime) -> Warning:
    """It was settled by mistake: back on the desk, and where the grade demands it, officers go again."""
    warning = warnings.reopen(warning=warning, by=by.username, now=now)
    _send_if_grave(warning, by=by.username, now=now)
    return warning


@operation
def note_call(*, warning: Warning, answer: str, by: Account, happened_at: datetime, now: datetime) -> Warning:
    """A seat tried to reach the person: persuaded, the warning is settled; three tries in vain raise it by one grade."""
    dispatch.note_call(warning=warning, answer=answer, by=by, happened_at=happened_at, now=now)
    if answer == "persuaded":
        settle_warning(warning=warning, outcome="dissuaded", by=by, now=now)
        return warning
    tries = orders.failed_tries(warning, now=now)
    warning = warnings.not_reached(warning=warning, tries=tries, by=by.username, now=now)
    _send_if_grave(warning, by=by.username, now=now)
    return warning


def _act_first(warning: Warning, *, by: str, now: datetime) -> Order | None:
    """The same for a warning that was opened just now."""
    if warning.grade in SENT_AT_ONCE:
        return dispatch.send_first(warning=warning, by=by, now=now)
    dispatch.expect_call(warning=warning, now=now)
    return None


def _send_if_grave(warning: Warning, *, by: str, now: datetime) -> Order | None:
    """Officers go at once where the grade demands it; where it demands a call, its clock starts."""
    if warning.grade in SENT_AT_ONCE and warning.state == "open":
        return dispatch.send(warning=warning, by=by, now=now)
    order = orders.open_order(warning)
    if order is None and warning.state == "open":
        dispatch.expect_call(warning=warning, now=now)
    return order


@dataclass(frozen=True)
class Imported:
    """What came of a case sheet: what its rows say, what filing them would do, and what was filed (None: nothing tried)."""

    sheet: Sheet
    changes: list[Change]
    filed: Filed | None = None
    arrival: Arrival | None = None

    def counts(self) -> dict[str, int]:
        """rows, created, updated, unchanged: what happened, or would. A row that repeats another changes nothing."""
        kinds = Counter(one.kind for one in self.changes) + Counter(unchanged=len(self.sheet.repeated))
        if self.filed:
            kinds = Counter({kind: len(numbers) for kind, numbers in vars(self.filed).items()})
        return {
            "rows": self.sheet.count,
            **{kind: kinds[kind] for kind in ("created", "updated", "unchanged")},
        }


def read_cases(
    *, source: Path | bytes, name: str, now: datetime, strict: bool = False, sheet: str = ""
) -> Imported:
    """Read a case sheet and say what filing it would do; writes nothing. Raises UnreadableFile."""
    places = Places(
        towns=district.town_spellings(),
        communities=frozenset(district.communities()),
        stations=frozenset(unit.name for unit in district.units("station")),
    )
    table = read_table(source, name=name, sheet=sheet)
    found = parse(table, places=places, now=now, chosen=intake_queries.header_choices())
    if strict and found.rejected:
        return Imported(found, [], Filed())
    return Imported(found, cases.preview(found.rows))


def import_cases(
    *,
    source: Path | bytes,
    name: str,
    by: Account | str,
    now: datetime,
    strict: bool = False,
    sheet: str = "",
) -> Imported:
    """File the good rows of a case sheet and keep the sheet as it came. ``strict``: all rows or none."""
    raw = contents(source, name=name)
    read = read_cases(source=raw, name=name, now=now, strict=strict, sheet=sheet)
    if not read.changes:
        return replace(read, filed=Filed())
    with transaction.atomic() if strict else nullcontext():
        return _file_cases(read, keep_sheet(raw=raw, name=name, by=by, now=now), by=by, now=now)


def keep_sheet(*, raw: bytes, name: str, by: Account | str, now: datetime) -> Arrival:
    """Keep a sheet as it came; the same sheet again is the same arrival."""
    packed = b64encode(raw).decode()
    return intake_queries.same_arrival("case_sheet", packed) or intake.keep_arrival(
        kind="case_sheet", raw=packed, by=by, sent_at=now, now=now, name=name[:200]
    )


def read_kept(arrival: Arrival, *, now: datetime, sheet: str = "") -> Imported:
    """What filing a sheet that was kept would do now; writes nothing. Raises UnreadableFile."""
    read = read_cases(source=original(arrival), name=arrival.name, now=now, sheet=sheet)
    return replace(read, arrival=arrival)


def import_kept(arrival: Arrival, *, by: Account, now: datetime, sheet: str = "") -> Imported:
    """File the good rows of a sheet that was kept and looked at."""
    return _file_cases(read_kept(arrival, now=now, sheet=sheet), arrival, by=by, now=now)


def original(arrival: Arrival) -> bytes:
    """The sheet as it came."""
    return b64decode(arrival.raw)


@operation
def note_taken(arrival: Arrival, *, what: str, by: Account, now: datetime) -> None:
    """Somebody was given what stands in a sheet that was kept: the original, or the rows it was refused for."""
    audit.record("intake.original_taken", on=arrival, by=by.username, at=now, what=what)


def _file_cases(read: Imported, arrival: Arrival, *, by: Account | str, now: datetime) -> Imported:
    who = by.username if isinstance(by, Account) else by
    filed = cases.file_rows(read.sheet.rows, arrival=arrival, by=who, now=now)
    filed.unchanged += [row.number for row in read.sheet.repeated]
    done = replace(read, filed=filed, arrival=arrival)
    with transaction.atomic():
        facts = {**done.counts(), "rejected": len(read.sheet.rejected)}
        audit.record("cases.imported", on=arrival, by=who, at=now, counts=facts)
    return done


def begin(*, now: datetime) -> None:
    """What the worker sees to when it starts."""
    bulletins.keep_schedule(now=now)


Deliver = Callable[[str, dict[str, Any]], None]
"""Hands (key, payload) of a message to the outside; raises when it wasn't taken."""


def work_once(*, worker: str, now: datetime, deliver: Mapping[str, Deliver]) -> int:
    """Act on the deadlines that are due and deliver what waits in the outbox. Returns how many rows were worked on."""
    return act_once(worker=worker, now=now) + deliver_once(worker=worker, now=now, deliver=deliver)


def act_once(*, worker: str, now: datetime) -> int:
    """Act on the deadlines that are due; how many."""
    due = agenda.lease_deadlines(worker=worker, now=now)
    return sum(agenda.act(deadline, partial(_act_on, deadline, now=now), now=now) for deadline in due)


def deliver_once(*, worker: str, now: datetime, deliver: Mapping[str, Deliver]) -> int:
    """Deliver what waits in the outbox; how many."""
    waiting = agenda.lease_outbox(worker=worker, now=now)
    return agenda.deliver(waiting, partial(_send, deliver), now=now) if waiting else 0


MISSED: dict[str, Callable[..., object]] = {
    bulletins.DRAFT: bulletins.draft_due,
    bulletins.UNOPENED: bulletins.remind,
    scoring.FORGET: scoring.forget_unconfirmed,
    scoring.FORGET_LIVE: scoring.forget_live,
    dispatch.CALL: dispatch.call_missed,
    review.LATE: review.overdue,
    review.FORGET_PHOTOS: review.forget_photos,
    **{kind: partial(review.paper_passed, kind=kind) for kind in review.PAPER_DEADLINES},
    **{kind: partial(dispatch.missed, kind=kind) for kind in dispatch.ORDER_DEADLINES},
}
"""What follows when a deadline of a kind has passed: asked with what it stands on (``on_id``), ``step``, ``due_at`` and ``now``."""


def _act_on(deadline: Deadline, *, now: datetime) -> None:
    MISSED[deadline.kind](on_id=deadline.on_id, step=deadline.step, due_at=deadline.due_at, now=now)


def _send(deliver: Mapping[str, Deliver], message: Outbox) -> None:
    deliver[message.channel](message.key, message.payload)
