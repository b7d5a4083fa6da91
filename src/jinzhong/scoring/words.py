"""Why somebody says that a number is fraud, is none, or can't be told yet: what is chosen with the second click; what drift is called."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

BECAUSE: dict[str, dict[str, Promise]] = {
    "fraud": {
        "victim": _("受害人指认"),
        "in_a_case": _("案件里出现过"),
        "script": _("回访听到话术"),
        "field": _("实名、卡、机核查不符"),
    },
    "innocent": {
        "courier": _("送餐、快递"),
        "shop": _("商家、客服回访"),
        "clinic_school": _("医院、学校通知"),
        "public": _("村社、物业、政务"),
        "hiring": _("招聘、中介"),
        "private": _("亲友多、办酒席"),
        "other": _("别的，写在备注"),
    },
    "unsure": {
        "unreached": _("打不通、没人接"),
        "thin": _("凭据不够"),
        "wait": _("再看几天"),
    },
}

DRIFT: dict[str, Promise] = {
    "stable": _("稳"),
    "few": _("号码太少，说不准"),
    "some": _("有变"),
    "much": _("大变"),
}


def because_word(word: str, because: str) -> str:
    return str(BECAUSE.get(word, {}).get(because, because))
