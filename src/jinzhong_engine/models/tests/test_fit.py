"""A model learns what was planted, says so in words, and notices when somebody touched it."""

import os
from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from jinzhong_engine.backends.files import BadTable
from jinzhong_engine.models import boosting, score
from jinzhong_engine.models.card import BadModel

ON = "2021-05-31"


def planted(seed: int, rows: int = 600) -> pa.Table:
    """A fifth are fraud: they fan out and nobody rings back, with a tenth of each column missing."""
    rng = np.random.default_rng(seed)
    fraud = rng.random(rows) < 0.2
    fanout = np.where(fraud, rng.gamma(8, 5, rows), rng.gamma(2, 2, rows)).round()
    back = np.where(fraud, rng.beta(1, 20, rows), rng.beta(2, 4, rows))
    columns = {
        "max_fanout_1h_7d": fanout,
        "callback_share_7d": back,
        "in_calls_7d": rng.poisson(9, rows) * 1.0,
    }
    for column in columns.values():
        column[rng.random(rows) < 0.1] = np.nan
    return pa.table(
        {"number": [f"1540000{one:04}" for one in range(rows)], "label": fraud.astype(int)}
        | {name: pa.array(column, from_pandas=True) for name, column in columns.items()}
    )


@pytest.mark.parametrize(
    ("column", "values", "said"),
    [
        ("group", ["a", "b", "c", "d"], "at least 5 groups are needed, there are 4"),
        ("group", ["a", "b", "c", "d", "e", None], "column aside is empty in some rows"),
        ("time", [None, 1], "column aside is empty in some rows"),
    ],
)
def test_what_validation_cannot_use_is_refused_in_words(tmp_path, column, values, said):
    table = planted(seed=1).append_column("aside", pa.array([values[n % len(values)] for n in range(600)]))

    with pytest.raises((BadModel, BadTable), match=said):
        score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON, **{column: "aside"})


@pytest.mark.parametrize(
    ("rare", "said"), [(1, "is 1 in 9 rows and 0 in 91"), (0, "is 1 in 91 rows and 0 in 9")]
)
def test_too_few_rows_of_one_label_are_counted_in_words(tmp_path, rare, said):
    table = planted(seed=1, rows=100)
    labels = pa.array([rare] * 9 + [1 - rare] * 91)

    with pytest.raises(BadTable, match=f"^june.csv: the label fraud {said}; at least 10 of each are needed$"):
        score.fit_table(
            table.drop(["label"]).append_column("fraud", labels),
            label="fraud",
            out=tmp_path,
            data="june.csv",
            on=ON,
        )


def test_one_group_that_holds_all_fraud_cannot_be_judged_by_the_others(tmp_path):
    """Whoever judges that gang would have been fitted without any fraud: its figures and calibration would say nothing."""
    table = planted(seed=1)
    gangs = ["gang" if fraud else f"r{at}" for at, fraud in enumerate(table["label"].to_pylist())]

    with pytest.raises(BadModel, match="of one group"):
        score.fit_table(
            table.append_column("aside", pa.array(gangs)),
            label="label",
            out=tmp_path,
            data="planted",
            on=ON,
            group="aside",
        )


@pytest.mark.parametrize("twice", ["label", "in_calls_7d"])
def test_a_column_that_stands_there_twice_is_refused_in_words(tmp_path, twice):
    table = planted(seed=1)
    table = table.append_column(twice, table[twice])

    with pytest.raises(BadTable, match=f"column {twice} is there twice"):
        score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON)


