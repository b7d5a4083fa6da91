"""Case sheets as offices write them, through the one door: what comes in, what is refused, what happens the second time."""

import json
from base64 import b64encode
from decimal import Decimal

import pytest
from django.db import connection

from jinzhong import flow
from jinzhong.audit import queries as audit
from jinzhong.cases import export, queries
from jinzhong.intake.sources.case_sheet.read import read_table
from jinzhong.vault import queries as vault
from tests.district import at

HEADER = "受案登记编号,报警时间,损失金额(万元),发案镇街,案件类别,事主姓名,性别,年龄,联系电话"
ROWS = {
    "A001": "A001,2021.5.10 下午3点半,3.5,岳林,刷单类,张三、李四,女、男,25、31,13800001111、13800002222",
    "A002": "A002,2021年5月11日,1.2,溪口镇,杀猪盘,王五,男,40,",
}


def sheet(*rows, header=HEADER, title="2021年5月案件登记表"):
    return "\n".join([title, header, *rows, "合计,,4.7"]).encode("gbk")


def bring_in(place, *rows, moment=at("00:30"), **options):
    return flow.import_cases(source=sheet(*rows), name="登记表.csv", by=place.desk, now=moment, **options)


def test_the_offices_own_sheet_comes_in(place):
    done = bring_in(place, *ROWS.values())

    assert done.counts() == {"rows": 2, "created": 2, "updated": 0, "unchanged": 0}
    case = queries.file("A001", viewer=place.desk)
    assert (case.fraud_class, case.loss, case.town.name) == ("brushing", Decimal("35000.00"), "岳林街道")
    assert case.reported_at == at("15:30", "2021-05-10")
    assert [(one.sex, one.age) for one in case.victims.order_by("age")] == [("F", 25), ("M", 31)]
    assert vault.find("phone", "+86 138 0000 2222") != []


def test_the_same_sheet_again_changes_nothing(place):
    bring_in(place, *ROWS.values())
    again = bring_in(place, *ROWS.values(), moment=at("09:00"))

    assert again.counts() == {"rows": 2, "created": 0, "updated": 0, "unchanged": 2}


def test_a_changed_row_is_a_revision_and_yesterday_stays_reproducible(place):
    bring_in(place, ROWS["A002"], moment=at("00:30"))
    done = bring_in(place, ROWS["A002"].replace("1.2", "2.8"), moment=at("12:00"))

    assert done.counts()["updated"] == 1
    assert queries.known(as_of=at("12:00")).get().loss == Decimal("12000.00")
    assert queries.known().get().loss == Decimal("28000.00")


def test_good_rows_come_in_and_bad_ones_are_named(place):
    done = bring_in(
        place,
        ROWS["A001"],
        "A003,2021年2月30日,1,溪口镇,贷款,,,,",
        "A004,2021年5月3日,-1,溪口镇,贷款,,,,",
        "A005,2021年5月3日,1,萧山,贷款,,,,",
        ",2021年5月3日,1,溪口镇,贷款,,,,",
    )

    assert done.counts()["created"] == 1
    assert [(one.row, one.field) for one in done.sheet.rejected] == [
        (4, "报警时间"),
        (5, "损失金额(万元)"),
        (6, "发案镇街"),
        (7, "受案登记编号"),
    ]


def test_strict_takes_all_or_nothing(place):
    done = bring_in(place, ROWS["A001"], "A003,2021年2月30日,1,溪口镇,贷款,,,,", strict=True)

    assert done.counts() == {"rows": 2, "created": 0, "updated": 0, "unchanged": 0}
    assert not queries.known().exists()


def test_one_number_with_two_contents_is_refused_both_times(place):
    done = bring_in(place, ROWS["A002"], ROWS["A002"].replace("1.2", "2.8"), ROWS["A001"], ROWS["A001"])

    assert done.counts() == {"rows": 4, "created": 1, "updated": 0, "unchanged": 1}
    assert [one.row for one in done.sheet.rejected] == [3, 4]
    assert [one.case.number for one in queries.known()] == ["A001"]


