"""What is said of numbers beside their records: when each was opened, and since when it is known to be used for fraud."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import files
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.features.windows import DAY, SHANGHAI
from jinzhong_engine.tables import KNOWN, LABELS, SUBSCRIBERS

SOLD = SUBSCRIBERS._replace(
    columns=tuple(
        c._replace(may_be_null=c.name == "opened")
        for c in SUBSCRIBERS.columns
        if c.name in ("number", "opened")
    )
)
"""All that a feature reads of them; no register has the day of every number."""
FIRST_OPENED = date(1987, 11, 18)
"""China's first mobile network. A day before it, as 1900-01-01 or 1970-01-01, fills a field in which nobody wrote; for a landline of those
years it is taken so too."""
FIRST_LABELLED = date(2000, 1, 1)
"""As of every moment that is told (``windows.EARLIEST``)."""
SHAPE = pa.schema([("number", pa.string()), ("at", pa.int64())])


class Register(NamedTuple):
    """Tables of ``SHAPE``, each number once: the midnight, in China, of the day it was opened, and since when it is known as fraud. None
    where there is no such table."""

    opened: pa.Table | None = None
    known: pa.Table | None = None

    @property
    def given(self) -> dict[str, pa.Table]:
        """The tables that are there."""
        return {name: table for name, table in self._asdict().items() if table is not None}


NOTHING = Register()


def read(subscribers: Path | None, known: Path | None, latest: int, tell: Callable[[str], None]) -> Register:
    """``known``: a table of ``number`` and ``since``, or what ``numbers labels`` wrote, whose frauds are known from the next day on.
    ``latest``: nothing happened after it. ``tell``: takes what isn't used of them."""
    return Register(
        None if subscribers is None else _opened(subscribers, latest, tell),
        None if known is None else _known(known, latest),
    )


def _opened(path: Path, latest: int, tell: Callable[[str], None]) -> pa.Table:
    """A day that can't be is one that nobody recorded: the number may be of any age. Whoever has such a register can't write it anew."""
    place = files.Place(str(path))
    sold = files.checked(files.read_table(path), SOLD, latest, place)
    if pc.count_distinct(sold["number"].cast(pa.string())).as_py() < sold.num_rows:
        raise BadTable(f"{path}: a number stands there twice; one row a number, as it is held now")
    wrong = pc.fill_null(_cannot_be(sold["opened"], FIRST_OPENED, latest), False)
    if count := pc.sum(wrong).as_py():
        tell(
            f"{path}: {count} numbers opened before {FIRST_OPENED} or in the future, the first on {_first(sold['opened'], wrong, place)}: how old they are is taken as not recorded"
        )
    told = sold.filter(pc.and_(sold["opened"].is_valid(), pc.invert(wrong)))
    return _of(told["number"], _midnight(told["opened"]))


def _known(path: Path, latest: int) -> pa.Table:
    """A day that can't be is refused here: people wrote the list."""
    table, place = files.read_table(path), files.Place(str(path))
    if "labelled_on" not in table.column_names:
        said = files.checked(table, KNOWN, latest, place)
        return _of(said["number"], said["since"])
    labels = files.checked(table, LABELS, latest, place)
    neither = pc.invert(pc.is_in(labels["fraud"], value_set=pa.array([0, 1], labels["fraud"].type)))
    if pc.any(neither).as_py():
        raise BadTable(f"{path}: fraud is neither 0 nor 1{place.first(neither)}")
    wrong = _cannot_be(labels["labelled_on"], FIRST_LABELLED, latest)
    if pc.any(wrong).as_py():
        first = _first(labels["labelled_on"], wrong, place)
        raise BadTable(f"{path}: labelled_on is {first}, before {FIRST_LABELLED} or in the future")
    frauds = labels.filter(pc.equal(labels["fraud"], 1))
    return _of(frauds["number"], pc.add(_midnight(frauds["labelled_on"]), DAY))


def _cannot_be(days: pa.ChunkedArray, earliest: date, latest: int) -> pa.ChunkedArray:
    count = _count(days)
    return pc.or_(pc.less(count, _count(pa.scalar(earliest))), pc.greater(count, (latest + SHANGHAI) // DAY))


def _first(days: pa.ChunkedArray, wrong: pa.ChunkedArray, place: files.Place) -> str:
    return f"{days[pc.index(wrong, True).as_py()].cast(pa.string())}{place.first(wrong)}"


def _count(days: Any) -> Any:
    """Of the days since 1970; whole microseconds wouldn't hold every day that can be written."""
    return days.cast(pa.int32()).cast(pa.int64())


def _midnight(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.subtract(pc.multiply(_count(days), DAY), SHANGHAI)


def _of(numbers: pa.ChunkedArray, at: pa.ChunkedArray) -> pa.Table:
    """The earliest moment of each number."""
    made = pa.table([numbers.cast(pa.string()), at], names=SHAPE.names)
    return made.group_by("number", use_threads=False).aggregate([("at", "min")]).rename_columns(SHAPE.names)
