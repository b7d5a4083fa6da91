"""Readable rules beside a list: by command, on a number's page, tried on the office's page, switched on, rolled back."""

import re
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.audit.models import Event
from jinzhong.cli import main
from jinzhong.scoring.models import DailyList, Naming, Rule
from tests.district import at
from tests.number_list import fitted, write
from tests.pages import logged_in, send, text

HOT, QUIET = "frequent_short_calls", "15400002095"
BY_BOTH, BY_RULE = "15400002093", "15400002094"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:00"))


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> Path:
    """It has learnt that fraud is rung back by nobody: of whom the rules name it knows nothing."""
    return fitted(tmp_path_factory.mktemp("model"), "in_calls_7d")


@pytest.fixture
def scores(tmp_path, model) -> Path:
    """The first is likely fraud, two are not."""
    table = write(tmp_path / "f.csv", "number,in_calls_7d", [[BY_BOTH, 64], [BY_RULE, 5], [QUIET, 5]])
    out = tmp_path / "scores.csv"
    given = ["--model", str(model), "--features", str(table), "--prevalence", "0.01", "--out", str(out)]
    assert main(["numbers", "score", *given]) == 0
    return out


@pytest.fixture
def calls(tmp_path) -> Path:
    """On 30 May from ten o'clock two ring forty strangers each, of whom one in ten answers; somebody unscored rings forty more."""
    rows = [
        [who, f"154100{band}{one:04}", f"2021-05-30T10:{one:02}:00+08:00", 5 * (one % 10 == 0), "domestic", "", "", ""]
        for band, who in enumerate((BY_BOTH, BY_RULE, "15400009999"))
        for one in range(40)
    ]  # fmt: skip
    rows.append([BY_BOTH, "15410000001", "2021-05-30T12:00:00+08:00", 1320, "domestic", "", "", ""])
    rows.append([BY_RULE, "15410010001", "2021-05-30T12:00:00+08:00", 1500, "domestic", "", "", ""])
    return write(tmp_path / "calls.csv", "caller,callee,start,seconds,kind,cell,imei,peer_city", rows)


def bring(scores: Path, model: Path, calls: Path | None, *more: str, day: str = "2021-05-31") -> int:
    given = ["numbers", "list", "import", str(scores), "--day", day, "--model", str(model)]
    given += ["--prevalence", "0.01", "--by", "risk_1", *(["--calls", str(calls)] if calls else [])]
    return main([*given, *more])


def figures(page: str, rule: str) -> list[str]:
    """The figures of one rule in the trial."""
    [found] = re.findall(rf'<tr data-rule="{rule}">(.*?)</tr>', page, re.DOTALL)
    return [re.sub("<.*?>", "", cell) for cell in re.findall(r"<td.*?</td>", found)][1:]


