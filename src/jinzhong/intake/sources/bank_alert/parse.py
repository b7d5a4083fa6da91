"""网点前哨: what a teller sends when a customer is about to pay a stranger. Every field may be left out."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from jinzhong.intake.sources.base import MAX_TEXT, AlertFields, Reader, age, amount, codes, payee, sex, text
from jinzhong.vault import forms
from jinzhong_engine.ladders.person_warning import TICKED

SIGNS = {
    "on_the_phone": _("边打电话边办"),
    "coached": _("答话像背的"),
    "deposit_broken": _("定期提前取"),
    "stranger_payee": _("不识收款人"),
    "hides_phone": _("怕人看手机"),
    "in_a_hurry": _("催得急"),
    "refused_elsewhere": _("被别家劝返"),
    "elderly_stranger": _("老人加陌生户"),
}
KNOWN_SIGNS = tuple(dict.fromkeys((*SIGNS, *TICKED)))
"""What a teller ticks, and what the ladder knows besides: a bank's own system may have seen more."""
QUESTIONS = {
    "purpose": (_("用途"), _("这笔钱做什么用？")),
    "family": (_("大额"), _("金额较大，家里人知道吗？")),
    "elsewhere": (_("外地"), _("对方在哪里，见过面吗？")),
    "payee": (_("收款人"), _("户名说得出来吗，怎么认识的？")),
    "hurry": (_("急"), _("今天不转会怎样，谁这样说的？")),
}
FIELDS = {
    "customer_name", "customer_phone", "customer_id_number", "customer_sex", "customer_age",
    "amount", "payee_name", "payee_account", "payee_bank", "signs", "answers", "story",
}  # fmt: skip


def parse(given: Mapping[str, Any]) -> AlertFields:
    """Raises Refused naming each field that is given and wrong."""
    reader = Reader(given)
    reader.refuse_unknown(FIELDS)
    account, tail = reader.take("payee_account", payee, ("", ""))
    fields = AlertFields(
        name=reader.take("customer_name", lambda value: forms.name(text(60)(value)), ""),
        phone=reader.take("customer_phone", lambda value: forms.personal_phone(text(40)(value)), ""),
        id_number=reader.take("customer_id_number", lambda value: forms.id_number(text(40)(value)), ""),
        sex=reader.take("customer_sex", sex, ""),
        age=reader.take("customer_age", age, None),
        amount=reader.take("amount", amount, None),
        payee_name=reader.take("payee_name", text(100), ""),
        payee_account=account,
        payee_tail=tail,
        payee_bank=reader.take("payee_bank", text(80), ""),
        signs=reader.take("signs", codes(KNOWN_SIGNS), ()),
        answers=reader.take("answers", _answers, {}),
        story=reader.take("story", text(MAX_TEXT), ""),
    )
    reader.done()
    return fields


def _answers(value: Any) -> dict[str, bool]:
    if not isinstance(value, dict) or not set(value) <= set(QUESTIONS):
        raise ValueError(_("五必问只有：%(names)s") % {"names": ", ".join(QUESTIONS)})
    return {name: bool(answer) for name, answer in value.items()}
