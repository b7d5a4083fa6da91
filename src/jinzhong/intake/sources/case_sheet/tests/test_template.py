"""The sheet to download and the sheet of refused rows are read by our own reader."""

from datetime import datetime
from io import BytesIO

from openpyxl import load_workbook

from jinzhong.intake.sources.case_sheet import columns, template
from jinzhong.intake.sources.case_sheet.parse import Places, parse
from jinzhong.intake.sources.case_sheet.read import Table, Unread, read_table
from tests.district import at

PLACES = Places(towns={"岳林街道": "330213002"})


def understood(source: bytes):
    return parse(read_table(source, name="x.xlsx"), places=PLACES, now=at("09:00"))


def test_the_template_is_understood_whole_and_holds_no_case():
    sheet = understood(template.blank(towns=["岳林街道"]))

    assert {one.field for one in sheet.headings} == {column.field for column in columns.COLUMNS}
    assert (sheet.count, sheet.rejected) == (0, [])


def test_the_template_tells_what_may_be_chosen_and_how_to_fill_in():
    book = load_workbook(BytesIO(template.blank(towns=["岳林街道", "溪口镇"])))
    chosen = {cell.value for row in book[template.ALLOWED] for cell in row}
    lists = [one.formula1 for one in book[template.SHEET].data_validations.dataValidation]

    assert {"岳林街道", "溪口镇", "刷单返利", "主城区", "移送起诉", "女"} <= chosen
    assert "可选内容!$A$2:$A$3" in lists
    assert set(template.HOW) == set(columns.BY_FIELD)


def test_long_numbers_are_typed_as_text():
    sheet = load_workbook(BytesIO(template.blank(towns=[])))[template.SHEET]
    assert {one.number_format for one in sheet.column_dimensions.values()} == {"@"}


def test_refused_rows_mended_come_in():
    rows = [
        (1, ["单位:万元"]),
        (2, ["序号", "案件编号", "报案时间", "发案镇街", "案件类别", "损失"]),
        (3, [1, "A1", datetime(2021, 5, 5), "岳林街道", "刷单", 3]),
        (4, [2, "A2", "2021年2月30日", "岳林街道", "=1+1", "3.5"]),
        (5, [3, "A3", datetime(2021, 5, 5, 14, 30), "岳林街道", "刷单", Unread("formula")]),
    ]
    sheet = parse(Table("5月", (), rows), places=PLACES, now=at("09:00"))
    out = template.refused(sheet)
    found = load_workbook(BytesIO(out)).active

    assert [cell.value for cell in found["A"]] == ["原行号", 4, 5]
    assert "报案时间:没有这一天" in found["B2"].value
    assert (found["G2"].value, found["G2"].data_type) == ("=1+1", "s")

    again = understood(out)
    assert [one.row for one in again.rejected] == [2, 3]
    found["E2"] = "2021年3月2日"
    found["H3"] = "1"
    mended = understood(template._saved(found.parent))
    assert [(one.number, one.loss) for one in mended.rows] == [("A2", 35000), ("A3", 10000)]
