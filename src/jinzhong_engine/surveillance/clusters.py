"""What stands out beside the counts: cases of one class close together, and one case with a huge loss."""

from collections import defaultdict
from datetime import date, timedelta
from typing import NamedTuple

from jinzhong_engine.ladders.area_early_warning import CLUSTER_CASES, CLUSTER_DAYS, HUGE_LOSS_YUAN
from jinzhong_engine.surveillance.counts import Counts, Weekly, as_date


class Cluster(NamedTuple):
    """Cases of one class in one village within some days; ``until``: day of the last of them."""

    village: str
    cases: int
    since: date
    until: date


def clusters(counts: Counts, weekly: Weekly) -> dict[tuple[str, str, date], Cluster]:
    """The largest cluster of each area, class and week (by its first day) in which one was complete."""
    days: dict[tuple[str, str, str], dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for area, fraud_class, village, day, cases in zip(
        counts.area, counts.fraud_class, counts.villages, counts.day, counts.cases, strict=True
    ):
        if village and cases:
            days[counts.areas[area], counts.classes[fraud_class], village][int(day)] += int(cases)
    found: dict[tuple[str, str, date], Cluster] = {}
    for (area, fraud_class, village), seen in days.items():
        for last in seen:
            within = {day: cases for day, cases in seen.items() if last - CLUSTER_DAYS < day <= last}
            week = _week(weekly, as_date(last))
            cluster = Cluster(village, sum(within.values()), as_date(min(within)), as_date(last))
            if week and cluster.cases >= CLUSTER_CASES:
                key = (area, fraud_class, week)
                found[key] = max(found.get(key, cluster), cluster, key=lambda one: (one.cases, one.until))
    return found


def huge(counts: Counts, weekly: Weekly) -> dict[tuple[str, date], float]:
    """The largest loss of a single case of each area and week, where it is huge."""
    found: dict[tuple[str, date], float] = {}
    for area, day, loss in zip(counts.area, counts.day, counts.losses, strict=True):
        week = _week(weekly, as_date(day)) if loss >= HUGE_LOSS_YUAN else None
        if week:
            key = (counts.areas[area], week)
            found[key] = max(found.get(key, 0.0), float(loss))
    return found


def _week(weekly: Weekly, day: date) -> date | None:
    """First day of the whole week that holds the day."""
    number = (day - weekly.starts[0]) // timedelta(weeks=1)
    return weekly.starts[number] if 0 <= number < len(weekly.starts) else None
