"""What people said of numbers fits a model, by the commands of the handbook."""

import json
from pathlib import Path

import pyarrow.parquet as pq
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


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A district of 8,000 for 18 days."""
    folder = tmp_path_factory.mktemp("world")
    given = ["--seed", "7", "--residents", "8000", "--days", "18", "--out", str(folder)]
    assert main(["world", "build", *given]) == 0
    return folder


@pytest.fixture
def truth(world) -> set[str]:
    table = pq.read_table(world / "truth" / "numbers.parquet", columns=["number", "role"]).to_pylist()
    return {one["number"] for one in table if one["role"] == "fraud"}


class Office:
    """Who judges the list of 27 May rightly, fits a model of it, and scores 30 May."""

    def __init__(self, world: Path, folder: Path, truth: set[str]) -> None:
        self.calls, self.folder, self.truth = world / "calls", folder, truth
        for day in (27, 30):
            moment = f"2021-05-{day}T00:00:00+08:00"
            assert run("features", "--calls", self.calls, "--as-of", moment, "--out", self.of(day)) == 0

    def of(self, day: int) -> Path:
        return self.folder / f"features-{day}.parquet"

    def listed(self, day: int, *model: object) -> set[str]:
        """Brought in as the day's list."""
        scores = self.folder / f"scores-{day}.parquet"
        assert run("score", *model, "--features", self.of(day), "--prevalence", 0.003, "--out", scores) == 0
        assert (
            run("list", "import", scores, "--day", f"2021-05-{day}", *model, "--by", "risk", "--simulated")
            == 0
        )
        return {_phone(one) for one in self.entries(day)}

    def entries(self, day: int):
        from jinzhong.scoring.models import DailyList

        kept = DailyList.objects.get(day=f"2021-05-{day}", superseded_at=None)
        return kept.entries.filter(listed=True).select_related("number")

    def judge(self) -> None:
        from jinzhong.district.queries import account
        from jinzhong.scoring import operations

        for one in self.entries(27):
            said = ("fraud", "victim") if _phone(one) in self.truth else ("innocent", "shop")
            operations.judge(
                entry=one, word=said[0], because=said[1], note="", by=account("desk"), now=clock.now()
            )

    def active(self, day: int) -> set[str]:
        return self.truth & set(pq.read_table(self.of(day), columns=["number"])["number"].to_pylist())


def _phone(entry) -> str:
    from jinzhong.vault import queries as vault

    return vault.plain(entry.number)["phone"]


def test_before_anybody_has_judged_there_is_nothing_to_learn_from(operator, place, tmp_path, capsys):
    """Strangers alone are no labels: a model needs both kinds."""
    table, train = tmp_path / "features.csv", tmp_path / "train.csv"
    table.write_text("number,out_calls_7d\n15410007104,3\n15410000936,5\n", "utf-8")
    take = ["labels", "--features", table, "--purpose", "重新训练", "--by", "desk", "--out", train]
    for more in ([], ["--background", 2]):
        assert run(*take, *more) == 2
        assert "judge some of a list first" in capsys.readouterr().err
    assert not train.exists()


def test_a_model_of_verdicts_and_strangers_makes_a_useful_list(
    operator, place, world, truth, tmp_path, capsys
):
    """The model that ships lists; people judge rightly; a model of that alone lists a tenth of the district, one that has seen
    strangers finds nearly all fraud and fewer others than the one that shipped."""
    office = Office(world, tmp_path, truth)
    office.listed(27)
    office.judge()
    shipped = office.listed(30)
    there = office.active(30)
    train, made = tmp_path / "train.parquet", tmp_path / "own"
    take = ["labels", "--features", office.of(27), "--purpose", "重新训练", "--by", "desk", "--out", train]

    assert run(*take) == 0
    assert run("fit", "--features", train, "--label", "fraud", "--out", made) == 0
    assert "innocent rows where a thousand are needed" in capsys.readouterr().err

    assert run(*take, "--background", 4000) == 0
    assert "were drawn as presumed innocent" in capsys.readouterr().err
    assert run("fit", "--features", train, "--label", "fraud", "--out", made) == 0
    assert "a thousand are needed" not in capsys.readouterr().err
    card = json.loads((made / "card.json").read_text("utf-8"))
    assert card["data"]["presumed_rows"] == 4000

    own = office.listed(30, "--model", made)
    assert len(there) >= 10
    assert len(own & there) >= 0.8 * len(there)
    assert len(own - truth) <= len(shipped - truth)
