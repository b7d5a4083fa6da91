"""The operator's command line: events in, features, model, list out, through the doors that scripts use."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from jinzhong.cli import main
from jinzhong.cli.numbers import engine


@pytest.fixture
def calls(tmp_path):
    """Lin rings ten strangers within an hour, Chen her mother twice."""
    head = "caller,callee,start,seconds,kind,cell,imei,peer_city\n"
    lin = "".join(
        f"15400000001,1541000{one:04},2021-05-30T10:{one + 10}:00+08:00,0,domestic,c1,i1,0574\n"
        for one in range(1, 11)
    )
    chen = "".join(
        f"15400000002,15400000003,2021-05-{day}T19:00:00+08:00,300,domestic,c2,i2,0574\n" for day in (28, 30)
    )
    (tmp_path / "calls.csv").write_text(head + lin + chen, "utf-8")
    return tmp_path / "calls.csv"


def rows(path: Path) -> dict[str, dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return {row["number"]: row for row in csv.DictReader(file)}


@pytest.mark.parametrize("engine", [[], ["--engine", "duckdb"]])
def test_features_of_a_file(calls, tmp_path, engine):
    out = tmp_path / "f.csv"
    assert (
        main(
            [
                "numbers",
                "features",
                "--calls",
                str(calls),
                "--as-of",
                "2021-05-31T00:00:00+08:00",
                "--out",
                str(out),
                *engine,
            ]
        )
        == 0
    )

    found = rows(out)
    assert len(found) == 13
    assert found["15400000001"]["max_fanout_1h_7d"] == "10"
    assert found["15400000002"]["calls_per_party_7d"] == "2.0"
    assert found["15400000003"]["calls_per_party_7d"] == ""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("--calls", "nowhere.csv"), "no such file"),
        (("--as-of", "tomorrow"), "write a time such as"),
        (("--out", "f.doc"), "end it with"),
        (("--out", "nowhere/f.csv"), "there is no folder nowhere"),
        (("--engine", "abacus"), "invalid choice"),
        (("--memory", "much"), "write a size"),
        (("--memory", "0.1KB"), "as Parquet"),
        (("--memory", "infGB"), "write a size"),
        (("--memory", "0GB"), "more than 0"),
    ],
)
def test_wrong_use_is_told_in_one_line(calls, tmp_path, capsys, change, said):
    given = {
        "--calls": str(calls),
        "--as-of": "2021-05-31T00:00:00+08:00",
        "--out": str(tmp_path / "f.csv"),
    } | dict([change])

    assert main(["numbers", "features", *[part for pair in given.items() for part in pair]]) == 2

    told = capsys.readouterr().err.strip()
    assert said in told
    assert len(told.splitlines()) == 1


@pytest.mark.parametrize("engine", ["native", "duckdb"])
def test_how_old_numbers_are_and_whom_known_ones_ring_too(calls, tmp_path, engine):
    """Lin's number was opened three days before. Wu's is known as fraud since the day before: it rings one of Lin's ten, and Chen's mother."""
    with calls.open("a", encoding="utf-8") as file:
        for callee in ("15410000001", "15400000003"):
            file.write(f"15400000009,{callee},2021-05-29T10:00:00+08:00,5,domestic,c3,i3,0574\n")
    sold, known = tmp_path / "subscribers.csv", tmp_path / "labels.csv"
    sold.write_text("number,opened\n15400000001,2021-05-28\n", "utf-8")
    known.write_text("number,fraud,labelled_on,label_from\n15400000009,1,2021-05-30,verdict\n", "utf-8")
    beside = ["--subscribers", str(sold), "--known", str(known), "--engine", engine]
    given = ["--calls", str(calls), "--as-of", "2021-05-31T12:00:00+08:00", "--out", str(tmp_path / "f.csv")]

    assert main(["numbers", "features", *given, *beside]) == 0

    found = rows(tmp_path / "f.csv")
    assert [found[one]["age_days_ever"] for one in ("15400000001", "15400000002")] == ["3.5", ""]
    assert [found[one]["known_party_share_7d"] for one in ("15400000001", "15400000002")] == ["0.1", "1.0"]


@pytest.mark.parametrize(
    ("option", "text", "said"),
    [
        ("--subscribers", "number\n15400000001\n", "column opened is missing"),
        ("--subscribers", "number,opened\n15400000001,yesterday\n", "opened is 'yesterday' in row 1"),
        ("--subscribers", "number,opened\n+8615400000001,2021-05-28\n", "canonical form in row 1"),
        ("--subscribers", "number,opened\n" + 2 * "15400000001,2021-05-28\n", "stands there twice"),
        ("--known", "number,since\n15400000001,1970-01-01T08:00:00+08:00\n", "a clock never set"),
        (
            "--known",
            "number,fraud,labelled_on\n15400000001,0,2021-05-28\n15400000009,1,1970-01-01\n",
            "labelled_on is 1970-01-01 in row 2",
        ),
        (
            "--known",
            "number,fraud,labelled_on\n15400000009,1,2999-01-01\n",
            "labelled_on is 2999-01-01 in row 1",
        ),
        ("--known", "number,since\n15400000001,2999-01-01T00:00:00+08:00\n", "in the future"),
        ("--known", "number,since\n,2021-05-28T00:00:00+08:00\n", "column number is empty in row 1"),
        (
            "--known",
            "number,fraud,labelled_on\n15400000001,7,2021-05-28\n",
            "fraud is neither 0 nor 1 in row 1",
        ),
        ("--known", "number,fraud,labelled_on\n15400000001,maybe,2021-05-28\n", "not a whole number"),
    ],
)
def test_what_is_said_of_numbers_in_a_wrong_way_is_told(calls, tmp_path, capsys, option, text, said):
    (tmp_path / "said.csv").write_text(text, "utf-8")
    given = ["--calls", str(calls), "--as-of", "2021-05-31T00:00:00+08:00", "--out", str(tmp_path / "f.csv")]

    assert main(["numbers", "features", *given, option, str(tmp_path / "said.csv")]) == 2

    told = capsys.readouterr().err.strip()
    assert said in told and len(told.splitlines()) == 1
    assert not (tmp_path / "f.csv").exists()


@pytest.mark.parametrize("engine", ["native", "duckdb"])
def test_a_day_on_which_no_number_can_have_been_opened_is_as_if_nobody_recorded_it(
    calls, tmp_path, capsys, engine
):
    """Lin's was opened three days before. Of Chen's, Wu's and Chen's mother's the register holds what fills an empty field, of one nothing."""
    days = {"1": "2021-05-28", "2": "1970-01-01", "9": "2999-12-31", "3": "1900-01-01", "4": ""}
    rows_said = [f"1540000000{one},{day}" for one, day in days.items()]
    (tmp_path / "sold.csv").write_text("\n".join(["number,opened", *rows_said]) + "\n", "utf-8")
    given = ["--calls", str(calls), "--as-of", "2021-05-31T12:00:00+08:00", "--out", str(tmp_path / "f.csv")]

    sold = ["--subscribers", str(tmp_path / "sold.csv")]
    assert main(["numbers", "features", *given, *sold, "--engine", engine]) == 0

    ages = {number: row["age_days_ever"] for number, row in rows(tmp_path / "f.csv").items()}
    assert ages["15400000001"] == "3.5"
    assert {age for number, age in ages.items() if number != "15400000001"} == {""}
    told = "3 numbers opened before 1987-11-18 or in the future, the first on 1970-01-01 in row 2"
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("option", ["--subscribers", "--known"])
def test_a_table_of_numbers_that_no_memory_holds_is_refused_before_it_is_read(
    calls, tmp_path, capsys, option
):
    with (tmp_path / "said.csv").open("wb") as file:
        file.truncate(10 * 2**30)
    given = ["--calls", str(calls), "--as-of", "2021-05-31T00:00:00+08:00", "--out", str(tmp_path / "f.csv")]

    assert main(["numbers", "features", *given, option, str(tmp_path / "said.csv"), "--memory", "1GB"]) == 2

    assert "said.csv: takes about 50.0 GB where it is read" in capsys.readouterr().err
    assert not (tmp_path / "f.csv").exists()


