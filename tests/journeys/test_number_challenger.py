"""Another model's scores of the day stand beside the list: by command, on the office's page, and as the only lists from a day on."""

import re
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.audit.models import Event
from jinzhong.cli import main
from jinzhong.scoring.models import Challenge, DailyList, Entry, Opinion, Promotion
from tests.district import at
from tests.number_list import write
from tests.pages import logged_in, send, text

HEAD = "number,max_fanout_1h_7d,in_calls_7d"
DAY = "2021-05-31"
BOTH, LIST_ONLY, RIVAL_ONLY, NEITHER = "15400002093", "15400002094", "15400002095", "15400002096"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:00"))


@pytest.fixture(scope="module")
def models(tmp_path_factory) -> tuple[Path, Path]:
    """One has learnt that fraud rings many an hour, the other that it is rung back by many."""
    found = []
    for feature, more in (("max_fanout_1h_7d", 60), ("in_calls_7d", 50)):
        folder = tmp_path_factory.mktemp(feature)
        rows = [[f"1540000{one:04}", 3 + one % 5 + more * (one % 2), one % 2] for one in range(80)]
        table = write(folder / "t.csv", f"number,{feature},fraud", rows)
        given = ["--features", str(table), "--label", "fraud", "--out", str(folder)]
        assert main(["numbers", "fit", *given]) == 0
        found.append(folder)
    return found[0], found[1]


@pytest.fixture
def files(tmp_path, models) -> tuple[Path, Path]:
    """What each makes of the same four numbers."""
    rows = [[BOTH, 64, 64], [LIST_ONLY, 64, 5], [RIVAL_ONLY, 5, 64], [NEITHER, 5, 5]]
    table = write(tmp_path / "f.csv", HEAD, rows)
    found = tmp_path / "scores.csv", tmp_path / "others.csv"
    for model, out in zip(models, found, strict=True):
        given = ["--model", str(model), "--features", str(table), "--prevalence", "0.01", "--out", str(out)]
        assert main(["numbers", "score", *given]) == 0
    return found


def bring(file: Path, model: Path, *, of: str = DAY) -> int:
    given = ["numbers", "list", "import", str(file), "--day", of, "--model", str(model)]
    return main([*given, "--prevalence", "0.01", "--by", "risk_1"])


def challenge(file: Path, model: Path, *, by: str = "risk_1") -> int:
    return main(["numbers", "list", "challenge", str(file), "--day", DAY, "--model", str(model), "--by", by])


def row(page: str, word: str) -> list[str]:
    """The figures of one row of the comparison."""
    [found] = re.findall(rf"<tr><td><b>{word}</b></td>(.*?)</tr>", page)
    return [re.sub("<.*?>", "", cell) for cell in re.findall(r"<td.*?</td>", found)]


def test_a_challenger_is_compared_and_lists_nobody(operators, models, files, capsys):
    assert challenge(files[1], models[1]) != 0
    assert "there is no list of this day yet" in capsys.readouterr().err
    assert bring(files[0], models[0]) == 0
    assert challenge(files[0], models[0]) != 0
    assert "这天的名单就是这个模型出的" in capsys.readouterr().err
    assert challenge(files[1], models[1]) == 0
    assert "4 numbers scored, 2 would be listed beside 2; kept for comparison" in capsys.readouterr().err
    assert challenge(files[1], models[1]) == 0
    assert "nothing changed" in capsys.readouterr().err
    assert (Challenge.objects.count(), DailyList.objects.count()) == (1, 1)
    assert Entry.objects.filter(listed=True).count() == 2

    desk = logged_in(operators.desk)
    for one in Entry.objects.filter(listed=True):
        send(desk, f"/numbers/{one.pk}/judge", word="fraud", because="script")
    page = text(desk.get("/numbers/challenger"))
    short = "判过的不够，说不准"
    assert row(page, "名单") == ["2", "2", "2", "2", short, "0"]
    assert row(page, "挑战者") == ["2", "2", "1", "1", short, "1"]
    assert row(page, "两边都列") == ["", "1", "1", "1", short, "0"]
    assert row(page, "只有名单列") == ["", "1", "1", "1", short, "0"]
    assert row(page, "只有挑战者列") == ["", "1", "0", "0", short, "1"]
    assert "名单的线 0." in page
    assert "多半从没给人看过，所以没有人判过" in page
    assert '"/numbers/challenger"' in text(desk.get("/numbers/line"))
    assert "154****2095" not in page + text(desk.get("/numbers")) + text(
        desk.post("/numbers", {"words": RIVAL_ONLY})
    )


def test_only_the_office_compares_and_an_operator_brings_its_own(operators, models, files, capsys):
    assert bring(files[0], models[0]) == 0
    assert challenge(files[1], models[1], by="risk_2") != 0  # has no list of this day
    assert challenge(files[1], models[1], by="town_yuelin") != 0
    assert not Opinion.objects.exists()
    assert challenge(files[1], models[1]) == 0
    risk = logged_in(operators.risk_1)
    assert risk.get("/numbers/challenger").status_code == 403
    said = {"model": Challenge.objects.get().model, "since": "2021-06-01", "why": "更准"}
    assert send(risk, "/numbers/challenger/promote", **said).status_code == 403
    assert send(risk, "/numbers/challenger/back").status_code == 403
    assert not Promotion.objects.exists()


def test_from_its_day_on_a_promoted_model_alone_is_taken(operators, models, files, capsys, monkeypatch):
    assert bring(files[0], models[0]) == 0
    assert challenge(files[1], models[1]) == 0
    before = DailyList.objects.get()
    desk, model = logged_in(operators.desk), Challenge.objects.get().model
    said = {"model": model, "since": "2021-06-01", "why": "多找到一个"}
    for wrong in ({"since": "2021-05-30"}, {"why": " "}, {"model": before.model}, {"since": ""}):
        assert send(desk, "/numbers/challenger/promote", **said | wrong).status_code == 422
    assert not Promotion.objects.exists()
    page = text(send(desk, "/numbers/challenger/promote", **said))
    assert f"起只收模型 {model[:12]} 的名单" in page
    assert "多找到一个" in page

    monkeypatch.setattr(clock, "now", lambda: at("09:00", "2021-06-01"))
    assert bring(files[0], models[0], of="2021-06-01") != 0
    assert f"2021-06-01 起只收模型 {model[:12]} 的名单" in capsys.readouterr().err
    assert bring(files[0], models[0], of="2021-05-30") == 0  # a day before
    assert bring(files[0], models[0]) == 0
    assert bring(files[1], models[1], of="2021-06-01") == 0
    assert DailyList.objects.filter(pk=before.pk, superseded_at=None, listed=2).exists()

    desk = logged_in(operators.desk)
    assert "已退回上一个模型" in text(send(desk, "/numbers/challenger/back"))
    assert send(desk, "/numbers/challenger/back").status_code == 422
    assert bring(files[0], models[0], of="2021-06-01") == 0
    told = Event.objects.filter(kind__in=["scoring.challenged", "scoring.promoted", "scoring.demoted"])
    assert [one.kind.split(".")[1] for one in told.order_by("pk")] == ["challenged", "promoted", "demoted"]
