"""The figures in the sentences of the newspaper panel, for people who read rather than script."""

from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jinzhong.situation import shares
from jinzhong.situation.figures import Part, Persons, Stats
from jinzhong.situation.periods import Period

NAMED = 4
"""Classes a sentence names before it says "……"."""
YOUNG = ("20-30", "31-40")
DASH = "—"


def paragraph(told: Stats) -> list[str]:
    """The panel's sentences about a period; those whose base is zero are left out."""
    if not told.total.cases:
        return [_("%(span)s没有发案。") % {"span": span(told.period)}]
    sentences = [_first(told), _compared(told), _by_cases(told), _by_loss(told)]
    if told.persons:
        sentences.append(_victims(told))
    return [*sentences, _areas(told)]


def day(one: date) -> str:
    """5月31日; 31 May."""
    return f"{one.day} {one:%b}" if get_language() == "en" else f"{one.month}月{one.day}日"


def whole_day(one: date) -> str:
    """2021年5月31日; 31 May 2021."""
    return f"{day(one)} {one.year}" if get_language() == "en" else f"{one.year}年{day(one)}"


def month(one: date) -> str:
    """5月; May."""
    return f"{one:%b}" if get_language() == "en" else f"{one.month}月"


def span(period: Period) -> str:
    """2021年1至5月, Jan to May 2021; 2021年5月22日至28日, 22 to 28 May 2021."""
    first, last = period.since, period.last
    if first == last:
        return whole_day(last)
    if period.is_whole_months and first.year == last.year:
        return _months(first, last)
    return _days_in_english(first, last) if get_language() == "en" else _days(first, last)


def _months(first: date, last: date) -> str:
    several = first.month != last.month
    if get_language() == "en":
        return f"{month(first)} to {month(last)} {last.year}" if several else f"{month(last)} {last.year}"
    return f"{last.year}年{f'{first.month}至' if several else ''}{month(last)}"


def _days(first: date, last: date) -> str:
    """What both days share is said with the first one."""
    if first.year != last.year:
        return f"{whole_day(first)}至{whole_day(last)}"
    return f"{whole_day(first)}至{day(last) if first.month != last.month else f'{last.day}日'}"


def _days_in_english(first: date, last: date) -> str:
    """What both days share is said with the last one."""
    if first.year != last.year:
        return f"{whole_day(first)} to {whole_day(last)}"
    return f"{day(first) if first.month != last.month else first.day} to {whole_day(last)}"


def wan(amount: Decimal) -> str:
    """Ten thousands of yuan without idle noughts: 3007.5.

    >>> wan(Decimal(30_075_000)), wan(Decimal(2_860_000)), wan(Decimal(50))
    ('3007.5', '286', '0.005')
    """
    told = (amount / 10_000).quantize(Decimal("0.000001"), ROUND_HALF_UP).normalize()
    return format(told, "f")


def _first(told: Stats) -> str:
    city = (
        _("，同期发案数占全市%(percent)s%%") % {"percent": told.city_percent}
        if told.city_percent is not None
        else ""
    )
    return _("%(span)s发案%(cases)s起%(city)s，损失金额%(loss)s万元。") % {
        "span": span(told.period),
        "cases": told.total.cases,
        "city": city,
        "loss": wan(told.total.loss),
    }


def _compared(told: Stats) -> str:
    return _("环比%(change)s（上一段%(before)s起），同比%(yoy)s（去年同期%(last)s起）。") % {
        "change": risen(told.change_percent),
        "before": told.previous[1].cases,
        "yoy": risen(told.yoy_percent),
        "last": told.last_year[1].cases,
    }


def risen(change: str | None) -> str:
    """上升 3.2%, 下降 18.6%, 持平 or —."""
    if change is None:
        return DASH
    size = Decimal(change)
    if not size:
        return _("持平")
    return (_("上升%(n)s%%") if size > 0 else _("下降%(n)s%%")) % {"n": abs(size)}


def _by_cases(told: Stats) -> str:
    named = [
        _("%(name)s诈骗占比%(percent)s%%") % {"name": one.name, "percent": one.percent}
        for one in _largest(told.by_class, by_loss=False)
    ]
    return _("从案件类型来看，%(list)s。") % {"list": _listed(named, told.by_class)}


def _by_loss(told: Stats) -> str:
    named = [
        _("%(name)s诈骗损失金额%(loss)s万元，占比%(percent)s%%")
        % {"name": one.name, "loss": wan(one.loss), "percent": one.loss_percent}
        for one in _largest(told.by_class, by_loss=True)
        if one.loss
    ]
    if not named:
        return _("从损失情况看，没有损失。")
    return _("从损失情况看，%(list)s。") % {"list": _listed(named, told.by_class)}


def _largest(lines: Iterable[Part], *, by_loss: bool) -> list[Part]:
    """The classes named first: 其他 is no class, so it never leads."""
    known = [one for one in lines if one.cases and one.code != "other"]
    return sorted(known, key=lambda one: -(one.loss if by_loss else one.cases))[:NAMED]


def _listed(named: list[str], lines: list[Part]) -> str:
    more = sum(1 for one in lines if one.cases) > len(named)
    return _("，").join(named) + ("……" if more else "")


def _victims(told: Stats) -> str:
    sexes = _("，").join(
        _("%(name)s性占比%(percent)s%%") % {"name": one.name, "percent": one.percent}
        for one in told.by_sex
        if one.code in ("F", "M")
    )
    young = [one for one in told.by_age if one.code in YOUNG]
    return _("从受骗群体看，%(sexes)s；20至40岁占比%(all)s%%，其中%(parts)s。") % {
        "sexes": sexes,
        "all": shares.percent(sum(one.persons for one in young), told.persons),
        "parts": _("，").join(_share(one) for one in young),
    }


def _share(one: Persons) -> str:
    return _("%(name)s占%(percent)s%%") % {"name": one.name, "percent": one.percent}


def _areas(told: Stats) -> str:
    named = _("，").join(
        _("%(name)s占比%(percent)s%%") % {"name": one.name, "percent": one.percent} for one in told.by_area
    )
    return _("从发案区域看，%(list)s。") % {"list": named}
