"""Feature tables in, score tables out: the doors to the models, ``fit_table``, ``score_table`` and ``drift_table``."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.models import boosting, card, matrix
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.drift import drift
from jinzhong_engine.models.folds import FOLDS
from jinzhong_engine.models.reasons import reasons

MODEL, PREVALENCE = b"jinzhong.model", b"jinzhong.prevalence"
"""What a table of scores says of itself."""


def fit_table(
    table: pa.Table,
    *,
    label: str,
    out: Path,
    data: str,
    on: str,
    group: str | None = None,
    time: str | None = None,
    beside: Model | None = None,
    asking: Collection[str] = (),
) -> dict[str, Any]:
    """Fit on a feature table and write the model's folder; returns the card. ``group``, ``time``: columns for validation only; ``beside``: a
    model to be held against on the same rows; ``asking``: the tables of ``backends.register`` that it may ask for whenever it judges."""
    aside = [name for name in (group, time) if name]
    for name in aside:
        if name not in table.column_names:
            raise BadTable(f"{data}: there is no column {name}")
        if table[name].null_count:
            raise BadTable(f"{data}: column {name} is empty in some rows; validation needs it in every row")
    names = matrix.feature_names(table, without=(label, *aside), asking=asking)
    if not names:
        raise BadTable(f"{data}: beside the label there is no column to learn from")
    told = matrix.labels(table, label, data, least=2 * FOLDS)
    values = matrix.matrix(table, names, data)
    groups, times = (table[name].to_numpy() if name else None for name in (group, time))
    presumed = None
    if "label_from" in table.column_names:
        presumed = pc.fill_null(
            pc.equal(table["label_from"].cast(pa.string()), "background"), False
        ).to_numpy()
    rival = None
    if beside:
        rival = beside.card["model_sha256"], beside.chances(matrix.matrix(table, beside.features, data))
    text, found = boosting.fit(
        values, told, names, groups=groups, times=times, presumed=presumed, beside=rival, data=data, on=on
    )
    card.write(out, text, found)
    return found


def score_table(model: Model, table: pa.Table, *, where: str, prevalence: float | None = None) -> pa.Table:
    """``id`` or ``number``, score, reasons; rows in their order. Further columns of the table are left alone."""
    name, whose = matrix.key(table, where)
    values = matrix.matrix(table, model.features, where)
    chance = model.chances(values, prevalence)
    made_with = {
        MODEL: model.card["model_sha256"],
        PREVALENCE: repr(float(prevalence or model.card["prevalence"])),
    }
    return pa.table(
        {
            name: whose,
            "score": pa.array(chance),
            "reasons": pa.array(reasons(model, values, chance), pa.string()),
        },
        metadata=made_with,
    )


def scored_with(scores: pa.Table) -> tuple[str, float] | None:
    """(model, prevalence) of a score table, where its file keeps that: Parquet does, CSV and XLSX don't."""
    told = scores.schema.metadata or {}
    if MODEL not in told or PREVALENCE not in told:
        return None
    return told[MODEL].decode(), float(told[PREVALENCE])


def drift_table(model: Model, table: pa.Table, *, where: str) -> dict[str, Any]:
    """How far these rows lie from those the model was fitted on: see ``drift``."""
    if not table.num_rows:
        raise BadTable(f"{where}: there is no row to compare")
    return drift(model, matrix.matrix(table, model.features, where))
