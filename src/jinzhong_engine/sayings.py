"""What the engine says of a result: patterns that are filled in, and read back so that another language can say the same.

Sentences lie in lists that came as files and in what was published, where they stay as they are; their parts are nowhere
else. A pattern that was said once therefore stays here, also when it isn't said any more.

>>> Saying.MORE.said(percent=75)
'多 75%'
>>> read("多 75%")
(<Saying.MORE: '多 {percent}%'>, {'percent': '75'})
"""

import re
from enum import Enum
from typing import Any

CLAUSE = "；"
"""Between the clauses of one reason."""


class Saying(Enum):
    """The name is the code, the value the pattern; the first that fits is what was said."""

    # 五色预警
    FEW_WEEKS = "此前只有 {weeks} 周数据，不足 {needed} 周"
    FEW_YEARS = "此前不足 {years} 年数据"
    SEASONAL = "{cases} 起，按季节和趋势预期 {expected} 起，上限 {upper} 起"
    WEEK = "{cases} 起，{base} {expected} 起，{change}"
    WEEK_RISEN = "{cases} 起，{base} {expected} 起，{change}，偶然出现的可能为 {chance}"
    WEEKS_BEFORE = "前 {weeks} 周平均"
    MORE = "多 {percent}%"
    LESS = "少 {percent}%"
    UNDER = "不到 {percent}%"
    WINDOW = "单周太少，按近 {weeks} 周看：{cases} 起，预期 {expected} 起"
    WINDOW_RAISES = (
        "单周太少，按近 {weeks} 周看：{cases} 起，预期 {expected} 起，偶然出现的可能为 {chance}，升为{colour}"
    )
    WINDOW_FEW = "单周太少，按近 {weeks} 周看：{cases} 起，预期 {expected} 起，仍太少，看不出升降"
    CLUSTER = "{village} {days} 天内同类 {cases} 起"

    # 三色挂牌
    RATE_RISEN = "万人发案率 {rate}，是全区 {district} 的 {times} 倍，比上年同期多，偶然出现的可能 {percent}%"
    RATE = "万人发案率 {rate}，是全区 {district} 的 {times} 倍，偶然出现的可能 {percent}%"
    TOP = "万人发案率连续 {months} 个月居全区前 {places} 位"
    YELLOW_AGAIN = "连续 {months} 个月黄牌，案件没有减少"
    MAJOR_LOSS = "发生单案损失 {wan} 万元的案件"
    OVERDUE = "整改逾期：{owed}"
    OWED = "{month} {title}"
    WINDOW_MONTHS = "{reason}（按近 {months} 个月）"
    RATE_TO_REACH = "万人发案率低于全区的 {times} 倍（{rate}，全区 {district}）"
    CASES_TO_REACH = "案件比挂牌月少两成（{cases} 起，须不多于 {most} 起）"
    MONTHS_TO_REACH = "连续 {months} 个月达标"

    # 号码
    BESIDE_USUAL = "{feature}（一般 {usual}）"
    NO_RECORD = "{feature}：无记录"
    MADE_NONE = "{feature}：没有打过电话"
    REACHED_NOBODY = "{feature}：没有打通过电话"
    NOBODY_RANG = "{feature}：没有人给它打电话"
    SENT_NONE = "{feature}：没有发过短信"
    NOT_BOTH = "{feature}：本周或此前30天没有打过电话"
    HUB = "枢纽号码：近7天与 {number} 个号码往来，平台、热线也这样，先核登记单位"
    AT_LEAST = "{feature} 至少 {number} {unit}"
    NUMBERS = "{feature} {number} 个"
    MESSAGES = "{feature} {number} 条"
    MEASURED = "{feature} {number} {unit}"
    SHARE = "{feature} {percent}%"
    HOUR = "近1小时{feature}"
    DAY = "近1天{feature}"
    WEEK_OF_CALLS = "近7天{feature}"
    MONTH_OF_CALLS = "近30天{feature}"
    LOOK_BACK = "近37天{feature}"
    ONLY_NUMBERS = "{number} 个"
    ONLY_MESSAGES = "{number} 条"
    ONLY_MEASURED = "{number} {unit}"

    def said(self, **values: Any) -> str:
        return self.value.format(**values)


NUMBER, WORD, WORDS = r"-?[\d.,]+", r"[^\uff0c\uff1b\uff1a\uff08\uff09]+", r".+"
"""A word or name is without the marks that part a sentence (，；：（）); what is said itself isn't."""
KINDS = {
    "month": r"\d{4}-\d\d",
    "reason": WORDS,
    "feature": WORDS,
    "unit": r"\S{1,2}",
} | dict.fromkeys(("base", "chance", "change", "colour", "owed", "title", "usual", "village"), WORD)
"""How a value looks, by its name; any other is a number."""


def reader(pattern: str) -> re.Pattern[str]:
    """Reads back what was said by a pattern, its values by name."""
    parts = re.split(r"\{(\w+)\}", pattern)
    kinds = (f"(?P<{name}>{KINDS.get(name, NUMBER)})" for name in parts[1::2])
    return re.compile("".join(re.escape(text) + next(kinds, "") for text in parts[::2]))


_READERS = {one: reader(one.value) for one in Saying}


def read(clause: str) -> tuple[Saying, dict[str, str]] | None:
    """What was said, and its values as they stand in it, which may be said themselves; None for anything else."""
    for one, known in _READERS.items():
        found = known.fullmatch(clause)
        if found:
            return one, found.groupdict()
    return None
