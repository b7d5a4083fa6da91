"""Who looks at too many people is told to the auditor, above the log: 5 within a minute, 50 within an hour, 100 within a day."""

import re
from datetime import timedelta

import pytest

from jinzhong import clock
from jinzhong.vault import operations as vault
from tests.district import at
from tests.pages import logged_in, text


@pytest.fixture
def look(place):
    """``look(5, seconds=20)``: the desk looks at somebody five times, 20 seconds apart, from 08:00 on."""
    person = vault.keep("person", at=at("08:00"), name="张桂兰", phone="13812346620")

    def looked(times, *, seconds, by="desk"):
        for n in range(times):
            moment = at("08:00") + timedelta(seconds=n * seconds)
            vault.reveal(subject=person, by=by, purpose="contact", at=moment)

    return looked


@pytest.fixture
def told(place, monkeypatch):
    """What stands above the auditor's log at the end of that day, and the number beside the menu entry."""

    def read(moment="23:59", day="2021-05-31"):
        monkeypatch.setattr(clock, "now", lambda: at(moment, day))
        page = text(logged_in(place.auditor).get("/audit"))
        return re.findall(r"\?by=(\w+)&amp;kind=vault.revealed.*?(\d+ 分钟内看了 \d+ 次)", page)

    return read


@pytest.mark.parametrize(
    ("times", "seconds", "expected"),
    [
        (4, 1, []),
        (5, 14, [("desk", "1 分钟内看了 5 次")]),  # the fifth comes 56 s after the first
        (9, 15, []),  # the fifth comes a whole minute after the first: never more than four in a minute
        (10, 1, [("desk", "1 分钟内看了 10 次"), ("desk", "1 分钟内看了 5 次")]),
        (49, 60, []),
        (50, 60, [("desk", "60 分钟内看了 50 次")]),
        (99, 80, []),  # 45 in an hour
        (100, 80, [("desk", "1440 分钟内看了 100 次")]),
    ],
)
def test_at_the_bound_and_not_before(look, told, times, seconds, expected):
    look(times, seconds=seconds)

    assert told() == expected


def test_everybody_is_counted_apart_and_told_for_a_week(look, told):
    look(3, seconds=1)
    look(3, seconds=1, by="chief")
    assert told() == []

    look(5, seconds=1, by="hotline")
    assert told() == [("hotline", "1 分钟内看了 5 次")]
    assert told("07:59", day="2021-06-07") == [("hotline", "1 分钟内看了 5 次")]
    assert told("08:01", day="2021-06-07") == []


def test_the_menu_counts_them_for_the_auditor_alone(place, look, told):
    look(5, seconds=1)
    told()

    entry = r'href="/audit"[^>]*>.*?</a>'
    assert "1</" in re.search(entry, text(logged_in(place.auditor).get("/audit")), re.S)[0]
    assert "分钟内看了" not in text(logged_in(place.desk).get("/desk"))
