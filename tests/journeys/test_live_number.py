"""A number that the live watch listed has a page at once: looked at, judged with two clicks, shown plain for a purpose."""

import pytest

from jinzhong import clock
from jinzhong.scoring import operations, queries
from jinzhong.scoring.given import LiveLine
from jinzhong.scoring.models import LiveChange, Verdict
from tests.district import at
from tests.number_list import DAY, REASONS, judged
from tests.pages import logged_in, send, text

NOW = at("14:05")
FRESH = "15400002096"
"""On no daily list."""


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


def told(line: int, moment: str, *, listed: bool = True, number: str = FRESH, score: float = 0.9) -> LiveLine:
    return LiveLine(line, 10 * line, str(line), number, at(moment), listed, score, REASONS, 7)


@pytest.fixture
def listed(operators) -> LiveChange:
    """It entered at noon, left, and entered again at 13:40."""
    lines = [told(1, "12:00"), told(2, "13:00", listed=False, score=0.1), told(3, "13:40")]
    operations.keep_live(
        operator=operators.operator_1, file="l", lines=lines, simulated=False, by="risk_1", now=NOW
    )
    return LiveChange.objects.get(line=3)


def test_a_live_row_opens_the_page_of_its_number(operators, listed):
    risk = logged_in(operators.risk_1)
    assert f'href="/numbers/{listed.pk}"' in text(risk.get("/numbers/live"))
    page = text(risk.get(f"/numbers/{listed.pk}"))
    assert "154****2096" in page
    assert FRESH not in page
    assert '<div class="n big">90<span' in page
    assert REASONS[0].split("（")[0] in page
    assert "那一刻近 7 天打通 7 个号码" in page
    assert "还没有人判过" in page


def test_two_clicks_judge_it_and_the_label_has_its_date(operators, listed):
    risk = logged_in(operators.risk_1)
    send(risk, f"/numbers/{listed.pk}/judge", word="fraud", because="script")
    made = Verdict.objects.get()
    assert (made.change, made.entry, made.number) == (listed, None, listed.number)
    assert [(one.fraud, one.on) for one in queries.labels(viewer=operators.risk_1)] == [(True, DAY)]
    assert queries.labels(viewer=operators.risk_2) == []
    assert "涉诈" in text(risk.get("/numbers/live"))

    send(risk, f"/numbers/{listed.pk}/back")
    assert queries.labels(viewer=operators.risk_1) == []
    assert Verdict.objects.get().ended_by == "risk_1"


def test_what_was_said_of_a_live_number_stands_on_its_daily_list(operators, listed):
    send(logged_in(operators.desk), f"/numbers/{listed.pk}/judge", word="fraud", because="victim")
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(rows=[*judged().rows[:1]]), by="risk_1", now=NOW
    )
    kept.entries.update(number=listed.number)
    assert queries.right_among(kept, viewer=operators.desk) == (1, 1)


def test_shown_plain_for_a_purpose(operators, listed):
    risk = logged_in(operators.risk_1)
    assert "看明文" in text(risk.get(f"/numbers/{listed.pk}"))
    assert risk.post(f"/numbers/{listed.pk}/reveal", {}).status_code in (400, 409, 422)
    send(risk, f"/numbers/{listed.pk}/reveal", purpose="verify")
    assert FRESH[-8:] in text(risk.get(f"/numbers/{listed.pk}")).replace(" ", "")


def test_only_its_operator_and_the_office_open_it(operators, listed):
    for viewer, status in ((operators.risk_1, 200), (operators.desk, 200), (operators.risk_2, 404)):
        assert logged_in(viewer).get(f"/numbers/{listed.pk}").status_code == status
    assert logged_in(operators.teller).get(f"/numbers/{listed.pk}").status_code == 403
    other = logged_in(operators.risk_2)
    assert send(other, f"/numbers/{listed.pk}/judge", word="fraud", because="script").status_code == 404
    assert not Verdict.objects.exists()


def test_the_history_tells_lists_and_when_the_watch_listed_it_and_let_it_go(operators, listed):
    kept, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(), by="risk_1", now=NOW
    )
    kept.entries.filter(rank=1).update(number=listed.number)
    for pk in (listed.pk, kept.entries.first().pk):
        history = text(logged_in(operators.desk).get(f"/numbers/{pk}")).split("<h2>上榜记录")[1]
        history = history.split("</table>")[0]
        assert history.count("实时上榜") == 2
        assert history.count("实时出榜") == 1
        assert history.index("13:40") < history.index("13:00") < history.index("12:00")
        assert f'href="/numbers/{kept.entries.first().pk}"' in history
    assert logged_in(operators.desk).get(f"/numbers/{LiveChange.objects.get(line=2).pk}").status_code == 200
