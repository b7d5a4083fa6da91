"""督导: one paper from its issue to the review by another person, more time, what overdue and reopened mean."""

from datetime import date, timedelta

import pytest

from jinzhong import flow
from jinzhong.agenda import queries as agenda
from jinzhong.audit.models import Event
from jinzhong.district import operations as district
from jinzhong.district.permissions import NotAllowed
from jinzhong.review import inspection, operations, queries
from jinzhong.review.inspection import Ground
from jinzhong.review.models import Paper
from jinzhong.situation.tests.small import YUELIN, file_case
from tests.district import at

TUESDAY = at("09:00", "2021-06-01")
DUE = date(2021, 6, 10)
SEEN = Ground("site", "", "5月31日实地检查校园片区，没有开班会")


@pytest.fixture
def works(place):
    """A town office for each town, and a second inspector."""
    for code, town in (("town-1", place.yuelin), ("town-2", place.xikou)):
        district.add_unit(
            code=code,
            name=f"{town.short_name}反诈工作站",
            kind="town_office",
            town=town,
            by="test",
            at=TUESDAY,
        )
    place.second = district.add_account(
        username="inspector_2", password=None, role="inspector", by="test", at=TUESDAY
    )
    place.yuelin_office = queries.district.unit("town-1")
    place.xikou_office = queries.district.unit("town-2")
    return place


def order(works, *, now=TUESDAY, receiver=None, **more):
    given = {
        "kind": "order", "basis": [SEEN], "facts": "一周刷单 4 起，预期 2.0 起。",
        "demand": "开展校园片区宣传，报送整改结果。", "due_on": DUE,
    }  # fmt: skip
    return operations.issue_paper(
        receiver=receiver or works.yuelin_office, by=works.inspector, now=now, **(given | more)
    )


def answer(works, paper, *, now, text="41 个班开了班会。", by=None):
    return operations.answer_paper(
        paper=paper, text=text, evidence="照片 12 张，签到表", by=by or works.town_yuelin, now=now
    )


def again(paper):
    return Paper.objects.get(pk=paper.pk)


def work(moment):
    """The worker's turns until nothing is due any more."""
    while flow.work_once(worker="w", now=moment, deliver={"sms": lambda key, payload: None}):
        pass


def told(kind):
    return Event.objects.filter(kind=kind).count()


def test_a_paper_is_numbered_answered_and_reviewed_by_another(works):
    first, second = order(works), order(works, receiver=works.xikou_office)
    assert (first.number, second.number) == ("反诈督〔2021〕1 号", "反诈督〔2021〕2 号")
    assert inspection.state(first) == "waiting"

    answer(works, first, now=at("10:00", "2021-06-08"))
    assert inspection.state(again(first)) == "answered"
    with pytest.raises(operations.Unfit, match="换一个人"):
        operations.close_paper(paper=first, text="属实", by=works.inspector, now=at("11:00", "2021-06-08"))
    with pytest.raises(NotAllowed):
        operations.close_paper(paper=first, text="属实", by=works.town_yuelin, now=at("11:00", "2021-06-08"))

    operations.close_paper(
        paper=first, text="抽查 3 个班属实", by=works.second, now=at("12:00", "2021-06-08")
    )
    done = again(first)
    assert (inspection.state(done), done.counts) == ("closed", 1)
    assert [one.kind for one in done.steps.all()] == ["reply", "closed"]
    work(at("09:00", "2021-06-20"))
    assert told("review.paper_overdue") == 1  # only the other town's


def test_who_answers_for_the_unit_cannot_review_it(works):
    paper = order(works)
    answer(works, paper, now=at("10:00", "2021-06-02"), by=works.second)

    with pytest.raises(operations.Unfit, match="换一个人"):
        operations.close_paper(paper=paper, text="属实", by=works.second, now=at("11:00", "2021-06-02"))
    operations.close_paper(paper=paper, text="属实", by=works.desk, now=at("11:00", "2021-06-02"))


def test_near_the_end_it_reminds_once_and_afterwards_it_is_overdue(works):
    """From 1 June 09:00 to 11 June 00:00 are 231 hours; four fifths, 184.8 hours, end on 9 June at 01:48."""
    paper = order(works)

    work(at("01:47", "2021-06-09"))
    assert told("review.paper_nearing") == 0
    work(at("01:49", "2021-06-09"))
    assert told("review.paper_nearing") == 1
    assert not inspection.is_overdue(paper, date(2021, 6, 10))
    work(at("00:01", "2021-06-11"))
    work(at("00:02", "2021-06-11"))
    assert (told("review.paper_nearing"), told("review.paper_overdue")) == (1, 1)
    assert inspection.is_overdue(again(paper), date(2021, 6, 11))
    assert inspection.days_late(again(paper), date(2021, 6, 12)) == 2

    answer(works, paper, now=at("09:00", "2021-06-12"))
    assert not inspection.is_overdue(again(paper), date(2021, 6, 12))


def test_sent_back_it_runs_again_and_counts_double(works):
    paper = order(works)
    answer(works, paper, now=at("10:00", "2021-06-08"))
    operations.reopen_paper(
        paper=paper,
        text="班会没有开",
        due_on=date(2021, 6, 15),
        by=works.second,
        now=at("12:00", "2021-06-08"),
    )

    back = again(paper)
    assert (inspection.state(back), back.counts, back.due_on) == ("waiting", 2, date(2021, 6, 15))
    order(works, kind="letter")
    tally = inspection.tallies(inspection.papers(viewer=works.desk), date(2021, 6, 9))[0]
    assert (tally.papers, tally.counted, tally.waiting) == (2, 3, 2)
    work(at("00:01", "2021-06-16"))
    assert told("review.paper_overdue") == 2
    due = [one.due_at for one in agenda.deadlines_of([paper.pk]) if one.kind == operations.REPLY]
    assert due == [at("00:00", "2021-06-11"), at("00:00", "2021-06-16")]


