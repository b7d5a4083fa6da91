"""The desk in a real browser: it hears without reload, it is worked by keys, and it shuts nobody out."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

ZHANG = {
    "customer_name": "张桂兰",
    "customer_phone": "13812346620",
    "amount": "86000",
    "payee_account": "6222020200007731",
    "story": "自称配合办案",
}


def test_a_new_red_warning_rings_and_appears_without_reload(site, page_of, picture):
    page = page_of("desk")
    expect(page.locator("[data-live]")).to_have_text("实时")
    expect(page.locator("#rows")).to_contain_text("没有未办结的预警")
    picture(page, "desk-empty")

    raised = site.alert(**ZHANG)

    row = page.locator(f"#row-{raised['warning']}")
    expect(row).to_contain_text("张*", timeout=15_000)
    expect(row.locator(".clock")).to_contain_text("签收")
    expect(page.locator("#announce")).to_contain_text("新预警")
    assert page.evaluate("document.body.dataset.rang") == "1"

    page.locator("#announce a").click()
    expect(page.locator("#pane")).to_contain_text("13812346620"[:3] + "****6620")
    picture(page, "desk-rings")


def test_what_the_officer_does_shows_beside_the_queue(site, page_of):
    raised = site.alert(**ZHANG)
    page = page_of("desk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane .wait, #pane .next").first).to_contain_text("等民警签收")

    answer = site.web.post(f"/orders/{raised['order']}/sign", {}, token=site.tokens["officer_217"])

    assert answer.status_code == 200
    expect(page.locator("#pane")).to_contain_text("已签收，等出发", timeout=15_000)
    expect(page.locator("#rows .clock")).to_contain_text("到门")


def test_a_number_is_shown_by_keys_for_a_purpose(site, page_of, picture):
    site.alert(**ZHANG)
    page = page_of("desk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_contain_text("张*")
    page.keyboard.press("r")
    expect(page.locator("#dialog-title")).to_have_text("查看张*的明文")
    expect(page.locator(".dialog .clock")).to_be_visible()
    page.keyboard.press("1")
    picture(page, "desk-reveal")
    page.keyboard.press("Enter")

    expect(page.locator("#pane .plain-number")).to_have_text("13812346620")
    expect(page.locator("#dialog .dialog")).to_have_count(0)
    expect(page.locator("#pane .contact .clock")).to_contain_text(re.compile(r"明文剩\s*(09:5|10:00)"))
    assert "13812346620" not in page.url


def test_a_false_alarm_is_undone_by_one_key(site, page_of, picture):
    site.alert(**ZHANG)
    page = page_of("desk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_contain_text("误报")
    page.keyboard.press("f")
    expect(page.locator("#said")).to_contain_text("已办结：误报")
    expect(page.locator("#rows .q")).to_have_count(0, timeout=10_000)
    picture(page, "desk-undo")

    page.keyboard.press("z")

    expect(page.locator("#rows .q")).to_have_count(1)
    expect(page.locator("#said")).to_contain_text("已恢复")


def test_officers_are_changed_in_the_dialog_and_escape_leaves_all_as_it_was(site, page_of):
    site.alert(**ZHANG)
    page = page_of("desk")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_contain_text("张*")
    page.keyboard.press("d")
    expect(page.locator("#dialog-title")).to_have_text("改派给谁")
    page.keyboard.press("Escape")
    expect(page.locator("#dialog .dialog")).to_have_count(0)

    page.keyboard.press("d")
    expect(page.locator("#dialog-title")).to_be_visible()
    page.keyboard.press("1")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("已改派 340")
    expect(page.locator("#pane .who-goes")).to_contain_text("340")


def test_searching_leaves_no_trace_in_the_address(site, page_of):
    site.alert(**ZHANG)
    page = page_of("desk")
    page.keyboard.press("/")
    page.keyboard.type("13812346620")
    page.keyboard.press("Enter")

    expect(page.locator("#rows .q")).to_have_count(1)
    expect(page.locator("#tabs")).to_contain_text("查到 1")
    assert "1381234" not in page.url


def test_without_script_the_desk_works_as_well(site, page_of):
    site.alert(**ZHANG)
    page = page_of("desk", java_script_enabled=False)
    page.click("#rows .q")
    page.click("text=误报 F")

    assert "已办结：误报" in page.locator("#pane").inner_text()
    page.click("#said button")
    assert "已恢复" in page.locator("#said").inner_text()


@pytest.mark.parametrize("screen", ["desktop", "office", "phone"])
def test_the_office_pages_fit_and_shut_nobody_out(site, page_of, picture, barriers, screen):
    raised = site.alert(**ZHANG)
    page, found = page_of("desk", screen), set()
    for name, path in {
        "desk": "/desk",
        "desk-warning": f"/desk/warnings/{raised['warning']}",
        "desk-send": f"/desk/warnings/{raised['warning']}/send",
        "hotline": "/desk/hotline",
        "duty": "/desk/duty",
        "duty-shift": "/desk/duty/2021053108",
        "me": "/me",
        "refused": "/accounts",
    }.items():
        page.goto(site.address + path)
        picture(page, name)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), name
        if screen != "office":  # wide as the desktop, only smaller
            found |= {f"{name}: {one}" for one in barriers(page)}
    assert found == set()


def test_the_login_page_shuts_nobody_out(site, blank_page, barriers, picture):
    page = blank_page()
    page.goto(f"{site.address}/login")
    picture(page, "login")
    assert barriers(page) == []
