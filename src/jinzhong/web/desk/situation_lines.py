"""The figures of a period as the page draws them: facts with what they are held against, bars from zero, columns."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from jinzhong.situation import drill, queries, sentences, shares
from jinzhong.situation.figures import Only, Part, Persons, Stats, Total
from jinzhong.situation.periods import Period, add_months, one_day
from jinzhong.situation.sentences import DASH
from jinzhong.web.templatetags.show import wan

DAYS_AS_COLUMNS = 45
"""A longer period is drawn by months."""
MONTHS_AS_COLUMNS = 36


@dataclass(frozen=True)
class Against:
    """What a figure is held against: 上一段 133 起, 下降 18.0%; ``why`` there is no figure or no percentage."""

    word: str
    text: str
    rows: str = ""
    change: str = ""
    why: str = ""


@dataclass(frozen=True)
class Fact:
    """One of the figures on top."""

    name: str
    text: str
    unit: str
    rows: str
    against: tuple[Against, ...]


@dataclass(frozen=True)
class Line:
    """One line of a breakdown. Widths are percents of the longest bar of its panel; ``before``: the previous period."""

    name: str
    count: int
    rows: str
    width: int
    percent: str
    before: int | None = None
    before_width: int = 0
    loss: Decimal | None = None
    loss_width: int = 0
    loss_percent: str = DASH
    rate: str | None = None


@dataclass(frozen=True)
class Column:
    """Cases of a day or month."""

    name: str
    label: str
    cases: int
    loss: Decimal
    height: int
    rows: str


@dataclass(frozen=True)
class Drawn:
    """Everything the page shows of a period; empty lists are of breakdowns that the filter has already taken."""

    facts: list[Fact]
    classes: list[Line]
    towns: list[Line]
    areas: list[Line]
    sexes: list[Line]
    ages: list[Line]
    columns: list[Column]
    by_days: bool
    cut_columns: int


def drawn(told: Stats, before: Stats | None, days: list[tuple[date, Total]], *, viewer: Any) -> Drawn:
    """``before``: the previous period, None where nothing is known of it."""
    only, by_days = told.only, told.period.days <= DAYS_AS_COLUMNS
    columns = list(_days(told, days) if by_days else _months(told))
    return Drawn(
        facts=list(_facts(told, viewer)),
        classes=[] if only.fraud_class else _parts(told, "class", told.by_class, before.by_class if before else None),
        towns=[] if only.town or len(told.by_town) < 2 else _parts(told, "town", told.by_town, before.by_town if before else None),
        areas=[] if only.area else _parts(told, "area", told.by_area, before.by_area if before else None),
        sexes=[] if only.sex else _persons(told, "sex", told.by_sex),
        ages=[] if only.age else _persons(told, "age", told.by_age),
        columns=columns[-MONTHS_AS_COLUMNS:] if not by_days else columns,
        by_days=by_days,
        cut_columns=0 if by_days else max(0, len(columns) - MONTHS_AS_COLUMNS),
    )  # fmt: skip


# -- facts ----------------------------------------------------------------------------------------------


def _facts(told: Stats, viewer: Any) -> Iterator[Fact]:
    held = [(_("上一段"), *told.previous), (_("去年同期"), *told.last_year)]
    known = [queries.reaches_back_to(period.last, viewer=viewer, as_of=told.as_of) for _w, period, _t in held]
    here = _rows(told, told.period)

    def against(value: Any, unit: Any) -> tuple[Against, ...]:
        return tuple(
            _against(told, word, period, base, value, unit) if is_known else _unknown(word)
            for (word, period, base), is_known in zip(held, known, strict=True)
        )

    total, average = told.total, told.loss_avg
    yield Fact(
        _("发案"), str(total.cases), _("起"), here, against(lambda one: one.cases, lambda n: _("%(n)s 起") % {"n": n})
    )  # fmt: skip
    yield Fact(_("损失"), *_money(total.loss), here, against(lambda one: one.loss, wan))
    yield Fact(_("案均损失"), *_money(average), here, against(_average, wan))
    yield Fact(_("每万人发案"), told.rate_10k or DASH, _("起"), here, (_residents(told),))
    yield Fact(
        _("占全市"), f"{told.city_percent}%" if told.city_percent else DASH, "", here, (_city(told, viewer),)
    )
    yield Fact(_("受害人"), str(told.persons), _("人"), here, (_people(told),))


def _against(told: Stats, word: str, period: Period, base: Total, value: Any, unit: Any) -> Against:
    now, then = value(told.total), value(base)
    change, why = DASH, ""
    if not base.cases:
        why = _("没有案件，变化不算")
    elif base.cases < shares.FEW:
        why = _("不足 %(few)s 起，不算百分比") % {"few": shares.FEW}
    elif now is None:
        why = _("这一段没有案件，变化不算")
    elif not then:
        why = _("没有损失，变化不算")
    else:
        change = sentences.risen(shares.change(now, then))
    return Against(f"{word} {sentences.span(period)}", unit(then), _rows(told, period), change, why)


def _unknown(word: str) -> Against:
    return Against(word, DASH, why=_("在最早的案件之前，没有数据"))


def _average(one: Total) -> Decimal | None:
    return one.loss / one.cases if one.cases else None


def _money(amount: Decimal | None) -> tuple[str, str]:
    """The amount and its unit."""
    figure, _space, unit = wan(amount).partition(" ")
    return figure, unit


def _residents(told: Stats) -> Against:
    if not told.residents:
        return Against(_("常住人口"), DASH, why=_("没有登记人口"))
    return Against(_("常住人口"), _("%(n)s 人") % {"n": f"{told.residents:,}"})


def _city(told: Stats, viewer: Any) -> Against:
    if told.city is not None:
        return Against(_("全市"), _("%(n)s 起") % {"n": f"{told.city:,}"})
    if told.only or not queries.sees_all(viewer):
        return Against(_("全市"), DASH, why=_("只有全区合计才能比"))
    if told.period.is_whole_months:
        return Against(_("全市"), DASH, why=_("全市数还没有报全"))
    return Against(_("全市"), DASH, why=_("全市数按整月报来，这一段不是整月"))


def _people(told: Stats) -> Against:
    return Against(_("案件"), _("%(n)s 起") % {"n": told.total.cases}, why=_("一案可以有几名受害人"))


# -- lines ----------------------------------------------------------------------------------------------


def _parts(told: Stats, word: str, lines: list[Part], before: list[Part] | None) -> list[Line]:
    """Lines without a case neither now nor before are left out, except towns: none is a result too."""
    then = {one.code: one.cases for one in before or []}
    shown = [one for one in lines if word == "town" or one.cases or then.get(one.code)]
    top = max([*(one.cases for one in shown), *then.values()], default=0)
    most = max((one.loss for one in shown), default=Decimal(0))
    return [
        Line(
            name=one.name,
            count=one.cases,
            rows=_rows(told, told.period, **{word: one.code}),
            width=_width(one.cases, top),
            percent=_share(one.percent, told.total.cases),
            before=None if before is None else then.get(one.code, 0),
            before_width=_width(then.get(one.code, 0), top),
            loss=one.loss,
            loss_width=_width(one.loss, most),
            loss_percent=_share(one.loss_percent, told.total.cases),
            rate=one.rate_10k,
        )
        for one in shown
    ]


def _persons(told: Stats, word: str, lines: list[Persons]) -> list[Line]:
    top = max((one.persons for one in lines), default=0)
    return [
        Line(
            one.name,
            one.persons,
            _rows(told, told.period, **{word: one.code}),
            _width(one.persons, top),
            _share(one.percent, told.persons),
        )
        for one in lines
    ]


def _share(percent: str | None, base: int) -> str:
    return DASH if percent is None or base < shares.FEW else f"{percent}%"


def _width(part: int | Decimal, top: int | Decimal) -> int:
    return round(100 * part / top) if top else 0


# -- columns --------------------------------------------------------------------------------------------


def _days(told: Stats, days: list[tuple[date, Total]]) -> Iterator[Column]:
    named = {0, len(days) - 1} | ({n for n in range(len(days)) if n % 5 == 0 and n < len(days) - 2})
    return _columns(
        told,
        (
            (f"{day.month}/{day.day}" if place in named else "", one_day(day), found)
            for place, (day, found) in enumerate(days)
        ),
    )


def _months(told: Stats) -> Iterator[Column]:
    """The first and last month may be cut by the period."""
    period, named = told.period, told.period.since.year == told.period.last.year
    return _columns(
        told,
        (
            (
                sentences.month(first) if named else f"{first:%y}/{first.month}",
                Period(max(first, period.since), min(add_months(first, 1), period.until)),
                Total(one.cases, one.loss),
            )
            for first, one in zip(period.months(), told.by_month, strict=True)
        ),
    )


def _columns(told: Stats, found: Iterable[tuple[str, Period, Total]]) -> Iterator[Column]:
    listed = list(found)
    top = max((total.cases for _label, _period, total in listed), default=0)
    for label, period, total in listed:
        yield Column(
            sentences.span(period),
            label,
            total.cases,
            total.loss,
            _width(total.cases, top),
            _rows(told, period),
        )


def _rows(told: Stats, period: Period, **only: str) -> str:
    """The query of the rows behind a figure, by the same filter and the same cut-off."""
    if not period.days:
        return ""
    meant = {word: getattr(told.only, name) for word, name in drill.FIELDS.items()} | only
    fields = {drill.FIELDS[word]: value for word, value in meant.items()}
    said = drill.Rows("cases", period, Only(**fields)).words()
    return urlencode(said | ({"as_of": told.as_of.isoformat()} if told.as_of else {}))
