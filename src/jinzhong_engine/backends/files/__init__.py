"""Event files in, checked once at the door; result tables out.

kinds   tables of any columns: CSV, Parquet, XLSX, or a folder of Parquet files
checks  whether a table keeps to the contract, and where it doesn't
events  calls and messages in, checked; as much at a time as there is memory for
"""

from jinzhong_engine.backends.files.checks import BadTable, Place, checked, clock_text, no_events, once
from jinzhong_engine.backends.files.events import (
    EARLIER,
    Early,
    Lazy,
    apart,
    lazily,
    read_ahead,
    read_calls,
    read_events,
)
from jinzhong_engine.backends.files.kinds import (
    ENDINGS,
    alike,
    csv_fault,
    parquet_files,
    read_table,
    rows_in,
    write_table,
)

__all__ = [
    "EARLIER",
    "ENDINGS",
    "BadTable",
    "Early",
    "Lazy",
    "Place",
    "alike",
    "apart",
    "checked",
    "clock_text",
    "csv_fault",
    "lazily",
    "no_events",
    "once",
    "parquet_files",
    "read_ahead",
    "read_calls",
    "read_events",
    "read_table",
    "rows_in",
    "write_table",
]
