"""Records whose time hasn't come: some sender's clock is ahead. They wait until it comes, so that the others' now stays what it is."""

import pyarrow as pa
import pyarrow.compute as pc

_MARK = b"ahead"


def marked(events: pa.Table) -> pa.Table:
    """As they are kept in the journal while they wait."""
    return events.replace_schema_metadata({_MARK: b""})


def is_marked(events: pa.Table) -> bool:
    return _MARK in (events.schema.metadata or {})


class Ahead:
    """Waiting records, in the order they came."""

    def __init__(self) -> None:
        self._events: pa.Table | None = None

    def __len__(self) -> int:
        return self._events.num_rows if self._events else 0

    def wait(self, events: pa.Table) -> None:
        known = [] if self._events is None else [self._events]
        plain = events.replace_schema_metadata(None)
        self._events = pa.concat_tables([*known, plain], promote_options="default")

    def due(self, until: int) -> pa.Table | None:
        """Those up to a moment; they stay here until they are said to ``leave``."""
        if self._events is None:
            return None
        found = self._events.filter(pc.less_equal(self._events["start"], until))
        return found if found.num_rows else None

    def leave(self, counted: pa.Table) -> None:
        """Whatever of these waited waits no longer."""
        if self._events is None:
            return
        left = self._events.filter(pc.invert(pc.is_in(self._events["id"], counted["id"].combine_chunks())))
        self._events = left if left.num_rows else None
