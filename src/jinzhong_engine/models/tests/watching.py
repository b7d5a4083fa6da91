"""What the tests of the watch share: the calls as they come, and what the batch knows of them."""

import io
import json
import random

import pyarrow as pa
import pytest

from jinzhong_engine.backends import native
from jinzhong_engine.backends.files import clock_text
from jinzhong_engine.backends.tests.streams import AS_OF
from jinzhong_engine.features.windows import DAY, SECOND
from jinzhong_engine.models import events, score
from jinzhong_engine.models.watch import Watch

LATENESS = 600 * SECOND
LATEST = AS_OF + DAY


@pytest.fixture(scope="module")
def lines(days_of_calls) -> list[bytes]:
    """The calls as they come: late by up to ten minutes, every fifth twice."""
    chance = random.Random(3)
    rows = list(enumerate(days_of_calls.to_pylist()))
    rows += chance.sample(rows, len(rows) // 5)
    rows.sort(key=lambda one: (one[1]["start"] + chance.random() * LATENESS, one[0]))
    return [json.dumps({"id": f"r{at}"} | row | {"start": timed(row["start"])}).encode() for at, row in rows]


def timed(moment: int) -> str:
    return clock_text(moment)[:19] + f".{moment % SECOND:06}+00:00"


def pieces(lines: list[bytes], size: int):
    for at in range(0, len(lines), size):
        yield from events.batches(
            io.BytesIO(b"\n".join(lines[at : at + size]) + b"\n"), latest=lambda: LATEST, name="-"
        )


def assert_knows_what_the_batch_knows(
    watching: Watch, calls: pa.Table, messages: pa.Table | None, as_of: int
) -> None:
    """All features and the score of every number, to the last bit. A model may be blind to a feature; this isn't."""
    features = native.features(calls, messages, as_of)
    chosen = watching.live.active(as_of)
    live = native.as_table(watching.live.numbers.texts(chosen), watching.live.features(chosen, as_of))
    assert live.sort_by("number").select(features.column_names).equals(features)
    batch = score.score_table(watching.model, features, where="")
    assert watching.scores(as_of).equals(batch.select(["number", "score"]))


def told(path) -> list[tuple]:
    return [(one["number"], one["listed"]) for one in map(json.loads, path.read_text("utf-8").splitlines())]
