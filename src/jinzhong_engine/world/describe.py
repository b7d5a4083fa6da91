"""How true a world is: every margin beside its source, and how well a classifier tells its fraud numbers from real ones.

A margin is *inside* when the middle half (25 to 75 %) of the world's numbers lies between the 5 and the 95 % point of the real ones:
stricter than asking that of the median alone. Windows differ (see ``sketch``); the day of the month is capped at the world's days
before the classifier sees it. Fraud numbers abroad are left out: the real table holds one operator's own numbers.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from jinzhong_engine import tables
from jinzhong_engine.taxonomy import FRAUD_CLASSES
from jinzhong_engine.world import sketch
from jinzhong_engine.world.build import BadWorld, manifest
from jinzhong_engine.world.chance import stream
from jinzhong_engine.world.profile import Profile, load
from jinzhong_engine.world.sketch import FEATURES, Rows

POINTS = (0.05, 0.25, 0.5, 0.75, 0.95)
NAMES = ("q05", "q25", "q50", "q75", "q95")
ORDINARY = 4_000
"""Ordinary numbers looked at, drawn by chance."""
LEAST_FOR_CLASSIFIER = 60
FOLDS = 5
CHINA_SECONDS = 8 * 3600
SHARES_ALLOWED = 3.0


@dataclass(frozen=True)
class Margin:
    """One feature of fraud (1) or ordinary (0) numbers. ``share_inside``: numbers within the real band; 0.9 is perfect."""

    feature: str
    label: int
    numbers: int
    simulated: dict[str, float | None]
    real: dict[str, float | None]
    median_inside: bool
    inside_5_95: bool
    share_inside: float | None


def describe(folder: Path, *, real: Path | None = None) -> dict[str, Any]:
    """Margins, class shares and the classifier's AUC. Raises BadWorld, UnreadableTable."""
    asked = manifest(folder)["asked"]
    profile = load(asked["profile"])
    real_rows = None if real is None else sketch.read_rows(real)
    if real_rows is not None and "label" not in real_rows:
        raise sketch.UnreadableTable(f"{real}: has no column label")
    fraud, ordinary = rows_of(folder, asked)
    margins = [
        _margin(name, label, rows[name], _reference(profile, real_rows, name, label))
        for label, rows in ((1, fraud), (0, ordinary))
        for name in FEATURES
    ]
    found: dict[str, Any] = {
        "world": asked,
        "definition": "inside_5_95: the 25 and 75 % points of the world's numbers lie within the real 5 to 95 % band",
        "margins": [asdict(one) for one in margins],
        "inside": {
            label: sum(one.inside_5_95 for one in margins if one.label == key) for label, key in (("fraud", 1), ("ordinary", 0))
        },
        "missed": [f"{one.feature}/{one.label}" for one in margins if not one.inside_5_95],
        "class_shares": class_shares(folder, profile),
        "roles": _roles(folder),
        "classifier_auc": None,
        "classifier_features": [],
    }  # fmt: skip
    if real_rows is not None:
        theirs = {name: values[real_rows["label"] == 1] for name, values in real_rows.items()}
        found["classifier_auc"], found["classifier_features"] = classifier(fraud, theirs, days=asked["days"])
    return found


def rows_of(folder: Path, asked: dict[str, Any]) -> tuple[Rows, Rows]:
    """The nineteen figures of the fraud numbers and of a sample of ordinary ones."""
    truth = pq.read_table(folder / tables.TRUE_NUMBERS.path, columns=["number", "role"])
    is_fraud = pc.equal(truth["role"], "fraud").to_numpy(zero_copy_only=False)
    sold = pc.invert(pc.starts_with(truth["number"], "+")).to_numpy(zero_copy_only=False)
    others = np.flatnonzero(~is_fraud)
    chance = stream(asked["seed"], "describe")
    sample = np.sort(chance.choice(others, min(ORDINARY, len(others)), replace=False))
    chosen = np.concatenate([np.flatnonzero(is_fraud & sold), sample])
    numbers = truth["number"].take(pa.array(chosen)).combine_chunks()
    rows = _figures(folder, numbers)
    count = int((is_fraud & sold).sum())
    return {k: v[:count] for k, v in rows.items()}, {k: v[count:] for k, v in rows.items()}


