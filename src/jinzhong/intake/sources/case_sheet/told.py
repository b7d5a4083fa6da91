"""What a case sheet tells: its cases, what was refused, what was passed over."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from jinzhong.intake.sources.case_sheet.columns import Heading
from jinzhong.intake.sources.case_sheet.read import Table


@dataclass(frozen=True)
class VictimRow:
    """``other_phones``: what else a person is reached under."""

    name: str = ""
    sex: str = ""
    birth_year: int | None = None
    age: int | None = None
    occupation: str = ""
    phone: str = ""
    other_phones: tuple[str, ...] = ()
    id_number: str = ""
    address: str = ""


@dataclass(frozen=True)
class TransferRow:
    at: datetime | None = None
    amount: Decimal | None = None
    payee_account: str = ""
    payee_bank: str = ""


@dataclass(frozen=True)
class SuspectRow:
    """``kind``: number, account, app or url."""

    kind: str
    value: str


@dataclass(frozen=True)
class CaseRow:
    """One case as the sheet tells it. ``row``: as the spreadsheet numbers it; ``notes``: how doubtful cells were understood.

    ``columns``: the fields the sheet has (None: all); of the others it says nothing, not that they are empty.
    """

    number: str
    reported_at: datetime
    town: str
    fraud_class: str
    raw_class: str
    loss: Decimal
    filed_at: datetime | None = None
    occurred_from: datetime | None = None
    occurred_to: datetime | None = None
    residence_town: str = ""
    community: str = ""
    area: str = ""
    station: str = ""
    status: str = ""
    source: str = ""
    channel: str = ""
    lure: str = ""
    stopped: Decimal | None = None
    frozen: Decimal | None = None
    returned: Decimal | None = None
    narrative: str = ""
    victims: tuple[VictimRow, ...] = ()
    transfers: tuple[TransferRow, ...] = ()
    suspects: tuple[SuspectRow, ...] = ()
    columns: frozenset[str] | None = None
    row: int = 0
    notes: tuple[str, ...] = ()

    def content(self) -> dict[str, Any]:
        """What the row says about its case, without where it stands and how it was read."""
        return {
            name: value for name, value in asdict(self).items() if name not in ("columns", "row", "notes")
        }


@dataclass(frozen=True)
class Rejection:
    """Why a row (or a header) was not taken. ``field``: the header as it stands in the sheet; ``value``: the cell, never personal."""

    row: int
    field: str
    message: str
    value: str = ""


@dataclass(frozen=True)
class Places:
    """The district's names: every spelling of a town and its code, communities by (town code, name), stations."""

    towns: Mapping[str, str]
    communities: frozenset[tuple[str, str]] = frozenset()
    stations: frozenset[str] = frozenset()


@dataclass
class Sheet:
    """A table as it was understood. ``repeated``: rows that say the same as an earlier one; ``total``: the 合计 row's loss."""

    table: Table
    header_row: int = 0
    headings: list[Heading] = field(default_factory=list)
    unknown: list[Heading] = field(default_factory=list)
    rows: list[CaseRow] = field(default_factory=list)
    repeated: list[CaseRow] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    total_row: int | None = None
    total: Decimal | None = None
    total_agrees: bool = False

    @property
    def refused_rows(self) -> list[int]:
        """Rows refused, by number; a header that isn't known refuses no row."""
        return sorted({one.row for one in self.rejected if one.row > self.header_row})

    @property
    def count(self) -> int:
        """Rows that are cases or should be."""
        return len(self.rows) + len(self.repeated) + len(self.refused_rows)
