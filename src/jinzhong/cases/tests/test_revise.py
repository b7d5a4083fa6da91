"""A row that is told again: what changes, what stays, and what a sheet with fewer columns leaves alone."""

from dataclasses import replace
from decimal import Decimal

import pytest

from jinzhong.cases import operations, queries
from jinzhong.intake.sources.case_sheet.told import CaseRow, SuspectRow, TransferRow, VictimRow
from jinzhong.vault import queries as vault
from tests.district import at

ROW = CaseRow(
    number="A001",
    reported_at=at("15:30", "2021-05-10"),
    town="330213002",
    fraud_class="brushing",
    raw_class="刷单",
    loss=Decimal("35000.00"),
    area="urban",
    narrative="先返利后不能提现",
    victims=(
        VictimRow(name="张三", sex="M", age=25, phone="13800001111"),
        VictimRow(name="李四", sex="F", age=31, phone="13800002222"),
    ),
    transfers=(
        TransferRow(amount=Decimal("35000.00"), payee_account="6222020200007731", payee_bank="示范银行"),
    ),
    suspects=(SuspectRow("number", "17012345678"), SuspectRow("app", "示范App")),
)
REQUIRED = frozenset({"number", "reported_at", "town", "fraud_class", "loss"})


def tell(row: CaseRow, moment: str = "00:30"):
    return operations.file_rows([row], arrival=None, by="desk", now=at(moment))


def newest():
    return queries.known().get(case__number="A001")


@pytest.fixture
def filed(place):
    tell(ROW)
    return place


def test_the_same_row_changes_nothing(filed):
    assert tell(replace(ROW, row=99, notes=("x",)), "09:00").unchanged == ["A001"]
    assert newest().revision == 1


def test_a_change_is_named_by_its_parts(filed):
    later = replace(ROW, loss=Decimal("36000.00"), status="cleared", narrative="更正")
    change = operations.preview([later])[0]

    assert (change.kind, change.fields) == ("updated", ("loss", "narrative", "status"))
    assert tell(later, "09:00").updated == ["A001"]
    assert (newest().revision, newest().loss, newest().status) == (2, Decimal("36000.00"), "cleared")


def test_a_sheet_with_fewer_columns_erases_nothing(filed):
    few = replace(
        ROW,
        loss=Decimal("36000.00"),
        area="",
        narrative="",
        victims=(),
        transfers=(),
        suspects=(),
        columns=REQUIRED,
    )
    tell(few, "09:00")
    case = newest()

    assert (case.loss, case.area, case.narrative) == (Decimal("36000.00"), "urban", "先返利后不能提现")
    assert [one.sex for one in case.victims.all()] == ["M", "F"]
    assert case.transfers.get().payee_bank == "示范银行"
    assert case.traces.count() == 2
    assert tell(few, "10:00").unchanged == tell(replace(ROW, loss=few.loss), "11:00").unchanged == ["A001"]


def test_a_column_that_is_there_and_empty_does_erase(filed):
    tell(replace(ROW, narrative="", area=""), "09:00")
    assert (newest().narrative, newest().area) == ("", "")


def test_a_person_whose_age_is_corrected_stays_the_same_person(filed):
    before = [one.subject_id for one in newest().victims.all()]
    tell(replace(ROW, victims=(replace(ROW.victims[0], age=26), ROW.victims[1])), "09:00")

    assert [(one.subject_id, one.age) for one in newest().victims.all()] == [(before[0], 26), (before[1], 31)]


def test_names_alone_keep_the_phones_that_were_known(filed):
    columns = REQUIRED | {"victim_name"}
    tell(replace(ROW, victims=(VictimRow(name="张三丰"), VictimRow(name="李四")), columns=columns), "09:00")
    victims = list(newest().victims.all())

    assert vault.plain(victims[1].subject)["phone"] == "13800002222"
    assert vault.plain(victims[0].subject)["phone"] == "13800001111"
    assert [(one.sex, one.age) for one in victims] == [("M", 25), ("F", 31)]


def test_a_third_victim_is_told_later(filed):
    tell(replace(ROW, victims=(*ROW.victims, VictimRow(name="王五", sex="F", age=40))), "09:00")
    assert [(one.sex, one.age) for one in newest().victims.all()] == [("M", 25), ("F", 31), ("F", 40)]


def test_what_was_known_before_is_still_told(filed):
    tell(replace(ROW, town="330213100", victims=()), "09:00")
    then = queries.known(as_of=at("09:00")).get()

    assert (then.town_id, then.victims.count()) == ("330213002", 2)
    assert (newest().town_id, newest().victims.count()) == ("330213100", 0)


def test_what_a_row_says_is_kept_as_keyed_digests_only(filed):
    kept = newest().digests
    assert set(kept) >= {"loss", "victim_name", "transfers"}
    assert all(len(one) == 16 for one in kept.values())
