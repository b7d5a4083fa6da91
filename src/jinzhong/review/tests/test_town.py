"""点评: what is praised, blamed or left alone; the index by hand; what is overdue; who may speak and see."""

from datetime import date

import pytest

from jinzhong.audit.models import Event
from jinzhong.district import operations as district
from jinzhong.district.permissions import NotAllowed
from jinzhong.review import index, operations, queries, spans, town
from jinzhong.review.inspection import Ground
from jinzhong.situation.periods import Period
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from tests.district import at

MAY = date(2021, 5, 1)
NOW = at("09:00", "2021-06-05")


@pytest.fixture
def may(place):
    """In May ten cases of 1,000 yuan each in Xikou (72,000 people), one in Yuelin (118,000)."""
    for number in range(10):
        file_case(f"X{number}", f"2021-05-{10 + number}", XIKOU, "loan", 1_000)
    file_case("Y1", "2021-05-20", YUELIN, "loan", 1_000)
    return place


def told(place, of, viewer=None, by="month", day=MAY):
    return town.review(of, by, spans.period_of(by, day), viewer=viewer or place.desk, now=NOW)


def test_what_chance_does_not_explain_is_blamed_and_praised(may):
    """11 × 72 / 190 = 4.17, P(X >= 10) = 1.1 %; 11 × 118 / 190 = 6.83, P(X <= 1) = 0.8 %."""
    xikou, yuelin = told(may, may.xikou), told(may, may.yuelin)

    assert xikou.said.bad == ["发案 10 起，按全区发案率该有 4.2 起，偶然多到这样的可能 1.1%"]
    assert xikou.said.good == []
    assert yuelin.said.good == ["发案 1 起，按全区发案率该有 6.8 起，偶然少到这样的可能 0.8%"]
    assert yuelin.said.bad == []


def test_what_chance_explains_is_left_alone(may):
    for number in range(7):
        file_case(f"Z{number}", "2021-05-25", YUELIN)
    assert told(may, may.yuelin).said.usual == [
        "发案 8 起，按全区发案率该有 11.2 起，在常见范围内",
        "此前 89 天的案件不全，不与自己比",
    ]


def test_a_month_is_held_against_the_own_three_before(may):
    """May has 31 of 120 days since 1 February. Xikou: ten of eleven cases in May, 11 q^10 (1 - q) + q^11 with q = 31 / 120 is under
    0.1 %. Yuelin: one of 19, 19 q (1 - q)^18 + (1 - q)^19 = 2.6 %."""
    file_case("X-old", "2021-01-31", XIKOU)
    file_case("X-feb", "2021-02-01", XIKOU)
    for number in range(18):
        file_case(f"Y-old{number}", f"2021-03-{10 + number}", YUELIN)
    xikou, yuelin = told(may, may.xikou), told(may, may.yuelin)

    assert (
        "这 31 天发案 10 起，此前 89 天 1 起（按天数折合 0.3 起），比自己差，偶然的可能 <0.1%"
        in xikou.said.bad
    )
    assert (
        "这 31 天发案 1 起，此前 89 天 18 起（按天数折合 6.3 起），比自己好，偶然的可能 2.6%"
        in yuelin.said.good
    )


def test_the_index_is_what_a_hand_computes(may):
    """10 / 72,000 × 10,000 × 365 / 31 = 16.353 a year: (16.353 − 40) ÷ (10 − 40) × 20 = 15.764. 10,000 yuan / 72,000 × 365 / 31
    = 1.64 yuan: better than 50, all 15 points. Nothing else was measured: 30.764 of 35 points = 87.9."""
    score = told(may, may.xikou).score

    points = {one.indicator.id: one.points for one in score.indicators if one.points is not None}
    assert points == pytest.approx({"case_rate_10k": 15.7646, "loss_per_capita": 15.0}, abs=1e-3)
    assert score.measured_weight == 35
    assert score.score == pytest.approx(87.9, abs=0.05)


