"""One alert's day as its people see it, in one real browser each: teller, desk, officer, wall; and the officer without a network."""

import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.district import PASSWORD
from tests.running import wait_for

pytestmark = pytest.mark.browser

SOON = 15_000
"""Milliseconds in which what one did must show at the others."""
NEXT_MORNING = "2021-06-01T08:30:00+08:00"


@pytest.fixture
def lose_network():
    """``lose_network(page)``, ``lose_network(page, False)`` to have it back."""
    return lambda page, lost=True: page.context.set_offline(lost)


def press_the_key(page, **typed):
    """The teller presses first and writes what she knows afterwards."""
    page.click("text=一键报警")
    expect(page.locator(".notice.ok")).to_contain_text("已报警")
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    page.click("text=补充")
    expect(page.locator("#said")).to_contain_text("已补充")


def tap(phone, word, then):
    phone.click(f"button.big:visible:has-text('{word}')")
    expect(phone.locator("#task")).to_have_attribute("data-state", then)


def to_the_door(phone):
    for word, then in {"签收": "signed", "出发": "on_the_way", "到场": "at_the_door"}.items():
        tap(phone, word, then)


def tick(phone, name, value):
    phone.locator(f"#door label:has([name={name}][value='{value}'])").click()


def persuaded(phone, amount="50000", evidence="counter_cancelled"):
    tick(phone, "outcome", "dissuaded")
    phone.fill("[name=amount_protected]", amount)
    tick(phone, "evidence", evidence)


def hour_of(phone):
    """The hour by the phone, to the second: it follows the office's clock, also without a network."""
    milliseconds = phone.evaluate("Date.now() + Number(localStorage.fieldDrift)")
    return datetime.fromtimestamp(milliseconds // 1000, UTC)


def order_of(site, raised):
    answer = site.web.get(f"/orders/{raised['order']}", token=site.tokens["desk"])
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_from_the_tellers_key_to_the_bulletin(site, page_of, picture, tmp_path):
    teller, desk = page_of("teller"), page_of("desk")
    phone, wall = page_of("officer_217", "phone"), page_of("desk", "wall")
    wall.goto(f"{site.address}/board")
    for page in (teller, desk, phone, wall):
        expect(page.locator("[data-live]")).to_have_text(re.compile("实时|已连上反诈办|在线"), timeout=SOON)
    expect(phone.locator("#now")).to_contain_text("现在没有任务")
    desk.evaluate("window.sameSince = 'opened'")

    # the teller presses one key; the desk and the officer's phone hear it without being reloaded
    press_the_key(
        teller,
        amount="50000",
        customer_name="张桂兰",
        customer_phone="13812346620",
        story="自称配合办案",
    )
    expect(desk.locator("#rows .q")).to_contain_text("张*", timeout=SOON)
    expect(desk.locator("#rows .q")).to_contain_text("5.00 万元")
    expect(desk.locator("#announce")).to_contain_text("新预警")
    assert desk.evaluate("window.sameSince") == "opened"
    expect(phone.locator("body")).to_have_class(re.compile("ringing"), timeout=SOON)
    expect(phone.locator("#task")).to_contain_text("示范银行南门网点")
    picture(teller, "day-outlet-raised")
    picture(desk, "day-desk-rings")
    picture(phone, "day-phone-rings")

    # the officer signs, sees whom he goes to, sets out, arrives
    tap(phone, "签收", "signed")
    expect(phone.locator("body")).not_to_have_class(re.compile("ringing"))
    expect(phone.locator("#task")).to_contain_text("张桂兰", timeout=SOON)
    picture(phone, "day-phone-signed")
    tap(phone, "出发", "on_the_way")
    expect(teller.locator("#mine")).to_contain_text("已出发", timeout=SOON)
    picture(teller, "day-outlet-on-the-way")
    tap(phone, "到场", "at_the_door")
    expect(teller.locator("#mine")).to_contain_text("到门用", timeout=SOON)

    # 50,000 yuan cancelled at the counter
    persuaded(phone)
    picture(phone, "day-phone-door")
    tap(phone, "交反馈", "closed")
    expect(phone.locator("#now")).to_contain_text("今天办过的", timeout=SOON)
    picture(phone, "day-phone-done")

    # the teller sees the outcome, the desk has nothing left, the wall counts it
    expect(teller.locator("#mine")).to_contain_text("已劝阻 5.00 万元", timeout=SOON)
    picture(teller, "day-outlet-outcome")
    expect(desk.locator("#rows")).to_contain_text("没有未办结的预警", timeout=SOON)
    saved = wall.locator(".figs li").nth(3)
    expect(saved).to_contain_text("1人", timeout=SOON)
    expect(saved).to_contain_text("保护 5.00 万元")
    expect(wall.locator(".leg li:has-text('柜面取消')")).to_contain_text("5.00 万元")
    picture(wall, "day-wall")

    # and the bulletin of the day says so, to the digit
    done = site.own.command(
        "bulletin", "daily", "--date", "2021-05-31", "--out", tmp_path, JINZHONG_CLOCK=NEXT_MORNING
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "daily-2021-05-31.json").read_text("utf-8"))["figures"]
    said = {name: figures[name]["value"] for name in ("warnings_issued", "met", "orders_late")}
    assert said == {"warnings_issued": 1, "met": 1, "orders_late": 0}
    assert figures["protected_amount"]["value"] == "50000.00"


