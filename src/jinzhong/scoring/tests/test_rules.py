"""What readable rules name is kept beside a list; a rule that is switched on lists, and what it lists stands apart from the model's."""

from dataclasses import replace
from datetime import timedelta

import pyarrow as pa
import pytest

from jinzhong import flow
from jinzhong.audit.models import Event
from jinzhong.scoring import asking, duel, operations, queries, rules
from jinzhong.scoring.given import Named, Rival, Scored
from jinzhong.scoring.models import Naming
from jinzhong.scoring.operations import Unfit
from jinzhong.vault import queries as vault
from tests.district import at
from tests.number_list import DAY, NOW, ROWS, judged

from .test_judge import say

HOT, OUT = "frequent_short_calls", "only_calls_out"
OTHER = Scored("15400002099", 0.05, [])
NAMED = {
    HOT: Named(
        4, dict.fromkeys(("15400002093", "15400002095", "15400002099"), "一小时内呼叫 40 个不同号码，接通 5%")
    ),
    OUT: Named(1, {"15400002095": "呼叫 50 个不同号码，没有一个打回来"}),
}
NEXT = DAY + timedelta(days=1)
MORNING = at("09:00", "2021-06-01")


def put(operators, day=DAY, *, named=NAMED, now=NOW, rows=ROWS, others=(OTHER,), digest="one"):
    given = replace(judged(rows, digest=digest), named=named, others=list(others) if named else [])
    return operations.keep_list(operator=operators.operator_1, day=day, given=given, by="risk_1", now=now)[0]


def on(operators, signal=HOT, *, since=NEXT, why="核过几个，都是"):
    return operations.switch_on(signal=signal, since=since, why=why, by=operators.desk, now=MORNING)


def off(operators, rule, *, why="不准", now=MORNING):
    return operations.switch_off(rule=rule.pk, why=why, by=operators.desk, now=now)


def trial(operators, signal=HOT, *, today=NEXT):
    return next(one for one in rules.trials(viewer=operators.desk, today=today) if one.signal == signal)


def phones(entries):
    return [vault.plain(one.number).get("phone", "") for one in entries.select_related("number")]


def test_a_trial_counts_what_a_rule_named(operators):
    kept = put(operators)
    put(operators, NEXT, now=MORNING)
    say(kept.entries.first(), operators.desk)

    found = trial(operators)
    assert (found.lists, found.times, found.not_kept) == (2, 8, 2)
    assert (found.numbers, found.by_model, found.unseen) == (3, 1, 2)
    assert (found.judged, found.fraud, found.bounds) == (1, 1, None)
    assert trial(operators, "same_list").times == 0
    assert trial(operators, today=DAY + timedelta(days=30)).lists == 1
    assert {one.lists for one in rules.trials(viewer=operators.risk_2, today=NEXT)} == {0}
    assert [one.signal for one in rules.naming(kept.entries.last())] == [HOT, OUT]


def test_of_twenty_verdicts_a_share_and_its_bounds_are_told(operators):
    rows = [Scored(f"154000030{one:02}", 0.9, []) for one in range(25)]
    reasons = {one.number: "呼叫 50 个不同号码，没有一个打回来" for one in rows}
    kept = put(operators, rows=rows, named={OUT: Named(25, reasons)}, others=())
    for place, one in enumerate(kept.entries.all()):
        if place < 19:
            say(one, operators.desk, *(("innocent", "courier") if place < 5 else ("fraud", "script")))
    assert trial(operators, OUT).bounds is None
    for one in kept.entries.all()[19:]:
        say(one, operators.desk, "fraud", "script")
    found = trial(operators, OUT)
    assert (found.judged, found.fraud) == (25, 20)
    assert tuple(round(one, 3) for one in found.bounds) == (0.609, 0.911)  # Wilson, 20 of 25


