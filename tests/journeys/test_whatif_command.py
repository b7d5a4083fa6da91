"""``jinzhong whatif``: a past quarter under other rules, beside the ones in force. Expected values by hand."""

import json
from datetime import date, timedelta

import pytest

from jinzhong.cli import main
from jinzhong.dispatch import operations as dispatch
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from tests.district import at
from tests.journeys.test_one_alert import raise_alert

QUARTER = "--since 2021-04-01 --until 2021-06-01"


@pytest.fixture
def quarter(place, capsys, tmp_path, monkeypatch):
    """Yuelin: a loan each Saturday from 2 January, nine in the week of 24 April; Xikou: one in May. A red order of 31 May is signed
    after 1:30 and nobody has come to the door. Runs ``whatif`` on 2 June with a change; returns (exit code, told, complaint)."""
    for n in range(16):
        file_case(f"A{n}", str(date(2021, 1, 2) + timedelta(weeks=n)), YUELIN)
    for n in range(9):
        file_case(f"B{n}", "2021-04-27", YUELIN)
    file_case("C", "2021-05-20", XIKOU)
    order = raise_alert(place, at("14:05")).order
    dispatch.sign(order=order, by=place.patrols[0], happened_at=at("14:06:30"), now=at("14:06:30"))
    monkeypatch.setattr("jinzhong.clock.now", lambda: at("09:00", "2021-06-02"))
    capsys.readouterr()

    def run(change, options=QUARTER):
        (tmp_path / "change.json").write_text(
            change if isinstance(change, str) else json.dumps(change), "utf-8"
        )
        code = main(["whatif", "--change", str(tmp_path / "change.json"), *options.split(), "--json"])
        said = capsys.readouterr()
        return code, json.loads(said.out) if said.out else None, said.err

    return run


def moved(part):
    return [one for one in part if one["base"] != one["changed"]]


def test_without_a_change_both_sides_are_the_same(quarter):
    code, told, err = quarter({})

    assert (code, err) == (0, "")
    assert told["base_digest"] == told["changed_digest"]
    assert [moved(told[part]) for part in ("alarms", "listing", "index", "late")] == [[], [], [], []]
    assert quarter({})[1] == told


def test_a_stricter_ladder_shows_which_reds_would_be_gone(quarter):
    """Nine where one was expected is red; asking for ten cases leaves orange."""
    told = quarter({"area_early_warning": {"red": {"cases_from": 10}}})[1]

    assert told["base_digest"] != told["changed_digest"]
    assert moved(told["alarms"]) == [
        {"area": YUELIN, "fraud_class": name, "period": "2021-04-24", "base": "red", "changed": "orange"}
        for name in ("*", "loan")
    ]


def test_other_rules_of_listing_show_who_would_be_listed(quarter):
    """Of two towns Yuelin is among the top two from January to April: red. Asked for nine months running it is yellow for its
    12 cases in April: 1.02 against 0.63 in the district, a chance of 7.6 %, and no last year to compare with."""
    told = quarter({"town_listing": {"top_months": 9}})[1]

    assert moved(told["listing"]) == [
        {"month": "2021-04", "area": YUELIN, "base": "red", "changed": "yellow"}
    ]


def test_a_longer_target_shows_who_would_have_been_in_time(quarter):
    """Signed after 90 seconds: late at one minute, in time at two. Nobody at the door stays late."""
    told = quarter({"targets": {"red": {"sign": 2}}})[1]

    (one,) = moved(told["late"])
    assert (one["base"], one["changed"]) == (["sign", "meet", "feedback"], ["meet", "feedback"])


def test_other_weights_show_the_scores_they_make(quarter):
    """Yuelin: rate and loss in full (20 and 15), nobody signed in time or met (6 and 7): 35 of 48. With 25 for the rate and 1 for
    signing in time: 40 of 48."""
    change = {"performance_index": {"town": {"case_rate_10k": {"weight": 25}, "sign_ontime": {"weight": 1}}}}

    scores = {
        one["unit"]: (one["base"]["score"], one["changed"]["score"]) for one in quarter(change)[1]["index"]
    }

    assert scores[YUELIN] == (round(35 / 48 * 100, 6), round(40 / 48 * 100, 6))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("{", "isn't JSON"),
        ("[]", "should be an object"),
        (
            {"ladder": {}},
            "change: unknown ladder; known are area_early_warning, performance_index, targets, town_listing",
        ),
        ({"town_listing": {"red_times": "high"}}, 'town_listing.red_times: "high" is not a number'),
        ({"town_listing": {"red_times": 1.1}}, "red must ask for at least the rate of yellow"),
        ({"area_early_warning": {"red": {"p_to": 0.3}}}, "red: must not allow a greater chance than orange"),
        ({"area_early_warning": {"blue": {"growth_over": 0.05}}}, "a gap is left between blue and green"),
        ({"performance_index": {"town": {"yoy": {"weight": 20}}}}, "town: weights make 110, not 100"),
        ({"targets": {"purple": {"sign": 2}}}, "targets: unknown purple"),
    ],
)
def test_a_change_that_cannot_be_computed_with_is_named(quarter, change, told):
    code, out, err = quarter(change)

    assert (code, out, err.count("\n")) == (2, None, 1)
    assert told in err


def test_only_the_past_can_be_replayed(quarter):
    code, _out, err = quarter({}, "--since 2021-06-01 --until 2021-07-01")
    assert (code, "lies in the future" in err) == (2, True)
