"""Gradient boosting: fit on labelled rows, judge others, say why.

Chosen by cross-validation on real rows (docs/figures.md): randomised splits rank better than exact ones on a few thousand
rows, more seeds or hand-made ratios change less than the noise and were left out.
"""

from collections.abc import Container
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import lightgbm as lgb
import numpy as np
from sklearn.linear_model import LogisticRegression

from jinzhong_engine.backends.cores import THREADS
from jinzhong_engine.backends.trees import Trees, chances, margins, planted
from jinzhong_engine.features.catalogue import BY_NAME, NAMES
from jinzhong_engine.models import card as cards
from jinzhong_engine.models import measures
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.folds import folds, kind
from jinzhong_engine.models.matrix import beside_calls
from jinzhong_engine.models.prevalence import log_odds, moved
from jinzhong_engine.models.spread import floored, spread

ROUNDS = 400
PARAMETERS = {
    "objective": "binary", "learning_rate": 0.04, "num_leaves": 31, "extra_trees": True, "min_data_in_leaf": 15,
    "feature_fraction": 0.4, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 5.0, "seed": 20210531,
    "deterministic": True, "force_row_wise": True, "num_threads": 1, "verbose": -1,
}  # fmt: skip
"""One thread: on a few thousand rows a second one waits more than it works, and on a shared machine ten times as long."""
FEW = 100
"""Rows for which a second thread costs more than it does."""
FALSE_ALARMS = (0.0001, 0.001, 0.01)
"""Shares of innocent numbers for which the card keeps a threshold."""

LIMITS = (
    "分数是把握，不是证据：不得只凭分数停机或处罚",
    "只对和训练数据同样来历、同样算法的特征有效；换了地区、运营商或统计口径要重新训练并重新检验",
    "校准来自训练数据的交叉验证；实际比例不同时要用 --prevalence 说明",
)
PRESUMED = (
    "有的行不是人判的（data.presumed_rows）：从没上过名单、没人判过的号码里随机抽的，当作不是诈骗，里面可能有"
)


@dataclass(frozen=True)
class Model:
    """``slope`` and ``offset`` turn the trees' margin into a chance at the prevalence of the fitted labels."""

    trees: lgb.Booster
    card: dict[str, Any]

    @cached_property
    def _planted(self) -> Trees:
        try:
            return planted(self.trees.dump_model())
        except ValueError as problem:
            raise BadModel(f"this model isn't one of numbers fit: {problem}") from problem

    @property
    def features(self) -> list[str]:
        return list(self.card["features"])

    @cached_property
    def _places(self) -> Any:
        """Where its features stand in the catalogue; None: it has all of them in their order."""
        return None if self.features == list(NAMES) else [NAMES.index(one) for one in self.features]

    def asks(self, values: Any) -> Any:
        """Of lines of the catalogue's features, what this model (``of_calls``) was fitted on."""
        return values if self._places is None else np.take(values, self._places, axis=1)

    def threshold(self, fpr: float) -> float:
        """The chance, at the fitted prevalence, that this share of the innocent lies above."""
        found = {float(key): value for key, value in self.card["thresholds"].items()}
        if fpr not in found:
            raise BadModel(
                f"the card has thresholds for false-positive shares {', '.join(map(str, sorted(found)))}, not {fpr}"
            )
        return float(found[fpr])

    def line(self, fpr: float, prevalence: float) -> float:
        """The same threshold as a chance at another prevalence: it lies between the same rows."""
        return moved(self.threshold(fpr), self.card["prevalence"], prevalence)

    def chances(self, values: Any, prevalence: float | None = None) -> Any:
        """Calibrated chance of each row."""
        if not len(values):
            return np.zeros(0)
        if values.shape[1] != len(self.features):
            raise BadModel(f"this model needs {len(self.features)} columns, there are {values.shape[1]}")
        margin = margins(values, self._planted)
        slope, offset = self.card["calibration"]["slope"], self.card["calibration"]["offset"]
        shift = log_odds(prevalence) - log_odds(self.card["prevalence"]) if prevalence else 0.0
        return chances(margin, slope, offset + shift)

    def contributions(self, values: Any) -> Any:
        """What each feature adds to the margin of each row; the last column is what all rows share."""
        return self.trees.predict(values, pred_contrib=True, num_threads=1 if len(values) < FEW else THREADS)


def of_calls(model: Model, given: Container[str]) -> Model:
    """The model, if it judges by what ``numbers features`` makes of calls, messages and the tables ``given`` (of ``backends.register``)."""
    if not set(model.features) <= set(NAMES):
        raise BadModel("this model was not fitted on the features of numbers features; calls give no others")
    for name, splits in zip(model.features, model.trees.feature_importance(), strict=True):
        table = beside_calls(name)
        if splits and table and table not in given:
            raise BadModel(f"this model judges by {name} ({BY_NAME[name].zh}) too: give --{TOLD[table]}")
    return model