def test_more_time_is_given_once_before_the_end_and_by_another(works):
    paper = order(works)
    until = DUE + timedelta(days=5)
    with pytest.raises(operations.Unfit, match="期限已过"):
        operations.ask_extension(
            paper=paper, until=until, text="放假", by=works.town_yuelin, now=at("00:01", "2021-06-11")
        )
    operations.ask_extension(
        paper=paper, until=until, text="学校放假", by=works.town_yuelin, now=at("09:00", "2021-06-09")
    )
    assert again(paper).due_on == DUE
    with pytest.raises(NotAllowed):
        operations.answer_extension(
            paper=paper, granted=True, text="", by=works.town_yuelin, now=at("10:00", "2021-06-09")
        )
    operations.answer_extension(
        paper=paper, granted=True, text="同意", by=works.inspector, now=at("10:00", "2021-06-09")
    )

    work(at("00:01", "2021-06-11"))
    assert told("review.paper_overdue") == 0
    assert again(paper).due_on == until
    with pytest.raises(operations.Unfit, match="只能申请一次"):
        operations.ask_extension(
            paper=paper, until=until + timedelta(days=5), text="还要", by=works.town_yuelin, now=at("09:00", "2021-06-12")
        )  # fmt: skip
    work(at("00:01", "2021-06-16"))
    assert told("review.paper_overdue") == 1


def test_a_unit_sees_and_answers_only_its_own(works):
    own, other = order(works), order(works, receiver=works.xikou_office)

    assert set(inspection.papers(viewer=works.town_yuelin)) == {own}
    for viewer in (works.desk, works.inspector, works.auditor):
        assert set(inspection.papers(viewer=viewer)) == {own, other}
    for viewer in (works.hotline, works.teller, works.citizen, works.admin):
        assert not inspection.papers(viewer=viewer)
    with pytest.raises(Paper.DoesNotExist):
        answer(works, other, now=at("10:00", "2021-06-02"))
    with pytest.raises(NotAllowed):
        answer(works, own, now=at("10:00", "2021-06-02"), by=works.auditor)


def test_what_the_records_hold_against_a_town_is_a_ground(works):
    """15 weeks of two cases and then four are yellow: the town had to act until 1 June."""
    for number in range(15):
        day = date(2021, 2, 6) + timedelta(weeks=number)
        file_case(f"L{number:02}", day.isoformat(), YUELIN)
        file_case(f"B{number:02}", day.isoformat(), YUELIN)
    for number in range(4):
        file_case(f"R{number}", "2021-05-23", YUELIN)
    before = inspection.grounds(works.yuelin_office, viewer=works.inspector, now=at("09:00", "2021-06-01"))
    assert [(one.kind, one.key) for one in before] == [("alarm", "2021-05-22/330213002")]
    assert "没有报办理" not in before[0].words

    now = at("09:00", "2021-06-02")
    alarm = inspection.grounds(works.yuelin_office, viewer=works.inspector, now=now)[0]
    assert alarm.words.startswith("2021年5月22日至28日 岳林街道 黄色预警，到期没有报办理：")
    first = order(works, basis=[alarm], now=now, kind="letter", due_on=date(2021, 6, 4))
    assert first.basis == [list(alarm)]
    with pytest.raises(operations.Unfit, match="依据已经变了"):
        order(works, basis=[alarm._replace(words="岳林街道 红色预警")], now=now)

    later = at("09:00", "2021-06-06")
    kinds = {
        one.kind: one for one in inspection.grounds(works.yuelin_office, viewer=works.inspector, now=later)
    }
    assert kinds["paper"].words == "反诈督〔2021〕1 号 提示函，逾期 2 天"
    assert order(works, basis=[kinds["paper"]], now=later).basis[0][1] == str(first.pk)
    assert inspection.grounds(works.xikou_office, viewer=works.inspector, now=later) == []


def test_a_town_on_a_list_gives_the_list_as_ground(works):
    """One loss of a million or more makes a town yellow (the ladder's own step)."""
    file_case("M1", "2021-05-10", YUELIN, "loan", 1_200_000)
    operations.publish(month=date(2021, 5, 1), by=works.desk, now=at("09:00", "2021-06-02"))

    found = inspection.grounds(works.yuelin_office, viewer=works.inspector, now=at("10:00", "2021-06-02"))
    assert [(one.kind, one.key) for one in found] == [("listing", f"2021-05/{YUELIN}")]
    assert found[0].words.startswith("2021-05 岳林街道 黄牌：发生单案损失 120.00 万元")
    assert inspection.grounds(works.xikou_office, viewer=works.inspector, now=at("10:00", "2021-06-02")) == []


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"due_on": date(2021, 6, 1)}, "今天以后"),
        ({"due_on": date(9999, 12, 31)}, "一年以内"),
        ({"basis": []}, "依据"),
        ({"facts": " "}, "事实"),
        ({"demand": "办" * 1001}, "1000 字"),
        ({"kind": "veto"}, "文书"),
    ],
)
def test_a_paper_without_what_it_needs_is_refused(works, given, why):
    with pytest.raises(operations.Unfit, match=why):
        order(works, **given)
    assert not Paper.objects.exists()
