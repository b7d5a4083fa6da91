"""Who is on duty: rostered by shift, short of whom, like last week, and what the shift leaves to the next."""

from datetime import date

import pytest

from jinzhong.district import operations as district
from jinzhong.district import queries
from tests.district import at


def test_a_day_has_three_shifts():
    kinds = {
        text: queries.shift_window(at(text))[2]
        for text in ("00:00", "07:59", "08:00", "15:59", "16:00", "23:59")
    }

    assert kinds == {
        "00:00": "night", "07:59": "night", "08:00": "day", "15:59": "day", "16:00": "evening", "23:59": "evening",
    }  # fmt: skip


def test_a_shift_says_whom_it_lacks(place):
    shift = queries.roster(at("08:00"), at("16:00"))[at("08:00")]
    assert queries.missing_posts(shift.duties.all()) == [("值班领导", 1)]

    empty = district.open_shift(moment=at("18:00"), by="test", at=at("07:00"))
    assert queries.missing_posts(empty.duties.all()) == [("值班领导", 1), ("值班长", 1), ("出警", 2)]


def test_a_post_is_filled_by_its_role_only(place):
    with pytest.raises(district.WrongPost):
        district.assign(shift=place.shift, account=place.hotline, post="patrol", by="desk", at=at("07:30"))

    free = {one.username for one in queries.can_fill("patrol", shift=place.shift)}
    assert free.isdisjoint(one.username for one in place.patrols)


def test_nobody_stands_at_two_posts_of_a_shift(place):
    duty = district.assign(shift=place.shift, account=place.desk, post="seat", by="desk", at=at("07:30"))
    again = district.assign(shift=place.shift, account=place.desk, post="seat", by="desk", at=at("07:31"))

    assert again == duty
    with pytest.raises(district.AlreadyOnDuty):
        district.assign(shift=place.shift, account=place.desk, post="chief", by="desk", at=at("07:32"))


def test_next_week_is_like_this_one_and_what_is_written_stays(place):
    written = district.open_shift(moment=at("14:00", "2021-06-08"), by="test", at=at("07:00"))
    district.assign(shift=written, account=place.desk, post="chief", by="desk", at=at("07:00"))
    tuesday = district.open_shift(moment=at("14:00", "2021-06-01"), by="test", at=at("07:00"))
    district.assign(shift=tuesday, account=place.chief, post="chief", by="desk", at=at("07:00"))

    for expected in (4, 0):
        made = district.repeat_week(since=at("00:00", "2021-06-07"), by="desk", at=at("14:00"))
        assert made == expected

    assert {one.staff_no for one in queries.patrols_at(at("14:00", "2021-06-07"))} == {"217", "340", "226"}
    assert [one.account.username for one in queries.duties_at(at("14:00", "2021-06-08"))] == ["desk"]


def test_a_shift_that_ends_without_a_note_owes_one(place):
    assert queries.owed_handovers(at("15:59")) == []
    assert queries.owed_handovers(at("16:00")) == [place.shift]

    for blank in ("", "  \n"):
        with pytest.raises(district.NoteMissing):
            district.hand_over(shift=place.shift, note=blank, by=place.chief, at=at("16:01"))
    district.hand_over(shift=place.shift, note="锦屏一单等反馈", by=place.chief, at=at("16:01"))

    assert queries.owed_handovers(at("16:02")) == []
    assert queries.last_handover(at("16:02")).note == "锦屏一单等反馈"


def test_nobody_hands_over_a_shift_that_has_not_begun(place):
    with pytest.raises(district.NotTheirDuty):
        district.hand_over(shift=place.shift, note="早写", by=place.chief, at=at("07:59"))


def test_cadres_come_for_a_time(place):
    unit = queries.unit("bank-01")
    with pytest.raises(district.NoTime):
        district.second(
            account=place.inspector, sent_by=unit, since=date(2021, 6, 7), until=date(2021, 6, 7), by="desk", at=at("09:00")
        )  # fmt: skip
    made = district.second(
        account=place.inspector, sent_by=unit, since=date(2021, 5, 31), until=date(2021, 6, 7), by="desk", at=at("09:00")
    )  # fmt: skip

    assert queries.rotations(date(2021, 6, 6), date(2021, 6, 7)) == [made]
    assert queries.rotations(date(2021, 6, 7), date(2021, 6, 14)) == []
