"""Detection measured on a small world whose truth is known."""

import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.backends.tests.streams import AS_OF
from jinzhong_engine.evaluate import detection, survival
from jinzhong_engine.evaluate.precision import counts, stated
from jinzhong_engine.features.catalogue import NAMES
from jinzhong_engine.features.windows import DAY, HOUR
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.card import BadModel


@pytest.fixture
def world(days_of_calls, tmp_path):
    """The planted calls as a world: fifteen fraudsters, one more that never calls."""
    (tmp_path / "calls").mkdir()
    (tmp_path / "truth").mkdir()
    times = pa.array(days_of_calls["start"].to_pylist(), pa.timestamp("us", tz="UTC"))
    pq.write_table(days_of_calls.set_column(2, "start", times), tmp_path / "calls" / "all.parquet")
    first = {}
    for row in days_of_calls.to_pylist():
        first.setdefault(row["caller"], row["start"])
    truth = [
        {"number": one, "role": "fraud" if one.startswith("1543") else "resident", "first_active": at}
        for one, at in first.items()
    ]
    truth.append({"number": "15430009999", "role": "fraud", "first_active": AS_OF - DAY})
    shape = pa.schema(
        [("number", pa.string()), ("role", pa.string()), ("first_active", pa.timestamp("us", tz="UTC"))]
    )
    pq.write_table(pa.Table.from_pylist(truth, schema=shape), tmp_path / "truth" / "numbers.parquet")
    return tmp_path


def test_the_planted_fraudsters_are_listed_early(world, model):
    read = detection.read_world(world, AS_OF + DAY, print)

    found = detection.evaluate(read, model, 0.01)

    assert found["fraud_numbers"] == 16
    assert found["calls"]["median"] <= 20
    assert found["calls"]["share_within_20"] == pytest.approx(15 / 16)
    assert found["first_active_day_share"] == pytest.approx(15 / 16)  # the silent one counts as never listed
    assert found["reached"]["median"] < found["reached"]["baseline_median"]
    assert found["weeks"][0]["listed"] > 0
    assert found["curves"]["minutes"][-1]["share"] == pytest.approx(15 / 16)
    for curve in found["curves"].values():
        assert [one["share"] for one in curve] == sorted(one["share"] for one in curve)
        assert all(one["low"] <= one["share"] <= one["high"] for one in curve)
    json.dumps(found, allow_nan=False)


def test_a_number_never_listed_counts_as_infinite():
    assert survival.median([1.0, float("inf"), float("inf")]) is None
    assert detection._share([1.0, float("inf")], 20) == 0.5


def test_the_first_day_ends_at_midnight_in_china():
    noon = AS_OF  # 12:00 in China
    since = {
        "soon": noon,
        "evening": noon,
        "midnight": noon,
        "next morning": noon,
        "late": noon + 11 * HOUR,
        "never": noon,
    }
    listed = {
        "soon": noon + 1,
        "evening": noon + 12 * HOUR - 1,
        "midnight": noon + 12 * HOUR,
        "next morning": noon + 20 * HOUR,  # within 24 hours, not on the day
        "late": noon + 13 * HOUR,  # within two hours, not on the day
    }

    assert detection._first_day_share(since, listed) == 2 / 6
    assert detection._first_day_share({}, {}) is None


def test_the_worlds_messages_are_read(world, model):
    """One text to three people in the last minute of the world: its sender is judged by a campaign of three."""
    sender, last = "15430000001", detection.read_world(world, AS_OF + DAY, print).end
    folder = world / "messages"
    folder.mkdir()
    sent = pa.array([last - 1 - one for one in range(3)], pa.int64()).cast(pa.timestamp("us", tz="UTC"))
    texts = {"sender": [sender] * 3, "receiver": ["a", "b", "c"], "sent": sent, "text_hash": ["f"] * 3}
    pq.write_table(pa.table(texts), folder / "all.parquet")
    seen = []

    class Judge:
        def __getattr__(self, name):
            return getattr(model, name)

        def chances(self, values, prevalence=None):
            seen.append(values[:, self.features.index("campaign_7d")].max(initial=0))
            return model.chances(values, prevalence)

    read = detection.read_world(world, AS_OF + DAY, print)
    detection.evaluate(read, Judge(), 0.01)

    assert read.has_messages
    assert max(seen) == 3


def test_the_curves_bounds_hold_though_gangs_fare_alike():
    """Thirty gangs of eight; in two of three gangs all are listed soon, or none: taken as independent, fewer than two of three worlds would be held."""
    rng = np.random.default_rng(1)
    gangs = np.arange(30).repeat(8).astype(str).tolist()
    held = 0
    for _world in range(400):
        of_one_mind, sooner = rng.random(30) < 2 / 3, rng.random(30) < 0.6
        alone = rng.random((30, 8)) < 0.6
        listed = np.where(of_one_mind[:, None], sooner[:, None], alone).ravel()
        (found,) = survival.curve(np.where(listed, 5.0, np.inf).tolist(), gangs, (20,))
        held += found["low"] <= 0.6 <= found["high"]

    assert held / 400 >= 0.95 - 3 * (0.95 * 0.05 / 400) ** 0.5


def test_the_stated_interval_holds_nine_of_ten_lists():
    rng = np.random.default_rng(1)
    lists = [rng.beta(2, 2, 40) for _ in range(300)]
    inside = [stated(one, rng.random(40) < one) for one in lists]

    share = np.mean([one["low"] <= one["precision"] <= one["high"] for one in inside])

    assert share >= 0.9 - 3 * (0.9 * 0.1 / 300) ** 0.5
    assert counts([0.2, 0.5]).tolist() == pytest.approx([0.4, 0.5, 0.1])


def test_a_model_of_other_columns_is_refused(world, model):
    other = Model(model.trees, {**model.card, "features": [*NAMES[1:], "arpu_mean"]})
    with pytest.raises(BadModel, match="not fitted on the features"):
        detection.evaluate(detection.read_world(world, AS_OF + DAY, print), other, 0.01)
    with pytest.raises(BadModel, match="needs 12 columns, there are 45"):
        Model(model.trees, {**model.card, "features": list(NAMES[:12])}).chances(np.zeros((1, 45)))


def test_a_truth_without_its_columns_is_refused_by_name(world):
    path = world / "truth" / "numbers.parquet"
    pq.write_table(pq.read_table(path).drop(["role"]), path)

    with pytest.raises(BadTable, match="column role is missing"):
        detection.read_world(world, AS_OF + DAY, print)


def test_a_world_without_fraud_is_refused(world):
    truth = pq.read_table(world / "truth" / "numbers.parquet")
    pq.write_table(
        truth.filter(pa.compute.equal(truth["role"], "resident")), world / "truth" / "numbers.parquet"
    )

    with pytest.raises(BadTable, match="without fraud numbers"):
        detection.read_world(world, AS_OF + DAY, print)