def test_a_week_without_a_call_is_told(calls, tmp_path, capsys):
    given = ["--calls", str(calls), "--out", str(tmp_path / "f.csv"), "--engine", "duckdb"]

    assert main(["numbers", "features", *given, "--as-of", "2021-06-30T00:00:00+08:00"]) == 0

    told = capsys.readouterr().err
    assert "no call lies in the 7 × 24 h before --as-of 2021-06-30T00:00:00+08:00" in told
    assert "0 numbers written" in told


def test_signals_of_a_file(calls, tmp_path):
    """Ten in an hour is nobody's list; forty is."""
    more = "".join(
        f"15400000009,1542000{one:04},2021-05-30T10:{one:02}:00+08:00,0,domestic,,,\n" for one in range(40)
    )
    calls.write_text(calls.read_text("utf-8") + more, "utf-8")
    given = ["--calls", str(calls), "--as-of", "2021-05-31T00:00:00+08:00", "--out", str(tmp_path / "s.csv")]

    assert main(["numbers", "signals", *given]) == 0

    with (tmp_path / "s.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.DictReader(file))
    assert [(row["number"], row["title"], row["reason"]) for row in found] == [
        ("15400000009", "短时高频外呼", "一小时内呼叫 40 个不同号码，接通 0%")
    ]


def labelled(path: Path) -> Path:
    """Forty numbers that fan out, sixty that don't."""
    lines = [f"n{one},{30 + one if one < 40 else one % 7},{int(one < 40)}" for one in range(100)]
    path.write_text("id,fanout,fraud\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def test_fit_then_score_a_table(tmp_path, capsys):
    table, model, out = labelled(tmp_path / "t.csv"), str(tmp_path / "model"), tmp_path / "s.csv"

    assert (
        main(["numbers", "fit", "--features", str(table), "--label", "fraud", "--out", model, "--json"]) == 0
    )
    assert json.loads(capsys.readouterr().out)["figures"]["auc"] == 1.0
    assert main(["numbers", "score", "--model", model, "--features", str(table), "--out", str(out)]) == 0

    with out.open(encoding="utf-8", newline="") as file:
        found = {row["id"]: row for row in csv.DictReader(file)}
    assert float(found["n39"]["score"]) > 0.9 > 0.1 > float(found["n99"]["score"])
    assert found["n39"]["reasons"] == "fanout 69（一般 3）"


def test_a_model_learns_from_a_table_beside_the_calls_only_where_it_is_told_to(tmp_path, capsys):
    """Whoever judges by it would have to give that table each time."""
    table, model = labelled(tmp_path / "t.csv"), tmp_path / "model"
    head, *lines = table.read_text("utf-8").splitlines()
    aged = [f"{line},{at % 9}" for at, line in enumerate(lines)]
    table.write_text("\n".join([f"{head},age_days_ever", *aged]), "utf-8")
    fit = ["numbers", "fit", "--features", str(table), "--label", "fraud", "--out", str(model), "--json"]

    assert main(fit) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["features"] == ["fanout"]
    assert "age_days_ever is left out" in told.err
    assert "--with subscribers" in told.err

    assert main([*fit, "--with", "subscribers"]) == 0
    told = capsys.readouterr()
    assert json.loads(told.out)["features"] == ["fanout", "age_days_ever"]
    assert "left out" not in told.err


@pytest.mark.parametrize(
    ("command", "option"),
    [
        ("fit --label fraud --features t.csv", "--out"),
        ("watch --events e --state s --out l --as-of 2021-05-31", "--scores"),
        ("watch --events e --out l", "--state"),
        ("stream --calls c --out l", "--state"),
    ],
)
def test_a_place_that_cannot_be_written_is_said_before_the_work(
    tmp_path, monkeypatch, capsys, command, option
):
    """After it, an hour of work would be lost, and a file under another name left behind."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "note.txt").write_text("mine", "utf-8")
    (tmp_path / "folder.csv").mkdir()
    wrong = "folder.csv" if option == "--scores" else "note.txt"

    assert main(["numbers", *command.split(), option, wrong]) == 2

    told = capsys.readouterr().err.strip()
    assert told.startswith(f"jinzhong numbers {command.split()[0]}: argument {option}: {wrong}: ")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["folder.csv", "note.txt"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--calls", "c.csv"], "--as-of"),
        ([], "--features or --calls"),
        (["--features", "f.csv", "--prevalence", "2"], "between 0 and 1"),
        (["--features", "f.csv"], "no model here"),
    ],
)
def test_a_score_that_cannot_be_is_told_in_one_line(tmp_path, capsys, given, said):
    assert main(["numbers", "score", "--model", str(tmp_path), "--out", "s.csv", *given]) == 2

    told = capsys.readouterr().err.strip()
    assert said in told
    assert len(told.splitlines()) == 1


def test_without_a_model_the_one_that_ships_says_what_it_is(calls, tmp_path, capsys):
    """Lin, who rings ten strangers in ten minutes from a number nobody knew, stands above Chen, who rings her mother."""
    out = tmp_path / "s.csv"
    asked = ["--calls", str(calls), "--as-of", "2021-05-31T00:00:00+08:00", "--out", str(out)]
    assert main(["numbers", "score", *asked]) == 0

    assert "simulated districts" in capsys.readouterr().err
    found = rows(out)
    lin, chen = (float(found[one]["score"]) for one in ("15400000001", "15400000002"))
    assert 0 < chen < lin < 1


def test_files_that_arrive_with_a_bad_call_judge_nothing(tmp_path, capsys):
    """The check comes before Spark is asked, so it needs none."""
    arriving = tmp_path / "arriving"
    arriving.mkdir()
    one = {
        "caller": "15400000001",
        "callee": "15400000002",
        "start": datetime(2021, 5, 30, tzinfo=UTC),
        "seconds": -1,
    }
    rest = {"kind": "domestic", "cell": "c1", "imei": "86", "peer_city": "0574"}
    pq.write_table(pa.Table.from_pylist([one | rest]), arriving / "1.parquet")
    folders = ["--calls", str(arriving), "--state", str(tmp_path / "state"), "--out", str(tmp_path / "out")]

    assert main(["numbers", "stream", *folders]) == 2

    assert "seconds is negative in row 1" in capsys.readouterr().err
    assert not list((tmp_path / "out").iterdir())


def test_an_evaluation_is_told_in_lines_for_people():
    rare = {"share": 0.001, "low": 0.0, "high": 0.01, "within": 20}
    found = {
        "threshold": 0.5, "fraud_numbers": 12, "calls": {"median": 4.5, "share_within_20": 0.75},
        "minutes": {"median": None, "share_within_60": 0.4}, "within_20_calls_or_60_minutes": 0.8,
        "first_active_day_share": 0.9, "reached": {"median": 3, "baseline_median": None},
        "curves": {"calls": [rare]}, "innocent_ever_listed_share": 0.002,
        "weeks": [
            {"listed": 0, "expected_precision": None, "low": None, "high": None, "precision": None},
            {"listed": 8, "expected_precision": 0.5, "low": 0.25, "high": 0.75, "precision": 0.625},
        ],
    }  # fmt: skip

    told = list(engine._evaluated(found, 0.001))

    assert told[0].startswith("line        0.5000, above which 0.1 % of innocent numbers")
    assert "calls       4.5; within 20 calls 75 %" in told
    assert "minutes     never; within an hour 40 %" in told
    assert told[7:9] == [
        "week 1      0 listed",
        "week 2      8 listed, said 50 % (25 % to 75 %), true 62.5 %",
    ]
    assert not any("{" in line for line in told)