def test_what_was_due_and_answered_by_then_counts_in_the_index(may):
    """Due in May: one answered on its last day, one the day after, one never: a third, (33.3 − 60) ÷ (100 − 60) under 0, no points. One
    of June, and one whose time was extended into June, aren't of May: until the 31st one of two, until 1 June all three."""
    office = town_office(may)
    first, second, _third, later, extended = (
        letter(office, may, due) for due in ("2021-05-20", "2021-05-25", "2021-05-30", "2021-06-03", "2021-05-28")
    )  # fmt: skip
    for paper, moment in ((first, "2021-05-20"), (second, "2021-05-26"), (later, "2021-05-27")):
        operations.answer_paper(
            paper=paper, text="办了", evidence="", by=may.town_xikou, now=at("23:00", moment)
        )
    operations.ask_extension(
        paper=extended,
        until=date(2021, 6, 8),
        text="等配件",
        by=may.town_xikou,
        now=at("09:00", "2021-05-27"),
    )
    operations.answer_extension(
        paper=extended, granted=True, text="", by=may.inspector, now=at("10:00", "2021-05-27")
    )

    def share(as_of):
        (found,) = index.rectified(Period(MAY, date(2021, 6, 1)), as_of=as_of)
        assert (found.unit, found.indicator) == (XIKOU, "rectified_ontime")
        return found.value

    assert share(at("00:00", "2021-05-31")) == pytest.approx(50)
    assert share(NOW) == pytest.approx(100 / 3)
    (points,) = [
        one.points for one in told(may, may.xikou).score.indicators if one.indicator.id == "rectified_ontime"
    ]
    assert points == 0


def town_office(place):
    return district.add_unit(
        code="town-2", name="溪口反诈工作站", kind="town_office", town=place.xikou, by="test", at=NOW
    )


def letter(office, place, due, now=at("09:00", "2021-05-03")):
    return operations.issue_paper(
        kind="letter", receiver=office, basis=[Ground("site", "", "检查")], facts="事实", demand="要求", due_on=date.fromisoformat(due),
        by=place.inspector, now=now,
    )  # fmt: skip


def test_overdue_is_told_by_how_many_days(may):
    letter(town_office(may), may, "2021-06-03", now=at("09:00", "2021-06-01"))

    assert told(may, may.xikou).said.owed == ["反诈督〔2021〕1 号 提示函应于 2021年6月3日 前回复，迟 2 天"]
    assert told(may, may.yuelin).said.owed == []


def test_a_town_speaks_for_itself_and_is_kept(may):
    operations.remark(on=may.xikou, month=MAY, text="请把校外租房的单列。", by=may.town_xikou, now=NOW)

    assert [one.text for one in queries.remarks(XIKOU, MAY, viewer=may.desk)] == ["请把校外租房的单列。"]
    assert queries.remarks(XIKOU, MAY, viewer=may.town_yuelin) == []
    assert Event.objects.filter(kind="review.remarked", town=XIKOU).count() == 1
    for by in (may.town_yuelin, may.auditor):
        with pytest.raises(NotAllowed):
            operations.remark(on=may.xikou, month=MAY, text="x", by=by, now=NOW)
    with pytest.raises(operations.Unfit):
        operations.remark(on=may.xikou, month=MAY, text=" ", by=may.desk, now=NOW)


def test_a_week_and_a_day_stand_for_themselves_and_have_no_index(may):
    """15 to 21 May: five of six cases in Xikou, 6 × 72 / 190 = 2.27, P(X >= 5) = 8.0 %: chance explains it. 20 May: none of one, 0.38."""
    week = told(may, may.xikou, by="week", day=date(2021, 5, 15))
    day = told(may, may.xikou, by="day", day=date(2021, 5, 20))

    assert (week.period, week.cases, day.cases) == (Period(date(2021, 5, 15), date(2021, 5, 22)), 5, 0)
    assert week.said.usual[0] == "发案 5 起，按全区发案率该有 2.3 起，在常见范围内"
    assert week.said.usual[1] == "此前 84 天的案件不全，不与自己比"
    assert day.said.usual[0] == "发案 0 起，按全区发案率该有 0.4 起，在常见范围内"
    assert day.score is week.score is None
    assert told(may, may.xikou).score is not None
