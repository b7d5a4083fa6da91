"""A week or a month and what it is held against, counted once."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from django.db.models import QuerySet

from jinzhong.cases.models import CaseRevision, Victim
from jinzhong.district.models import Account, Town
from jinzhong.situation import queries, work
from jinzhong.situation.figures import EVERYTHING, Only, Stats, Total
from jinzhong.situation.periods import DAY, Period
from jinzhong.warning.models import Warning


@dataclass
class Look:
    """``word``: 本周 or 本月; ``word_before``: 上周 or 上月; ``only``: the towns and classes it is about."""

    period: Period
    word: str
    word_before: str
    viewer: Account | None
    as_of: datetime
    only: Only = EVERYTHING

    @property
    def day(self) -> date:
        return self.period.last

    @property
    def before(self) -> Period:
        return self.period.previous()

    @property
    def month(self) -> Period:
        return Period(self.day.replace(day=1), self.day + DAY)

    @property
    def year(self) -> Period:
        return Period(self.day.replace(month=1, day=1), self.day + DAY)

    @property
    def is_over(self) -> bool:
        return self.as_of >= self.period.end

    def stats(self, period: Period) -> Stats:
        return queries.stats(period, viewer=self.viewer, as_of=self.as_of, only=self.only)

    def total(self, period: Period) -> Total:
        return queries.total(period, viewer=self.viewer, as_of=self.as_of, only=self.only)

    def rows(self, period: Period) -> QuerySet[CaseRevision]:
        return queries.rows(period, viewer=self.viewer, as_of=self.as_of, only=self.only)

    def reaches_back_to(self, day: date) -> bool:
        return queries.reaches_back_to(day, viewer=self.viewer, as_of=self.as_of)

    @cached_property
    def towns(self) -> list[Town]:
        seen = queries.visible_towns(self.viewer)
        return [one for one in seen if not self.only.town or one.code in self.only.towns]

    @cached_property
    def now(self) -> Stats:
        return self.stats(self.period)

    @cached_property
    def then(self) -> Stats:
        return self.stats(self.before)

    @cached_property
    def month_stats(self) -> Stats:
        return self.stats(self.month)

    @cached_property
    def year_stats(self) -> Stats:
        return self.stats(self.year)

    def victims(self, period: Period) -> list[tuple[str, str, int | None, str]]:
        """(class, sex, age, occupation) of each victim."""
        found = self.rows(period)
        told = Victim.objects.filter(revision__in=found.values("pk")).order_by("pk")
        return list(told.values_list("revision__fraud_class", "sex", "age", "occupation"))

    @cached_property
    def last_cases(self) -> dict[str, date]:
        """Of each town the day of its last case up to the end of the period."""
        ever = Period(date(1990, 1, 1), self.period.until)
        found = self.rows(ever)
        newest: dict[str, date] = {}
        for town, at in found.order_by("reported_at").values_list("town", "reported_at"):
            newest[town] = queries.day_of(at)
        return newest

    @cached_property
    def first_day(self) -> date | None:
        """From when on cases are known."""
        known = self.rows(Period(date(1990, 1, 1), self.period.until))
        first: CaseRevision | None = known.order_by("reported_at").first()
        return queries.day_of(first.reported_at) if first else None

    @cached_property
    def warnings(self) -> list[Warning]:
        found = work.warnings(self.period, viewer=self.viewer, as_of=self.as_of)
        here = found.filter(town__in=self.only.towns) if self.only.town else found
        return list(here.order_by("opened_at", "pk"))

    def runs(self, what: str) -> list[work.Run]:
        here = work.in_towns(self.only.towns)
        return work.ORDERS[what](self.period, viewer=self.viewer, as_of=self.as_of, only=here)

    @cached_property
    def sent(self) -> list[work.Run]:
        return self.runs("sent")

    @cached_property
    def late(self) -> list[work.Run]:
        return self.runs("late")

    @cached_property
    def met(self) -> list[work.Run]:
        return self.runs("met")

    @cached_property
    def arrived(self) -> list[work.Run]:
        return self.runs("arrived")

    @cached_property
    def dissuaded(self) -> list[work.Run]:
        return self.runs("dissuaded")

    @cached_property
    def dissuaded_year(self) -> list[work.Run]:
        here = work.in_towns(self.only.towns)
        return work.dissuaded(self.year, viewer=self.viewer, as_of=self.as_of, only=here)
