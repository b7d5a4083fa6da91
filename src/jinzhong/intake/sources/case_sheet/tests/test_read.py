"""Opening the file an office sends: every encoding it may come in, and everything that can be wrong with it."""

import os
import random
import subprocess
import sys
import time
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import Workbook

from jinzhong import confined
from jinzhong.intake.sources.case_sheet import limits
from jinzhong.intake.sources.case_sheet.read import Unread, UnreadableFile, read_table
from jinzhong.intake.sources.case_sheet.tests.sheets import CASE, HEADER, archive, changed, csv, saved, xlsx

SHEET1 = "xl/worksheets/sheet1.xml"


def cells(source: bytes, name: str = "5月.xlsx") -> list[list]:
    return [told for _row, told in read_table(source, name=name).rows]


def refusal(source: bytes, name: str = "5月.xlsx") -> str:
    with pytest.raises(UnreadableFile) as found:
        read_table(source, name=name)
    assert "\n" not in str(found.value)
    return str(found.value)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be"]
)
@pytest.mark.parametrize("separator", [",", "\t", ";"])
def test_csv_comes_in_every_office_encoding(encoding, separator):
    assert cells(csv([HEADER, CASE], encoding=encoding, separator=separator)) == [HEADER, CASE]


@pytest.mark.parametrize("mark", ["\ufeff".encode("gb18030"), "\ufeff".encode()])
def test_gbk_behind_a_mark_is_read(mark):
    """Some programs put the mark of UTF-8 before GBK."""
    assert cells(mark + csv([HEADER, CASE], encoding="gbk")) == [HEADER, CASE]


def test_rare_characters_of_names_survive_gb18030():
    assert cells(csv([["姓名", "编号"], ["𠮷田㛃", "1"]], encoding="gb18030"))[1][0] == "𠮷田㛃"


def test_rows_are_numbered_as_the_spreadsheet_does():
    table = read_table(csv([HEADER, [], [], CASE]), name="5月.csv")
    assert [row for row, _ in table.rows] == [1, 4]


def test_a_line_break_inside_quotes_is_one_row():
    table = read_table('编号,案情\r\n1,"先打电话\r\n再转账"\r\n2,无\r\n'.encode(), name="5月.csv")
    assert table.rows == [(1, ["编号", "案情"]), (2, ["1", "先打电话\r\n再转账"]), (3, ["2", "无"])]


def test_workbook_cells_keep_their_kinds():
    moment = datetime(2021, 3, 5, 14, 30)
    assert cells(xlsx([["x", moment, 44324, 3.5, 0.1, True]])) == [
        ["x", moment, 44324, Decimal("3.5"), Decimal("0.1"), True]
    ]


def test_first_visible_sheet_with_rows_is_taken_or_the_one_asked_for():
    book = Workbook()
    book.active.title = "封面"
    for name in ("4月", "5月"):
        book.create_sheet(name).append([name])
    table = read_table(saved(book), name="年.xlsx")
    asked = read_table(saved(book), name="年.xlsx", sheet="5月")

    assert (table.sheet_name, table.other_sheets) == ("4月", ("封面", "5月"))
    assert asked.rows == [(1, ["5月"])]
    with pytest.raises(UnreadableFile, match="没有名为“6月”的工作表"):
        read_table(saved(book), name="年.xlsx", sheet="6月")


def test_formula_without_result_is_no_empty_cell():
    """openpyxl stores no results, as do the programs that write sheets without a spreadsheet."""
    assert cells(xlsx([["x", "=1+1"]])) == [["x", Unread("formula")]]


def test_formula_with_result_gives_its_result():
    book = changed(xlsx([["x", "=1+1"]]), SHEET1, "<v></v>", "<v>2</v>")
    assert cells(book) == [["x", 2]]


def test_formula_error_is_told():
    assert cells(xlsx([["x", "#REF!"]])) == [["x", Unread("error", "#REF!")]]


@pytest.mark.parametrize(
    "declared", ["A1:XFD1048576", "A1:A1", "A1:B99999999", "Z9:A1", "nonsense"], ids=lambda text: text
)
def test_a_false_declared_dimension_is_not_believed(declared):
    book = changed(xlsx([HEADER, CASE]), SHEET1, 'ref="A1:E2"', f'ref="{declared}"')
    started = time.monotonic()

    assert cells(book) == [HEADER, CASE]
    assert time.monotonic() - started < 10


def test_a_row_far_down_keeps_its_number_and_costs_nothing():
    book = changed(xlsx([HEADER, CASE]), SHEET1, '<row r="2">', '<row r="1048576">')
    assert [row for row, _ in read_table(book, name="x.xlsx").rows] == [1, 1048576]


def test_a_row_beyond_the_last_is_a_broken_file():
    assert "损坏" in refusal(changed(xlsx([HEADER, CASE]), SHEET1, '<row r="2">', '<row r="99999999">'))


