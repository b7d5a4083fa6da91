"""What people say of a number: by side, with a reason; a later word takes the place of the earlier one, which stays."""

import pytest

from jinzhong import flow
from jinzhong.dispatch.models import Order
from jinzhong.district.permissions import NotAllowed
from jinzhong.scoring import operations, queries
from jinzhong.scoring.known import Known
from jinzhong.scoring.models import Reached, Verdict
from jinzhong.scoring.operations import Unfit
from jinzhong.warning.models import Warning
from jinzhong_engine.evaluate.reached import Resident
from tests.district import at
from tests.number_list import DAY, judged, microseconds


def say(entry, by, word="fraud", because="victim", note="", now=None):
    return operations.judge(entry=entry, word=word, because=because, note=note, by=by, now=now or at("09:30"))


@pytest.fixture
def first(kept):
    return kept.entries.first()


def test_a_later_word_takes_the_place_of_the_earlier(first, operators):
    say(first, operators.risk_1, "innocent", "courier")
    say(first, operators.risk_1, "fraud", "script", now=at("11:00"))

    said = queries.verdicts([first.number_id], viewer=operators.risk_1, standing=False)
    assert [(one.word, one.ended_at is None) for one in said] == [("fraud", True), ("innocent", False)]


def test_taken_back_it_stays_on_record(first, operators):
    say(first, operators.risk_1)
    operations.take_back(entry=first, by=operators.risk_1, now=at("09:40"))

    assert queries.verdicts([first.number_id], viewer=operators.risk_1) == []
    one = Verdict.objects.get()
    assert (one.word, one.ended_by, one.ended_at) == ("fraud", "risk_1", at("09:40"))
    with pytest.raises(Unfit, match="没有可以收回的判断"):
        operations.take_back(entry=first, by=operators.risk_1, now=at("09:41"))
    assert queries.labels(viewer=None) == []


def test_nobody_takes_back_what_the_other_side_said(first, operators):
    say(first, operators.desk)
    with pytest.raises(Unfit):
        operations.take_back(entry=first, by=operators.risk_1, now=at("09:40"))


def test_a_reason_must_be_chosen(first, operators):
    with pytest.raises(Unfit, match="选一条凭据"):
        say(first, operators.desk, "fraud", "courier")
    with pytest.raises(Unfit, match="写一句"):
        say(first, operators.desk, "innocent", "other")
    with pytest.raises(NotAllowed):
        say(first, operators.inspector)
    assert not Verdict.objects.exists()


def test_the_office_stands_above_the_operator_in_labels(kept, operators):
    first, second = kept.entries.all()[:2]
    say(first, operators.desk, "innocent", "courier", now=at("09:10"))
    say(first, operators.risk_1, "fraud", "script", now=at("10:00", "2021-06-01"))
    say(second, operators.risk_1, "unsure", "wait")

    [label] = queries.labels(viewer=operators.risk_1)
    assert (label.number, label.fraud, label.on) == (first.number_id, False, DAY)
    assert queries.labels(viewer=operators.risk_2) == []


def test_an_unsure_office_leaves_no_label_whatever_the_operator_says(first, operators):
    say(first, operators.risk_1, "fraud", "script")
    say(first, operators.desk, "unsure", "wait", now=at("09:40"))
    say(first, operators.risk_1, "fraud", "victim", now=at("10:00"))
    assert queries.labels(viewer=None) == []
    assert queries.right_among(first.of, viewer=operators.desk) == (0, 0)

    operations.take_back(entry=first, by=operators.desk, now=at("10:10"))
    assert [one.fraud for one in queries.labels(viewer=None)] == [True]


def test_labels_are_given_out_for_a_purpose(first, operators):
    say(first, operators.desk)
    taken = operations.take_labels(viewer=None, by="os:root", purpose="重新训练", now=at("10:00"))
    assert taken == [Known("15400002093", True, DAY, "verdict")]


def test_nothing_follows_from_a_score_or_a_verdict_by_itself(first, operators):
    say(first, operators.desk)
    assert not Warning.objects.exists()
    assert not Order.objects.exists()


def test_residents_become_warnings_merged_per_person(kept, operators):
    first, second = kept.entries.all()[:2]
    raised = flow.warn_reached(entry=first, by=operators.risk_1, now=at("09:30"))
    assert sorted(one.warning.grade for one in raised) == ["red", "yellow"]
    deep = next(one for one in raised if one.warning.grade == "red")
    assert deep.order is not None  # officers go at once, as for every red one
    assert (
        deep.warning.town is None
    )  # the operator's office stands in 岳林, which says nothing of the resident
    source = deep.warning.sources.get().alert
    assert source.get_source_display() == "号码研判"
    assert "154****2093" in source.story
    assert "通话 3 次，共 26 分钟" in source.story

    again = flow.warn_reached(entry=second, by=operators.desk, now=at("09:45"))
    assert [one.warning.pk for one in again] == [deep.warning.pk]
    assert deep.warning.sources.count() == 2
    assert Warning.objects.count() == 2


@pytest.mark.parametrize("phone", ["95588", "110", "+16505550100", "010-88881234"])
def test_only_residents_are_warned_whoever_kept_the_list(operators, phone):
    last = microseconds(at("20:10", "2021-05-30"))
    given = judged(reached={"15400002093": [Resident(phone, "deep", 3, 1560, last)]})
    made, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=at("09:00")
    )
    first = made.entries.first()
    assert first.reached.count() == 1
    assert (
        queries.to_warn(first) == flow.warn_reached(entry=first, by=operators.risk_1, now=at("09:30")) == []
    )
    assert not Warning.objects.exists()


def test_nobody_is_warned_twice_of_the_same_talk(kept, operators):
    first = kept.entries.first()
    flow.warn_reached(entry=first, by=operators.risk_1, now=at("09:30"))
    assert flow.warn_reached(entry=first, by=operators.risk_1, now=at("09:31")) == []

    tomorrow, _fresh = operations.keep_list(
        operator=operators.operator_1, day=at("00:00", "2021-06-01").date(), given=judged(digest="two"),
        by="risk_1", now=at("09:00", "2021-06-01"),
    )  # fmt: skip
    assert queries.to_warn(tomorrow.entries.first()) == []
    Reached.objects.filter(entry=tomorrow.entries.first(), pattern="deep").update(last_at=at("23:00"))
    assert [one.pattern for one in queries.to_warn(tomorrow.entries.first())] == ["deep"]
