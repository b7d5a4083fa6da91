"""Ours against R's surveillance on made-up series: ``python3 dev.py bench farrington FOLDER`` with the two files of farrington_oracle.R.

Prints the largest relative difference of expectation, bound and p, and the alarms that differ, by series and bound.
"""

import argparse
import csv
import math
import sys
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np

from jinzhong_engine.surveillance import farrington

NAMES = ("expected", "upper", "p")
TOLERANCE = 1e-6
"""Largest relative difference of expectation and bound."""


def main(folder: Path) -> int:
    series: dict[str, tuple[list[date], list[float]]] = defaultdict(lambda: ([], []))
    for row in _rows(folder / "series.csv"):
        weeks, counts = series[row["series"]]
        weeks.append(date.fromisoformat(row["date"]))
        counts.append(_number(row["observed"]))
    worst: dict[tuple[str, str], dict[str, float]] = defaultdict(lambda: defaultdict(float))
    for row in _rows(folder / "oracle.csv"):
        weeks, counts = series[row["series"]]
        found = farrington.bound(weeks, np.array(counts), int(row["week_index"]) - 1, _settings(row))
        told = worst[row["series"], row["threshold"]]
        told["rows"] += 1
        told["alarms differ"] += found.alarm != (row["alarm"].strip() == "1")
        for name in NAMES:
            ours, theirs = getattr(found, name), _number(row[name])
            if (ours is None) != math.isnan(theirs):
                told["answers differ"] += 1
            elif ours is not None:
                told[name] = max(told[name], abs(ours - theirs) / max(abs(theirs), 1e-12))
    for (name, method), told in worst.items():
        print(f"{name:8} {method:9}", "  ".join(f"{key} {value:.3g}" for key, value in told.items()))
    apart = max((one[name] for one in worst.values() for name in ("expected", "upper")), default=0.0)
    return int(
        apart > TOLERANCE or any(one["alarms differ"] or one["answers differ"] for one in worst.values())
    )


def _settings(row: dict[str, str]) -> farrington.Settings:
    return farrington.Settings(
        b=int(row["b"]),
        w=int(row["w"]),
        periods=int(row["periods"]),
        past_weeks_excluded=int(row["past"]),
        alpha=float(row["alpha"]),
        threshold="delta" if row["threshold"] == "delta" else "nbPlugin",
        reweight_beyond=float(row["beyond"]),
        trend_p=float(row["trend_p"]),
    )


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _number(text: str) -> float:
    return math.nan if text.strip() == "NA" else float(text)


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("folder", type=Path, help="with the two files of farrington_oracle.R")
    sys.exit(main(asked.parse_args().folder))
