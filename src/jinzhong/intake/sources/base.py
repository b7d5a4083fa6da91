"""What every source of alerts reads from what it is given: clean fields, or a refusal that names the field."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from jinzhong.vault import forms

MAX_AMOUNT = Decimal("1e10")
MAX_TEXT = 4000
T = TypeVar("T")


class Refused(Exception):
    """What was given can't be taken; ``errors``: (field, message in the user's words)."""

    def __init__(self, errors: list[tuple[str, str]]):
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors))
        self.errors = errors


@dataclass(frozen=True)
class AlertFields:
    """An alert as far as it is known; empty means not said."""

    name: str = ""
    phone: str = ""
    id_number: str = ""
    sex: str = ""
    age: int | None = None
    amount: Decimal | None = None
    payee_name: str = ""
    payee_account: str = ""
    payee_tail: str = ""
    payee_bank: str = ""
    fraud_class: str = ""
    signs: tuple[str, ...] = ()
    answers: dict[str, bool] = field(default_factory=dict)
    story: str = ""
    place: str = ""
    town: str = ""


class Reader:
    """Reads one field after the other from a mapping and gathers what is wrong."""

    def __init__(self, given: Mapping[str, Any]):
        self.given = given
        self.errors: list[tuple[str, str]] = []

    def take(self, name: str, clean: Callable[[Any], T], empty: T) -> T:
        """The cleaned value, or ``empty`` where nothing was said."""
        value = self.given.get(name)
        if value is None or (isinstance(value, str) and not value.strip()) or value == []:
            return empty
        try:
            return clean(value)
        except (ValueError, TypeError) as problem:
            self.errors.append((name, str(problem) or _("写法认不出")))
            return empty

    def refuse_unknown(self, known: set[str]) -> None:
        self.errors += [(name, _("没有这一项")) for name in self.given if name not in known]

    def done(self) -> None:
        if self.errors:
            raise Refused(self.errors)


def text(limit: int = 200) -> Callable[[Any], str]:
    """Cleaner for words of at most ``limit`` characters without control characters."""

    def clean(value: Any) -> str:
        if not isinstance(value, str):
            raise ValueError(_("要写文字"))
        value = value.strip()
        if len(value) > limit:
            raise ValueError(_("太长：最多 %(limit)s 个字") % {"limit": limit})
        if any((ord(char) < 32 and char not in "\n\t") or 0xD800 <= ord(char) <= 0xDFFF for char in value):
            raise ValueError(_("含有不能保存的字符"))
        return value

    return clean


def amount(value: Any) -> Decimal:
    """Yuan, above zero, at most two decimals."""
    try:
        money = Decimal(str(value).replace(",", "").replace("，", "").strip())
    except InvalidOperation as problem:
        raise ValueError(_("金额要写数字，例如 50000")) from problem
    if isinstance(value, bool) or not money.is_finite() or not 0 < money < MAX_AMOUNT:
        raise ValueError(_("金额要大于 0，单位为元"))
    if money != money.quantize(Decimal("0.01")):
        raise ValueError(_("金额最多两位小数"))
    return money.quantize(Decimal("0.01"))


def words(value: Any) -> tuple[str, ...]:
    """A short list of codes or words."""
    if not isinstance(value, (list, tuple)) or len(value) > 40:
        raise ValueError(_("要写成列表"))
    return tuple(dict.fromkeys(text(40)(one) for one in value))


def codes(known: Collection[str]) -> Callable[[Any], tuple[str, ...]]:
    """Cleaner for a short list of known codes."""

    def clean(value: Any) -> tuple[str, ...]:
        found = words(value)
        if not set(found) <= set(known):
            raise ValueError(_only(known))
        return found

    return clean


def one_of(known: Collection[str]) -> Callable[[Any], str]:
    """Cleaner for one known code."""

    def clean(value: Any) -> str:
        if value not in known:
            raise ValueError(_only(known))
        return str(value)

    return clean


def _only(known: Collection[str]) -> str:
    return _("只能写：%(names)s") % {"names": ", ".join(known)}


def age(value: Any) -> int:
    written = str(value).strip()
    years = int(written) if written.isdecimal() and len(written) <= 3 else -1
    if not 0 <= years <= 120:
        raise ValueError(_("年龄要在 0 到 120 之间"))
    return years


def sex(value: Any) -> str:
    known = {"F": "F", "M": "M", "女": "F", "男": "M"}
    if not isinstance(value, str) or value not in known:
        raise ValueError(_("性别写 女 或 男"))
    return known[value]


def payee(value: Any) -> tuple[str, str]:
    """(full account, last four digits) of what the teller wrote: all digits, or the last four only."""
    digits = forms.account(str(value)) if len(str(value).strip()) > 4 else str(value).strip()
    if len(digits) > 4:
        return digits, digits[-4:]
    if len(digits) == 4 and digits.isascii() and digits.isdigit():
        return "", digits
    raise ValueError(_("收款账号写全，或只写末四位"))
