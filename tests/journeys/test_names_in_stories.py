"""Names written into stories stand masked wherever a story is shown to somebody who hasn't revealed the person."""

import pytest

from jinzhong import clock, flow
from jinzhong.intake.models import Alert
from jinzhong.intake.sources.bank_alert.parse import parse
from jinzhong.vault import operations as vault
from jinzhong.vault import queries
from tests.district import at
from tests.journeys.test_one_alert import raise_alert
from tests.pages import logged_in, send, text

STORY = "欧阳桂兰说要转给李建国办贷款，李建国催得急"
MASKED = "欧阳*说要转给李*办贷款，李*催得急"
SAID = {
    "customer_name": "欧阳桂兰",
    "customer_phone": "13812346620",
    "payee_name": "李建国",
    "amount": "86000",
    "story": STORY,
}
NAMES = ("欧阳桂兰", "李建国")


@pytest.fixture(autouse=True)
def _at_six_past_two(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("14:06"))


def is_masked(page: str) -> bool:
    return MASKED in page and not any(name in page for name in NAMES)


def test_in_the_queue_beside_it_on_the_wall_and_on_the_officers_phone(place):
    warning = raise_alert(place, at("14:05"), SAID).warning
    desk = logged_in(place.desk)

    assert is_masked(text(desk.get("/desk")))
    assert is_masked(text(desk.get(f"/desk/warnings/{warning.pk}")))
    assert is_masked(text(desk.get("/board")))
    assert is_masked(text(logged_in(place.patrols[0]).get("/field")))


def test_plain_beside_the_queue_for_whoever_revealed_the_person_and_nowhere_else(place):
    warning = raise_alert(place, at("14:05"), SAID).warning
    desk = logged_in(place.desk)
    address = f"/desk/warnings/{warning.pk}"

    send(desk, f"{address}/reveal", purpose="contact")

    assert STORY in text(desk.get(address))
    assert is_masked(text(desk.get("/desk")))
    assert is_masked(text(logged_in(place.chief).get(address)))


def test_what_a_merged_person_is_called_is_masked_on_all_their_warnings(place):
    """One person under two names, each in the story of the other: after merging neither stands open."""
    kept = raise_alert(place, at("14:04"), SAID | {"story": "本名王小芳"}).warning
    other = {"customer_name": "王小芳", "customer_phone": "13900001111", "story": "又叫欧阳桂兰"}
    absorbed = raise_alert(place, at("14:05"), other).warning
    vault.merge(kept=kept.person, absorbed=absorbed.person, by="desk", reason="本人", at=at("14:05"))

    page = text(logged_in(place.desk).get("/desk"))

    assert "本名王*" in page
    assert queries.names([kept.person_id])[kept.person_id] == ["欧阳桂兰", "王小芳"]
    assert "王小芳" not in page


def test_in_what_a_merged_warning_brought_along(place):
    """The payee is named only by the alert that turned out to be about somebody known; whoever reads it on, reads it masked."""
    known = {"customer_name": "欧阳桂兰", "customer_phone": "13812346620"}
    first = raise_alert(place, at("14:04"), known | {"amount": "86000"})
    unnamed = raise_alert(place, at("14:05"), {"payee_name": "李建国", "story": STORY}, by=place.far_teller)
    fields = parse(known)
    flow.amend_alert(
        alert=Alert.objects.get(pk=unnamed.alert.pk), fields=fields, raw=known, by=place.far_teller,
        sent_at=at("14:06"), now=at("14:06"),
    )  # fmt: skip
    unnamed.warning.refresh_from_db()
    assert unnamed.warning.merged_into_id == first.warning.pk

    desk = logged_in(place.desk)
    assert is_masked(text(desk.get("/desk")))
    assert is_masked(text(desk.get(f"/desk/warnings/{first.warning.pk}")))
    assert is_masked(text(logged_in(place.patrols[0]).get("/field")))
