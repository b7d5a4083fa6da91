"""The classes of telecom and online fraud (诈骗类别) and their codes; the raw label of a case is kept beside its class."""

from typing import NamedTuple


class FraudClass(NamedTuple):
    """``number``: place in the official list; ``short``: as it stands in tables."""

    code: str
    number: str
    name: str
    short: str
    english: str


FRAUD_CLASSES = (
    FraudClass("brushing", "01", "刷单返利类", "刷单返利", "Task rebates"),
    FraudClass("investment", "02", "虚假网络投资理财类", "虚假投资理财", "Fake investment"),
    FraudClass("shopping", "03", "虚假购物、服务类", "虚假购物服务", "Fake shopping or services"),
    FraudClass("ecom_cs", "04", "冒充电商物流客服类", "冒充客服退款", "Fake customer service"),
    FraudClass("loan", "05", "贷款、代办信用卡类", "贷款", "Loan fees"),
    FraudClass("credit", "06", "虚假征信类", "虚假征信", "Fake credit record"),
    FraudClass("acquaintance", "07", "冒充领导、熟人类", "冒充领导熟人", "Fake boss or friend"),
    FraudClass("authority", "08", "冒充公检法及政府机关类", "冒充公检法", "Fake police or office"),
    FraudClass("romance", "09", "网络婚恋、交友类", "婚恋交友", "Romance"),
    FraudClass("game", "10", "网络游戏产品虚假交易类", "游戏交易", "Game goods"),
    FraudClass("army_order", "11", "冒充军警购物类", "冒充军警购物", "Fake army order"),
    FraudClass("netblack", "12", "网黑案件", "网黑", "Blackmail and account theft"),
    FraudClass("ticket", "13", "机票退改签类", "机票退改签", "Flight change"),
    FraudClass("gambling", "14", "虚假博彩类", "虚假博彩", "Rigged gambling"),
    FraudClass("other", "99", "其他", "其他", "Other"),
)
BY_CODE = {one.code: one for one in FRAUD_CLASSES}
