"""Single cells: dates, amounts and the rest as people type them, and what can't be taken."""

from contextlib import suppress
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jinzhong.clock import ZONE
from jinzhong.intake.sources.case_sheet import cells
from jinzhong.intake.sources.case_sheet.read import Unread
from tests.district import at

MARCH_5 = at("00:00", "2021-03-05")
HALF_PAST_TWO = at("14:30", "2021-03-05")

FULL_WIDTH = str.maketrans("0123456789.,-/:", "０１２３４５６７８９．，－／：")
anything = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=40),
    st.text("0123456789年月日.-/: 万元¥,到至(E+", max_size=24),
    st.integers(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.datetimes(),
    st.builds(Unread, st.sampled_from(["formula", "error", "long"]), st.just("#REF!")),
)
moments = st.datetimes(datetime(1990, 1, 1), datetime(2099, 12, 31)).map(
    lambda one: one.replace(microsecond=0)
)
yuan = st.integers(0, 10**12 - 1).map(lambda cents: Decimal(cents) / 100)


@pytest.mark.parametrize(
    "written",
    [
        "2021年3月5日", "2021.3.5", "2021-03-05", "2021/3/5", "2021-3-5日", "20210305", "２０２１年３月５日", " 2021 年 3 月 5 日 ",
        "44260", 44260, Decimal("44260.0"), 20210305, "2021年3月5号", "2021年3月5日(星期五)", "2021年3月5日上午", "2021-03-05 00:00:00",
        datetime(2021, 3, 5),
    ],
    ids=str,
)  # fmt: skip
def test_a_day_is_read_however_it_is_written(written):
    assert cells.moment(written)[0] == MARCH_5


@pytest.mark.parametrize(
    "written",
    [
        "2021年3月5日14时30分", "2021年3月5日14:30", "2021.3.5 14:30", "2021-03-05T14:30:00+08:00", "2021-03-05T06:30:00Z", "20210305 1430",
        "20210305143000", "2021年3月5日下午2点半", "2021年3月5日 星期五 14:30", "2021/3/5 14：30：00", "2021年3月5日14时30分许", "44260.604166667",
        Decimal("44260.6041666667"), datetime(2021, 3, 5, 14, 29, 59, 999_997),
    ],
    ids=str,
)  # fmt: skip
def test_a_time_is_read_however_it_is_written(written):
    assert cells.moment(written)[0] == HALF_PAST_TWO


def test_midnight_may_be_written_as_24():
    assert cells.moment("2021年3月4日24时")[0] == MARCH_5


def test_a_mac_sheet_counts_its_days_from_1904():
    assert cells.moment(44260 - 1462, since_1904=True)[0] == MARCH_5


def test_a_serial_says_how_it_was_understood():
    assert cells.moment("44324")[1] == "是表格序号 44324，认作 5月8日"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("2021年2月30日", "没有这一天"),
        ("2021-02-29", "没有这一天"),
        ("2021.13.1", "没有这一天"),
        ("20210230", "没有这一天"),
        ("3月5日", "没有写年份"),
        ("21.3.5", "年份要写四位"),
        ("5/3/2021", "年份要写四位"),
        ("2021年3月", "认不出日期"),
        ("上周", "认不出日期"),
        ("2021-03-05 25:00", "没有这个时刻"),
        ("2021-03-05 14:75", "没有这个时刻"),
        ("1021-03-05", "年份 1021 不对"),
        (7, "认不出日期"),
        (True, "TRUE"),
        (Unread("formula"), "没有存下结果"),
        (Unread("error", "#REF!"), "#REF!"),
        (Unread("long", "10485760"), "10485760 个字"),
    ],
    ids=str,
)
def test_a_time_that_cannot_be_is_refused_in_words(written, words):
    with pytest.raises(ValueError, match=words):
        cells.moment(written)


@pytest.mark.parametrize(
    ("written", "start", "end"),
    [
        ("2021年3月5日至8日", "2021-03-05", "2021-03-08"),
        ("2021年3月5日-3月8日", "2021-03-05", "2021-03-08"),
        ("2021.3.5-2021.3.8", "2021-03-05", "2021-03-08"),
        ("2020年12月30日至2021年1月2日", "2020-12-30", "2021-01-02"),
        ("2021-03-05 ~ 2021-03-08", "2021-03-05", "2021-03-08"),
    ],
)
def test_from_when_to_when(written, start, end):
    assert cells.span(written) == (at("00:00", start), at("00:00", end))


