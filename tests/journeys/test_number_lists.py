"""A day's list on its way: scored by a model, brought in by command, looked at, judged, and back as labels."""

import csv
import json
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.cli import main
from jinzhong.district.queries import account
from jinzhong.scoring.models import DailyList, Threshold
from jinzhong.vault import queries as vault
from tests.district import at
from tests.number_list import write
from tests.pages import logged_in, text

DAY = "2021-05-31"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:00"))


@pytest.fixture
def scores(tmp_path, model) -> Path:
    """Two numbers that ring sixty people an hour, two that ring five."""
    rows = [[f"1540000209{one}", 64 if one < 5 else 5] for one in range(3, 7)]
    table = write(tmp_path / "f.csv", "number,max_fanout_1h_7d", rows)
    out = tmp_path / "scores.csv"
    assert (
        main(
            [
                "numbers",
                "score",
                "--model",
                str(model),
                "--features",
                str(table),
                "--prevalence",
                "0.01",
                "--out",
                str(out),
            ]
        )
        == 0
    )
    return out


@pytest.fixture
def calls(tmp_path) -> Path:
    """The first number talks 22 minutes with one who then rings the bank, and 5 seconds with another; as long with a bank and abroad."""
    rows = [
        ["15400002093", "15410007104", "2021-05-30T10:00:00+08:00", 1320, "domestic"],
        ["15410007104", "95588", "2021-05-30T11:00:00+08:00", 60, "domestic"],
        ["15400002093", "15410004417", "2021-05-30T12:00:00+08:00", 5, "domestic"],
        ["15400002093", "15410004418", "2021-05-30T12:10:00+08:00", 0, "domestic"],
        ["15400002093", "95588", "2021-05-30T13:00:00+08:00", 1320, "domestic"],
        ["+16505550100", "15400002093", "2021-05-30T14:00:00+08:00", 1320, "international"],
        ["15400002093", "15410000936", "2021-05-20T12:00:00+08:00", 1900, "domestic"],
    ]
    rows = [[*row, "", "", ""] for row in rows]
    return write(tmp_path / "calls.csv", "caller,callee,start,seconds,kind,cell,imei,peer_city", rows)


def bring(file: Path, model: Path, *more: str) -> int:
    given = [
        "numbers",
        "list",
        "import",
        str(file),
        "--day",
        DAY,
        "--model",
        str(model),
        "--prevalence",
        "0.01",
    ]
    return main([*given, "--by", "risk", *more])


def test_a_list_comes_in_with_its_model_and_whom_it_reached(operator, scores, calls, model, capsys):
    assert bring(scores, model, "--calls", str(calls)) == 0
    assert "4 numbers scored, 2 listed; kept" in capsys.readouterr().err
    assert bring(scores, model, "--calls", str(calls)) == 0
    assert "nothing changed" in capsys.readouterr().err

    kept = DailyList.objects.get()
    card = json.loads((model / "card.json").read_text("utf-8"))
    assert kept.model == card["model_sha256"]
    assert (kept.cut_off, kept.prevalence, kept.by) == (at("00:00"), 0.01, "risk")
    first = kept.entries.get(number__identifiers__blind=_blind("15400002093"))
    assert first.reasons[0].startswith("近7天一小时内最多呼叫的不同号码 64 个")
    assert [(one.pattern, one.talks, one.seconds) for one in first.reached.all()] == [("deep", 1, 1320)]
    assert first.shallow == 1  # who was only rung, and who talked ten days ago, isn't counted
    people = [_told(one) for one in first.reached.all()]
    assert people == ["15410007104"]  # neither the bank nor who rang from abroad


def test_a_day_without_a_list_of_its_own_says_so(operator, scores, model, monkeypatch):
    assert bring(scores, model) == 0
    desk = logged_in(account("risk"))
    assert "今天的名单还没有收" not in text(desk.get("/numbers"))
    monkeypatch.setattr(clock, "now", lambda: at("09:00", "2021-06-02"))
    assert "今天的名单还没有收，最近一份是5月31日的" in text(desk.get("/numbers"))


