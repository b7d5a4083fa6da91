"""Reading one cell as a time, an amount, a person's sex: as offices write them, or a refusal in the user's words."""

import re
import unicodedata
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

from jinzhong.clock import ZONE
from jinzhong.intake.sources.base import MAX_AMOUNT
from jinzhong.intake.sources.case_sheet.read import Cell, Unread

EMPTY_WORDS = {
    "", "-", "--", "—", "——", "/", "\\", "无", "不详", "未知", "不清", "不明", "暂无", "空", "n/a", "na", "null", "none",
}  # fmt: skip
"""Ways to write that there is nothing to write."""
SERIALS = range(20_000, 80_001)
"""Spreadsheet day numbers of the years 1954 to 2119."""
DIGITS_KEPT = 15
"""A spreadsheet keeps 15 digits of a number; of a longer one the tail is lost."""

_DATE = re.compile(r"(\d{4})\s*[年./\-]\s*(\d{1,2})\s*[月./\-]\s*(\d{1,2})\s*[日号]?")
_PACKED = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})(?:\s*(\d{2}):?(\d{2}):?(\d{2})?)?")
_SHORT_YEAR = re.compile(r"\d{1,2}[年./\-]\d{1,2}[月./\-]\d{1,2}日?")
_NO_YEAR = re.compile(r"\d{1,2}[月./\-]\d{1,2}[日号]?(?!\d)")
_WEEKDAY = re.compile(r"\(?(?:星期|周)[一二三四五六日天]\)?\s*")
_HALF = "上午|早上|早晨|凌晨|中午|下午|傍晚|晚上|晚|夜里"
_TIME = re.compile(
    rf"({_HALF})?\s*(\d{{1,2}})\s*(?::|时|点)\s*(?:(\d{{1,2}})|(半))?\s*分?(?::?\s*(\d{{1,2}})(?:\.\d+)?\s*秒?)?"
)
_VAGUE = re.compile(rf"(?:{_HALF})?(?:许|左右|前后)?")
_SPAN = re.compile(r"\s*(?:至|到|~|——?|–)\s*|(?<=日)\s*-\s*|\s+-\s+|(?<=\d)-(?=\d{4}[年./])")
_MONEY = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(亿|万|千|百)?(?:(\d+(?:\.\d*)?)(千|百))?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(?:,\d{3})+(?![\d,])", re.ASCII)
CENT, FLOAT_NOISE = Decimal("0.01"), Decimal("0.000001")
_UNITS = {
    "亿": Decimal(10**8),
    "万": Decimal(10**4),
    "千": Decimal(1000),
    "百": Decimal(100),
    None: Decimal(1),
}
_LONG_DIGITS = re.compile(r"(?:\d[\s-]?){7,}")
_SEPARATORS = re.compile(r"[、;\n]+|,(?!\d{3}(?!\d))")


def is_empty(cell: Cell) -> bool:
    """Nothing there, or one of the ways to write so."""
    return cell is None or (isinstance(cell, str) and _plain(cell).lower() in EMPTY_WORDS)


def _plain(said: str) -> str:
    return unicodedata.normalize("NFKC", said).strip().lstrip("'")


def text(cell: Cell) -> str:
    """The cell as words; full-width digits and letters become plain ones."""
    if isinstance(cell, Unread):
        raise ValueError(_unread(cell))
    if isinstance(cell, bool):
        raise ValueError(_("这里应是文字，不是 TRUE 或 FALSE"))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d}" if cell.time() == datetime.min.time() else f"{cell:%Y-%m-%d %H:%M}"
    if isinstance(cell, int | Decimal):
        return _digits(cell)
    words = _plain(cell or "")
    if any((ord(char) < 32 and char not in "\n\t") or 0xD800 <= ord(char) <= 0xDFFF for char in words):
        raise ValueError(_("含有不能保存的字符"))
    return words


def _digits(number: int | Decimal) -> str:
    whole = Decimal(number)
    if whole != whole.to_integral_value():
        return format(whole.normalize(), "f")
    digits = format(whole.quantize(Decimal(1)) if abs(whole) < 10**27 else whole, "f").split(".")[0]
    if len(digits.lstrip("-")) > DIGITS_KEPT:
        raise ValueError(_("号码被表格存成了数字，后几位已经丢了；请把这一列设为文本，重填再导"))
    return digits


def _unread(cell: Unread) -> str:
    return {
        "formula": _("是公式，没有存下结果；请在表格里打开、保存一次，或改成数值"),
        "error": _("公式出错（%(error)s），请改成数值") % {"error": cell.detail},
        "long": _("这一格有 %(n)s 个字，太长了") % {"n": cell.detail},
    }[cell.why]


