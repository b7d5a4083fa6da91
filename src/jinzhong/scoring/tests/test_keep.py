"""A day's list is kept once, as it came, and only its own operator and the office read it."""

import pytest

from jinzhong.audit.models import Event
from jinzhong.scoring import operations, queries
from jinzhong.scoring.given import BadList
from jinzhong.scoring.models import DailyList, Entry, Reached
from jinzhong.vault import queries as vault
from jinzhong.vault.models import Identifier
from tests.district import at

from .conftest import DAY, NOW, judged


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


def test_another_list_for_the_day_is_refused(kept, operators):
    with pytest.raises(BadList, match="已经收过一份不同的"):
        operations.keep_list(
            operator=operators.operator_1, day=DAY, given=judged(digest="two"), by="risk_1", now=NOW
        )
    _other, fresh = operations.keep_list(
        operator=operators.operator_2, day=DAY, given=judged(digest="two"), by="risk_2", now=NOW
    )
    assert fresh
    assert DailyList.objects.count() == 2


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
