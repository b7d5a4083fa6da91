"""现场检查: what is looked at in outlets, operators' shops, communities and schools, where the viewer may check, what was found."""

from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong.district import queries as district
from jinzhong.district.models import Account, Community, Unit
from jinzhong.review.models import SiteCheck

GOOD, BAD = "good", "bad"
PHOTOS = 4
"""At most so many with one check."""
OUTLET, OPERATOR, COMMUNITY, SCHOOL = "outlet", "operator", "community", "school"
UNITS = (OUTLET, OPERATOR, SCHOOL)
"""Kinds of places that are units; a community is none."""
KINDS = {
    OUTLET: gettext_lazy("银行网点"),
    OPERATOR: gettext_lazy("运营商营业厅"),
    COMMUNITY: gettext_lazy("村（社区）"),
    SCHOOL: gettext_lazy("学校"),
}
ITEMS: dict[str, dict[str, Promise]] = {
    OUTLET: {
        "questions": gettext_lazy("大额转账问话单在用"),
        "five_questions": gettext_lazy("柜员说得出“五必问”：用途、大额、异地、认不认识收款人、是不是很急"),
        "alarm_key": gettext_lazy("柜员会按一键报警"),
        "fallback": gettext_lazy("断网时知道打哪个电话"),
        "shared": gettext_lazy("看得到别的网点 24 小时内报过的人"),
        "holds": gettext_lazy("可疑的先核实、延缓办理，等民警来，不硬拦客户"),
        "accounts": gettext_lazy("可疑开户有核实记录"),
        "dormant": gettext_lazy("半年没用的账户重新核实才开通"),
        "posters": gettext_lazy("宣传材料摆在显眼处"),
        "atm": gettext_lazy("取款机贴着“三是否”"),
    },
    OPERATOR: {
        "real_name": gettext_lazy("开卡本人到场、人证相符，超张数的不办"),
        "risk_notice": gettext_lazy("开卡签风险告知，讲明不出租、不出售"),
        "reverify": gettext_lazy("高危卡 24 小时内提醒二次实人认证，过时停机"),
        "reasons": gettext_lazy("停机告知原因、怎么申诉、要带什么"),
        "restored": gettext_lazy("核验通过的 30 分钟内复机，有记录"),
        "hotline": gettext_lazy("申诉有人当班受理，记着几时答复"),
    },
    COMMUNITY: {
        "board": gettext_lazy("宣传栏是近一个月的"),
        "speakers": gettext_lazy("小喇叭能响、按时播"),
        "quiet_hours": gettext_lazy("午休和 20 点以后不播"),
        "visits": gettext_lazy("入户宣传有登记"),
        "visit_form": gettext_lazy("登记写着哪一户、几时、谁去、讲了哪几类"),
        "no_secrets": gettext_lazy("登记里没有银行卡号和密码"),
        "plates": gettext_lazy("门牌、房卡贴了，牌上没有住户信息"),
        "contacts": gettext_lazy("易受骗的人有人联系"),
    },
    SCHOOL: {
        "class_meetings": gettext_lazy("本学期各班开过反诈班会"),
        "dorms": gettext_lazy("宿舍走访有登记"),
        "pledges": gettext_lazy("新生签了承诺书"),
        "class_officers": gettext_lazy("各班有反诈委员，会报情况"),
        "cards": gettext_lazy("讲过出租、出售电话卡和银行卡的后果"),
        "notices": gettext_lazy("发案通报传到班，没有姓名"),
        "parents": gettext_lazy("发过家长信，假期前提醒过"),
    },
}
"""What is looked at, by kind of place, as drawn together from published practice: a bank's five questions and the one-tap alarm,
the 24-hour rule and right of appeal for phone cards, the visit form and door plates, a campus programme of ten parts. What was
handed in is told by its codes, so the words of a code stay; what is meant differently is another code."""


class Place(NamedTuple):
    """``key``: as the form names it."""

    key: str
    name: str
    kind: str


def places(viewer: Account) -> list[Place]:
    """Those of the viewer's towns. An operator has shops in all of them, so whoever may check may check there."""
    sight = district.sight(viewer)
    units = Unit.objects.filter(kind__in=UNITS).order_by("kind", "name")
    communities = Community.objects.select_related("town")
    if not sight.district:
        units = units.filter(Q(town__in=sight.towns) | Q(kind=OPERATOR))
        communities = communities.filter(town__in=sight.towns)
    return [
        *(Place(f"{one.kind}:{one.code}", one.name, one.kind) for one in units),
        *(Place(f"{COMMUNITY}:{one.pk}", f"{one.town.name} {one.name}", COMMUNITY) for one in communities),
    ]


def place(key: str, viewer: Account) -> Unit | Community | None:
    """The place that a form names; None where the viewer has none such."""
    if key not in {one.key for one in places(viewer)}:
        return None
    kind, _colon, name = key.partition(":")
    return Community.objects.get(pk=name) if kind == COMMUNITY else district.unit(name)


def receiver_of(seen: Unit | Community) -> Unit | None:
    """Who answers for it: the bank of an outlet, an operator or a school itself, the office of a community's town."""
    if isinstance(seen, Unit):
        return seen.parent if seen.kind == OUTLET else seen
    offices = (one for one in district.member_units() if one.kind == Unit.Kind.TOWN_OFFICE)
    return next((one for one in offices if one.town_id == seen.town_id), None)


def photo(one: SiteCheck, number: int) -> bytes | None:
    """A JPEG; who may see the check may see it."""
    found = one.photos.filter(number=number).first()
    return found.content if found else None


def kind_of(seen: Unit | Community) -> str:
    return seen.kind if isinstance(seen, Unit) else COMMUNITY


def visible(viewer: Account) -> QuerySet[SiteCheck]:
    """Of who sees the district all, else one's own."""
    found = SiteCheck.objects.select_related("unit", "community__town", "receiver")
    found = found.annotate(photographed=Count("photos"))
    return found if district.sight(viewer).district else found.filter(by=viewer.username)


def check(pk: UUID, *, viewer: Account) -> SiteCheck | None:
    return visible(viewer).filter(pk=pk).first()


def told(one: SiteCheck) -> list[tuple[str, str]]:
    """(what was looked at, good or bad), in the order of the form."""
    known = ITEMS[kind_of(one.place)]
    return [(str(word), one.items[code]) for code, word in known.items() if code in one.items]


def findings(one: SiteCheck) -> str:
    """What is not in order, and what else was written."""
    bad = [word for word, state in told(one) if state == BAD]
    found = _("没有做到：%(list)s") % {"list": _("、").join(bad)} if bad else ""
    return _("；").join(filter(None, (found, one.text)))


def words(one: SiteCheck) -> str:
    """As it stands on a paper."""
    at = f"{timezone.localtime(one.seen_at):%Y-%m-%d %H:%M}"
    said = {"at": at, "place": one.place, "found": findings(one)}
    return _("%(at)s 现场检查 %(place)s：%(found)s") % said
