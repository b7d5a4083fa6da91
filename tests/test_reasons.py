"""What the engine says is read back whole, and said in the reader's language; nothing that was said changes."""

import re

import pytest
from django.utils import translation

from jinzhong import reasons
from jinzhong_engine import sayings, signals
from jinzhong_engine.sayings import Saying, read

SAID = {
    Saying.FEW_WEEKS: ("此前只有 3 周数据，不足 15 周", {"weeks": "3", "needed": "15"}),
    Saying.FEW_YEARS: ("此前不足 5 年数据", {"years": "5"}),
    Saying.WEEK: (
        "2 起，前 15 周平均 2.2 起，少 9%",
        {"cases": "2", "base": "前 15 周平均", "expected": "2.2", "change": "少 9%"},
    ),
    Saying.WEEK_RISEN: (
        "6 起，上年周均 1 起，多 500%，偶然出现的可能为 不到 0.1%",
        {"cases": "6", "base": "上年周均", "expected": "1", "change": "多 500%", "chance": "不到 0.1%"},
    ),
    Saying.WEEKS_BEFORE: ("前 15 周平均", {"weeks": "15"}),
    Saying.MORE: ("多 75%", {"percent": "75"}),
    Saying.LESS: ("少 9%", {"percent": "9"}),
    Saying.UNDER: ("不到 0.1%", {"percent": "0.1"}),
    Saying.SEASONAL: (
        "9 起，按季节和趋势预期 4.2 起，上限 8.31 起",
        {"cases": "9", "expected": "4.2", "upper": "8.31"},
    ),
    Saying.WINDOW: (
        "单周太少，按近 4 周看：7 起，预期 8.94 起",
        {"weeks": "4", "cases": "7", "expected": "8.94"},
    ),
    Saying.WINDOW_RAISES: (
        "单周太少，按近 13 周看：14 起，预期 6 起，偶然出现的可能为 0.4%，升为橙色预警",
        {"weeks": "13", "cases": "14", "expected": "6", "chance": "0.4%", "colour": "橙色预警"},
    ),
    Saying.WINDOW_FEW: (
        "单周太少，按近 13 周看：1 起，预期 0.5 起，仍太少，看不出升降",
        {"weeks": "13", "cases": "1", "expected": "0.5"},
    ),
    Saying.CLUSTER: ("桐照湾村 7 天内同类 3 起", {"village": "桐照湾村", "days": "7", "cases": "3"}),
    Saying.RATE_RISEN: (
        "万人发案率 2.40，是全区 1.50 的 1.60 倍，比上年同期多，偶然出现的可能 3.0%",
        {"rate": "2.40", "district": "1.50", "times": "1.60", "percent": "3.0"},
    ),
    Saying.RATE: (
        "万人发案率 2.93，是全区 2.30 的 1.27 倍，偶然出现的可能 12.6%",
        {"rate": "2.93", "district": "2.30", "times": "1.27", "percent": "12.6"},
    ),
    Saying.TOP: ("万人发案率连续 3 个月居全区前 2 位", {"months": "3", "places": "2"}),
    Saying.YELLOW_AGAIN: ("连续 2 个月黄牌，案件没有减少", {"months": "2"}),
    Saying.MAJOR_LOSS: ("发生单案损失 231.44 万元的案件", {"wan": "231.44"}),
    Saying.OVERDUE: ("整改逾期：2021-04 报送整改方案", {"owed": "2021-04 报送整改方案"}),
    Saying.OWED: ("2021-04 报送整改方案", {"month": "2021-04", "title": "报送整改方案"}),
    Saying.WINDOW_MONTHS: (
        "万人发案率 4.70，是全区 1.50 的 3.13 倍，偶然出现的可能 1.2%（按近 3 个月）",
        {"reason": "万人发案率 4.70，是全区 1.50 的 3.13 倍，偶然出现的可能 1.2%", "months": "3"},
    ),
    Saying.RATE_TO_REACH: (
        "万人发案率低于全区的 1.2 倍（1.90，全区 1.40）",
        {"times": "1.2", "rate": "1.90", "district": "1.40"},
    ),
    Saying.CASES_TO_REACH: ("案件比挂牌月少两成（9 起，须不多于 8 起）", {"cases": "9", "most": "8"}),
    Saying.MONTHS_TO_REACH: ("连续 2 个月达标", {"months": "2"}),
    Saying.BESIDE_USUAL: (
        "近7天接通后平均通话：无记录（一般 61 秒）",
        {"feature": "近7天接通后平均通话：无记录", "usual": "61 秒"},
    ),
    Saying.NO_RECORD: ("使用的手机（IMEI）：无记录", {"feature": "使用的手机（IMEI）"}),
    Saying.MADE_NONE: ("近7天夜间主叫占比：没有打过电话", {"feature": "近7天夜间主叫占比"}),
    Saying.REACHED_NOBODY: ("近7天接通后平均通话：没有打通过电话", {"feature": "近7天接通后平均通话"}),
    Saying.NOBODY_RANG: ("近7天被叫接听占比：没有人给它打电话", {"feature": "近7天被叫接听占比"}),
    Saying.SENT_NONE: ("近7天每个收件人平均条数：没有发过短信", {"feature": "近7天每个收件人平均条数"}),
    Saying.NOT_BOTH: (
        "本周开始主叫前的静默：本周或此前30天没有打过电话",
        {"feature": "本周开始主叫前的静默"},
    ),
    Saying.HUB: (
        "枢纽号码：近7天与 1,200 个号码往来，平台、热线也这样，先核登记单位",
        {"number": "1,200"},
    ),
    Saying.AT_LEAST: (
        "近7天同一手机上出现过的号码 至少 1,000 个",
        {"feature": "近7天同一手机上出现过的号码", "number": "1,000", "unit": "个"},
    ),
    Saying.NUMBERS: ("近7天呼叫的不同号码 1,116 个", {"feature": "近7天呼叫的不同号码", "number": "1,116"}),
    Saying.MESSAGES: ("近7天发出短信 3 条", {"feature": "近7天发出短信", "number": "3"}),
    Saying.MEASURED: ("最近一天相对一周日均 1.4 倍", {"feature": "最近一天相对一周日均", "number": "1.4", "unit": "倍"}),
    Saying.SHARE: ("近7天回拨占比 0%", {"feature": "近7天回拨占比", "percent": "0"}),
    Saying.HOUR: ("近1小时主叫次数", {"feature": "主叫次数"}),
    Saying.DAY: ("近1天主叫次数", {"feature": "主叫次数"}),
    Saying.WEEK_OF_CALLS: ("近7天10秒以内(含未接通)占比", {"feature": "10秒以内(含未接通)占比"}),
    Saying.MONTH_OF_CALLS: ("近30天主叫次数", {"feature": "主叫次数"}),
    Saying.LOOK_BACK: ("近37天首次主叫距今", {"feature": "首次主叫距今"}),
    Saying.ONLY_NUMBERS: ("2 个", {"number": "2"}),
    Saying.ONLY_MESSAGES: ("4 条", {"number": "4"}),
    Saying.ONLY_MEASURED: ("61 秒", {"number": "61", "unit": "秒"}),
}  # fmt: skip

