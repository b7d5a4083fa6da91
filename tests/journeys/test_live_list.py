"""What the live watch writes comes in by command, once and in order; the operator and the office look at it."""

import json
import time
from datetime import timedelta
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jinzhong import clock, flow
from jinzhong.agenda import operations as agenda
from jinzhong.audit.models import Event
from jinzhong.cli import main
from jinzhong.scoring import live, operations, watched
from jinzhong.scoring.given import BadList
from jinzhong.scoring.models import LiveChange, LivePulse
from jinzhong.scoring.pulse import Beating
from jinzhong.vault import queries as vault
from tests.district import at
from tests.number_list import REASONS
from tests.pages import logged_in, text

NOW = at("14:05")
FIRST, SECOND = "15400002093", "15400002094"


def line(number=FIRST, moment="13:40", *, listed=True, score=0.9, day="2021-05-31", **other) -> str:
    """As ``numbers watch`` writes it."""
    told = {
        "number": number, "at": at(moment, day).isoformat(), "score": score, "listed": listed,
        "reasons": REASONS if listed else [], "reached": 7,
    }  # fmt: skip
    return json.dumps(told | other, ensure_ascii=False) + "\n"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def file(tmp_path, operators):
    return tmp_path / "list.jsonl"


def read(file, *rest, by="risk_1") -> int:
    return main(["numbers", "live", str(file), "--by", by, *rest])


def listed(viewer) -> list[str]:
    return [vault.shown(one.number).phone for one in live.on_list(viewer=viewer)]


def test_lines_are_kept_once_and_in_order(file, operators):
    file.write_text(line(FIRST, "13:40") + line(SECOND, "13:50"), "utf-8")
    assert read(file) == read(file) == 0
    assert listed(operators.risk_1) == ["154****2094", "154****2093"]

    with file.open("a", encoding="utf-8") as more:
        more.write(line(FIRST, "14:00", listed=False, score=0.2))
    assert read(file) == 0
    assert listed(operators.risk_1) == ["154****2094"]
    assert list(LiveChange.objects.values_list("line", "listed")) == [(1, True), (2, True), (3, False)]
    [gone] = live.left(viewer=operators.risk_1, now=NOW)
    assert (gone.entered, gone.at) == (at("13:40"), at("14:00"))
    assert Event.objects.filter(kind="scoring.live_kept").count() == 2


def test_many_lines_are_kept_in_pieces_without_a_gap(file, operators, monkeypatch):
    monkeypatch.setattr("jinzhong.scoring.watched.AT_ONCE", 2)
    file.write_text("".join(line(listed=one % 2 == 0) for one in range(5)), "utf-8")
    assert read(file) == 0
    assert list(LiveChange.objects.values_list("line", flat=True)) == [1, 2, 3, 4, 5]
    assert Event.objects.filter(kind="scoring.live_kept").count() == 3
    assert read(file) == 0
    assert LiveChange.objects.count() == 5


def test_a_torn_last_line_waits_for_its_end(file, operators):
    whole = line(SECOND, "13:50")
    file.write_text(line() + whole[:30], "utf-8")
    assert read(file) == 0
    assert listed(operators.risk_1) == ["154****2093"]
    file.write_text(line() + whole, "utf-8")
    assert read(file) == 0
    assert listed(operators.risk_1) == ["154****2094", "154****2093"]


@pytest.mark.parametrize(
    "instead",
    [
        line(FIRST),
        "",
        line(FIRST) + line("15400002095", "13:50"),
        line("15400002095") + line(SECOND, "13:50") + line(),
    ],
    ids=["cut", "emptied", "last line differs", "first line differs"],
)
def test_a_file_cut_or_replaced_is_refused(file, operators, capsys, instead):
    file.write_text(line(FIRST) + line(SECOND, "13:50"), "utf-8")
    read(file)
    file.write_text(instead, "utf-8")
    capsys.readouterr()
    assert read(file) == 2
    told = capsys.readouterr().err
    assert "list.jsonl 被截短或换过" in told
    assert "1540000" not in told
    assert LiveChange.objects.count() == 2


