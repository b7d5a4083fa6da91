"""A case, a dissuasion, a missed deadline in a line of print, without anything personal."""

from django.utils import timezone

from jinzhong.bulletin.reports.base import span
from jinzhong.cases.models import CaseRevision, Victim
from jinzhong.dispatch.models import Evidence
from jinzhong.situation import work
from jinzhong.situation.periods import Period
from jinzhong.situation.shares import wan
from jinzhong.situation.words import sex_name
from jinzhong_engine.taxonomy import BY_CODE

LONGEST = 120
"""Letters of one case."""
OCCUPATIONS = (
    "学生", "公司职员", "职员", "工人", "务工人员", "农民", "个体", "个体户", "财务", "会计", "教师", "医护", "医生", "护士",
    "公务员", "退休", "退休人员", "无业", "家庭主妇", "司机", "快递员", "外卖员", "其他",
)  # fmt: skip
"""Occupations that are printed; anything else in that field might be an employer or a name."""
DEADLINES = {"sign": "签收", "meet": "到门", "feedback": "反馈"}


def line(one: CaseRevision) -> str:
    """岳林：女，41 岁，虚假投资理财，3 次转账，损失 14.50 万元。"""
    paid = sum(1 for _sent in one.transfers.all())
    said = [
        _who(list(one.victims.all())),
        BY_CODE[one.fraud_class].short,
        f"{paid} 次转账" if paid > 1 else "",
        f"损失 {wan(one.loss)}" if one.loss else "没有损失",
    ]
    told = f"{one.town.short_name}：{'，'.join(words for words in said if words)}。"
    return told if len(told) <= LONGEST else told[: LONGEST - 1] + "…"


def _who(victims: list[Victim]) -> str:
    people = sorted(victims, key=lambda one: (one.sex, one.age or 0, str(one.pk)))
    if len(people) == 1:
        return "，".join(_traits(people[0])) or "受害人情况未登记"
    if people:
        return (
            f"{len(people)} 人（{'、'.join(' '.join(_traits(one)) or '情况未登记' for one in people[:4])}）"
        )
    return "受害人情况未登记"


def _traits(victim: Victim) -> list[str]:
    job = victim.occupation if victim.occupation in OCCUPATIONS else ""
    said = [
        sex_name(victim.sex) if victim.sex else "",
        f"{victim.age} 岁" if victim.age is not None else "",
        job,
    ]
    return [one for one in said if one]


def kept(one: work.Run) -> str:
    """14 时 05 分，示范银行南门网点报警，民警 4 分 21 秒到门，劝住 62 岁女性，柜面取消 8.60 万元。"""
    warning, sent = one.order.warning, timezone.localtime(one.order.sent_at)
    age = f"{warning.person_age} 岁" if warning.person_age is not None else ""
    sex = f"{sex_name(warning.person_sex)}性" if warning.person_sex else "群众"
    said = [
        f"{sent.hour} 时 {sent.minute:02d} 分",
        f"{warning.outlet.name}报警" if warning.outlet else "接预警",
        f"民警 {span(one.to_the_door.total_seconds())}到门" if one.to_the_door else "",
        f"劝住 {age}{sex}" if age else f"劝住{sex}",
        f"{Evidence(one.evidence).label} {wan(one.amount)}" if one.amount and one.evidence else "",
    ]
    return "，".join(words for words in said if words) + "。"


def missed(owed: work.Deadline, period: Period) -> str:
    word = DEADLINES[owed.kind]
    if owed.done is None or owed.done >= period.end:
        return f"到{' 24 时' if period.days == 1 else '期末'}没有{word}"
    return f"{word}迟 {span((owed.done - owed.due).total_seconds())}"
