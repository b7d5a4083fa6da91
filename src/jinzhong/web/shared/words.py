"""What the event log says, in words for people who read it. Whatever isn't here is shown as it stands."""

import re
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from jinzhong.bulletin import queries as bulletins
from jinzhong.dispatch import queries as dispatch
from jinzhong.district import queries as district
from jinzhong.scoring import queries as numbers
from jinzhong.scoring import rules
from jinzhong.situation import sentences
from jinzhong.situation.periods import DAY, Period
from jinzhong.warning import queries as warnings

ROOMS: dict[str, Promise] = {
    "bulletin": _("通报"),
    "case": _("案件"),
    "cases": _("案件"),
    "dispatch": _("派单"),
    "district": _("辖区"),
    "intake": _("线索接入"),
    "review": _("考核督导"),
    "scoring": _("研判"),
    "situation": _("态势"),
    "vault": _("密存"),
    "warning": _("预警"),
}
KINDS: dict[str, Promise] = {
    "bulletin.campaign_opened": _("设专项行动"),
    "bulletin.confirmed": _("确认收到通报"),
    "bulletin.drafted": _("通报到点起草"),
    "bulletin.opened": _("打开通报"),
    "bulletin.receiver_added": _("加收件"),
    "bulletin.receiver_removed": _("减收件"),
    "bulletin.reminded": _("提醒看通报"),
    "bulletin.issued": _("签发通报"),
    "bulletin.reworded": _("改通报文字"),
    "bulletin.submitted": _("通报送审"),
    "case.filed": _("登记案件"),
    "case.revised": _("更正案件"),
    "cases.exported": _("导出案件"),
    "review.index_exported": _("导出绩效指数"),
    "cases.imported": _("导入案件"),
    "dispatch.arrived": _("到门"),
    "dispatch.called": _("打电话劝阻"),
    "dispatch.closed": _("反馈"),
    "dispatch.departed": _("出发"),
    "dispatch.escalated": _("逐级上提"),
    "dispatch.hurried": _("缩短时限"),
    "dispatch.late": _("过了时限"),
    "dispatch.moved": _("随预警合并"),
    "dispatch.reassigned": _("改派"),
    "dispatch.sent": _("派单"),
    "dispatch.signed": _("签收"),
    "district.account_added": _("新开账号"),
    "district.account_switched": _("账号启停"),
    "district.community_added": _("新设村社"),
    "district.duty_assigned": _("排班"),
    "district.duty_relieved": _("撤班"),
    "district.duty_swapped": _("换班"),
    "district.handed_over": _("写交接"),
    "district.password_set": _("设密码"),
    "district.seconded": _("登记轮值"),
    "district.shift_opened": _("开班次"),
    "district.swap_answered": _("答复换班"),
    "district.swap_asked": _("请求换班"),
    "district.token_made": _("发接口令牌"),
    "district.town_added": _("新设镇街"),
    "district.unit_added": _("新设单位"),
    "intake.alert": _("收到报警"),
    "intake.alert_amended": _("补填报警"),
    "intake.arrived": _("原件入库"),
    "intake.header_forgotten": _("忘掉表头"),
    "intake.header_remembered": _("记住表头"),
    "intake.original_taken": _("取走原件"),
    "review.accepted": _("验收整改"),
    "review.done": _("报办结"),
    "review.extension_answered": _("批延期"),
    "review.extension_asked": _("申请延期"),
    "review.lifted": _("批准摘牌"),
    "review.lifting_declined": _("不批摘牌"),
    "review.lifting_proposed": _("提出摘牌"),
    "review.overdue": _("整改逾期"),
    "review.paper_answered": _("回复督导"),
    "review.paper_closed": _("复核通过"),
    "review.paper_issued": _("发督导文书"),
    "review.paper_nearing": _("督导快到期"),
    "review.paper_overdue": _("督导逾期"),
    "review.paper_reopened": _("复核退回"),
    "review.photos_forgotten": _("满期删照片"),
    "review.published": _("公布挂牌"),
    "review.remarked": _("回复点评"),
    "review.site_checked": _("现场检查"),
    "review.sent_back": _("退回整改"),
    "scoring.challenged": _("收挑战者分数"),
    "scoring.demoted": _("退回模型"),
    "scoring.forgotten": _("满期删号码"),
    "scoring.judged": _("判号码"),
    "scoring.labels_taken": _("取走标注"),
    "scoring.line_rolled_back": _("退回阈值"),
    "scoring.line_set": _("启用阈值"),
    "scoring.list_kept": _("收名单"),
    "scoring.promoted": _("启用模型"),
    "scoring.live_kept": _("收实时名单"),
    "scoring.people_kept": _("收实时名单上的号码打到的人"),
    "scoring.rule_off": _("退回规则"),
    "scoring.rule_on": _("启用规则"),
    "scoring.taken_back": _("收回判断"),
    "scoring.warned": _("转预警"),
    "situation.city_counted": _("登记全市数"),
    "situation.responded": _("报告预警办理"),
    "vault.looked_up": _("查人"),
    "vault.merge_undone": _("撤销并人"),
    "vault.merged": _("并为一人"),
    "vault.revealed": _("查看明文"),
    "vault.unusual": _("查看明文过多"),
    "warning.amended": _("补充"),
    "warning.closed": _("办结预警"),
    "warning.graded": _("定级"),
    "warning.merged": _("合并预警"),
    "warning.opened": _("新预警"),
    "warning.reopened": _("重开预警"),
}
THINGS: dict[str, Promise] = {
    "indexexport": _("导出的绩效指数"),
    "account": _("账号"),
    "alert": _("报警"),
    "arrival": _("原件"),
    "campaign": _("专项行动"),
    "delivery": _("发出的通报"),
    "drafted": _("到点的通报"),
    "receiver": _("收件单位（人）"),
    "case": pgettext_lazy("一件", "案件"),
    "citycount": _("全市数"),
    "challenge": _("挑战者的分数"),
    "community": _("村（社区）"),
    "dailylist": _("号码名单"),
    "duty": _("班"),
    "entry": _("上榜号码"),
    "export": _("导出"),
    "handover": _("交接"),
    "headerchoice": _("表头"),
    "issue": pgettext_lazy("一件", "通报"),
    "lifting": _("摘牌"),
    "listing": _("挂牌"),
    "livechange": _("实时名单变动"),
    "obligation": _("整改事项"),
    "order": pgettext_lazy("一件", "派单"),
    "paper": pgettext_lazy("一件", "督导文书"),
    "promotion": _("启用的模型"),
    "remark": _("点评回复"),
    "rule": _("启用的规则"),
    "sitecheck": pgettext_lazy("一件", "现场检查"),
    "response": _("预警办理"),
    "rotation": _("轮值"),
    "shift": _("班次"),
    "subject": _("主体"),
    "submission": _("送审"),
    "swap": _("换班"),
    "taken": _("取走的标注"),
    "threshold": _("阈值"),
    "token": _("接口令牌"),
    "town": _("镇街"),
    "unit": _("单位"),
    "warning": pgettext_lazy("一件", "预警"),
    "wording": _("文字"),
}
FACTS: dict[str, Promise] = THINGS | {
    "absorbed": _("并入的"),
    "active": _("启用"),
    "amount": _("保护金额"),
    "answer": _("答复"),
    "arrival_kind": _("哪一种"),
    "back": _("换回的班"),
    "because": _("凭据"),
    "bulletin": pgettext_lazy("一件", "通报"),
    "call": _("通话"),
    "cases": _("起数"),
    "code": _("编号"),
    "counts": _("各行"),
    "created": _("新增"),
    "date": _("日期"),
    "deadline": _("时限"),
    "digest": _("摘要码"),
    "due": _("期限"),
    "evidence": _("凭什么"),
    "field": _("哪一项"),
    "fields": _("哪几项"),
    "found": _("查到"),
    "gives": _("谁让出"),
    "grade": _("等级"),
    "granted": _("同意"),
    "line": _("阈值"),
    "colour": _("牌"),
    "classes": _("类别"),
    "towns": _("镇（街道）"),
    "listed_towns": _("挂牌镇街"),
    "listed": _("上榜"),
    "merge": _("合并"),
    "minutes": _("分钟数"),
    "month": _("月份"),
    "number": _("文号"),
    "officers": _("派谁"),
    "outcome": _("结果"),
    "paper_kind": _("文书"),
    "passage": _("哪一段"),
    "pattern": _("深浅"),
    "people": _("人数"),
    "photos": _("照片"),
    "post": _("岗位"),
    "rejected": _("没收的"),
    "residents": _("常住人口"),
    "reveal": _("查看"),
    "receiver": _("收件单位（人）"),
    "revision": _("版次"),
    "role": _("岗位"),
    "rows": _("行数"),
    "rules": _("规则"),
    "shown": _("看了几次"),
    "since": _("从"),
    "source": _("来源"),
    "step": _("第几步"),
    "takes": _("谁接"),
    "to": _("改派给"),
    "told": _("告知"),
    "unchanged": _("没有变"),
    "until": _("看到几时"),
    "updated": _("更正"),
    "verdict": _("判断"),
    "what": _("取走的"),
    "where": _("在哪里查"),
}
ALERTS: dict[str, Promise] = {
    "bank_alert": _("网点前哨"),
    "hotline_call": _("热线来电"),
    "family_call": _("家属来电"),
    "number_watch": _("号码研判"),
}
CODES: dict[str, dict[str, Promise]] = {
    "active": {"True": _("是"), "False": _("否")},
    "answer": {"agreed": _("同意"), "declined": _("不换"), "withdrawn": _("收回")},
    "arrival_kind": ALERTS
    | dict.fromkeys((f"{code}_more" for code in ALERTS), _("补报"))
    | {"case_sheet": _("案件表")},
    "bulletin": {"daily": _("反诈日报"), "weekly": _("反诈周报"), "monthly": _("反诈月报")},
    "deadline": {
        "order.sign": _("签收"),
        "order.meet": _("到门"),
        "order.feedback": _("反馈"),
        "warning.call": _("再拨"),
        "review.obligation": _("整改"),
    },
    "granted": {"True": _("是"), "False": _("否")},
    "paper_kind": {
        "reminder": _("提醒"),
        "letter": _("提示函"),
        "order": _("督办单"),
        "notice": _("通报"),
        "talk": _("约谈"),
    },
    "passage": {"praise": _("表扬"), "remind": _("提醒"), "result": _("成效"), "demand": _("下一步")},
    "colour": {"red": _("红牌"), "yellow": _("黄牌"), "green": _("绿牌")},
    "obligation": {
        "advisory_letter": _("提示函"),
        "plan": _("整改方案"),
        "report": _("整改报告"),
        "supervision_order": _("督办单"),
        "talk_deputy": _("约谈分管负责人"),
        "talk_principal": _("约谈主要负责人"),
        "veto_proposal": _("一票否决建议"),
    },
    "source": ALERTS,
    "what": {"original": _("原表"), "refused": _("没收的行")},
    "where": {"cases": _("案件"), "desk": _("值班台"), "numbers": _("号码"), "api": _("接口")},
}


