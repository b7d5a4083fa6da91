"""Taking note of what the city counted, and of what was done about an alarm."""

from datetime import date, datetime

from jinzhong.audit import operations as audit
from jinzhong.district.models import Account, Town
from jinzhong.district.permissions import NotAllowed
from jinzhong.operation import operation
from jinzhong.situation import queries
from jinzhong.situation.models import CityCount, Response


class NotAMonth(Exception):
    """A city count belongs to a month, named by its first day."""


LONGEST = 300
"""Letters that say what was done."""


class NothingSaid(ValueError):
    """A report of what was done says nothing, or too much."""


@operation
def respond(*, week: date, town: Town, text: str, by: Account, at: datetime) -> Response:
    """Note what was done about a town's colour. Who doesn't see the town can't; raises NotAllowed, NothingSaid."""
    said = " ".join(text.split())
    if town.code not in {one.code for one in queries.visible_towns(by)}:
        raise NotAllowed("alarm.act")
    if not 0 < len(said) <= LONGEST:
        raise NothingSaid(LONGEST)
    audit.take_turn()
    made = Response.objects.create(week=week, town=town, text=said, by=by.username, at=at)
    audit.record("situation.responded", on=made, by=by.username, at=at, town=town.code, since=week)
    return made


@operation
def record_city_count(*, month: date, cases: int, source: str, by: str, at: datetime) -> CityCount:
    """Note how many cases the whole city had in a month. The same number again changes nothing; another one corrects it."""
    if month.day != 1:
        raise NotAMonth(month)
    audit.take_turn()
    known = CityCount.objects.filter(month=month).order_by("at", "id").last()
    if known and known.cases == cases:
        return known
    told = CityCount.objects.create(month=month, cases=cases, source=source, by=by, at=at)
    audit.record("situation.city_counted", on=told, by=by, at=at, month=month, cases=cases)
    return told
