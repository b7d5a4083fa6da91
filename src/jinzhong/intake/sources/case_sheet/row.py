"""Reading one row as one case: every fault of it is told, and a row with a fault is no case."""

import difflib
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from jinzhong.intake.sources.case_sheet import cells, classes
from jinzhong.intake.sources.case_sheet.people import read_suspects, read_transfers, read_victims
from jinzhong.intake.sources.case_sheet.read import Cell
from jinzhong.intake.sources.case_sheet.row_cells import RowCells
from jinzhong.intake.sources.case_sheet.told import CaseRow, Places, Sheet
from jinzhong_engine.taxonomy import BY_CODE

NUMBER = re.compile(r"[0-9A-Za-z\u4e00-\u9fff〔〕()\[\]【】_\-—/.#]{1,60}")
PARENT = re.compile(r"^[\u4e00-\u9fff]{1,12}?[省市区县](?=.)")
WORDS = {"community": 60, "station": 60, "source": 40, "channel": 60, "lure": 200}
"""Fields that are plain words and how long they may be; they are not encrypted and so may hold no number of anybody."""
NARRATIVE = 20_000
LONGEST_TOWN = 40


class RowReader(RowCells):
    """Reads rows as cases."""

    def __init__(self, sheet: Sheet, places: Places, now: datetime):
        super().__init__(sheet)
        self.places, self.now = places, now
        self.town_names = tuple(one for one in places.towns if not one.isdigit())

    def number(self) -> str | None:
        """The number by which the case is known."""
        return self.need("number", _number, _("没有编号就认不出是哪一案，这一行不能收"))

    def case(self, number: str | None) -> CaseRow | None:
        """The row as a case; None when anything in it is wrong (see ``faults``)."""
        reported = self.need("reported_at", self.moment("reported_at"), _("没有报案时间，这一行不能收"))
        town = self.need("town", self._town, _("没有写镇（街道），这一行不能收"))
        raw, code = self._class()
        times, loss, transfers = self._times(reported), self._loss(), read_transfers(self)
        rest = self._rest() | times
        victims, suspects = read_victims(self, reported), read_suspects(self)
        if self.faults or number is None or reported is None or town is None:
            return None
        self._note_doubts(
            town, rest, reported, sum((one.amount or Decimal(0) for one in transfers), Decimal(0)), loss
        )
        return CaseRow(
            number=number, reported_at=reported, town=town, fraud_class=code, raw_class=raw, loss=loss,
            victims=victims, transfers=transfers, suspects=suspects, columns=frozenset(self.at), row=self.row, notes=tuple(self.notes), **rest,
        )  # fmt: skip

    def _class(self) -> tuple[str, str]:
        """(label as written, class)."""
        raw, cell = "", self.cell("fraud_class")
        if cell is not None:
            try:
                raw = cells.open_words(100, cell)
            except ValueError as problem:
                self.fault("fraud_class", str(problem))
        found = classes.classify(raw)
        if not raw:
            self.note(_("没有写类别，先归其他"))
        elif not found.is_known:
            self.note(_("“%(label)s”没有对应类别，先归其他，原文保留") % {"label": raw})
        elif not found.is_official:
            self.note(_("“%(label)s”归入%(class)s") % {"label": raw, "class": _(BY_CODE[found.code].short)})
        return raw, found.code

    def _times(self, reported: datetime | None) -> dict[str, datetime | None]:
        start, end = self._span()
        end = self.take("occurred_to", self.moment("occurred_to"), None) or end
        if reported and start and start > _end_of(reported):
            self.fault("occurred_from", _("案发时间晚于报案时间，请核对"))
        if start and end and _end_of(end) < start:
            self.fault(
                "occurred_to" if "occurred_to" in self.at else "occurred_from",
                _("案发时间止早于案发时间，请核对"),
            )
        filed = self.take("filed_at", self.moment("filed_at"), None)
        return {"filed_at": filed, "occurred_from": start, "occurred_to": end}

    def _span(self) -> tuple[datetime | None, datetime | None]:
        nothing: tuple[datetime | None, datetime | None] = (None, None)
        return self.take("occurred_from", lambda cell: cells.span(cell, since_1904=self.since_1904), nothing)

    def _loss(self) -> Decimal:
        loss = self.take("loss", self.money("loss"), None)
        if loss is None and not self.faults:
            self.note(_("没有写损失，先记 0 元，以后更正"))
        return loss or Decimal("0.00")

    def _rest(self) -> dict[str, Any]:
        said = {name: self.take(name, _at_most(size), "") for name, size in WORDS.items()}
        amounts = {
            name: self.take(name, self.money(name), None) for name in ("stopped", "frozen", "returned")
        }
        return {
            **said, **amounts,
            "narrative": self.take("narrative", lambda cell: cells.words(NARRATIVE, cell), ""),
            "residence_town": self.take("residence_town", self._residence, ""),
            "area": self.take("area", lambda cell: cells.one_of(cell, cells.AREAS), ""),
            "status": self.take("status", lambda cell: cells.one_of(cell, cells.STATUSES), ""),
        }  # fmt: skip

    def _town(self, cell: Cell) -> str:
        """The town's code; the names of district and city before it, and 办事处 behind it, are passed over."""
        said = re.sub(r"\s", "", cells.text(cell))
        tries = [said, re.sub(r"(办事处|人民政府|政府)$", "", said)]
        while found := PARENT.match(tries[-1]):
            tries.append(tries[-1][found.end() :])
        code = next((self.places.towns[one] for one in tries if one in self.places.towns), None)
        if code:
            return code
        near = _nearest(tries[-1][:LONGEST_TOWN], self.town_names)
        raise ValueError(
            _("没有这个镇（街道）。是不是%(near)s") % {"near": near} if near else _("没有这个镇（街道）")
        )

    def _residence(self, cell: Cell) -> str:
        """A residence outside the district is nobody's fault; it is left open."""
        try:
            return self._town(cell)
        except ValueError:
            return ""

    def _note_doubts(
        self, town: str, rest: dict[str, Any], reported: datetime, sent: Decimal, loss: Decimal
    ) -> None:
        """What keeps no case out but should be looked at."""
        for name, is_known in (
            ("community", (town, rest["community"]) in self.places.communities),
            ("station", rest["station"] in self.places.stations),
        ):
            if rest[name] and not is_known:
                self.note(_("名册里没有“%(name)s”，这一项没有记") % {"name": rest[name]})
        if reported > self.now:
            self.note(_("报案时间在以后，请核对"))
        if rest["filed_at"] and _end_of(rest["filed_at"]) < reported:
            self.note(_("立案时间早于报案时间，请核对"))
        if sent > loss:
            self.note(_("转账合计 %(sent)s 元，比损失多，请核对") % {"sent": sent})


def _end_of(moment: datetime) -> datetime:
    """A day without an hour lasts until its end."""
    return moment + timedelta(days=1) if moment.time() == datetime.min.time() else moment


@lru_cache(1000)
def _nearest(said: str, names: tuple[str, ...]) -> str:
    """The name meant by a mistyped one; a wrong sheet says the same wrong word in each of its rows."""
    return next(iter(difflib.get_close_matches(said, names, n=1, cutoff=0.4)), "")


def _at_most(limit: int) -> Callable[[Cell], str]:
    return lambda cell: cells.open_words(limit, cell)


def _number(cell: Cell) -> str:
    said = re.sub(r"\s+", "", cells.text(cell)).upper()
    if re.fullmatch(r"[\d.]+E\+?\d+", said):
        raise ValueError(_("编号被表格改成了科学计数，请把这一列设为文本，重填再导"))
    if not NUMBER.fullmatch(said) or not re.search(r"\d", said):
        raise ValueError(_("编号最多 60 位，由字母、数字和汉字组成，至少有一个数字"))
    return said