def test_an_unknown_class_goes_to_other_with_its_own_name(place):
    bring_in(place, ROWS["A002"].replace("杀猪盘", "网恋借钱"))

    case = queries.known().get()
    assert (case.fraud_class, case.raw_class) == ("other", "网恋借钱")


def test_a_missing_header_is_named_and_nothing_comes_in(place):
    done = flow.import_cases(
        source=sheet(ROWS["A001"], header=HEADER.replace("报警时间", "怪列")),
        name="x.csv",
        by=place.desk,
        now=at("00:30"),
    )

    assert {one.field for one in done.sheet.rejected} == {"怪列", "报案时间"}
    assert done.counts()["rows"] == 0


def give_out(place, target, viewer=None):
    period = {"since": at("00:00", "2021-05-01"), "until": at("00:00", "2021-06-01")}
    return export.write(target, **period, viewer=viewer, by="desk", purpose="核对", now=at("10:00"))


def test_a_file_given_out_is_masked_and_runs_nothing(place, tmp_path):
    bring_in(
        place,
        *ROWS.values(),
        "A009,2021年5月3日,1,溪口镇,=HYPERLINK(1),,,,",
        "A010,2021年5月3日,1,溪口镇, ＝1+1,,,,",
    )
    target = tmp_path / "cases.csv"
    give_out(place, target, viewer=place.town_xikou)

    text = target.read_text("utf-8")
    assert "A002" in text and "A001" not in text
    assert "王*" in text and "王五" not in text
    assert "'=HYPERLINK(1)" in text
    assert "'=1+1" in text


def test_an_export_that_fails_leaves_no_file_and_no_line(place, tmp_path, monkeypatch):
    bring_in(place, *ROWS.values())
    monkeypatch.setattr(export, "_row", lambda one, people: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        give_out(place, tmp_path / "cases.csv")

    assert list(tmp_path.iterdir()) == []
    assert not audit.search(kind="cases.exported").exists()


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
def test_a_file_given_out_is_ours_alone_and_reads_back(place, tmp_path, ending):
    bring_in(place, *ROWS.values())
    target = tmp_path / f"cases{ending}"

    assert give_out(place, target) == 2
    assert target.stat().st_mode & 0o077 == 0
    table = read_table(target, name=target.name).rows
    assert len(table) == 3
    assert table[1][1][:2] == ["A001", "2021-05-10 15:30"]
    event = audit.search(kind="cases.exported").get()
    assert event.purpose == ""
    assert queries.export_purposes([event.on_id]) == {event.on_id: "核对"}


def test_a_sheet_sent_again_is_the_same_arrival(place):
    first = bring_in(place, *ROWS.values())
    again = bring_in(place, *ROWS.values(), moment=at("09:00"))

    assert first.arrival.pk == again.arrival.pk
    assert flow.original(first.arrival) == sheet(*ROWS.values())
    counts = [json.loads(one.facts)["counts"] for one in audit.search(kind="cases.imported")]
    assert {one["created"] for one in counts} == {0, 2}


def test_looking_at_a_sheet_writes_nothing(place):
    read = flow.read_cases(source=sheet(*ROWS.values()), name="x.csv", now=at("00:30"))

    assert read.counts() == {"rows": 2, "created": 2, "updated": 0, "unchanged": 0}
    assert not queries.known().exists()
    assert not audit.search(kind="intake.arrived").exists()


def test_a_corrected_row_tells_which_fields_changed(place):
    bring_in(place, ROWS["A002"])
    changed = flow.read_cases(
        source=sheet(ROWS["A002"].replace("1.2", "2.8").replace("溪口镇", "岳林街道")),
        name="x.csv",
        now=at("12:00"),
    ).changes[0]

    assert (changed.kind, changed.fields) == ("updated", ("loss", "town"))


def test_people_of_a_row_are_found_by_what_identifies_them_and_nothing_lies_open(place):
    bring_in(place, *ROWS.values())

    assert len(vault.find("name", "王五")) == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT raw FROM intake_arrival")
        kept = bytes(cursor.fetchone()[0])
    assert "王五".encode("gbk") not in kept
    assert b64encode(sheet(*ROWS.values()))[:40] not in kept
