"""Thirty days after a list came, what nobody confirmed is deleted by the worker; what was counted stays countable."""

from datetime import timedelta

import pytest

from jinzhong import flow
from jinzhong.agenda import queries as agenda
from jinzhong.audit.models import Event
from jinzhong.scoring import operations, queries
from jinzhong.scoring.models import Reached, Verdict
from jinzhong.scoring.operations import Unfit
from jinzhong.vault import queries as vault
from tests.district import at
from tests.number_list import DAY, NOW, judged

from .test_judge import say

DUE = NOW + timedelta(days=30)


def work(now):
    flow.work_once(worker="w", now=now, deliver={})


def numbers(kept):
    return [vault.shown(one.number).phone for one in kept.entries.all()]


def test_what_nobody_confirmed_is_deleted_and_the_confirmed_stays(kept, operators):
    first, second, _below = kept.entries.all()
    say(first, operators.desk)
    say(second, operators.risk_1, "innocent", "courier", note="送餐的，姓邬")
    before = queries.alike(second, viewer=operators.desk), queries.right_among(kept, viewer=operators.desk)

    work(DUE - timedelta(minutes=1))
    assert numbers(kept) == ["154****2093", "154****2094", "154****2095"]
    work(DUE)
    assert numbers(kept) == ["154****2093", "", ""]
    assert vault.find("phone", "15400002094") == vault.find("phone", "15400002095") == []
    assert set(Reached.objects.values_list("entry", flat=True)) == {first.pk}
    assert vault.find("phone", "15410007104")  # the confirmed number reached the same person

    assert Verdict.objects.get(word="innocent").note == ""
    after = queries.alike(second, viewer=operators.desk), queries.right_among(kept, viewer=operators.desk)
    assert after == before == ((0, 0), (2, 1))
    [told] = Event.objects.filter(kind="scoring.forgotten")
    assert told.on_id == str(kept.pk)
    assert "15400002094" not in str(told.facts)
    taken = operations.take_labels(viewer=None, by="os:root", purpose="重新训练", now=DUE)
    assert [one.number for one in taken] == ["15400002093"]
    with pytest.raises(Unfit, match="号码已经删了"):
        say(second, operators.desk, now=DUE)


def test_the_people_go_with_the_number_unless_they_were_warned(kept, operators):
    first, second, _below = kept.entries.all()
    flow.warn_reached(entry=second, by=operators.risk_1, now=at("09:30"))
    work(DUE)
    assert not first.reached.exists()
    assert second.reached.count() == 1
    assert vault.find("phone", "15410000936") == []
    assert vault.find("phone", "15410007104")  # is warned, and stays with the warning


def test_a_number_on_a_younger_list_waits_for_it(kept, operators):
    later = NOW + timedelta(days=20)
    operations.keep_list(
        operator=operators.operator_1, day=DAY + timedelta(days=20), given=judged(digest="later"),
        by="risk_1", now=later,
    )  # fmt: skip
    work(DUE)
    assert numbers(kept) == ["154****2093", "154****2094", "154****2095"]
    work(later + timedelta(days=30))
    assert numbers(kept) == ["", "", ""]


def test_a_word_taken_back_is_looked_at_thirty_days_later(kept, operators):
    first = kept.entries.first()
    say(first, operators.desk)
    work(DUE)
    operations.take_back(entry=first, by=operators.desk, now=DUE + timedelta(days=3))
    work(DUE + timedelta(days=30))
    assert numbers(kept) == ["", "", ""]
    assert not agenda.deadlines_of([kept.pk]).filter(settled_at=None).exists()
