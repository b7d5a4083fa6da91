"""What people write and which day they set, checked before it is kept."""

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from jinzhong import clock

LONGEST = 1000
LATEST = timedelta(days=366)


class Unfit(Exception):
    """It can't be done like this; the message says why, in the user's words."""


def written(text: str, what: str) -> str:
    said = text.strip()
    if not said:
        raise Unfit(_("写清%(what)s") % {"what": what})
    return short(said)


def short(text: str) -> str:
    if len(text.strip()) > LONGEST:
        raise Unfit(_("超过 %(n)s 字，写短一些") % {"n": LONGEST})
    return text.strip()


def check_day(day: date, now: datetime) -> None:
    if not today(now) < day <= today(now) + LATEST:
        raise Unfit(_("期限要在今天以后、一年以内"))


def today(now: datetime) -> date:
    return now.astimezone(clock.ZONE).date()
