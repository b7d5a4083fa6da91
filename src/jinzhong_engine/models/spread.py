"""How the values of a column are spread: tenths of the fitted rows, for a model's card."""

from typing import Any

import numpy as np

TENTHS = np.arange(1, 10) / 10
INNOCENT = 0.01
"""Chances below this, at the prevalence of the fitted labels, are one bin. How far below nothing is decided by; models fitted on four
fifths and on all of the same rows differ there (index up to 0.9 on planted rows without any drift, with this floor at most 0.02)."""


def spread(values: Any) -> dict[str, Any]:
    """edges: of the tenths, each once, and one just below the lowest value; counts: rows up to each edge, above the last, missing.

    >>> spread(np.array([1.0, 1.0, 1.0, 2.0, np.nan]))["counts"]  # below 1, 1, 2, above, missing
    [0, 3, 1, 0, 1]
    """
    known = values[~np.isnan(values)]
    edges = _edges(known) if len(known) else []
    return {"edges": edges, "counts": counts(values, edges).tolist()}


def _edges(known: Any) -> list[float]:
    """Values that occur, so that no edge lies between two whole numbers for nothing."""
    tenths = np.quantile(known, TENTHS, method="inverted_cdf")
    below = np.nextafter(known.min(), -np.inf)
    return [float(one) for one in np.unique([below, *tenths])]


def counts(values: Any, edges: list[float]) -> Any:
    """Rows up to each edge and above the one before it, above the last, and missing."""
    known = values[~np.isnan(values)]
    bins = np.bincount(np.searchsorted(edges, known, side="left"), minlength=len(edges) + 1)
    return np.append(bins, len(values) - len(known))


def floored(chance: Any) -> Any:
    """Chances of which those of the surely innocent are all alike."""
    return np.maximum(chance, INNOCENT)


def as_far_out(values: Any, spread: dict[str, Any]) -> Any:
    """For each value the share of the fitted rows that lie at least as far out, on whichever side fewer do; for none, the share without one.

    Whole tenths are counted, so that a share is rather too high than too low.

    >>> fitted = {"edges": [-0.5, 0.0, 1.0, 2.0], "counts": [0, 50, 20, 20, 6, 4]}
    >>> as_far_out(np.array([0.0, 1.0, 2.0, 9.0, np.nan]), fitted).round(2).tolist()
    [0.52, 0.48, 0.27, 0.06, 0.04]
    """
    bins, missing = np.array(spread["counts"][:-1]), spread["counts"][-1]
    at = np.searchsorted(spread["edges"], values, side="left")
    below, above = bins.cumsum()[at], bins[::-1].cumsum()[::-1][at]
    known = np.minimum(below, above) / max(1, bins.sum())
    return np.where(np.isnan(values), missing / (bins.sum() + missing), known)
