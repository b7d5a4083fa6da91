"""The demo's cases have the margins that were printed, and its sheets say what the cases are."""

from collections import Counter
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from jinzhong.clock import ZONE
from jinzhong.demo import cases, fenghua, sheets, stories
from jinzhong.intake.sources.case_sheet.classes import classify
from jinzhong.intake.sources.case_sheet.parse import parse
from jinzhong.intake.sources.case_sheet.read import read_table
from jinzhong.intake.sources.case_sheet.row import Places
from jinzhong.vault import forms
from jinzhong_engine.taxonomy import FRAUD_CLASSES


@pytest.fixture(scope="module")
def plan() -> list[cases.DemoCase]:
    return cases.plan()


def test_cases_and_losses_are_those_printed(plan):
    by_class = Counter(one.fraud_class for one in plan)
    losses = {code: sum(one.loss for one in plan if one.fraud_class == code) for code in by_class}

    assert len(plan) == 557
    assert sum(losses.values()) == 30_075_000
    assert [by_class[code] for code in ("loan", "brushing", "investment", "ecom_cs")] == [103, 90, 77, 50]
    assert losses["investment"] == 12_269_000
    assert losses["brushing"] == 4_367_000
    assert losses["loan"] == 2_860_000
    assert losses["gambling"] == 2_448_000
    assert (
        max(loss for code, loss in losses.items() if code not in ("investment", "brushing", "loan"))
        == 2_448_000
    )


def test_town_and_country_are_those_printed(plan):
    assert Counter(one.area for one in plan) == {"urban": 223, "rural": 334}
    assert {one.town for one in plan} == set(fenghua.BY_CODE)


def test_victims_are_those_printed(plan):
    victims = [victim for one in plan for victim in one.victims]

    assert Counter(len(one.victims) for one in plan) == {1: 547, 2: 10}
    assert Counter(victim.sex for victim in victims) == {"F": 307, "M": 260}
    assert sum(20 <= victim.age <= 30 for victim in victims) == 276
    assert sum(31 <= victim.age <= 40 for victim in victims) == 153


def test_may_lies_below_april_and_its_last_day_is_empty(plan):
    months = Counter(one.reported_at.month for one in plan)
    losses = {month: sum(one.loss for one in plan if one.reported_at.month == month) for month in months}

    assert months[5] < months[4]
    assert losses[5] < losses[4]
    assert min(one.reported_at.date() for one in plan) >= date(2021, 1, 1)
    assert max(one.reported_at.date() for one in plan) <= date(2021, 5, 30)


def test_jinzhong_community_had_cases_before_may_and_none_since(plan):
    months = {one.reported_at.month for one in plan if one.community == "金钟社区"}

    assert months
    assert 5 not in months


def test_residents_banks_and_outlets_are_those_printed():
    outlets = fenghua.outlets()

    assert sum(place.residents for place in fenghua.PLACES) == 577_505
    assert len(fenghua.BANKS) == 21
    assert {one.bank for one in outlets} == set(range(1, 22))
    assert len({one.name for one in outlets}) == 146


def test_nobody_is_named_in_a_narrative(plan):
    for one in plan:
        assert len(one.narrative) <= 120
        assert not any(
            victim.name in one.narrative or victim.phone in one.narrative for victim in one.victims
        )
        assert not any(char.isdigit() for char in one.narrative.replace(str(len(one.payments)), ""))


def test_people_are_invented_and_their_numbers_well_formed(plan):
    for victim in (victim for one in plan for victim in one.victims):
        assert forms.phone(victim.phone) == victim.phone
        assert victim.phone.startswith("154")
        assert victim.name[1] in "示范演例"


def test_every_label_is_understood_as_its_class():
    assert set(stories.KINDS) == {one.code for one in FRAUD_CLASSES}
    for code, kind in stories.KINDS.items():
        assert {classify(label)[0] for label in kind.labels} == {code}


@pytest.mark.parametrize("day", [date(2021, 3, 1), date(2021, 4, 6), date(2021, 4, 7), date(2021, 4, 8)])
def test_each_office_hand_is_read_as_it_was_meant(plan, day):
    meant = [one for one in plan if one.reported_at.date() == day]
    name, content = sheets.of_day(day, meant)

    found = parse(read_table(content, name=name), places=_places(), now=_half_past_midnight(day), chosen={})

    assert meant
    assert not found.rejected
    assert [(one.number, one.reported_at, one.town, one.fraud_class, one.loss) for one in found.rows] == [
        (one.number, one.reported_at, one.town, one.fraud_class, one.loss) for one in meant
    ]
    assert [one.victims[0].phone for one in found.rows] == [one.victims[0].phone for one in meant]
    assert found.total == sum((one.loss for one in meant), Decimal(0))


def _places() -> Places:
    return Places(
        towns={
            spelling: one.code
            for one in fenghua.PLACES
            for spelling in (one.name, fenghua.short(one), one.code)
        },
        communities=frozenset(
            (one.code, name) for one in fenghua.PLACES for name, _area in fenghua.communities(one)
        ),
    )


def _half_past_midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 0, 30, tzinfo=ZONE) + timedelta(days=1)
