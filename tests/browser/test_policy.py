"""No page does what the content security policy forbids, and no script of it complains; whoever's pages they are."""

import pytest

from tests.browser.test_desk import ZHANG

pytestmark = pytest.mark.browser

PEOPLE = (
    "desk",
    "hotline",
    "teller",
    "bank_head",
    "officer_217",
    "town_yuelin",
    "inspector",
    "auditor",
    "admin",
)
NOT_OURS = "Blocked call to navigator.vibrate"
"""Chromium's word for a phone that nobody has touched yet and that should ring."""
TELL = "addEventListener('securitypolicyviolation', one => console.error(`policy: ${one.violatedDirective} ${one.blockedURI}`))"


@pytest.fixture
def listened(page_of):
    """``listened("desk")``: a page in which this account is logged in, and what its console holds against it."""

    def open_page(username):
        page, errors = page_of(username), []
        page.add_init_script(TELL)
        page.on(
            "console",
            lambda said: (
                errors.append(said.text) if said.type == "error" and NOT_OURS not in said.text else None
            ),
        )
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page, errors

    return open_page


def test_every_page_of_every_menu_keeps_to_the_policy(site, listened):
    """Everybody's home; and once each page of all menus, one's own page, and the warning that somebody works on."""
    raised = site.alert(**ZHANG)
    walked, wrong = set(), []
    for username in PEOPLE:
        page, errors = listened(username)
        page.goto(f"{site.address}/")
        menu = [one.get_attribute("href") for one in page.locator("nav a[href^='/']").all()]
        more = [f"/desk/warnings/{raised['warning']}"] if "/desk" in menu else []
        for address in ["/", *{"/me", *menu, *more} - walked]:
            page.goto(site.address + address)
            page.wait_for_timeout(150)  # what its scripts do at once
            wrong += [f"{username} {address}: {one}" for one in errors]
            errors.clear()
            walked.add(address)
        page.context.close()

    assert wrong == []
    assert {
        "/desk",
        "/desk/hotline",
        "/desk/duty",
        "/cases",
        "/situation",
        "/board",
        "/audit",
        "/accounts",
    } <= walked


def test_what_the_policy_forbids_is_heard(site, listened):
    page, errors = listened("desk")
    page.goto(f"{site.address}/me")

    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'document.title = 1'}))"
    )
    page.wait_for_timeout(100)

    assert any(one.startswith("policy: script-src") for one in errors)
    assert page.title() != "1"
