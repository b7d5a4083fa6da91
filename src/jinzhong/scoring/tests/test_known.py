"""What a model may be fitted on: verdicts, numbers of confirmed cases, and strangers that nobody had to do with."""

from datetime import date
from decimal import Decimal

import pytest

from jinzhong.cases import operations as cases
from jinzhong.intake.sources.case_sheet.told import CaseRow, SuspectRow, VictimRow
from jinzhong.scoring.known import Known, known, presumed, strangers
from tests.district import at
from tests.number_list import DAY, ROWS

from .test_judge import say

CALLED = "17012345678"
ROBBED = "13800001111"


def report(*numbers, status="filed", number="A001", known_at="08:00"):
    row = CaseRow(
        number=number, reported_at=at("15:30", "2021-05-10"), town="330213002", fraud_class="brushing", raw_class="刷单",
        loss=Decimal("35000.00"), area="urban", status=status, victims=(VictimRow(name="张三", phone=ROBBED),),
        suspects=tuple(SuspectRow("number", one) for one in numbers),
    )  # fmt: skip
    cases.file_rows([row], arrival=None, by="desk", now=at(known_at, "2021-05-30"))


def test_a_number_of_a_confirmed_case_is_fraud_since_the_day_we_knew(kept, operators):
    report(CALLED)

    assert known(viewer=operators.desk, among=None) == [Known(CALLED, True, date(2021, 5, 30), "case")]


@pytest.mark.parametrize("status", ["accepted", "withdrawn"])
def test_a_case_that_is_not_confirmed_says_nothing(kept, operators, status):
    report(CALLED, status=status)

    assert known(viewer=operators.desk, among=None) == []


def test_a_number_that_the_case_no_longer_names_says_nothing(kept, operators):
    report(CALLED)
    report("17012345679", known_at="09:00")

    assert [one.number for one in known(viewer=None, among=None)] == ["17012345679"]


def test_an_operator_learns_from_cases_of_its_own_numbers_alone(kept, operators):
    report(CALLED)

    assert known(viewer=operators.risk_1, among=None) == []
    assert known(viewer=operators.risk_1, among=["15400002093"]) == []
    assert [one.number for one in known(viewer=operators.risk_1, among=[CALLED])] == [CALLED]


def test_the_office_stands_above_a_case_and_a_case_above_the_operator(kept, operators):
    first, second = kept.entries.filter(listed=True)
    report(ROWS[0].number, ROWS[1].number)
    say(first, operators.desk, "innocent", "shop")
    say(second, operators.risk_1, "innocent", "shop")

    found = {one.number: (one.fraud, one.whence) for one in known(viewer=operators.desk, among=None)}

    assert found == {ROWS[0].number: (False, "verdict"), ROWS[1].number: (True, "case")}


def test_strangers_were_never_listed_judged_or_named(kept, operators):
    """Of six numbers the first two are listed, one called and one was robbed in a case: two are left, kept below the line or unheard of."""
    report(CALLED)
    numbers = [ROWS[0].number, ROWS[1].number, ROWS[2].number, CALLED, ROBBED, "15900000001", ""]

    assert strangers(numbers, 10) == [2, 5]
    assert len(strangers(numbers, 1)) == 1
    assert strangers(numbers, 1) == strangers(numbers, 1)
    assert strangers(numbers, 0) == []


def test_strangers_get_the_days_of_the_labels():
    labels = [Known("1", True, DAY, "verdict"), Known("2", False, date(2021, 5, 1), "verdict")]

    found = presumed(dict(enumerate("abcdefghij")), labels)

    assert {one.on for one in found.values()} == {DAY, date(2021, 5, 1)}
    assert {(one.fraud, one.whence) for one in found.values()} == {(False, "background")}