def test_what_is_listed_beyond_what_is_kept_is_counted_and_said(operator, model, tmp_path, capsys):
    rows = [[f"1541{number:07}", 0.98 if number < 2000 else 0.96, ""] for number in range(2100)]
    assert bring(write(tmp_path / "long.csv", "number,score,reasons", rows), model) == 0
    assert "2100 listed (100 beyond the first 2000 not kept)" in capsys.readouterr().err

    kept = DailyList.objects.get()
    assert (kept.listed, kept.entries.count(), kept.left_out) == (2100, 2000, 100)
    assert kept.expected == pytest.approx((2000 * 0.98 + 100 * 0.96) / 2100)
    assert "只留前 2000 个，后面 100 个没有留" in text(logged_in(account("risk")).get("/numbers"))


def test_a_number_below_the_line_is_one_of_the_reached(operator, model, tmp_path):
    """Kept to try another line on, and otherwise a resident like any other: it was rung, and then rang its bank."""
    Threshold.objects.create(value=0.999, since=at("00:00").date(), trial={}, by="test", at=at("07:00"))
    rows = [["15400002093", 0.9995, ""], ["15400002094", 0.998, ""]]
    scores = write(tmp_path / "scores.csv", "number,score,reasons", rows)
    calls = [
        ["15400002093", "15400002094", "2021-05-30T10:00:00+08:00", 1320, "domestic", "", "", ""],
        ["15400002094", "95588", "2021-05-30T11:00:00+08:00", 60, "domestic", "", "", ""],
        ["15400002094", "15410007104", "2021-05-30T12:00:00+08:00", 1320, "domestic", "", "", ""],
    ]
    file = write(tmp_path / "calls.csv", "caller,callee,start,seconds,kind,cell,imei,peer_city", calls)
    assert bring(scores, model, "--calls", str(file)) == 0

    first, below = DailyList.objects.get().entries.all()
    assert (first.listed, below.listed) == (True, False)
    assert [one.pattern for one in first.reached.all()] == ["deep"]
    assert not below.reached.exists()


def _told(one) -> str:
    return vault.plain(one.person)["phone"]


def _blind(phone: str) -> bytes:
    from jinzhong.vault import seal

    return seal.blind("phone", phone)


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        ("number,score", [["15400002093", 0.5]], "缺 reasons 列"),
        ("id,score,reasons", [["a", 0.5, ""]], "缺 number 列"),
        ("number,score,reasons", [], "一个号码也没有"),
        ("number,score,reasons", [["15400002093", 1.5, ""]], "第 2 行：score 要在 0 到 1 之间"),
        ("number,score,reasons", [["15400002093", "高", ""]], "第 2 行：score 要在 0 到 1 之间"),
        ("number,score,reasons", [["1540000", 0.99, ""]], "第 2 行：number 现有 7 位"),
        (
            "number,score,reasons",
            [["15400002093", 0.99, ""], ["15400002094", 0, ""], ["+8615400002093", 0, ""]],
            "第 4 行：和第 2 行是同一个号码",
        ),
        (
            "number,score,reasons",
            [["15400002093", 0.99, ""], ["1540000", 0, ""]],
            "第 3 行：number 现有 7 位",
        ),
    ],
)
def test_a_bad_file_is_refused_in_words(operator, model, tmp_path, capsys, head, rows, said):
    capsys.readouterr()
    assert bring(write(tmp_path / "bad.csv", head, rows), model) == 2
    told = capsys.readouterr().err
    assert said in told
    assert "15400002093" not in told
    assert not DailyList.objects.exists()


