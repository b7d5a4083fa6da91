"""Values behind the reasons: of these calls, beside the card's spread, weighed by what each adds."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from jinzhong_engine.backends import files, native
from jinzhong_engine.features.catalogue import CATALOGUE
from jinzhong_engine.models.measured import Measure, measured
from jinzhong_engine.sayings import Saying
from jinzhong_engine.tables import CALLS

AS_OF = 1_622_390_400_000_000
"""31 May 2021, 00:00 in China."""
LIN = "15400000001"
FANOUT = "近7天一小时内最多呼叫的不同号码 10 个（一般 2 个）"
BACK = "近7天回拨占比 0%（一般 25%）"


@dataclass
class Weighing:
    """A model of three features whose say is known: the first adds 1.5, the second takes 1 away, the third adds 0.5."""

    features: tuple[str, ...] = ("max_fanout_1h_7d", "active_days_7d", "callback_share_7d")
    card: dict[str, Any] = field(
        default_factory=lambda: {
            "usual": [2.0, 3.0, 0.25],
            "spread": {
                "features": [
                    {"edges": [0.5, 1.0, 2.0, 6.0], "counts": [0, 40, 30, 20, 10, 0]},
                    {"edges": [0.5, 1.0, 7.0], "counts": [0, 10, 90, 0, 0]},
                    {"edges": [], "counts": [0, 100]},
                ]
            },
        }
    )

    def contributions(self, values: Any) -> Any:
        return np.tile([1.5, -1.0, 0.5, -4.0], (len(values), 1))


@pytest.fixture
def features(tmp_path):
    """Lin rings ten strangers within an hour; nobody calls back."""
    head = "caller,callee,start,seconds,kind,cell,imei,peer_city\n"
    lines = (f"{LIN},1541000{one:04},2021-05-30T10:{one:02}:00+08:00,0,domestic,,,\n" for one in range(10))
    (tmp_path / "calls.csv").write_text(head + "".join(lines), "utf-8")
    return native.features(files.read_events(tmp_path / "calls.csv", CALLS, AS_OF), None, AS_OF)


def test_each_reason_has_its_value_where_others_lie_and_its_weight(features):
    found = measured(Weighing(), features, told={LIN: [FANOUT, BACK]})
    assert found == {
        LIN: [
            Measure("max_fanout_1h_7d", 10.0, False, 1.0, 6.0, ("1", "6 个"), 0.75),
            Measure("callback_share_7d", 0.0, True, None, None, None, 0.25),
        ]
    }


def test_a_card_without_spread_leaves_the_band_out(features):
    model = Weighing()
    del model.card["spread"]
    first, _second = measured(model, features, told={LIN: [FANOUT, BACK]})[LIN]
    assert (first.value, first.low, first.usual) == (10.0, None, None)


@pytest.mark.parametrize("told", [[FANOUT], [BACK, FANOUT], [FANOUT.replace("10", "11"), BACK], []])
def test_other_sentences_than_these_calls_say_get_nothing(features, told):
    assert measured(Weighing(), features, told={LIN: told}) == {}


def test_columns_that_are_not_ours_get_nothing(features):
    model = Weighing(features=("opposite_count", "active_days_7d", "callback_share_7d"))
    assert measured(model, features, told={LIN: [FANOUT, BACK]}) == {}


def test_what_a_quarter_of_the_innocent_have_is_no_reason_however_much_it_weighs(features):
    model = Weighing()
    model.card["spread"]["features"][0]["counts"] = [0, 30, 25, 20, 25, 0]
    assert measured(model, features, told={LIN: [FANOUT, BACK]}) == {}
    [back] = measured(model, features, told={LIN: [BACK]})[LIN]
    assert (back.feature, back.weight) == ("callback_share_7d", 0.25)

    model.card["spread"]["features"][0]["counts"] = [0, 30, 25, 21, 24, 0]
    assert [one.feature for one in measured(model, features, told={LIN: [FANOUT, BACK]})[LIN]] == [
        "max_fanout_1h_7d",
        "callback_share_7d",
    ]


def test_a_number_nobody_rings_is_found_again_in_todays_words_and_in_those_of_earlier_lists(features):
    model = Weighing(features=("in_answered_share_7d", "active_days_7d", "callback_share_7d"))
    model.card["usual"][0] = 0.7
    for said in ("没有人给它打电话", "无记录"):
        told = {LIN: [f"近7天被叫接听占比：{said}（一般 70%）", BACK]}
        first, _back = measured(model, features, told=told)[LIN]
        assert (first.feature, first.value, first.weight) == ("in_answered_share_7d", None, 0.75)
    assert measured(model, features, told={LIN: ["近7天被叫接听占比：没有打过电话（一般 70%）", BACK]}) == {}


def test_a_missing_value_is_put_into_words_only_where_there_was_nothing_to_count(features):
    """Lin only rings, nobody answers; the strangers are only rung."""
    lin, stranger = (
        {row["number"]: row for row in features.to_pylist()}[one] for one in (LIN, "15410000003")
    )
    missing = {
        none: {one.name for one in CATALOGUE if one.none is none} for none in {one.none for one in CATALOGUE}
    }

    def is_null(row, none):
        return {row[name] is None for name in missing[none]}

    assert [is_null(one, Saying.MADE_NONE) - {False} for one in (lin, stranger)] == [set(), {True}]
    assert [is_null(one, Saying.NOBODY_RANG) for one in (lin, stranger)] == [{True}, {False}]
    for none in (Saying.REACHED_NOBODY, Saying.SENT_NONE, Saying.NOT_BOTH):
        assert is_null(lin, none) == is_null(stranger, none) == {True}
    unsaid = {name for name in missing[None] if None in (lin[name], stranger[name])}
    assert unsaid == {"main_city_share_7d", "known_party_share_7d", "age_days_ever", "roaming_share_7d"}
