"""Feature tables in, score tables out: the doors to the models, ``fit_table``, ``score_table`` and ``drift_table``."""

from pathlib import Path
from typing import Any

import pyarrow as pa

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.models import boosting, card, matrix
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.drift import drift
from jinzhong_engine.models.folds import FOLDS
from jinzhong_engine.models.reasons import reasons


def fit_table(
    table: pa.Table,
    *,
    label: str,
    out: Path,
    data: str,
    on: str,
    group: str | None = None,
    time: str | None = None,
) -> dict[str, Any]:
    """Fit on a feature table and write the model's folder; returns the card. ``group``, ``time``: columns for validation only."""
    aside = [name for name in (group, time) if name]
    for name in aside:
        if name not in table.column_names:
            raise BadTable(f"{data}: there is no column {name}")
        if table[name].null_count:
            raise BadTable(f"{data}: column {name} is empty in some rows; validation needs it in every row")
    names = matrix.feature_names(table, without=(label, *aside))
    if not names:
        raise BadTable(f"{data}: beside the label there is no column to learn from")
    told = matrix.labels(table, label, data, least=2 * FOLDS)
    values = matrix.matrix(table, names, data)
    groups, times = (table[name].to_numpy() if name else None for name in (group, time))
    text, found = boosting.fit(values, told, names, groups=groups, times=times, data=data, on=on)
    card.write(out, text, found)
    return found


def score_table(model: Model, table: pa.Table, *, where: str, prevalence: float | None = None) -> pa.Table:
    """``id`` or ``number``, score, reasons; rows in their order. Further columns of the table are left alone."""
    name, whose = matrix.key(table, where)
    values = matrix.matrix(table, model.features, where)
    chance = model.chances(values, prevalence)
    return pa.table(
        {
            name: whose,
            "score": pa.array(chance),
            "reasons": pa.array(reasons(model, values, chance), pa.string()),
        }
    )


def drift_table(model: Model, table: pa.Table, *, where: str) -> dict[str, Any]:
    """How far these rows lie from those the model was fitted on: see ``drift``."""
    if not table.num_rows:
        raise BadTable(f"{where}: there is no row to compare")
    return drift(model, matrix.matrix(table, model.features, where))
