"""Turning alerts into warnings: one per person and day, graded by the ladder in force."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from jinzhong.audit import operations as audit
from jinzhong.cases import queries as cases
from jinzhong.district.models import Area
from jinzhong.intake.models import Alert
from jinzhong.operation import operation
from jinzhong.statements import insert, prepared
from jinzhong.vault import queries as vault
from jinzhong.warning import queries
from jinzhong.warning.models import RANK, Grade, Grading, RegradeReason, Source, State, Warning
from jinzhong_engine.ladders import person_warning as ladder

MERGE_WITHIN = timedelta(hours=24)


class NotOpen(Exception):
    """The warning is closed or merged into another."""


class Absorbed(NamedTuple):
    """The warning of an alert, and whether it was opened for it."""

    warning: Warning
    is_new: bool


class Past(NamedTuple):
    """What the ladder asks of the person's past: alerts of the last seven days with the present ones; a victim before?"""

    alerts_7d: int
    earlier_victim: bool


class ReasonMissing(Exception):
    """A grade is lowered by a person with a reason, never silently."""


@operation
def absorb(*, alert: Alert, of_stranger: bool, by: str, now: datetime) -> Absorbed:
    """The warning this alert belongs to: the one about the same person within 24 hours, or a new one.

    ``of_stranger``: nobody has told of its person before, so nothing of a past is looked for.
    """
    audit.take_turn()
    joined = None if of_stranger else _same_person(alert) or _same_counter(alert)
    warning = joined or _open(alert, by=by, now=now)
    alerts = [*queries.alerts_beneath(warning), alert] if joined else [alert]
    insert(Source(warning=warning, alert=alert, added_at=now))
    warning.newest_alert_at = max(warning.newest_alert_at, alert.received_at)
    _fill(warning, alert)
    _reopen(warning, by=by, now=now)
    _grade(warning, alerts, by=by, now=now, past=Past(len(alerts), False) if of_stranger else None)
    warning.save() if joined else insert(warning)
    return Absorbed(warning, is_new=joined is None)


@operation
def amended(*, alert: Alert, by: str, now: datetime) -> Warning:
    """The teller wrote more about an alert: complete its warning, or join the one its person already has."""
    audit.take_turn()
    warning = queries.warning_of(alert)
    if warning.sources.count() == 1:
        other = _same_person(alert, but=warning)
        if other:
            return merge(kept=other, absorbed=warning, by=by, now=now)
        _forget(warning)
    _fill(warning, alert)
    _grade(warning, queries.alerts_beneath(warning), by=by, now=now, above=_highest(warning))
    warning.save()
    audit.record("warning.amended", on=warning, by=by, at=now, town=warning.town_id or "", alert=alert.pk)
    return warning


@operation
def merge(*, kept: Warning, absorbed: Warning, by: str, now: datetime) -> Warning:
    """Two warnings turn out to be about one person: the sources move, the absorbed one points at the other."""
    audit.take_turn()
    if kept.pk == absorbed.pk or State.MERGED in (absorbed.state, kept.state):
        raise NotOpen(absorbed.number)
    absorbed.sources.update(warning=kept)
    absorbed.state, absorbed.merged_into, absorbed.closed_at = State.MERGED, kept, now
    absorbed.save(update_fields=["state", "merged_into", "closed_at"])
    alerts = queries.alerts_beneath(kept)
    for alert in alerts:
        _fill(kept, alert)
    kept.newest_alert_at = max(kept.newest_alert_at, absorbed.newest_alert_at)
    _reopen(kept, by=by, now=now)
    _grade(kept, alerts, by=by, now=now)
    kept.save()
    audit.record("warning.merged", on=kept, by=by, at=now, town=kept.town_id or "", absorbed=absorbed.pk)
    return kept


@operation
def regrade(*, warning: Warning, grade: str, reason: str, by: str, now: datetime) -> Warning:
    """A person sets another grade; ``reason``: a RegradeReason."""
    audit.take_turn()
    warning = Warning.objects.get(pk=warning.pk)
    if reason not in RegradeReason.values:
        raise ReasonMissing(warning.number)
    if warning.state != State.OPEN:
        raise NotOpen(warning.number)
    _set_grade(warning, Grade(grade), [reason], by=by, now=now)
    warning.save()
    return warning


@operation
def not_reached(*, warning: Warning, tries: int, by: str, now: datetime) -> Warning:
    """The person couldn't be reached ``tries`` times; from the ladder's number on, that raises the grade."""
    audit.take_turn()
    warning = Warning.objects.get(pk=warning.pk)
    if tries < ladder.MAX_TRIES:
        return warning
    _grade(warning, queries.alerts_beneath(warning), by=by, now=now, unreachable_tries=tries)
    warning.save()
    return warning


@operation
def close(*, warning: Warning, by: str, now: datetime, outcome: str) -> None:
    """The matter is settled; a further alert within 24 hours opens it again."""
    warning.state, warning.closed_at = State.CLOSED, now
    warning.save(update_fields=["state", "closed_at"])
    audit.record("warning.closed", on=warning, by=by, at=now, town=warning.town_id or "", outcome=outcome)


@operation
def reopen(*, warning: Warning, by: str, now: datetime) -> Warning:
    """It was settled by mistake: back on the desk."""
    audit.take_turn()
    warning = Warning.objects.get(pk=warning.pk)
    _reopen(warning, by=by, now=now)
    warning.save(update_fields=["state", "closed_at"])
    return warning


