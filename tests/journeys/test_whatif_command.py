"""``jinzhong whatif``: a past quarter under other rules, beside the ones in force. Expected values by hand."""

import json
import re
from datetime import date, timedelta

import pytest

from jinzhong.cli import main
from jinzhong.dispatch import operations as dispatch
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from tests.district import at
from tests.journeys.test_one_alert import raise_alert
from tests.pages import logged_in, text

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
            "change: unknown ladder; known are area_early_warning, performance_index, roster, targets, town_listing",
        ),
        ({"town_listing": {"red_times": "high"}}, 'town_listing.red_times: "high" is not a number'),
        ({"town_listing": {"red_times": 1.1}}, "red must ask for at least the rate of yellow"),
        ({"area_early_warning": {"red": {"p_to": 0.3}}}, "red: must not allow a greater chance than orange"),
        ({"area_early_warning": {"blue": {"growth_over": 0.05}}}, "a gap is left between blue and green"),
        ({"performance_index": {"town": {"yoy": {"weight": 20}}}}, "town: weights make 110, not 100"),
        ({"roster": {"999": {"00-24": 1}}}, "roster: unknown 999; known are 330213002"),
        ({"roster": {YUELIN: {"24-08": 1}}}, "roster.330213002: '24-08' are not hours such as 16-24"),
        ({"roster": {YUELIN: {"00-24": -1}}}, "roster.330213002.00-24: -1 is not a number of teams"),
        ({"roster": {YUELIN: {"00-24": 1, "08-16": 2}}}, "hours of station-1 are given twice"),
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


def shown(client, **asked):
    answer = client.get("/desk/duty/whatif", {"since": "2021-04-01", "until": "2021-05-31"} | asked)
    return answer, " ".join(re.sub(r"<[^>]+>", " ", text(answer)).split())


@pytest.fixture
def two_orders(quarter, place):
    """A second red order of 31 May: signed after 40 seconds, at the door after 4 minutes."""
    order = raise_alert(place, at("14:20"), {"customer_phone": "13912345678", "amount": 90000}).order
    one = order.assignments.order_by("pk").first().account
    dispatch.sign(order=order, by=one, happened_at=at("14:20:40"), now=at("14:20:40"))
    dispatch.arrive(order=order, by=one, happened_at=at("14:24"), now=at("14:24"))
    return quarter


def test_fewer_teams_show_who_would_have_waited(two_orders, place):
    """Three officers from 8 to 16 are two teams, and nobody is on duty later: without them the second order waits in vain. Hours in
    which nobody was sent change nothing."""
    code, same, _err = two_orders({"roster": {YUELIN: {"00-08": 0}}})
    told = two_orders({"roster": {YUELIN: {"08-16": 0}}})[1]

    assert (code, same["base_digest"]) == (0, same["changed_digest"])
    assert told["base_digest"] == same["base_digest"] != told["changed_digest"]
    assert told["on_time"]["orders"] == 2
    assert (
        told["on_time"]["base"]["door_in_five_minutes"],
        told["on_time"]["changed"]["door_in_five_minutes"],
    ) == (1, 0)
    assert [(one["town"], one["base"], one["changed"]) for one in moved(told["late"])] == [
        (YUELIN, ["feedback"], ["sign", "meet", "feedback"])
    ]


def test_the_page_shows_both_sides_and_changes_nothing(two_orders, place):
    desk = logged_in(place.desk)
    answer, same = shown(desk)
    assert answer.status_code == 200
    assert "两边完全一样，摘要相同" in same
    _answer, told = shown(desk, town=YUELIN, hours="08-16", teams="0")
    assert "5 分钟内到门 1 0" in told
    assert "岳林街道 1 2" in told
    for wrong in (
        {"hours": "24-08", "teams": "1"},
        {"hours": "08-16", "teams": "many"},
        {"hours": "", "teams": "1"},
    ):
        assert shown(desk, town=YUELIN, **wrong)[0].status_code == 422
    assert shown(desk, since="2021-06-01", until="2021-06-30")[0].status_code == 422
    for other in (place.inspector, place.town_xikou):
        assert logged_in(other).get("/desk/duty/whatif").status_code == 403
