"""Two colleagues change duties: one asks, the other agrees; nothing moves before."""

import pytest

from jinzhong.audit import queries as audit
from jinzhong.district import operations as district
from jinzhong.district import queries
from tests.district import at

NOON, EVENING = at("14:00"), at("18:00")


@pytest.fixture
def wang(place):
    """王 217, on patrol in the day shift."""
    return place.patrols[0]


@pytest.fixture
def shi(place):
    """施 301, free by day and on patrol in the evening."""
    officer = district.add_account(
        username="officer_301", password=None, role="station_officer", unit=place.station, staff_no="301",
        by="test", at=at("07:00"),
    )  # fmt: skip
    evening = district.open_shift(moment=EVENING, by="test", at=at("07:00"))
    district.assign(shift=evening, account=officer, post="patrol", by="test", at=at("07:00"))
    return officer


def duty_of(account, moment):
    return next(one for one in queries.duties_at(moment) if one.account == account)


def on_patrol(moment):
    return {one.staff_no for one in queries.patrols_at(moment)}


def test_asked_and_agreed_the_duty_changes_hands(wang, shi):
    swap = district.ask_swap(duty=duty_of(wang, NOON), takes=shi, by=wang, at=at("08:00"))
    assert on_patrol(NOON) == {"217", "340", "226"}

    district.answer_swap(swap=swap, agrees=True, by=shi, at=at("08:10"))

    assert on_patrol(NOON) == {"301", "340", "226"}
    assert audit.search(kind="district.duty_swapped").get().by == "officer_301"


def test_an_exchange_moves_both(wang, shi):
    swap = district.ask_swap(
        duty=duty_of(wang, NOON), takes=shi, back=duty_of(shi, EVENING), by=wang, at=at("08:00")
    )
    district.answer_swap(swap=swap, agrees=True, by=shi, at=at("08:10"))

    assert "301" in on_patrol(NOON)
    assert on_patrol(EVENING) == {"217"}


def test_declined_or_withdrawn_nothing_changes(wang, shi):
    duty = duty_of(wang, NOON)
    declined = district.ask_swap(duty=duty, takes=shi, by=wang, at=at("08:00"))
    district.answer_swap(swap=declined, agrees=False, by=shi, at=at("08:10"))
    withdrawn = district.ask_swap(duty=duty, takes=shi, by=wang, at=at("08:20"))
    district.withdraw_swap(swap=withdrawn, by=wang, at=at("08:21"))

    assert "217" in on_patrol(NOON)
    for swap in (declined, withdrawn):
        with pytest.raises(district.AlreadyAnswered):
            district.answer_swap(swap=swap, agrees=True, by=shi, at=at("08:30"))


def test_only_the_one_who_was_asked_agrees(place, wang, shi):
    swap = district.ask_swap(duty=duty_of(wang, NOON), takes=shi, by=wang, at=at("08:00"))

    for other in (wang, place.chief):
        with pytest.raises(district.NotTheirDuty):
            district.answer_swap(swap=swap, agrees=True, by=other, at=at("08:10"))
    with pytest.raises(district.NotTheirDuty):
        district.ask_swap(duty=duty_of(wang, NOON), takes=shi, by=place.chief, at=at("08:10"))


def test_one_request_at_a_time(wang, shi):
    district.ask_swap(duty=duty_of(wang, NOON), takes=shi, by=wang, at=at("08:00"))

    with pytest.raises(district.AlreadyAsked):
        district.ask_swap(duty=duty_of(wang, NOON), takes=shi, by=wang, at=at("08:01"))


def test_nobody_stands_in_one_shift_twice_nor_at_a_foreign_post(place, wang):
    with pytest.raises(district.AlreadyOnDuty):
        district.ask_swap(duty=duty_of(wang, NOON), takes=place.patrols[1], by=wang, at=at("08:00"))
    with pytest.raises(district.WrongPost):
        district.ask_swap(duty=duty_of(wang, NOON), takes=place.hotline, by=wang, at=at("08:00"))


def test_what_is_past_stays(wang, shi):
    duty = duty_of(wang, NOON)
    swap = district.ask_swap(duty=duty, takes=shi, by=wang, at=at("15:00"))

    with pytest.raises(district.ShiftOver):
        district.answer_swap(swap=swap, agrees=True, by=shi, at=at("16:00"))
    with pytest.raises(district.ShiftOver):
        district.relieve(duty=duty, by="desk", at=at("16:00"))
    assert "217" in on_patrol(NOON)


def test_rostered_otherwise_meanwhile_the_request_falls(place, wang, shi):
    swap = district.ask_swap(duty=duty_of(wang, NOON), takes=shi, by=wang, at=at("08:00"))
    district.assign(shift=place.shift, account=shi, post="patrol", by="desk", at=at("08:05"))

    with pytest.raises(district.AlreadyOnDuty):
        district.answer_swap(swap=swap, agrees=True, by=shi, at=at("08:10"))