def words(limit: int, cell: Cell) -> str:
    """Words of at most ``limit`` characters."""
    said = text(cell)
    if len(said) > limit:
        raise ValueError(_("太长：最多 %(limit)s 个字") % {"limit": limit})
    return said


def open_words(limit: int, cell: Cell) -> str:
    """Words that are kept unencrypted: no number of a person may hide in them."""
    said = words(limit, cell)
    if _LONG_DIGITS.search(said):
        raise ValueError(_("这一项里不要写电话、账号；请写进简要案情，那里是加密的"))
    return said


def parts(cell: Cell) -> list[str]:
    """Several entries in one cell: 张三、李四. A comma between digits is part of an amount."""
    return [] if is_empty(cell) else [one.strip() for one in _SEPARATORS.split(text(cell)) if one.strip()]


def moment(cell: Cell, *, since_1904: bool = False) -> tuple[datetime, str]:
    """(time in China, how it was understood where that isn't obvious). Raises ValueError."""
    if isinstance(cell, datetime):
        return _checked(_to_second(cell.replace(tzinfo=ZONE))), ""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _serial(Decimal(cell), since_1904)
    said = text(cell)
    if re.fullmatch(r"\d{5}(\.\d+)?", said):
        return _serial(Decimal(said), since_1904)
    return _checked(_written(said)), ""


def _serial(number: Decimal, since_1904: bool) -> tuple[datetime, str]:
    """A spreadsheet's day number; a day number that reads as a date (20210305) is taken as one."""
    if number == number.to_integral_value() and _PACKED.fullmatch(str(int(number))):
        return _checked(_written(str(int(number)))), ""
    if int(number) not in SERIALS:
        raise ValueError(_("认不出日期，写成 2021-03-05 或 2021年3月5日"))
    start = datetime(1904, 1, 1, tzinfo=ZONE) if since_1904 else datetime(1899, 12, 30, tzinfo=ZONE)
    seconds = round(float(number) * 86400)
    found = start + timedelta(seconds=seconds)
    note = _("是表格序号 %(serial)s，认作 %(month)s月%(day)s日") % {
        "serial": int(number),
        "month": found.month,
        "day": found.day,
    }
    return _checked(found), note


def _written(said: str) -> datetime:
    iso = re.fullmatch(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d)?(\.\d+)?([Zz]|[+-]\d\d:?\d\d)", said)
    if iso:
        return datetime.fromisoformat(said.replace("Z", "+00:00").replace("z", "+00:00")).astimezone(ZONE)
    date, rest = _DATE.match(said), ""
    if date:
        year, month, day = map(int, date.groups())
        rest = said[date.end() :].strip(" T\t")
    elif packed := _PACKED.fullmatch(said):
        year, month, day = int(packed[1]), int(packed[2]), int(packed[3])
        rest = f"{packed[4]}:{packed[5]}:{packed[6] or '00'}" if packed[4] else ""
    elif _SHORT_YEAR.match(said):
        raise ValueError(_("年份要写四位，例如 2021年3月5日"))
    elif _NO_YEAR.match(said):
        raise ValueError(_("没有写年份，例如 2021年3月5日"))
    else:
        raise ValueError(_("认不出日期，写成 2021-03-05 或 2021年3月5日"))
    try:
        start = datetime(year, month, day, tzinfo=ZONE)
    except ValueError as problem:
        raise ValueError(_("没有这一天，写成 2021年3月2日 这样")) from problem
    return start + _time(rest) if rest else start


def _time(said: str) -> timedelta:
    """The hour as written; 上午 without an hour leaves the day."""
    said = re.sub(r"(许|左右|前后)$", "", _WEEKDAY.sub("", said, count=1).strip())
    if _VAGUE.fullmatch(said):
        return timedelta()
    found = _TIME.fullmatch(said)
    if not found:
        raise ValueError(_("时刻认不出，写成 14:05 或 14时05分"))
    half, hour, minute, second = found[1] or "", int(found[2]), int(found[3] or 0), int(found[5] or 0)
    minute = 30 if found[4] else minute
    if hour < 12 and (half in ("下午", "傍晚", "晚上", "晚", "夜里") or (half == "中午" and hour < 3)):
        hour += 12
    if hour > 24 or minute > 59 or second > 59 or (hour == 24 and (minute or second)):
        raise ValueError(_("没有这个时刻，写成 14:05 这样"))
    return timedelta(hours=hour, minutes=minute, seconds=second)


def _to_second(found: datetime) -> datetime:
    """A spreadsheet's clock time is a fraction of a day, half past two may be stored as 14:29:59.999997."""
    return (found + timedelta(milliseconds=500)).replace(microsecond=0)