def _same_person(alert: Alert, *, but: Warning | None = None) -> Warning | None:
    """The newest other warning about this person whose last alert is less than 24 hours old."""
    if not (alert.person and alert.identified):
        return None
    family = vault.family(vault.root(alert.person))
    recent = _recent_about(family, alert.received_at - MERGE_WITHIN)
    return next((one for one in recent if one != but), None)


@prepared
def _recent_about(people: list[UUID], after: datetime) -> QuerySet[Warning]:
    recent = Warning.objects.filter(person__in=people, identified=True, newest_alert_at__gt=after)
    return recent.exclude(state=State.MERGED).order_by("-opened_at", "-pk")


def _same_counter(alert: Alert) -> Warning | None:
    """An unnamed customer at an outlet where officers are already going is taken for the same one."""
    if alert.identified or alert.source != Alert.Source.BANK or alert.unit is None:
        return None
    recent = Warning.objects.filter(
        outlet=alert.unit,
        identified=False,
        state=State.OPEN,
        newest_alert_at__gt=alert.received_at - MERGE_WITHIN,
    )
    return recent.order_by("-opened_at", "-pk").first()


def _open(alert: Alert, *, by: str, now: datetime) -> Warning:
    """A new one, not saved yet: what refers to it may go in first, the database looks at the commit."""
    outlet = alert.unit if alert.source == Alert.Source.BANK else None
    warning = Warning(
        number=queries.next_number(now),
        outlet=outlet,
        town_id=alert.town_id,
        area=outlet.area if outlet else Area.URBAN,
        rules=ladder.VERSION,
        opened_at=alert.received_at,
        recorded_at=now,
        newest_alert_at=alert.received_at,
    )
    audit.record(
        "warning.opened",
        on=warning,
        by=by,
        at=now,
        happened_at=alert.received_at,
        town=alert.town_id or "",
        alert=alert.pk,
    )
    return warning


def _forget(warning: Warning) -> None:
    """What rests on one alert alone is corrected with it: a mistyped phone, a nought too many."""
    warning.person, warning.identified, warning.person_sex, warning.person_age = None, False, "", None
    warning.amount, warning.fraud_class, warning.story, warning.place = None, "", "", ""


def _fill(warning: Warning, alert: Alert) -> None:
    """Take from the alert what the warning doesn't know yet; the larger amount stands."""
    if alert.identified and not warning.identified:
        warning.person, warning.identified = vault.root(alert.person) if alert.person else None, True
    warning.person = warning.person or alert.person
    warning.person_sex = warning.person_sex or alert.person_sex
    warning.person_age = warning.person_age if warning.person_age is not None else alert.person_age
    warning.amount = max(filter(None, (warning.amount, alert.amount)), default=None)
    warning.fraud_class = warning.fraud_class or alert.fraud_class
    warning.story = warning.story or alert.story
    warning.place = warning.place or alert.place
    warning.town_id = warning.town_id or alert.town_id
    if alert.source == Alert.Source.BANK:
        warning.outlet = alert.unit or warning.outlet


def _reopen(warning: Warning, *, by: str, now: datetime) -> None:
    if warning.state == State.CLOSED:
        warning.state, warning.closed_at = State.OPEN, None
        audit.record("warning.reopened", on=warning, by=by, at=now, town=warning.town_id or "")


def _highest(warning: Warning) -> int:
    """The gravest grade it ever had: more words about the same alert don't bring back what a person lowered."""
    return max((RANK[Grade(one.grade)] for one in warning.gradings.all()), default=-1)


def _grade(
    warning: Warning,
    alerts: list[Alert],
    *,
    by: str,
    now: datetime,
    past: Past | None = None,
    above: int = -1,
    unreachable_tries: int = 0,
) -> None:
    """Grade by the ladder, from all alerts beneath the warning; by itself a grade only rises, and only to more than ``above``."""
    signs = _signs(warning, alerts, past or _past(warning, alerts, now=now), unreachable_tries)
    grade, reasons = ladder.grade(signs)
    if not warning.grade or RANK[Grade(grade)] > max(warning.rank, above):
        _set_grade(warning, Grade(grade), reasons, by=by, now=now)


def _set_grade(warning: Warning, grade: Grade, reasons: list[str], *, by: str, now: datetime) -> None:
    warning.grade, warning.rank, warning.reasons, warning.rules = grade, RANK[grade], reasons, ladder.VERSION
    insert(Grading(warning=warning, grade=grade, reasons=reasons, rules=ladder.VERSION, by=by, at=now))
    audit.record(
        "warning.graded",
        on=warning,
        by=by,
        at=now,
        town=warning.town_id or "",
        grade=grade,
        rules=ladder.VERSION,
    )


def _past(warning: Warning, alerts: list[Alert], *, now: datetime) -> Past:
    if not (warning.person and warning.identified):
        return Past(len(alerts), False)
    family = vault.family(vault.root(warning.person))
    return Past(queries.alerts_about(family, since=now - timedelta(days=7)), cases.was_victim(family))


def _signs(warning: Warning, alerts: list[Alert], past: Past, unreachable_tries: int) -> ladder.Signs:
    """What the ladder looks at, from the alerts and what is known of the person."""
    ticked = {sign for alert in alerts for sign in alert.signs}
    return ladder.Signs(
        bank_alert=any(alert.source == Alert.Source.BANK for alert in alerts),
        age=warning.person_age,
        unreachable_tries=unreachable_tries,
        **past._asdict(),
        **{name: name in ticked for name in ladder.TICKED},
    )
