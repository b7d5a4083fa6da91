"""Whole sheets as offices write them: header, rows, people, and what is refused with its row."""

from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhong.intake.sources.case_sheet import columns
from jinzhong.intake.sources.case_sheet.parse import Places, Sheet, parse
from jinzhong.intake.sources.case_sheet.read import Table, Unread
from jinzhong.intake.sources.case_sheet.tests.sheets import CASE, HEADER
from tests.district import at

PLACES = Places(
    towns={
        "岳林街道": "330213002",
        "岳林": "330213002",
        "330213002": "330213002",
        "莼湖街道": "330213008",
        "莼湖": "330213008",
    },
    communities=frozenset({("330213002", "金钟社区")}),
    stations=frozenset({"岳林派出所"}),
)
ZHANG, LI = "110101199003077571", "11010119850812122X"
"""Made-up ID numbers with right check digits: a man born 7 March 1990, a woman born 12 August 1985."""


def read(*rows, chosen=None) -> Sheet:
    """Rows of cells, numbered from 1; None is an empty row, which a table leaves out."""
    told = [(number, list(row)) for number, row in enumerate(rows, 1) if row is not None]
    return parse(Table("5月", (), told), places=PLACES, now=at("09:00"), chosen=chosen)


def one(header, row, **options):
    sheet = read(HEADER + header, CASE + row, **options)
    assert sheet.rejected == []
    return sheet.rows[0]


def faults(*rows) -> list[tuple[int, str]]:
    return [(fault.row, fault.field) for fault in read(*rows).rejected]


# -- the header ----------------------------------------------------------------------------------------


def test_titles_above_and_totals_below_are_no_cases():
    sheet = read(
        ["岳林派出所2021年5月电信网络诈骗案件登记表"],
        ["填报单位:岳林派出所", None, "填报时间:2021年6月1日"],
        None,
        ["序号", *HEADER],
        [1, *CASE],
        [2, "A2", *CASE[1:4], "1,000"],
        HEADER and ["序号", *HEADER],
        [3, "A3", *CASE[1:4], 500],
        ["合 计", None, None, None, None, "36,500"],
        ["填表人:某某", None, "审核:某某"],
    )

    assert sheet.header_row == 4
    assert [(case.row, case.number) for case in sheet.rows] == [(5, CASE[0]), (6, "A2"), (8, "A3")]
    assert (sheet.total_row, sheet.total, sheet.total_agrees) == (9, Decimal("36500.00"), True)
    assert sheet.rejected == []


def test_a_total_that_does_not_agree_is_told():
    sheet = read(HEADER, CASE, ["合计", None, None, None, "34000"])
    assert (sheet.total, sheet.total_agrees) == (Decimal("34000.00"), False)


@pytest.mark.parametrize(
    "header",
    [
        ["案件编号", "报案时间", "所属镇(街道)", "案件类别", "涉案金额(元)"],
        ["受案登记编号", "报警时间", "发案镇街", "诈骗类型", "损失金额"],
        [" 案件编号* ", "报案\n时间", "所属镇（街道）", "案件 类别", "涉案金额（元）"],
        ["警情编号", "接警时间", "镇(街道)", "类别", "被骗金额(元)"],
        ["number", "reported_at", "town", "fraud_class", "loss"],
    ],
    ids=lambda header: header[0].strip(),
)
def test_headers_are_known_by_many_names(header):
    case = read(header, CASE).rows[0]
    assert (case.number, case.loss, case.town) == (CASE[0], Decimal("35000.00"), "330213002")


def test_every_column_is_known_by_all_its_names():
    spellings = [
        (spelling, column.field)
        for column in columns.COLUMNS
        for spelling in (column.title, column.field, *column.spellings)
    ]
    for spelling, field in spellings:
        assert columns.understand(0, spelling, {}).field == field


def test_wan_in_the_header_or_in_a_title():
    in_header = read([*HEADER[:4], "损失金额(万元)"], [*CASE[:4], "3.5"])
    in_title = read(
        ["案件登记表", None, None, None, "(单位:万元)"],
        [*HEADER[:4], "损失金额"],
        [*CASE[:4], Decimal("3.5")],
    )
    own_unit = read(["单位:万元"], [*HEADER[:4], "损失金额(元)"], [*CASE[:4], 35000])

    assert {sheet.rows[0].loss for sheet in (in_header, in_title, own_unit)} == {Decimal("35000.00")}