def test_from_its_day_on_a_rule_lists_below_the_line_and_counts(operators):
    put(operators)
    made = on(operators)
    today = put(operators, now=MORNING, digest="again")
    assert (today.listed, rules.by_rule(today)) == (2, 0)

    kept = put(operators, NEXT, now=MORNING)
    assert [(one.rank, one.score, one.listed, one.by_rule) for one in kept.entries.all()] == [
        (1, 0.9, True, False), (2, 0.6, True, False), (3, 0.2, True, True), (4, 0.05, True, True),
    ]  # fmt: skip
    assert (kept.listed, kept.kept, kept.left_out, rules.by_rule(kept)) == (4, 4, 0, 2)
    assert kept.expected == pytest.approx((0.9 + 0.6 + 0.2 + 0.05) / 4)
    assert queries.entries(viewer=operators.risk_1).filter(of=kept).count() == 4
    assert queries.entries(viewer=operators.risk_2).count() == 0
    assert trial(operators).unseen == 0

    off(operators, made)
    assert [(one.signal, lines) for one, lines in rules.taken_back(kept)] == [(HOT, 2)]
    after = put(operators, NEXT + timedelta(days=1), now=MORNING)
    assert (after.listed, rules.by_rule(after), after.kept) == (2, 0, 3)
    kept.refresh_from_db()
    assert kept.listed == 4
    told = Event.objects.filter(kind__startswith="scoring.rule_").order_by("pk")
    assert [(one.kind, HOT in str(one.facts)) for one in told] == [
        ("scoring.rule_on", True),
        ("scoring.rule_off", True),
    ]


def test_listed_by_a_rule_is_no_find_of_a_model_and_no_depth_of_a_list(operators):
    put(operators)
    on(operators)
    kept = put(operators, NEXT, now=MORNING)
    rival = Rival({ROWS[0].number: 0.8, OTHER.number: 0.7}, model="b" * 64, made_on=DAY, line=0.5, digest="b")
    operations.challenge(kept=kept, given=rival, by="risk_1", now=MORNING)

    [told] = duel.duels(viewer=operators.desk, today=NEXT)
    theirs, others, both, _only_theirs, _only_others = told.parts
    assert (theirs.times, theirs.numbers, others.numbers, both.numbers) == (2, 2, 2, 1)
    assert (others.unseen, told.unscored, told.left_out) == (0, 1, 0)
    tried = queries.trial(0.1, today=NEXT + timedelta(days=1))
    assert (
        tried.floor == 0.6
    )  # how deep the second list reaches for its chances alone; 0.05 would be too deep


def test_where_more_are_listed_than_kept_a_rules_come_after_them(operators):
    """Three by their chance, of which two are kept; then what the rule names."""
    given = replace(
        judged(ROWS[:2]), chances=[0.9, 0.6, 0.55], named={HOT: Named(1, {OTHER.number: "同一内容发给 200 个号码"})}, others=[OTHER]
    )  # fmt: skip
    put(operators)
    on(operators)
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=NEXT, given=given, by="risk_1", now=MORNING
    )
    assert [(one.rank, one.listed) for one in kept.entries.all()] == [(1, True), (2, True), (4, True)]
    assert (kept.listed, kept.kept, kept.left_out) == (4, 3, 1)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"since": DAY}, "不能早于今天"),
        ({"why": " "}, "为什么启用"),
        ({"signal": "nothing"}, "选一条规则"),
        ({"signal": "daily_spread"}, "选一条规则"),  # reads the monthly table
    ],
)
def test_a_rule_that_cannot_be_switched_on(operators, wrong, why):
    put(operators)
    with pytest.raises(Unfit, match=why):
        on(operators, **wrong)


def test_without_a_trial_no_rule_is_switched_on_and_none_twice(operators):
    put(operators, named=None)
    with pytest.raises(Unfit, match="没有试算"):
        on(operators)
    put(operators)
    made = on(operators)
    assert made.trial["times"] == 4
    with pytest.raises(Unfit, match="已经启用了"):
        on(operators)
    other = on(operators, OUT)
    assert set(rules.live(NEXT)) == {HOT, OUT}
    assert rules.live(DAY) == {}
    with pytest.raises(Unfit, match="为什么退回"):
        off(operators, made, why=" ")
    off(operators, made, why="误伤快递员")
    assert set(rules.live(NEXT)) == {OUT}
    with pytest.raises(Unfit, match="已经退回了"):
        off(operators, made)
    off(operators, other)
    assert rules.live(NEXT) == {}
    made.refresh_from_db()
    assert (made.withdrawn_by, made.withdrawn_at, made.withdrawn_why) == ("desk", MORNING, "误伤快递员")
    assert made.trial["times"] == 4


