"""Somebody calls the hotline; the seat writes it down, and it becomes a warning."""

import pytest

from jinzhong import clock
from jinzhong.dispatch import queries as orders
from jinzhong.warning import queries as warnings
from tests.district import at
from tests.pages import logged_in, send, text

CALL = {
    "caller": "family_call",
    "name": "张桂兰",
    "phone": "138 1234 6620",
    "age": "52",
    "sex": "F",
    "amount": "86000",
    "town": "330213002",
    "signs": ["screen_sharing"],
    "story": "女儿打来：母亲开着屏幕共享",
}


@pytest.fixture
def seat(place, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("14:06"))
    return logged_in(place.hotline)


def test_a_call_about_screen_sharing_is_red_and_officers_go(place, seat):
    told = text(send(seat, "/desk/hotline", **CALL))

    warning = warnings.open_by_rank(viewer=place.desk).get()
    assert (warning.grade, warning.town_id, warning.person_age) == ("red", "330213002", 52)
    assert warning.sources.get().alert.source == "family_call"
    assert orders.open_order(warning) is not None
    assert f"{warning.number} 紧急，已派人" in told
    assert "13812346620" not in told


def test_a_yellow_call_waits_in_the_queue(place, seat):
    told = text(send(seat, "/desk/hotline", **CALL | {"signs": ["long_call"]}))

    warning = warnings.open_by_rank(viewer=place.desk).get()
    assert warning.grade == "yellow"
    assert orders.open_order(warning) is None
    assert "在队列里等办" in told


def test_a_wrong_field_is_named_and_the_rest_is_kept(place, seat):
    answer = send(seat, "/desk/hotline", **CALL | {"phone": "1381234662"})

    assert answer.status_code == 422
    assert "现有 10 位" in text(answer)
    assert "才找得到人" not in text(answer)
    assert 'value="张桂兰"' in text(answer)
    assert "女儿打来：母亲开着屏幕共享</textarea>" in text(answer)
    assert not warnings.open_by_rank(viewer=place.desk).exists()


def test_nobody_can_be_sent_without_phone_and_place(place, seat):
    assert "才找得到人" in text(send(seat, "/desk/hotline", name="张桂兰"))


def test_the_calls_of_today_stand_beside_the_form_masked(place, seat):
    send(seat, "/desk/hotline", **CALL)

    page = text(seat.get("/desk/hotline"))

    assert "张*" in page
    assert "张桂兰" not in page


def test_only_seats_and_the_office_take_calls(place, seat):
    for account, status in (
        (place.desk, 200),
        (place.teller, 403),
        (place.town_yuelin, 403),
        (place.auditor, 403),
    ):
        assert logged_in(account).get("/desk/hotline").status_code == status
