"""The daily: what it says of days about which nothing is known, and that other rules don't touch what was issued."""

from datetime import date

import pytest

from jinzhong.bulletin import operations, queries
from jinzhong.bulletin.paper import ENDINGS
from jinzhong.bulletin.reports import daily
from jinzhong.bulletin.reports.base import DASH, Figure
from jinzhong.situation.tests.small import YUELIN, file_case, victim
from tests.district import at

THURSDAY = date(2021, 5, 20)
MORNING = at("08:30", "2021-05-21")
KEY = "cases_same_day_last_year"


@pytest.fixture
def a_case(place):
    file_case("C1", "2021-05-20", YUELIN, "loan", 1_000, victim("F", 30))


def figure() -> dict:
    return queries.draft("daily", THURSDAY, as_of=MORNING, now=MORNING)["figures"][KEY]


def test_a_year_before_the_first_case_is_null_and_not_nought(a_case):
    assert (figure()["value"], figure()["text"]) == (None, "—")

    file_case("C0", "2020-05-19", YUELIN, "loan", 1_000, victim("F", 30))
    assert (figure()["value"], figure()["text"]) == (0, "0 起")


def test_what_was_issued_by_other_rules_stays_and_the_next_revision_says_so(a_case, monkeypatch):
    """Until the rules of 3 June 2021 the figure was nought where nothing is known."""
    signed = {"kind": "daily", "day": THURSDAY, "by": "office", "signed": "周*"}
    monkeypatch.setattr(queries, "drawn", lambda content, ending: content["digest"].encode())
    with monkeypatch.context() as before:
        before.setattr(daily, "RULES", "daily-2021-06-02")
        before.setattr(daily.figures, "_last_year", lambda *_: Figure("去年同日发案", 0, DASH, "没有数据"))
        first = operations.issue(**signed, now=MORNING).issue
    given = {ending: queries.file_of(first, ending) for ending in ENDINGS}

    second = operations.issue(**signed, now=at("09:00", "2021-05-21")).issue

    [change] = second.told()["changes"]
    assert (change["figure"], change["before"], change["after"]) == (KEY, 0, None)
    assert change["because"] == "统计规则变了"
    kept = queries.issued("daily", THURSDAY, 1)
    assert (kept.digest, kept.rules) == (first.digest, "daily-2021-06-02")
    assert {ending: queries.file_of(kept, ending) for ending in ENDINGS} == given
