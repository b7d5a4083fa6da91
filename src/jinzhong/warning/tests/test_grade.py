"""Grades by the ladder: cases worked out by hand from the district's table, and what a person makes of them."""

from datetime import timedelta

import pytest

from jinzhong import flow
from jinzhong.cases.models import Victim
from jinzhong.intake.sources.bank_alert.parse import parse as bank
from jinzhong.intake.sources.hotline_call.parse import parse as hotline
from jinzhong.warning import operations
from jinzhong.warning.models import Grade
from jinzhong_engine.ladders import person_warning as ladder
from jinzhong_engine.ladders.person_warning import Signs
from tests.district import at

BY_HAND = [
    ("nothing known", Signs(), "green", ["属于易受骗人群"]),
    ("one call from abroad", Signs(one_contact=True), "blue", ["接触过一次"]),
    ("a link opened", Signs(link_opened=True, one_contact=True), "blue", ["点过涉诈链接"]),
    ("called again and again", Signs(repeated_contact=True), "yellow", ["与涉诈号码反复联系"]),
    ("raising money", Signs(money_sign=True), "yellow", ["中度迹象"]),
    ("medium and raising money", Signs(medium_pattern=True, money_sign=True), "orange", ["中度迹象并有动钱迹象"]),
    ("has paid once", Signs(money_sent_before=True), "orange", ["已经转过钱"]),
    ("scam app", Signs(scam_app_active=True), "orange", ["涉诈 App 在用"]),
    ("at the counter", Signs(bank_alert=True), "red", ["网点报警：客户正在办转账"]),
    ("screen shared", Signs(screen_sharing=True), "red", ["屏幕共享中"]),
    ("paying now", Signs(transfer_under_way=True), "red", ["正在转账"]),
    ("deep", Signs(deep_pattern=True), "red", ["深度受骗迹象"]),
    ("60 and a long call", Signs(long_call=True, age=60), "orange", ["长时间通话", "年满 60 岁，升一级"]),
    ("59 and a long call", Signs(long_call=True, age=59), "yellow", ["长时间通话"]),
    ("17 and one contact", Signs(one_contact=True, age=17), "yellow", ["接触过一次", "未成年人，升一级"]),
    ("18 and one contact", Signs(one_contact=True, age=18), "blue", ["接触过一次"]),
    ("victim before", Signs(long_call=True, earlier_victim=True), "orange", ["长时间通话", "曾经受骗，升一级"]),
    ("third alert", Signs(long_call=True, alerts_7d=3), "orange", ["长时间通话", "七天内三次以上预警，升一级"]),
    ("second alert", Signs(long_call=True, alerts_7d=2), "yellow", ["长时间通话"]),
    ("not reached", Signs(long_call=True, unreachable_tries=3), "orange", ["长时间通话", "拨打三次未接通，升一级"]),
    ("60 and not reached", Signs(long_call=True, age=60, unreachable_tries=3), "red", ["长时间通话", "年满 60 岁，升一级", "拨打三次未接通，升一级"]),
    ("called twice in vain", Signs(long_call=True, unreachable_tries=2), "yellow", ["长时间通话"]),
    ("two reasons, one step", Signs(one_contact=True, age=80, alerts_7d=5), "yellow", ["接触过一次", "七天内三次以上预警，升一级"]),
    ("orange and old", Signs(money_sent_before=True, age=70), "red", ["已经转过钱", "年满 60 岁，升一级"]),
    ("red stays red", Signs(bank_alert=True, age=70), "red", ["网点报警：客户正在办转账"]),
    ("old, nothing else", Signs(age=70), "green", ["属于易受骗人群"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("signs", "grade", "reasons"), [row[1:] for row in BY_HAND], ids=[row[0] for row in BY_HAND]
)
def test_the_ladder_by_hand(signs, grade, reasons):
    assert ladder.grade(signs) == (grade, reasons)


@pytest.mark.parametrize(
    ("colour", "minutes"),
    [
        ("red", (1, 5, 30)),
        ("orange", (3, 30, 120)),
        ("yellow", (10, None, 24 * 60)),
        ("blue", (60, None, 7 * 24 * 60)),
        ("green", (None, None, None)),
    ],
)
def test_the_targets_of_each_grade(colour, minutes):
    found = ladder.targets(colour)

    expected = tuple(None if value is None else timedelta(minutes=value) for value in minutes)
    assert (found.sign, found.meet, found.feedback) == expected


@pytest.fixture
def call(place):
    def called(moment, *signs: str, day="2021-05-31", **more) -> flow.Raised:
        given = {"phone": "13812346620", "signs": list(signs)} | more
        return flow.raise_alert(
            source="hotline_call",
            fields=hotline(given, towns=set()),
            raw=given,
            by=place.hotline,
            sent_at=at(moment, day),
            now=at(moment, day),
        )

    return called


def test_a_grade_says_why_by_which_rules_and_since_when(call):
    warning = call("14:05", "long_call", age=71).warning

    grading = warning.gradings.get()
    assert (grading.grade, grading.reasons) == ("orange", ["长时间通话", "年满 60 岁，升一级"])
    assert (grading.rules, grading.at, grading.by) == ("person_warning 2021-01-01", at("14:05"), "hotline")


def test_by_itself_a_grade_only_rises(call):
    call("14:05", "money_sent_before")
    warning = call("14:10", "one_contact").warning

    assert warning.grade == "orange"
    assert [one.grade for one in warning.gradings.all()] == ["orange"]


def test_the_third_alert_in_seven_days_raises(call):
    for day in ("2021-05-25", "2021-05-28"):
        assert call("14:05", "long_call", day=day).warning.grade == "yellow"

    assert call("14:05", "long_call", day="2021-05-31").warning.grade == "orange"


def test_alerts_older_than_seven_days_do_not_count(call):
    """Of 23 May 14:04, 26 May and 30 May 14:05 only two lie within the seven days before 30 May 14:05."""
    call("14:04", "long_call", day="2021-05-23")
    call("14:05", "long_call", day="2021-05-26")

    assert call("14:05", "long_call", day="2021-05-30").warning.grade == "yellow"


def test_signs_of_all_sources_count_together(call):
    call("14:05", "money_sign")
    warning = call("14:06", "screen_sharing").warning

    assert warning.grade == "red"


def test_an_unknown_sign_changes_nothing(call):
    assert call("14:05", "wears_a_hat").warning.grade == "green"


def test_an_earlier_victim_is_remembered(place, call, monkeypatch):
    """An alert of eleven days before doesn't count; whom it names is known since."""
    call("14:05", "long_call", day="2021-05-20")
    monkeypatch.setattr("jinzhong.cases.queries.was_victim", lambda people: bool(list(people)))

    assert call("14:05", "long_call").warning.grade == "orange"
    assert Victim.objects.count() == 0


def test_lowered_by_a_person_more_words_about_the_same_alert_leave_it_so(place):
    given = {"customer_phone": "13812346620"}
    raised = flow.raise_alert(
        source="bank_alert",
        fields=bank(given),
        raw=given,
        by=place.teller,
        sent_at=at("14:05"),
        now=at("14:05"),
    )
    operations.regrade(
        warning=raised.warning, grade=Grade.YELLOW, reason="family_present", by="desk", now=at("14:06")
    )

    again = flow.amend_alert(
        alert=raised.alert, fields=bank({"amount": "5"}), raw={"amount": "5"}, by=place.teller,
        sent_at=at("14:07"), now=at("14:07"),
    )  # fmt: skip
    assert again.warning.grade == "yellow"

    other = flow.raise_alert(
        source="bank_alert",
        fields=bank(given),
        raw=given,
        by=place.far_teller,
        sent_at=at("15:00"),
        now=at("15:00"),
    )
    assert other.warning.grade == "red"