def test_who_follows_reads_what_is_new_and_not_the_whole_file(file, operators):
    """What it read itself a moment ago it knows again by the end of it, and by the file it is."""
    place = watched.Place()

    def read_on() -> list[int]:
        last = live.last(operators.risk_1.unit, file=file.name)
        found = [one for lines in watched.read_on(file, last, place) for one in lines]
        for one in found:
            operations.keep_live(
                operator=operators.risk_1.unit,
                file=file.name,
                lines=[one],
                simulated=False,
                by="risk_1",
                now=NOW,
            )
        return [one.line for one in found]

    file.write_text("".join(line(listed=one % 2 == 0) for one in range(40)), "utf-8")
    assert read_on() == list(range(1, 41))
    with file.open("a", encoding="utf-8") as more:
        more.write(line(SECOND))
    with mock.patch.object(watched, "_hashed", side_effect=AssertionError("hashed from the beginning")):
        assert read_on() == [41]
        assert read_on() == []

    other = file.with_name("other")
    other.write_text(file.read_text("utf-8").replace("0.9", "0.8") + line(SECOND), "utf-8")
    other.replace(file)
    with pytest.raises(BadList, match="被截短或换过"):
        read_on()


def test_a_new_file_is_a_new_list_and_the_old_one_is_done(file, operators, capsys):
    file.write_text(line(FIRST), "utf-8")
    read(file)
    newer = file.with_name("list-2.jsonl")
    newer.write_text(line(SECOND), "utf-8")
    assert read(newer) == 0
    assert listed(operators.risk_1) == ["154****2094"]
    with file.open("a", encoding="utf-8") as more:
        more.write(line("15400002095"))
    assert read(file) == 2
    assert "已经收过 list-2.jsonl" in capsys.readouterr().err


@pytest.mark.parametrize(
    "bad",
    [
        "not json\n",
        "[]\n",
        line("1540000209x"),
        line(at="2021-05-31T13:40:00"),
        line(score=1.5),
        line(score=float("nan")),
        line(listed="yes"),
        line(reached=-1),
        line(reasons="many"),
        "[" * 5000 + "\n",
        line(reasons=["长" * 70_000]),
    ],
    ids=["no json", "no object", "number", "no zone", "above 1", "nan", "listed", "reached", "reasons", "deep", "long"],
)  # fmt: skip
def test_a_bad_line_is_told_without_its_number(file, operators, capsys, bad):
    file.write_text(line() + bad + line(SECOND), "utf-8")
    assert read(file) == read(file) == 2
    told = capsys.readouterr().err
    assert "list.jsonl 第 2 行不是 numbers watch 写的样子" in told
    assert "1540000" not in told
    assert len(told.splitlines()) == 2
    assert listed(operators.risk_1) == ["154****2093"]  # what stood before it was kept


def test_followed_as_it_grows_and_refused_when_it_is_cut(file, operators, monkeypatch, capsys):
    file.write_text(line(), "utf-8")
    looks = iter([line() + line(SECOND)[:20], line() + line(SECOND), line()])
    monkeypatch.setattr(time, "sleep", lambda _seconds: file.write_text(next(looks), "utf-8"))
    assert read(file, "--follow") == 2
    assert "被截短或换过" in capsys.readouterr().err
    assert LiveChange.objects.count() == 2


def test_only_ones_own_operator_and_one_way_of_saying_simulated(file, operators, capsys):
    file.write_text(line(), "utf-8")
    assert read(file, "--operator", "operator-2") == 2
    assert read(file, by="teller") == 2
    assert LiveChange.objects.count() == 0
    assert read(file, "--simulated") == 0
    file.write_text(line() + line(SECOND), "utf-8")
    assert read(file) == 2
    assert "--simulated 要么都写，要么都不写" in capsys.readouterr().err


def test_numbers_are_in_the_vault_and_nowhere_else(file, operators):
    file.write_text(line(), "utf-8")
    read(file)
    kept = LiveChange.objects.get()
    assert kept.number == vault.find("phone", FIRST)[0]
    assert FIRST not in str(list(LiveChange.objects.values())) + str(list(Event.objects.values("facts")))


# -- the page ---------------------------------------------------------------------------------------


def test_before_the_first_line_the_page_says_what_to_run(operators):
    page = text(logged_in(operators.risk_1).get("/numbers/live"))
    assert "还没有收过实时名单" in page
    assert "jinzhong numbers watch --model model/ --events -" in page
    assert "jinzhong numbers live list.jsonl --by risk_1 --follow" in page
    desk = text(logged_in(operators.desk).get("/numbers/live"))
    assert "请运营商管机器的人让程序盯着话单" in desk
    assert "jinzhong numbers" not in desk, "an officer is told whom to ask, not what to type"


