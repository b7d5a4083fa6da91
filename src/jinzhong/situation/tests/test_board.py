"""五色预警 as a board: expected and colour by hand, too little history as an answer, classes, what a town sees."""

from datetime import date, timedelta

import pytest

from jinzhong.district.permissions import NotAllowed
from jinzhong.situation import board, operations
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from jinzhong.situation.told import board_json
from jinzhong_engine.surveillance.counts import TOTAL
from tests.district import at

WEEK = board.week_of(date(2021, 5, 28))
NOW = at("09:00", "2021-06-01")


@pytest.fixture
def fifteen_weeks(place):
    """From Saturday 6 February: two cases a week in Yuelin, a loan and a brushing one; Xikou one, on 10 April. In the week of
    22 May Yuelin has four: three brushing, one loan."""
    for number in range(15):
        day = date(2021, 2, 6) + timedelta(weeks=number)
        file_case(f"L{number:02}", day.isoformat(), YUELIN, "loan")
        file_case(f"B{number:02}", day.isoformat(), YUELIN, "brushing")
    file_case("X1", "2021-04-10", XIKOU, "loan", 900_000)
    for number in range(3):
        file_case(f"R{number}", f"2021-05-{23 + number}", YUELIN, "brushing", 1_000)
    file_case("R3", "2021-05-23", YUELIN, "loan")
    return place


def test_a_week_is_judged_by_fifteen_before(fifteen_weeks):
    told = board.board(WEEK, viewer=None, as_of=NOW)
    yuelin = told.line(YUELIN)

    # four where 30 / 15 = 2.0 are expected: twice as many, P(X >= 4; 2) = 0.143: yellow, not orange
    assert (yuelin.alarm.observed, yuelin.alarm.expected) == (4, 2.0)
    assert round(yuelin.alarm.p, 3) == 0.143
    assert yuelin.word == "黄色预警"
    assert (yuelin.alarm.who, yuelin.alarm.act_by) == ("镇（街道）", date(2021, 6, 1))
    # P(X <= 0; 2) = 0.135, P(X <= 5; 2) = 0.983, P(X <= 4; 2) = 0.947
    assert (yuelin.usual.low, yuelin.usual.high) == (0, 5)
    # P(X >= 5; 2) = 0.053: orange begins at five
    assert yuelin.most == 4
    assert yuelin.history == [2] * 15 + [4]
    assert yuelin.top == ("brushing", 3)
    assert [one.town.code for one in told.lines] == [YUELIN, XIKOU]
    assert told.line(XIKOU).alarm.expected == 0.5


def test_growth_alone_is_told_beside(fifteen_weeks):
    told = board.board(WEEK, viewer=None, as_of=NOW)

    assert (told.naive, told.loud) == (1, 0)
    assert (told.observed, told.usual.expected) == (4, 2.5)


def test_too_little_history_is_an_answer(fifteen_weeks):
    early = board.week_of(date(2021, 5, 14))
    told = board.board(early, viewer=None, as_of=NOW)
    nothing = board.board(board.week_of(date(2021, 1, 8)), viewer=None, as_of=NOW)

    assert {one.word for one in told.lines} == {"数据不足"}
    assert told.usual is None
    assert told.line(YUELIN).alarm.reason == "此前只有 13 周数据，不足 15 周"
    assert nothing.lines == []
    assert "没有整周的案件" in nothing.unknown


def test_a_class_has_its_own_colour(fifteen_weeks):
    of_brushing = board.board(WEEK, viewer=None, as_of=NOW, fraud_class="brushing").line(YUELIN)
    shown = board.board(WEEK, viewer=None, as_of=NOW)
    lines = board.classes(shown, shown.line(YUELIN).town)

    # three where one is expected, P(X >= 3; 1) = 0.080: yellow needs three cases and 0.20
    assert (of_brushing.alarm.observed, of_brushing.alarm.expected, of_brushing.word) == (3, 1.0, "黄色预警")
    assert [(one.class_word, one.alarm.observed) for one in lines[:2]] == [("刷单返利", 3), ("贷款", 1)]
    assert [(one.town.code, one.fraud_class) for one in board.loud_classes(shown)] == [(YUELIN, "brushing")]
    assert board.only(of_brushing).fraud_class == "brushing"


def test_a_town_sees_its_own_colour_and_it_is_the_offices(fifteen_weeks):
    whole = board.board(WEEK, viewer=None, as_of=NOW)
    own = board.board(WEEK, viewer=fifteen_weeks.town_xikou, as_of=NOW)

    assert [one.town.code for one in own.lines] == [XIKOU]
    assert own.line(XIKOU).alarm == whole.line(XIKOU).alarm
    assert own.observed == 0


def test_what_came_later_is_not_seen_before(fifteen_weeks):
    file_case("LATE", "2021-05-24", YUELIN, "loan", known=at("10:00", "2021-06-01"))

    then, now = (board.board(WEEK, viewer=None, as_of=at(text, "2021-06-01")) for text in ("09:30", "11:00"))

    assert [one.line(YUELIN).alarm.observed for one in (then, now)] == [4, 5]
    assert [one.line(YUELIN).word for one in (then, now)] == ["黄色预警", "橙色预警"]  # P(X >= 5; 2) = 0.053


def test_told_as_json(fifteen_weeks):
    told = board_json(board.board(WEEK, viewer=None, as_of=NOW))

    assert (told["since"], told["until"], told["fraud_class"]) == ("2021-05-22", "2021-05-29", TOTAL)
    assert told["towns"][0]["colour"] == "yellow"
    assert told["towns"][0]["weeks"][-1] == {"since": "2021-05-22", "cases": 4, "colour": "yellow"}


def test_what_was_done_is_told_and_what_was_not_is_overdue(fifteen_weeks):
    """Yellow of the week to 28 May: three days from the 29th, until 1 June 24:00."""

    def yuelin(now):
        return board.board(WEEK, viewer=None, as_of=now).line(YUELIN)

    in_time, late = at("23:59", "2021-06-01"), at("00:00", "2021-06-02")
    assert yuelin(NOW).due == late
    assert [yuelin(now).is_overdue(now) for now in (in_time, late)] == [False, True]

    operations.respond(
        week=WEEK.since, town=fifteen_weeks.yuelin, text=" 已定向\n广播 ", by=fifteen_weeks.desk, at=in_time
    )

    assert [one.text for one in yuelin(late).responses] == ["已定向 广播"]
    assert not yuelin(late).is_overdue(late)
    assert yuelin(in_time).responses == []
    assert board.board(WEEK, viewer=None, as_of=NOW).line(XIKOU).due is None


def test_only_who_sees_the_town_tells_and_something_must_be_said(fifteen_weeks):
    for by, text, refusal in (
        (fifteen_weeks.town_xikou, "办了", NotAllowed),
        (fifteen_weeks.desk, "  ", operations.NothingSaid),
        (fifteen_weeks.desk, "长" * 301, operations.NothingSaid),
    ):
        with pytest.raises(refusal):
            operations.respond(week=WEEK.since, town=fifteen_weeks.yuelin, text=text, by=by, at=NOW)

    assert board.responses(WEEK, as_of=at("00:00", "2021-07-01")) == {}
