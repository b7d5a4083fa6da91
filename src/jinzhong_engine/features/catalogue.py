"""The features, as data: what each means, in which unit and window, and its reference formula.

An ``expression`` is written over a grain, one of the small tables the relational executor makes of calls and messages
(``backends.relational`` builds them, their columns are named there):

    made      one row per call made in the week; ``day``, ``hour`` say in which trailing windows it lies
    earlier   one row per call made in the 30 days before the week; ``month``: in the last 30 days
    received  one row per number that called it in the week: calls, answered
    party     one row per number called in the week: calls, answered, in which trailing windows, called back, called before the week,
              ``shared``: called in the week by another number that was known as fraud; null where no such numbers are given
    hour      one row per clock hour of the week with a call made: calls, parties
    clock     one row per hour of the day: calls
    city      one row per city called: calls
    handset   one row per handset used: numbers seen on it in the week
    cell      one row per cell calls were made from
    sent      one row per message sent in the week
    text      one row per text sent: receivers
    sold      one row per number whose opening is known and past
    number    one row per number: the features above it in this list, and what ``ASIDE`` names

The native executor builds a ``Row`` with exactly these names: a feature without both doesn't compile.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from jinzhong_engine.features.windows import (
    DAY,
    HOUR,
    MOST_ON_HANDSET,
    NIGHT_FROM,
    NIGHT_UNTIL,
    SHORT_SECONDS,
)
from jinzhong_engine.sayings import Saying

Grain = Literal[
    "made",
    "earlier",
    "received",
    "party",
    "hour",
    "clock",
    "city",
    "handset",
    "cell",
    "sent",
    "text",
    "sold",
    "number",
]
Unit = Literal["次", "个", "条", "日", "小时", "天", "秒", "比例", "倍", "比特"]
COUNTED: tuple[Unit, ...] = ("次", "个", "条", "日", "小时")
"""Whole numbers, 0 where nothing happened. The others are null where their denominator is 0."""


WINDOWS = {
    "1h": "1 hour",
    "1d": "24 hours",
    "7d": "7 × 24 hours",
    "30d": "30 × 24 hours",
    "37d": "37 × 24 hours, as far as any feature looks back",
    "ever": "since the number was opened",
}
OWN = "own"
PRACTICE = "an operator's practice (Shaoxing Mobile): high-frequency short calls, many strangers, device swaps, silent then busy"
MONTHLY = "the operators' monthly table (Sichuan 2020; Hu et al., GAT-COBO, doi 10.1109/TBDATA.2024.3352978)"
BANDICOOT = "bandicoot's indicators of telephone records (de Montjoye, Rocher and Pentland, 2016)"
SOURCES = (OWN, PRACTICE, MONTHLY, BANDICOOT)


@dataclass(frozen=True)
class Feature:
    """``name`` says the trailing window too: _1h, _1d, _7d, _30d, _37d for the whole look-back, or _ever. ``source``: who publishes the sign; the
    formula and the window are ours everywhere. ``most``: it isn't counted further than that; None: it is.
    ``none``: what it means that the value is missing, where it means that there was nothing to count, and not that nothing was recorded.
    ``needs``: the table of ``backends.register``, or the column that may be missing, without which it is null for every number."""

    name: str
    source: str
    zh: str
    en: str
    unit: Unit
    formula: str
    grain: Grain
    expression: Callable[[Any], Any]
    most: int | None = None
    needs: Literal["opened", "known", "roaming"] | None = None
    none: Saying | None = None

    @property
    def is_count(self) -> bool:
        return self.unit in COUNTED

    @property
    def window(self) -> str:
        return self.name.rsplit("_", 1)[1]

    @property
    def window_told(self) -> str:
        return WINDOWS[self.window]


def _share(part: Any, whole: Any) -> Any:
    return part / whole.nullif(0)


def _made_30d(numbers: Any) -> Any:
    return numbers.out_calls_7d + numbers.earlier_calls_30d.fill_null(0)


CATALOGUE = (
    # The twelve that other offices' checks rely on.
    Feature("out_calls_7d", MONTHLY, "主叫次数", "calls made", "次", "calls made", "made", lambda t: t.count()),
    Feature("in_calls_7d", OWN, "被叫次数", "calls received", "次", "calls received", "received", lambda t: t.calls.sum()),
    Feature(
        "out_share_7d", MONTHLY, "主叫占比", "share of calls made", "比例", "made / (made + received)", "number",
        lambda t: _share(t.out_calls_7d, t.out_calls_7d + t.in_calls_7d),
    ),
    Feature(
        "out_parties_7d", MONTHLY, "呼叫的不同号码", "distinct numbers called", "个", "distinct numbers called", "party",
        lambda t: t.count(),
    ),
    Feature(
        "calls_per_party_7d", MONTHLY, "每个对端平均呼叫次数", "calls per number called", "倍", "made / distinct called", "number",
        lambda t: _share(t.out_calls_7d, t.out_parties_7d), none=Saying.MADE_NONE,
    ),
    Feature(
        "short_call_share_7d", PRACTICE, "10秒以内(含未接通)占比", "share of made calls under 10 s, unanswered included", "比例",
        "made under 10 s / made", "made",
        lambda t: _share(t.count(where=t.seconds < SHORT_SECONDS), t.count()), none=Saying.MADE_NONE,
    ),
    Feature(
        "max_fanout_1h_7d", PRACTICE, "一小时内最多呼叫的不同号码", "most distinct numbers called within one clock hour", "个",
        "max over clock hours of distinct called", "hour", lambda t: t.parties.max(),
    ),
    Feature(
        "handsets_7d", PRACTICE, "使用的手机(IMEI)", "distinct handsets of calls made", "个", "distinct IMEI", "handset",
        lambda t: t.count(),
    ),
    Feature(
        "active_days_7d", MONTHLY, "有主叫的日子", "local dates with a call made", "日", "distinct local dates", "hour",
        lambda t: (t.at_hour - t.at_hour % DAY).nunique(),
    ),
    Feature(
        "hour_entropy_7d", OWN, "主叫时段分散度", "Shannon entropy of the local hour of calls made", "比特",
        "-Σ p log2 p over local hours", "clock",
        lambda t: t.calls.sum().log2() - (t.calls * t.calls.log2()).sum() / t.calls.sum(), none=Saying.MADE_NONE,
    ),
    Feature(
        "new_party_share_7d", PRACTICE, "新对端占比", "share of numbers called that it hadn't called in the 30 days before", "比例",
        "called for the first time / distinct called", "party",
        lambda t: _share(t.count(where=~t.before), t.count()), none=Saying.MADE_NONE,
    ),
    Feature(
        "callback_share_7d", OWN, "回拨占比", "share of numbers called that called it later in the window", "比例",
        "called back after its first call / distinct called", "party",
        lambda t: _share(t.count(where=t.called_back), t.count()), none=Saying.MADE_NONE,
    ),
    # How much, how lately.
    Feature("out_calls_1h", OWN, "最近一小时主叫次数", "calls made in the last hour", "次", "calls made", "made",
            lambda t: t.count(where=t.hour)),
    Feature("out_calls_1d", OWN, "最近一天主叫次数", "calls made in the last 24 h", "次", "calls made", "made",
            lambda t: t.count(where=t.day)),
    Feature("out_calls_30d", OWN, "最近30天主叫次数", "calls made in the last 30 days", "次", "calls made", "number",
            _made_30d),
    Feature("day_surge_7d", OWN, "最近一天相对一周日均", "calls of the last day over the week's daily mean", "倍",
            "7 × made in 1 d / made in 7 d", "number", lambda t: _share(t.out_calls_1d * 7, t.out_calls_7d), none=Saying.MADE_NONE),
    Feature("month_surge_30d", OWN, "近一周主叫占30天的比例", "share of 30 days' calls that fall into the last week", "比例",
            "made in 7 d / made in 30 d", "number", lambda t: _share(t.out_calls_7d, _made_30d(t)), none=Saying.MADE_NONE),
    Feature("busiest_hour_7d", PRACTICE, "最忙一小时主叫次数", "most calls made within one clock hour", "次",
            "max over clock hours of calls made", "hour", lambda t: t.calls.max()),
    Feature("active_hours_7d", OWN, "有主叫的钟点数", "clock hours with a call made", "小时", "distinct clock hours", "hour",
            lambda t: t.count()),
    Feature("calls_per_active_hour_7d", OWN, "有主叫钟点的平均次数", "calls per clock hour with a call", "倍",
            "made / active hours", "number", lambda t: _share(t.out_calls_7d, t.active_hours_7d), none=Saying.MADE_NONE),
    # Whom.
    Feature("out_parties_1h", OWN, "最近一小时呼叫的不同号码", "distinct numbers called in the last hour", "个",
            "distinct called", "party", lambda t: t.count(where=t.in_hour)),
    Feature("out_parties_1d", OWN, "最近一天呼叫的不同号码", "distinct numbers called in the last 24 h", "个",
            "distinct called", "party", lambda t: t.count(where=t.in_day)),
    Feature("in_parties_7d", OWN, "呼入的不同号码", "distinct numbers that called it", "个", "distinct callers", "received",
            lambda t: t.count()),
    Feature("once_share_7d", OWN, "只打过一次的对端占比", "share of numbers called exactly once", "比例",
            "called once / distinct called", "party",
            lambda t: _share(t.count(where=t.calls == 1), t.count()), none=Saying.MADE_NONE),
    Feature("most_calls_party_7d", MONTHLY, "对同一号码最多呼叫次数", "most calls to one number", "次", "max calls to one number",
            "party", lambda t: t.calls.max()),
    Feature("city_count_7d", MONTHLY, "对端城市", "distinct cities called", "个", "distinct cities", "city", lambda t: t.count()),
    Feature("main_city_share_7d", OWN, "最常呼叫城市占比", "share of calls to the city called most", "比例",
            "most calls to one city / calls with a city", "city", lambda t: _share(t.calls.max(), t.calls.sum())),
    Feature("known_party_share_7d", OWN, "涉诈号码也打过的对端占比", "share of numbers called that a known fraud number called too",
            "比例", "called by another number known as fraud / distinct called", "party",
            lambda t: _share(t.count(where=t.shared), t.count(where=t.shared.notnull())), needs="known"),
    # Who answers, how long.
    Feature("answered_share_7d", OWN, "接通占比", "share of made calls that were answered", "比例", "answered / made", "made",
            lambda t: _share(t.count(where=t.seconds > 0), t.count()), none=Saying.MADE_NONE),
    Feature("talk_mean_7d", MONTHLY, "接通后平均通话", "mean length of answered calls made", "秒", "seconds / answered", "made",
            lambda t: _share(t.seconds.sum(), t.count(where=t.seconds > 0)), none=Saying.REACHED_NOBODY),
    Feature("talk_max_7d", MONTHLY, "最长一次通话", "longest call made", "秒", "max seconds", "made",
            lambda t: t.seconds.max(), none=Saying.MADE_NONE),
    Feature("reached_7d", OWN, "接通的不同号码", "distinct numbers that answered", "个", "distinct called with seconds > 0",
            "party", lambda t: t.count(where=t.answered > 0)),
    Feature("reached_1d", OWN, "最近一天接通的不同号码", "distinct numbers that answered in the last 24 h", "个",
            "distinct called with seconds > 0", "party", lambda t: t.count(where=t.reached_in_day)),
    Feature("in_answered_share_7d", OWN, "被叫接听占比", "share of received calls it answered", "比例",
            "answered / received", "received", lambda t: _share(t.answered.sum(), t.calls.sum()), none=Saying.NOBODY_RANG),
    # When.
    Feature("night_share_7d", BANDICOOT, "夜间主叫占比", "share of calls made from 22:00 to 07:00", "比例", "made at night / made",
            "clock", lambda t: _share(
                t.calls.sum(where=(t.of_day < NIGHT_UNTIL * HOUR) | (t.of_day >= NIGHT_FROM * HOUR)).fill_null(0),
                t.calls.sum()), none=Saying.MADE_NONE),
    Feature("first_call_days_37d", OWN, "首次主叫距今", "days since its first call in the look-back", "天",
            "(moment - first call made) / day", "number", lambda t: t.earlier_first.fill_null(t.week_first) / DAY, none=Saying.MADE_NONE),
    Feature("silent_days_37d", PRACTICE, "本周开始主叫前的静默", "days without a call made before the week's first", "天",
            "(first call of the week - last call before the week) / day", "number",
            lambda t: (t.earlier_last - t.week_first) / DAY, none=Saying.NOT_BOTH),
    Feature("age_days_ever", OWN, "开户至今", "days since the number was opened", "天", "(moment - midnight of the day it was opened) / day",
            "sold", lambda t: t.age.max() / DAY, needs="opened"),
    Feature("idle_days_7d", OWN, "最近一次主叫距今", "days since its last call made", "天", "(moment - last call) / day",
            "made", lambda t: t.age.min() / DAY, none=Saying.MADE_NONE),
    # With what, from where.
    Feature("handset_numbers_7d", OWN, "同一手机上出现过的号码", "most numbers seen on a handset it used", "个",
            "max over its handsets of distinct callers, at most 1000", "handset", lambda t: t.numbers.max(),
            most=MOST_ON_HANDSET),
    Feature("cells_7d", BANDICOOT, "主叫基站", "distinct cells of calls made", "个", "distinct cells", "cell",
            lambda t: t.count()),
    Feature("roaming_share_7d", OWN, "漫游主叫占比", "share of calls made while roaming", "比例",
            "roaming / made where recorded", "made", lambda t: t.roaming.mean(), needs="roaming"),
    Feature("forwarded_share_7d", OWN, "呼叫转移占比", "share of made calls that are forwarded", "比例", "forwarded / made",
            "made", lambda t: _share(t.count(where=t.kind == "forwarded"), t.count()), none=Saying.MADE_NONE),
    Feature("international_share_7d", OWN, "国际呼叫占比", "share of made calls that are international", "比例",
            "international / made", "made",
            lambda t: _share(t.count(where=t.kind == "international"), t.count()), none=Saying.MADE_NONE),
    # Messages.
    Feature("sent_7d", MONTHLY, "发出短信", "messages sent", "条", "messages sent", "sent", lambda t: t.count()),
    Feature("receivers_7d", MONTHLY, "短信收件人", "distinct receivers", "个", "distinct receivers", "sent",
            lambda t: t.receiver.nunique()),
    Feature("sent_per_receiver_7d", MONTHLY, "每个收件人平均条数", "messages per receiver", "倍", "sent / distinct receivers",
            "number", lambda t: _share(t.sent_7d, t.receivers_7d), none=Saying.SENT_NONE),
    Feature("campaign_7d", OWN, "同一短信最多收件人", "most distinct receivers of one text", "个",
            "max over texts of distinct receivers", "text", lambda t: t.receivers.max()),
)  # fmt: skip

ASIDE: dict[Grain, dict[str, Callable[[Any], Any]]] = {
    "made": {"week_first": lambda t: t.age.max()},
    "earlier": {
        "earlier_calls_30d": lambda t: t.count(where=t.month),
        "earlier_first": lambda t: t.age.max(),
        "earlier_last": lambda t: t.age.min(),
    },
}
"""What the grain ``number`` needs of others beside the features; ages are microseconds before the moment."""

NAMES = tuple(one.name for one in CATALOGUE)
BY_NAME = {one.name: one for one in CATALOGUE}
