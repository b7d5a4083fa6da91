"""The five months come out exactly as the newspaper printed them; smaller ones in proportion."""

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from jinzhong_engine.world import register
from jinzhong_engine.world.chance import stream

FIVE_MONTHS = {"since": date(2021, 1, 1), "until": date(2021, 6, 1)}


@pytest.mark.parametrize("seed", [1, 2])
def test_five_months_at_full_size_have_the_printed_margins(fenghua, seed):
    cases = register.deal(fenghua, register.margins(fenghua, residents=577_505, **FIVE_MONTHS), seed=seed)
    people = [one for case in cases for one in case.people]
    by_class = Counter(case.fraud_class for case in cases)

    assert len(cases) == 557
    assert sum(case.loss for case in cases) == Decimal(30_075_000)
    assert [by_class[code] for code in ("loan", "brushing", "investment", "ecom_cs")] == [103, 90, 77, 50]
    assert {
        code: sum(case.loss for case in cases if case.fraud_class == code)
        for code in ("investment", "brushing", "loan", "gambling")
    } == {"investment": 12_269_000, "brushing": 4_367_000, "loan": 2_860_000, "gambling": 2_448_000}
    assert Counter(case.area for case in cases) == {"urban": 223, "rural": 334}
    assert len(people) == 567
    assert f"{100 * sum(sex == 'F' for sex, _, _ in people) / 567:.1f}" == "54.1"
    assert f"{100 * sum(20 <= age <= 30 for _, age, _ in people) / 567:.1f}" == "48.7"
    assert f"{100 * sum(31 <= age <= 40 for _, age, _ in people) / 567:.1f}" == "27.0"
    assert sum(case.cleared_on is not None for case in cases) == 160
    months = Counter(case.reported_at.month for case in cases)
    assert months[5] < months[4]


def test_a_tenth_of_the_people_have_a_tenth_of_the_cases(fenghua):
    found = register.margins(fenghua, residents=57_750, **FIVE_MONTHS)
    cases = register.deal(fenghua, found, seed=1)

    assert len(cases) == 56
    for code, (count, _) in fenghua.register["classes"].items():
        assert abs(sum(one.fraud_class == code for one in cases) / 56 - count / 557) < 0.03


def test_four_cases_in_ten_are_of_single_offenders_and_gangs_have_two_to_thirty(fenghua):
    found = register.margins(fenghua, residents=577_505, **FIVE_MONTHS)
    cases = register.deal(fenghua, found, seed=3)
    sizes = Counter(one.gang for one in cases if one.gang)

    assert sum(one.gang == 0 for one in cases) / 557 == pytest.approx(0.4, abs=0.01)
    assert min(sizes.values()) >= 2
    assert max(sizes.values()) <= 30
    assert all(len({one.fraud_class for one in cases if one.gang == gang}) == 1 for gang in sizes)


def test_chance_depends_on_what_is_asked_and_on_nothing_else():
    first = stream(1, "calls", 3, 0).random(3)
    stream(1, "calls", 4, 0).random(50)

    assert (stream(1, "calls", 3, 0).random(3) == first).all()
    assert (stream(1, "calls", 3, 1).random(3) != first).all()
    assert (stream(2, "calls", 3, 0).random(3) != first).all()
    assert (stream(1, "messages", 3, 0).random(3) != first).all()
