"""The operator's pages by hand: keys alone, what axe finds, a phone."""

import pytest

pytestmark = pytest.mark.browser


@pytest.fixture
def listed(site):
    return site.own.python("tests.browser.number_list")


def test_a_number_is_judged_and_undone_by_keys_alone(site, listed, page_of, barriers, picture):
    page = page_of("risk_1")
    page.goto(f"{site.address}/")
    assert page.locator("[data-row]").count() == listed == 2
    assert barriers(page) == []
    picture(page, "numbers")
    page.keyboard.press("j")
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("h1").inner_text() == "154****2094"
    page.keyboard.press("2")
    assert page.locator(".choice[open] button").count() == 7
    assert barriers(page) == []
    with page.expect_navigation():
        page.keyboard.press("1")
    assert "送餐、快递" in page.locator(".words-said").inner_text()
    picture(page, "number")
    with page.expect_navigation():
        page.keyboard.press("z")
    assert "起不作数" in page.locator(".words-said").inner_text()
    with page.expect_navigation():
        page.keyboard.press("n")
    assert page.locator("h1").inner_text() == "154****2093"
    with page.expect_navigation():
        page.keyboard.press("w")
    assert page.locator(".reached .grade").count() == 2


def test_on_a_phone_nothing_is_cut(site, listed, page_of):
    page = page_of("risk_1", "phone")
    page.goto(f"{site.address}/numbers")
    assert page.evaluate("document.querySelector('.content').scrollWidth <= innerWidth")
    with page.expect_navigation():
        page.locator(".row-link").first.click()
    assert page.evaluate("document.querySelector('.content').scrollWidth <= innerWidth")
    assert page.locator("svg .mark").count() == 1
    assert page.evaluate(
        "[...document.querySelectorAll('.rung .scroll-x, #why')].every(one => one.scrollWidth <= one.clientWidth)"
    )
    for figure in page.locator(".why svg, .rung svg").all():
        assert figure.bounding_box()["width"] > 0
