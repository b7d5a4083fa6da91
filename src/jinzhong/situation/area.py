"""Counts by town, class and day for the area alarms and the listing, from our own cases and dated populations."""

from datetime import date, datetime

from django.utils import timezone

from jinzhong import clock
from jinzhong.cases import queries as cases
from jinzhong.cases.models import Status
from jinzhong.district import queries as district
from jinzhong_engine.surveillance import counts
from jinzhong_engine.surveillance.counts import DAY, BadCounts, Counts, Row
from jinzhong_engine.taxonomy import FRAUD_CLASSES


def day_counts(*, until: date, as_of: datetime | None = None, since: date | None = None) -> Counts:
    """A row per case reported before ``until`` (and not before ``since``) as known before ``as_of``; beside them, for
    every town and class, that nothing is missing between the first case and ``until``. Raises BadCounts."""
    found = cases.known(as_of).exclude(status=Status.WITHDRAWN).filter(reported_at__lt=clock.midnight(until))
    if since:
        found = found.filter(reported_at__gte=clock.midnight(since))
    told = list(
        found.order_by("reported_at", "pk").values_list(
            "reported_at", "town", "fraud_class", "community__name", "loss"
        )
    )
    if not told:
        raise BadCounts(f"no case is known before {until}")
    towns = [one.code for one in district.towns()]
    residents = district.populations()

    def row(town: str, fraud_class: str, day: date, count: int, village: str | None, loss: float) -> Row:
        if town not in residents(day):
            raise BadCounts(
                f"town {town}: no population is known; enter one with the day from which it holds"
            )
        return Row(town, fraud_class, day, count, residents(day)[town], village, loss)

    rows = [
        row(town, fraud_class, timezone.localtime(at).date(), 1, village, float(loss))
        for at, town, fraud_class, village, loss in told
    ]
    rows += [
        row(town, one.code, day, 0, None, 0.0)
        for town in towns
        for one in FRAUD_CLASSES
        for day in (rows[0].day, until - DAY)
    ]
    return counts.of(rows)
