"""Free-hand names of fraud classes and the class they mean. A name that isn't known goes to ``other``, as it was written."""

import re
import unicodedata
from typing import NamedTuple

from jinzhong_engine.taxonomy import FRAUD_CLASSES

NAMES = {
    "brushing": "刷单 刷单类 刷单返利 网络刷单 兼职刷单 刷单诈骗 刷单做任务 刷单刷信誉 刷信誉 做任务返利 点赞返利 兼职诈骗 网络兼职 兼职 充值返利 返利",
    "investment": "虚假投资 虚假投资理财 投资理财 网络投资 杀猪盘 虚假理财 投资诈骗 理财诈骗 炒股 荐股 虚拟币 炒币 虚假投资理财类 虚假投资类 网络投资理财 虚拟货币投资",
    "shopping": "虚假购物 网络购物 购物诈骗 虚假购物服务 虚假服务 网购诈骗 虚假购物类 二手交易 虚假中奖 低价购物",
    "ecom_cs": "冒充客服 冒充客服退款 冒充客服网购退款 冒充电商客服 冒充电商物流客服 客服退款 网购退款 退款理赔 冒充物流客服 冒充快递 冒充客服类 百万保障 冒充支付宝客服 冒充淘宝客服",
    "loan": "贷款 贷款诈骗 贷款类 虚假贷款 网络贷款 网贷 无抵押贷款 代办信用卡 办理信用卡 信用卡提额 套现 贷款类诈骗 办贷款",
    "credit": "虚假征信 征信 注销校园贷 校园贷 消除不良记录 注销网贷账户 征信类 征信诈骗",
    "acquaintance": "冒充熟人 冒充领导 冒充领导熟人 冒充老师 冒充亲友 冒充同学 冒充老板 猜猜我是谁 冒充qq好友 冒充微信好友 冒充子女 冒充领导熟人类",
    "authority": "冒充公检法 公检法 冒充公检法类 冒充警察 冒充政府机关 冒充公检法及政府机关 冒充公安 安全账户 冒充社保 冒充医保",
    "romance": "婚恋交友 网络婚恋 网络交友 交友诈骗 婚恋诈骗 婚恋 网恋 网络婚恋交友",
    "game": "游戏交易 网络游戏 游戏诈骗 虚假游戏交易 游戏产品虚假交易 游戏币 游戏装备 买卖游戏账号 网络游戏产品虚假交易 网游交易",
    "army_order": "冒充军警购物 冒充军警 冒充部队采购 冒充军人 军警购物 冒充部队",
    "netblack": "网黑 裸聊 裸聊敲诈 网络敲诈 盗号 黑客 木马 裸聊诈骗 网络招嫖 招嫖",
    "ticket": "机票退改签 航班取消 退改签 机票改签 机票诈骗 冒充航空公司",
    "gambling": "虚假博彩 网络博彩 网络赌博 博彩 赌博 博彩类 赌博网站 虚假赌博",
    "other": "其他 其它 其他类 其他诈骗 其他类型",
}  # fmt: skip
STEMS = {
    "brushing": "刷单 刷信誉 点赞返", "investment": "杀猪盘 理财 投资 炒股 荐股 虚拟币 虚拟货币 数字货币", "shopping": "购物 代购",
    "ecom_cs": "客服 快递理赔 百万保障", "loan": "贷款 网贷 信用卡", "credit": "征信 校园贷", "authority": "公检法 安全账户 通缉",
    "romance": "婚恋 交友", "game": "游戏 网游", "army_order": "军警 部队", "netblack": "裸聊 招嫖 盗号", "ticket": "机票 航班 退改签",
    "gambling": "博彩 赌博 彩票", "acquaintance": "冒充领导 冒充熟人 冒充亲友 冒充老师 冒充老板",
}  # fmt: skip
"""Words that tell the class wherever they stand, unless another class is told as well."""
_SUFFIX = re.compile(r"(类)?(电信网络)?(网络)?(诈骗)?(案件?|类)?$")


def plain(name: str) -> str:
    """Without spaces, brackets' content and marks: 刷单(返利) 类 → 刷单类."""
    return re.sub(
        r"\(.*?\)|[\s、,，.。\-—_/·\"'“”]+|^\d+[.、]?", "", unicodedata.normalize("NFKC", name)
    ).lower()


def _bare(name: str) -> str:
    short = _SUFFIX.sub("", plain(name))
    return short or plain(name)


KNOWN = {_bare(name): code for code, names in NAMES.items() for name in names.split()}


OFFICIAL = {
    _bare(spelling): one.code for one in FRAUD_CLASSES for spelling in (one.code, one.name, one.short)
}


class Classified(NamedTuple):
    """``is_official``: written as the taxonomy does; ``is_known``: false where only ``other`` is left."""

    code: str
    is_known: bool
    is_official: bool


def classify(name: str) -> Classified:
    """The class that a free-hand name means."""
    bare = _bare(name)
    if bare in OFFICIAL:
        return Classified(OFFICIAL[bare], True, True)
    code = KNOWN.get(bare) or _by_stem(bare)
    return Classified(code, True, False) if code else Classified("other", False, False)


def _by_stem(bare: str) -> str | None:
    found = {code for code, stems in STEMS.items() if any(stem in bare for stem in stems.split())}
    return found.pop() if len(found) == 1 else None
