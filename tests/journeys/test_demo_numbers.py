"""The demo's list of numbers comes in by the door of every list, and says that it is simulated."""

import json
from itertools import islice

import pytest

from jinzhong import clock
from jinzhong.cli import main
from jinzhong.demo import calls, numbers, run
from jinzhong.district import operations as district
from jinzhong.scoring import live
from jinzhong.scoring.models import DailyList, Reached
from jinzhong.warning.models import Source, Warning
from tests.district import at
from tests.pages import logged_in, text

NOW = at("10:00")


@pytest.fixture
def operator(place):
    unit = district.add_unit(code="operator-1", name="示范运营商", kind="operator", by="test", at=at("07:00"))
    return district.add_account(
        username="operator", password=None, role="operator", unit=unit, by="test", at=at("07:00")
    )


def test_the_demo_has_a_list_that_says_it_is_simulated(operator, place, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:30"))
    numbers.bring(at("06:00"))

    kept = DailyList.objects.get()
    given, rival = numbers.given()
    listed = [one for one in given.chances if one >= given.default_line]
    assert kept.simulated
    assert (kept.listed, kept.kept) == (len(listed), kept.entries.count())
    assert kept.expected == pytest.approx(sum(listed) / len(listed))
    assert any(one.reached.exists() for one in kept.entries.filter(listed=True))

    page = text(logged_in(operator).get("/numbers"))
    assert "模拟区算出" in page
    assert page.count("data-row") == len(listed)
    assert not any(one.number in page for one in given.rows)
    assert "号码还像不像训练时" in page

    other = text(logged_in(place.desk).get("/numbers/challenger"))
    assert rival.model[:8] in other
    assert rival.model != given.model


def test_the_demos_live_list_comes_from_the_watch_on_simulated_calls(operator, tmp_path, monkeypatch):
    """Ten days that it gets to know numbers by, and a day that it lists; whom they talk to becomes warnings, read again nothing."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    told, listed, people = (tmp_path / name for name in ("calls.jsonl", "list.jsonl", "people.jsonl"))
    with told.open("w", encoding="utf-8") as file:
        for of_day in islice(calls.days(), 11):
            file.writelines(line for start, line in of_day if start <= NOW)
    watch = [
        "numbers",
        "watch",
        "--events",
        str(told),
        "--state",
        str(tmp_path / "state"),
        "--out",
        str(listed),
        "--people",
        str(people),
    ]
    assert main([*watch, "--quiet-until", run.LISTED_FROM.isoformat()]) == 0
    bring = ["numbers", "live", str(listed), "--people", str(people), "--by", "operator", "--simulated"]
    assert main(bring) == 0
    deep = {
        (one["number"], one["person"])
        for one in map(json.loads, people.read_text("utf-8").splitlines())
        if one["pattern"] != "shallow"
    }
    assert len(deep) == len(set(Reached.objects.values_list("change__number", "person"))) > 0
    assert 0 < Warning.objects.count() <= Source.objects.count()
    before = Warning.objects.count(), Source.objects.count(), Reached.objects.count()
    assert main(bring) == 0
    assert (Warning.objects.count(), Source.objects.count(), Reached.objects.count()) == before

    page = text(logged_in(operator).get("/numbers/live"))
    assert page.count("data-row") == live.on_list(viewer=operator).count() > 5
    assert "模拟区算出" in page
    assert "10:00:00 报到" in page
    assert "停了" not in page
    assert "话单断了" not in page
