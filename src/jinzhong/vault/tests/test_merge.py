"""Two subjects turn out to be one; and this can be undone."""

import pytest

from jinzhong.audit import queries as audit
from jinzhong.vault import operations, queries
from jinzhong.vault.models import Identifier
from tests.district import at


@pytest.fixture
def two(db):
    """The same woman, once by her phone and once by another."""
    one = operations.keep("person", at=at("14:00"), name="张桂兰", phone="13812346620")
    other = operations.keep("person", at=at("14:01"), name="张阿姨", phone="13900001111")
    return one, other


def merge(kept, absorbed):
    return operations.merge(kept=kept, absorbed=absorbed, by="desk", reason="本人两个号码", at=at("14:05"))


def find(phone: str) -> list:
    return [one.pk for one in queries.find("phone", phone)]


def test_merged_both_phones_lead_to_the_one_that_stays(two):
    one, other = two
    merge(one, other)

    assert find("13900001111") == find("13812346620") == [one.pk]
    assert set(queries.family(one)) == {one.pk, other.pk}


def test_a_merged_person_is_recognised_by_all_names(two):
    one, other = two
    merge(one, other)

    again = operations.keep("person", at=at("14:06"), name="张桂兰", phone="13900001111")

    assert again.pk == one.pk


def test_the_one_that_stays_shows_what_the_other_knew(db):
    one = operations.keep("person", at=at("14:00"), name="张桂兰", phone="13812346620")
    other = operations.keep("person", at=at("14:01"), id_number="11010519491231002X")
    merge(one, other)

    assert queries.shown(one).id_number == "110***********002X"
    assert queries.shown(other).phone == ""


def test_nothing_is_rewritten(two):
    one, other = two
    before = set(Identifier.objects.values_list("pk", "subject"))
    merge(one, other)

    assert set(Identifier.objects.values_list("pk", "subject")) == before


def test_undone_each_stands_alone_again(two):
    one, other = two
    done = merge(one, other)
    operations.undo_merge(merge=done, by="desk", at=at("14:10"))

    assert find("13900001111") == [other.pk]
    assert find("13812346620") == [one.pk]
    with pytest.raises(operations.AlreadyUndone):
        operations.undo_merge(merge=done, by="desk", at=at("14:11"))


def test_a_chain_of_merges_leads_to_the_end_and_can_be_undone_in_the_middle(two):
    one, other = two
    third = operations.keep("person", at=at("14:02"), phone="13700002222")
    merge(one, other)
    second_merge = merge(third, one)

    assert find("13900001111") == [third.pk]
    operations.undo_merge(merge=second_merge, by="desk", at=at("14:10"))
    assert find("13900001111") == [one.pk]


def test_merging_an_absorbed_one_merges_where_it_belongs(two):
    one, other = two
    third = operations.keep("person", at=at("14:02"), phone="13700002222")
    merge(one, other)
    merge(third, other)

    assert queries.root(one).pk == third.pk


def test_no_circle_and_no_mixing_of_kinds(two):
    one, other = two
    account = operations.keep("account", at=at("14:02"), account="6222020200007731")
    merge(one, other)

    for kept, absorbed in ((other, one), (one, one), (one, account)):
        with pytest.raises(operations.NotOneKind):
            merge(kept, absorbed)


def test_both_are_in_the_log_without_the_words_of_the_reason(two):
    one, other = two
    operations.undo_merge(merge=merge(one, other), by="desk", at=at("14:10"))

    lines = list(audit.events_on([one.pk]))
    assert [line.kind for line in lines] == ["vault.merged", "vault.merge_undone"]
    assert all("两个号码" not in line.facts + line.purpose for line in lines)
