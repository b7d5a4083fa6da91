"""The figures as plain tables for a terminal, columns lined up although Chinese letters are twice as wide."""

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from django.utils.translation import gettext as _

from jinzhong.situation.board import Board, Line
from jinzhong.situation.figures import Part, Persons, Stats
from jinzhong.situation.sentences import DASH, wan
from jinzhong.situation.shares import money

GAP = "  "


def lines(told: Stats) -> list[str]:
    """Every breakdown, one table under the other, and the notes."""
    loss, share = _("损失（万元）"), _("占比")
    cases, loss_share = _("起数"), _("损失占比")
    head = [cases, share, loss, loss_share]
    found = [
        *_table([_("类别"), *head], [_part(one) for one in told.by_class if one.cases]),
        *_table(
            [_("镇（街道）"), *head, _("每万人")],
            [[*_part(one), _told(one.rate_10k)] for one in told.by_town],
        ),
        *_table([_("地区"), *head], [_part(one) for one in told.by_area]),
        *_table([_("月份"), *head], [_part(one) for one in told.by_month]),
        *_table([_("受害人性别"), _("人数"), share], [_persons(one) for one in told.by_sex]),
        *_table([_("受害人年龄"), _("人数"), share], [_persons(one) for one in told.by_age]),
    ]
    average = money(told.loss_avg) if told.loss_avg is not None else DASH
    found.append(
        _("案均损失 %(loss)s 元，每万人 %(rate)s 起") % {"loss": average, "rate": _told(told.rate_10k)}
    )
    return found + [_("注：%(note)s") % {"note": one} for one in told.notes]


def board_lines(told: Board) -> list[str]:
    """The towns of a week with their colours, and beneath each loud one who acts by when and what ends it."""
    if told.unknown:
        return [told.unknown]
    head = [_("镇（街道）"), _("预警"), _("起数"), _("预期"), _("常见范围"), _("碰巧概率"), _("为什么")]
    found = _table(head, [_town(one) for one in told.lines])
    for one in told.lines:
        if one.alarm.act_by and not one.is_calm:
            found.append(
                _("%(name)s：%(who)s，%(day)s 前；%(task)s；%(cleared)s")
                % {
                    "name": one.town.name,
                    "who": one.alarm.who,
                    "day": one.alarm.act_by,
                    "task": one.alarm.task,
                    "cleared": one.alarm.cleared,
                }
            )
    return found


def _town(one: Line) -> list[str]:
    alarm, usual = one.alarm, one.usual
    return [
        one.town.name,
        one.word,
        str(alarm.observed),
        DASH if usual is None else f"{usual.expected:.1f}",
        DASH if usual is None else f"{usual.low}–{usual.high}",
        DASH if alarm.p is None else f"{alarm.p:.3f}",
        alarm.reason,
    ]


def _part(one: Part) -> list[str]:
    return [one.name, str(one.cases), _share(one.percent), wan(one.loss), _share(one.loss_percent)]


def _persons(one: Persons) -> list[str]:
    return [one.name, str(one.persons), _share(one.percent)]


def _share(percent: str | None) -> str:
    return DASH if percent is None else f"{percent}%"


def _told(value: str | None) -> str:
    return DASH if value is None else value


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """First column left, the others right; a blank line after it."""
    cells = [list(head), *map(list, rows)]
    widths = [max(letters(row[place]) for row in cells) for place in range(len(head))]
    return [
        GAP.join(_pad(text, widths[place], left=not place) for place, text in enumerate(row)) for row in cells
    ] + [""]


def _pad(text: str, width: int, *, left: bool) -> str:
    blank = " " * (width - letters(text))
    return text + blank if left else blank + text


def letters(text: str) -> int:
    """Columns of a terminal that it takes: two for a Chinese letter."""
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)
