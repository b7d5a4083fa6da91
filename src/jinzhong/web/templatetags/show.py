"""How amounts, times, grades and clocks look on every page (design rules, Numbers and time)."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jinzhong import clock as time_source
from jinzhong import reasons
from jinzhong.district import queries as district
from jinzhong.review import queries as listings
from jinzhong.situation import sentences, shares
from jinzhong.warning import queries as warnings
from jinzhong.web.shared import times
from jinzhong.web.shared.people import known_accounts, quiet, staff
from jinzhong.web.shared.words import rules_word

register = template.Library()
NEAR = 0.2
"""The last fifth of a limit is shown with a thick border."""
WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment)


@register.filter
def wan(amount: Decimal | None) -> str:
    """8,600 元 below ten thousand, 8.60 万元 above; — where it isn't known."""
    if amount is None:
        return "—"
    if get_language() == "en":
        return f"¥{amount:,.0f}"
    return shares.wan(amount)


@register.simple_tag(name="amount")
def amount_in_list(amount: Decimal) -> SafeString:
    """The amount in bold with its unit small, as it stands in lists."""
    figure, _space, unit = wan(amount).partition(" ")
    return format_html('<b>{}</b><span class="tiny mute"> {}</span>', figure, unit)


@register.filter
def grouped(number: int | float) -> str:
    """1,796"""
    return f"{number:,.10g}"


@register.filter
def hm(moment: datetime | None) -> str:
    """14:05"""
    return f"{_local(moment):%H:%M}" if moment else "—"


@register.filter
def hms(moment: datetime | None) -> str:
    """14:05:32"""
    return times.hms(moment) if moment else "—"


@register.filter
def day(moment: Any) -> str:
    """5月31日; 31 May"""
    if not moment:
        return "—"
    return sentences.day(_local(moment) if isinstance(moment, datetime) else moment)


@register.filter
def whole_day(day: date) -> str:
    """2021年5月31日, where the year may be any"""
    return sentences.whole_day(day)


@register.filter
def month(day: date) -> str:
    """2021年4月"""
    return f"{day:%b %Y}" if get_language() == "en" else f"{day.year}年{day.month}月"


@register.filter
def lately(moment: datetime) -> str:
    """今天, 昨天, else 5月29日"""
    days = (_local(time_source.now()).date() - _local(moment).date()).days
    return {0: _("今天"), 1: _("昨天")}.get(days) or day(moment)


@register.filter
def day_week(moment: datetime) -> str:
    """5月31日 周一"""
    local = _local(moment)
    return (
        f"{local:%a} {day(moment)}"
        if get_language() == "en"
        else f"{day(moment)} {WEEKDAYS[local.weekday()]}"
    )


@register.filter
def sex(code: str) -> str:
    """女 or 男"""
    return {"F": _("女"), "M": _("男")}.get(code, "")


@register.filter
def about(age: int) -> int:
    """An age to the nearest five, where the exact one would say too much."""
    return round(age / 5) * 5


@register.filter
def moment(value: datetime | None) -> str:
    """5月31日 14:05, of another year 2020年5月31日 14:05"""
    return f"{times.day_of_a_year(value)} {hm(value)}" if value else "—"


@register.filter
def second(value: datetime | None) -> str:
    """5月31日 14:05:32, where the second counts: what was known by then, the log."""
    return times.second(value) if value else "—"


@register.filter
def minutes(seconds: float | None) -> str:
    """4 分 05 秒"""
    if seconds is None:
        return "—"
    whole, rest = divmod(round(seconds), 60)
    return _("%(m)s 分 %(s)s 秒") % {"m": whole, "s": f"{rest:02d}"}


@register.filter
def duration(seconds: float | None) -> str:
    """4 分 05 秒, above an hour 2 时 54 分, above a day 3 天 4 时"""
    return minutes(seconds) if seconds is None or seconds < 3600 else _long(round(seconds))


@register.filter
def mmss(seconds: float | None) -> str:
    """4:12"""
    return "—" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


@register.filter
def since(end: datetime, start: datetime) -> str:
    """04:12, from one moment to another."""
    return span((end - start).total_seconds())


