"""A day's list is kept once, as it came, and only its own operator and the office read it."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from jinzhong import flow
from jinzhong.audit.models import Event
from jinzhong.ids import new_id
from jinzhong.scoring import operations, queries
from jinzhong.scoring.models import DailyList, Entry, Reached
from jinzhong.vault import operations as vault_operations
from jinzhong.vault import queries as vault
from jinzhong.vault import seal
from jinzhong.vault.models import Identifier
from tests.district import at
from tests.number_list import DAY, MEASURES, NOW, RUNG, judged


def test_a_list_says_what_it_expects(kept):
    assert (kept.scored, kept.listed, kept.threshold) == (5000, 2, 0.5)
    assert kept.expected == pytest.approx(0.75)  # (0.9 + 0.6) / 2
    assert (kept.low, kept.high) == (0.5, 1.0)  # none of two: 4 %; one or none: 46 %
    assert [one.listed for one in kept.entries.all()] == [True, True, False]


def test_the_same_file_again_changes_nothing(kept, operators):
    before = Entry.objects.count(), Event.objects.count()
    again, fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(), by="risk_1", now=at("10:00")
    )
    assert (again, fresh) == (kept, False)
    assert (Entry.objects.count(), Event.objects.count()) == before


@pytest.mark.parametrize(
    "other",
    [
        {"digest": "two"},
        {"model": "b" * 64},
        {"prevalence": 0.01},
        {"reached": None},
        {"simulated": True},
        {"cut_off": at("08:00")},
        {"rung": RUNG},
        {"rung": RUNG, "measures": MEASURES},
    ],
)
def test_another_input_is_the_days_next_revision(kept, operators, other):
    given = replace(judged(), **other)
    made, fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=NOW
    )
    assert (made.revision, fresh) == (2, True)
    again, fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=NOW
    )
    assert (again, fresh) == (made, False)
    assert queries.same_day(operators.operator_1, DAY) == made


def test_lists_of_before_keep_their_fingerprint():
    """Made of what was given then, and of nothing that came later."""
    given = judged(reached={})
    told = ["one", "a" * 64, 0.001, at("00:00").timestamp(), False, {}]
    assert given.fingerprint() == seal.digest(json.dumps(told, sort_keys=True).encode())
    assert replace(given, rung={}, measures={}).fingerprint() != given.fingerprint()


def test_what_was_said_of_an_earlier_revision_stands(kept, operators):
    first = kept.entries.first()
    operations.judge(entry=first, word="fraud", because="victim", note="", by=operators.desk, now=at("09:30"))
    raised = flow.warn_reached(entry=first, by=operators.risk_1, now=at("09:31"))
    assert len(raised) == 2

    again, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(digest="two"), by="risk_1", now=at("10:00")
    )
    assert queries.right_among(again, viewer=operators.desk) == (1, 1)
    assert queries.waiting(operators.risk_1) == 1  # of the two listed one was judged before
    assert queries.to_warn(again.entries.first()) == []
    assert queries.entry(first.pk, viewer=operators.risk_1) == first
    assert queries.trial(0.5, today=DAY + timedelta(days=1)).lists == 1


def test_a_day_has_one_list_in_force(kept, operators):
    kept.pk, kept.revision = new_id(), 2
    with pytest.raises(IntegrityError), transaction.atomic():
        kept.save(force_insert=True)


def test_another_operators_list_is_its_own(kept, operators):
    other, fresh = operations.keep_list(
        operator=operators.operator_2, day=DAY, given=judged(digest="two"), by="risk_2", now=NOW
    )
    assert (fresh, other.revision) == (True, 1)
    assert DailyList.objects.filter(superseded_at=None).count() == 2


def test_numbers_are_in_the_vault_and_nowhere_else(kept):
    first = kept.entries.first()
    assert first.number.kind == "number"
    assert vault.shown(first.number).phone == "154****2093"
    assert "15400002093" not in "".join(str(one.facts) for one in Event.objects.all())
    assert Identifier.objects.filter(kind="phone").count() == 3 + 2  # three numbers, two residents
    assert "15410004417" not in [one.value for one in Identifier.objects.all()]  # shallow: counted, not kept


def test_whom_it_reached(kept):
    first = kept.entries.first()
    assert first.shallow == 1
    assert sorted(Reached.objects.filter(entry=first).values_list("pattern", "talks", "seconds")) == [
        ("deep", 3, 1560),
        ("medium", 1, 1260),
    ]


def test_each_operator_reads_its_own(kept, operators):
    assert queries.lists(viewer=operators.risk_1).count() == 1
    assert queries.lists(viewer=operators.risk_2).count() == 0
    assert queries.lists(viewer=operators.desk).count() == 1
    assert queries.lists(viewer=operators.teller).count() == 0
    assert queries.entry(kept.entries.first().pk, viewer=operators.risk_2) is None


def test_what_lies_below_the_line_is_shown_to_nobody(kept, operators):
    assert queries.entries(viewer=operators.desk).count() == 2
    assert queries.entry(kept.entries.last().pk, viewer=operators.desk) is None


def test_found_by_number(kept, operators):
    found = queries.of_list(kept, viewer=operators.risk_1, words="154 0000 2094")
    assert [one.rank for one in found] == [2]
    assert not queries.of_list(kept, viewer=operators.risk_1, words="15400009999")
    assert not queries.of_list(kept, viewer=operators.risk_1, words="什么")


def test_a_number_that_was_merged_is_found_by_either(kept, operators):
    first, second = (one.number for one in kept.entries.filter(listed=True))
    vault_operations.merge(kept=first, absorbed=second, by="desk", reason="号码写成两样", at=NOW)
    found = queries.of_list(kept, viewer=operators.risk_1, words="154 0000 2094")
    assert [one.rank for one in found] == [1, 2]
