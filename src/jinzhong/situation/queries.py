"""Counting cases: by period, town, class, area, month, and who the victims were, as of any moment.

A case counts in the period in which it was reported, for the victim's town at that time, by the revision in force just
before the moment asked about; withdrawn cases don't count. One list of rows (``rows``) is the base of every figure, so
that each figure opens to exactly the cases it was counted from.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from jinzhong.cases import queries as cases
from jinzhong.cases.models import CaseRevision, Status, Victim
from jinzhong.district import queries as district
from jinzhong.district.models import Account, Area, Town
from jinzhong.situation import bands, shares, words
from jinzhong.situation.figures import EVERYTHING, Only, Part, Persons, Stats, Total
from jinzhong.situation.models import CityCount
from jinzhong.situation.periods import DAY, Period
from jinzhong_engine.taxonomy import FRAUD_CLASSES

UNKNOWN = bands.UNKNOWN
SEXES = ("F", "M")

# -- rows -----------------------------------------------------------------------------------------------


def rows(
    period: Period, *, viewer: Account | None, as_of: datetime | None = None, only: Only = EVERYTHING
) -> QuerySet[CaseRevision]:
    """The cases that count in a period, as the viewer may see them (None: the office's own machine, which sees all)."""
    seen = cases.visible(viewer=viewer, as_of=as_of) if viewer else cases.known(as_of)
    found = seen.exclude(status=Status.WITHDRAWN).filter(
        reported_at__gte=period.start, reported_at__lt=period.end
    )
    given = {"town__in": only.towns, "fraud_class__in": only.classes}
    found = found.filter(**{name: value for name, value in given.items() if value})
    if only.area:
        found = found.filter(area="" if only.area == UNKNOWN else only.area)
    if only.sex or only.age:
        found = found.filter(pk__in=Victim.objects.filter(_victims(only)).values("revision"))
    return found


def _victims(only: Only) -> Q:
    """The victims that are meant. Of a case with a woman and a man, ``sex="F"`` counts the case and the woman."""
    meant = Q()
    if only.sex:
        meant &= Q(sex="" if only.sex == UNKNOWN else only.sex)
    if only.age == UNKNOWN:
        meant &= Q(age=None)
    elif only.age:
        band = bands.BY_CODE[only.age]
        meant &= Q(age__gte=band.low, age__lte=band.high)
    return meant


class Row(NamedTuple):
    """Of a case, what is counted."""

    revision: UUID
    reported_at: datetime
    town: str
    fraud_class: str
    area: str
    loss: Decimal

    @property
    def day(self) -> date:
        return day_of(self.reported_at)


def day_of(moment: datetime) -> date:
    """The day, here, on which something happened."""
    return timezone.localtime(moment).date()


COLUMNS = ("pk", "reported_at", "town", "fraud_class", "area", "loss")


def _read(found: QuerySet[CaseRevision]) -> list[Row]:
    return [Row(*one) for one in found.order_by("reported_at", "pk").values_list(*COLUMNS)]


# -- figures --------------------------------------------------------------------------------------------


def total(
    period: Period, *, viewer: Account | None, as_of: datetime | None = None, only: Only = EVERYTHING
) -> Total:
    return _sum(_read(rows(period, viewer=viewer, as_of=as_of, only=only)))


def _sum(found: Iterable[Row]) -> Total:
    counted = list(found)
    return Total(len(counted), sum((one.loss for one in counted), Decimal(0)))


def stats(
    period: Period, *, viewer: Account | None, as_of: datetime | None = None, only: Only = EVERYTHING
) -> Stats:
    """All figures of a period."""
    found = rows(period, viewer=viewer, as_of=as_of, only=only)
    counted = _read(found)
    whole = _sum(counted)
    before, last_year = period.previous(), period.last_year()
    towns = visible_towns(viewer)
    residents = district.residents(period.last)
    victims = list(
        Victim.objects.filter(_victims(only), revision__in=found.values("pk")).values_list("sex", "age")
    )
    told = Stats(
        period=period,
        as_of=as_of,
        only=only,
        total=whole,
        residents=sum(residents.get(one.code, 0) for one in towns if not only.town or one.code in only.towns),
        previous=(before, total(before, viewer=viewer, as_of=as_of, only=only)),
        last_year=(last_year, total(last_year, viewer=viewer, as_of=as_of, only=only)),
        city=None if only or not sees_all(viewer) else city_cases(period, as_of=as_of),
        by_class=_by_class(counted, whole),
        by_town=_by_town(counted, whole, towns, residents),
        by_area=_by_area(counted, whole),
        by_month=_by_month(counted, whole, period),
        persons=len(victims),
        by_sex=_persons([sex or UNKNOWN for sex, _age in victims], SEXES, words.sex_name),
        by_age=_persons(
            [bands.band_of(age) for _sex, age in victims], [one.code for one in bands.BANDS], words.age_name
        ),
    )
    told.notes.extend(words.notes(told, of_all=sees_all(viewer)))
    return told


def choices(*, viewer: Account | None) -> dict[str, dict[str, str]]:
    """What ``Only`` can name: for each field the accepted words and their codes."""
    seen = {one.code for one in visible_towns(viewer)}
    return {
        "town": {word: code for word, code in district.town_spellings().items() if code in seen},
        "class": {one.code: one.code for one in FRAUD_CLASSES},
        "area": {code: code for code in (*Area.values, UNKNOWN)},
        "sex": {code: code for code in (*SEXES, UNKNOWN)},
        "age": {code: code for code in (*bands.BY_CODE, UNKNOWN)},
    }


def areas() -> list[tuple[str, str]]:
    """(code, word) of urban, rural and unknown."""
    return [(code, words.area_name(code)) for code in (*Area.values, UNKNOWN)]


def sees_all(viewer: Account | None) -> bool:
    return viewer is None or district.sight(viewer).district


def visible_towns(viewer: Account | None) -> list[Town]:
    """The towns whose cases the viewer may see, in the district's order."""
    if viewer is None:
        return district.towns()
    sight = district.sight(viewer)
    return [one for one in district.towns() if sight.district or one.code in sight.towns]


def _group(counted: list[Row], key: Callable[[Row], str]) -> dict[str, Total]:
    groups: dict[str, list[Row]] = {}
    for one in counted:
        groups.setdefault(key(one), []).append(one)
    return {code: _sum(found) for code, found in groups.items()}


def _part(code: str, name: str, found: Total, whole: Total, residents: int | None = None) -> Part:
    return Part(
        code,
        name,
        found.cases,
        found.loss,
        shares.percent(found.cases, whole.cases),
        shares.percent(found.loss, whole.loss),
        shares.rate(found.cases, residents),
    )


def _by_class(counted: list[Row], whole: Total) -> list[Part]:
    """Every class, most cases first; equal ones in the official order."""
    groups = _group(counted, lambda one: one.fraud_class)
    lines = [_part(one.code, _(one.short), groups.get(one.code, Total()), whole) for one in FRAUD_CLASSES]
    return sorted(lines, key=lambda one: -one.cases)


def _by_town(counted: list[Row], whole: Total, towns: list[Town], residents: dict[str, int]) -> list[Part]:
    groups = _group(counted, lambda one: one.town)
    return [
        _part(one.code, one.name, groups.get(one.code, Total()), whole, residents.get(one.code))
        for one in towns
    ]


def _by_area(counted: list[Row], whole: Total) -> list[Part]:
    groups = _group(counted, lambda one: one.area or UNKNOWN)
    known = [_part(one.value, str(one.label), groups.get(one.value, Total()), whole) for one in Area]
    unknown = [_part(UNKNOWN, _("未登记"), groups[UNKNOWN], whole)] if UNKNOWN in groups else []
    return known + unknown


def _by_month(counted: list[Row], whole: Total, period: Period) -> list[Part]:
    groups = _group(counted, lambda one: f"{one.day:%Y-%m}")
    codes = [f"{one:%Y-%m}" for one in period.months()]
    return [_part(code, code, groups.get(code, Total()), whole) for code in codes]


def _persons(found: list[str], codes: Iterable[str], name: Callable[[str], str]) -> list[Persons]:
    counts = Counter(found)
    return [
        Persons(code, name(code), counts[code], shares.percent(counts[code], len(found)))
        for code in (*codes, UNKNOWN)
        if code != UNKNOWN or counts[UNKNOWN]
    ]


def by_day(
    period: Period, *, viewer: Account | None, as_of: datetime | None = None, only: Only = EVERYTHING
) -> list[tuple[date, Total]]:
    """Every day of the period, days without a case too."""
    groups = _group(_read(rows(period, viewer=viewer, as_of=as_of, only=only)), lambda one: str(one.day))
    days = [period.since + n * DAY for n in range(period.days)]
    return [(day, groups.get(str(day), Total())) for day in days]


def reaches_back_to(day: date, *, viewer: Account | None, as_of: datetime | None = None) -> bool:
    """Whether any case was reported on this day or before: if not, a zero means that nothing is known."""
    known = cases.visible(viewer=viewer, as_of=as_of) if viewer else cases.known(as_of)
    return known.filter(reported_at__lt=Period(day, day + DAY).end).exists()


def city_cases(period: Period, *, as_of: datetime | None = None) -> int | None:
    """Cases of the whole city, known for whole months only; None where a month is missing."""
    if not period.is_whole_months:
        return None
    told = CityCount.objects.filter(month__gte=period.since, month__lt=period.until)
    if as_of:
        told = told.filter(at__lt=as_of)
    newest = {one.month: one.cases for one in told.order_by("at", "id")}
    return sum(newest.values()) if set(newest) == set(period.months()) else None
