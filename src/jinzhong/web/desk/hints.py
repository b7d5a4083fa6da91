"""What the seat asks and says while somebody calls: by what is going on, and by class of fraud."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from jinzhong_engine.taxonomy import FRAUD_CLASSES


@dataclass(frozen=True)
class Hint:
    """How this class of fraud goes, and the one question that lays it open."""

    code: str
    name: Promise
    how: str | Promise
    ask: str | Promise


ALWAYS = (
    _("先问：钱转出去没有？正在转就先停手，别挂我们的电话。"),
    _("看四样：通话和短信、聊天记录、装过的软件、最近的大额转账。"),
    _("问两样：为什么转？收款的人见过面吗？"),
    _("对方让您瞒着谁、让您接着通话不许挂？这一条最要紧。"),
    _("记清地点：现在在哪、去哪个网点，我们好派人。"),
)
"""The opening of every call (四查看三询问 of the handbook, as far as its public copy goes)."""

_SAID: dict[str, tuple[Promise, Promise]] = {
    "brushing": (
        _("先返几笔小钱，再要做“联单”，本金和佣金都取不出来。"),
        _("是不是先垫钱，做满几单才能提现？"),
    ),
    "investment": (
        _("“老师”“恋人”带进群，平台上数字在涨，提现要再交钱。"),
        _("平台是谁推荐的？试过把钱全部取出来吗？"),
    ),
    "shopping": (_("价格低，要离开平台私下付，付了就拉黑。"), _("是在平台里付的，还是加了微信转的？")),
    "ecom_cs": (
        _("自称客服退款、理赔、取消“百万保障”，让您开屏幕共享。"),
        _("有没有让您装会议软件、共享屏幕？"),
    ),
    "loan": (_("放款前要交保证金、解冻费、刷流水。"), _("钱还没到手，就先让您交钱了吗？")),
    "credit": (_("说有“校园贷”、征信要注销，把钱转到“监管账户”。"), _("是不是让您先贷出来再转走？")),
    "acquaintance": (_("冒充领导、同学，先寒暄再借钱、代付。"), _("打原来的电话核实过本人吗？")),
    "authority": (_("自称公检法，案件保密，把钱转“安全账户”。"), _("对方是不是说保密、不许告诉家人？")),
    "romance": (_("网上恋爱，以礼物、路费、急病要钱，不肯见面。"), _("视频见过本人吗？见过面吗？")),
    "game": (_("私下买卖账号装备，提现失败，要再充“解冻”。"), _("是不是孩子用大人的手机付的？")),
    "army_order": (
        _("冒充部队、学校订货，让您垫款向“指定商家”进货。"),
        _("指定商家是对方给的吗？核实过单位电话吗？"),
    ),
    "netblack": (_("裸聊、盗号后敲诈，越给越要。"), _("先别给钱；对方手里有您的通讯录吗？")),
    "ticket": (_("短信说航班取消，退改签要先交钱、共享屏幕。"), _("打航空公司官方电话问过吗？")),
    "gambling": (_("后台能改输赢，先赢后输，提不出钱。"), _("充了几次，取出来过几次？")),
    "other": (_("说不清哪一类，就照对方原话记。"), _("对方第一句话是怎么说的？")),
}

HINTS = tuple(Hint(one.code, _(one.short), *_SAID[one.code]) for one in FRAUD_CLASSES)
