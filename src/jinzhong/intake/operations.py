"""Taking in what arrives: kept as it came first, read afterwards."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.utils.translation import gettext as _

from jinzhong.audit import operations as audit
from jinzhong.district.models import Account, Town
from jinzhong.ids import new_id
from jinzhong.intake.models import Alert, AlertChange, Arrival, HeaderChoice
from jinzhong.intake.sources.base import AlertFields, Refused
from jinzhong.operation import operation
from jinzhong.statements import insert
from jinzhong.vault import forms, seal
from jinzhong.vault import operations as vault
from jinzhong.vault import queries as vault_queries
from jinzhong.vault.queries import Wanted


class AlreadyTaken(Exception):
    """There is an alert with this id already."""


class Received(NamedTuple):
    """An alert, and whether its person is one of whom nobody has told before."""

    alert: Alert
    of_stranger: bool


@operation
def keep_arrival(
    *, kind: str, raw: str, by: Account | str, sent_at: datetime, now: datetime, name: str = ""
) -> Arrival:
    """Keep something exactly as it came, encrypted."""
    who, unit = (by.username, by.unit) if isinstance(by, Account) else (by, None)
    arrival = Arrival(
        kind=kind,
        name=name,
        raw=raw,
        digest=seal.digest(raw.encode("utf-8", "surrogatepass")),
        by=who,
        unit=unit,
        sent_at=sent_at,
        received_at=now,
    )
    insert(arrival)
    audit.record("intake.arrived", on=arrival, by=who, at=now, happened_at=sent_at, arrival_kind=kind)
    return arrival


@operation
def receive_alert(
    *,
    source: str,
    fields: AlertFields,
    raw: Mapping[str, Any],
    by: Account,
    sent_at: datetime,
    now: datetime,
    alert_id: UUID | None = None,
) -> Received:
    """Take in an alert of a teller or of the hotline. ``sent_at``: when it was pressed or told, by their clock."""
    audit.take_turn()
    if alert_id and Alert.objects.filter(pk=alert_id).exists():
        raise AlreadyTaken(str(alert_id))
    arrival = keep_arrival(kind=source, raw=_text(raw), by=by, sent_at=sent_at, now=now)
    alert = Alert(
        id=alert_id or new_id(),
        source=source,
        first_arrival=arrival,
        by=by,
        unit=by.unit,
        happened_at=sent_at,
        received_at=now,
    )
    of_stranger = _write(alert, fields, now=now)
    insert(alert)
    audit.record(
        "intake.alert",
        on=alert,
        by=by.username,
        at=now,
        happened_at=sent_at,
        town=alert.town_id or "",
        source=source,
        unit=alert.unit_id,
    )
    return Received(alert, of_stranger)


@operation
def amend_alert(
    *,
    alert: Alert,
    fields: AlertFields,
    raw: Mapping[str, Any],
    by: Account,
    sent_at: datetime,
    now: datetime,
) -> Alert:
    """What the teller writes after pressing; what is not said again stays."""
    audit.take_turn()
    arrival = keep_arrival(kind=f"{alert.source}_more", raw=_text(raw), by=by, sent_at=sent_at, now=now)
    AlertChange.objects.create(alert=alert, arrival=arrival, fields=dict(raw), at=now)
    _write(
        alert,
        replace(_as_fields(alert), **{name: value for name, value in vars(fields).items() if value}),
        now=now,
    )
    alert.save()
    audit.record(
        "intake.alert_amended",
        on=alert,
        by=by.username,
        at=now,
        happened_at=sent_at,
        town=alert.town_id or "",
        fields=sorted(raw),
    )
    return alert


@operation
def remember_header(*, header: str, field: str, by: Account, now: datetime) -> HeaderChoice:
    """Remember which field a header of the office's own spreadsheet means."""
    choice, _fresh = HeaderChoice.objects.update_or_create(
        header=header, defaults={"field": field, "by": by.username, "at": now}
    )
    audit.record("intake.header_remembered", on=choice, by=by.username, at=now, field=field)
    return choice