def test_a_header_of_two_lines_with_groups():
    sheet = read(
        ["2021年5月案件"],
        [*HEADER, "受害人", None, "嫌疑人", None],
        [None, None, None, None, None, "姓名", "联系电话", "电话", "账号"],
        [*CASE, "张桂兰", "13812346620", "17012345678", "6222020200007731"],
    )
    case = sheet.rows[0]

    assert sheet.header_row == 3
    assert (case.victims[0].name, case.victims[0].phone) == ("张桂兰", "13812346620")
    assert case.suspects[0].value == "17012345678"
    assert case.transfers[0].payee_account == "6222020200007731"


def test_the_first_case_is_never_taken_for_a_second_header_line():
    sheet = read([*HEADER, "怪列", "案件来源"], [*CASE, "网站", "派出所"])
    assert [case.row for case in sheet.rows] == [2]


def test_an_unknown_header_is_named_and_rows_come_in():
    sheet = read([*HEADER, "天气"], [*CASE, "晴"])
    assert [(fault.row, fault.field) for fault in sheet.rejected] == [(1, "天气")]
    assert len(sheet.rows) == sheet.count == 1


def test_a_mapping_by_hand_is_used_and_may_say_not_used():
    header = ["天书", *HEADER[1:], "天气"]
    sheet = read(header, [*CASE, "晴"], chosen={"天书": "number", "天气": ""})
    assert (sheet.rows[0].number, sheet.rejected) == (CASE[0], [])


def test_a_missing_header_is_named_and_no_row_comes_in():
    sheet = read(HEADER[:4], CASE[:4])
    assert [(fault.row, fault.field) for fault in sheet.rejected] == [(1, "涉案金额(元)")]
    assert sheet.count == 0


def test_a_table_of_something_else_names_every_column_it_lacks():
    sheet = read(["姓名", "工资"], ["张三", 5000])
    assert {fault.field for fault in sheet.rejected} >= {
        "案件编号",
        "报案时间",
        "所属镇(街道)",
        "案件类别",
        "涉案金额(元)",
    }


def test_of_two_names_for_one_field_the_more_usual_is_used():
    sheet = read(["立案编号", *HEADER], ["L1", *CASE])
    assert (sheet.rows[0].number, sheet.rejected) == (CASE[0], [])


def test_two_columns_of_one_name_are_told():
    sheet = read([*HEADER, "案件编号"], [*CASE, "A9"])
    assert [fault.field for fault in sheet.rejected] == ["案件编号"]
    assert sheet.rows[0].number == CASE[0]


# -- one row -------------------------------------------------------------------------------------------


def test_every_field_of_a_case_is_read():
    header = [
        "立案时间", "案发时间", "社区(村)", "城乡", "受理单位", "案件状态", "案件来源", "诈骗渠道", "诱饵", "简要案情", "止付金额(元)", "冻结金额(元)",
        "返还金额(元)", "受害人姓名", "性别", "年龄", "职业", "联系电话", "证件号码", "收款账号", "收款银行", "涉案号码", "涉案APP", "涉案网址",
    ]  # fmt: skip
    row = [
        "2021年5月6日", "2021年5月4日14时30分", "金钟社区", "城区", "岳林派出所", "已立案", "110", "微信", "高额返利", "先小额返利,后不能提现", "1.2万", "0", None,
        "张桂兰", "女", "62岁", "退休", "138 1234 6620", LI, "6222 0202 0000 7731", "示范银行", "+86 170 1234 5678", "示范App", "http://example.invalid/x",
    ]  # fmt: skip
    case = one(header, row)

    assert (case.reported_at, case.filed_at) == (at("00:00", "2021-05-05"), at("00:00", "2021-05-06"))
    assert (case.occurred_from, case.occurred_to) == (at("14:30", "2021-05-04"), None)
    assert (case.community, case.area, case.station, case.status, case.source) == (
        "金钟社区",
        "urban",
        "岳林派出所",
        "filed",
        "110",
    )
    assert (case.channel, case.lure, case.narrative) == ("微信", "高额返利", "先小额返利,后不能提现")
    assert (case.stopped, case.frozen, case.returned) == (Decimal("12000.00"), Decimal("0.00"), None)
    victim = case.victims[0]
    assert (victim.name, victim.sex, victim.age, victim.birth_year, victim.occupation) == (
        "张桂兰",
        "F",
        62,
        1985,
        "退休",
    )
    assert (victim.phone, victim.id_number) == ("13812346620", LI)
    assert (case.transfers[0].payee_account, case.transfers[0].payee_bank) == ("6222020200007731", "示范银行")
    assert [(trace.kind, trace.value) for trace in case.suspects] == [
        ("number", "17012345678"),
        ("app", "示范App"),
        ("url", "http://example.invalid/x"),
    ]
    assert case.notes == ("性别或年龄与证件号码不符，请核对",)


