"""The figures of a number's page: each reason beside what ordinary numbers have, and whom it rang by days and in its busiest hour."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from math import copysign, sqrt
from typing import Any

from django.utils.translation import gettext as _

from jinzhong import reasons
from jinzhong.web.operator.shown import split

WIDE, EDGE = 240, 8
"""A reason's drawing, and what stays free on either side of it."""
STRONG, MEDIUM = 0.25, 0.1
"""Shares of all that speaks for fraud from which a reason weighs much, and something; ours, no evaluation."""

DAYS, FIVES = 7, 12
DAY, FIVE = timedelta(days=1), timedelta(minutes=5)
HOUR = FIVE * FIVES
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GROUND, ROOM = 118, 80
"""Where bars stand, and how high the tallest is; above it there is room for its count and the names of marks."""
NARROW = 12
"""The names of marks stand at least so far apart."""


# -- reasons ----------------------------------------------------------------------------------------


def beside(told: list[str], measures: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    """Each reason in words; where the list came with its values, also drawn and weighed. A mark before them, that it is a hub, is neither."""
    known = measures or []
    values: list[dict[str, Any] | None] = [*[None] * (len(told) - len(known)), *known]
    return [
        {
            "reason": split(one),
            "band": behind and _band(behind),
            "weight": behind and _weight(behind["weight"]),
        }
        for one, behind in zip(told, values, strict=True)
    ]


def _weight(share: float) -> tuple[str, int]:
    """(强, 31)"""
    word = _("强") if share >= STRONG else _("中") if share >= MEDIUM else _("弱")
    return word, round(share * 100)


def _band(one: dict[str, Any]) -> dict[str, Any] | None:
    """Where the pale band of ordinary numbers lies and the dot of this one; None: the model's card doesn't say how they are spread."""
    if one["usual"] is None:
        return None
    place = _scale(one)
    left, right = place(one["low"]), place(one["high"])
    first, last = one["usual"][0], reasons.told(one["usual"][1])
    words = f"{first}–{last}" if first else last
    half = sum(12 if ord(letter) > 0x2E7F else 7 for letter in words) / 2
    return {
        "x": left,
        "width": max(3.0, right - left),
        "dot": None if one["value"] is None else place(one["value"]),
        "words": words,
        "words_x": min(max((left + right) / 2, half), WIDE - half),
    }


def _scale(one: dict[str, Any]) -> Callable[[float], float]:
    """From a value to its place: shares from 0 to 100 %, all else by its square root, which leaves room for what is many times as much.

    >>> counts = _scale({"is_share": False, "low": 1.0, "high": 6.0, "value": 81.0})
    >>> [counts(one) for one in (0.0, 9.0, 81.0)]  # a third of the way, since 3 is a third of 9
    [8.0, 82.66666666666666, 232.0]
    >>> _scale({"is_share": True, "low": 0.18, "high": 0.55, "value": None})(0.5)
    120.0
    """
    values = [one[name] for name in ("low", "high", "value") if one[name] is not None]
    by: Callable[[float], float] = float if one["is_share"] else _root
    least, most = by(min(0.0, *values)), by(max(1.0, *values) if one["is_share"] else max(0.0, *values))
    wide = (most - least) or 1.0
    return lambda value: EDGE + (by(value) - least) / wide * (WIDE - 2 * EDGE)


def _root(value: float) -> float:
    return copysign(sqrt(abs(value)), value)


# -- calls ------------------------------------------------------------------------------------------


def rung(kept: dict[str, Any], *, cut_off: datetime, marks: Iterable[tuple[datetime, str]]) -> dict[str, Any]:
    """The bars of seven days and of the busiest hour. ``marks``: what happened to the number, when and in words.

    Right of the days one more place is left: that of what happened in the day after, of which the list has no calls.
    """
    if kept["hour"] is None:
        return {"total": 0}
    days = _Axis(cut_off - DAY * DAYS, DAY, 38, 28, places=DAYS + 1)
    hour = _Axis(EPOCH + timedelta(microseconds=kept["hour"]), FIVE, 25, 19, places=FIVES)
    told = [
        {"n": n, "at": at, "words": words}
        for n, (at, words) in enumerate(sorted(marks, key=lambda one: one[0]), 1)
        if days.start <= at < days.end
    ]
    busy = (hour.start - days.start) // DAY
    return {
        "total": sum(kept["fives"]),
        "days": days.drawn(kept["days"], told, hot=lambda n: n == busy),
        "hour": hour.drawn(kept["fives"], told),
        "since": hour.start,
        "marks": told,
        "ground": GROUND,
    }


class _Axis:
    """Places of one length side by side, each with a bar."""

    def __init__(self, start: datetime, each: timedelta, step: int, bar: int, *, places: int) -> None:
        self.start, self.each, self.step, self.bar = start, each, step, bar
        self.end, self.wide = start + each * places, step * places

    def drawn(
        self, counts: list[int], marks: list[dict[str, Any]], *, hot: Callable[[int], bool] = lambda _n: False
    ) -> dict[str, Any]:
        most = max(counts)
        return {
            "bars": [self._bar(n, count, most, hot(n)) for n, count in enumerate(counts)],
            "marks": self._marks(marks),
            "wide": self.wide + NARROW,
            "bar": self.bar,
            "beyond": len(counts) * self.step,
            "rest": self.wide - len(counts) * self.step,
        }

    def _bar(self, n: int, count: int, most: int, hot: bool) -> dict[str, Any]:
        height = round(count / most * ROOM) if most else 0
        return {
            "since": self.start + self.each * n,
            "count": count,
            "x": n * self.step + (self.step - self.bar) // 2,
            "middle": n * self.step + self.step // 2,
            "y": GROUND - height,
            "height": height,
            "word_y": GROUND - height - 4,
            "hot": hot,
        }

    def _marks(self, marks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those that lie on this axis; their names move right until each can be read."""
        placed: list[dict[str, Any]] = []
        for one in marks:
            if self.start <= one["at"] < self.end:
                x = (one["at"] - self.start) / self.each * self.step
                name = max(x, placed[-1]["name_x"] + NARROW if placed else NARROW / 2)
                placed.append({**one, "x": x, "name_x": name})
        return placed
