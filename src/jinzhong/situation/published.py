"""Shares that were printed elsewhere and can't be right: ours is given, and the difference is said.

Every other share of the panel comes out of the cases by rounding half up. These don't, for any whole number of cases.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from jinzhong.situation import shares
from jinzhong.situation.periods import Period
from jinzhong_engine.taxonomy import BY_CODE


class Printed(NamedTuple):
    """A share of all cases of a period, as a publication printed it."""

    period: Period
    cases: int
    fraud_class: str
    percent: str


PANEL = Period(date(2021, 1, 1), date(2021, 6, 1))
PRINTED = (Printed(PANEL, 557, "ecom_cs", "8.9"),)
"""The panel “营造全民反诈浓厚氛围”: 冒充客服网购退款诈骗占比8.9%."""


def differences(period: Period, cases: int, by_class: Mapping[str, int]) -> list[str]:
    """What was printed about this very period and number of cases, and can't be reproduced."""
    return [
        _explain(one, by_class.get(one.fraud_class, 0))
        for one in PRINTED
        if (one.period, one.cases) == (period, cases) and not reachable(one.percent, cases)
    ]


def reachable(percent: str, cases: int) -> bool:
    """Whether any whole number of cases gives this share.

    >>> reachable("8.9", 557), reachable("9.0", 557)
    (False, True)
    """
    near = int(Decimal(percent) * cases / 100)
    return any(shares.percent(part, cases) == percent for part in range(near - 1, near + 3))


def _explain(printed: Printed, ours: int) -> str:
    return _(
        "%(name)s占比：本表 %(ours)s%%（%(part)s/%(cases)s）。专版刊为 %(printed)s%%，%(cases)s 起案件怎样四舍五入都得不到，以本表为准"
    ) % {
        "name": _(BY_CODE[printed.fraud_class].short),
        "ours": shares.percent(ours, printed.cases),
        "part": ours,
        "cases": printed.cases,
        "printed": printed.percent,
    }
