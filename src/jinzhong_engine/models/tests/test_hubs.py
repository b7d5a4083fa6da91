"""A number that talks with very many is marked before its reasons; the mark weighs nothing."""

import numpy as np

from jinzhong_engine.backends import native
from jinzhong_engine.backends.tests.streams import AS_OF, calls
from jinzhong_engine.features.windows import HOUR
from jinzhong_engine.models.measured import measured
from jinzhong_engine.models.reasons import HUB, sentences, without_mark
from jinzhong_engine.sayings import Saying, read

HOTLINE, NEARLY = "15430000001", "15430000002"
FEATURES = ("out_parties_7d", "in_parties_7d", "callback_share_7d")


class Weighing:
    """What it called speaks for fraud."""

    features = list(FEATURES)
    card = {"usual": [12.0, 9.0, 0.25]}

    def contributions(self, values):
        return np.tile([2.0, -1.0, 0.0, -3.0], (len(values), 1))


def of_calls():
    """A hotline that 700 ring and that rings 300; another that 699 ring and that rings 300."""
    rows = []
    for number, rung_by in ((HOTLINE, HUB - 300), (NEARLY, HUB - 301)):
        rows += [
            (f"1541{one:07}", number, AS_OF - HOUR - one, 30, "domestic", None, None, None)
            for one in range(rung_by)
        ]
        rows += [
            (number, f"1542{one:07}", AS_OF - HOUR - one, 30, "domestic", None, None, None)
            for one in range(300)
        ]
    return native.features(calls(sorted(rows, key=lambda row: row[2])), None, AS_OF)


def test_a_hub_is_marked_from_a_thousand_on_before_its_reasons():
    features = of_calls()
    values = {row["number"]: [row[name] for name in FEATURES] for row in features.to_pylist()}

    hotline, nearly = sentences(Weighing(), np.array([values[HOTLINE], values[NEARLY]], float))

    reason = "近7天呼叫的不同号码 300 个（一般 12 个）"
    assert hotline == ["枢纽号码：近7天与 1,000 个号码往来，平台、热线也这样，先核登记单位", reason]
    assert nearly == without_mark(hotline) == [reason]
    assert read(hotline[0]) == (Saying.HUB, {"number": "1,000"})


def test_what_stands_behind_reasons_is_found_with_and_without_the_mark():
    features = of_calls()
    reason = "近7天呼叫的不同号码 300 个（一般 12 个）"
    mark = Saying.HUB.said(number="1,000")

    marked, old = (
        measured(Weighing(), features, told={HOTLINE: told}) for told in ([mark, reason], [reason])
    )

    assert [one.feature for one in marked[HOTLINE]] == ["out_parties_7d"]
    assert marked == old


def test_a_model_that_knows_no_parties_marks_nobody():
    model = Weighing()
    model.features = ["a", "b", "callback_share_7d"]

    [said] = sentences(model, np.array([[5000.0, 5000.0, 0.0]]))

    assert not any(one.startswith("枢纽号码") for one in said)
