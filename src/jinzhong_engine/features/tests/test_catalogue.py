"""Every feature tells what it means, in which unit, over which window, and who publishes it."""

import re

import pytest

from jinzhong_engine.features.catalogue import BY_NAME, CATALOGUE, OWN, SOURCES, WINDOWS, Feature


@pytest.mark.parametrize("one", CATALOGUE, ids=lambda one: one.name)
def test_a_feature_tells_meaning_unit_window_and_source(one: Feature):
    assert re.search(r"[\u4e00-\u9fff]", one.zh)
    assert len(one.en.split()) > 1
    assert one.formula
    assert one.unit
    assert one.window in WINDOWS
    assert one.window_told
    assert one.source in SOURCES


def test_what_others_published_is_named_and_the_rest_is_called_our_own():
    assert "Shaoxing" in BY_NAME["short_call_share_7d"].source
    assert "10.1109/TBDATA.2024.3352978" in BY_NAME["calls_per_party_7d"].source
    assert "bandicoot" in BY_NAME["night_share_7d"].source
    assert BY_NAME["callback_share_7d"].source == OWN
    assert {one.source for one in CATALOGUE} == set(SOURCES)


def test_the_window_a_name_ends_with_is_told():
    assert BY_NAME["out_calls_1h"].window_told == "1 hour"
    assert BY_NAME["first_call_days_37d"].window_told.startswith("37 × 24 hours")
