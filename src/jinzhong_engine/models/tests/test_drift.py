"""A day that looks like the fitted rows is calm; one that doesn't is told, feature by feature."""

import json

import numpy as np
import pyarrow as pa
import pytest

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.models import boosting, card, score
from jinzhong_engine.models.card import BadModel
from jinzhong_engine.models.tests.test_fit import ON, planted

ROWS = 6000


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    score.fit_table(planted(seed=1, rows=ROWS), label="label", out=folder, data="planted", on=ON)
    return boosting.load(folder)


def innocent(seed, rows=ROWS):
    """A day: of a thousand numbers hardly one is fraud."""
    table = planted(seed, rows)
    return table.filter(pa.compute.equal(table["label"], 0))


def changed(table, name, change):
    values = pa.array(change(table[name].to_numpy().astype(float)), from_pandas=True)
    return table.set_column(table.column_names.index(name), name, values)


def by_name(told):
    return {one["name"]: one for one in told["features"]}


def test_another_day_of_the_same_people_is_stable(model):
    told = score.drift_table(model, innocent(seed=2), where="day")

    assert (told["state"], told["score"]["state"]) == ("stable", "stable")
    assert max(one["psi"] for one in told["features"]) < 0.02
    assert by_name(told)["in_calls_7d"]["missing"] == pytest.approx(0.1, abs=0.02)


def test_a_feature_that_doubled_is_told_first_and_the_others_stay_calm(model):
    day = changed(innocent(seed=2), "in_calls_7d", lambda values: values * 2)
    told = score.drift_table(model, day, where="day")

    first = told["features"][0]
    assert (first["name"], first["state"], told["state"]) == ("in_calls_7d", "much", "stable")
    assert by_name(told)["callback_share_7d"]["state"] == "stable"


def test_values_that_went_missing_are_drift(model):
    day = changed(innocent(seed=2), "in_calls_7d", lambda values: np.full(len(values), np.nan))
    one = by_name(score.drift_table(model, day, where="day"))["in_calls_7d"]

    assert (one["missing"], one["state"]) == (1.0, "much")
    assert one["missing_before"] == pytest.approx(0.1, abs=0.02)


def test_a_third_of_fraud_moves_the_score(model):
    assert score.drift_table(model, planted(seed=2, rows=ROWS), where="day")["score"]["psi"] > 0.1


def test_too_few_rows_are_no_evidence_of_calm(model):
    told = score.drift_table(model, innocent(seed=2).slice(0, 30), where="day")
    assert told["state"] == "few"


@pytest.mark.parametrize("value", [0.0, 2.0])
def test_a_constant_that_changes_either_way_is_seen(tmp_path, value):
    table = planted(seed=1).append_column("always", pa.array([1.0] * 600))
    score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON)
    day = changed(table, "always", lambda values: np.full(len(values), value))

    assert by_name(score.drift_table(boosting.load(tmp_path), day, where="day"))["always"]["state"] == "much"


def test_a_model_of_before_still_judges_and_says_that_it_knows_no_spread(model, tmp_path):
    old = {key: value for key, value in model.card.items() if key not in ("spread", "seal")}
    card.write(tmp_path, model.trees.model_to_string(), old)
    before = boosting.load(tmp_path)

    assert score.score_table(before, innocent(seed=2, rows=50), where="day").num_rows > 0
    with pytest.raises(BadModel, match="fit the model again"):
        score.drift_table(before, innocent(seed=2), where="day")


def test_the_card_stays_readable_and_a_day_without_rows_is_refused(model):
    assert json.loads(json.dumps(model.card["spread"])) == model.card["spread"]
    with pytest.raises(BadTable, match="no row to compare"):
        score.drift_table(model, innocent(seed=2).slice(0, 0), where="day")
