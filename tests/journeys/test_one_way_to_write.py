"""Dates, names of rules and codes on pages, in words, in either language."""

from datetime import date, datetime

import pytest
from django.utils import translation

from jinzhong.clock import ZONE
from jinzhong.situation import sentences
from jinzhong.situation.periods import Period
from jinzhong.web.shared.words import code_words
from jinzhong.web.templatetags import show

MORNING = datetime(2021, 5, 31, 8, 15, 32, tzinfo=ZONE)


@pytest.fixture(autouse=True)
def in_june(monkeypatch):
    monkeypatch.setattr("jinzhong.clock.now", lambda: datetime(2021, 6, 2, 9, tzinfo=ZONE))


def test_a_moment_is_written_as_people_say_it():
    assert (show.moment(MORNING), show.second(MORNING)) == ("5月31日 08:15", "5月31日 08:15:32")
    assert show.moment(None) == "—"
    with translation.override("en"):
        assert (show.moment(MORNING), show.second(MORNING)) == ("31 May 08:15", "31 May 08:15:32")


def test_of_another_year_the_year_is_said():
    before = MORNING.replace(year=2020)
    assert show.moment(before) == "2020年5月31日 08:15"
    with translation.override("en"):
        assert show.moment(before) == "31 May 2020 08:15"


@pytest.mark.parametrize(
    ("since", "until", "told", "in_english"),
    [
        ((2021, 6, 2), (2021, 6, 3), "2021年6月2日", "2 Jun 2021"),
        ((2021, 5, 22), (2021, 5, 29), "2021年5月22日至28日", "22 to 28 May 2021"),
        ((2021, 5, 29), (2021, 6, 5), "2021年5月29日至6月4日", "29 May to 4 Jun 2021"),
        ((2020, 12, 26), (2021, 1, 2), "2020年12月26日至2021年1月1日", "26 Dec 2020 to 1 Jan 2021"),
        ((2021, 5, 1), (2021, 6, 1), "2021年5月", "May 2021"),
        ((2021, 1, 1), (2021, 6, 1), "2021年1至5月", "Jan to May 2021"),
        ((2020, 12, 1), (2021, 2, 1), "2020年12月1日至2021年1月31日", "1 Dec 2020 to 31 Jan 2021"),
    ],
)
def test_a_span_says_once_what_its_days_share(since, until, told, in_english):
    period = Period(date(*since), date(*until))

    assert sentences.span(period) == told
    with translation.override("en"):
        assert sentences.span(period) == in_english


def test_no_day_of_the_month_is_padded():
    early = MORNING.replace(month=6, day=2)
    assert (show.day(early), show.day_week(early)) == ("6月2日", "6月2日 周三")
    with translation.override("en"):
        assert (show.day(early), show.day_week(early)) == ("2 Jun", "Wed 2 Jun")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("daily-2021-06-02", "反诈日报，2021年6月2日起"),
        ("performance_index 2021-01-01", "反诈绩效指数，2021年1月1日起"),
        ("2021-06-02", "2021-06-02"),
        ("mine-2021-06-02", "mine-2021-06-02"),
        ("", ""),
    ],
)
def test_the_rules_of_a_paper_are_named_in_words(name, told):
    assert show.rules_word(name) == told


@pytest.mark.django_db
def test_what_came_after_an_alert_has_its_word():
    kinds = code_words()["arrival_kind"]
    assert (kinds["bank_alert"], kinds["bank_alert_more"]) == ("网点前哨", "补报")