def test_a_cell_of_ten_megabytes_is_told_not_kept():
    huge = "很长" * 2 * 2**20
    assert cells(csv([HEADER, [*CASE[:3], huge, 1]]))[1][3] == Unread("long", str(len(huge)))

    book = xlsx([HEADER, [*CASE[:3], "HERE", 1]])
    with ZipFile(BytesIO(book)) as parts:
        where = next(one for one in parts.namelist() if b"HERE" in parts.read(one))
    assert cells(changed(book, where, "HERE", huge))[1][3] == Unread("long", str(len(huge)))


@pytest.mark.parametrize("sizes_told", [True, False])
def test_a_zip_bomb_is_not_unpacked(sizes_told):
    parts = {"xl/workbook.xml": b"<workbook/>", SHEET1: b"\0" * 2**26}
    bomb = archive(parts)
    if not sizes_told:  # the central directory says 1 byte
        bomb = bomb.replace((2**26).to_bytes(4, "little"), (1).to_bytes(4, "little"))
    started = time.monotonic()

    assert any(word in refusal(bomb) for word in ("解压后大得不正常", "损坏"))
    assert time.monotonic() - started < 20


def test_entities_that_multiply_are_refused():
    laughs = '<!DOCTYPE x [<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {name} "{"&" + before + ";"}{"&" + before + ";"}">'
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    book = changed(xlsx([HEADER]), SHEET1, "<worksheet", laughs + "]><worksheet")
    assert "损坏" in refusal(book)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"", "没有内容"),
        (b"\xef\xbb\xbf", "没有内容"),
        (b" \r\n\r\n", "没有内容"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 xls"),
        (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "打开密码"),
        (b"%PDF-1.4", "不是表格"),
        (b"\x89PNG\r\n", "不是表格"),
        (b"PK\x03\x04 broken off", "损坏"),
        (archive({"word/document.xml": b"<x/>"}), "不是表格"),
        (archive({"xl/workbook.bin": b"x"}), "xlsb"),
        (archive({"xl/workbook.xml": b"<workbook"}), "损坏"),
        ("<html><table><tr><td>编号".encode(), "改了扩展名的网页"),
        ("编号,姓名\n1,张\0三\n".encode(), "第 2 行含有不能读的空字符"),
        ("编号,姓名\n1,张三李四王五\n2,".encode() + b"\xff\xfe\xfd\n", "第 3 行的文字编码认不出"),
        ('编号,姓名\n1,"张三\n2,李四\n'.encode(), "第 2 行起有一个引号没有配对"),
        (xlsx([]), "没有内容"),
        (xlsx([HEADER])[:-40], "损坏"),
        (changed(xlsx([HEADER]), SHEET1, 'r="A1"', 'r="ZZZZZZ1"'), "损坏"),
        (changed(xlsx([HEADER]), SHEET1, 'r="A1"', 'r="XFD1"'), "第 1 行有 16384 列"),
        (random.Random(1).randbytes(100_000), "文字编码认不出"),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(source, words):
    said = refusal(source, "五月.xlsx")
    assert words in said
    assert said.startswith("五月.xlsx: ")


def test_too_many_rows_columns_and_bytes_are_refused():
    assert "超过 50000 行" in refusal(b"a,b\n" + b"1,2\n" * (limits.MAX_ROWS + 1))
    assert "第 1 行有 201 列" in refusal(b"x," * 200 + b"x\n")
    assert "超过 30 MB" in refusal(b"x" * (limits.MAX_FILE + 1))


def test_a_missing_file_a_folder_and_a_pipe_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "none.xlsx", tmp_path, tmp_path / "pipe"):
        with pytest.raises(UnreadableFile):
            read_table(path, name=path.name)


READ_A_FULL_SHEET = """
import re, resource, sys
from pathlib import Path
from jinzhong.intake.sources.case_sheet.read import read_table
rows = len(read_table(sys.stdin.buffer.read(), name="x.csv").rows)
own = re.search("VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]
print(rows, own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""
"""Not ru_maxrss for itself: that counts what the test process held when it forked."""


def test_a_full_sheet_stays_within_bounded_memory():
    """50,000 rows: the child within its limit, the parent in proportion to what was told (KiB, in a process of their own)."""
    rows = b"".join(b"A%018d,2021-03-05,x,y,%d\n" % (place, place) for place in range(limits.MAX_ROWS))
    reading = [sys.executable, "-c", READ_A_FULL_SHEET]
    done = subprocess.run(reading, input=rows, capture_output=True, check=True, cwd="src")

    count, parent, child = map(int, done.stdout.split())
    assert count == limits.MAX_ROWS
    assert parent < 400 * 1024
    assert child < limits.MEMORY / 1024


def test_the_child_knows_neither_database_nor_keys():
    assert not any(name.startswith(("JINZHONG", "DATABASE", "DJANGO")) for name in confined.BARE)
