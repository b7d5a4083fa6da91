"""五色预警: the towns of a week against what was expected, the loudest first; one of them opened beside it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from jinzhong import clock
from jinzhong.cases import queries as cases
from jinzhong.district.permissions import may
from jinzhong.situation import board, drill, late, operations, queries, sentences
from jinzhong.situation.board import Board, Line
from jinzhong.situation.periods import DAY, YEARS, Period
from jinzhong.web.desk.weeks import Weeks, weeks
from jinzhong.web.shared.once import once
from jinzhong.web.shared.pages import missing, page
from jinzhong.web.shared.request import Request, day_in

if TYPE_CHECKING:
    from jinzhong_engine.surveillance.alarms import Baseline
    from jinzhong_engine.surveillance.delay import Known

WIDE, EDGE = 290, 10
"""Of the drawing of a line, and of the room at its sides, in pixels."""
TALL, SMALL = 24, 42
"""Of the bars of a line, and of a class's."""
STEP = 6
SHOWN_CASES = 5


@dataclass(frozen=True)
class Asked:
    """What the address asks for."""

    week: Period
    newest: Period
    town: str = ""
    fraud_class: str = ""
    baseline: "Baseline" = "weeks"
    as_table: bool = False

    @property
    def query(self) -> str:
        said = {
            "week": "" if self.week == self.newest else self.week.since.isoformat(),
            "town": self.town,
            "class": self.fraud_class,
            "expected": "" if self.baseline == "weeks" else self.baseline,
            "show": "table" if self.as_table else "",
        }
        return f"?{urlencode({word: value for word, value in said.items() if value})}"

    def but(self, **changes: Any) -> str:
        return replace(self, **changes).query


@page("situation/alarms", name="situation-alarms", may="situation.read")
def alarms(request: Request) -> HttpResponse:
    """The board of a whole week by what is known now."""
    return _alarms(request)


@page("situation/alarms/act", name="situation-alarm-act", may="alarm.act", methods=("POST",))
def act(request: Request) -> HttpResponse:
    """Tell what was done about a town's colour; sent twice it is told once."""
    now, said = clock.now(), request.POST
    town = next((one for one in queries.visible_towns(request.user) if one.code == said.get("town")), None)
    day = day_in(said.get("week", ""))
    week = board.week_of(day) if day else None
    if town is None or week is None or week.end > now:
        return missing(request)

    def done() -> str:
        operations.respond(week=week.since, town=town, text=said.get("text", ""), by=request.user, at=now)
        asked = Asked(week, board.last_week(now.date()), town.code)
        return reverse("situation-alarms") + f"{asked.query}#town"

    try:
        return once(request, done)
    except operations.NothingSaid:
        told = _("没有存：写清办了什么，%(n)s 字以内") % {"n": operations.LONGEST}
        return _alarms(request, error=told, town=town.code, week=week)


def _alarms(request: Request, error: str = "", town: str = "", week: Period | None = None) -> HttpResponse:
    now = clock.now()
    asked = _asked(request, board.last_week(now.date()))
    asked = replace(asked, town=town or asked.town, week=week or asked.week)
    told = board.board(
        asked.week,
        viewer=request.user,
        as_of=now,
        fraud_class=asked.fraud_class or board.ALL,
        baseline=asked.baseline,
    )
    share = late.complete(asked.week, as_of=now)
    chosen = told.line(asked.town) or (told.lines[0] if told.lines else None)
    scale = Scale.over(told)
    shown = {
        "asked": asked,
        "told": told,
        "now": now,
        "span": sentences.span(asked.week),
        "error": error,
        "may_act": may(request.user, "alarm.act"),
        "scale": scale,
        "lines": [_drawn(one, asked, told, scale, on=one is chosen) for one in told.lines],
        "coming": late.coming(told.observed, share),
        "chosen": _opened(request, asked, told, chosen, share) if chosen else None,
        "rows": _rows(told, asked.fraud_class),
        "weeks": told.starts,
        "earlier": asked.but(week=board.week_of(asked.week.since - DAY)) if asked.week.since.year in YEARS else "",
        "later": asked.but(week=board.week_of(asked.week.until)) if asked.week != asked.newest else "",
        "classes": list(cases.classes()),
        "baselines": [("weeks", _("前 15 周平均")), ("last-year", _("上年周均"))],
        "views": [(_("图"), asked.but(as_table=False), not asked.as_table), (_("表"), asked.but(as_table=True), asked.as_table)],
    }  # fmt: skip
    return render(request, "desk/alarms.html", shown, status=422 if error else 200)


def _asked(request: Request, newest: Period) -> Asked:
    """The last whole week unless the address names an earlier day; words that name nothing are left out."""
    said = request.GET
    codes = {code for code, _word in cases.classes()}
    fraud_class = said.get("class", "")
    return Asked(
        week=_week(said.get("week", ""), newest),
        newest=newest,
        town=said.get("town", ""),
        fraud_class=fraud_class if fraud_class in codes else "",
        baseline="last-year" if said.get("expected") == "last-year" else "weeks",
        as_table=said.get("show") == "table",
    )


def _week(text: str, newest: Period) -> Period:
    day = day_in(text)
    return board.week_of(day) if day and day < newest.until else newest


