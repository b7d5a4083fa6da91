"""An operator's risk officer and the desk go through the pages of a day's list."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from jinzhong import clock, flow
from jinzhong.audit.models import Event
from jinzhong.cases import operations as cases
from jinzhong.cases.models import CaseRevision
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch.models import Order
from jinzhong.intake.sources.case_sheet.told import CaseRow, SuspectRow
from jinzhong.scoring import operations, queries
from jinzhong.scoring.given import Scored
from jinzhong.scoring.models import Threshold, Verdict
from jinzhong.warning.models import Warning
from tests.district import at
from tests.number_list import DAY, ROWS, judged
from tests.pages import logged_in, send, text


@pytest.fixture(autouse=True)
def morning(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:30"))


@pytest.fixture
def risk(operators):
    return logged_in(operators.risk_1)


@pytest.fixture
def desk(operators):
    return logged_in(operators.desk)


def test_before_the_first_list_the_page_says_what_to_run(risk):
    answer = risk.get("/", follow=True)
    assert answer.request["PATH_INFO"] == "/numbers"
    assert "还没有收过名单" in text(answer)
    assert "jinzhong numbers list import scores.csv --day 2021-05-31" in text(answer)


def test_reasons_that_came_as_sentences_are_read_in_english(risk, kept):
    risk.post("/language", {"language": "en", "next": "/numbers"})
    page = text(risk.get("/numbers"))
    assert "154****2093" in page
    assert "Share called back" in page
    assert "回拨占比" not in page


def test_the_list_says_how_right_it_expects_to_be_and_why_each_number(risk, kept):
    page = text(risk.get("/numbers"))
    assert "154****2093" in page
    assert "15400002093" not in page
    assert "0.75" in page  # the mean of 0.9 and 0.6
    assert "近7天一小时内最多呼叫的不同号码 62 个" in page
    assert "深 1" in page
    assert "154****2095" not in page  # below the line
    assert "还没有人判，准不准不知道" in page


def test_a_number_is_looked_for_without_standing_in_an_address(risk, kept):
    page = text(risk.post("/numbers", {"words": "15400002094"}))
    assert "154****2094" in page
    assert "154****2093" not in page
    assert Event.objects.filter(kind="vault.looked_up").count() == 1
    assert "15400002094" not in page


def test_two_clicks_judge_and_one_takes_back(risk, kept):
    first = kept.entries.first()
    page = text(risk.get(f"/numbers/{first.pk}"))
    assert re.search(r'<button class="btn" name="because" value="courier">送餐、快递', page)
    assert page.count('class="on"/>') == 90

    after = send(risk, f"/numbers/{first.pk}/judge", word="fraud", because="script", note="回访两次")
    assert "已记：涉诈" in text(after)
    assert "回访两次" in text(after)
    assert "1 个涉诈" in text(risk.get("/numbers"))

    after = send(risk, f"/numbers/{first.pk}/back")
    assert "已收回，记录还在" in text(after)
    assert "起不作数" in text(after)
    assert Verdict.objects.get().ended_by == "risk_1"


def test_a_verdict_without_a_reason_is_refused_in_words(risk, kept):
    first = kept.entries.first()
    answer = send(risk, f"/numbers/{first.pk}/judge", word="innocent", because="other")
    assert answer.status_code == 422
    assert "写一句" in text(answer)
    assert not Verdict.objects.exists()


def test_the_office_reads_the_operators_word_and_the_operator_no_note_of_the_office(risk, desk, kept):
    first = kept.entries.first()
    send(desk, f"/numbers/{first.pk}/judge", word="fraud", because="in_a_case", note="案号 A1")
    page = text(risk.get(f"/numbers/{first.pk}"))
    assert "案件里出现过" in page
    assert "案号 A1" not in page
    assert "案号 A1" in text(desk.get(f"/numbers/{first.pk}"))


def test_another_operator_finds_nothing(operators, kept):
    other = logged_in(operators.risk_2)
    first = kept.entries.first()
    assert "还没有收过名单" in text(other.get("/numbers"))
    for door in ("", "/reveal"):
        assert other.get(f"/numbers/{first.pk}{door}").status_code == 404
    for door in ("judge", "back", "warn"):
        assert send(other, f"/numbers/{first.pk}/{door}", word="fraud", because="script").status_code == 404
    assert not Verdict.objects.exists()


def test_a_number_is_shown_plain_for_a_purpose(risk, kept):
    first = kept.entries.first()
    assert "说明用途后可看 10 分钟" in text(risk.get(f"/numbers/{first.pk}/reveal"))
    assert send(risk, f"/numbers/{first.pk}/reveal").status_code == 422
    after = text(send(risk, f"/numbers/{first.pk}/reveal", purpose="verify"))
    assert "15400002093" in after
    assert "15400002093" not in "".join(f"{one.facts}{one.on_id}" for one in Event.objects.all())


def test_residents_reached_become_warnings_by_a_button(risk, desk, kept):
    first = kept.entries.first()
    assert "转预警：2 人" in text(risk.get(f"/numbers/{first.pk}"))
    assert not Warning.objects.exists()
    after = text(send(risk, f"/numbers/{first.pk}/warn"))
    assert "2 人已转预警，按人合并" in after
    assert "紧急" in after
    assert "转预警：" not in after
    deep = Warning.objects.get(grade="red")
    pane = text(desk.get(f"/desk/warnings/{deep.pk}"))
    assert "号码研判" in pane
    assert "154****2093" in pane
    assert str(deep.pk) in text(desk.get(f"/numbers/{first.pk}"))
    assert str(deep.pk) not in after  # the operator reads the grade, the desk opens the warning
    assert "没有要转的" in text(send(risk, f"/numbers/{first.pk}/warn"))


def test_what_came_of_those_it_reached(risk, desk, operators, kept):
    first = kept.entries.first()
    page = text(desk.get(f"/numbers/{first.pk}"))
    assert "分数 0.9000，已按涉诈号码占 0.001 校准" in page
    send(risk, f"/numbers/{first.pk}/warn")
    order = Order.objects.get()
    dispatch.close(
        order=order, by=operators.desk, happened_at=at("09:40"), now=at("09:40"), outcome="dissuaded"
    )
    sheet = "案件编号,报案时间,涉案金额(元),发案镇街,案件类别,事主姓名,联系电话\n"
    rows = "A2021001,2021-05-31,30000,岳林街道,刷单返利,邬秀英,15410000936\nA2021002,2021-05-20,30000,岳林街道,刷单返利,祁建国,15410007104"
    flow.import_cases(
        source=(sheet + rows).encode(), name="5月.csv", by=operators.desk, now=at("10:00", "2021-06-01")
    )

    page = text(desk.get(f"/numbers/{first.pk}"))
    assert "已劝阻" in page
    later, before = (CaseRevision.objects.get(case__number=f"A202100{one}").case_id for one in (1, 2))
    assert f"/cases/{later}" in page
    assert f"/cases/{before}" not in page  # was robbed before they talked
    page = text(risk.get(f"/numbers/{first.pk}"))
    assert "已劝阻" not in page  # an operator reads the grade and the state, the rest is the district's
    assert "/cases/" not in page
    assert "邬" not in page

    operations.keep_list(
        operator=operators.operator_1, day=DAY, given=judged(digest="two"), by="risk_1", now=at("11:00")
    )
    newer = queries.same_day(operators.operator_1, DAY).entries.first()
    assert "已劝阻" in text(desk.get(f"/numbers/{newer.pk}"))
    assert "以新的为准" in text(desk.get(f"/numbers/{first.pk}"))


def test_the_weekly_report_holds_the_list_against_the_old_rule(desk, risk, operators, kept):
    """Lists are made from 30 May on. 31 May: the first number had rung 62 and talked to three when the list named it, the old rule never did; the watch had the second
    after three calls, the old rule after forty. In the middle: 32.5 calls, two people."""
    assert "2 个开始看以前就在打，不比" in text(desk.get("/numbers/weekly"))
    operations.keep_list(
        operator=operators.operator_1, day=DAY - timedelta(days=1), given=judged(ROWS[2:], cut_off=at("00:00", "2021-05-30")), by="risk_1", now=at("09:00")
    )  # fmt: skip
    page = text(desk.get("/numbers/weekly"))
    assert _cells(page, "近八周")[:9] == [
        "5月25日 起，6月1日 之前", "2", "0", "2", "—", "32.5", "—", "1 时 1 分", "1 / 2",
    ]  # fmt: skip
    assert "还没有确认涉诈的" in page
    assert "≤1 人" in page
    numbers = _cells(page, "这一周的号码")
    assert numbers[3:] == [
        "每天的名单",
        "62",
        "2 时 0 分",
        "3",
        "没列上",
        "154****2094",
        "5月31日",
        "待判",
        "实时名单",
        "3",
        "2 分 00 秒",
        "1",
        "12",
    ]

    operations.judge(
        entry=kept.entries.all()[1], word="fraud", because="victim", note="", by=operators.desk, now=at("09:30")
    )  # fmt: skip
    page = text(desk.get("/numbers/weekly"))
    assert _cells(page, "近八周")[:9] == [
        "5月25日 起，6月1日 之前",
        "2",
        "1",
        "1",
        "12",
        "3",
        "40",
        "2 分 00 秒",
        "0 / 1",
    ]
    assert "一天超过 40 个" in page
    assert "154****2093" in text(risk.get("/numbers/weekly"))


def test_the_weekly_report_counts_the_numbers_of_cases_that_no_list_had(desk, risk, operators, kept):
    """The list of 31 May ends at midnight. Cases of that week: its first number reported at ten that day, so listed before; its
    second reported on the 29th, so after; one on no list. The number below the line was never listed either: three weeks before."""
    for number, phone, day, status in (
        ("A1", ROWS[0].number, "2021-05-31", "filed"),
        ("A2", ROWS[1].number, "2021-05-29", "cleared"),
        ("A3", "17012345678", "2021-05-30", "filed"),
        ("A4", "17012345679", "2021-05-30", "accepted"),
        ("A5", ROWS[2].number, "2021-05-10", "filed"),
    ):
        row = CaseRow(
            number=number, reported_at=at("10:00" if number == "A1" else "15:30", day), town="330213002", status=status,
            fraud_class="brushing", raw_class="刷单", loss=Decimal("100.00"), area="urban", suspects=(SuspectRow("number", phone),),
        )  # fmt: skip
        cases.file_rows([row], arrival=None, by="desk", now=at("09:00", "2021-05-31"))

    cells = _cells(text(desk.get("/numbers/weekly")), "案件里的涉诈号码，名单列过没有")

    assert cells[:5] == ["5月25日 起，6月1日 之前", "3", "1", "1", "1"]
    assert cells[5:10] == ["5月18日 起，5月25日 之前", "0", "0", "0", "0"]
    assert cells[15:20] == ["5月4日 起，5月11日 之前", "1", "0", "0", "1"]
    assert "案件里的涉诈号码" not in text(risk.get("/numbers/weekly"))


def test_a_number_stands_in_the_week_it_was_first_listed_in(desk, operators, kept):
    operations.keep_list(
        operator=operators.operator_1, day=DAY - timedelta(days=7), given=judged(ROWS[:1], early=None), by="risk_1", now=at("09:00")
    )  # fmt: skip

    page = text(desk.get("/numbers/weekly"))
    assert [row[:3] for row in _rows(page, "近八周")[:3]] == [
        ["5月25日 起，6月1日 之前", "1", "0"],
        ["5月18日 起，5月25日 之前", "1", "0"],
        ["5月11日 起，5月18日 之前", "0", "0"],
    ]
    page = text(desk.get("/numbers/weekly?until=2021-05-25"))
    assert "1 个没给话单" in page
    assert "后一周" in page
    assert "154****2094" not in page


def test_the_weekly_report_of_other_operators_and_of_nobody(operators, kept):
    page = text(logged_in(operators.risk_2).get("/numbers/weekly?until=rubbish"))
    assert "这八周没有号码第一次上榜" in page
    assert "154****" not in page


def _cells(page, heading):
    return [
        re.sub(r"<[^>]+>", "", one).strip()
        for one in re.findall(r"<td[^>]*>(.*?)</td>", _part(page, heading))
    ]


def _rows(page, heading):
    cells = _cells(page, heading)
    return [cells[at : at + 9] for at in range(0, len(cells), 9)]


def _part(page, heading):
    return page.split(f"<h2>{heading}</h2>")[1].split("</section>")[0]


def test_a_line_is_tried_set_and_rolled_back(risk, desk, operators, kept, monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: at("09:30", "2021-06-01"))
    assert risk.get("/numbers/line").status_code == 403
    operations.judge(
        entry=kept.entries.first(),
        word="fraud",
        because="victim",
        note="",
        by=operators.desk,
        now=clock.now(),
    )
    page = text(desk.get("/numbers/line?value=0.7"))
    cells = [re.sub(r"<[^>]+>", "", one) for one in re.findall(r"<td[^>]*>(.*?)</td>", page)]
    assert cells[:10] == ["现在的线", "0.500", "1", "2", "2", "1", "1", "1.00", "0.21–1.00", "0"]
    assert cells[10:20] == ["试的线", "0.700", "1", "1", "1", "1", "1", "1.00", "0.21–1.00", "0"]
    assert not Threshold.objects.exists()

    after = send(desk, "/numbers/line/set", value="0.7", since="2021-06-02")
    assert "6月2日 起按 0.7 上榜" in text(after)
    assert "未到日子" in text(after)
    assert send(desk, "/numbers/line/set", value="0.7", since="2021-05-30").status_code == 422
    assert send(desk, "/numbers/line/set", value="7", since="").status_code == 422
    assert "已退回上一条线" in text(send(desk, "/numbers/line/back"))
    assert "没有可以退回的阈值" in text(send(desk, "/numbers/line/back"))


def test_a_list_from_a_synthetic_world_is_marked(risk, operators):
    from dataclasses import replace

    operations.keep_list(
        operator=operators.operator_1,
        day=DAY,
        given=replace(judged(), simulated=True),
        by="os:x",
        now=at("09:00"),
    )
    assert "模拟区算出" in text(risk.get("/numbers"))


def test_a_model_is_never_shown_as_quite_sure(risk, operators):
    sure = judged([Scored("15400002093", 0.9991, [])], reached=None)
    kept_list, _fresh = operations.keep_list(
        operator=operators.operator_1, day=DAY, given=sure, by="os:x", now=at("09:00")
    )
    assert "<b>&gt;99</b>%" in text(risk.get("/numbers"))
    page = text(risk.get(f"/numbers/{kept_list.entries.get().pk}"))
    assert page.count('class="on"/>') == 99
    assert "收这份名单时没有给话单" in page
