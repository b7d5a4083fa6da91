"""The cells of one row by the field they are about: cleaned, and every fault told under the sheet's own header."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar

from jinzhong.intake.sources.case_sheet import cells
from jinzhong.intake.sources.case_sheet.columns import BY_FIELD
from jinzhong.intake.sources.case_sheet.read import Cell
from jinzhong.intake.sources.case_sheet.told import Rejection, Sheet

T = TypeVar("T")


class RowCells:
    """The cells of one row after the other; gathers what is wrong with each."""

    def __init__(self, sheet: Sheet):
        self.since_1904 = sheet.table.since_1904
        self.at = {one.field: one for one in sheet.headings if one.field}
        self.row = 0
        self.told: list[Cell] = []
        self.faults: list[Rejection] = []
        self.notes: list[str] = []

    def open(self, row: int, told: list[Cell]) -> None:
        self.row, self.told, self.faults, self.notes = row, told, [], []

    def cell(self, name: str) -> Cell:
        heading = self.at.get(name)
        return self.told[heading.place] if heading and heading.place < len(self.told) else None

    def take(self, name: str, clean: Callable[[Cell], T], empty: T) -> T:
        """The cleaned cell, or ``empty`` where it says nothing."""
        return self.clean(name, self.cell(name), clean, empty)

    def entries(self, name: str) -> list[str]:
        """What stands in a cell that may hold several."""
        nothing: list[str] = []
        return self.take(name, cells.parts, nothing)

    def clean(self, name: str, said: Cell, clean: Callable[[Any], T], empty: T) -> T:
        """The cleaned cell or a part of it; a fault is gathered under the sheet's own header."""
        if cells.is_empty(said):
            return empty
        try:
            return clean(said)
        except ValueError as problem:
            self.fault(name, str(problem))
            return empty

    def fault(self, name: str, message: str) -> None:
        heading, column, value = self.at.get(name), BY_FIELD[name], self.cell(name)
        shown = "" if value is None or column.personal else str(value)[:60]
        self.faults.append(Rejection(self.row, heading.text if heading else column.title, message, shown))

    def note(self, message: str) -> None:
        self.notes.append(message)

    def need(self, name: str, clean: Callable[[Cell], T], message: str) -> T | None:
        if cells.is_empty(self.cell(name)):
            self.fault(name, message)
            return None
        return self.take(name, clean, None)

    def moment(self, name: str) -> Callable[[Cell], datetime]:
        def clean(cell: Cell) -> datetime:
            found, note = cells.moment(cell, since_1904=self.since_1904)
            if note:
                self.note(f"{self.at[name].text}{note}")
            return found

        return clean

    def money(self, name: str) -> Callable[[Cell], Decimal]:
        return lambda cell: cells.money(cell, factor=self.at[name].factor)