RULES: dict[str, Promise] = {
    "person_warning": _("预警"),
    "area_early_warning": _("五色预警"),
    "town_listing": _("三色挂牌"),
    "performance_index": _("反诈绩效指数"),
    "daily": _("反诈日报"),
    "weekly": _("反诈周报"),
    "monthly": _("反诈月报"),
}
RULE = re.compile(r"([a-z_]+)[ -](\d{4}-\d{2}-\d{2})")


def rules_word(name: str) -> str:
    """反诈日报，2021年6月2日起: the name of rules (``daily-2021-06-02``) in words; another as it stands."""
    found = RULE.fullmatch(name)
    if not found or found[1] not in RULES:
        return name
    since = date.fromisoformat(found[2])
    told = {"what": RULES[found[1]], "day": sentences.span(Period(since, since + DAY))}
    return gettext("%(what)s，%(day)s起") % told


def kind_word(kind: str) -> str:
    return str(KINDS.get(kind, kind))


def room_word(kind: str) -> str:
    room = kind.split(".")[0]
    return str(ROOMS.get(room, room))


def thing_word(on_type: str) -> str:
    return str(THINGS.get(on_type, on_type))


def fact_word(name: str) -> str:
    return str(FACTS.get(name, name))


def code_words() -> dict[str, dict[str, str]]:
    """The words of a fact's codes, by fact: the rooms' own, and CODES."""
    own = {
        "bulletin": [(one.kind, one.title) for one in bulletins.campaigns()],
        "because": numbers.because_words(),
        "answer": dispatch.answer_words(),
        "evidence": dispatch.evidence_words(),
        "grade": warnings.grades(),
        "outcome": dispatch.outcomes(),
        "pattern": numbers.pattern_words(),
        "post": district.posts(),
        "role": district.roles(),
        "rule": rules.titles(),
        "verdict": numbers.verdict_words(),
    }
    here = {name: {code: str(word) for code, word in words.items()} for name, words in CODES.items()}
    return here | {name: dict(words) | here.get(name, {}) for name, words in own.items()}
