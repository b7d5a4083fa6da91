"""Canonical forms of phones, ID numbers, accounts and names, and how they are masked.

One real number has one key, however it is written. Phones: mobile ``13812341234``; landline ``0574-88881234``
(area code always there; extension ``x8001``); 400/800 and short service numbers as digits; overseas ``+16505550100``.
"""

import re
import unicodedata
from datetime import date

from django.conf import settings
from django.utils.translation import gettext as _

OLDEST_BIRTH_YEAR = 1880
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_EXTENSION = re.compile(r"(?:转|ext\.?|x|#)\s*(?P<x>\d{1,6})$", re.IGNORECASE | re.ASCII)
_SEPARATORS = re.compile(r"[\s\-‐-―()\[\]./·—~]+")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_AREA = r"(10|2\d|[3-9]\d{2})"
_DASHED_EXTENSION = re.compile(rf"(?<!\d)(?:0{_AREA})?[2-8]\d{{6,7}}[-‐-―]\s*(?P<x>\d{{1,5}})$", re.ASCII)
_LANDLINE = re.compile(rf"0{_AREA}(\d{{7,8}})")
_WITHOUT_TRUNK = re.compile(rf"{_AREA}\d{{7,8}}")
_SERVICE = re.compile(r"[48]00\d{7}|9[56]\d{3,6}|1[012]\d{1,3}|12\d{3}|106\d{5,17}|100\d{2,5}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_COMPOUND = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "令狐",
    "夏侯",
    "司徒",
    "端木",
    "南宫",
    "百里",
)


class BadForm(ValueError):
    """A value that can't be what it should be; the message says what is wrong with it."""


def _plain(text: str) -> str:
    if any(0xD800 <= ord(char) <= 0xDFFF or (ord(char) < 32 and char not in "\t\n\r") for char in text):
        raise BadForm(_("含有不能保存的字符"))
    return _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()


def phone(text: str, *, area: str = "") -> str:
    """The canonical key of a phone number. ``area``: of a landline written without one (default: the district's). Raises BadForm."""
    plain = _plain(text)
    main, extension = _split(plain)
    digits = _SEPARATORS.sub("", main)
    if not re.fullmatch(r"\+?\d{3,20}", digits, re.ASCII):
        raise BadForm(_("电话只写数字，例如 13812341234 或 0574-88881234"))
    return _key(_without_country(digits), area or settings.AREA_CODE) + (f"x{extension}" if extension else "")


def personal_phone(text: str) -> str:
    """The key of a phone that may be a person's own: 110, 95588 and 400 numbers are nobody's. Raises BadForm."""
    key = phone(text)
    if _SERVICE.fullmatch(key.split("x")[0]):
        raise BadForm(_("这是服务号码，请写本人的电话"))
    return key


def is_residents(key: str) -> bool:
    """Whether a canonical number may be the phone of somebody here: a mobile, or a landline of the district's area code.

    A desk behind an extension, a service number, a landline elsewhere and a number abroad are not.
    """
    return bool(_MOBILE.fullmatch(key) or re.fullmatch(rf"{re.escape(settings.AREA_CODE)}-\d{{7,8}}", key))


def _split(plain: str) -> tuple[str, str]:
    """(number, extension): 88881234转801 and, behind a whole landline of ours, 0574-88881234-801."""
    abroad = plain.startswith(("+", "00")) and not plain.startswith(("+86", "0086"))
    found = _EXTENSION.search(plain) or (None if abroad else _DASHED_EXTENSION.search(plain))
    return (plain[: found.start("x")].rstrip("-‐‑‒–—―转extEXT.# "), found["x"]) if found else (plain, "")


def _without_country(digits: str) -> str:
    """China's own prefix goes, and what it had replaced, the 0 before an area code, comes back; others keep their plus."""
    for prefix in ("+86", "0086", "86"):
        rest = digits.removeprefix(prefix)
        if rest == digits or (prefix == "86" and len(rest) < 10):
            continue
        if _MOBILE.fullmatch(rest) or len(rest) <= 6 or rest.startswith("0"):
            return rest
        is_beijing = len(rest) == 10 and rest.startswith("10")
        is_service = _SERVICE.fullmatch(rest) and not is_beijing
        return f"0{rest}" if _WITHOUT_TRUNK.fullmatch(rest) and not is_service else rest
    return "+" + digits[2:] if digits.startswith("00") else digits


