"""The seat calls first and writes down what came of it."""

import pytest

from jinzhong import clock
from jinzhong.dispatch import queries as orders
from jinzhong.warning import queries as warnings
from tests.district import at
from tests.pages import logged_in, send, text

CALL = {
    "caller": "hotline_call",
    "name": "张桂兰",
    "phone": "138 1234 6620",
    "town": "330213002",
    "signs": ["long_call"],
    "story": "与陌生来电通话四十分钟",
}


@pytest.fixture
def told(place, monkeypatch):
    """A yellow warning of 14:06, and the clock to be moved."""
    shown = {"now": at("14:06")}
    monkeypatch.setattr(clock, "now", lambda: shown["now"])
    send(logged_in(place.hotline), "/desk/hotline", **CALL)
    return warnings.open_by_rank(viewer=place.desk).get(), shown


def test_the_desk_suggests_to_call_and_shows_by_when(place, told):
    warning, _shown = told
    queue = text(logged_in(place.desk).get(f"/desk/warnings/{warning.pk}"))

    assert "下一步：先打电话劝阻" in queue
    assert "首拨剩" in queue
    assert "电话" in queue


def test_three_calls_in_vain_send_officers(place, told):
    warning, shown = told
    seat, address = logged_in(place.hotline), f"/desk/warnings/{warning.pk}/call"
    for moment, answer in (("14:10", "no_answer"), ("14:40", "busy")):
        shown["now"] = at(moment)
        page = text(send(seat, address, answer=answer))
        assert "已记" in page
    assert "第 2 次：占线，是险情" in page
    assert "再拨剩" in page

    shown["now"] = at("15:10")
    page = text(send(seat, address, answer="switched_off"))

    assert "三次不通，已升高危" in page
    assert orders.open_order(warning) is not None


def test_persuaded_it_is_settled_and_can_be_taken_back(place, told):
    warning, _shown = told
    desk = logged_in(place.desk)

    page = text(send(desk, f"/desk/warnings/{warning.pk}/call", answer="persuaded"))
    assert "已办结：电话劝住" in page

    send(desk, f"/desk/warnings/{warning.pk}/reopen")
    warning.refresh_from_db()
    assert warning.state == "open"


def test_a_call_without_an_answer_is_asked_again(place, told):
    warning, _shown = told
    answer = send(logged_in(place.desk), f"/desk/warnings/{warning.pk}/call")

    assert answer.status_code == 422
    assert "选一个通话结果" in text(answer)
    assert orders.calls(warning) == []


def test_only_the_seats_and_the_office_note_calls(place, told):
    warning, _shown = told
    for account, status in (
        (place.desk, 200),
        (place.hotline, 200),
        (place.town_yuelin, 403),
        (place.auditor, 403),
    ):
        assert logged_in(account).get(f"/desk/warnings/{warning.pk}/call").status_code == status
