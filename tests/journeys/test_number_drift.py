"""Day by day the scored numbers are compared with those the model was fitted on, and the operator's page says so."""

import json
import re
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.cli import main
from jinzhong.district.queries import account
from jinzhong.scoring.models import DailyList
from tests.district import at
from tests.number_list import write
from tests.pages import logged_in, text

HEAD = "number,max_fanout_1h_7d,in_calls_7d"


@pytest.fixture(autouse=True)
def evening(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("20:00"))


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """Two thousand made-up rows, half fraud that rings sixty people an hour and is rung as often as others."""
    folder = tmp_path_factory.mktemp("model")
    rows = [[f"1540000{one:04}", 3 + one % 5 + 60 * (one % 2), one % 7, one % 2] for one in range(2000)]
    table = write(folder / "t.csv", f"{HEAD},fraud", rows)
    assert main(["numbers", "fit", "--features", str(table), "--label", "fraud", "--out", str(folder)]) == 0
    return folder


def day(folder: Path, *, rung: int = 1, rings: int = 0) -> Path:
    """The innocent of another day, with one fraud number; ``rung``: so many times as often as before; ``rings``: so many more people."""
    rows = [[f"1542000{one:04}", 3 + one % 5 + rings, one % 7 * rung] for one in range(0, 2000, 2)]
    return write(folder / "f.csv", HEAD, [*rows, ["15400002093", 64, 3]])


def score(model: Path, features: Path) -> tuple[Path, Path]:
    scores, drift = features.with_name("scores.csv"), features.with_name("drift.json")
    given = ["--model", str(model), "--features", str(features), "--out", str(scores), "--drift", str(drift)]
    assert main(["numbers", "score", *given]) == 0
    return scores, drift


def bring(model: Path, scores: Path, *more: str, of: str = "2021-05-31") -> int:
    given = ["numbers", "list", "import", str(scores), "--day", of, "--model", str(model), "--by", "risk"]
    return main([*given, *more])


def _lists(page: str) -> list[str]:
    """The rows of the lists beside each other, newest first."""
    return re.findall(r"<tr[^>]*><td><a href=\"\?list=.*?</tr>", page, re.DOTALL)


def test_a_day_that_moved_is_told_on_the_operators_page(operator, model, tmp_path):
    scores, drift = score(model, day(tmp_path))
    assert bring(model, scores, "--drift", str(drift), of="2021-05-30") == 0
    scores, drift = score(model, day(tmp_path, rings=60))
    assert bring(model, scores, "--drift", str(drift)) == 0

    moved, calm = DailyList.objects.all()
    assert (calm.drift["state"], moved.drift["state"]) == ("stable", "much")
    page = text(logged_in(account("risk")).get("/numbers"))
    assert "和训练时比：分数大变，1 个特征有变" in page
    assert "<b>分数大变</b>：1001 个号码，和训练时 1000 个正常号码比。2 个特征里 1 个有变" in page
    assert [re.findall("<td>(稳|大变)</td></tr>", row)[-1] for row in _lists(page)] == ["大变", "稳"]
    table = page[page.index('id="drift"') :]
    assert table.count('<div class="scroll-x" tabindex="0" role="region" aria-label="') == 2
    assert "<th></th>" not in table
    earlier = text(logged_in(account("risk")).get(f"/numbers?list={calm.pk}"))
    assert "和训练时比：分数稳</a>" in earlier
    assert "2 个特征都没有变" in earlier


def test_a_feature_that_moved_without_the_score_is_named_and_the_list_is_stable(operator, model, tmp_path):
    scores, drift = score(model, day(tmp_path, rung=3))
    assert bring(model, scores, "--drift", str(drift)) == 0

    kept = DailyList.objects.get()
    assert kept.drift["state"] == "stable"
    assert [one["name"] for one in kept.drift["features"] if one["state"] == "much"] == ["in_calls_7d"]
    page = text(logged_in(account("risk")).get("/numbers"))
    assert "和训练时比：分数稳，1 个特征有变" in page
    assert "最多的是“近7天被叫次数”（大变）" in page


def test_the_same_list_brought_again_with_its_drift_is_the_next_revision(operator, model, tmp_path):
    scores, drift = score(model, day(tmp_path))
    assert bring(model, scores) == 0
    assert "这份名单没有带来比较" in text(logged_in(account("risk")).get("/numbers"))
    for _again in range(2):
        assert bring(model, scores, "--drift", str(drift)) == 0
    assert [one.drift is None for one in DailyList.objects.order_by("revision")] == [True, False]


def test_the_drift_of_another_file_is_refused(operator, model, tmp_path, capsys):
    _scores, drift = score(model, day(tmp_path))
    told = drift.read_text("utf-8")
    scores, drift = score(model, day(tmp_path, rung=3))
    drift.write_text(told, "utf-8")
    assert bring(model, scores, "--drift", str(drift)) != 0
    assert "不是这份打分的" in capsys.readouterr().err
    assert not DailyList.objects.exists()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda told: {**told, "score": {}},
        lambda told: {**told, "features": None},
        lambda told: {**told, "score": {**told["score"], "psi": float("nan")}},
    ],
)
def test_a_drift_file_that_is_none_is_refused(operator, model, tmp_path, capsys, spoil):
    scores, drift = score(model, day(tmp_path))
    drift.write_text(json.dumps(spoil(json.loads(drift.read_text("utf-8")))), "utf-8")
    assert bring(model, scores, "--drift", str(drift)) != 0
    assert "读不出来" in capsys.readouterr().err
    assert not DailyList.objects.exists()


def test_another_operator_sees_nothing_of_it(operators, model, tmp_path):
    scores, drift = score(model, day(tmp_path, rung=3))
    given = ["numbers", "list", "import", str(scores), "--day", "2021-05-31", "--model", str(model)]
    assert main([*given, "--by", "risk_1", "--drift", str(drift)]) == 0
    assert "大变" in text(logged_in(operators.desk).get("/numbers"))
    assert "大变" not in text(logged_in(operators.risk_2).get("/numbers"))


def test_on_files_alone(model, tmp_path, capsys):
    given = ["numbers", "drift", "--model", str(model), "--features", str(day(tmp_path, rung=3))]
    assert main([*given, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["features"][0]["name"]) == ("stable", "in_calls_7d")
    assert told["features"][0]["state"] == "much"
    assert main(given) == 0
    assert capsys.readouterr().out.startswith("stable: 1001 numbers beside 1000 fitted")
