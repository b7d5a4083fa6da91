"""Situation and bulletins in a real browser: they fit every screen, shut nobody out, and a figure leads to its rows."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Site

pytestmark = pytest.mark.browser

HEADER = "案件编号,报警时间,损失金额(万元),发案镇街,案件类别,事主姓名,性别,年龄"
KINDS = ("刷单类", "贷款", "虚假投资理财", "冒充客服退款")


def sheet(rows):
    """Thirty cases of April and May in both towns, and what else is given."""
    made = [
        f"A{n:03},2021-{4 + n % 2:02}-{n + 1:02} 10:00,{n / 2 + 1},{('岳林', '溪口')[n % 3 == 0]},{KINDS[n % 4]},甲某,{'女男'[n % 2]},{18 + n}"
        for n in range(30)
    ]
    return "\n".join([HEADER, *made, *rows])


@pytest.fixture(scope="module")
def site(_template, tmp_path_factory):
    """Imported, issued at half past eight, and corrected by a case that came late; these tests only look at it."""
    folder = tmp_path_factory.mktemp("told")
    with _template.copy(folder / "own") as own:

        def run(*arguments, at):
            done = own.command(*arguments, JINZHONG_CLOCK=f"2021-05-31T{at}:00+08:00")
            assert done.returncode == 0, done.stderr

        file = folder / "cases.csv"
        issue = ("bulletin", "issue", "daily", "--date", "2021-05-30", "--by", "desk")
        file.write_text(sheet([]), "utf-8")
        run("import", "cases", file, "--by", "desk", at="08:00")
        run(*issue, at="08:30")
        file.write_text(sheet(["B001,2021-05-30 22:00,3,岳林,贷款,乙某,女,40"]), "utf-8")
        run("import", "cases", file, "--by", "desk", at="09:00")
        run(*issue, at="09:30")
        yield Site(own)


@pytest.mark.parametrize("screen", ["desktop", "office", "phone"])
def test_they_fit_and_shut_nobody_out(site, page_of, picture, barriers, screen):
    page, found = page_of("desk", screen), set()
    for name, path in {
        "situation": "/situation?since=2021-05-01&until=2021-05-31",
        "situation-table": "/situation?since=2021-01-01&until=2021-05-31&show=table",
        "situation-none": "/situation?since=2021-02-01&until=2021-02-28",
        "situation-rows": "/situation/rows?of=cases&since=2021-05-01&until=2021-06-01",
        "alarms": "/situation/alarms",
        "alarms-table": "/situation/alarms?show=table",
        "alarms-none": "/situation/alarms?week=2021-04-10",
        "bulletins": "/bulletins",
        "bulletins-weekly": "/bulletins?kind=weekly",
        "bulletin-weekly": "/bulletins/weekly/2021-05-28",
        "bulletin-monthly": "/bulletins/monthly/2021-05-31",
        "bulletin-corrected": "/bulletins/daily/2021-05-30",
        "bulletin-draft": "/bulletins/daily/2021-05-29",
        "bulletin-compare": "/bulletins/daily/2021-05-30/compare",
    }.items():
        page.goto(site.address + path)
        picture(page, name)
        assert page.evaluate(
            "[document.documentElement, document.querySelector('main')].every(e => e.scrollWidth <= e.clientWidth)"
        ), name
        expect(page.locator(".rail [aria-current]")).to_be_in_viewport(ratio=1)
        if screen != "office":  # wide as the desktop, only smaller
            found |= {f"{name}: {one}" for one in barriers(page)}
    assert found == set()


@pytest.mark.parametrize("screen", ["wall", "desktop", "office", "phone"])
def test_the_wall_fits_whole_and_shows_each_towns_colour(site, page_of, picture, screen):
    page = page_of("desk", screen)
    page.goto(f"{site.address}/board")
    picture(page, "board-colours")

    expect(page.locator(".tile .w").first).to_have_text(re.compile("预警|蓝色|绿色|数据不足"))
    assert page.locator(".tile").count() == page.locator(".tile .w").count() == 2
    assert page.evaluate(
        "[...document.querySelectorAll('.wall, .figs li, .tile *')].every(e => e.getBoundingClientRect().right <= innerWidth + 1)"
    )
    width = page.evaluate("document.querySelector('.wall').getBoundingClientRect().width")
    assert abs(width - page.viewport_size["width"]) < 2


def test_a_figure_of_the_sheet_leads_to_its_rows_and_back(site, page_of):
    page = page_of("desk")
    page.get_by_role("link", name="通报").click()
    page.get_by_role("link", name="5月30日", exact=True).click()
    page.locator(".paper a.prov", has_text="2 起").first.click()

    expect(page.locator("h1")).to_have_text("当日发案")
    expect(page.locator(".rows-facts")).to_contain_text("反诈日报 5月30日 第 2 版")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_role("link", name="回到通报").click()
    expect(page.locator(".page-head")).to_contain_text("更正，第 2 版")


def test_choosing_a_town_keeps_the_period(site, page_of):
    page = page_of("desk")
    page.goto(f"{site.address}/situation?since=2021-04-01&until=2021-04-30")
    page.get_by_label("镇（街道）").select_option("溪口镇")
    page.get_by_role("button", name="看").click()

    expect(page.locator(".sit-said")).to_contain_text("溪口镇：2021年4月发案5起")
    page.get_by_role("link", name="表", exact=True).click()
    expect(page.locator(".sit-said")).to_contain_text("溪口镇：2021年4月发案5起")
