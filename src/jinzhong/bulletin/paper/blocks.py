"""A page as blocks: paragraphs, three-line tables, bars. The words are the report's; how it looks is each drawer's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Formatter
from typing import Literal
from urllib.parse import urlencode


@dataclass(frozen=True)
class Ref:
    """A figure in print that opens to its rows where the medium can. ``key``: its place in the content."""

    text: str
    definition: str = ""
    rows: Mapping[str, str] = field(default_factory=dict)
    key: str = ""

    @property
    def query(self) -> str:
        return urlencode({**self.rows, "figure": self.key}) if self.rows else ""


Text = Sequence[str | Ref]
Cell = str | Ref | Text


@dataclass(frozen=True)
class Paragraph:
    """``head`` stands bold before it: 一、总体。"""

    head: str
    text: Text
    block: Literal["paragraph"] = "paragraph"


@dataclass(frozen=True)
class Table:
    """A three-line table. ``align``: one letter a column, l, r or c. ``foot``: the line of totals."""

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    align: str
    foot: Sequence[Cell] = ()
    note: str = ""
    block: Literal["table"] = "table"

    @property
    def aligned_head(self) -> list[tuple[str, Text]]:
        return self._aligned(self.head)

    @property
    def aligned_rows(self) -> list[list[tuple[str, Text]]]:
        return [self._aligned(row) for row in self.rows]

    @property
    def aligned_foot(self) -> list[tuple[str, Text]]:
        return self._aligned(self.foot)

    def _aligned(self, cells: Sequence[Cell]) -> list[tuple[str, Text]]:
        """Each cell's side and its parts."""
        parts = [[one] if isinstance(one, str | Ref) else one for one in cells]
        return list(zip(self.align, parts, strict=True)) if parts else []


@dataclass(frozen=True)
class Bar:
    """``label`` may be empty: not every bar is named beneath."""

    value: int
    label: str = ""
    hot: bool = False
    rows: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return urlencode(self.rows)


@dataclass(frozen=True)
class Bars:
    """Counts from zero, one bar a day; the hot one is the day reported on."""

    caption: str
    bars: Sequence[Bar]
    block: Literal["bars"] = "bars"

    @property
    def with_heights(self) -> list[tuple[Bar, int]]:
        """Each bar and its height in percent of the tallest."""
        top = max((one.value for one in self.bars), default=0) or 1
        return [(one, round(100 * one.value / top)) for one in self.bars]


@dataclass(frozen=True)
class Range:
    """A town against what was expected: the band of usual counts, the expectation, the count itself."""

    name: str
    value: int
    expected: float
    low: int
    high: int
    word: str
    hot: bool = False
    rows: Mapping[str, str] = field(default_factory=dict)

    @property
    def query(self) -> str:
        return urlencode(self.rows)


@dataclass(frozen=True)
class Ranges:
    """One line a town, all on one axis from zero: pale band, black tick, dot."""

    caption: str
    ranges: Sequence[Range]
    note: str = ""
    block: Literal["ranges"] = "ranges"

    @property
    def top(self) -> int:
        return max([5, *(max(one.high, one.value) for one in self.ranges)])

    @property
    def ticks(self) -> list[tuple[int, float]]:
        """Numbers of the axis and their places in percent."""
        step = next(size for size in (1, 2, 5, 10, 20, 50, 100, 1000) if self.top / size <= 6)
        return [(n, self._at(n)) for n in range(0, self.top + 1, step)]

    @property
    def placed(self) -> list[tuple[Range, float, float, float, float]]:
        """Each town with the places in percent of its band's beginning and width, its expectation and its dot."""
        return [
            (
                one,
                self._at(one.low),
                self._at(one.high - one.low),
                self._at(one.expected),
                self._at(one.value),
            )
            for one in self.ranges
        ]

    def _at(self, cases: float) -> float:
        return round(100 * cases / self.top, 2)


@dataclass(frozen=True)
class Break:
    """The next block begins a page."""

    block: Literal["break"] = "break"


@dataclass(frozen=True)
class Columns:
    """Two columns side by side."""

    left: Sequence["Paragraph | Table | Bars"]
    right: Sequence["Paragraph | Table | Bars"]
    block: Literal["columns"] = "columns"


Block = Paragraph | Table | Bars | Ranges | Columns | Break


@dataclass(frozen=True)
class Paper:
    """A red-headed sheet. ``roomy``: more than a page, so lines needn't stand close."""

    mark: str
    secrecy: str
    title: str
    number: str
    office: str
    dated: str
    heading: str
    blocks: Sequence[Block]
    sent_to: str
    signed: str
    cut: str
    seal: str
    warning: str = ""
    roomy: bool = False


def fill(sentence: str, refs: Mapping[str, Ref]) -> list[str | Ref]:
    """A sentence with its figures in their places.

    >>> fill("当日 {cases}，前一日 3 起。", {"cases": Ref("4 起")})
    ['当日 ', Ref(text='4 起', definition='', rows={}, key=''), '，前一日 3 起。']
    """
    found: list[str | Ref] = []
    for words, name, _spec, _conversion in Formatter().parse(sentence):
        found += [words] if words else []
        found += [refs[name]] if name else []
    return found


def plain(text: Text | Cell) -> str:
    """The words alone."""
    if isinstance(text, str):
        return text
    if isinstance(text, Ref):
        return text.text
    return "".join(plain(one) for one in text)