TOLD = {"opened": "subscribers", "known": "known"}
"""What a user calls the tables of ``backends.register``."""


def fit(
    values: Any,
    label: Any,
    names: list[str],
    *,
    groups: Any = None,
    times: Any = None,
    presumed: Any = None,
    beside: tuple[str, Any] | None = None,
    data: str,
    on: str,
    rounds: int = ROUNDS,
) -> tuple[str, dict[str, Any]]:
    """(text of the model, its card). ``groups``: rows of one group never stand on both sides of a fold; ``times``: a fold is
    judged by a model of earlier rows only; with both, each holds. ``presumed``: rows nobody looked at, taken for innocent; ``beside``: another model and what
    it says of the rows. ``data``: where the rows come from; ``on``: the date of the card.

    1. Each row is judged by a model that hasn't seen it.
    2. These judgements give the calibration, the figures and the thresholds of the card.
    3. The model that is kept has seen all rows.
    """
    margin = np.full(len(label), np.nan)
    parts = list(folds(label, groups, times))
    for learn, judge in parts:
        margin[judge] = _train(values[learn], label[learn], rounds).predict(values[judge], raw_score=True)
    judged = np.flatnonzero(~np.isnan(margin))
    if len(np.unique(label[judged])) < 2:
        raise BadModel(
            "in the order of time the rows that could be judged are of one label only; take rows of a longer time"
        )
    slope, offset = _calibration(margin[judged], label[judged])
    found = chances(margin[judged], slope, offset)
    trees = _train(values, label, rounds, names)
    card = {
        "made_on": on,
        "data": {
            "source": data,
            "rows": len(label),
            "fraud_rows": int(label.sum()),
            "presumed_rows": 0 if presumed is None else int(presumed.sum()),
        },
        "validation": {
            "kind": kind(groups, times),
            "folds": len(parts),
            "rows_judged": len(judged),
            "fraud_judged": int(label[judged].sum()),
        },
        "prevalence": float(label.mean()),
        "figures": _figures(label[judged], found),
        "beside": beside and {"model": beside[0], "figures": _figures(label[judged], beside[1][judged])},
        "thresholds": {str(fpr): measures.threshold_at(label[judged], found, fpr) for fpr in FALSE_ALARMS},
        "recalls": {str(fpr): measures.recall_at(label[judged], found, fpr) for fpr in FALSE_ALARMS},
        "calibration": {"slope": slope, "offset": offset},
        "usual": _usual(values, label),
        "spread": {
            "features": [spread(column) for column in values[label == 0].T],
            "score": spread(floored(found[label[judged] == 0])),
        },
        "features": names,
        "features_sha256": cards.features_digest(names),
        "limits": [*LIMITS, *([PRESUMED] if presumed is not None and presumed.any() else [])],
    }
    return trees.model_to_string(), card


def load(folder: Path) -> Model:
    """The model of a folder, if nobody has touched it."""
    text, card = cards.read(folder)
    try:
        trees = lgb.Booster(model_str=text)
    except lgb.basic.LightGBMError as problem:
        raise BadModel(f"{folder}/model.txt: {str(problem).splitlines()[0]}") from problem
    if cards.features_digest(card["features"]) != card["features_sha256"] or trees.num_feature() != len(
        card["features"]
    ):
        raise BadModel(f"{folder}: the feature list of the card is not the model's")
    return Model(trees, card)


def _train(values: Any, label: Any, rounds: int, names: list[str] | None = None) -> lgb.Booster:
    # LightGBM takes no JSON characters in names; it gets places, the card keeps the names.
    columns = None if names is None else [f"f{at}" for at in range(len(names))]
    data = lgb.Dataset(values, label, feature_name=columns or "auto", params={"verbose": -1})
    return lgb.train(PARAMETERS, data, num_boost_round=rounds)


def _figures(label: Any, found: Any) -> dict[str, float]:
    return {name: round(value, 4) for name, value in measures.figures(label, found).items()}


def _calibration(margin: Any, label: Any) -> tuple[float, float]:
    """Slope and offset of a logistic curve through rows the model hasn't seen: strictly rising, so it changes no ranking."""
    curve = LogisticRegression(C=1e6).fit(margin[:, None], label)
    return float(curve.coef_[0, 0]), float(curve.intercept_[0])


def _usual(values: Any, label: Any) -> list[float | None]:
    """The middle value of each feature among the innocent: what a reason is compared with."""
    innocent = values[label == 0]
    with np.errstate(all="ignore"):
        return [None if np.isnan(column).all() else float(np.nanmedian(column)) for column in innocent.T]
