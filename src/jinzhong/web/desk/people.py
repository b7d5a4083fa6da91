"""Who is on duty and who goes, as the desk shows colleagues: surname and staff number."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jinzhong.dispatch import queries as orders
from jinzhong.district import queries as district
from jinzhong.web.shared.people import staff


@dataclass(frozen=True)
class Bar:
    """The facts of the bar on top: the shift, who leads it, how many can go."""

    shift: Any
    leader: str
    chief: str
    free: int
    patrols: int
    seats: int


def bar(now: datetime) -> Bar:
    duties = district.duties_at(now)
    patrols = [one.account for one in duties if one.post == "patrol"]
    busy = orders.busy_officers([one.pk for one in patrols])
    return Bar(
        shift=district.shift_at(now),
        leader=next((staff(one.account) for one in duties if one.post == "leader"), ""),
        chief=next((staff(one.account) for one in duties if one.post == "chief"), ""),
        free=sum(one.pk not in busy for one in patrols),
        patrols=len(patrols),
        seats=sum(one.post == "seat" for one in duties),
    )