def test_in_the_order_of_time_both_labels_must_come_to_be_judged(tmp_path):
    table = planted(seed=1)
    late = pa.array([1 - one for one in table["label"].to_pylist()])  # all fraud first, then the innocent

    with pytest.raises(BadModel, match="of one label only"):
        score.fit_table(
            table.append_column("aside", late),
            label="label",
            out=tmp_path,
            data="planted",
            on=ON,
            time="aside",
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("model")
    score.fit_table(planted(seed=1), label="label", out=out, data="planted", on=ON)
    return out


def test_it_learns_what_was_planted_and_says_so(folder):
    model, fresh = boosting.load(folder), planted(seed=2)

    found = score.score_table(model, fresh, where="fresh")

    chance, label = np.array(found["score"]), np.array(fresh["label"])
    assert model.card["figures"]["auc"] > 0.95
    assert abs(chance.mean() - label.mean()) < 0.03
    top = found.slice(int(chance.argmax()), 1).to_pylist()[0]
    assert top["reasons"].startswith(("近7天一小时内最多呼叫的不同号码", "近7天回拨占比"))
    assert "一般" in top["reasons"]


def test_the_label_and_who_it_is_are_never_features(folder):
    assert boosting.load(folder).features == ["max_fanout_1h_7d", "callback_share_7d", "in_calls_7d"]


def test_a_rarer_fraud_lowers_every_chance_and_keeps_the_order(folder):
    model, fresh = boosting.load(folder), planted(seed=2)

    here, rare = (
        np.array(score.score_table(model, fresh, where="", prevalence=p)["score"]) for p in (None, 0.001)
    )

    odds = rare / (1 - rare) / (here / (1 - here))
    prior = model.card["prevalence"]
    assert odds == pytest.approx(0.001 / 0.999 / (prior / (1 - prior)), rel=1e-6)
    assert (np.argsort(here, kind="stable") == np.argsort(rare, kind="stable")).all()


def test_the_same_rows_give_the_same_bytes(folder, tmp_path):
    score.fit_table(planted(seed=1), label="label", out=tmp_path, data="planted", on=ON)

    for name in ("model.txt", "card.json"):
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_a_chance_does_not_depend_on_its_neighbours(folder):
    model, fresh = boosting.load(folder), planted(seed=3, rows=64)

    whole = score.score_table(model, fresh, where="")["score"].to_pylist()
    alone = [score.score_table(model, fresh.slice(at, 1), where="")["score"][0].as_py() for at in range(64)]

    assert whole == alone


@pytest.mark.parametrize("name", ["model.txt", "card.json"])
def test_a_file_edited_by_hand_is_refused(folder, tmp_path, name):
    for one in ("model.txt", "card.json"):
        (tmp_path / one).write_bytes((folder / one).read_bytes())
    text = (tmp_path / name).read_text("utf-8")
    (tmp_path / name).write_text(text.replace("0.0", "0.1", 1), "utf-8")

    with pytest.raises(BadModel, match=name):
        boosting.load(tmp_path)


class Killed(Exception):
    pass


def _killed_at(monkeypatch, name: str, at: int) -> None:
    """The n-th call of it ends the process."""
    do, calls = getattr(os, name), []

    def die(*arguments, **named):
        calls.append(1)
        if len(calls) == at:
            raise Killed
        return do(*arguments, **named)

    monkeypatch.setattr(os, name, die)


@pytest.mark.parametrize(
    ("name", "at", "said"),
    [
        ("fsync", 1, None),
        ("replace", 1, None),
        ("fsync", 3, "model.txt: is not the file"),
        ("replace", 2, "model.txt: is not the file"),
    ],
)
def test_killed_while_it_writes_a_model_stays_whole_or_is_refused(
    folder, tmp_path, monkeypatch, name, at, said
):
    """Before the new text is on the disk, before it stands in its place; the same of the card."""
    for one in ("model.txt", "card.json"):
        (tmp_path / one).write_bytes((folder / one).read_bytes())
    _killed_at(monkeypatch, name, at)

    with pytest.raises(Killed):
        score.fit_table(planted(seed=5), label="label", out=tmp_path, data="planted", on=ON)

    if said:
        with pytest.raises(BadModel, match=said):
            boosting.load(tmp_path)
    else:
        assert boosting.load(tmp_path).card == boosting.load(folder).card


def test_killed_before_its_card_stands_a_first_model_is_none(tmp_path, monkeypatch):
    _killed_at(monkeypatch, "fsync", 3)

    with pytest.raises(Killed):
        score.fit_table(planted(seed=1), label="label", out=tmp_path, data="planted", on=ON)

    with pytest.raises(BadModel, match="no model here"):
        boosting.load(tmp_path)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda t: t.drop(["in_calls_7d"]), "in_calls_7d is missing"),
        (lambda t: t.set_column(2, "max_fanout_1h_7d", pa.array(["many"] * t.num_rows)), "not numbers"),
        (
            lambda t: t.set_column(2, "max_fanout_1h_7d", pa.array([float("inf")] * t.num_rows)),
            "infinite in row 1",
        ),
        (lambda t: t.drop(["number"]), "no column id or number"),
    ],
)
def test_columns_it_was_not_fitted_on_are_refused(folder, spoil, said):
    with pytest.raises(BadTable, match=said):
        score.score_table(boosting.load(folder), spoil(planted(seed=2)), where="f.csv")


