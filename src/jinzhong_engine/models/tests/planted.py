"""A few days of calls among people and fraudsters, and a model fitted on them."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from jinzhong_engine.backends import native
from jinzhong_engine.backends.tests.streams import AS_OF, calls
from jinzhong_engine.features.windows import DAY, HOUR
from jinzhong_engine.models import boosting, score


@pytest.fixture(scope="session")
def days_of_calls() -> pa.Table:
    """Sixty people ring a dozen acquaintances; fifteen fraudsters ring strangers through an afternoon, two handsets between them."""
    rng, rows = np.random.default_rng(7), []
    for person in range(60):
        known = rng.choice(60, 12)
        for at in rng.integers(0, 9 * DAY, 40):
            other = f"1541000{rng.choice(known):04}"
            rows.append(
                (
                    f"1541000{person:04}",
                    other,
                    AS_OF - int(at),
                    int(rng.exponential(80)),
                    "domestic",
                    "c1",
                    f"i{person}",
                    "0574",
                )
            )
    for fraudster in range(15):
        begin = AS_OF - int(rng.integers(0, 3)) * DAY - 4 * HOUR
        for _call in range(60):
            other = f"1542000{rng.integers(0, 4000):04}"
            answered = int(rng.random() < 0.3) * int(rng.exponential(60))
            rows.append(
                (
                    f"1543000{fraudster:04}",
                    other,
                    begin + int(rng.integers(0, 4 * HOUR)),
                    answered,
                    "domestic",
                    "c2",
                    f"g{fraudster % 2}",
                    None,
                )
            )
    return calls(sorted(rows, key=lambda row: row[2]))


@pytest.fixture(scope="session")
def model_folder(days_of_calls, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("calls-model")
    table = native.features(days_of_calls, None, AS_OF)
    fraud = pa.array([int(one.startswith("1543")) for one in table["number"].to_pylist()])
    score.fit_table(
        table.append_column("fraud", fraud), label="fraud", out=folder, data="planted", on="2021-05-31"
    )
    return folder


@pytest.fixture(scope="session")
def model(model_folder) -> boosting.Model:
    return boosting.load(model_folder)
