"""The demo's list of numbers comes in by the door of every list, and says that it is simulated."""

import pytest

from jinzhong import clock
from jinzhong.demo import numbers
from jinzhong.district import operations as district
from jinzhong.scoring.models import DailyList
from tests.district import at
from tests.pages import logged_in, text


@pytest.fixture
def operator(place):
    unit = district.add_unit(code="operator-1", name="示范运营商", kind="operator", by="test", at=at("07:00"))
    return district.add_account(
        username="operator", password=None, role="operator", unit=unit, by="test", at=at("07:00")
    )


def test_the_demo_has_a_list_that_says_it_is_simulated(operator, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:30"))
    numbers.bring(at("06:00"))

    kept = DailyList.objects.get()
    given = numbers.given()
    listed = [one for one in given.chances if one >= given.default_line]
    assert kept.simulated
    assert (kept.listed, kept.kept) == (len(listed), kept.entries.count())
    assert kept.expected == pytest.approx(sum(listed) / len(listed))
    assert any(one.reached.exists() for one in kept.entries.filter(listed=True))

    page = text(logged_in(operator).get("/numbers"))
    assert "模拟区算出" in page
    assert page.count("data-row") == len(listed)
    assert not any(one.number in page for one in given.rows)
