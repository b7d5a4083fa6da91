"""Shares, changes and rates, rounded half up from exact values; None where the base is zero."""

from decimal import ROUND_HALF_UP, Decimal

TENTH, HUNDREDTH = Decimal("0.1"), Decimal("0.01")
PERSONS_PER_RATE = 10_000
FEW = 20
"""Of fewer than so many no percentage is shown to people: one case more or less would move it by five points."""


def percent(part: int | Decimal, whole: int | Decimal, *, places: Decimal = TENTH) -> str | None:
    """How much of the whole the part is.

    >>> percent(50, 557), percent(557, 11_953, places=HUNDREDTH), percent(1, 0)
    ('9.0', '4.66', None)
    """
    return rounded(Decimal(part) * 100 / whole, places) if whole else None


def change(now: int | Decimal, before: int | Decimal) -> str | None:
    """By how many percent it rose or fell.

    >>> change(96, 118), change(3, 0)
    ('-18.6', None)
    """
    return rounded(Decimal(now - before) * 100 / before, TENTH) if before else None


def rate(cases: int, residents: int | None) -> str | None:
    """Cases per 10,000 residents.

    >>> rate(557, 577_505), rate(3, None)
    ('9.64', None)
    """
    return rounded(Decimal(cases) * PERSONS_PER_RATE / residents, HUNDREDTH) if residents else None


def rounded(value: Decimal, places: Decimal) -> str:
    """Half up, without a minus before zero."""
    told = value.quantize(places, ROUND_HALF_UP)
    return str(abs(told) if told == 0 else told)


def money(amount: Decimal) -> str:
    """Yuan with two decimals."""
    return str(amount.quantize(HUNDREDTH, ROUND_HALF_UP))


def wan(amount: Decimal) -> str:
    """8,600 元 below ten thousand, 8.60 万元 above.

    >>> wan(Decimal("8600.40")), wan(Decimal(86_000)), wan(Decimal(0))
    ('8,600 元', '8.60 万元', '0 元')
    >>> wan(Decimal(86_050)), wan(Decimal("1234.5"))
    ('8.61 万元', '1,235 元')
    """
    if abs(amount) < 10_000:
        return f"{amount.quantize(Decimal(1), ROUND_HALF_UP):,} 元"
    return f"{in_wan(amount)} 万元"


def in_wan(amount: Decimal) -> str:
    """Ten thousands with two decimals, for columns headed 万元; plain 0 for nothing."""
    told = (amount / 10_000).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{told:,}" if amount else "0"
