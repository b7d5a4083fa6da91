"""A list comes in with its calls, and the page of a number draws what they say: reasons beside ordinary numbers, whom it rang."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from jinzhong import clock
from jinzhong.cli import main
from jinzhong.district.queries import account
from jinzhong.scoring import operations
from jinzhong.scoring.given import LiveLine
from jinzhong.scoring.models import DailyList
from jinzhong_engine.evaluate.rung import Rung
from tests.district import at
from tests.number_list import DAY, MEASURES, RUNG, judged, microseconds, write
from tests.pages import logged_in, send, text

HEAD = "caller,callee,start,seconds,kind,cell,imei,peer_city"
FIRST = "15400002093"


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:30"))


@pytest.fixture
def calls(tmp_path) -> Path:
    """On 30 May from ten o'clock it rings 64 people, one a minute, and in the first four minutes one more; the day before two."""
    day = [[FIRST, f"1541000{one:04}", f"2021-05-30T10:{one % 60:02}:00+08:00"] for one in range(64)]
    before = [[FIRST, f"1541000{one:04}", "2021-05-29T10:00:00+08:00"] for one in range(2)]
    return write(tmp_path / "calls.csv", HEAD, [[*row, 0, "domestic", "", "", ""] for row in before + day])


def score(model: Path, calls: Path) -> Path:
    out = calls.with_name("scores.csv")
    given = ["--model", str(model), "--calls", str(calls), "--as-of", "2021-05-31T00:00:00+08:00"]
    assert main(["numbers", "score", *given, "--prevalence", "0.01", "--out", str(out)]) == 0
    return out


def bring(model: Path, scores: Path, *more: str) -> int:
    given = ["--day", "2021-05-31", "--model", str(model), "--prevalence", "0.01", "--by", "risk"]
    return main(["numbers", "list", "import", str(scores), *given, *more])


def page_of(first) -> str:
    return text(logged_in(account("risk")).get(f"/numbers/{first.pk}"))


def cells(page: str, after: str) -> list[str]:
    """The figures of the table that follows."""
    return re.findall(r'<td class="num">([^<]*)</td>', page.split(after)[1].split("</table>")[0])


def test_the_scores_calls_show_each_reason_beside_others_and_whom_it_rang(operator, model, calls, capsys):
    scores = score(model, calls)
    capsys.readouterr()
    assert bring(model, scores, "--calls", str(calls)) == 0
    assert "shown as texts" not in capsys.readouterr().err

    page = page_of(DailyList.objects.get().entries.get(listed=True))
    assert "普通号码至少八成在 3–7 个" in page
    assert "<b>近7天一小时内最多呼叫的不同号码 64 个</b>" in page
    assert '强 <span class="mute">100%</span>' in page
    [dot] = re.findall(r'<circle cx="([\d.]+)" cy="14" r="6"/>', page)
    assert float(dot) == 232  # the farthest value stands at the right end
    [band] = re.findall(r'<rect class="band" x="([\d.]+)"', page)
    assert float(band) == pytest.approx(8 + 224 * (3 / 64) ** 0.5)  # by square root
    assert "最忙的一小时呼叫 64 个号码" in page
    assert "5月30日 10:00 起的一小时" in page
    assert cells(page, "从几时起的一天") == ["0", "0", "0", "0", "0", "2", "64"]
    assert cells(page, "从几时起的 5 分钟") == ["9", *["5"] * 11]


def test_other_calls_leave_the_reasons_as_texts_and_say_so(operator, model, calls, tmp_path, capsys):
    scores = score(model, calls)
    rest = calls.read_text("utf-8").splitlines()[:30]
    other = tmp_path / "other.csv"
    other.write_text("\n".join(rest) + "\n", "utf-8")
    assert bring(model, scores, "--calls", str(other)) == 0
    assert "say the reasons of 0 of 1 listed numbers again" in capsys.readouterr().err

    page = page_of(DailyList.objects.get().entries.get(listed=True))
    assert "近7天一小时内最多呼叫的不同号码 64 个" in page
    assert "普通号码至少八成" not in page
    assert "最忙的一小时呼叫 27 个号码" in page