@register.filter
def seconds_after(end: datetime, start: datetime) -> int:
    """60, for a script that draws how much of a limit is gone."""
    return round((end - start).total_seconds())


@register.filter
def unlocalized(value: float) -> str:
    return repr(float(value))


register.filter("quiet", quiet)
register.filter("staff", staff)
register.filter("rules", rules_word)


@register.simple_tag(takes_context=True)
def who(context: Context, username: str, *, unit: bool = False) -> str:
    """王* 217, where several units speak with the unit before it; what is nobody's account (a machine, an import) stays as it is."""
    known = known_accounts(context["request"])
    if username not in known:
        known.update(district.accounts_named([username]) if username else {})
    account = known.setdefault(username, None)
    if account is None:
        return username or "—"
    return f"{account.unit} {staff(account)}" if unit and account.unit else staff(account)


register.filter("told", reasons.told)


@register.simple_tag
def once() -> SafeString:
    """The key of a form, by which a form sent twice is taken once (``web.shared.once``)."""
    return format_html('<input type="hidden" name="once" value="{}">', uuid4().hex)


@register.simple_tag
def grade(code: str) -> SafeString:
    """A person's grade: round pill, level bars, word."""
    return format_html('<span class="grade {}">{}</span>', code, warnings.grade_word(code))


@register.simple_tag
def listing_word(colour: str) -> str:
    """红牌, 黄牌 or 绿牌."""
    return listings.word(colour)


@register.simple_tag
def clock(
    due: datetime | None,
    done: datetime | None = None,
    since: datetime | None = None,
    word: str = "",
    done_word: str = "",
) -> SafeString | str:
    """One named deadline: counting down, late, or done with the time it took. ``word`` may end in 剩; late ones drop it."""
    if done and since:
        return format_html(
            '<span class="clock done"><span>{}</span>{}</span>',
            done_word or word,
            span((done - since).total_seconds()),
        )
    if not due:
        return ""
    left = (due - time_source.now()).total_seconds()
    total = (due - since).total_seconds() if since else 0
    late_word = word.removesuffix(_("剩"))
    look = " late" if left < 0 else " near" if left < total * NEAR else ""
    return format_html(
        '<time class="clock{}" data-due="{}" data-total="{}" data-word="{}" data-late-word="{}"><span>{}</span><b>{}</b></time>',
        look, due.isoformat(), total, word, late_word, late_word if left < 0 else word, span(left),
    )  # fmt: skip


def span(seconds: float) -> str:
    """04:12, above an hour 2 时 54 分, above a day 3 天 4 时; a negative one is late: 迟 2 分."""
    whole = int(abs(seconds))
    if seconds < 0:
        return _late(whole)
    return f"{whole // 60:02d}:{whole % 60:02d}" if whole < 3600 else _long(whole)


def _late(seconds: int) -> str:
    if seconds < 60:
        return _("迟 %(n)s 秒") % {"n": seconds}
    if seconds < 3600:
        return _("迟 %(n)s 分") % {"n": seconds // 60}
    if seconds < 86_400:
        return _("迟 %(n)s 小时") % {"n": seconds // 3600}
    return _("迟 %(n)s 天") % {"n": seconds // 86_400}


def _long(seconds: int) -> str:
    if seconds < 86_400:
        return _("%(h)s 时 %(m)s 分") % {"h": seconds // 3600, "m": seconds // 60 % 60}
    return _("%(d)s 天 %(h)s 时") % {"d": seconds // 86_400, "h": seconds // 3600 % 24}


@register.simple_tag
def clock_words() -> SafeString:
    """What the ticking script says, in the reader's language (attributes of the page's clock)."""
    words = {
        "late-second": _("迟 %(n)s 秒"),
        "late-minute": _("迟 %(n)s 分"),
        "late-hour": _("迟 %(n)s 小时"),
        "late-day": _("迟 %(n)s 天"),
        "hour": _("%(h)s 时 %(m)s 分"),
        "day": _("%(d)s 天 %(h)s 时"),
    }
    return format_html_join("", ' data-{}="{}"', words.items())
