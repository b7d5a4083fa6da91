"""现场检查 without a network: filled in, closed, opened again, handed in once when there is a network."""

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SOON = 15_000
LOADED = """Promise.all([...document.querySelectorAll(".check-photos img")].map(async (one) => {
  one.loading = "eager"; await one.decode(); return [one.naturalWidth, one.naturalHeight]; }))"""


def taken(name):
    """A photo of 12 megapixels, as a phone's camera makes it."""
    out = BytesIO()
    Image.effect_mandelbrot((4000, 3000), (-2, -1.5, 1, 1.5), 20).convert("RGB").save(out, "JPEG", quality=95)
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def test_a_check_made_without_a_network_is_handed_in_once(site, page_of, picture):
    phone, inspector = page_of("officer_217", "phone"), page_of("inspector")
    phone.goto(f"{site.address}/field/check")
    expect(phone.locator("#door")).to_be_visible()
    phone.evaluate("navigator.serviceWorker.ready")
    phone.wait_for_timeout(1_000)
    phone.context.set_offline(True)
    phone.select_option("[name=place]", label="示范银行南门网点")
    expect(phone.locator("[data-kind=community]")).to_be_hidden()
    phone.locator("label:has([name='item-alarm_key'][value='bad'])").click()
    phone.fill("[name=text]", "新柜员没有培训")
    phone.set_input_files("[type=file]", [taken("IMG_1.jpg"), taken("IMG_2.jpg"), taken("IMG_3.jpg")])
    expect(phone.locator(".photos img")).to_have_count(3)
    phone.locator(".photos button").first.click()
    expect(phone.locator("[data-kept]")).to_contain_text("已存本机")

    phone.reload()
    expect(phone.locator("[name=text]")).to_have_value("新柜员没有培训")
    expect(phone.locator("[name='item-alarm_key'][value='bad']")).to_be_checked()
    expect(phone.locator(".photos img")).to_have_count(2)
    picture(phone, "check-phone-offline")
    phone.click("text=交检查")
    expect(phone.locator("#off")).to_contain_text("1 份加密存在本机")
    expect(phone.locator("[name=text]")).to_have_value("")
    expect(phone.locator(".photos img")).to_have_count(0)
    phone.select_option("[name=place]", label="示范银行南门网点")
    phone.locator("label:has([name='item-posters'][value='bad'])").click()
    phone.click("text=交检查")
    expect(phone.locator("#off")).to_contain_text("2 份加密存在本机")

    phone.context.set_offline(False)
    expect(phone.locator("#off")).to_be_hidden(timeout=SOON)
    expect(phone.locator(".card")).to_have_count(2, timeout=SOON)
    inspector.goto(f"{site.address}/inspection")
    rows = inspector.locator(".insp-checks tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.filter(has_text="没有做到：柜员会按一键报警；新柜员没有培训")).to_have_count(1)
    inspector.locator(".insp-checks tbody tr", has_text="新柜员没有培训").locator("a.row-link").click()
    expect(inspector.locator(".check-photos img")).to_have_count(2)
    assert inspector.evaluate(LOADED) == [[1600, 1200], [1600, 1200]]
    picture(inspector, "check-photos")
    inspector.go_back()
    inspector.click("text=据此发文书 >> nth=0")
    expect(inspector.locator("[name=ground]:checked")).to_have_count(1)
