"""A running instance of the small district, and a real Chromium in which its people are logged in."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests import running
from tests.district import PASSWORD

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "var" / "screenshots"
AXE = ROOT / "var" / "vendor" / "test" / "axe.min.js"
SCREENS = {"desktop": (1440, 900), "office": (1366, 768), "phone": (390, 844), "wall": (1920, 1080)}


class Site:
    """The instance's web and stream processes, and the tokens of its accounts."""

    def __init__(self, own: running.Running):
        self.own = own
        self.tokens: dict[str, str] = json.loads((own.folder / "tokens.json").read_text())
        self.web = own.serve()
        own.start(f"stream --port {running.free_port()}")
        running.wait_for((own.folder / "stream.json").exists, "the stream to say where it is")

    @property
    def address(self) -> str:
        return self.web.address

    def alert(self, by: str = "teller", **said: Any) -> dict[str, Any]:
        """A teller's machine raises an alert."""
        answer = self.web.post("/alerts", said, token=self.tokens[by])
        assert answer.status_code == 201, answer.text
        return answer.json()


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[running.Template]:
    made = running.Template(tmp_path_factory.mktemp("template"))
    made.running.python("tests.browser.people")
    yield made
    made.running.close()


@pytest.fixture
def site(tmp_path: Path, _template: running.Template) -> Iterator[Site]:
    """A fresh instance at 14:05 on 31 May 2021; nothing has happened yet."""
    with _template.copy(tmp_path / "own") as own:
        yield Site(own)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A browser, or a skip that says what is missing."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_api.sync_playwright() as driver:
        try:
            browser = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except sync_api.Error as problem:
            pytest.skip(f"no Chromium here: {str(problem).splitlines()[0]}")
        with pytest.MonkeyPatch.context() as patch:
            # The driver leaves a loop in this thread, and Django takes what comes after it here for asynchronous.
            patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
            yield browser
        browser.close()


@pytest.fixture
def blank_page(chromium: Any) -> Iterator[Callable[..., Any]]:
    """``blank_page("phone")``: a browser of its own that reads Chinese; what its pages' scripts complain of fails the test."""
    complaints: list[str] = []

    def open_page(screen: str = "desktop", **more: Any) -> Any:
        width, height = SCREENS[screen]
        size = {"width": width, "height": height}
        page = chromium.new_context(viewport=size, **{"locale": "zh-CN", **more}).new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        return page

    yield open_page
    for context in chromium.contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def page_of(site: Site, blank_page: Callable[..., Any]) -> Callable[..., Any]:
    """``page_of("desk")``: a page in which this account is logged in."""

    def open_page(username: str, screen: str = "desktop", **more: Any) -> Any:
        page = blank_page(screen, **more)
        page.goto(f"{site.address}/login")
        page.fill("#username", username)
        page.fill("#password", PASSWORD)
        page.click("button.primary")
        page.wait_for_url(lambda address: "/login" not in address)
        return page

    return open_page


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keep a picture of a page, to be looked at; not part of the repository."""

    def keep(page: Any, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        page.evaluate("document.fonts.ready")
        page.screenshot(path=PICTURES / f"{name}-{page.viewport_size['width']}.png")

    return keep


@pytest.fixture
def barriers() -> Callable[[Any], list[str]]:
    """What axe finds on a page that shuts people out: (rule, first place) of serious and critical ones."""

    def find(page: Any) -> list[str]:
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
        return [
            f"{one['id']}: {one['nodes'][0]['target']}"
            for one in found
            if one["impact"] in ("serious", "critical")
        ]

    return find
