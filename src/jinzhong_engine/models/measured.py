"""What stands behind the reasons of a number: the values, where those of innocent numbers lie, and how much each weighs.

The sentences came with the list; the values are computed anew from the calls. A number of which these calls don't say the very
same sentences (other calls, messages that are missing, columns that aren't ours) gets none: nothing is shown that wasn't scored.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.models import matrix
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.reasons import SHARE, between, telling, ways, without_mark, words


@dataclass(frozen=True)
class Measure:
    """One reason. ``value`` is None where there was no record; ``low``, ``high`` and ``usual`` (the same in words, as ``reasons.between``
    says them) where the model's card doesn't say how the feature was spread.

    ``low`` to ``high`` is the middle of the innocent numbers that the model was fitted on, at least eight in ten of those with a record.
    ``weight``: its share of all that speaks for fraud, of features without a reason too.
    """

    feature: str
    value: float | None
    is_share: bool
    low: float | None
    high: float | None
    usual: tuple[str, str] | None
    weight: float


def measured(model: Model, features: pa.Table, *, told: dict[str, list[str]]) -> dict[str, list[Measure]]:
    """For each number whose sentences (``told``) these features (``backends.native.features``) say again, what stands behind them,
    in their order; nothing stands behind the mark of a hub."""
    if not set(model.features) <= set(features.column_names):
        return {}
    numbers = pc.cast(features["number"], pa.string())
    found = features.filter(pc.is_in(numbers, value_set=pa.array(sorted(told), pa.string())))
    values = matrix.matrix(found, model.features, "features")
    if not len(values):
        return {}
    parts = model.contributions(values)[:, :-1]
    behind = {}
    orders = telling(model, values, parts)
    for number, row, part, order in zip(found["number"].to_pylist(), values, parts, orders, strict=True):
        said = [ways(model.features[at], row[at], model.card["usual"][at]) for at in order]
        if said and _are_said(said, without_mark(told[number])):
            whole = part[part > 0].sum()
            behind[number] = [_measure(model, at, row[at], float(part[at] / whole)) for at in order]
    return behind


def _are_said(said: list[tuple[str, str]], told: list[str]) -> bool:
    return len(said) == len(told) and all(one in either for one, either in zip(told, said, strict=True))


def _measure(model: Model, at: int, value: float, weight: float) -> Measure:
    name = model.features[at]
    band = middle(model.card["spread"]["features"][at]) if "spread" in model.card else None
    return Measure(
        feature=name,
        value=None if np.isnan(value) else float(value),
        is_share=words(name)[1] == SHARE,
        low=band and band[0],
        high=band and band[1],
        usual=band and between(name, *band),
        weight=round(weight, 2),
    )


def middle(spread: dict[str, Any]) -> tuple[float, float] | None:
    """From the first to the ninth tenth of a card's spread; fewer than one in ten lie below, at most one in ten above.

    >>> middle({"edges": [-0.5, 0.0, 1.0, 2.0, 6.0], "counts": [0, 30, 30, 20, 12, 8, 0]})
    (0.0, 6.0)
    >>> middle({"edges": [], "counts": [0, 100]})  # nobody had a record
    """
    edges = spread["edges"]
    return (float(edges[1]), float(edges[-1])) if edges else None
