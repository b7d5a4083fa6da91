"""Numbers people say to each other: YJ20210531-0087."""

from jinzhong import ids
from jinzhong.warning.models import Warning
from tests.district import at


def numbers(*taken: str) -> str:
    """The next number of 31 May when these are taken."""
    for number in taken:
        Warning.objects.create(
            number=number,
            grade="red",
            rules="test",
            opened_at=at("14:00"),
            recorded_at=at("14:00"),
            newest_alert_at=at("14:00"),
        )
    return ids.next_number(Warning, "T20210531-")


def test_ids_made_later_sort_later():
    made = [ids.new_id() for _ in range(1000)]

    assert made == sorted(made)
    assert len(set(made)) == 1000


def test_the_day_begins_with_one(db):
    assert numbers() == "T20210531-0001"


def test_the_next_one_follows_the_newest(db):
    assert numbers("T20210531-0086", "T20210531-0009") == "T20210531-0087"


def test_other_days_do_not_count(db):
    assert numbers("T20210530-0100", "T20210601-0100") == "T20210531-0001"


def test_the_ten_thousandth_of_a_day_is_followed_by_another(db):
    assert numbers("T20210531-9999") == "T20210531-10000"
    assert numbers("T20210531-10000", "T20210531-9998") == "T20210531-10001"


def test_far_beyond_the_ten_thousandth_it_still_follows_the_newest(db):
    taken = [f"T20210531-{count:04d}" for count in range(1, 12_347)]
    moments = dict.fromkeys(("opened_at", "recorded_at", "newest_alert_at"), at("14:00"))
    Warning.objects.bulk_create(Warning(number=one, grade="red", rules="test", **moments) for one in taken)

    assert numbers() == "T20210531-12347"
    assert numbers("T20210531-12347") == "T20210531-12348"

    Warning.objects.filter(number__in=[f"T20210531-{count}" for count in range(12_001, 12_349)]).delete()

    assert numbers() == "T20210531-12001"
