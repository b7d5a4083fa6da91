"""A card whose figures speak against its model says so; a good one says nothing."""

import pytest

from jinzhong_engine.models.doubts import doubts


def card(*, auc=0.99, ap=0.9, recall=0.8, judged=5020, beside=None):
    return {
        "validation": {"rows_judged": judged, "fraud_judged": 20},
        "figures": {"auc": auc, "ap": ap},
        "recalls": {"0.001": recall},
        "beside": beside and {"model": "c" * 64, "figures": {"ap": beside}},
    }


def test_a_good_model_leaves_no_doubt():
    assert doubts(card(beside=0.7)) == []


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (card(recall=0.0), "finds none of the 20 fraud rows"),
        (card(auc=0.6), "no better than chance"),  # 1.96 standard errors are 0.13
        (card(judged=34), "rests on 14 innocent rows"),
        (card(beside=0.95), "no better than the model it was held against"),
    ],
)
def test_each_doubt_is_told(told, said):
    [one] = doubts(told)

    assert said in one


def test_a_card_of_before_leaves_none():
    told = card(recall=0.0)
    del told["validation"]["fraud_judged"]

    assert doubts(told) == []