def test_the_page_says_who_since_when_why_and_what_was_said(file, operators, kept):
    first = kept.entries.first()
    operations.judge(entry=first, word="fraud", because="victim", note="", by=operators.desk, now=at("10:00"))
    file.write_text(
        line(FIRST, "13:40") + line("15400002096", "13:20") + line(SECOND, "12:00")
        + line(SECOND, "13:00", listed=False, score=0.1), "utf-8",
    )  # fmt: skip
    read(file, "--simulated")

    page = text(logged_in(operators.risk_1).get("/numbers/live"))
    now_, gone = page.split("<h2>近 24 小时出榜的")
    assert now_.index("154****2093") < now_.index("154****2096")  # newest first
    assert "154****2094" not in now_
    assert "154****2094" in gone
    assert "25 分钟了" in now_
    assert "近7天一小时内最多呼叫的不同号码 62 个" in now_
    assert "7 人" in now_
    assert f'<a href="/numbers/{first.pk}">第 1 名</a>' in now_
    assert "受害人指认" in now_
    assert "模拟区算出" in page
    assert FIRST not in page
    hours = {one.since: (one.entered, one.left) for one in live.by_hour(viewer=operators.risk_1, now=NOW)}
    assert len(hours) == 24
    assert hours[at("13:00")] == (2, 1)
    assert hours[at("12:00")] == (1, 0)
    assert sum(entered for entered, _left in hours.values()) == 3


def test_the_board_refreshes_itself_without_keeping_one_logged_in(file, operators):
    client = logged_in(operators.risk_1)
    page = text(client.get("/numbers/live"))
    assert 'hx-get="/numbers/live/now" hx-trigger="every 10s"' in page
    assert '"X-Background":"1"' in page
    file.write_text(line(), "utf-8")
    read(file)
    part = text(client.get("/numbers/live/now", headers={"HX-Request": "true"}))
    assert "154****2093" in part
    assert "<html" not in part


def test_who_left_more_than_a_day_ago_is_gone_and_who_came_back_is_not_gone(file, operators):
    file.write_text(
        line(FIRST, "10:00", day="2021-05-30") + line(FIRST, "14:00", listed=False, day="2021-05-30")
        + line(SECOND, "10:00") + line(SECOND, "11:00", listed=False) + line(SECOND, "12:00"), "utf-8",
    )  # fmt: skip
    read(file)
    assert list(live.left(viewer=operators.risk_1, now=NOW)) == []
    [one] = live.on_list(viewer=operators.risk_1)
    assert one.at == at("12:00")


def test_each_operator_sees_its_own_and_the_office_all(file, operators):
    file.write_text(line(FIRST), "utf-8")
    read(file)
    file.write_text(line(SECOND), "utf-8")
    read(file, by="risk_2")
    assert listed(operators.risk_1) == ["154****2093"]
    assert listed(operators.risk_2) == ["154****2094"]
    assert sorted(listed(operators.desk)) == ["154****2093", "154****2094"]
    for viewer in (operators.teller, operators.town_yuelin, operators.inspector):
        assert logged_in(viewer).get("/numbers/live").status_code == 403
        assert logged_in(viewer).get("/numbers/live/now").status_code == 403
    assert list(live.changes(viewer=operators.teller)) == []
    assert "154****2094" not in text(logged_in(operators.risk_1).get("/numbers/live"))


# -- thirty days later ------------------------------------------------------------------------------


def test_thirty_days_later_what_nobody_confirmed_is_deleted(file, operators, kept):
    operations.judge(
        entry=kept.entries.first(),
        word="fraud",
        because="victim",
        note="",
        by=operators.desk,
        now=at("10:00"),
    )
    file.write_text(line(FIRST) + line("15400002096"), "utf-8")
    read(file)
    due = at("00:00", "2021-07-01")  # the midnight after the day it was kept, and thirty days

    flow.work_once(worker="w", now=due - timedelta(minutes=1), deliver={})
    assert listed(operators.risk_1) == ["154****2096", "154****2093"]
    flow.work_once(worker="w", now=due, deliver={})
    assert listed(operators.risk_1) == ["154****2093"]
    assert vault.find("phone", "15400002096") == []
    assert LiveChange.objects.count() == 2  # what was counted stays countable


