"""The live watch has a model and a line of its own: the pages say which, and where that isn't what the office has in use."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from jinzhong import clock
from jinzhong.cli import main
from jinzhong.scoring import operations
from jinzhong.scoring.apart import aparts
from jinzhong.scoring.given import Named, Rival
from tests.district import at
from tests.number_list import DAY, NOW, ROWS, judged
from tests.pages import logged_in, send, text

A, B = "a" * 64, "b" * 64
HOT = "frequent_short_calls"
LIKE = {"model": A, "line": 0.5, "prevalence": 0.001}
"""As the list of the day: the model's own line at the prevalence of the list."""


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("14:05"))


@pytest.fixture
def heard(tmp_path, operators):
    """Let the watch of the first operator say by what it lists, and the product read it."""
    file = tmp_path / "list.jsonl"
    file.write_text("", "utf-8")

    def say(listing=LIKE, moment="14:04"):
        told = {"at": at(moment).isoformat(), "newest": at("14:03").isoformat(), "counted": 9, "ahead": 0}
        told |= {} if listing is None else {"listing": listing}
        file.with_name("list.jsonl.pulse").write_text(json.dumps(told), "utf-8")
        assert main(["numbers", "live", str(file), "--by", "risk_1"]) == 0

    return say


def put(operators, **other):
    given = replace(judged(), named={HOT: Named(1, {ROWS[2].number: "r"})}, **other)
    return operations.keep_list(operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=NOW)[0]


def seen(operators, who="risk_1", page="/numbers/live") -> str:
    return text(logged_in(getattr(operators, who)).get(page))


def the_one(operators):
    [found] = aparts(viewer=operators.risk_1, today=DAY)
    return found


def test_a_watch_that_lists_as_the_daily_lists_do_says_so(operators, heard):
    put(operators)
    heard()
    page = seen(operators)
    assert "实时名单按模型 aaaaaaaaaaaa，线 0.500（合每天名单的 0.500），和每天的名单一样" in page
    assert "没有跟着换" not in page
    assert "示范运营商：实时名单按模型 aaaaaaaaaaaa" in seen(operators, "desk")
    assert "aaaaaaaaaaaa" not in seen(operators, "risk_2")
    assert "state-2" not in page


def test_the_same_line_at_another_prevalence_is_the_same(operators, heard):
    """Of a model fitted where half are fraud 0.999 says what the list's 0.5 says: odds of 999 to 1, a thousandth of them."""
    put(operators)
    heard({"model": A, "line": 0.999, "prevalence": 0.5})
    assert the_one(operators).daily == pytest.approx(0.5)
    assert "线 0.999（合每天名单的 0.500），和每天的名单一样" in seen(operators)


@pytest.mark.parametrize(
    "page", ["/numbers/live", "/numbers/line", "/numbers/challenger", "/numbers/signals"]
)
def test_a_line_that_was_set_reaches_no_watch_until_it_is_started_anew(operators, heard, page):
    put(operators)
    heard()
    send(logged_in(operators.desk), "/numbers/line/set", value="0.35", since="2021-05-31")

    shown = seen(operators, "desk", page)
    assert "实时名单没有跟着换" in shown
    assert "每天的名单按 0.350。" in shown
    assert "--line 0.35 --prevalence 0.001 --events - --state state-2/ --out list-2.jsonl" in shown
    assert "numbers live list-2.jsonl --operator operator-1 --by desk --follow" in shown
    heard({"model": A, "line": 0.35, "prevalence": 0.001}, "14:05")
    assert "没有跟着换" not in seen(operators, "desk", page)
    send(logged_in(operators.desk), "/numbers/line/back")
    shown = seen(operators, "desk", page)
    assert "每天的名单按 0.500。" in shown  # the model's own again
    assert "--line" not in shown


def test_a_line_from_tomorrow_on_is_no_difference_yet(operators, heard):
    put(operators)
    heard()
    operations.set_line(value=0.35, since=DAY + timedelta(days=1), by=operators.desk, now=NOW)
    assert the_one(operators).follows


def test_a_promoted_model_reaches_no_watch_either(operators, heard):
    kept = put(operators)
    heard()
    rival = Rival({ROWS[0].number: 0.8}, model=B, made_on=DAY, line=0.5, digest="b")
    operations.challenge(kept=kept, given=rival, by="risk_1", now=NOW)
    operations.promote(model=B, since=DAY, why="列得准", by=operators.desk, now=NOW)
    page = seen(operators)
    assert "实时名单没有跟着换" in page
    assert "每天的名单用模型 bbbbbbbbbbbb。" in page
    assert the_one(operators).other_line is None  # a model's own line says nothing of another's
    assert "model/ 换成模型 bbbbbbbbbbbb 的文件夹" in page


def test_rules_name_nobody_on_the_live_list_and_that_is_told(operators, heard):
    put(operators)
    heard()
    operations.switch_on(signal=HOT, since=DAY, why="准", by=operators.desk, now=NOW)
    for who, page in (("risk_1", "/numbers/live"), ("desk", "/numbers/signals")):
        shown = seen(operators, who, page)
        assert "启用的规则不管实时名单" in shown
        assert "规则（短时高频外呼）只给每天的名单添号码。" in shown
        assert "state-2" not in shown


def test_a_watch_that_does_not_say_is_not_taken_for_following(operators, heard):
    put(operators)
    heard(None)
    assert "实时名单按哪个模型、哪条线列，不知道" in seen(operators, "desk", "/numbers/line")
    assert "没有报；用和这里同一版的" in seen(operators, "desk", "/numbers/line")
    heard(LIKE, "14:05")
    assert "哪条线列，不知道" not in seen(operators, "desk", "/numbers/line")


def test_without_a_daily_list_there_is_nothing_to_differ_from(operators, heard):
    heard()
    assert "实时名单按模型 aaaaaaaaaaaa，线 0.500" in seen(operators)
    assert "每天的名单一样" not in seen(operators)


@pytest.mark.parametrize(
    "listing",
    [
        [],
        {"model": "<b>", "line": 0.5, "prevalence": 0.001},
        {"model": A, "line": float("nan"), "prevalence": 0.001},
        {"model": A, "line": 0.5, "prevalence": 0},
        {"model": A, "line": 0.5},
        {"model": A, "line": "much", "prevalence": 0.1},
        {"model": 5, "line": 0.5, "prevalence": 0.1, "more": 1},
    ],
)
def test_what_is_no_listing_is_no_sign_of_life(operators, heard, listing):
    heard(listing)
    page = seen(operators)
    assert "还没有报到" in page
    assert "<b>，" not in page
