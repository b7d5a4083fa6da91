"""`jinzhong numbers watch` from outside: killed and fed again, told to stop, with a line of the office's and beside people."""

import csv
import json
import os
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.cli import main
from jinzhong.scoring import pulse


def call_lines(count: int) -> str:
    """Lin's and Chen's calls as JSON lines, ten seconds apart."""
    start = datetime(2021, 5, 30, 10, tzinfo=clock.ZONE)
    rows = []
    for at in range(count):
        caller, callee = ("15430000001", f"1542{at:07}") if at % 2 else ("15400000002", f"1541000000{at % 3}")
        when = (start + timedelta(seconds=10 * at)).isoformat()
        rows.append(
            {
                "id": f"r{at}",
                "caller": caller,
                "callee": callee,
                "start": when,
                "seconds": at % 4 * 30,
                "kind": "domestic",
            }
        )
    return "".join(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def call_model(tmp_path_factory) -> Path:
    """Fitted on features as numbers features writes them: forty that fan out, sixty that ring three people."""
    folder = tmp_path_factory.mktemp("call-model")
    head = ["caller,callee,start,seconds,kind,cell,imei,peer_city"]
    for one in range(100):
        for at in range(20):
            callee = f"1542{one * 20 + at:07}" if one < 40 else f"1541000000{at % 3}"
            head.append(
                f"154{one:08},{callee},2021-05-{at % 5 + 25}T{at % 12 + 8:02}:00:00+08:00,{at % 4 * 30},domestic,,,"
            )
    (folder / "calls.csv").write_text("\n".join(head) + "\n", "utf-8")
    as_of, features = "2021-05-31T00:00:00+08:00", folder / "features.csv"
    assert (
        main(
            [
                "numbers",
                "features",
                "--calls",
                str(folder / "calls.csv"),
                "--as-of",
                as_of,
                "--out",
                str(features),
            ]
        )
        == 0
    )
    with features.open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    with features.open("w", encoding="utf-8", newline="") as file:
        lines = csv.DictWriter(file, [*found[0], "fraud"])
        lines.writeheader()
        lines.writerows(
            row | {"fraud": int(row["number"] < "15400000040")} for row in found if row["out_calls_7d"] != "0"
        )
    assert (
        main(["numbers", "fit", "--features", str(features), "--label", "fraud", "--out", str(folder)]) == 0
    )
    return folder


def scores_in(path: Path) -> dict[str, str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["number"]: row["score"] for row in csv.DictReader(file)}


def test_a_watch_killed_and_fed_again_equals_the_batch(tmp_path, call_model):
    """SIGKILL in the midst of it; then everything is sent again from the beginning."""
    lines, as_of = call_lines(400), "2021-05-31T00:00:00+08:00"
    (tmp_path / "events.jsonl").write_text(lines, "utf-8")
    given = [
        "numbers",
        "watch",
        "--model",
        str(call_model),
        "--state",
        str(tmp_path / "state"),
        "--out",
        str(tmp_path / "list.jsonl"),
    ]
    killed = subprocess.Popen(
        [sys.executable, "-m", "jinzhong.cli", *given, "--events", "-"], stdin=subprocess.PIPE
    )
    killed.stdin.write("".join(lines.splitlines(keepends=True)[:250]).encode())
    killed.stdin.flush()
    while not list((tmp_path / "state").glob("records-*")):
        time.sleep(0.1)
        assert killed.poll() is None
    killed.kill()
    killed.wait()

    scores = tmp_path / "live.csv"
    assert (
        main([*given, "--events", str(tmp_path / "events.jsonl"), "--as-of", as_of, "--scores", str(scores)])
        == 0
    )

    said = pulse.read(tmp_path / "list.jsonl")
    assert said
    assert said.counted == len(lines.splitlines())
    assert said.newest == max(datetime.fromisoformat(json.loads(one)["start"]) for one in lines.splitlines())
    table = tmp_path / "calls.csv"
    with table.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(
            file,
            ["caller", "callee", "start", "seconds", "kind", "cell", "imei", "peer_city"],
            extrasaction="ignore",
        )
        sheet.writeheader()
        sheet.writerows(json.loads(line) for line in lines.splitlines())
    batch = tmp_path / "batch.csv"
    assert (
        main(
            [
                "numbers",
                "score",
                "--model",
                str(call_model),
                "--calls",
                str(table),
                "--as-of",
                as_of,
                "--out",
                str(batch),
            ]
        )
        == 0
    )
    assert scores_in(scores) == scores_in(batch)
    entered = [
        one["number"]
        for one in map(json.loads, (tmp_path / "list.jsonl").read_text("utf-8").splitlines())
        if one["listed"]
    ]
    assert entered.count("15430000001") == 1
    assert "15400000002" not in entered


def test_people_are_told_of_by_a_watch_of_all_numbers_alone(tmp_path, call_model, capsys):
    (tmp_path / "events.jsonl").write_text(call_lines(400), "utf-8")
    names = {"events": "events.jsonl", "state": "state", "out": "list.jsonl", "people": "people.jsonl"}
    given = [part for name, file in names.items() for part in (f"--{name}", str(tmp_path / file))]
    watch = ["numbers", "watch", "--model", str(call_model), *given]
    assert main([*watch, "--part", "1/2"]) == 2
    assert "--people: needs the calls of all numbers" in capsys.readouterr().err
    assert main(watch) == 0
    listed = [json.loads(one) for one in (tmp_path / "list.jsonl").read_text("utf-8").splitlines()]
    told = [json.loads(one) for one in (tmp_path / "people.jsonl").read_text("utf-8").splitlines()]
    entered = {(one["number"], one["at"]) for one in listed if one["listed"]}
    assert told
    assert {(one["number"], one["since"]) for one in told} <= entered
    assert list(listed[0]) == ["number", "at", "score", "listed", "reasons", "reached"]


def test_a_watch_lists_by_the_line_it_is_given_and_says_so(tmp_path, call_model, capsys):
    """0.3 where one in a hundred is fraud; the model was fitted where forty in a hundred are."""
    (tmp_path / "events.jsonl").write_text(call_lines(400), "utf-8")
    names = {"events": "events.jsonl", "state": "state", "out": "list.jsonl"}
    watch = ["numbers", "watch", "--model", str(call_model)]
    watch += [part for name, file in names.items() for part in (f"--{name}", str(tmp_path / file))]
    assert main([*watch, "--line", "0.3"]) == 2
    assert "--line and --prevalence go together" in capsys.readouterr().err
    assert main([*watch, "--line", "0.3", "--prevalence", "0.01"]) == 0

    said = pulse.read(tmp_path / "list.jsonl").listing
    card = json.loads((call_model / "card.json").read_text("utf-8"))
    assert (said.model, said.prevalence) == (card["model_sha256"], card["prevalence"])
    here = said.prevalence / (1 - said.prevalence)
    assert said.line / (1 - said.line) == pytest.approx(0.3 / 0.7 * 99 * here)
    listed = [json.loads(one) for one in (tmp_path / "list.jsonl").read_text("utf-8").splitlines()]
    assert listed
    assert all((one["score"] >= said.line) == one["listed"] for one in listed)


def test_a_watch_told_to_stop_notes_where_it_stands_and_says_nothing_again(tmp_path, call_model):
    """Its records go on coming, so that there is no end at which it would note it by itself; a newer version that words things otherwise takes
    over a list of which no line is said anew."""
    pipe, out = tmp_path / "calls", tmp_path / "list.jsonl"
    os.mkfifo(pipe)
    watch = [
        sys.executable,
        "-m",
        "jinzhong.cli",
        "numbers",
        "watch",
        "--model",
        str(call_model),
        "--events",
        str(pipe),
    ]
    running = subprocess.Popen([*watch, "--state", str(tmp_path / "state"), "--out", str(out)])
    with pipe.open("w", encoding="utf-8") as calls:
        calls.write(call_lines(400))
        calls.flush()
        _wait(lambda: (said := pulse.read(out)) and said.counted == 400)
        running.terminate()
        assert running.wait(20) == 0
    newest = max((tmp_path / "state").glob("mark-*"), key=lambda one: one.stat().st_mtime_ns)
    notes = newest.read_text("utf-8")
    assert f'"list_bytes": {out.stat().st_size}' in notes
    assert '"counted": 400' in notes
    assert out.stat().st_size


def _wait(until, seconds=60) -> None:
    ends = time.monotonic() + seconds
    while not until():
        assert time.monotonic() < ends
        time.sleep(0.1)
