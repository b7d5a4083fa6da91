"""点评 through the page: its sentences, each factor by hand, the reply box, and who finds no such town."""

import csv
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from jinzhong import clock
from jinzhong.audit.models import Event
from jinzhong.review import operations
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from tests.district import at
from tests.pages import logged_in, send, text

PAGE = f"/review/towns/{XIKOU}"


@pytest.fixture
def may(place, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:00", "2021-06-05"))
    for number in range(10):
        file_case(f"X{number}", f"2021-05-{10 + number}", XIKOU, "loan", 1_000)
    file_case("A1", "2021-04-05", YUELIN, "loan", 1_000)
    file_case("Y1", "2021-05-20", YUELIN, "loan", 1_200_000)
    return place


def test_the_page_tells_and_sums_up_by_hand(may):
    page = text(logged_in(may.inspector).get(PAGE))

    assert "发案 10 起，按全区发案率该有 4.2 起" in page
    assert "(16.35 − 40) ÷ (10 − 40) × 20" in page
    assert "合计 30.76 ÷ 35 × 100 = 87.9" in page
    assert "没有数据，已从分母去掉" in page
    assert "这个月的挂牌还没有公布。" in page
    assert "数据不足" in page


def test_a_published_colour_says_why_and_how_it_ends(may):
    operations.publish(month=date(2021, 5, 1), by=may.desk, now=at("08:00", "2021-06-02"))
    page = text(logged_in(may.town_yuelin).get(f"/review/towns/{YUELIN}"))

    assert "为什么黄牌" in page
    assert f'href="/review/towns/{YUELIN}?month=2021-05"' in text(
        logged_in(may.desk).get("/review?month=2021-05")
    )
    assert "发生单案损失 120.00 万元的案件" in page
    assert "挂牌后满一个月" in page
    assert "报送整改方案" in page


def test_the_town_replies_once_and_the_office_reads_it(may):
    town = logged_in(may.town_xikou)
    said = text(send(town, f"{PAGE}/reply", month="2021-05", text="已开班会"))

    assert "已开班会" in said
    assert "已开班会" in text(logged_in(may.desk).get(PAGE))
    assert "已开班会" not in text(logged_in(may.desk).get(f"{PAGE}?month=2021-04"))
    assert send(town, f"{PAGE}/reply", month="2021-05", text=" ").status_code == 422


def test_another_town_or_none_is_not_found(may):
    other = logged_in(may.town_yuelin)

    assert other.get(PAGE).status_code == 404
    assert send(other, f"{PAGE}/reply", month="2021-05", text="x").status_code == 404
    assert logged_in(may.desk).get("/review/towns/999").status_code == 404
    assert logged_in(may.desk).get(f"{PAGE}?month=rubbish").status_code == 200
    assert logged_in(may.teller).get(PAGE).status_code == 403
    assert send(logged_in(may.auditor), f"{PAGE}/reply", month="2021-05", text="x").status_code == 403


def test_the_colours_of_a_year_open_to_their_month(may):
    assert "十二个月的牌" not in text(logged_in(may.desk).get("/review"))
    operations.publish(month=date(2021, 5, 1), by=may.desk, now=at("08:00", "2021-06-02"))
    page = text(logged_in(may.desk).get("/review"))
    own = text(logged_in(may.town_yuelin).get("/review"))

    assert f'href="/review/towns/{YUELIN}?month=2021-05" title="2021-05 岳林街道 黄牌">黄</a>' in page
    assert page.count('<th scope="col"><abbr title="20') == 12
    assert page.count('title="2021-05 溪口镇') == 1
    assert 'title="2021-05 岳林街道 黄牌">黄</a>' in own
    assert 'title="2021-05 溪口镇' not in own


def test_the_index_is_given_out_and_told_to_the_log(may):
    """溪口: 30.7646 of 35 points are 87.90, of five points for the peace assessment 4.39."""
    may.xikou.name = "=1+1"
    may.xikou.save()
    office = logged_in(may.desk)
    assert "导出 XLSX" in text(office.get("/review"))
    given = send(office, "/review/index", month="2021-05", ending=".csv")

    lines = {one["unit"]: one for one in csv.DictReader(given.content.decode().splitlines())}
    assert (lines[XIKOU]["score"], lines[XIKOU]["pingan_points"], lines[XIKOU]["since"]) == (
        "87.9",
        "4.39",
        "2021-05-01",
    )
    assert lines[XIKOU]["name"] == "'=1+1"
    assert Event.objects.get(kind="review.index_exported").by == may.desk.username
    book = send(office, "/review/index", month="2021-05", ending=".xlsx")
    cells = [[one.value for one in row] for row in load_workbook(BytesIO(book.content)).active]
    assert next(row for row in cells if row[2] == XIKOU)[5:7] == [87.9, 4.39]
    assert send(office, "/review/index", month="2021-05", ending=".exe").status_code == 422
    assert "导出 XLSX" not in text(logged_in(may.town_xikou).get("/review"))
    assert send(logged_in(may.town_xikou), "/review/index", month="2021-05", ending=".csv").status_code == 403


def test_a_town_head_looks_at_a_week_and_at_a_day(may):
    head = logged_in(may.town_xikou)
    week = text(head.get(f"{PAGE}?by=week&day=2021-05-18"))
    assert "2021年5月15日至21日" in week
    assert "发案 5 起，按全区发案率该有 2.3 起" in week
    assert "反诈绩效指数" not in week
    assert 'href="?by=week&amp;day=2021-05-08"' in week
    assert 'href="?by=week&amp;day=2021-05-22"' in week
    assert 'href="?by=month&amp;day=2021-05-01"' in week
    assert "反诈绩效指数" in text(head.get(PAGE))

    day = text(head.get(f"{PAGE}?by=day&day=2021-06-04"))
    assert 'href="?by=day&amp;day=2021-06-05"' not in day  # today isn't over
    for nonsense in ("?by=year", "?by=day&day=tomorrow", "?by=week&day=0001-01-01", "?month=2021-13"):
        assert head.get(PAGE + nonsense).status_code == 200