def test_how_old_the_number_is_is_drawn_where_the_scores_register_is_given(operator, calls, tmp_path, capsys):
    """The model knows of young numbers that they were fraud, of old ones and of those it knows nothing of that they weren't."""
    rows = [
        [f"1540001{one:04}", one % 2, 5 if one % 2 else ["", 500 + one][one % 4 // 2]] for one in range(300)
    ]
    table, model = write(tmp_path / "ages.csv", "number,fraud,age_days_ever", rows), tmp_path / "by-age"
    fit = ["numbers", "fit", "--features", str(table), "--label", "fraud", "--out", str(model)]
    assert main(fit) == 2
    assert "no column to learn from" in capsys.readouterr().err
    assert main([*fit, "--with", "subscribers"]) == 0
    sold = str(write(tmp_path / "sold.csv", "number,opened", [[FIRST, "2021-05-26"]]))
    capsys.readouterr()
    given = ["--model", str(model), "--calls", str(calls), "--as-of", "2021-05-31T00:00:00+08:00"]
    given += ["--prevalence", "0.01", "--out", str(tmp_path / "scores.csv")]
    assert main(["numbers", "score", *given]) == 2
    assert "judges by age_days_ever (开户至今) too: give --subscribers" in capsys.readouterr().err
    assert main(["numbers", "score", *given, "--subscribers", sold]) == 0

    assert bring(model, tmp_path / "scores.csv", "--subscribers", sold) == 2
    assert "--subscribers: go with --calls" in capsys.readouterr().err
    assert bring(model, tmp_path / "scores.csv", "--calls", str(calls), "--subscribers", sold) == 0
    assert "shown as texts" not in capsys.readouterr().err
    assert "<b>开户至今 5 天</b>" in page_of(DailyList.objects.get().entries.get(listed=True))


def test_without_calls_the_page_is_words_alone(operator, model, calls, capsys):
    assert bring(model, score(model, calls)) == 0
    page = page_of(DailyList.objects.get().entries.get(listed=True))
    assert "近7天一小时内最多呼叫的不同号码 64 个" in page
    assert "右边是普通号码一般是多少" in page
    assert "最忙的一小时" not in page
    assert "请管机器的人连话单一起再收一次" in page

    assert bring(model, calls.with_name("scores.csv"), "--messages", str(calls)) == 2
    assert "--messages: go with --calls" in capsys.readouterr().err
    assert bring(model, calls.with_name("scores.csv"), "--calls", str(calls)) == 0
    assert DailyList.objects.get(superseded_at=None).revision == 2


def test_what_happened_to_the_number_is_marked_on_its_days(operators):
    """Cut at midnight, listed live at noon of the day before, judged at half past nine; of the other number nothing is known."""
    watched = LiveLine(1, 9, "d", FIRST, at("12:00", "2021-05-30"), True, 0.9, [], 7)  # fmt: skip
    operations.keep_live(
        operator=operators.operator_1,
        file="l",
        lines=[watched],
        simulated=False,
        by="risk_1",
        now=at("09:00"),
    )
    given = replace(judged(), measures=MEASURES, rung=RUNG)
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=at("09:00")
    )
    first, second = kept.entries.filter(listed=True)
    risk = logged_in(operators.risk_1)
    send(risk, f"/numbers/{first.pk}/judge", word="fraud", because="script")

    page = text(risk.get(f"/numbers/{first.pk}"))
    marks = re.findall(r"<li><b>(\d)</b> ([^<]*)</li>", page)
    assert marks == [
        ("1", "5月30日 12:00 实时上榜"),
        ("2", "5月31日 00:00 名单截止"),
        ("3", "5月31日 09:30 运营商 涉诈"),
    ]
    lines = [float(one) for one in re.findall(r'<path class="mark" d="M([\d.]+) ', page)]
    assert lines == pytest.approx(
        [6.5 * 38, 7 * 38, (7 + 9.5 / 24) * 38]
    )  # none in the hour from ten o'clock
    assert "模型卡没有写普通号码是多少" in page  # of the second reason
    page = text(risk.get(f"/numbers/{second.pk}"))
    assert "给的话单里，近 7 天没有它打出的电话" in page
    assert "普通号码至少八成" not in page
    assert kept.entries.get(listed=False).rung is None  # below the line nobody's calls are counted


def test_a_hub_is_marked_first_on_the_list_and_on_its_page(operators):
    """The mark of one that talks with thousands is neither drawn nor weighed; the reasons behind it keep their own."""
    mark = "枢纽号码：近7天与 1,240 个号码往来，平台、热线也这样，先核登记单位"
    listed = judged()
    first = replace(listed.rows[0], reasons=[mark, *listed.rows[0].reasons])
    given = replace(listed, rows=[first, *listed.rows[1:]], measures=MEASURES, rung=RUNG)
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=at("09:00")
    )
    risk = logged_in(operators.risk_1)

    assert mark in text(risk.get("/numbers"))
    page = text(risk.get(f"/numbers/{kept.entries.get(rank=1).pk}"))
    hub, fanout = page.split('id="why"')[1].split("</table>")[0].split("<tr>")[2:4]
    assert mark in hub
    assert "<svg" not in hub
    assert "%" not in hub
    assert "没有写普通号码" not in hub
    assert "普通号码至少八成在 1–6 个" in fanout
    assert "60%" in fanout


def test_figures_are_read_in_english(operators):
    given = replace(
        judged(),
        measures=MEASURES,
        rung={FIRST: Rung([1] * 7, microseconds(at("10:00", "2021-05-30")), [1] * 12)},
    )
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=given, by="risk_1", now=at("09:00")
    )
    risk = logged_in(operators.risk_1)
    risk.post("/language", {"language": "en", "next": "/numbers"})
    page = text(risk.get(f"/numbers/{kept.entries.first().pk}"))
    assert re.search(r">1–6</text>|>1–6 numbers</text>", page)
    assert "6 个" not in page


def test_how_early_it_was_found_is_counted_from_the_calls_and_from_the_watch(operator, model, calls):
    """66 calls from ten o'clock on 29 May, 36 of them before the watch listed it at half past ten of the 30th; nobody answered. It alone
    rang anybody, so that the old rule of the same size lists whoever calls."""
    scores = score(model, calls)
    assert bring(model, scores, "--calls", str(calls)) == 0
    kept = DailyList.objects.get()
    found = kept.entries.get(listed=True)
    assert kept.plain_limit == 0
    assert found.early == {
        "live": False,
        "ago": 38 * 3600,
        "listed": {"calls": 66, "seconds": 38 * 3600, "people": 0},
        "plain": {"calls": 2, "seconds": 0, "people": 0},  # both at the first moment
    }

    line = LiveLine(1, 9, "d" * 64, FIRST, at("10:30", "2021-05-30"), True, 0.9, [], 0)
    operations.keep_live(
        operator=operator, file="l", lines=[line], simulated=False, by="risk", now=at("09:00")
    )
    assert bring(model, scores, "--calls", str(calls)) == 0
    assert DailyList.objects.count() == 1  # the same input again
    assert bring(model, scores, "--calls", str(calls), "--simulated") == 0
    newer = DailyList.objects.get(superseded_at=None).entries.get(listed=True)
    assert newer.early["live"]
    assert newer.early["listed"] == {"calls": 36, "seconds": 88_200, "people": 0}