def test_numbers_deleted_before_are_not_looked_at_again(file, operators, kept):
    """Else the question would grow with every day that the watch has run, past what a database takes."""
    file.write_text(line("15400002096"), "utf-8")
    read(file)
    gone = str(LiveChange.objects.get().number_id).replace("-", "")
    due = at("00:00", "2021-07-01")
    flow.work_once(worker="w", now=due, deliver={})
    assert vault.find("phone", "15400002096") == []

    with CaptureQueriesContext(connection) as asked:
        agenda.watch(on_id=operators.operator_1.pk, due={operations.FORGET_LIVE: due}, at=due, step=7)
        operations.forget_live(on_id=operators.operator_1.pk, step=7, due_at=due, now=due)

    assert len(asked) > 5
    assert not [one["sql"] for one in asked if gone in one["sql"].replace("-", "")]


def test_a_listed_number_waits_for_what_the_watch_told_of_it_later(file, operators, kept, monkeypatch):
    later = NOW + timedelta(days=20)
    monkeypatch.setattr(clock, "now", lambda: later)
    file.write_text(line(FIRST, day="2021-06-20"), "utf-8")
    read(file)
    flow.work_once(worker="w", now=at("09:00") + timedelta(days=30), deliver={})
    assert vault.find("phone", FIRST)
    assert not vault.find("phone", SECOND)
    flow.work_once(worker="w", now=later + timedelta(days=31), deliver={})
    assert not vault.find("phone", FIRST)


# -- whether anybody watches ------------------------------------------------------------------------


def heard(file, moment="14:04", newest="14:03", counted=1200, ahead=0) -> None:
    """As ``numbers watch`` says of itself, beside its list."""
    told = {
        "at": at(moment).isoformat(),
        "newest": newest and at(newest).isoformat(),
        "counted": counted,
        "ahead": ahead,
    }
    file.with_name(file.name + ".pulse").write_text(json.dumps(told), "utf-8")


def seen(operators, who="risk_1") -> str:
    return text(logged_in(getattr(operators, who)).get("/numbers/live"))


