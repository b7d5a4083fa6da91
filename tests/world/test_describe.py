"""A world is compared with what is known, openly."""

import json

import numpy as np
import pytest

from jinzhong.cli import main
from jinzhong_engine.world import sketch
from jinzhong_engine.world.describe import classifier

CALLS = [
    # subject, peer, out, seconds, imei, hour, day
    (0, 1, True, 10, 5, 9, 1),
    (0, 1, True, 30, 6, 9, 1),
    (0, 2, False, 20, -1, 10, 2),
    (1, 3, False, 60, -1, 23, 31),
]


def test_the_figures_of_a_number_worked_out_by_hand():
    names = ("subject", "peer", "is_out", "seconds", "imei", "hour", "day")
    found = sketch.voice(
        3, {name: np.array(values) for name, values in zip(names, zip(*CALLS, strict=True), strict=True)}
    )

    assert {name: values[0] for name, values in found.items()} == pytest.approx({
        "opposite_count": 3, "opposite_unique": 2, "voc_calltype1": 2 / 3, "phone2opposite_mean": 1.5, "call_dur_mean": 20,
        "call_dur_median": 20, "imeis": 2, "voc_hour_mode": 9, "voc_hour_nunique": 2, "voc_day_nunique": 2,
        "calls_per_active_day": 1.5, "contacts_per_active_day": 1,
    })  # fmt: skip
    assert np.isnan(found["voc_calltype1"][1])  # never called out: the real table leaves it empty
    assert np.isnan(found["opposite_count"][2])


def test_the_classifier_knows_same_from_different():
    dice = np.random.default_rng(1)
    one, same = ({name: dice.lognormal(0, 1, 90) for name in sketch.FEATURES} for _ in range(2))
    other = {name: values * 4 for name, values in same.items()}

    assert classifier(one, same, days=30)[0] == pytest.approx(0.5, abs=0.15)
    assert classifier(one, other, days=30)[0] > 0.95
    assert classifier({name: values[:9] for name, values in one.items()}, same, days=30) == (None, [])


def test_describe_tells_margins_shares_and_the_classifier(folder, tmp_path, capsys):
    dice = np.random.default_rng(1)
    columns = [*sketch.FEATURES, "day_nunique"]
    rows = [
        ",".join([*(f"{value:.3f}" for value in dice.lognormal(1, 1, len(columns))), str(n % 2)])
        for n in range(200)
    ]
    table = tmp_path / "real.csv"
    table.write_text("\n".join([",".join([*columns, "label"]), *rows]), "utf-8")

    assert (
        main(["world", "describe", str(folder), "--real", str(table), "--pictures", str(tmp_path), "--json"])
        == 0
    )

    told = json.loads(capsys.readouterr().out)
    assert len(told["margins"]) == 38
    assert {one["label"] for one in told["margins"]} == {0, 1}
    assert all(isinstance(one["inside_5_95"], bool) for one in told["margins"])
    assert all(one["inside_3_points"] for one in told["class_shares"])
    assert told["classifier_auc"] is None or 0 <= told["classifier_auc"] <= 1
    assert (tmp_path / "margins.svg").read_text("utf-8").startswith("<svg")


def test_without_a_real_table_the_published_points_serve(folder, capsys):
    assert main(["world", "describe", str(folder), "--json"]) == 0

    told = json.loads(capsys.readouterr().out)
    found = {(one["feature"], one["label"]): one for one in told["margins"]}
    assert found["voc_calltype1", 1]["real"]["q50"] == 0.9716
    assert told["classifier_auc"] is None


def test_a_folder_without_a_world_is_named(tmp_path, capsys):
    (tmp_path / "real.csv").write_text("a,b\n1,2\n", "utf-8")

    assert main(["world", "describe", str(tmp_path), "--json"]) == 2
    assert "no world here" in capsys.readouterr().err


def test_a_table_that_is_none_is_named(folder, tmp_path, capsys):
    (tmp_path / "real.csv").write_text("a,b\n1,2\n", "utf-8")

    assert main(["world", "describe", str(folder), "--real", str(tmp_path / "real.csv")]) == 2
    assert "not a table of numbers" in capsys.readouterr().err