def test_who_may_bring_in_whose(operator, scores, model, place, capsys):
    given = ["numbers", "list", "import", str(scores), "--day", DAY, "--model", str(model), "--by"]
    assert main([*given, "risk", "--operator", "operator-2"]) == 2
    assert "their own operator only" in capsys.readouterr().err
    assert main([*given, "teller"]) == 2
    assert "may not do this (number.import)" in capsys.readouterr().err
    assert main([*given, "desk"]) == 2
    assert "say the code of the operator (operator-1)" in capsys.readouterr().err
    assert main([*given, "desk", "--operator", "operator-1"]) == 0


def test_verdicts_become_the_rows_to_fit_on(operator, scores, model, place, tmp_path, capsys):
    from jinzhong.district import queries
    from jinzhong.scoring import operations

    bring(scores, model)
    desk, risk = queries.account("desk"), queries.account("risk")
    first, second = DailyList.objects.get().entries.filter(listed=True)
    operations.judge(entry=first, word="fraud", because="victim", note="", by=desk, now=at("09:30"))
    operations.judge(entry=second, word="innocent", because="shop", note="", by=risk, now=at("09:31"))

    out = tmp_path / "train.csv"
    given = [
        "numbers",
        "labels",
        "--features",
        str(tmp_path / "f.csv"),
        "--out",
        str(out),
        "--purpose",
        "重新训练",
    ]
    assert main([*given, "--by", "risk"]) == 0
    with out.open(encoding="utf-8", newline="") as file:
        found = {row["number"]: row for row in csv.DictReader(file)}
    assert {(row["fraud"], row["labelled_on"], row["max_fanout_1h_7d"]) for row in found.values()} == {
        ("1", DAY, "64"),
        ("0", DAY, "64"),
    }

    rows = [["+86 154 0000 2093", 64], ["0154-0000-2094", 64], ["154", 9], ["15400002095", 5]]
    given[3] = str(write(tmp_path / "other.csv", "number,max_fanout_1h_7d", rows))
    capsys.readouterr()
    assert main([*given, "--by", "risk"]) == 0
    assert "1 rows left out" in capsys.readouterr().err
    with out.open(encoding="utf-8", newline="") as file:
        written = {row["number"]: row["fraud"] for row in csv.DictReader(file)}
    assert written.keys() == {"+86 154 0000 2093", "0154-0000-2094"}


def test_a_parquet_file_of_scores_says_how_it_was_made(operator, scores, model, tmp_path, capsys):
    """Scored at one in a hundred: taken as such without a word, refused at another prevalence and with another model."""
    from jinzhong_engine.models import card as cards

    made = tmp_path / "scores.parquet"
    given = ["--features", str(tmp_path / "f.csv"), "--prevalence", "0.01", "--out", str(made)]
    assert main(["numbers", "score", "--model", str(model), *given]) == 0
    bring_it = ["numbers", "list", "import", str(made), "--day", DAY, "--by", "risk", "--model"]

    assert main([*bring_it, str(model), "--prevalence", "0.001"]) == 2
    assert "是按比例 0.01 打的分，这里写的是 0.001" in capsys.readouterr().err
    assert main([*bring_it, str(cards.SHIPPED)]) == 2
    assert "是另一个模型" in capsys.readouterr().err
    assert not DailyList.objects.exists()

    assert main([*bring_it, str(model)]) == 0
    assert DailyList.objects.get().prevalence == 0.01


def test_scores_that_all_lie_below_the_line_are_told(operator, model, tmp_path, capsys):
    """A CSV can't say how it was made: scored at one in a thousand, brought in at the model's own half."""
    rows = [[f"154000020{one}", 0.0005, ""] for one in range(10, 30)]
    file = write(tmp_path / "low.csv", "number,score,reasons", rows)
    capsys.readouterr()

    assert (
        main(["numbers", "list", "import", str(file), "--day", DAY, "--model", str(model), "--by", "risk"])
        == 0
    )

    assert "no score reaches the line" in (told := capsys.readouterr().err)
    assert "another --prevalence" in told
