"""A demo's clock starts on 31 May 2021 and never runs backwards."""

from datetime import timedelta

import pytest

from jinzhong import clock
from jinzhong.clock import Anchor
from jinzhong.config import instance
from tests.district import at


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A demo of its own, and a hand on the machine's clock: ``machine("09:30")``."""
    monkeypatch.setenv("JINZHONG_DATA", str(tmp_path))
    monkeypatch.delenv("JINZHONG_CLOCK", raising=False)
    clock._own_anchor.cache_clear()
    instance.set_kind("demo")

    def set_to(text: str) -> None:
        monkeypatch.setattr(clock, "_machine", lambda: at(text, "2024-02-29"))

    yield set_to
    clock._own_anchor.cache_clear()


def test_it_starts_at_the_present_hour_of_the_day(machine):
    machine("09:30")

    assert clock.start_demo() == at("09:30")


def test_started_again_later_it_is_the_same_day(machine):
    machine("09:30")
    clock.start_demo()
    machine("17:05")

    assert clock.start_demo(not_before=at("09:41")) == at("17:05")


def test_started_again_earlier_it_is_the_day_after(machine):
    machine("17:05")
    clock.start_demo()
    machine("09:30")

    assert clock.start_demo(not_before=at("17:20")) == at("09:30", "2021-06-01")


def test_it_goes_on_behind_its_own_last_reading(machine):
    machine("17:05")
    clock.keep(Anchor(at("18:40", "2021-06-03"), 0.0))

    assert clock.start_demo() == at("17:05", "2021-06-04")


def test_a_time_that_is_asked_for_is_taken_unless_it_lies_behind(machine, monkeypatch):
    monkeypatch.setenv("JINZHONG_CLOCK", "2021-05-31T14:00:00+08:00")
    clock._own_anchor.cache_clear()

    assert at("14:00") <= clock.start_demo() < at("14:00") + timedelta(minutes=1)
    assert clock.start_demo(not_before=at("15:30")) == at("15:30")