ENGLISH = {
    "{cases} 起，{base} {expected} 起，{change}": "{cases} cases, {base} {expected}, {change}",
    "前 {weeks} 周平均": "the mean of {weeks} weeks before",
    "少 {percent}%": "{percent}% fewer",
    "单周太少，按近 {weeks} 周看：{cases} 起，预期 {expected} 起": "in {weeks} weeks {cases} cases, {expected} expected",
    "{village} {days} 天内同类 {cases} 起": "{cases} alike within {days} days in {village}",
    "整改逾期：{owed}": "overdue: {owed}",
    "报送整改方案": "the plan",
    "发提示函": "the letter",
    "；": "; ",
    "、": ", ",
}


@pytest.mark.parametrize("saying", Saying, ids=lambda one: one.name)
def test_every_saying_is_read_back_with_its_values(saying):
    sentence, values = SAID[saying]
    assert read(sentence) == (saying, values)
    assert saying.said(**values) == sentence
    assert reasons._read(sentence) == (saying.value, values)


@pytest.mark.parametrize("rule", signals.signals(), ids=lambda one: one.name)
def test_every_rules_reason_is_read_back_by_its_own_pattern(rule):
    names = re.findall(r"{(\w+)}", rule.reason)
    values = {name: f"{place}1.5" for place, name in enumerate(names)}
    assert reasons._read(rule.reason.format(**values)) == (rule.reason, values)
    assert [reasons._read(words) for words in (rule.title, rule.look_alike)] == [None, None]
    assert sayings.CLAUSE not in rule.reason + rule.title + rule.look_alike
    assert reasons.CHINESE.search(rule.look_alike)
    with translation.override("en"):
        assert not reasons.CHINESE.search(reasons.told(rule.reason.format(**values)))


@pytest.fixture
def in_english(monkeypatch):
    """With a few words of our own, whatever the catalogue of the day says."""
    monkeypatch.setattr(reasons, "gettext", lambda word: ENGLISH.get(word, word))
    with translation.override("en"):
        yield


def test_a_reason_is_said_clause_by_clause_and_names_stay(in_english):
    said = (
        "2 起，前 15 周平均 2.2 起，少 9%；单周太少，按近 4 周看：6 起，预期 9 起；桐照湾村 7 天内同类 3 起"
    )
    assert reasons.told(said) == (
        "2 cases, the mean of 15 weeks before 2.2, 9% fewer; in 4 weeks 6 cases, 9 expected; "
        "3 alike within 7 days in 桐照湾村"
    )


def test_what_is_owed_is_named_one_by_one(in_english):
    said = "整改逾期：2021-04 报送整改方案、2021-05 发提示函"
    assert reasons.told(said) == "overdue: 2021-04 the plan, 2021-05 the letter"


def test_what_nobody_can_read_back_stands_as_it_is(in_english):
    assert reasons.told("另一家的模型说它像，附件二") == "另一家的模型说它像，附件二"


def test_readers_of_chinese_get_it_byte_for_byte():
    for sentence, _values in SAID.values():
        assert reasons.told(sentence) == sentence
