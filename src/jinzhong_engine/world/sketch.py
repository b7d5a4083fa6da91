"""A number in nineteen figures, as the table of real numbers describes it, computed from a world's calls and messages.

A call counts when it was answered: the real table holds no others. A day is a day of the month, hours and days are of Asia/Shanghai.
Totals run over the whole window; real windows are one to eight months, a world's is its own length.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv

FEATURES = (
    "opposite_count", "opposite_unique", "voc_calltype1", "phone2opposite_mean", "call_dur_mean", "call_dur_median", "imeis",
    "voc_hour_mode", "voc_hour_nunique", "voc_day_nunique", "calls_per_active_day", "contacts_per_active_day", "sms_count",
    "sms_per_active_day", "calltype_rate", "sms_nunique", "busi_count", "month_ids", "arpu_mean",
)  # fmt: skip
Rows = dict[str, np.ndarray]


class UnreadableTable(ValueError):
    """The table of real numbers can't be read; the message says why."""


def read_rows(path: Path, *, label: int | None = None) -> Rows:
    """Columns of a table of real numbers as floats, missing as nan. Raises UnreadableTable."""
    try:
        table = pyarrow.csv.read_csv(path)
        rows = {
            name: table[name].cast(pa.float64()).to_numpy(zero_copy_only=False)
            for name in table.column_names
            if name != "id"
        }
        with np.errstate(divide="ignore", invalid="ignore"):
            rows["calls_per_active_day"] = rows["opposite_count"] / rows["voc_day_nunique"]
            rows["contacts_per_active_day"] = rows["opposite_unique"] / rows["voc_day_nunique"]
            rows["sms_per_active_day"] = rows["sms_count"] / rows["day_nunique"]
    except (OSError, pa.ArrowInvalid, KeyError) as problem:
        raise UnreadableTable(f"{path}: not a table of numbers ({str(problem).splitlines()[0]})") from problem
    return rows if label is None else {name: values[rows["label"] == label] for name, values in rows.items()}


def voice(count: int, events: Mapping[str, np.ndarray]) -> Rows:
    """Events: subject, peer, is_out, seconds, imei (-1 none), hour, day; one row per subject, nan where it never spoke."""
    subject, hours = events["subject"], np.zeros((count, 24), int)
    calls = np.bincount(subject, minlength=count).astype(float)
    calls[calls == 0] = np.nan
    np.add.at(hours, (subject, events["hour"]), 1)
    out = events["is_out"].astype(bool)
    made = np.bincount(subject[out], minlength=count)
    parties = _distinct(count, subject, events["peer"])
    days = _distinct(count, subject, events["day"])
    has_imei = out & (events["imei"] >= 0)
    handsets = _distinct(count, subject[has_imei], events["imei"][has_imei])
    seconds = np.bincount(subject, weights=events["seconds"], minlength=count)
    spoke = ~np.isnan(calls)
    return {
        "opposite_count": calls,
        "opposite_unique": np.where(spoke, parties, np.nan),
        "voc_calltype1": np.where(made > 0, made / calls, np.nan),
        "phone2opposite_mean": calls / np.where(spoke, parties, np.nan),
        "call_dur_mean": seconds / calls,
        "call_dur_median": _medians(count, subject, events["seconds"]),
        "imeis": np.where(handsets > 0, handsets, np.nan),
        "voc_hour_mode": np.where(spoke, hours.argmax(1), np.nan),
        "voc_hour_nunique": np.where(spoke, (hours > 0).sum(1), np.nan),
        "voc_day_nunique": np.where(spoke, days, np.nan),
        "calls_per_active_day": calls / np.where(spoke, days, np.nan),
        "contacts_per_active_day": np.where(spoke, parties, np.nan) / np.where(spoke, days, np.nan),
    }


def messages(count: int, events: Mapping[str, np.ndarray]) -> Rows:
    """Events: subject, peer, is_out, day; one row per subject, nan where it had none."""
    subject = events["subject"]
    found = np.bincount(subject, minlength=count).astype(float)
    found[found == 0] = np.nan
    received = np.bincount(subject[~events["is_out"].astype(bool)], minlength=count)
    has = ~np.isnan(found)
    days = np.where(has, _distinct(count, subject, events["day"]), np.nan)
    return {
        "sms_count": found,
        "sms_per_active_day": found / days,
        "calltype_rate": np.where(has, received / found, np.nan),
        "sms_nunique": np.where(has, _distinct(count, subject, events["peer"]), np.nan),
    }


def _distinct(count: int, subject: np.ndarray, value: np.ndarray) -> np.ndarray:
    """How many different values each subject has."""
    pairs = np.unique(subject.astype(np.int64) * (1 << 32) + value.astype(np.int64))
    return np.bincount(pairs >> 32, minlength=count)


def _medians(count: int, subject: np.ndarray, value: np.ndarray) -> np.ndarray:
    order = np.lexsort((value, subject))
    ordered = value[order].astype(float)
    size = np.bincount(subject, minlength=count)
    start = np.cumsum(size) - size
    found = np.full(count, np.nan)
    some = size > 0
    low, high = start[some] + (size[some] - 1) // 2, start[some] + size[some] // 2
    found[some] = (ordered[low] + ordered[high]) / 2
    return found
