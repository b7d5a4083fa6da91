"""How good scores are: the four figures the product publishes, from labels and chances."""

from typing import Any

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

ECE_BINS = 10


def figures(label: Any, chance: Any) -> dict[str, float]:
    """AUC, average precision, recall at 1 % and 0.1 % false positives, expected calibration error."""
    return {
        "auc": float(roc_auc_score(label, chance)),
        "ap": float(average_precision_score(label, chance)),
        "recall_at_fpr_1pct": recall_at(label, chance, 0.01),
        "recall_at_fpr_0_1pct": recall_at(label, chance, 0.001),
        "ece": calibration_error(label, chance),
    }


def threshold_at(label: Any, chance: Any, fpr: float) -> float:
    """The smallest score that at most this share of the innocent lies above."""
    innocent = np.sort(chance[label == 0])[::-1]
    return float(innocent[min(int(fpr * len(innocent)), len(innocent) - 1)])


def recall_at(label: Any, chance: Any, fpr: float) -> float:
    return float((chance[label == 1] > threshold_at(label, chance, fpr)).mean())


def calibration_error(label: Any, chance: Any) -> float:
    """Mean gap between chance and truth over ten bins of equal size.

    >>> calibration_error(np.array([0, 1] * 10), np.full(20, 0.5))
    0.0
    """
    order = np.argsort(chance, kind="stable")
    bins = [part for part in np.array_split(order, ECE_BINS) if len(part)]
    return float(sum(abs(label[part].mean() - chance[part].mean()) * len(part) for part in bins) / len(order))
