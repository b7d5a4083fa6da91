"""Fit how fraud numbers behave to a table of real ones: ``python3 dev.py bench fit_manners TABLE.csv``.

Writes ``world/profiles/manners.json``: quantiles of each feature (no point stands for fewer than seven numbers) and a
mixture of eight Gaussians over their normal scores. No row of the table is in it. Decision 0014 says why that may be shipped.
"""

import json
import sys
from pathlib import Path

import numpy as np
from scipy.special import ndtri
from sklearn.mixture import GaussianMixture

from jinzhong_engine.world import sketch

OUT = Path(__file__).resolve().parents[1] / "src/jinzhong_engine/world/profiles/manners.json"
MANNERS = 8
GRID = (0.005, 0.01, *(n / 40 for n in range(1, 40)), 0.99, 0.995)
FEATURES = (
    "parties", "calls_per_party", "out_share", "seconds_median", "seconds_mean_to_median", "handsets", "hour_mode", "hours", "days",
    "sms_parties", "sms_per_party", "sms_in_share", "sms_days", "apps", "traffic_months", "bill_yuan",
)  # fmt: skip


def main(table: str) -> None:
    everyone = sketch.read_rows(Path(table))
    rows = _features({name: values[everyone["label"] == 1] for name, values in everyone.items()})
    has_voice = ~np.isnan(rows["parties"]) & ~np.isnan(rows["handsets"])
    values = np.column_stack([rows[name][has_voice] for name in FEATURES])
    dice = np.random.default_rng(557)
    scores = np.column_stack([_normal_scores(column, dice) for column in values.T])
    mixture = GaussianMixture(MANNERS, reg_covar=0.02, n_init=4, random_state=557).fit(scores)
    order = np.argsort(-mixture.weights_)
    OUT.write_text(
        json.dumps(
            {
                "about": "How fraud numbers behave: quantiles and a mixture over normal scores; aggregates, no rows.",
                "source": "2020 Digital Sichuan Innovation Competition, features by Hu et al., GAT-COBO, doi 10.1109/TBDATA.2024.3352978",
                "numbers": int(has_voice.sum()),
                "share_without_bill": round(float(np.isnan(values[:, -1]).mean()), 3),
                "bands": {
                    name: {str(label): _band(everyone[name][everyone["label"] == label]) for label in (0, 1)}
                    for name in sketch.FEATURES
                },
                "features": FEATURES,
                "grid": GRID,
                "quantiles": [
                    [float(f"{q:.4g}") for q in np.nanquantile(column, GRID)] for column in values.T
                ],
                "weights": np.round(mixture.weights_[order], 4).tolist(),
                "means": np.round(mixture.means_[order], 3).tolist(),
                "covariances": np.round(mixture.covariances_[order], 3).tolist(),
            },
            ensure_ascii=False,
        )
        + "\n",
        "utf-8",
    )
    print(f"{OUT.name}: {has_voice.sum()} numbers, {OUT.stat().st_size:,} bytes")


def _features(real: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {
        "parties": real["opposite_unique"],
        "calls_per_party": real["opposite_count"] / real["opposite_unique"],
        "out_share": real["voc_calltype1"],
        "seconds_median": real["call_dur_median"],
        "seconds_mean_to_median": real["call_dur_mean"] / real["call_dur_median"],
        "handsets": real["imeis"],
        "hour_mode": real["voc_hour_mode"],
        "hours": real["voc_hour_nunique"],
        "days": real["voc_day_nunique"],
        "sms_parties": real["sms_nunique"],
        "sms_per_party": real["sms_count"] / real["sms_nunique"],
        "sms_in_share": real["calltype_rate"],
        "sms_days": real["day_nunique"],
        "apps": real["busi_count"],
        "traffic_months": real["month_ids"],
        "bill_yuan": real["arpu_mean"],
    }


def _band(values: np.ndarray) -> list[float]:
    """5, 25, 50, 75 and 95 % points."""
    return [float(f"{q:.4g}") for q in np.nanquantile(values, (0.05, 0.25, 0.5, 0.75, 0.95))]


def _normal_scores(column: np.ndarray, dice: np.random.Generator) -> np.ndarray:
    """Ranks as normal deviates, ties in any order; what is missing is drawn at random."""
    found = dice.standard_normal(len(column))
    known = np.flatnonzero(~np.isnan(column))
    order = known[np.lexsort((dice.random(len(known)), column[known]))]
    found[order] = ndtri((np.arange(len(order)) + 0.5) / len(order))
    return found


if __name__ == "__main__":
    main(sys.argv[1])
