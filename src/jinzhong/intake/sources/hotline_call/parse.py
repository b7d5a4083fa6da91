"""热线来电: what the desk writes down while somebody calls about themselves or a relative."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jinzhong.intake.sources.base import MAX_TEXT, AlertFields, Reader, age, amount, payee, sex, text, words
from jinzhong.vault import forms
from jinzhong_engine.taxonomy import FRAUD_CLASSES

SIGNS = {
    "transfer_under_way": gettext_lazy("正在转账"),
    "screen_sharing": gettext_lazy("屏幕共享中"),
    "money_sent_before": gettext_lazy("已经转过钱"),
    "scam_app_active": gettext_lazy("装了涉诈 App"),
    "money_sign": gettext_lazy("在凑钱、取钱"),
    "repeated_contact": gettext_lazy("反复联系"),
    "long_call": gettext_lazy("长时间通话"),
    "link_opened": gettext_lazy("点过链接"),
    "one_contact": gettext_lazy("只接过一次"),
}
FIELDS = {
    "name", "phone", "id_number", "sex", "age", "amount", "payee_account", "payee_name", "payee_bank",
    "fraud_class", "signs", "story", "place", "town",
}  # fmt: skip


def parse(given: Mapping[str, Any], *, towns: set[str]) -> AlertFields:
    """Raises Refused naming each wrong field. A call must tell who or where, or nobody can be sent."""
    reader = Reader(given)
    reader.refuse_unknown(FIELDS)
    account, tail = reader.take("payee_account", payee, ("", ""))
    fields = AlertFields(
        name=reader.take("name", lambda value: forms.name(text(60)(value)), ""),
        phone=reader.take("phone", lambda value: forms.phone(text(40)(value)), ""),
        id_number=reader.take("id_number", lambda value: forms.id_number(text(40)(value)), ""),
        sex=reader.take("sex", sex, ""),
        age=reader.take("age", age, None),
        amount=reader.take("amount", amount, None),
        payee_name=reader.take("payee_name", text(100), ""),
        payee_account=account,
        payee_tail=tail,
        payee_bank=reader.take("payee_bank", text(80), ""),
        fraud_class=reader.take("fraud_class", _fraud_class, ""),
        signs=reader.take("signs", words, ()),
        story=reader.take("story", text(MAX_TEXT), ""),
        place=reader.take("place", text(200), ""),
        town=reader.take("town", lambda value: _one_of(value, towns), ""),
    )
    if not (fields.phone or fields.place):
        reader.errors.append(("phone", _("电话和地点至少写一项，才找得到人")))
    reader.done()
    return fields


def _one_of(value: Any, known: set[str]) -> str:
    if value not in known:
        raise ValueError(_("没有这个镇（街道）"))
    return str(value)


def _fraud_class(value: Any) -> str:
    return _one_of(value, {one.code for one in FRAUD_CLASSES})
