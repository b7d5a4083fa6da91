"""The demo's list of numbers: what our commands make of two synthetic worlds, one to learn from and one to judge.

    python3 dev.py bench demo_numbers

Writes ``src/jinzhong/demo/numbers.json.gz``. The columns are those that people can be told of; the one world's truth is learnt from,
the other's, whose calls the demo's watch is given too, is never looked at. The challenger is the model that ships.
"""

import gzip
import json
import os
import tempfile
from dataclasses import asdict, astuple
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path

import django
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong import clock
from jinzhong.cli import main as jinzhong
from jinzhong.demo.calls import WORLD
from jinzhong_engine.backends import files
from jinzhong_engine.models import boosting, card
from jinzhong_engine.world import plan

LEARN = plan.Size(seed=11, residents=2000, days=10, start=date(2021, 5, 21), density=3)
COLUMNS = [
    "number", "out_calls_7d", "out_parties_7d", "calls_per_party_7d", "short_call_share_7d", "max_fanout_1h_7d", "active_days_7d",
    "hour_entropy_7d", "callback_share_7d",
]  # fmt: skip
PREVALENCE = 0.006
"""Of the world that is judged: about thirty fraud numbers of five thousand that called."""
CUT_OFF = clock.DEMO_DAY.isoformat()


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jinzhong.config.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        at = Path(folder)
        learn, judge = _world(at / "learn", LEARN), _world(at / "judge", WORLD)
        _mark(learn, at / "learn" / "truth" / "numbers.parquet")
        _run("numbers", "fit", "--features", learn, "--label", "fraud", "--out", at / "model")
        scores = at / "scores.csv"
        _run(
            "numbers", "score", "--model", at / "model", "--features", judge,
            "--prevalence", PREVALENCE, "--out", scores, "--drift", at / "drift.json",
        )  # fmt: skip
        _run(
            "numbers", "score", "--model", card.SHIPPED, "--features", judge, "--prevalence", PREVALENCE, "--out", at / "rival.csv",
        )  # fmt: skip
        _write(scores, at)


def _world(out: Path, size: plan.Size) -> Path:
    """Builds a world and returns the features of the numbers that called, as of the demo day."""
    _run(
        "world", "build", "--seed", size.seed, "--residents", size.residents, "--days", size.days, "--start", size.start,
        "--density", size.density, "--out", out,
    )  # fmt: skip
    features = out.with_suffix(".parquet")
    _run("numbers", "features", "--calls", out / "calls", "--as-of", CUT_OFF, "--out", features)
    table = files.read_table(features)
    files.write_table(table.filter(pc.greater(table["out_calls_7d"], 0)), features)
    return features


def _mark(features: Path, truth: Path) -> None:
    """What they are, beside the columns that people can be told of."""
    roles = files.read_table(truth).select(["number", "role"]).to_pylist()
    fraud = {one["number"] for one in roles if one["role"] == "fraud"}
    table = files.read_table(features).select(COLUMNS)
    marks = pa.array([int(one in fraud) for one in table["number"].to_pylist()], pa.int32())
    files.write_table(table.append_column("fraud", marks), features)


def _write(scores: Path, at: Path) -> None:
    """The list as the import reads it, with whom its numbers got hold of."""
    from jinzhong.demo import numbers
    from jinzhong.scoring import reading

    model = boosting.load(at / "model")
    read = reading.read_scores(scores)
    given = reading.read(
        read, model, cut_off=clock.DEMO_DAY, prevalence=PREVALENCE, line=None, drift=at / "drift.json"
    )
    rival = reading.rival(
        reading.read_scores(at / "rival.csv"), boosting.load(card.SHIPPED), prevalence=PREVALENCE
    )
    end, now = (round(one.timestamp() * 1_000_000) for one in (clock.DEMO_DAY, clock.now()))
    given = reading.with_calls(
        given,
        model,
        at / "judge" / "calls",
        None,
        line=given.default_line,
        as_of=end,
        latest=now,
        live=_live(at),
        asks=read,
    )
    assert given.reached
    assert given.rung
    assert given.measures
    assert given.early
    assert given.named
    told = asdict(given) | {
        "rows": [astuple(one) for one in given.rows],
        "others": [astuple(one) for one in given.others],
        "reached": {one: list(map(astuple, them)) for one, them in given.reached.items()},
        "rung": {one: astuple(them) for one, them in given.rung.items()},
        "made_on": given.made_on.isoformat(),
        "cut_off": CUT_OFF,
        "digest": sha256(scores.read_bytes()).hexdigest(),
        "simulated": True,
        "rival": asdict(rival) | {
            "made_on": rival.made_on.isoformat(), "digest": sha256((at / "rival.csv").read_bytes()).hexdigest(),
        },
    }  # fmt: skip
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    numbers.FILE.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{given.scored} scored, {len(given.rung)} listed, {len(given.measures)} measured: {numbers.FILE}")


def _live(at: Path) -> dict[str, datetime]:
    """When the demo's watch, given the days before, first lists each number."""
    from jinzhong.demo import calls, run

    records, listed = at / "records.jsonl", at / "list.jsonl"
    with records.open("w", encoding="utf-8") as out:
        out.writelines(line for of_day in calls.days() for start, line in of_day if start < clock.DEMO_DAY)
    _run(
        "numbers", "watch", "--model", card.SHIPPED, "--events", records, "--state", at / "state", "--out", listed,
        "--quiet-until", run.LISTED_FROM.isoformat(),
    )  # fmt: skip
    first: dict[str, datetime] = {}
    for told in map(json.loads, listed.read_text("utf-8").splitlines()):
        if told["listed"]:
            first.setdefault(told["number"], datetime.fromisoformat(told["at"]))
    return first


def _run(*command: object) -> None:
    assert jinzhong([str(one) for one in command]) == 0


if __name__ == "__main__":
    main()
