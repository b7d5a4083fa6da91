"""反诈绩效指数: what is measured of a unit, how much it weighs, and between which anchors it counts.

score = 100 × Σ weight × clamp((value − worst) / (best − worst), 0, 1) / Σ weight, over the indicators that were measured. Anchors are
fixed for a year: ranks would punish everybody when all improve. Weights and anchors are published before the period they
hold for. All are the district's defaults; a change is a new version with its day. Shares are in percent, rates per year.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from jinzhong_engine.ladders import version_of

KINDS = {"town": "镇（街道）", "station": "派出所", "outlet": "银行网点", "operator": "运营商"}
PINGAN_CAP = 5.0
"""Points of the 平安考核 that a full score is worth."""
WHOLE = 100


class BadFormulas(ValueError):
    """Weights or anchors that can't be computed with; the message says where."""


class Indicator(NamedTuple):
    """``formula``: in words, so that anybody can recompute it."""

    id: str
    title: str
    weight: float
    worst: float
    best: float
    formula: str = ""

    def share(self, value: float) -> float:
        """How far from worst to best, 0 to 1.

        >>> Indicator("meet_rate", "见面劝阻率", 7, 60, 100).share(90)
        0.75
        """
        return min(max((value - self.worst) / (self.best - self.worst), 0.0), 1.0)


class Version(NamedTuple):
    effective_from: date
    kinds: dict[str, tuple[Indicator, ...]]

    @property
    def name(self) -> str:
        return f"performance_index {self.effective_from}"


_RATE = "案件 ÷ 常住人口 × 10,000，折合全年"
_YOY = "（本期案件 − 上年同期）÷ 上年同期，%"
_LOSS = "损失 ÷ 常住人口，元，折合全年"
_SIGN = "时限内签收 ÷ 派单，%"
_MEET = "见面 ÷ 须见面的单，%"
_POST = "有效劝阻后 30 天内仍被骗的人 ÷ 劝阻的人，%"
_QUALITY = "抽查无差错的记录 ÷ 抽查的记录，%"
VERSIONS = (
    Version(
        date(2021, 1, 1),
        {
            "town": (
                Indicator("case_rate_10k", "万人发案率", 20, 40, 10, _RATE),
                Indicator("yoy", "发案同比", 10, 30, -30, _YOY),
                Indicator("loss_per_capita", "人均案损", 15, 250, 50, _LOSS),
                Indicator("sign_ontime", "签收及时率", 6, 60, 100, _SIGN),
                Indicator("meet_rate", "见面劝阻率", 7, 60, 100, _MEET),
                Indicator("post_warn_fraud", "预警后被骗率", 7, 5, 0, _POST),
                Indicator("visit_cov", "入户覆盖率", 10, 30, 90, "90 天内有效入户的户 ÷ 户数，%"),
                Indicator("app_rate", "APP 注册率", 5, 10, 70, "实名注册的人 ÷ 18 至 70 岁居民，%"),
                Indicator("zero_share", "零发案率", 5, 30, 90, "无案件的村（社区）÷ 村（社区），%"),
                Indicator("speaker_online", "设备在线率", 5, 70, 98, "在线时长达九成的小喇叭 ÷ 小喇叭，%"),
                Indicator("rectified_ontime", "整改按期率", 6, 60, 100, "按期办结的督办 ÷ 到期的督办，%"),
                Indicator("data_quality", "数据质量", 4, 80, 100, _QUALITY),
            ),
            "station": (
                Indicator("case_rate_10k", "万人发案率", 15, 40, 10, _RATE),
                Indicator("yoy", "发案同比", 7, 30, -30, _YOY),
                Indicator("loss_per_capita", "人均案损", 8, 250, 50, _LOSS),
                Indicator("sign_ontime", "签收及时率", 12, 60, 100, _SIGN),
                Indicator("meet_rate", "见面劝阻率", 14, 60, 100, _MEET),
                Indicator("post_warn_fraud", "预警后被骗率", 14, 5, 0, _POST),
                Indicator("clear_rate", "破案率", 10, 5, 40, "破案 ÷ 立案，%"),
                Indicator("transferred_share", "移诉率", 8, 5, 35, "移送起诉的人 ÷ 抓获的人，%"),
                Indicator("stop_pay_minutes", "止付用时", 7, 60, 15, "从报案到止付的中位分钟数"),
                Indicator("data_quality", "数据质量", 5, 80, 100, _QUALITY),
            ),
            "outlet": (
                Indicator("alerts_per_10k", "报警率", 30, 0, 2, "报警 ÷ 柜面业务 × 10,000"),
                Indicator("confirmed_share", "报警属实率", 25, 10, 60, "查实的报警 ÷ 报警，%"),
                Indicator("missed_at_counter", "柜面漏拦", 25, 3, 0, "在柜面转出后立案的起数"),
                Indicator("accounts_involved", "涉案账户", 20, 3, 0, "开户后查为涉案的账户数"),
            ),
            "operator": (
                Indicator("complaints_per_10k", "诈骗骚扰投诉", 30, 20, 2, "投诉 ÷ 用户 × 10,000"),
                Indicator("disposal_hours", "处置用时", 25, 48, 2, "从指令到处置的中位小时数"),
                Indicator("false_kill_share", "误伤率", 25, 10, 0, "申诉后恢复的号码 ÷ 处置的号码，%"),
                Indicator("reopened_accounts", "再次涉案", 20, 3, 0, "恢复后又涉案的号码数"),
            ),
        },
    ),
)


def in_force(on: date) -> Version:
    """The version of a day; before the first one, the first."""
    return version_of(VERSIONS, on)


def check(kind: str, indicators: Sequence[Indicator]) -> None:
    """Raises BadFormulas: weights overlap or don't make 100, anchors are one."""
    seen: set[str] = set()
    for one in indicators:
        if one.id in seen:
            raise BadFormulas(f"{kind} {one.id}: has two weights; they overlap, keep one")
        seen.add(one.id)
        if not one.weight > 0:
            raise BadFormulas(f"{kind} {one.id}: weight {one.weight:g} must be above 0")
        if one.worst == one.best:
            raise BadFormulas(f"{kind} {one.id}: worst and best are both {one.best:g}")
    total = sum(one.weight for one in indicators)
    if abs(total - WHOLE) > 1e-9:
        raise BadFormulas(f"{kind}: weights make {total:g}, not {WHOLE}")