def _figures(folder: Path, numbers: pa.Array) -> Rows:
    calls = _events(folder / "calls", numbers, ("caller", "callee", "start"), ("seconds", "imei"))
    answered = calls["seconds"] > 0
    calls = {name: values[answered] for name, values in calls.items()}
    texts = _events(folder / "messages", numbers, ("sender", "receiver", "sent"), ())
    known = pq.read_table(
        folder / tables.SUBSCRIBERS.path, columns=["number", "apps", "traffic_months", "bill_yuan"]
    )
    at = pc.index_in(numbers, known["number"].combine_chunks())
    bills = {
        feature: known[column].take(at).cast(pa.float64()).to_numpy(zero_copy_only=False)
        for feature, column in (("busi_count", "apps"), ("month_ids", "traffic_months"), ("arpu_mean", "bill_yuan"))
    }  # fmt: skip
    return {**sketch.voice(len(numbers), calls), **sketch.messages(len(numbers), texts), **bills}


def _events(
    folder: Path, numbers: pa.Array, columns: tuple[str, str, str], more: tuple[str, ...]
) -> dict[str, np.ndarray]:
    """What happened to these numbers, once for each side that is among them."""
    kept = []
    here, there, moment = columns
    for path in sorted(folder.glob("*.parquet")):
        table = pq.read_table(path, columns=[*columns, *more])
        for subject, peer, is_out in ((here, there, True), (there, here, False)):
            place = pc.index_in(table[subject], numbers)
            mask = pc.is_valid(place)
            some = table.filter(mask)
            kept.append(
                pa.table({
                    "subject": place.filter(mask), "peer": some[peer], "is_out": pa.array(np.full(some.num_rows, is_out)),
                    "at": some[moment].cast(pa.int64()), **{name: some[name] for name in more},
                })
            )  # fmt: skip
    joined = pa.concat_tables(kept)
    local = joined["at"].to_numpy() // 1_000_000 + CHINA_SECONDS
    days = local // 86_400
    found = {
        "subject": joined["subject"].to_numpy().astype(np.int64),
        "peer": _codes(joined["peer"]),
        "is_out": joined["is_out"].to_numpy(),
        "hour": local % 86_400 // 3600,
        "day": _day_of_month(days),
    }
    if "seconds" in more:
        found["seconds"] = joined["seconds"].to_numpy()
    if "imei" in more:
        found["imei"] = _codes(joined["imei"])
    return found


def _codes(values: pa.ChunkedArray) -> np.ndarray:
    indices = values.combine_chunks().dictionary_encode().indices
    return pc.fill_null(indices, -1).to_numpy(zero_copy_only=False)


def _day_of_month(days: np.ndarray) -> np.ndarray:
    dates = days.astype("datetime64[D]")
    return (dates - dates.astype("datetime64[M]")).astype(int) + 1


def _reference(profile: Profile, real: Rows | None, feature: str, label: int) -> dict[str, float | None]:
    """Quantiles of the real numbers: of the given table, else those the profile states."""
    if real is None:
        return dict(zip(NAMES, profile.manners["bands"][feature][str(label)], strict=True))
    return _points(real[feature][real["label"] == label])


def _points(values: np.ndarray) -> dict[str, float | None]:
    known = values[~np.isnan(values)]
    if not len(known):
        return dict.fromkeys(NAMES)
    return {name: round(float(q), 4) for name, q in zip(NAMES, np.quantile(known, POINTS), strict=True)}