@operation
def forget_header(*, header: str, by: Account, now: datetime) -> None:
    """A header means again what it meant before somebody said otherwise."""
    for choice in HeaderChoice.objects.filter(header=header):
        audit.record("intake.header_forgotten", on=choice, by=by.username, at=now, field=choice.field)
        choice.delete()


def _text(raw: Mapping[str, Any]) -> str:
    return json.dumps(dict(raw), ensure_ascii=False, sort_keys=True, default=str)


def _as_fields(alert: Alert) -> AlertFields:
    """The alert as its fields again; the person's identifiers are kept with the person."""
    return AlertFields(
        sex=alert.person_sex, age=alert.person_age, amount=alert.amount, payee_name=alert.payee_name, payee_tail=alert.payee_tail,
        payee_bank=alert.payee_bank, fraud_class=alert.fraud_class, signs=tuple(alert.signs), answers=alert.answers, story=alert.story,
        place=alert.place, town=alert.town_id or "",
    )  # fmt: skip


def _write(alert: Alert, fields: AlertFields, *, now: datetime) -> bool:
    """Whether nobody has told of its person before."""
    of_stranger = _meet(alert, fields, now=now)
    if fields.id_number:
        fields = replace(
            fields, sex=forms.sex(fields.id_number), age=_age(alert.source, fields.id_number, now)
        )
    alert.person_sex, alert.person_age = fields.sex, fields.age
    alert.amount, alert.payee_name, alert.payee_tail, alert.payee_bank = (
        fields.amount,
        fields.payee_name,
        fields.payee_tail,
        fields.payee_bank,
    )
    alert.fraud_class, alert.signs, alert.answers = fields.fraud_class, list(fields.signs), fields.answers
    alert.story, alert.place = fields.story, fields.place
    known = fields.town if fields.town and Town.objects.filter(pk=fields.town).exists() else None
    alert.town_id = known or alert.town_id or _town_of_unit(alert)
    return of_stranger


def _town_of_unit(alert: Alert) -> str | None:
    """Where a counter stands, there the person is; where an operator's office stands says nothing."""
    return alert.unit.town_id if alert.unit and alert.source != Alert.Source.NUMBER else None


def _meet(alert: Alert, fields: AlertFields, *, now: datetime) -> bool:
    """Name the person and the payee of an alert; whether nobody has told of the person before."""
    said = _said(alert, fields)
    asked = {
        "person": Wanted("person", said),
        "payee": Wanted("account", {"account": fields.payee_account} if fields.payee_account else {}),
    }
    if said and alert.person and not alert.identified and vault_queries.recognise(asked["person"]) == [None]:
        vault.complete(alert.person, at=now, **said)
        del asked["person"]
    asked = {role: one for role, one in asked.items() if one.identifiers}
    met = dict(zip(asked, vault.meet(*asked.values(), at=now), strict=True))
    alert.identified = alert.identified or bool(fields.phone or fields.id_number)
    if payee := met.get("payee"):
        alert.payee = payee.subject
    if person := met.get("person"):
        alert.person = person.subject
    return bool(person and person.is_new and alert.identified)


def _said(alert: Alert, fields: AlertFields) -> dict[str, str]:
    """What tells who the person is: all that was said, now and before; nothing where nothing is said now.

    A phone or ID number written again with other digits corrects the first one, and so may mean another person.
    """
    said = {"name": fields.name, "phone": fields.phone, "id_number": fields.id_number}
    now_said = {kind: text for kind, text in said.items() if text}
    before = vault_queries.plain(alert.person) if now_said and alert.person else {}
    return {kind: text for kind, text in before.items() if kind in said} | now_said


def _age(source: str, id_number: str, now: datetime) -> int:
    born = forms.birth_date(id_number)
    if born > now.date():
        field = "customer_id_number" if source == Alert.Source.BANK else "id_number"
        raise Refused([(field, _("身份证号里的出生日期还没有到"))])
    return now.year - born.year - ((now.month, now.day) < (born.month, born.day))
