"""Alerts become warnings: one per person and day, whoever reports it; never two people in one."""

import pytest
from django.db import IntegrityError, transaction

from jinzhong import flow
from jinzhong.audit import queries as audit
from jinzhong.dispatch import operations as dispatch
from jinzhong.intake.models import Alert
from jinzhong.intake.sources.bank_alert.parse import parse as bank
from jinzhong.intake.sources.hotline_call.parse import parse as hotline
from jinzhong.vault import operations as vault
from jinzhong.warning import operations, queries
from jinzhong.warning.models import Warning
from tests.district import at

PHONE = {"customer_phone": "13812346620"}
TOWNS = {"330213002", "330213100"}


@pytest.fixture
def press(place):
    """A teller raises an alert."""

    def pressed(moment, given=PHONE, by=None, day="2021-05-31") -> flow.Raised:
        when = at(moment, day)
        return flow.raise_alert(
            source="bank_alert", fields=bank(given), raw=given, by=by or place.teller, sent_at=when, now=when
        )

    return pressed


@pytest.fixture
def call(place):
    """Somebody calls the hotline."""

    def called(moment, **given) -> flow.Raised:
        given = {"phone": "13812346620", "town": "330213002"} | given
        return flow.raise_alert(
            source="hotline_call",
            fields=hotline(given, towns=TOWNS),
            raw=given,
            by=place.hotline,
            sent_at=at(moment),
            now=at(moment),
        )

    return called


@pytest.fixture
def write(place):
    """The teller writes more about an alert."""

    def written(raised, moment, **given) -> flow.Raised:
        return flow.amend_alert(
            alert=Alert.objects.get(pk=raised.alert.pk),
            fields=bank(given),
            raw=given,
            by=place.teller,
            sent_at=at(moment),
            now=at(moment),
        )

    return written


def count() -> int:
    """Warnings that stand for themselves."""
    return Warning.objects.exclude(state="merged").count()


def test_bank_and_hotline_about_one_person_are_one_warning(press, call):
    first = call("14:00", signs=["long_call"])
    second = press("14:05")

    assert second.warning.pk == first.warning.pk
    assert {one.alert.source for one in second.warning.sources.all()} == {"hotline_call", "bank_alert"}
    assert (first.warning.grade, second.warning.grade) == ("yellow", "red")


@pytest.mark.parametrize(
    ("last", "day", "warnings"),
    [("14:04:59", "2021-06-01", 1), ("14:05", "2021-06-01", 2), ("14:05:01", "2021-06-01", 2)],
)
def test_within_twenty_four_hours_of_the_newest_alert_it_is_one(press, last, day, warnings):
    press("14:05")
    press(last, day=day)

    assert count() == warnings


def test_each_further_alert_keeps_the_warning_young(press):
    press("14:05")
    press("10:00", day="2021-06-01")
    press("09:00", day="2021-06-02")

    assert count() == 1


def test_another_phone_with_the_same_id_number_is_the_same_person(press):
    id_number = {"customer_id_number": "11010519491231002X"}
    press("14:05", PHONE | id_number)
    press("14:10", {"customer_phone": "13900001111"} | id_number)

    assert count() == 1


def test_another_person_with_the_same_phone_is_another_warning(press):
    press("14:05", PHONE | {"customer_name": "张桂兰"})
    press("14:10", PHONE | {"customer_name": "李小明"})

    assert count() == 2


def test_a_name_alone_joins_nobody_but_the_unnamed_at_the_same_counter(place, press):
    press("14:05", {"customer_name": "张伟"})
    press("14:06", {"customer_name": "张伟"}, by=place.far_teller)

    assert count() == 2


def test_the_unnamed_at_one_counter_are_one_until_officers_are_done(place, press):
    first = press("14:05", {})
    press("14:06", {"signs": ["on_the_phone"]})
    assert count() == 1

    dispatch.close(
        order=first.order, by=place.chief, happened_at=at("14:20"), now=at("14:20"), outcome="false_alarm"
    )
    press("14:30", {})
    assert count() == 2


def test_the_unnamed_at_two_counters_are_two(place, press):
    press("14:05", {})
    press("14:06", {}, by=place.far_teller)

    assert count() == 2


def test_merged_persons_share_their_warning(place, press):
    first = press("14:05", PHONE | {"customer_name": "张桂兰"})
    other = press("14:06", {"customer_phone": "13900001111", "customer_name": "张桂兰"})
    vault.merge(
        kept=first.warning.person, absorbed=other.warning.person, by="desk", reason="本人", at=at("14:07")
    )

    again = press("14:08", {"customer_phone": "13900001111"})

    assert again.warning.pk in (first.warning.pk, other.warning.pk)
    assert count() == 2


def test_named_later_a_known_person_is_joined_with_her_warning(press, write):
    known = press("13:00", PHONE | {"customer_name": "张桂兰"})
    unnamed = press("14:05", {"customer_name": "张桂兰"})

    joined = write(unnamed, "14:07", customer_phone="13812346620")

    assert joined.warning.pk == known.warning.pk
    assert joined.warning.sources.count() == 2
    assert count() == 1


def test_a_corrected_phone_is_corrected_everywhere(press, write):
    raised = press("14:05", {"customer_name": "张桂兰", "customer_phone": "13812346629", "amount": "860000"})

    warning = write(raised, "14:06", customer_phone="13812346620", amount="86000").warning

    assert count() == 1
    (item,) = queries.search(viewer=raised.alert.by, words="13812346620")
    assert (item.pk, str(item.amount)) == (warning.pk, "86000.00")
    assert not queries.search(viewer=raised.alert.by, words="13812346629").exists()


def test_writing_the_id_number_later_completes_the_person(press, write):
    raised = press("14:05", {"customer_name": "张桂兰", **PHONE})

    warning = write(raised, "14:06", customer_id_number="11010519491231002X").warning

    assert warning.person == raised.warning.person
    assert (warning.person_sex, warning.person_age) == ("F", 71)


def test_of_several_sources_the_larger_amount_stands(press, write):
    first = press("14:05", PHONE | {"amount": "86000"})
    press("14:06", PHONE | {"amount": "50000"})

    assert str(write(first, "14:07", amount="10000").warning.amount) == "86000.00"


def test_the_same_alert_twice_is_refused(press):
    raised = press("14:05")

    with pytest.raises(IntegrityError), transaction.atomic():
        operations.absorb(alert=raised.alert, of_stranger=False, by="teller", now=at("14:06"))
    assert raised.warning.sources.count() == 1
    assert Warning.objects.count() == 1


def test_all_of_it_is_in_the_log(press):
    raised = press("14:05")

    kinds = [line.kind for line in audit.events_on([raised.warning.pk])]
    assert kinds == ["warning.opened", "warning.graded"]