def test_a_rule_is_tried_switched_on_and_rolled_back(operators, model, scores, calls, capsys, monkeypatch):
    assert bring(scores, model, calls, "--signals") == 0
    assert "the rules name 2 numbers" in capsys.readouterr().err
    first = DailyList.objects.get()
    assert (first.listed, first.named[HOT], first.named["same_list"]) == (1, 2, 0)

    risk, desk = logged_in(operators.risk_1), logged_in(operators.desk)
    page = text(risk.get("/numbers"))
    assert page.count("data-row") == 1
    assert "短时高频外呼" in page
    assert "规则点名" not in page
    page = text(risk.get(f"/numbers/{first.entries.get(listed=True).pk}"))
    assert "一小时内呼叫 40 个不同号码，接通 10%" in page
    assert "快递员：一小时也打几十个，但大多有人接。" in page

    send(desk, f"/numbers/{first.entries.get(listed=True).pk}/judge", word="fraud", because="script")
    assert '"/numbers/signals"' in text(desk.get("/numbers/line"))
    page = text(desk.get("/numbers/signals"))
    assert figures(page, HOT) == ["2", "1", "1.0最多 1", "1", "0", "判过的不够，说不准", "1"]
    assert figures(page, "same_list") == ["0", "0", "0.0", "0", "0", "判过的不够，说不准", "0"]
    assert "5月2日至5月31日，试了 1 天：5月31日。" in page
    assert "没有名单的 29 天没试</b>：5月2日–5月30日。" in page
    assert "numbers list import scores.csv --day 2021-05-02 --model model/ --calls calls/ --signals" in page

    said = {"signal": HOT, "since": "2021-06-01", "why": "核过几个，都是"}
    for wrong in ({"since": "2021-05-30"}, {"since": ""}, {"why": " "}, {"signal": "daily_spread"}):
        assert send(desk, "/numbers/signals/on", **said | wrong).status_code == 422
    assert not Rule.objects.exists()
    page = text(send(desk, "/numbers/signals/on", **said))
    assert "“短时高频外呼”点名的号码也上榜" in page
    assert "核过几个，都是" in page
    assert "点名 2 个，判过 1，涉诈 1" in page
    assert bring(scores, model, calls, "--signals") == 0
    assert "nothing changed" in capsys.readouterr().err

    monkeypatch.setattr(clock, "now", lambda: at("09:00", "2021-06-01"))
    risk, desk = logged_in(operators.risk_1), logged_in(operators.desk)
    assert bring(scores, model, calls, "--signals", day="2021-06-01") == 0
    second = DailyList.objects.get(day="2021-06-01")
    by_chance, by_rule = second.entries.filter(listed=True)
    assert (second.listed, by_rule.score < second.threshold) == (2, True)
    assert second.expected == pytest.approx((by_chance.score + by_rule.score) / 2)
    page = text(risk.get("/numbers"))
    assert page.count("data-row") == 2
    assert page.count("规则点名</b>") == 1
    assert "其中规则点名 1 个" in page
    page = text(risk.get(f"/numbers/{by_rule.pk}"))
    assert "分数不过线，是启用的规则点了名才上榜的" in page
    assert "近 7 天打通 5 人" in page  # whom it got hold of is worked out for it too
    assert "涉诈" in text(send(risk, f"/numbers/{by_rule.pk}/judge", word="innocent", because="courier"))
    assert logged_in(operators.risk_2).get(f"/numbers/{by_rule.pk}").status_code == 404
    assert figures(text(desk.get("/numbers/signals")), HOT)[:5] == [
        "2",
        "1涉诈 0，不是 1",
        "1.0最多 1",
        "1",
        "1",
    ]

    rule = Rule.objects.get()
    for wrong in ({}, {"rule": "x", "why": "y"}, {"rule": rule.pk, "why": " "}):
        assert send(desk, "/numbers/signals/back", **wrong).status_code == 422
    page = text(send(desk, "/numbers/signals/back", rule=rule.pk, why="把快递员也列了"))
    assert "它带上名单的 1 个号码留在收过的名单上，其中今天的 1 个" in page
    assert "1 个，判为涉诈 0，不是 1" in page
    assert "把快递员也列了" in page
    assert "试了 1 份名单，点名 2 个，判过 1，涉诈 1" in page
    assert "只因它点名的 1 个还在，下一份起不再上榜" in text(risk.get("/numbers"))
    assert send(desk, "/numbers/signals/back", rule=rule.pk, why="再退").status_code == 422
    monkeypatch.setattr(clock, "now", lambda: at("09:00", "2021-06-02"))
    assert bring(scores, model, calls, "--signals", day="2021-06-02") == 0
    assert DailyList.objects.get(day="2021-06-02").listed == 1
    assert DailyList.objects.get(day="2021-06-01").listed == 2
    told = Event.objects.filter(kind__startswith="scoring.rule_").order_by("pk")
    assert [one.kind for one in told] == ["scoring.rule_on", "scoring.rule_off"]
    assert BY_RULE not in str([one.facts for one in Event.objects.all()])


def test_a_list_that_did_not_ask_says_so_where_a_rule_is_on(operators, model, scores, calls, capsys):
    assert bring(scores, model, None, "--signals") == 2
    assert "--signals: go with --calls" in capsys.readouterr().err
    assert bring(scores, model, calls) == 0
    assert not Naming.objects.exists()
    risk, desk = logged_in(operators.risk_1), logged_in(operators.desk)
    assert "名单没有问过规则" in text(desk.get("/numbers/signals"))
    said = {"signal": HOT, "since": "2021-05-31", "why": "试"}
    assert "没有试算" in text(send(desk, "/numbers/signals/on", **said))
    page = text(risk.get(f"/numbers/{DailyList.objects.get().entries.get(listed=True).pk}"))
    assert "点它的名" not in page

    assert bring(scores, model, calls, "--signals") == 0
    assert send(desk, "/numbers/signals/on", **said).status_code == 200
    assert "没有问" not in text(risk.get("/numbers"))
    capsys.readouterr()
    assert bring(scores, model, calls, day="2021-05-31") == 0
    assert "rules that are switched on weren't asked" in capsys.readouterr().err
    assert "收这份名单时没有问" in text(risk.get("/numbers"))


def test_who_may_switch_rules(operators):
    risk = logged_in(operators.risk_1)
    assert risk.get("/numbers/signals").status_code == 403
    assert send(risk, "/numbers/signals/on", signal=HOT, since="2021-06-01", why="试").status_code == 403
    assert send(risk, "/numbers/signals/back").status_code == 403
    assert logged_in(operators.desk).get("/numbers/signals").status_code == 200