def test_steps_tapped_faster_than_they_are_kept_all_arrive(site, page_of):
    raised = site.alert(customer_name="张桂兰", customer_phone="13812346620", amount="50000")
    phone = page_of("officer_217", "phone")
    expect(phone.locator("#task")).to_have_attribute("data-state", "waiting")

    phone.evaluate(
        """for (const then of ["signed", "on_the_way", "at_the_door"])
             document.querySelector(`#task form[data-then=${then}]`).requestSubmit()"""
    )

    wait_for(lambda: order_of(site, raised)["state"] == "at_the_door", "the office to hear of all three")
    assert all(order_of(site, raised)[step] for step in ("signed_at", "departed_at", "arrived_at"))


def test_a_form_begun_with_a_network_is_sent_once_after_it_was_lost(site, page_of, picture, lose_network):
    raised = site.alert(customer_name="张桂兰", customer_phone="13812346620", amount="50000")
    phone = page_of("officer_217", "phone")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    to_the_door(phone)
    wait_for(lambda: order_of(site, raised)["state"] == "at_the_door", "the office to hear of the arrival")
    tick(phone, "checks", "calls")
    tick(phone, "outcome", "dissuaded")

    lose_network(phone)
    expect(phone.locator("[data-live]")).to_contain_text("离线")
    phone.fill("[name=amount_protected]", "50000")
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")
    phone.reload()
    expect(phone.locator("#task")).to_have_attribute("data-state", "at_the_door")
    expect(phone.locator("[name=amount_protected]")).to_have_value("50000")
    expect(phone.locator("[name=checks][value=calls]")).to_be_checked()
    tick(phone, "evidence", "counter_cancelled")
    phone.click(".menu summary")
    phone.click("[data-night]")
    phone.click(".menu summary")
    picture(phone, "day-phone-offline")
    before = hour_of(phone)
    tap(phone, "交反馈", "closed")
    after = hour_of(phone)
    expect(phone.locator("#off")).to_contain_text("没有网络，您填的都在")
    expect(phone.locator("#off")).to_contain_text("1 份加密存在本机")
    picture(phone, "day-phone-offline-sent")
    phone.wait_for_timeout(6_000)
    assert order_of(site, raised)["state"] == "at_the_door"

    lose_network(phone, False)

    expect(phone.locator("#now")).to_contain_text("今天办过的", timeout=SOON)
    expect(phone.locator("#off")).to_be_hidden()
    order = order_of(site, raised)
    told = order["state"], order["outcome"], order["amount_protected"], order["evidence"]
    assert told == ("closed", "dissuaded", "50000.00", "counter_cancelled")
    assert (
        before <= datetime.fromisoformat(order["closed_at"]) <= after < hour_of(phone) - timedelta(seconds=5)
    )

    desk = page_of("desk")
    desk.goto(f"{site.address}/desk/warnings/{raised['warning']}")
    expect(desk.locator("#pane .steps li", has_text="反馈")).to_have_count(1)


def test_an_order_given_to_another_meanwhile_shows_the_conflict(site, page_of, picture, lose_network):
    raised = site.alert(customer_name="张桂兰", customer_phone="13812346620", amount="50000")
    phone, desk = page_of("officer_217", "phone"), page_of("desk")
    phone.evaluate("navigator.serviceWorker.ready.then(() => true)")
    expect(phone.locator("#task")).to_have_attribute("data-state", "waiting")
    lose_network(phone)
    phone.reload()
    expect(phone.locator("#task .t:visible")).to_have_text(re.compile(r"0\d:\d\d"))
    tap(phone, "签收", "signed")
    expect(phone.locator("#off")).to_contain_text("1 份")
    desk.goto(f"{site.address}/desk/warnings/{raised['warning']}")
    desk.keyboard.press("d")
    expect(desk.locator("#dialog-title")).to_have_text("改派给谁")
    desk.keyboard.press("1")
    desk.keyboard.press("Enter")
    expect(desk.locator("#said")).to_contain_text("已改派")

    lose_network(phone, False)

    expect(phone.locator("#told")).to_contain_text("这一单已转给", timeout=SOON)
    expect(phone.locator("#now")).to_contain_text("现在没有任务", timeout=SOON)
    picture(phone, "day-phone-conflict")
    phone.reload()
    expect(phone.locator("#told")).to_contain_text("这一单已转给")
    phone.click("text=知道了")
    expect(phone.locator("#told")).to_be_hidden()
    order = order_of(site, raised)
    assert order["state"] == "waiting"
    assert "officer_217" not in {one["username"] for one in order["officers"]}


def test_a_phone_locked_on_the_way_goes_on_after_the_login(site, page_of):
    raised = site.alert(customer_name="张桂兰", amount="50000")
    phone = page_of("officer_217", "phone")
    expect(phone.locator("#task")).to_have_attribute("data-state", "waiting")
    phone.context.clear_cookies(name="sessionid")

    phone.click("button.big:visible:has-text('签收')")

    phone.wait_for_url(lambda address: "/login" in address)
    phone.fill("#username", "officer_217")
    phone.fill("#password", PASSWORD)
    phone.click("button.primary")
    expect(phone.locator("#task")).to_have_attribute("data-state", "signed", timeout=SOON)
    wait_for(lambda: order_of(site, raised)["state"] == "signed", "the office to hear of it")
