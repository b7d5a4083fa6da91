"""The published figures of alarms, listing and padding, on fewer draws than ``benchmarks`` makes (simulated, seeds fixed)."""

from benchmarks import alarms, listing, padding


def test_a_calm_district_is_seldom_red_and_the_usual_rules_often():
    shares = alarms.calm(draws=200, seed=1)

    assert shares["ours"]["red"] <= 0.025
    assert shares["growth over 15 weeks"]["red"] > 0.2
    assert shares["growth over last week"]["red"] > 0.2


def test_a_doubling_in_a_median_town_is_caught():
    """At least orange: police and town meet within two days."""
    for town, caught in alarms.doubling(draws=150, seed=2, towns=alarms.MEDIAN).items():
        assert caught["orange in a month"] >= 0.60, town
        assert caught["orange in a quarter"] >= 0.95, town


def test_equal_towns_are_seldom_listed_and_by_plain_rates_every_fourth_is():
    shares = listing.measure(draws=40, seed=4)

    assert shares["ours"]["yellow"] <= 0.07
    assert shares["naive"]["yellow"] > 0.2


def test_padded_registrations_are_found_and_honest_people_left_alone():
    shares = padding.measure(staff=400, seed=5)

    assert shares.pop("false alarms") <= 0.02
    assert sum(shares.values()) / len(shares) >= 0.9