def test_what_the_id_number_tells_fills_what_is_left_open():
    victim = one(["姓名", "证件号码"], ["张三", ZHANG]).victims[0]
    assert (victim.sex, victim.birth_year, victim.age) == ("M", 1990, 31)


def test_two_people_of_one_case_stand_in_one_row():
    case = one(
        ["姓名", "性别", "年龄", "联系电话", "职业"],
        ["张三、李四", "女、男", "25、31", "13800001111、13800002222", "学生"],
    )
    assert [(one.name, one.sex, one.age, one.phone, one.occupation) for one in case.victims] == [
        ("张三", "F", 25, "13800001111", "学生"),
        ("李四", "M", 31, "13800002222", "学生"),
    ]


def test_one_person_may_have_two_phones_and_a_trade_of_two_words():
    victim = one(["姓名", "联系电话", "职业"], ["张三", "13800001111、0574-88881234", "养殖、运输"]).victims[
        0
    ]
    assert (victim.phone, victim.other_phones, victim.occupation) == (
        "13800001111",
        ("0574-88881234",),
        "养殖、运输",
    )


@pytest.mark.parametrize("row", [["张三、李四", "女", "25、31"], ["张三", "女", "25、31"]])
def test_lists_of_people_must_match(row):
    assert faults([*HEADER, "姓名", "性别", "年龄"], [*CASE, *row])[0][0] == 2


def test_several_payments_may_share_their_bank():
    case = one(
        ["收款账号", "收款银行", "转账金额"],
        ["6222020200007731、6217000010001234567", "示范银行", "30,000、5,000"],
    )
    assert [(one.payee_account[-4:], one.payee_bank, one.amount) for one in case.transfers] == [
        ("7731", "示范银行", Decimal("30000.00")),
        ("4567", "示范银行", Decimal("5000.00")),
    ]


@pytest.mark.parametrize(
    "town",
    [
        "岳林街道",
        "岳林",
        "330213002",
        "奉化区岳林街道",
        "浙江省宁波市奉化区岳林街道",
        "岳林街道办事处",
        " 岳林 街道 ",
    ],
)
def test_a_town_is_known_by_its_spellings(town):
    assert one([], [], chosen=None) and read(HEADER, [*CASE[:2], town, *CASE[3:]]).rows[0].town == "330213002"


def test_an_unknown_town_is_refused_with_a_hint():
    fault = read(HEADER, [*CASE[:2], "莼湖镇街道", *CASE[3:]]).rejected[0]
    assert (fault.row, fault.field, fault.value) == (2, "发案镇街", "莼湖镇街道")
    assert "是不是莼湖街道" in fault.message


def test_an_unknown_class_keeps_its_own_name():
    case = read(HEADER, [*CASE[:3], "网恋借钱", CASE[4]]).rows[0]
    assert (case.fraud_class, case.raw_class) == ("other", "网恋借钱")
    assert case.notes == ("“网恋借钱”没有对应类别，先归其他，原文保留",)


@pytest.mark.parametrize("written", [None, "", "不详"])
def test_no_class_is_other_and_said(written):
    case = read(HEADER, [*CASE[:3], written, CASE[4]]).rows[0]
    assert case.fraud_class == "other"
    assert len(case.notes) == 1


def test_no_loss_yet_is_zero_and_said():
    case = read(HEADER, [*CASE[:4], None]).rows[0]
    assert (case.loss, case.notes) == (Decimal("0.00"), ("没有写损失，先记 0 元，以后更正",))


@pytest.mark.parametrize(
    ("place", "written", "words"),
    [
        (0, None, "没有编号"),
        (0, "待定", "至少有一个数字"),
        (0, 3302132021050512345, "后几位已经丢了"),
        (0, "3.30213E+18", "科学计数"),
        (0, Unread("formula"), "没有存下结果"),
        (1, "2021年2月30日", "没有这一天"),
        (1, None, "没有报案时间"),
        (1, Unread("formula"), "没有存下结果"),
        (2, None, "没有写镇（街道）"),
        (2, "海曙区", "没有这个镇（街道）"),
        (3, "刷单13812346620", "不要写电话"),
        (3, "很长的类别" * 21, "最多 100 个字"),
        (4, "-1", "不能是负数"),
        (4, "若干", "要写数字"),
        (4, Unread("error", "#DIV/0!"), "公式出错"),
        (4, Unread("long", "10485760"), "10485760 个字"),
    ],
    ids=str,
)
def test_a_faulty_cell_refuses_its_row_and_names_it(place, written, words):
    row = [*CASE]
    row[place] = written
    sheet = read(HEADER, ["A1", *CASE[1:]], row, ["A3", *CASE[1:]])

    assert [(fault.row, fault.field) for fault in sheet.rejected] == [(3, HEADER[place])]
    assert words in sheet.rejected[0].message
    assert [case.number for case in sheet.rows] == ["A1", "A3"]