@pytest.fixture
def turn(monkeypatch):
    """Let it be another time of the day."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: at(moment))


def test_a_quiet_list_says_when_its_watch_was_heard(file, operators):
    file.write_text(line(), "utf-8")
    heard(file)
    read(file)
    page = seen(operators)
    assert "14:05:00 报到，看过 1,200 条话单" in page
    assert "最新一条是今天 14:03:00 的" in page
    assert "停了" not in page


def test_a_watch_that_stopped_is_told_after_five_minutes(file, operators, turn):
    file.write_text(line(), "utf-8")
    heard(file)
    read(file)
    turn("14:10")
    read(file)  # the reader looks, and finds the same as before
    assert "停了" not in seen(operators)
    turn("14:11")
    read(file)
    for who in ("risk_1", "desk"):
        assert "盯着看的程序停了，今天 14:05:00 以后没有报到" in seen(operators, who)
    assert "盯着看的程序停了" not in seen(operators, "risk_2")
    heard(file, "14:11", "14:10")
    read(file)
    assert "停了" not in seen(operators)


def test_a_watch_started_again_reads_its_state_and_hasnt_stopped(file, operators, turn):
    file.write_text(line(), "utf-8")
    heard(file)
    read(file)
    turn("14:20")
    with Beating(file, clock.now).reading():
        read(file)
        assert "盯着看的程序在启动：今天 14:20:00 起在读停下前的状态" in seen(operators)
        turn("14:49")
        read(file)
        assert "盯着看的程序停了" not in seen(operators)
        turn("14:51")  # nobody needs half an hour: it was killed meanwhile
        read(file)
        assert "盯着看的程序停了，今天 14:20:00 以后没有报到" in seen(operators)
    heard(file, "14:51", "14:50", counted=1300)
    read(file)
    assert "14:51:00 报到，看过 1,300 条话单" in seen(operators)


def test_a_watch_that_doesnt_come_to_watch_leaves_what_was_said_before(file, operators):
    file.write_text(line(), "utf-8")
    heard(file)
    with pytest.raises(OSError, match="cut"), Beating(file, clock.now).reading():
        raise OSError("the list is cut")
    read(file)
    assert "看过 1,200 条话单" in seen(operators)


def test_a_watch_that_reads_for_the_first_time_isnt_blamed_for_its_line(file, operators):
    file.write_text("", "utf-8")
    with Beating(file, clock.now).reading():
        read(file)
        page = seen(operators)
        assert "盯着看的程序在启动" in page
        assert "哪条线列，不知道" not in page


def test_a_reader_that_stopped_is_told_and_how_to_go_on(file, operators, turn):
    file.write_text(line(), "utf-8")
    heard(file)
    read(file)
    turn("14:11")
    page = seen(operators)
    assert "收名单的程序停了，下面是今天 14:05:00 的样子" in page
    assert "请管机器的人重新开收名单的程序（名单文件 list.jsonl）" in page
    assert "numbers live" not in page
    assert "154****2093" in page


def test_a_clock_that_runs_faster_makes_nobody_silent(file, operators, turn, monkeypatch):
    """Sixty times as fast, the six minutes since the last look are six seconds."""
    file.write_text(line(), "utf-8")
    heard(file)
    read(file)
    turn("14:11")
    assert "收名单的程序停了" in seen(operators)
    monkeypatch.setattr(clock, "rate", lambda: 60.0)
    assert "停了" not in seen(operators)


def test_records_that_fail_to_come_are_told_after_an_hour(file, operators, turn):
    file.write_text(line(), "utf-8")
    heard(file, newest="13:05")
    read(file)
    assert "话单断了" not in seen(operators)
    turn("14:06")
    heard(file, "14:06", newest="13:05")
    read(file)
    assert "话单断了，最新一条是今天 13:05:00 的" in seen(operators)


def test_records_whose_clocks_are_ahead_are_told(file, operators):
    file.write_text(line(), "utf-8")
    heard(file, ahead=3)
    read(file)
    assert "有 3 条话单的时刻还没到：送话单的机器有的钟快了" in seen(operators)
    heard(file, "14:05", ahead=0)
    read(file)
    assert "时刻还没到" not in seen(operators)


@pytest.mark.parametrize(
    "pulse",
    [
        None,
        "",
        "[]",
        '{"at": "yesterday", "newest": null, "counted": 1}',
        '{"at": "2021-05-31T14:00:00+08:00", "newest": null, "counted": Infinity}',
    ],
)
def test_a_watch_that_says_nothing_of_itself_isnt_taken_for_well(file, operators, pulse):
    file.write_text(line(), "utf-8")
    if pulse is not None:
        file.with_name(file.name + ".pulse").write_text(pulse, "utf-8")
    read(file)
    assert "不报到，停没停看不出来" in seen(operators)


def test_a_watch_that_is_starting_is_not_said_to_be_silent(file, operators, monkeypatch):
    """Its file is there and empty; its first sign of life is taken at the next look."""
    file.write_text("", "utf-8")
    read(file)
    page = seen(operators)
    assert "盯着看的程序还没有报到" in page
    assert "停没停" not in page

    sleeps = iter([heard])

    def sleep(_seconds):
        beat = next(sleeps, None)
        if beat is None:
            raise KeyboardInterrupt
        beat(file)

    monkeypatch.setattr(time, "sleep", sleep)
    assert read(file, "--follow") == 130
    assert "14:05:00 报到" in seen(operators)


def test_a_watch_that_has_listed_nobody_yet_is_shown_at_work(file, operators):
    file.write_text("", "utf-8")
    heard(file)
    read(file)
    page = seen(operators)
    assert "还没有号码过线" in page
    assert "14:05:00 报到" in page
    assert "jinzhong numbers watch --model" not in page


def test_the_followed_watch_is_heard_every_ten_seconds(file, operators, monkeypatch):
    file.write_text(line(), "utf-8")
    sleeps = iter(range(1, 6))

    def sleep(_seconds):
        if next(sleeps, None) is None:
            raise KeyboardInterrupt
        heard(file, "14:04", counted=1300)

    monkeypatch.setattr(time, "sleep", sleep)
    assert read(file, "--follow") == 130
    [kept] = LivePulse.objects.values_list("counted", "heard_at")
    assert kept == (1300, NOW)
    assert not Event.objects.filter(kind="scoring.live_heard").exists()
