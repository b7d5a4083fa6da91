"""How right a list says it will be, and how right it was."""

from typing import Any

import numpy as np

SURE = 0.9
"""The stated interval holds nine of ten weeks if the chances are true."""


def stated(chance: Any, is_fraud: Any) -> dict[str, Any]:
    """A list of numbers with their chances, and what they were.

    >>> stated(np.array([1.0, 1.0]), np.array([True, False]))
    {'listed': 2, 'expected_precision': 1.0, 'low': 1.0, 'high': 1.0, 'precision': 0.5}
    """
    listed = len(chance)
    if not listed:
        return {"listed": 0, "expected_precision": None, "low": None, "high": None, "precision": None}
    below = np.cumsum(counts(chance))
    low, high = (int(np.searchsorted(below, share - 1e-12)) for share in ((1 - SURE) / 2, (1 + SURE) / 2))
    return {
        "listed": listed,
        "expected_precision": float(np.mean(chance)),
        "low": low / listed,
        "high": high / listed,
        "precision": float(np.mean(is_fraud)),
    }


def counts(chance: Any) -> Any:
    """The chance of 0, 1, 2 … fraud numbers among independent ones (Poisson binomial).

    >>> counts([0.5, 0.5]).tolist()
    [0.25, 0.5, 0.25]
    """
    made = np.ones(1)
    for one in chance:
        made = np.convolve(made, [1 - one, one])
    return made