def test_what_a_rule_alone_brought_is_counted_and_stays(operators):
    """Both name the third number; the fourth is brought by the one alone."""
    put(operators)
    hot, out = on(operators), on(operators, OUT)
    kept = put(operators, NEXT, now=MORNING)
    say(kept.entries.last(), operators.desk, "innocent", "courier")

    alone = rules.brought(hot, today=NEXT)
    assert (alone.numbers, alone.today, alone.fraud, alone.cleared) == (1, 1, 0, 1)
    assert rules.brought(out, today=NEXT).numbers == 0
    off(operators, hot, now=at("10:00", "2021-06-01"))
    hot.refresh_from_db()
    assert rules.brought(hot, today=NEXT).numbers == 1
    later = put(operators, NEXT + timedelta(days=1), now=at("09:00", "2021-06-02"))
    assert later.listed == 3  # the third, by the rule that is still on
    assert rules.brought(out, today=NEXT).numbers == 1
    assert rules.brought(hot, today=NEXT + timedelta(days=1)).today == 0


def test_a_trial_says_on_which_days_it_was_tried(operators):
    put(operators)
    put(operators, NEXT, now=MORNING, named=None)
    mine, other = rules.tried_days(viewer=operators.desk, today=NEXT)
    assert (mine.asked, mine.unasked, mine.listed) == ([DAY], [NEXT], [DAY, NEXT])
    assert (len(mine.missing), mine.since, mine.until) == (28, NEXT - timedelta(days=29), NEXT)
    assert (other.listed, len(other.missing)) == ([], 30)
    assert [one.operator for one in rules.tried_days(viewer=operators.risk_2, today=NEXT)] == [
        operators.operator_2
    ]
    found = trial(operators)
    assert (found.days, found.new, found.added, found.most, found.a_day) == (1, 2, 2, 2, 2.0)


def test_what_a_rule_named_is_forgotten_with_the_list(operators):
    kept = put(operators)
    say(kept.entries.first(), operators.desk)
    later = NOW + timedelta(days=20)
    put(operators, DAY + timedelta(days=20), now=later, rows=ROWS[:1], named={HOT: Named(1, {OTHER.number: "同一内容发给 200 个号码"})})  # fmt: skip

    flow.work_once(worker="w", now=NOW + timedelta(days=30), deliver={})
    assert set(phones(Naming.objects.filter(of=kept))) == {
        "15400002093",
        "",
        OTHER.number,
    }  # waits for the younger
    flow.work_once(worker="w", now=later + timedelta(days=30), deliver={})
    assert vault.find("phone", OTHER.number) == []
    assert trial(operators, today=DAY + timedelta(days=1)).numbers == 3


def test_of_other_numbers_a_rule_names_the_gravest_are_kept(monkeypatch):
    """Rules say two of the rows and four others; two others a rule are kept, and one that wasn't scored is passed over."""
    monkeypatch.setattr(asking, "OTHERS", 2)
    scored = {one.number: one for one in ROWS} | {
        f"1540000300{one}": Scored(f"1540000300{one}", one / 100, []) for one in range(4)
    }
    named = [
        *(f"1540000300{one}" for one in range(4)),
        ROWS[0].number,
        ROWS[2].number,
        "15400009999",
        "95588",
    ]
    found = pa.Table.from_pylist(
        [{"number": one, "signal": OUT, "title": "", "reason": "r"} for one in named]
    )

    given = asking.asked(judged(), scored, found)
    assert given.named[OUT].numbers == 6
    assert set(given.named[OUT].reasons) == {ROWS[0].number, ROWS[2].number, "15400003003", "15400003002"}
    assert [one.number for one in given.others] == ["15400003003", "15400003002"]
    assert given.named[HOT] == Named(0, {})
    assert [one.number for one in given.by_rule({OUT}, 0.5)] == [ROWS[2].number, "15400003003", "15400003002"]
    assert given.by_rule({HOT}, 0.5) == given.by_rule(set(), 0.5) == []
    assert given.fingerprint() != judged().fingerprint()
