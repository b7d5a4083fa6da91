"""The README's pictures: a demo district of its own, a little of its day played by its people, six pages shot.

    python3 dev.py pictures

It takes some minutes: the district is built first, with its five months.
"""

import base64
import contextlib
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright

from tests.running import COMMAND, ROOT, free_port, wait_for

PICTURES = ROOT / "docs" / "pictures"
START = "2021-05-31T14:02:00+08:00"
YESTERDAY = "2021-05-30"
BUILT_WITHIN_SECONDS = 1800
TOO_BIG = 250_000
READ_PIXELS = """async (png) => {
  const picture = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
  const canvas = new OffscreenCanvas(picture.width, picture.height), pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0);
  const bytes = pen.getImageData(0, 0, picture.width, picture.height).data;
  let text = "";
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return [picture.width, picture.height, btoa(text)];
}"""


def main() -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, _demo(Path(folder)) as people, sync_playwright() as driver:
        found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
        chromium = driver.chromium.launch(executable_path=found, args=["--no-sandbox", "--lang=zh-CN"])
        _shoot_the_day(chromium, people)
        _shoot_a_number(chromium, people)
        _shoot_the_bulletin(chromium, Path(folder))


# -- the day ----------------------------------------------------------------------------------------------


class People:
    """The demo's address and who may log in there."""

    def __init__(self, told: str):
        address = re.search(r"^  (http\S+)/$", told, re.M)
        assert address, told
        self.address = address[1]
        self.passwords = dict(re.findall(r"^  \w+ +(\w+) +([a-z0-9]{12}) ", told, re.M))


@contextlib.contextmanager
def _demo(folder: Path) -> Iterator[People]:
    """A demo that was built for this, until the pictures are taken."""
    own = {"JINZHONG_DATA": str(folder / "demo"), "JINZHONG_CLOCK": START}
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"} | own
    (folder / "demo").mkdir()
    with (folder / "told").open("wb") as told:
        command = [str(COMMAND), "demo", "--port", str(free_port())]
        demo = subprocess.Popen(command, env=environment, stdout=told, stderr=sys.stderr)
    try:
        wait_for(
            lambda: demo.poll() is not None or b"Ctrl-C" in (folder / "told").read_bytes(),
            "the demo to be built",
            BUILT_WITHIN_SECONDS,
        )
        yield People((folder / "told").read_text("utf-8"))
    finally:
        demo.terminate()
        demo.wait(timeout=30)


def _shoot_the_day(chromium: Browser, people: People) -> None:
    """The teller presses, the officer signs and is on the way; desk and wall see it among all the others.

    At once after the start: later the demo's own tellers may have sent this officer somewhere else.
    """
    outlet = _page(chromium, people, "outlet", 1280, 800)
    phone = _page(chromium, people, "officer", 390, 844, device_scale_factor=2)
    _press(outlet)
    phone.locator("button.big:visible", has_text="签收").click(timeout=60_000)
    phone.locator("#task .card", has_text="明文到").wait_for(timeout=60_000)
    _keep(phone, "field")
    phone.locator("button.big:visible", has_text="出发").click()
    outlet.locator("#mine", has_text="已出发").wait_for(timeout=60_000)
    outlet.reload()
    _keep(outlet, "outlet")
    desk = _page(chromium, people, "office", 1440, 900)
    desk.locator("#rows .q").first.click()
    desk.locator("#pane h2").wait_for()
    _keep(desk, "desk")
    wall = _page(chromium, people, "office", 1920, 1080)
    wall.goto(f"{people.address}/board")
    wall.locator("[data-live]", has_text="实时").wait_for(timeout=60_000)
    _keep(wall, "board")


def _shoot_a_number(chromium: Browser, people: People) -> None:
    """The first of the operator's list of the day: how sure, why, whom it rang."""
    page = _page(chromium, people, "operator", 1440, 900)
    page.goto(f"{people.address}/numbers")
    page.locator("a.row-link").first.click()
    page.locator("h1").wait_for()
    _keep(page, "number")