def _checked(found: datetime) -> datetime:
    if not 1990 <= found.year <= 2100:
        raise ValueError(_("年份 %(year)s 不对") % {"year": found.year})
    return found


def money(cell: Cell, *, factor: Decimal = Decimal(1)) -> Decimal:
    """Yuan. ``factor``: 10,000 where the header says 万元; a unit written in the cell wins. Raises ValueError."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _yuan(Decimal(cell) * factor)
    if isinstance(cell, datetime):
        raise ValueError(_("金额要写数字；这一格是日期"))
    said = re.sub(r"^(人民币|rmb|cny|¥)", "", re.sub(r"\s", "", text(cell)), flags=re.IGNORECASE)
    if re.match(r"[-−–(]", said):
        raise ValueError(_("金额不能是负数"))
    said = re.sub(r"[整正]$", "", said)
    has_yuan = said.endswith(("元", "块", "圆"))
    bare = said[:-1] if has_yuan else said
    found = _MONEY.fullmatch(bare.replace(",", "") if _GROUPED.match(bare) else bare)
    if not found:
        raise ValueError(_("金额要写数字；还不清楚就留空，以后更正"))
    rest = Decimal(found[3]) * _UNITS[found[4]] if found[3] else Decimal(0)
    total = Decimal(found[1]) * _UNITS[found[2]] + rest
    return _yuan(total if has_yuan or found[2] else total * factor)


def _yuan(amount: Decimal) -> Decimal:
    if not amount.is_finite() or abs(amount) >= MAX_AMOUNT:
        raise ValueError(_("金额太大，请核对单位"))
    if amount < 0:
        raise ValueError(_("金额不能是负数"))
    rounded = amount.quantize(CENT)
    if abs(amount - rounded) > FLOAT_NOISE:
        raise ValueError(_("金额最多写到分"))
    return rounded


def whole(cell: Cell, *, low: int, high: int, fault: str) -> int:
    """A whole number between two bounds, with or without 岁 and 年."""
    said = re.sub(r"(\.0+|周?岁|年.*)$", "", text(cell).split("-")[0])
    if not re.fullmatch(r"\d{1,4}", said, re.ASCII) or not low <= int(said) <= high:
        raise ValueError(fault)
    return int(said)


def one_of(cell: Cell, known: dict[str, str]) -> str:
    """The code of one of the known words; the refusal says the first word of each code."""
    said = text(cell)
    for word, code in known.items():
        if said.lower() == word.lower():
            return code
    first = {code: word for word, code in reversed(known.items())}
    raise ValueError(_("要写 %(words)s") % {"words": "、".join(reversed(first.values()))})


def span(cell: Cell, *, since_1904: bool = False) -> tuple[datetime | None, datetime | None]:
    """A time, or from when to when: 2021年3月5日至8日. Raises ValueError."""
    if not isinstance(cell, str):
        return moment(cell, since_1904=since_1904)[0], None
    pieces = [one for one in _SPAN.split(text(cell)) if one]
    if len(pieces) != 2:
        return moment(cell, since_1904=since_1904)[0], None
    start = moment(pieces[0])[0]
    end = moment(_completed(pieces[1], start))[0]
    if end < start:
        raise ValueError(_("止早于起，请核对"))
    return start, end


def _completed(said: str, start: datetime) -> str:
    """8日, 3月8日 or 15:30 behind a full date: the year, the month, the day are those of the start."""
    if _TIME.fullmatch(said):
        return f"{start:%Y-%m-%d} {said}"
    if re.match(r"\d{1,2}\s*[日号]", said):
        return f"{start:%Y年%m月}{said}"
    return f"{start:%Y}年{said}" if re.match(r"\d{1,2}\s*月", said) else said


SEXES = {"女": "F", "男": "M", "女性": "F", "男性": "M", "F": "F", "M": "M"}
AREAS = {
    "主城区": "urban", "农村": "rural", "城镇": "urban", "城市": "urban", "城区": "urban", "镇区": "urban", "城": "urban", "urban": "urban",
    "乡村": "rural", "村": "rural", "乡": "rural", "rural": "rural",
}  # fmt: skip
STATUSES = {
    "受理": "accepted", "立案": "filed", "破案": "cleared", "移送起诉": "transferred", "撤案": "withdrawn",
    "已受理": "accepted", "受案": "accepted", "已受案": "accepted", "已立案": "filed", "立案侦查": "filed", "侦查中": "filed", "侦办中": "filed",
    "在侦": "filed", "未破": "filed", "已破案": "cleared", "已破": "cleared", "移诉": "transferred", "已移诉": "transferred",
    "已移送起诉": "transferred", "撤销": "withdrawn", "撤销案件": "withdrawn", "已撤案": "withdrawn",
}  # fmt: skip
