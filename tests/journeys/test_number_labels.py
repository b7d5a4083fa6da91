"""What people said of numbers fits a model, by the commands of the handbook."""

import json
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.cli import main
from tests.district import at
from tests.number_list import write


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:00"))


@pytest.fixture
def features(tmp_path) -> Path:
    """Twenty-four numbers that ring more than sixty an hour; every other one is rung back often."""
    rows = [[f"154000020{one}", 64 + one % 5, 0.02 + 0.4 * (one % 2)] for one in range(10, 34)]
    return write(tmp_path / "features.csv", "number,max_fanout_1h_7d,callback_share_7d", rows)


@pytest.fixture
def judged(operator, place, features, model, tmp_path) -> None:
    """All are listed; those that are rung back are shops, judged on three days."""
    from jinzhong.district.queries import account
    from jinzhong.scoring import operations
    from jinzhong.scoring.models import DailyList

    scores = tmp_path / "scores.csv"
    assert run("score", "--model", model, "--features", features, "--out", scores) == 0
    assert run("list", "import", scores, "--day", "2021-05-28", "--model", model, "--by", "risk") == 0
    for place_of, entry in enumerate(DailyList.objects.get().entries.filter(listed=True)):
        word, because = ("innocent", "shop") if _is_shop(entry) else ("fraud", "victim")
        operations.judge(
            entry=entry, word=word, because=because, note="", by=account("desk"),
            now=at("09:30", f"2021-05-{28 + place_of % 3}"),
        )  # fmt: skip


def _is_shop(entry) -> bool:
    from jinzhong.vault import queries as vault

    return int(vault.plain(entry.number)["phone"]) % 2 == 1


def run(*given: object) -> int:
    return main(["numbers", *map(str, given)])


@pytest.mark.parametrize("time", [[], ["--time", "labelled_on"]])
def test_labels_are_fitted_as_they_are_written(judged, features, tmp_path, capsys, time):
    train, made = tmp_path / "train.csv", tmp_path / "own"
    assert run("labels", "--features", features, "--out", train, "--purpose", "重新训练", "--by", "risk") == 0

    assert run("fit", "--features", train, "--label", "fraud", *time, "--out", made) == 0

    card = json.loads((made / "card.json").read_text("utf-8"))
    assert card["features"] == ["max_fanout_1h_7d", "callback_share_7d"]
    assert (card["data"]["rows"], card["data"]["fraud_rows"]) == (24, 12)
    assert f"{16 if time else 24} of 24 rows judged" in capsys.readouterr().err