@pytest.mark.parametrize(
    ("header", "written", "words"),
    [
        ("联系电话", "1381234662", "10 位"),
        ("证件号码", "110101199003077572", "校验位"),
        ("年龄", "250", "0 到 120"),
        ("性别", "不男不女", "要写 女、男"),
        ("城乡", "近郊", "要写 主城区、农村"),
        ("案件状态", "搁置", "要写 受理、立案、破案、移送起诉、撤案"),
        ("收款账号", "wxid_abc", "6 到 32 位"),
        ("案发时间", "2021年5月7日", "晚于报案时间"),
        ("立案时间", "2021年6月31日", "没有这一天"),
        ("诱饵", "加微信13800001111", "简要案情"),
        ("止付金额(元)", "-5", "负数"),
    ],
)
def test_a_faulty_further_cell_refuses_its_row(header, written, words):
    sheet = read([*HEADER, header], [*CASE, written])
    assert [(fault.row, fault.field) for fault in sheet.rejected] == [(2, header)]
    assert words in sheet.rejected[0].message


def test_every_fault_of_a_row_is_told():
    assert faults(HEADER, [None, "2021年2月30日", "海曙", "贷款", "-1"]) == [
        (2, "案件编号"),
        (2, "报案时间"),
        (2, "发案镇街"),
        (2, "涉案金额(元)"),
    ]


def test_a_refusal_repeats_no_personal_data():
    sheet = read([*HEADER, "联系电话", "证件号码"], [*CASE, "1381234662", "110101199003077572"])
    assert [fault.value for fault in sheet.rejected] == ["", ""]
    assert not any("1381234662" in fault.message for fault in sheet.rejected)


def test_what_should_be_looked_at_keeps_no_case_out():
    case = one(
        ["社区(村)", "受理单位", "立案时间", "收款账号", "转账金额"],
        ["无名村", "某某所", "2021年5月1日", "6222020200007731", "4万"],
    )
    assert len(case.notes) == 4


# -- one number twice ----------------------------------------------------------------------------------


def test_one_number_twice_with_the_same_content_counts_once():
    sheet = read(HEADER, CASE, [CASE[0].lower(), "2021-05-05", "岳林", "刷单返利", "3.5万"])
    assert ([case.row for case in sheet.rows], [case.row for case in sheet.repeated], sheet.count) == (
        [2],
        [3],
        2,
    )


def test_one_number_twice_with_different_content_is_refused_both_times():
    sheet = read(HEADER, CASE, ["A2", *CASE[1:]], [*CASE[:4], "36000"])
    assert [case.number for case in sheet.rows] == ["A2"]
    assert [(fault.row, fault.field) for fault in sheet.rejected] == [(2, "案件编号"), (4, "案件编号")]
    assert "第 2、4 行" in sheet.rejected[0].message


def test_a_faulty_row_takes_its_twin_along():
    sheet = read(HEADER, CASE, [*CASE[:4], "-1"])
    assert (sheet.rows, sheet.refused_rows) == ([], [2, 3])


# -- anything ------------------------------------------------------------------------------------------

cell = st.one_of(
    st.none(),
    st.text(max_size=12),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.datetimes(),
    st.builds(Unread, st.sampled_from(["formula", "error", "long"]), st.just("x")),
    st.sampled_from([*HEADER, *CASE, "合计", "姓名", "单位:万元"]),
)
ALL = [column.title for column in columns.COLUMNS]


@given(st.lists(st.lists(cell, max_size=len(ALL)), max_size=6))
def test_no_table_breaks_the_reader(rows):
    for header in ([], [ALL]):
        sheet = read(*header, *rows)
        assert sheet.count <= len(rows)
        assert all(fault.message and fault.field for fault in sheet.rejected)


def test_a_serial_date_and_a_date_cell_are_the_same_day():
    serial, written = (
        read(HEADER, [CASE[0], 44321, *CASE[2:]]),
        read(HEADER, [CASE[0], datetime(2021, 5, 5), *CASE[2:]]),
    )
    assert serial.rows[0].content() == written.rows[0].content() == read(HEADER, CASE).rows[0].content()
