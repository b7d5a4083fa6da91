"""What is said of numbers beside their records: when each was opened, and since when it is known to be used for fraud."""

from pathlib import Path
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends import files
from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.features.windows import DAY, SHANGHAI
from jinzhong_engine.tables import KNOWN, LABELS, SUBSCRIBERS

SOLD = SUBSCRIBERS._replace(columns=tuple(c for c in SUBSCRIBERS.columns if c.name in ("number", "opened")))
"""All that a feature reads of them."""
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


def read(subscribers: Path | None, known: Path | None, latest: int) -> Register:
    """``known``: a table of ``number`` and ``since``, or what ``numbers labels`` wrote, whose frauds are known from the next day on."""
    return Register(
        None if subscribers is None else _opened(subscribers, latest),
        None if known is None else _known(known, latest),
    )


def _opened(path: Path, latest: int) -> pa.Table:
    sold = files.checked(files.read_table(path), SOLD, latest, files.Place(str(path)))
    made = _of(sold["number"], _midnight(sold["opened"]))
    if made.num_rows < sold.num_rows:
        raise BadTable(f"{path}: a number stands there twice; one row a number, as it is held now")
    return made


def _known(path: Path, latest: int) -> pa.Table:
    table, place = files.read_table(path), files.Place(str(path))
    if "labelled_on" in table.column_names:
        labels = files.checked(table, LABELS, latest, place)
        frauds = labels.filter(pc.equal(labels["fraud"], 1))
        return _of(frauds["number"], pc.add(_midnight(frauds["labelled_on"]), DAY))
    said = files.checked(table, KNOWN, latest, place)
    return _of(said["number"], said["since"])


def _midnight(days: pa.ChunkedArray) -> pa.ChunkedArray:
    return pc.subtract(pc.multiply(days.cast(pa.int32()).cast(pa.int64()), DAY), SHANGHAI)


def _of(numbers: pa.ChunkedArray, at: pa.ChunkedArray) -> pa.Table:
    """The earliest moment of each number."""
    made = pa.table([numbers.cast(pa.string()), at], names=SHAPE.names)
    return made.group_by("number", use_threads=False).aggregate([("at", "min")]).rename_columns(SHAPE.names)
