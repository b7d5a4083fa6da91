"""Who may do what, by role. The one table; pages, API and operations all ask ``may``.

What rows a person sees is a second question, answered by ``queries.sight``: both must say yes.
"""

from jinzhong.district.models import Account, Role

OFFICE = Role.ANTI_FRAUD_OFFICE
_EVERY_READER = {
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
    "alert.read": {Role.OUTLET, Role.BANK_HEAD, *_EVERY_READER},
    "warning.read": {Role.OUTLET, Role.BANK_HEAD, *_EVERY_READER},
    "warning.grade": {OFFICE},
    "order.read": {Role.OUTLET, Role.BANK_HEAD, *_EVERY_READER},
    "order.act": {Role.STATION_OFFICER, OFFICE},
    "order.send": {OFFICE},
    "person.reveal": {OFFICE, Role.HOTLINE, Role.STATION_OFFICER},
    "case.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "case.import": {OFFICE},
    "case.export": {OFFICE, Role.INSPECTOR, Role.TOWN},
    "case.original": {OFFICE, Role.AUDITOR},
    "situation.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "bulletin.read": {OFFICE, Role.STATION_OFFICER, Role.TOWN, Role.INSPECTOR, Role.AUDITOR},
    "bulletin.issue": {OFFICE},
    "board.read": {OFFICE, Role.INSPECTOR, Role.AUDITOR},
    "duty.read": {OFFICE, Role.INSPECTOR, Role.AUDITOR},
    "duty.manage": {OFFICE},
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
