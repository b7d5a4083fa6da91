"""预警等级: how urgent it is to reach a person who is about to be robbed.

Five grades, read from the top; then a circumstance of the person raises by one, and so does not reaching them. Only a person lowers a grade. The trigger words
and target times are the district's defaults (only "at the door within 5 minutes after a bank alert" is a promise the
district made in public); each may be changed with a new EFFECTIVE_FROM.

>>> grade(Signs(bank_alert=True))
('red', ['网点报警：客户正在办转账'])
>>> grade(Signs(one_contact=True))  # the innocent look-alike: one call from abroad, hung up
('blue', ['接触过一次'])
>>> grade(Signs(long_call=True, age=71))
('orange', ['长时间通话', '年满 60 岁，升一级'])
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from jinzhong_engine.ladders import Step

EFFECTIVE_FROM = date(2021, 1, 1)
VERSION = f"person_warning {EFFECTIVE_FROM}"
GRADES = ("green", "blue", "yellow", "orange", "red")
ELDERLY_FROM = 60
ADULT_FROM = 18
MANY_ALERTS = 3
MAX_TRIES = 3
TRIES_WITHIN = timedelta(hours=2)
RETRY_AFTER = timedelta(minutes=45)
"""Called within 30 minutes and twice more at this distance, a yellow one has had its three tries within two hours."""


@dataclass(frozen=True)
class Signs:
    """What is known of a person's danger. All false: a member of a targeted group at most."""

    bank_alert: bool = False
    transfer_under_way: bool = False
    screen_sharing: bool = False
    deep_pattern: bool = False
    money_sent_before: bool = False
    scam_app_active: bool = False
    medium_pattern: bool = False
    money_sign: bool = False
    long_call: bool = False
    repeated_contact: bool = False
    one_contact: bool = False
    link_opened: bool = False
    age: int | None = None
    earlier_victim: bool = False
    alerts_7d: int = 0
    unreachable_tries: int = 0


TICKED = (
    "transfer_under_way", "screen_sharing", "deep_pattern", "money_sent_before", "scam_app_active",
    "medium_pattern", "money_sign", "long_call", "repeated_contact", "one_contact", "link_opened",
)  # fmt: skip
"""Signs a person ticks on a form or a model reports."""

LADDER = (
    Step("red", "网点报警：客户正在办转账", lambda s: s.bank_alert),
    Step("red", "正在转账", lambda s: s.transfer_under_way),
    Step("red", "屏幕共享中", lambda s: s.screen_sharing),
    Step("red", "深度受骗迹象", lambda s: s.deep_pattern),
    Step("orange", "已经转过钱", lambda s: s.money_sent_before),
    Step("orange", "涉诈 App 在用", lambda s: s.scam_app_active),
    Step("orange", "中度迹象并有动钱迹象", lambda s: s.medium_pattern and s.money_sign),
    Step("yellow", "长时间通话", lambda s: s.long_call),
    Step("yellow", "与涉诈号码反复联系", lambda s: s.repeated_contact),
    Step("yellow", "中度迹象", lambda s: s.medium_pattern or s.money_sign),
    Step("blue", "点过涉诈链接", lambda s: s.link_opened),
    Step("blue", "接触过一次", lambda s: s.one_contact),
    Step("green", "属于易受骗人群", lambda s: True),
)

RAISES = (
    Step("+1", "七天内三次以上预警，升一级", lambda s: s.alerts_7d >= MANY_ALERTS),
    Step("+1", "年满 60 岁，升一级", lambda s: s.age is not None and s.age >= ELDERLY_FROM),
    Step("+1", "未成年人，升一级", lambda s: s.age is not None and s.age < ADULT_FROM),
    Step("+1", "曾经受骗，升一级", lambda s: s.earlier_victim),
)
UNREACHED = Step("+1", "拨打三次未接通，升一级", lambda s: s.unreachable_tries >= MAX_TRIES)
"""Of who the person is, one circumstance raises; not being reached raises once more."""


def grade(signs: Signs) -> tuple[str, list[str]]:
    """(grade, reasons): the first step that holds, raised by one for the first circumstance that holds and by one for silence."""
    first = next(step for step in LADDER if step.holds(signs))
    colour, reasons = first.colour, [first.reason]
    raises = [next((step for step in RAISES if step.holds(signs)), None), UNREACHED]
    for step in raises:
        if step and step.holds(signs) and colour not in ("red", "green"):
            colour = GRADES[GRADES.index(colour) + 1]
            reasons.append(step.reason)
    return colour, reasons


class Targets(NamedTuple):
    """Times from sending the order; None: not demanded."""

    sign: timedelta | None
    call: timedelta | None
    meet: timedelta | None
    feedback: timedelta | None


def _minutes(*values: float | None) -> Targets:
    return Targets(*(None if value is None else timedelta(minutes=value) for value in values))


TARGETS = {
    "red": _minutes(1, 0, 5, 30),
    "orange": _minutes(3, 5, 30, 120),
    "yellow": _minutes(10, 30, None, 24 * 60),
    "blue": _minutes(60, 24 * 60, None, 7 * 24 * 60),
    "green": _minutes(None, None, None, None),
}
RED_RURAL_MEET = timedelta(minutes=15)


def targets(colour: str, *, rural: bool = False) -> Targets:
    """Target times of a grade. A red one is met within 5 minutes in town, 15 in the country.

    >>> targets("red").meet, targets("red", rural=True).meet
    (datetime.timedelta(seconds=300), datetime.timedelta(seconds=900))
    """
    found = TARGETS[colour]
    return found._replace(meet=RED_RURAL_MEET) if rural and colour == "red" else found
