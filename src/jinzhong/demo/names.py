"""Invented people, phones and accounts: well formed, and evidently nobody's.

Given names begin with 示, 范, 演 or 例; mobiles lie in 154, which no operator has; overseas numbers begin with +999,
which is no country; landlines with 0000; bank cards with 9999, which is no bank.
"""

import random
import secrets
from typing import NamedTuple

SURNAMES = "王李张陈林周吴徐孙朱胡沈毛郑何冯许邓曹罗蒋邬竺应董江俞汪夏虞裘舒宋袁戴方石任单卓"
FIRST = "示范演例"
SECOND = "安宁康乐和平福寿嘉瑞春秋晓晨云帆江山松竹梅兰芳英杰伟华明亮文武新"
READABLE = "abcdefghjkmnpqrstuvwxyz23456789"
PASSWORD_LENGTH = 12


class Person(NamedTuple):
    """Somebody who doesn't exist. ``sex``: F or M."""

    name: str
    sex: str
    age: int
    phone: str


def name(dice: random.Random) -> str:
    """张示安 and the like."""
    return dice.choice(SURNAMES) + dice.choice(FIRST) + dice.choice(SECOND)


def mobile(number: int) -> str:
    """The n-th invented mobile.

    >>> mobile(12)
    '15405740012'
    """
    return f"1540574{number:04d}"


def overseas(number: int) -> str:
    """
    >>> overseas(12)
    '+99905740012'
    """
    return f"+9990574{number:04d}"


def landline(number: int) -> str:
    """
    >>> landline(12)
    '0574-00000012'
    """
    return f"0574-0000{number:04d}"


def card(number: int) -> str:
    """The n-th invented bank card, 19 digits.

    >>> card(12)
    '9999057400000000012'
    """
    return f"99990574{number:011d}"


def password() -> str:
    """For one demo account; letters and digits that can't be mistaken for each other."""
    return "".join(secrets.choice(READABLE) for _ in range(PASSWORD_LENGTH))