def _margin(feature: str, label: int, values: np.ndarray, real: dict[str, float | None]) -> Margin:
    mine, known = _points(values), values[~np.isnan(values)]
    low, high = real["q05"], real["q95"]
    assert low is not None
    assert high is not None
    inside = {name: q is not None and bool(low <= q <= high) for name, q in mine.items()}
    return Margin(
        feature, label, len(known), mine, real, inside["q50"], inside["q25"] and inside["q50"] and inside["q75"],
        round(float(((known >= low) & (known <= high)).mean()), 3) if len(known) else None,
    )  # fmt: skip


def class_shares(folder: Path, profile: Profile) -> list[dict[str, Any]]:
    """Shares of cases and of loss by class, beside those the profile's source printed."""
    cases = pq.read_table(folder / tables.CASES.path, columns=["fraud_class", "loss_yuan"])
    codes, yuan = np.array(cases["fraud_class"].to_pylist()), np.array(cases["loss_yuan"].to_pylist(), float)
    printed = profile.register["classes"]
    all_cases, all_yuan = (sum(one[k] for one in printed.values()) for k in (0, 1))
    found = []
    for one in FRAUD_CLASSES:
        mine, (count, loss) = codes == one.code, printed.get(one.code, (0, 0))
        shares = {
            "percent": 100 * mine.mean(), "loss_percent": 100 * yuan[mine].sum() / yuan.sum(),
            "source_percent": 100 * count / all_cases, "source_loss_percent": 100 * loss / all_yuan,
        }  # fmt: skip
        row = {
            "code": one.code,
            "cases": int(mine.sum()),
            **{name: f"{share:.1f}" for name, share in shares.items()},
        }
        row["inside_3_points"] = bool(abs(shares["percent"] - shares["source_percent"]) <= SHARES_ALLOWED)
        found.append(row)
    return found


def _roles(folder: Path) -> dict[str, int]:
    counted = pc.value_counts(
        pq.read_table(folder / tables.TRUE_NUMBERS.path, columns=["role"])["role"]
    ).to_pylist()
    return {one["values"]: one["counts"] for one in sorted(counted, key=lambda one: -one["counts"])}


def classifier(simulated: Rows, real: Rows, *, days: int) -> tuple[float | None, list[dict[str, Any]]]:
    """AUC of a boosted classifier, each row judged by a model that hasn't seen it; and what it went by.

    Simulated and real rows count alike. None if there are too few of either.
    """
    from lightgbm import LGBMClassifier
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import StratifiedKFold

    ours = np.column_stack([simulated[name] for name in FEATURES])
    theirs = np.column_stack([real[name] for name in FEATURES])
    day = FEATURES.index("voc_day_nunique")
    theirs[:, day] = np.minimum(theirs[:, day], days)
    if min(len(ours), len(theirs)) < LEAST_FOR_CLASSIFIER:
        return None, []
    x, y = np.vstack([ours, theirs]), np.repeat([0, 1], [len(ours), len(theirs)])
    weight = np.where(y == 0, 0.5 / len(ours), 0.5 / len(theirs)) * len(y)
    judged, gain = np.zeros(len(y)), np.zeros(len(FEATURES))
    for train, test in StratifiedKFold(FOLDS, shuffle=True, random_state=557).split(x, y):
        model = LGBMClassifier(
            n_estimators=200, learning_rate=0.05, num_leaves=15, min_child_samples=20, verbose=-1, n_jobs=1, random_state=557,
            deterministic=True, importance_type="gain",
        ).fit(x[train], y[train], sample_weight=weight[train])  # fmt: skip
        judged[test] = np.asarray(model.predict_proba(x[test]))[:, 1]
        gain += model.feature_importances_
    order = np.argsort(-gain)
    return round(float(roc_auc_score(y, judged)), 4), [
        {"feature": FEATURES[k], "gain": round(float(gain[k] / gain.sum()), 3)} for k in order
    ]


__all__ = ["BadWorld", "Margin", "classifier", "describe", "rows_of"]