# -- drawing --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scale:
    """The one axis that all lines share."""

    top: int

    @classmethod
    def over(cls, told: Board) -> "Scale":
        seen = [one.alarm.observed for one in told.lines]
        return cls(max([*seen, *(one.usual.high for one in told.lines if one.usual), 5]))

    def at(self, cases_: float) -> float:
        return round(EDGE + (WIDE - 2 * EDGE) * cases_ / self.top, 1)

    @property
    def ticks(self) -> list[tuple[float, int]]:
        step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if self.top / size <= STEP)
        return [(self.at(n), n) for n in range(0, self.top + 1, step)]


@dataclass(frozen=True)
class Bar:
    x: float
    y: float
    height: float
    hot: bool


@dataclass(frozen=True)
class Bars:
    """The weeks as bars from zero, the last one hot; ``mean``: height of what was expected."""

    bars: list[Bar]
    width: float
    mean: float | None

    @classmethod
    def of(cls, line: Line, *, top: int, step: float, tall: int) -> "Bars":
        def up(cases_: float) -> float:
            return round(tall * min(cases_ / top, 1), 1)

        bars = [
            Bar(round(place * step, 1), round(tall - up(one) + 2, 1), up(one), place == len(line.history) - 1)
            for place, one in enumerate(line.history)
        ]
        mean = round(tall + 2 - up(line.usual.expected), 1) if line.usual else None
        return cls(bars, round(len(bars) * step, 1), mean)


@dataclass(frozen=True)
class Drawn:
    """A line of the board with everything that is drawn of it."""

    line: Line
    on: bool
    address: str
    rows: str
    band: tuple[float, float] | None
    expected: float | None
    dot: float
    bars: Bars
    top: str
    weeks: list[tuple[Any, str]]
    overdue: bool


def _drawn(one: Line, asked: Asked, told: Board, scale: Scale, *, on: bool) -> Drawn:
    usual = one.usual
    return Drawn(
        line=one,
        on=on,
        address=asked.but(town=one.town.code),
        rows=_rows(told, one.fraud_class, one.town.code),
        band=(scale.at(usual.low), round(scale.at(usual.high) - scale.at(usual.low), 1)) if usual else None,
        expected=scale.at(usual.expected) if usual else None,
        dot=scale.at(one.alarm.observed),
        bars=Bars.of(one, top=max([*one.history, 1]), step=6, tall=TALL),
        top=_top(one),
        weeks=[
            (each, _rows_of(told, board.week_of(each.period), one.fraud_class, one.town.code))
            for each in one.weeks
        ],
        overdue=one.is_overdue(told.as_of) and not one.responses,
    )


def _top(one: Line) -> str:
    return f"{dict(cases.classes())[one.top[0]]} {one.top[1]}" if one.top else ""


def _rows(told: Board, fraud_class: str, town: str = "") -> str:
    return _rows_of(told, told.week, fraud_class, town)


def _rows_of(told: Board, week: Period, fraud_class: str, town: str) -> str:
    """The query of the cases behind a number."""
    only = {"town": town, "fraud_class": "" if fraud_class == board.ALL else fraud_class}
    return urlencode(drill.cases(week, **only).words() | {"as_of": told.as_of.isoformat()})


# -- one town -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A town beside the board: its classes, what clears it, who acts by when, its cases."""

    line: Line
    rows: str
    classes: list[tuple[Line, Bars, str]]
    shared_top: int
    cases: list[tuple[Any, str]]
    more: int
    loss: Any
    huge: Decimal | None
    weeks: Weeks
    coming: late.Coming | None
    clusters: list[tuple[str, Any, str]]


def _opened(request: Request, asked: Asked, told: Board, line: Line, share: "Known | None") -> Opened:
    found = queries.rows(told.week, viewer=request.user, as_of=told.as_of, only=board.only(line))
    listed = found.select_related("case", "community").order_by("-loss", "reported_at")
    words = dict(cases.classes())
    lines = list(_classes(told, line, asked))
    top = max([max(one.history) for one in lines] or [1]) or 1
    total = cases.total(found)
    return Opened(
        line=line,
        rows=_rows(told, line.fraud_class, line.town.code),
        classes=[
            (one, Bars.of(one, top=top, step=11.4, tall=SMALL), _rows(told, one.fraud_class, one.town.code))
            for one in lines
        ],
        shared_top=top,
        cases=[(one, words[one.fraud_class]) for one in listed[:SHOWN_CASES]],
        more=max(0, total.cases - SHOWN_CASES),
        loss=total.loss,
        huge=Decimal(line.alarm.huge_case) if line.alarm.huge_case else None,
        weeks=weeks(told, line, step=20),
        coming=late.coming(line.alarm.observed, share),
        clusters=[
            (words[code], one, _rows_of(told, Period(one.since, one.until + DAY), code, line.town.code))
            for code, one in line.clusters
        ],
    )


def _classes(told: Board, line: Line, asked: Asked) -> Iterator[Line]:
    """The six classes that say most; none where the board is of one class already."""
    if asked.fraud_class:
        return
    yield from [one for one in board.classes(told, line.town) if any(one.history)][:6]