def _page(chromium: Browser, people: People, who: str, width: int, height: int, **more: Any) -> Page:
    page = chromium.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", **more
    ).new_page()
    page.goto(f"{people.address}/login")
    page.fill("#username", who)
    page.fill("#password", people.passwords[who])
    page.click("button.primary")
    page.wait_for_url(lambda address: "/login" not in address)
    return page


def _press(outlet: Page) -> None:
    for sign in outlet.locator(".signs label").all()[:3:2]:
        sign.click()
    for answer in outlet.locator(".asks li").all()[:2]:
        answer.locator("label").first.click()
    outlet.locator(".asks li").nth(2).locator("label").last.click()
    for name, text in {"amount": "86000", "customer_age": "62", "customer_phone": "15405749001"}.items():
        outlet.fill(f"[name={name}]", text)
    outlet.click("button.alarm")
    outlet.locator(".notice.ok").wait_for(timeout=60_000)
    outlet.fill("[name=customer_name]", "张示兰")
    outlet.fill("[name=story]", "边接电话边填单，自称“配合办案”")
    outlet.click("text=补充")
    outlet.locator("#said .undo").wait_for(timeout=60_000)


# -- the bulletin -----------------------------------------------------------------------------------------


def _shoot_the_bulletin(chromium: Browser, folder: Path) -> None:
    """Yesterday's, as it was issued this morning."""
    own = os.environ | {"JINZHONG_DATA": str(folder / "demo"), "JINZHONG_CLOCK": START}
    own.pop("DATABASE_URL", None)
    subprocess.run(
        [str(COMMAND), "bulletin", "daily", "--date", YESTERDAY, "--out", folder], env=own, check=True
    )
    page = chromium.new_page(viewport={"width": 1000, "height": 1130})
    page.goto((folder / f"daily-{YESTERDAY}.html").as_uri())
    _keep(page, "bulletin")


# -- pictures ---------------------------------------------------------------------------------------------


def _keep(page: Page, name: str) -> None:
    """In at most 256 colours: small enough for a repository, and no eye sees the difference."""
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    page.wait_for_timeout(1200)
    shot = base64.b64encode(page.screenshot()).decode()
    reader = (
        page.context.browser.new_page()
    )  # the page itself has a policy against reading what it didn't load
    width, height, pixels = reader.evaluate(READ_PIXELS, shot)
    reader.close()
    colours = np.frombuffer(base64.b64decode(pixels), np.uint8).reshape(height * width, 4)[:, :3]
    file = PICTURES / f"{name}.png"
    file.write_bytes(_png(*_palette(colours), width, height))
    print(f"{file.relative_to(ROOT)}: {width} × {height}, {file.stat().st_size:,} bytes")
    assert file.stat().st_size < TOO_BIG


def _palette(colours: "np.ndarray[Any, Any]") -> tuple["np.ndarray[Any, Any]", "np.ndarray[Any, Any]"]:
    """(the 256 most frequent colours, the place of every pixel's nearest one)."""
    kinds, places, counts = np.unique(colours, axis=0, return_inverse=True, return_counts=True)
    chosen = kinds[np.argsort(counts)[::-1][:256]]
    apart = ((kinds[:, None, :].astype(np.int32) - chosen[None, :, :]) ** 2).sum(axis=2)
    return chosen, apart.argmin(axis=1).astype(np.uint8)[places.ravel()]


def _png(palette: "np.ndarray[Any, Any]", pixels: "np.ndarray[Any, Any]", width: int, height: int) -> bytes:
    rows = np.zeros((height, width + 1), np.uint8)
    rows[:, 1:] = pixels.reshape(height, width)
    head = struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)
    parts = {
        b"IHDR": head,
        b"PLTE": palette.tobytes(),
        b"IDAT": zlib.compress(rows.tobytes(), 9),
        b"IEND": b"",
    }
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, held) for kind, held in parts.items())


def _chunk(kind: bytes, held: bytes) -> bytes:
    return struct.pack(">I", len(held)) + kind + held + struct.pack(">I", zlib.crc32(kind + held))


if __name__ == "__main__":
    main()
