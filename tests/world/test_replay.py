"""The demo's life is a synthetic world that comes through the doors of the product."""

import itertools
from datetime import date, datetime, timedelta

import pytest

from jinzhong.cases.models import Case
from jinzhong.clock import ZONE
from jinzhong.demo import replay, sheets
from jinzhong.demo.fenghua import BY_CODE, outlets
from jinzhong.intake.sources.bank_alert import parse as bank_alert
from jinzhong.situation import periods, queries

MORNING = datetime(2021, 5, 31, 9, 0, tzinfo=ZONE)


def test_tellers_raise_what_the_world_holds_in_order_at_outlets_that_exist():
    coming = list(itertools.islice(replay.presses(MORNING), 400))
    towns = {f"teller_{one.code[-3:]}": one.town for one in outlets()}

    assert [one.at for one in coming] == sorted(one.at for one in coming)
    assert coming[0].at >= MORNING
    assert all(towns[one.by] == one.town for one in coming)
    assert {one.outcome for one in coming} >= {"dissuaded", "false_alarm", "already_transferred"}
    for one in coming[:60]:
        assert bank_alert.parse(one.given)


def test_one_week_follows_another_and_the_same_moment_brings_the_same_people():
    late = MORNING + timedelta(days=6, hours=14)
    first, again = (list(itertools.islice(replay.presses(late), 30)) for _ in range(2))

    assert first == again
    assert first[-1].at > MORNING + timedelta(days=6, hours=15)


def test_cases_begin_after_the_printed_months():
    days = [date(2021, 5, 28) + timedelta(days=n) for n in range(10)]
    found = {day: replay.cases_of(day) for day in days}

    assert not any(found[day] for day in days if day < date(2021, 6, 1))
    assert sum(len(some) for some in found.values()) > 8
    numbers = [one.number for some in found.values() for one in some]
    assert len(set(numbers)) == len(numbers)
    assert all(one.town in BY_CODE for some in found.values() for one in some)


@pytest.mark.django_db
def test_the_importer_takes_every_case_and_may_stays_as_it_was(demo_towns):
    ended = datetime(2021, 6, 7, 0, 30, tzinfo=ZONE)
    told = sum(len(replay.cases_of(date(2021, 6, 1) + timedelta(days=n))) for n in range(6))

    following = replay.import_cases(ended)
    replay.import_cases(ended + timedelta(minutes=5))  # started anew: nothing comes twice

    assert following == datetime(2021, 6, 8, 0, 30, tzinfo=ZONE)
    assert Case.objects.count() == told
    may = queries.stats(periods.chosen(date(2021, 5, 1), date(2021, 6, 1)), viewer=None)
    assert may.total.cases == 0


@pytest.fixture
def demo_towns():
    from jinzhong.demo import fenghua

    fenghua.lay_out(at=datetime(2021, 1, 1, tzinfo=ZONE))


def test_sheets_of_world_cases_are_written_like_those_of_the_office():
    day = next(day for n in range(7) if replay.cases_of(day := date(2021, 6, 1) + timedelta(days=n)))
    name, content = sheets.of_day(day, replay.cases_of(day))

    assert "演示数据" in name
    assert content
