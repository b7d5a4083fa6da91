"""How colleagues and stories are shown on every page: no full name, no long number."""

import re
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from jinzhong.vault import forms
from jinzhong.vault import queries as vault

LONG_NUMBER = re.compile(r"\d[\d\s-]{5,}\d", re.ASCII)


def staff(account: Any) -> str:
    """王* 217"""
    if account.name:
        return f"{forms.mask_name(account.name)} {account.staff_no}".strip()
    return account.staff_no or account.username


def known_accounts(request: Any) -> dict[str, Any]:
    """Accounts that need not be asked for again while this request is answered, by username; None: nobody's."""
    known: dict[str, Any] = request.__dict__.setdefault("known_accounts", {})
    return known


def quiet(story: str, names: Iterable[str] = ()) -> str:
    """A story without what people write into it: phone and card numbers, and these names."""
    return LONG_NUMBER.sub(lambda found: f"***{found[0][-4:]}", vault.hide_names(story, names))


def named(warnings: list[Any]) -> dict[UUID, list[str]]:
    """The names that may stand in the stories of each warning: of whom its alerts are about, and of the payees."""
    alerts = {one.pk: [source.alert for source in one.sources.all()] for one in warnings}
    about = {
        one.pk: {one.person_id, *(alert.person_id for alert in alerts[one.pk])} - {None} for one in warnings
    }
    names = vault.names(person for people in about.values() for person in people)
    return {
        pk: [name for person in people for name in names[person]] + [one.payee_name for one in alerts[pk]]
        for pk, people in about.items()
    }