def _key(digits: str, area: str) -> str:
    if digits.startswith("+"):
        if not re.fullmatch(r"\+[1-9]\d{5,14}", digits):
            raise BadForm(_("境外号码写成 +国家码 号码"))
        return digits
    if _MOBILE.fullmatch(digits.removeprefix("0")):
        return digits.removeprefix("0")
    if _SERVICE.fullmatch(digits):
        return digits
    landline = _LANDLINE.fullmatch(digits) or _LANDLINE.fullmatch(
        "0" + digits if len(digits) in (10, 11) and digits[0] != "1" else digits
    )
    if landline:
        return f"0{landline[1]}-{landline[2]}"
    if re.fullmatch(r"[2-8]\d{6,7}", digits):
        return f"{area}-{digits}"
    if digits.startswith("1") and len(digits) != 11:
        raise BadForm(_("现有 %(n)s 位，应为 11 位") % {"n": len(digits)})
    raise BadForm(_("没有这样的号码，请核对"))


def id_number(text: str) -> str:
    """An 18-digit ID number with its check digit; the old 15 digits become 18. Raises BadForm."""
    plain = _SEPARATORS.sub("", _plain(text)).upper()
    if re.fullmatch(r"\d{15}", plain, re.ASCII):
        body = plain[:6] + "19" + plain[6:]
        plain = body + _check_digit(body)
    if not re.fullmatch(r"[1-9]\d{16}[\dX]", plain, re.ASCII):
        raise BadForm(_("身份证号应为 18 位，现有 %(n)s 位") % {"n": len(plain)})
    if _check_digit(plain[:17]) != plain[17]:
        raise BadForm(_("身份证号的校验位不对，请核对"))
    birth_date(plain)
    return plain


def _check_digit(body: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def birth_date(canonical: str) -> date:
    """The date of birth an ID number tells."""
    try:
        born = date(int(canonical[6:10]), int(canonical[10:12]), int(canonical[12:14]))
    except ValueError as problem:
        raise BadForm(_("身份证号里的出生日期不存在")) from problem
    if born.year < OLDEST_BIRTH_YEAR:
        raise BadForm(_("身份证号里的出生日期不存在"))
    return born


def sex(canonical: str) -> str:
    """F or M, as an ID number tells."""
    return "M" if int(canonical[16]) % 2 else "F"


def account(text: str) -> str:
    """The digits of a bank account or card. Raises BadForm."""
    digits = _SEPARATORS.sub("", _plain(text))
    if not re.fullmatch(r"\d{6,32}", digits, re.ASCII):
        raise BadForm(_("账号只写数字，6 到 32 位"))
    return digits


def name(text: str) -> str:
    """A name in one spelling; rare characters stay. Raises BadForm."""
    plain = re.sub(r"\s+", " ", _plain(text))
    plain = re.sub(r"\s*[·••・]\s*", "·", plain)
    if re.search("[\u3400-\u9fff\U00020000-\U0003ffff]", plain):
        plain = plain.replace(" ", "")
    if not 1 <= len(plain) <= 60:
        raise BadForm(_("姓名应为 1 到 60 个字"))
    return plain


def mask_phone(canonical: str) -> str:
    """138****1234, 0574-****1234; short service numbers stay."""
    main = canonical.split("x")[0]
    if _MOBILE.fullmatch(main):
        return f"{main[:3]}****{main[-4:]}"
    if "-" in main:
        return f"{main.split('-')[0]}-****{main[-3:]}"
    if len(main) <= 6:
        return main
    return f"{main[:3]}****{main[-4:]}"


def mask_id(canonical: str) -> str:
    """330***********123X"""
    return f"{canonical[:3]}***********{canonical[-4:]}"


def mask_name(canonical: str) -> str:
    """张*; a compound surname keeps both characters."""
    return (canonical[:2] if canonical.startswith(_COMPOUND) and len(canonical) > 2 else canonical[:1]) + "*"


def mask_account(canonical: str) -> str:
    """尾号 7731"""
    return _("尾号 %(tail)s") % {"tail": canonical[-4:]}