@pytest.mark.parametrize(
    ("given", "kind", "judged"),
    [
        ({"group": "gang"}, "grouped", 600),
        ({"time": "day"}, "time-ordered", 400),
        ({"time": "day", "group": "gang"}, "grouped, time-ordered", 400),
    ],
)
def test_validation_follows_groups_and_time(tmp_path, given, kind, judged):
    """Three days of 200 rows: the first judges the second, both the third. Cut by rows it would be 500, and days on both sides."""
    days = [f"2021-05-{29 + at // 200}" for at in range(600)]
    gangs = [f"g{at % 40}" for at in range(600)]
    table = planted(seed=1).append_column("day", pa.array(days)).append_column("gang", pa.array(gangs))
    table = table.drop([one for one in ("day", "gang") if one not in given.values()])

    card = score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON, **given)

    assert card["validation"]["kind"] == kind
    assert card["features"] == ["max_fanout_1h_7d", "callback_share_7d", "in_calls_7d"]
    assert card["validation"]["rows_judged"] == judged


def test_rows_of_one_time_cannot_judge_each_other(tmp_path):
    table = planted(seed=1).append_column("day", pa.array([ON] * 600))

    with pytest.raises(BadModel, match="all rows are of one time"):
        score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON, time="day")


def test_what_labels_writes_is_never_a_feature(tmp_path):
    table = planted(seed=1)
    days, whence = pa.array([date(2021, 5, 31)] * 600), pa.array(["verdict"] * 600)
    table = table.append_column("labelled_on", days).append_column("label_from", whence)

    card = score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON)

    assert card["features"] == ["max_fanout_1h_7d", "callback_share_7d", "in_calls_7d"]


@pytest.mark.parametrize("name", ["number", "id"])
def test_a_number_that_is_there_twice_has_two_scores_and_is_refused(folder, name):
    fresh = planted(seed=2)
    numbers = [*fresh["number"].to_pylist()[:-1], fresh["number"][4].as_py()]
    twice = fresh.set_column(0, name, pa.array(numbers))

    with pytest.raises(BadTable, match="is the same in row 600 as in row 5; leave one") as refused:
        score.score_table(boosting.load(folder), twice, where="f.csv")
    assert "1540000" not in str(refused.value)


def test_a_row_without_a_number_is_nobodys_score(tmp_path):
    table = planted(seed=1)
    score.fit_table(table, label="label", out=tmp_path, data="planted", on=ON)
    numbers = table["number"].to_pylist()
    numbers[2] = None

    with pytest.raises(BadTable, match="column number is empty in row 3"):
        score.score_table(
            boosting.load(tmp_path), table.set_column(0, "number", pa.array(numbers, pa.string())), where="t"
        )
