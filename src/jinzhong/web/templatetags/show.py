"""How amounts, times, grades and clocks look on every page (design rules, Numbers and time)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from jinzhong.warning.models import Grade

register = template.Library()
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
    return f"{amount:,.0f} 元" if abs(amount) < 10_000 else f"{amount / 10_000:,.2f} 万元"


@register.filter
def hm(moment: datetime | None) -> str:
    """14:05"""
    return f"{_local(moment):%H:%M}" if moment else "—"


@register.filter
def hms(moment: datetime | None) -> str:
    """14:05:32"""
    return f"{_local(moment):%H:%M:%S}" if moment else "—"


@register.filter
def day(moment: Any) -> str:
    """5月31日"""
    if not moment:
        return "—"
    local = _local(moment) if isinstance(moment, datetime) else moment
    return f"{local:%d %b}" if get_language() == "en" else f"{local.month}月{local.day}日"


@register.filter
def day_week(moment: datetime) -> str:
    """5月31日 周一"""
    local = _local(moment)
    return f"{local:%a %d %b}" if get_language() == "en" else f"{day(moment)} {WEEKDAYS[local.weekday()]}"


@register.filter
def moment(value: datetime | None) -> str:
    """2021-05-31 14:05:32"""
    return f"{_local(value):%Y-%m-%d %H:%M:%S}" if value else "—"


@register.filter
def minutes(seconds: float | None) -> str:
    """4 分 05 秒"""
    if seconds is None:
        return "—"
    whole, rest = divmod(round(seconds), 60)
    return _("%(m)s 分 %(s)s 秒") % {"m": whole, "s": f"{rest:02d}"}


@register.filter
def unlocalized(value: float) -> str:
    return repr(float(value))


@register.simple_tag
def grade(code: str) -> SafeString:
    """A person's grade: round pill, level bars, word."""
    return format_html('<span class="grade {}">{}</span>', code, Grade(code).label)


@register.simple_tag
def clock(
    due: datetime | None,
    done: datetime | None = None,
    since: datetime | None = None,
    word: str = "",
    done_word: str = "",
) -> SafeString | str:
    """One named deadline: counting down, late, or done with the time it took."""
    if done and since:
        return format_html(
            '<span class="clock done"><span>{}</span>{}</span>',
            done_word or word,
            _span((done - since).total_seconds()),
        )
    if not due:
        return ""
    total = (due - since).total_seconds() if since else 0
    return format_html(
        '<time class="clock" data-due="{}" data-total="{}" data-late="{}" data-sec="{}" data-min="{}"><span>{}</span><b></b></time>',
        due.isoformat(), total, _("迟"), _("秒"), _("分"), word,
    )  # fmt: skip


def _span(seconds: float) -> str:
    whole = max(0, round(seconds))
    return f"{whole // 60:02d}:{whole % 60:02d}"
