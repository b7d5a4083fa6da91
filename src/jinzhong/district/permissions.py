"""Who may do what, by role. The one table; pages, API and operations all ask ``may``.

What rows a person sees is a second question, answered by ``queries.sight``: both must say yes.
"""

from jinzhong.district.models import Account, Role

OFFICE = Role.ANTI_FRAUD_OFFICE
_EVERY_READER: set[str] = {
    OFFICE,
    Role.HOTLINE,
    Role.STATION_OFFICER,
    Role.TOWN,
    Role.GRID_WORKER,
    Role.INSPECTOR,
    Role.AUDITOR,
}

MAY: dict[str, set[str]] = {
    "alert.raise": {Role.OUTLET, Role.HOTLINE, OFFICE},
    "call.take": {Role.HOTLINE, OFFICE},
    "warning.read": {Role.OUTLET, Role.BANK_HEAD, *_EVERY_READER},
    "warning.grade": {OFFICE},
    "order.read": {Role.OUTLET, Role.BANK_HEAD, *_EVERY_READER},
    "desk.read": _EVERY_READER,
    "outlet.read": {Role.OUTLET, Role.BANK_HEAD},
    "field.read": {Role.STATION_OFFICER, OFFICE},
    "order.act": {Role.STATION_OFFICER, OFFICE},
    "order.send": {OFFICE},
    "person.reveal": {OFFICE, Role.HOTLINE, Role.STATION_OFFICER},
    "case.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "case.import": {OFFICE},
    "case.export": {OFFICE, Role.INSPECTOR, Role.TOWN},
    "case.original": {OFFICE, Role.AUDITOR},
    "number.read": {Role.OPERATOR, OFFICE},
    "number.import": {Role.OPERATOR, OFFICE},
    "number.judge": {Role.OPERATOR, OFFICE},
    "number.reveal": {Role.OPERATOR, OFFICE},
    "number.warn": {Role.OPERATOR, OFFICE},
    "number.labels": {Role.OPERATOR, OFFICE},
    "number.line": {OFFICE},
    "situation.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "alarm.act": {OFFICE, Role.STATION_OFFICER, Role.TOWN},
    "listing.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "listing.publish": {OFFICE},
    "listing.answer": {OFFICE, Role.TOWN, Role.INSPECTOR},
    "listing.accept": {OFFICE, Role.INSPECTOR},
    "unit.read": {
        OFFICE,
        Role.STATION_OFFICER,
        Role.OUTLET,
        Role.BANK_HEAD,
        Role.OPERATOR,
        Role.INSPECTOR,
        Role.AUDITOR,
    },
    "unit.answer": {
        OFFICE,
        Role.STATION_OFFICER,
        Role.OUTLET,
        Role.BANK_HEAD,
        Role.OPERATOR,
        Role.INSPECTOR,
    },
    "index.export": {OFFICE, Role.INSPECTOR},
    "listing.lift": {OFFICE, Role.INSPECTOR},
    "check.record": {OFFICE, Role.STATION_OFFICER, Role.INSPECTOR},
    "paper.read": {
        OFFICE,
        Role.STATION_OFFICER,
        Role.TOWN,
        Role.BANK_HEAD,
        Role.OPERATOR,
        Role.INSPECTOR,
        Role.AUDITOR,
    },
    "paper.issue": {OFFICE, Role.INSPECTOR},
    "paper.answer": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.BANK_HEAD, Role.OPERATOR, Role.INSPECTOR},
    "paper.review": {OFFICE, Role.INSPECTOR},
    "bulletin.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "bulletin.issue": {OFFICE},
    "bulletin.receive": {Role.OUTLET, Role.BANK_HEAD, Role.OPERATOR},
    "board.read": {OFFICE, Role.INSPECTOR, Role.AUDITOR},
    "duty.read": {OFFICE, Role.HOTLINE, Role.STATION_OFFICER, Role.INSPECTOR, Role.AUDITOR},
    "duty.swap": {OFFICE, Role.HOTLINE, Role.STATION_OFFICER, Role.INSPECTOR},
    "duty.manage": {OFFICE},
    "account.own": set(Role.values),
    "account.manage": {Role.ADMINISTRATOR},
    "audit.read": {Role.AUDITOR},
}


class NotAllowed(Exception):
    """This role may not do this; the message says who may."""


def may(account: Account, action: str) -> bool:
    """Whether the account's role may do this at all."""
    return account.is_active and account.role in MAY[action]


def require(account: Account, action: str) -> None:
    """Raise NotAllowed unless the account's role may do this."""
    if not may(account, action):
        raise NotAllowed(action)
