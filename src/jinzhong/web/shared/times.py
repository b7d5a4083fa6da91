"""A moment as pages write it, with its day and, where it is of another year, the year."""

from datetime import datetime

from django.utils import timezone

from jinzhong import clock
from jinzhong.situation import sentences


def hms(moment: datetime) -> str:
    """14:05:32"""
    return f"{timezone.localtime(moment):%H:%M:%S}"


def second(moment: datetime) -> str:
    """5月31日 14:05:32, of another year 2020年5月31日 14:05:32"""
    return f"{day_of_a_year(moment)} {hms(moment)}"


def day_of_a_year(moment: datetime) -> str:
    """5月31日, of another year 2020年5月31日"""
    day = timezone.localtime(moment).date()
    this_year = timezone.localtime(clock.now()).year
    return sentences.day(day) if day.year == this_year else sentences.whole_day(day)
