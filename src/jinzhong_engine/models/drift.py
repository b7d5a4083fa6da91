"""Drift: do the numbers of a day still look like those the model was fitted on?

``fit`` keeps on the card how each feature and the score were spread among the *innocent* rows. Fitted labels are often a third
fraud, a day's numbers one in a thousand: compared with all fitted rows every day would look moved, and how many are fraud where
the list is used is only a guess; at one in a thousand the innocent are the day. The score is that of rows the model hadn't seen.

Measured by the population stability index; 0.1 and 0.25 are the customary marks (Siddiqi, Credit Risk Scorecards, 2006). The index
also grows when rows are few: without any drift it is about chi-squared times (1/fitted + 1/day) (Yurdakul, Statistical Properties of
Population Stability Index, 2018). What chance alone reaches is told beside it, and calls nothing moved.
"""

from typing import Any

import numpy as np
from scipy.stats import chi2

from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.reasons import words
from jinzhong_engine.models.spread import counts, floored

SOME, MUCH = 0.1, 0.25
SURE = 0.999
"""Dozens of features are looked at every day: one in twenty by chance would be one every day."""
STATES = ("stable", "few", "some", "much")
"""From calm to grave. few: too few rows to tell 0.1 from chance."""


def drift(model: Model, values: Any) -> dict[str, Any]:
    """The day's rows beside the fitted ones: state, score, and every feature, the most moved first. The state is the score's: a feature that
    moved without it decides nothing, and is named."""
    reference = model.card.get("spread")
    if reference is None:
        raise BadModel("this model's card doesn't say how its rows were spread; fit the model again")
    features = [
        {"name": name, "title": words(name)[0], **moved(reference["features"][at], values[:, at])}
        for at, name in enumerate(model.features)
    ]
    score = moved(reference["score"], floored(model.chances(values)))
    return {
        "model": model.card["model_sha256"],
        "rows": len(values),
        "fitted_rows": sum(reference["score"]["counts"]),
        "state": score["state"],
        "score": score,
        "features": sorted(features, key=lambda one: (-STATES.index(one["state"]), -one["psi"])),
    }


def moved(spread: dict[str, Any], values: Any) -> dict[str, Any]:
    """psi, by_chance (what it stays below 999 times of 1,000 without drift), missing and missing_before (shares), state."""
    before, now = np.array(spread["counts"]), counts(values, spread["edges"])
    psi = index(before, now)
    by_chance = chance_alone(len(before), int(before.sum()), int(now.sum()))
    return {
        "psi": psi,
        "by_chance": by_chance,
        "missing": share(now[-1], now.sum()),
        "missing_before": share(before[-1], before.sum()),
        "state": state(psi, by_chance),
    }


def index(before: Any, now: Any) -> float:
    """The population stability index of two rows of counts. Half a row is added to each bin: an empty one is no proof of never.

    >>> round(index(np.array([50, 50]), np.array([50, 50])), 3)
    0.0
    >>> round(index(np.array([4999.5, 4999.5]), np.array([6999.5, 2999.5])), 3)  # 0.2 ln 1.4 - 0.2 ln 0.6
    0.169
    """
    a, b = ((one + 0.5) / (one + 0.5).sum() for one in (before, now))
    return float(((b - a) * np.log(b / a)).sum())


def chance_alone(bins: int, fitted: int, rows: int) -> float:
    """What the index stays below 999 times of 1,000 where nothing moved; infinite without rows.

    >>> round(chance_alone(11, 1000, 1000), 3)  # 29.588 (chi-squared, 10 degrees of freedom) * 2 / 1000
    0.059
    """
    return float(chi2.ppf(SURE, bins - 1) * (1 / fitted + 1 / rows)) if fitted and rows else float("inf")


def state(psi: float, by_chance: float) -> str:
    """
    >>> state(0.09, 0.01), state(0.1, 0.01), state(0.25, 0.01), state(0.3, 0.4)
    ('stable', 'some', 'much', 'few')
    """
    if psi <= by_chance:
        return "few" if by_chance >= SOME else "stable"
    return "much" if psi >= MUCH else "some" if psi >= SOME else "stable"


def share(part: Any, whole: Any) -> float:
    return float(part / whole) if whole else 0.0
