"""Judging by masks gives what LightGBM's own walk gives."""

import lightgbm as lgb
import numpy as np
import pytest

from jinzhong_engine.backends.trees import margins, planted


def forest(**given):
    """A few trees over four columns with holes, and rows that also lie on thresholds, at zero and at infinity."""
    rng = np.random.default_rng(11)
    rows = rng.normal(size=(3000, 4)).round(2)
    label = (rows[:, 0] + rows[:, 1] * rows[:, 2] > 0.3).astype(int)
    rows[rng.random(rows.shape) < 0.1] = np.nan
    parameters = {"objective": "binary", "min_data_in_leaf": 5, "verbose": -1, "seed": 1, "num_threads": 1}
    rows[:, 3] = 1 + (rng.random(3000) * 5).astype(
        int
    )  # a column without holes: nothing is learnt about a missing value
    kinds = given.pop("categorical_feature", "auto")
    data = lgb.Dataset(rows, label, categorical_feature=kinds)
    made = lgb.train(parameters | given, data, num_boost_round=60)
    odd = np.array([[np.inf, -np.inf, 0.0, -0.0], [np.nan] * 4, [0.0] * 4])
    asked = [node["threshold"] for node in _nodes(made.dump_model()["tree_info"][7]["tree_structure"])]
    return made, np.vstack([rows, odd, np.repeat(np.array(asked)[:, None], 4, axis=1)])


def _nodes(node):
    if "split_feature" in node:
        yield node
        yield from _nodes(node["left_child"])
        yield from _nodes(node["right_child"])


@pytest.mark.parametrize(
    "given", [{"num_leaves": 31}, {"num_leaves": 32, "extra_trees": True}, {"num_leaves": 2}]
)
def test_margins_are_lightgbms_to_the_last_bit(given):
    made, rows = forest(**given)

    found = margins(rows, planted(made.dump_model()))

    assert (found == made.predict(rows, raw_score=True)).all()


def test_a_margin_doesnt_depend_on_its_neighbours():
    made, rows = forest(num_leaves=31)
    trees = planted(made.dump_model())

    assert margins(rows[:33], trees).tolist() == [margins(row[None], trees)[0] for row in rows[:33]]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"num_leaves": 40}, "more than 32 leaves"),
        ({"num_leaves": 31, "zero_as_missing": True}, "missing Zero"),
        (
            {"num_leaves": 31, "categorical_feature": [3], "min_data_per_group": 1, "cat_smooth": 0.0},
            "kind ==",
        ),
    ],
)
def test_trees_that_ask_otherwise_are_refused(given, said):
    made, _rows = forest(**given)

    with pytest.raises(ValueError, match=said):
        planted(made.dump_model())