def test_from_to_within_a_day():
    assert cells.span("2021-03-05 14:30至16:00") == (HALF_PAST_TWO, at("16:00", "2021-03-05"))
    assert cells.span("2021-03-05") == (MARCH_5, None)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("3.5万", "35000.00"),
        ("3.5万元", "35000.00"),
        ("¥35,000.00", "35000.00"),
        ("￥35，000", "35000.00"),
        ("３５０００．５", "35000.50"),
        ("人民币35000元整", "35000.00"),
        ("3万5千元", "35000.00"),
        ("1.2亿", "120000000.00"),
        (" 35 000 ", "35000.00"),
        ("0", "0.00"),
        (".5", "0.50"),
        (35000, "35000.00"),
        (Decimal("0.30000000000000004"), "0.30"),
    ],
    ids=str,
)
def test_an_amount_is_read_however_it_is_written(written, amount):
    assert str(cells.money(written)) == amount


def test_a_header_in_wan_yields_to_a_unit_in_the_cell():
    in_wan = {"factor": Decimal(10_000)}
    assert cells.money("3.5", **in_wan) == cells.money(Decimal("3.5"), **in_wan) == Decimal("35000.00")
    assert cells.money("3.5万", **in_wan) == cells.money("35000元", **in_wan) == Decimal("35000.00")


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("-500", "不能是负数"),
        ("(500.00)", "不能是负数"),
        ("－500", "不能是负数"),
        ("¥-500", "不能是负数"),
        (-1, "不能是负数"),
        ("若干", "要写数字"),
        ("3,5", "要写数字"),
        ("35,00", "要写数字"),
        ("3万5", "要写数字"),
        ("约3万", "要写数字"),
        ("3.5E+05", "要写数字"),
        ("1.234", "最多写到分"),
        ("100亿", "金额太大"),
        (Decimal("1e300"), "金额太大"),
        (Decimal("-1e300"), "金额太大"),
        (True, "TRUE"),
        (datetime(2021, 3, 5), "日期"),
        (Unread("formula"), "没有存下结果"),
    ],
    ids=str,
)
def test_an_amount_that_cannot_be_is_refused_in_words(written, words):
    with pytest.raises(ValueError, match=words):
        cells.money(written)


@given(anything)
def test_no_cell_raises_anything_but_a_sentence(cell):
    for read in (
        cells.moment,
        cells.money,
        cells.text,
        cells.parts,
        cells.span,
        lambda one: cells.words(60, one),
    ):
        with suppress(ValueError):
            read(cell)
    cells.is_empty(cell)


@given(
    moments,
    st.sampled_from(
        [
            "%Y-%m-%d %H:%M:%S",
            "%Y年%m月%d日%H时%M分%S秒",
            "%Y.%m.%d %H:%M:%S",
            "%Y%m%d%H%M%S",
            "%Y/%m/%d %H:%M:%S",
        ]
    ),
)
def test_every_moment_survives_every_writing(moment, form):
    written = moment.strftime(form)
    expected = moment.replace(tzinfo=ZONE)

    assert cells.moment(written)[0] == expected
    assert cells.moment(written.translate(FULL_WIDTH))[0] == expected


@given(moments)
def test_every_moment_survives_as_a_spreadsheet_keeps_it(moment):
    """Days since 30 December 1899 as a fraction, with the digits a spreadsheet stores."""
    days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert cells.moment(Decimal(repr(days)))[0] == moment.replace(tzinfo=ZONE)


@given(yuan)
def test_every_amount_survives_every_writing(amount):
    for written in (
        str(amount),
        f"¥{amount:,.2f}",
        f"{amount}元",
        f"{amount / 10_000:f}万",
        f"{amount:,.2f}".translate(FULL_WIDTH),
        amount,
    ):
        assert cells.money(written) == amount
    assert cells.money(amount / 10_000, factor=Decimal(10_000)) == amount


@given(st.integers(0, 10**9))
def test_a_computed_amount_keeps_its_cents(cents):
    """What a formula leaves behind the cents is the noise of binary fractions."""
    noisy = Decimal(repr(cents / 100 / 10_000))
    assert cells.money(noisy, factor=Decimal(10_000)) == (Decimal(cents) / 100).quantize(
        Decimal("0.01"), ROUND_HALF_UP
    )


def test_a_long_number_kept_as_a_number_has_lost_its_tail():
    for cell in (Decimal("3302132021050512345"), 330213199001011234, Decimal("3.30213e17")):
        with pytest.raises(ValueError, match="设为文本"):
            cells.text(cell)
    assert cells.text(13812346620) == cells.text(Decimal("13812346620.0")) == "13812346620"


def test_several_entries_in_one_cell():
    assert cells.parts("张三、李四;王五,赵六\n钱七") == ["张三", "李四", "王五", "赵六", "钱七"]
    assert cells.parts("35,000、1,200") == ["35,000", "1,200"]
    assert cells.parts("不详") == []


def test_unencrypted_words_hold_no_number():
    assert cells.open_words(60, "微信转账 2021 年") == "微信转账 2021 年"
    with pytest.raises(ValueError, match="简要案情"):
        cells.open_words(60, "加 138 1234 6620")
