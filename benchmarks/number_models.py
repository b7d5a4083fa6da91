"""Cross-validated figures of the number model, and of the readable rule, on a table of real rows.

    python3 dev.py bench number_models TABLE.csv [--until busi_count]

The table has ``id``, the operators' monthly columns and ``label``. ``--until``: only the columns before this one (voice and SMS). Rows of
the table itself judge, each by a model that hasn't seen it; rows set aside by others are the better proof.
"""

import argparse
import tempfile
from pathlib import Path

from jinzhong_engine import signals
from jinzhong_engine.backends import files
from jinzhong_engine.models import score


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("table", type=Path)
    options.add_argument("--until")
    chosen = options.parse_args()
    table = files.read_table(chosen.table)
    names = table.column_names
    if chosen.until:
        table = table.select([*names[: names.index(chosen.until)], "label"])
    with tempfile.TemporaryDirectory() as out:
        card = score.fit_table(table, label="label", out=Path(out), data=chosen.table.name, on="")
    print(
        f"{table.num_rows} rows, {len(card['features'])} columns:",
        ", ".join(f"{k} {v}" for k, v in card["figures"].items()),
    )
    label = dict(zip(table["id"].to_pylist(), table["label"].to_pylist(), strict=True))
    found = signals.found_monthly(table.rename_columns({"id": "number"}))["number"].to_pylist()
    caught, wrong = sum(label[one] for one in found), sum(1 - label[one] for one in found)
    print(
        f"readable rule: recall {caught / sum(label.values()):.3f}, {wrong} of {len(label) - sum(label.values())} innocent"
    )


if __name__ == "__main__":
    main()
