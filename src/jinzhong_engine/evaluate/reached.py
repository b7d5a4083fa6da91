"""Who is being reached: the people a listed number talks to, graded by the pattern of contact.

The three patterns are those of an operator's published practice (Zhejiang Mobile, 2016): shallow, one call that came to nothing;
medium, a long call and then a call to an enquiry or official number; deep, then a call to a bank, or calls back and talks often.
Ours says more in one place: who talked long, in one call or in several together, or again and again, is medium also without a call to
anybody. The district's grades demand it (``ladders.person_warning``: 长时间通话 and 与涉诈号码反复联系 are yellow, one contact is blue).
Deep stands on a long talk, as published: whoever calls back and talks often, a minute each time, is 反复联系 and nobody to send officers to.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Literal

import pyarrow as pa

from jinzhong_engine.evaluate.made import Made, chosen
from jinzhong_engine.features.windows import SHORT_SECONDS

LONG_SECONDS = 20 * 60
"""A call of about 20 minutes, as published; several together as long count as talking long too."""

OFTEN = 3
"""Talks with one listed number that count as often, as three alerts in seven days raise a warning; two are twice one contact."""

OFFICIAL = frozenset({"110", "114", "12321", "12377", "12381", "10000", "10010", "10086"})
"""Where people ask whether somebody is who he says he is: police, enquiries, reporting lines, the operators themselves."""

BANKS = frozenset(
    [
        "95588",
        "95599",
        "95566",
        "95533",
        "95559",
        "95580",
        "95555",
        "95558",
        "95528",
        "95568",
        "95561",
        "95595",
        "95577",
        "95508",
        "95511",
        "95574",
    ]
)
"""The telephone lines of the large banks, and of the bank of Ningbo."""

Pattern = Literal["shallow", "medium", "deep"]


@dataclass(frozen=True)
class Contact:
    """One call between a resident and a listed number, or from the resident to a number that helps to check."""

    at: int
    seconds: int
    way: Literal["called", "calls_back", "asks_official", "calls_bank"]


def pattern(contacts: list[Contact]) -> Pattern:
    """How deep a resident is in; contacts in any order.

    >>> pattern([Contact(0, 8, "called")])
    'shallow'
    >>> pattern([Contact(0, 8, "called"), Contact(1, 6, "called"), Contact(2, 9, "called")])  # hung up at once, each time
    'shallow'
    >>> pattern([Contact(0, 600, "called"), Contact(9, 600, "called")])  # twenty minutes together
    'medium'
    >>> pattern([Contact(0, 40, "called"), Contact(1, 40, "called"), Contact(2, 40, "called")])  # again and again
    'medium'
    >>> pattern([Contact(0, 40, "called"), Contact(1, 40, "calls_back"), Contact(2, 40, "called")])  # a family, a shop
    'medium'
    >>> pattern([Contact(0, 600, "called"), Contact(1, 600, "calls_back"), Contact(2, 60, "called")])
    'deep'
    >>> pattern([Contact(0, 1300, "called"), Contact(9, 60, "asks_official")])
    'medium'
    >>> pattern([Contact(0, 1300, "called"), Contact(9, 60, "calls_bank")])
    'deep'
    >>> pattern([Contact(0, 60, "calls_bank"), Contact(9, 30, "called")])  # the bank was called before, on business of one's own
    'shallow'
    """
    talks = sorted(
        (one for one in contacts if one.way in ("called", "calls_back") and one.seconds > 0),
        key=lambda one: one.at,
    )
    long_since = min((one.at for one in talks if one.seconds >= LONG_SECONDS), default=None)
    after = {one.way for one in contacts if long_since is not None and one.at > long_since}
    called_back = any(one.way == "calls_back" for one in talks)
    is_long, is_often = _is_long(talks), _is_often(talks)
    if "calls_bank" in after or (called_back and is_often and is_long):
        return "deep"
    return "medium" if called_back or is_often or is_long else "shallow"


def _is_long(talks: list[Contact]) -> bool:
    """Twenty minutes together."""
    return sum(one.seconds for one in talks) >= LONG_SECONDS


def _is_often(talks: list[Contact]) -> bool:
    """Three times; who hung up at once wasn't talked to."""
    return sum(one.seconds >= SHORT_SECONDS for one in talks) >= OFTEN


@dataclass(frozen=True)
class Resident:
    """Somebody whom a listed number got hold of: how deep, how often and how long they talked, when last."""

    number: str
    pattern: Pattern
    talks: int
    seconds: int
    last_at: int


def reached(
    calls: pa.Table,
    made: Made,
    *,
    is_resident: Callable[[str], bool],
    official: Collection[str] = OFFICIAL,
    banks: Collection[str] = BANKS,
) -> dict[str, list[Resident]]:
    """For each listed number, whom it talked to; nobody who was only rung.

    ``calls``: of the seven days in which contacts count, ``made``: those of them that the listed numbers made. ``is_resident``: whether a
    number may be the phone of somebody here; a bank's line, a call centre or a number abroad is nobody whom one could warn.
    """
    between: dict[tuple[str, str], list[Contact]] = defaultdict(list)
    for number, its in made.items():
        for at, callee, seconds in its:
            if callee not in made:
                between[number, callee].append(Contact(at, seconds, "called"))
    for caller, at, callee, seconds in chosen(calls, "callee", made):
        if caller not in made:
            between[callee, caller].append(Contact(at, seconds, "calls_back"))
    people = {one for one in {other for _number, other in between} if is_resident(one)}
    checks: dict[str, list[Contact]] = defaultdict(list)
    for caller, at, callee, seconds in chosen(calls, "callee", {*official, *banks}):
        if caller in people:
            checks[caller].append(Contact(at, seconds, "calls_bank" if callee in banks else "asks_official"))
    found: dict[str, list[Resident]] = {number: [] for number in made}
    for (number, resident), contacts in sorted(between.items()):
        if resident in people and (one := of_contacts(resident, contacts, checks[resident])):
            found[number].append(one)
    return found


def of_contacts(resident: str, contacts: list[Contact], checks: list[Contact]) -> Resident | None:
    """How deep somebody is in with one listed number; None: was only rung. ``checks``: their calls to those who help to check."""
    talks = [one for one in contacts if one.seconds > 0]
    if not talks:
        return None
    deep, total = pattern(contacts + checks), sum(one.seconds for one in talks)
    return Resident(resident, deep, len(talks), total, max(one.at for one in talks))
