"""A case in words: its parts by name, what changed from one telling to the next."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from jinzhong.cases import queries as cases
from jinzhong.cases.operations import Change
from jinzhong.intake.sources.case_sheet.columns import BY_FIELD
from jinzhong.web.templatetags.show import moment, wan

MONEY = ("loss", "stopped", "frozen", "returned")
TIMES = ("reported_at", "filed_at")


def part(name: str) -> str:
    """A part of a case (``cases.content``) as people call it."""
    groups = {
        "occurred": _("案发时间"),
        "loss": _("损失"),
        "town": _("镇（街道）"),
        "community": _("村（社区）"),
        "transfers": _("转账与收款账户"),
        "suspects": _("涉案号码、App、网址"),
        "victim_phone": _("受害人电话"),
        "victim_id_number": _("受害人证件"),
        "victim_address": _("受害人住址"),
        "victim_occupation": _("受害人职业"),
        "victim_sex": _("受害人性别"),
        "victim_age": _("受害人年龄"),
    }
    return groups.get(name) or BY_FIELD[name].title.replace("(元)", "")


def change(one: Change, towns: dict[str, str]) -> str:
    """What filing the row would change, each part with before and after where that may stand on a list."""
    return _("；").join(_part_change(name, one, towns) for name in one.fields)


def _part_change(name: str, one: Change, towns: dict[str, str]) -> str:
    before, after = _value(name, one.before, towns), _value(name, one.row, towns)
    return (
        f"{part(name)} {before} → {after}" if before or after else _("%(part)s有改动") % {"part": part(name)}
    )


def _value(name: str, told: Any, towns: dict[str, str]) -> str:
    """The part as it may be shown to everybody who may see the case; empty for what is personal."""
    if name in MONEY:
        return wan(getattr(told, name))
    if name in TIMES:
        return moment(getattr(told, name))
    if name == "town":
        return towns.get(getattr(told, "town_id", "") or told.town, "—") if told else ""
    if name == "status":
        return dict(cases.statuses()).get(told.status, "—")
    if name == "fraud_class":
        return dict(cases.classes())[told.fraud_class]
    return ""


def differing(newer: Any, older: Any) -> Iterable[str]:
    """The parts in which two revisions differ."""
    both = sorted(newer.digests.keys() | older.digests.keys())
    return [part(name) for name in both if newer.digests.get(name) != older.digests.get(name)]
