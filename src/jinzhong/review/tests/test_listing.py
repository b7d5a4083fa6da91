"""A month's list: published once, what is owed followed, a town off the list only by two people."""

from datetime import date, timedelta

import pytest

from jinzhong import flow
from jinzhong.agenda import queries as agenda
from jinzhong.audit import queries as audit
from jinzhong.district.permissions import NotAllowed
from jinzhong.review import operations, queries
from jinzhong.review.operations import Unfit
from tests.district import at

APRIL, MAY = date(2021, 4, 1), date(2021, 5, 1)
HEADER = "案件编号,报警时间,损失金额(元),发案镇街,案件类别"
SECOND_OF_MAY, SECOND_OF_JUNE = at("09:00", "2021-05-02"), at("09:00", "2021-06-02")


def cases(place, rows: list[tuple[str, str, int]], *, moment) -> None:
    """(day, town, loss) of each case."""
    lines = [f"A{day}{n:03},{day} 10:00,{loss},{town},贷款" for n, (day, town, loss) in enumerate(rows)]
    done = flow.import_cases(
        source="\n".join([HEADER, *lines]).encode(), name="x.csv", by=place.desk, now=moment
    )
    assert not done.sheet.rejected


@pytest.fixture
def yellow(place):
    """In April 溪口 (72,000) had one case of 1.2 million yuan, 岳林 (118,000) a small one: 溪口 is yellow by the one large loss."""
    cases(
        place,
        [("2021-04-09", "溪口镇", 1_200_000), ("2021-04-20", "岳林街道", 3000)],
        moment=at("09:00", "2021-05-01"),
    )
    operations.publish(month=APRIL, by=place.desk, now=SECOND_OF_MAY)
    return next(one for one in queries.standings(APRIL, viewer=place.desk) if one.town == place.xikou)


@pytest.fixture
def red(place):
    """In April 溪口 had ten cases of eleven, after one a year before: red. In May six of 18: neither red nor yellow."""
    rows = [("2020-04-02", "溪口镇", 3000), ("2021-04-20", "岳林街道", 3000)]
    rows += [(f"2021-04-{10 + n}", "溪口镇", 3000) for n in range(10)]
    cases(place, rows, moment=at("09:00", "2021-05-01"))
    operations.publish(month=APRIL, by=place.desk, now=SECOND_OF_MAY)
    return now_standing(place)


def now_standing(place):
    return next(one.standing for one in queries.listed(viewer=place.desk) if one.standing.town == place.xikou)


def may_with(place, xikou: int, yuelin: int):
    rows = [("2021-05-20", "溪口镇", 3000)] * xikou + [("2021-05-21", "岳林街道", 3000)] * yuelin
    cases(place, rows, moment=at("09:00", "2021-06-01"))
    return operations.publish(month=MAY, by=place.desk, now=SECOND_OF_JUNE)


def owed(standing, kind):
    return standing.obligations.get(kind=kind)


def accepted(place, standing, now):
    plan = operations.do(obligation=owed(standing, "plan"), text="方案已报", by=place.desk, now=now)
    operations.accept(obligation=plan, by=place.inspector, now=now)


def test_it_says_why_and_what_is_owed_by_when(place, yellow):
    assert yellow.colour == "yellow"
    assert yellow.reasons == ["发生单案损失 120.00 万元的案件"]
    # published on 2 May, a Sunday; three working days later is Wednesday 5 May
    assert [(one.kind, one.due_on) for one in yellow.obligations.all()] == [
        ("advisory_letter", date(2021, 5, 2)),
        ("plan", date(2021, 5, 5)),
    ]
    others = [one.colour for one in queries.standings(APRIL, viewer=place.desk) if one != yellow]
    assert others == ["green"]


def test_what_was_published_stays_whatever_comes_later(place, yellow):
    cases(place, [("2021-04-11", "溪口镇", 5000)], moment=at("10:00", "2021-05-03"))

    again = operations.publish(month=APRIL, by=place.desk, now=at("11:00", "2021-05-03"))

    assert again == yellow.listing
    yellow.refresh_from_db()
    assert yellow.cases == 1


def test_a_month_that_isnt_over_and_one_without_cases_are_refused(place):
    with pytest.raises(Unfit, match="还没有过完"):
        operations.publish(month=MAY, by=place.desk, now=at("09:00"))
    with pytest.raises(Unfit, match="先导入登记表"):
        operations.publish(month=APRIL, by=place.desk, now=at("09:00"))


def test_a_plan_not_handed_in_is_told_once_and_counts_in_the_next_list(place, yellow):
    late = at("00:01", "2021-05-06")
    for _turn in range(2):
        flow.work_once(worker="w", now=late, deliver={"ring": lambda key, payload: None})
    told = [one for one in audit.events_after(0, limit=500) if one.kind == "review.overdue"]
    assert [one.on_id for one in told if "plan" in one.facts] == [str(owed(yellow, "plan").pk)]

    cases(place, [("2021-05-20", "岳林街道", 3000)], moment=at("09:00", "2021-06-01"))
    operations.publish(month=MAY, by=place.desk, now=SECOND_OF_JUNE)
    again = next(one for one in queries.standings(MAY, viewer=place.desk) if one.town == place.xikou)
    assert again.colour == "yellow"
    assert again.reasons == ["整改逾期：2021-04 报送整改方案"]


def test_handed_in_in_time_it_is_met_and_another_accepts(place, yellow):
    plan = owed(yellow, "plan")
    operations.do(obligation=plan, text="方案已报", by=place.desk, now=at("09:00", "2021-05-04"))

    assert {one.outcome for one in agenda.deadlines_of([plan.pk])} == {"met"}
    plan.refresh_from_db()
    with pytest.raises(Unfit, match="不能自己验收"):
        operations.accept(obligation=plan, by=place.desk, now=SECOND_OF_JUNE)
    operations.accept(obligation=plan, by=place.inspector, now=SECOND_OF_JUNE)
    plan.refresh_from_db()
    assert plan.accepted_by == place.inspector.username
    with pytest.raises(Unfit, match="不再改"):
        operations.do(obligation=plan, text="改一改", by=place.desk, now=SECOND_OF_JUNE)


def test_a_town_answers_for_itself_and_only_for_what_is_its_own(place, yellow):
    with pytest.raises(NotAllowed):
        operations.do(
            obligation=owed(yellow, "advisory_letter"), text="x", by=place.town_yuelin, now=SECOND_OF_MAY
        )
    assert queries.obligation(str(owed(yellow, "plan").pk), viewer=place.town_yuelin) is None, (
        "of another town"
    )
    assert queries.standings(APRIL, viewer=place.town_yuelin)[0].town == place.yuelin


def test_off_the_list_only_when_the_rules_allow_and_two_sign(place, yellow):
    with pytest.raises(Unfit, match="挂牌后满一个月"):
        operations.propose_lifting(standing=yellow, by=place.desk, now=at("09:00", "2021-05-20"))
    accepted(place, yellow, at("09:00", "2021-05-04"))
    cases(place, [("2021-05-20", "岳林街道", 3000)], moment=at("09:00", "2021-06-01"))
    operations.publish(month=MAY, by=place.desk, now=SECOND_OF_JUNE)
    yellow = queries.standing(str(yellow.pk), viewer=place.desk)
    assert [one.standing.pk for one in queries.listed(viewer=place.desk)] == [yellow.pk]

    # no case for 52 days, more than five weeks, and the plan is accepted: down to green
    lifting = operations.propose_lifting(standing=yellow, by=place.desk, now=SECOND_OF_JUNE)
    assert lifting.to == "green"
    with pytest.raises(Unfit, match="不能自己批准"):
        operations.approve_lifting(lifting=lifting, by=place.desk, now=SECOND_OF_JUNE)
    assert queries.listed(viewer=place.desk)
    operations.approve_lifting(lifting=lifting, by=place.inspector, now=SECOND_OF_JUNE + timedelta(hours=1))

    assert queries.listed(viewer=place.desk) == []
    signed = SECOND_OF_JUNE + timedelta(hours=1)
    assert queries.lifted(before=signed) == {}
    assert queries.lifted(before=signed + timedelta(seconds=1)) == {
        (yellow.town_id, APRIL): queries.Lifted("green", signed)
    }
    assert audit.verify().broken == ""


def test_a_milder_list_takes_no_red_town_off(place, red):
    """Nothing was handed in: for that alone May says yellow, and the town is still red by April."""
    may_with(place, xikou=6, yuelin=12)

    found = {one.town_id: one.colour for one in queries.standings(MAY, viewer=place.desk)}
    assert found[place.xikou.pk] == "yellow"
    [still] = queries.listed(viewer=place.desk)
    assert (still.standing, still.colour) == (red, "red")


def test_red_becomes_yellow_and_stays_listed(place, red):
    handed_in_and_accepted(place, red)
    may_with(place, xikou=6, yuelin=12)
    assert lift(place, red).to == "yellow"

    [still] = queries.listed(viewer=place.desk)
    assert (still.standing, still.colour) == (red, "yellow")
    # April's red holds no longer; May's own yellow still does
    assert {
        key: one.to for key, one in queries.lifted(before=SECOND_OF_JUNE + timedelta(seconds=1)).items()
    } == {(red.town_id, APRIL): "yellow"}
    assert queries.prospect(still).missing == ["连续 2 个月达标"]


def test_what_has_changed_since_the_proposal_is_not_signed(place, red):
    handed_in_and_accepted(place, red)
    may_with(place, xikou=6, yuelin=12)
    proposed = operations.propose_lifting(standing=red, by=place.desk, now=SECOND_OF_JUNE)
    cases(
        place,
        [("2021-06-20", "溪口镇", 3000)] * 9 + [("2021-06-21", "岳林街道", 3000)],
        moment=at("09:00", "2021-07-01"),
    )
    operations.publish(month=date(2021, 6, 1), by=place.desk, now=at("09:00", "2021-07-02"))

    with pytest.raises(Unfit, match="情况变了"):
        operations.approve_lifting(lifting=proposed, by=place.inspector, now=at("09:00", "2021-07-03"))
    assert now_standing(place).listing.month == date(2021, 6, 1)
    with pytest.raises(Unfit, match="2021-06"):
        operations.propose_lifting(standing=red, by=place.desk, now=at("09:00", "2021-07-03"))


def test_a_proposal_is_turned_down_and_may_come_again(place, red):
    handed_in_and_accepted(place, red)
    may_with(place, xikou=6, yuelin=12)
    first = operations.propose_lifting(standing=red, by=place.desk, now=SECOND_OF_JUNE)
    operations.decline_lifting(lifting=first, by=place.inspector, now=SECOND_OF_JUNE)

    with pytest.raises(Unfit, match="没有待批"):
        operations.approve_lifting(lifting=first, by=place.inspector, now=SECOND_OF_JUNE)
    again = operations.propose_lifting(standing=red, by=place.inspector, now=SECOND_OF_JUNE)
    assert again != first
    operations.approve_lifting(lifting=again, by=place.desk, now=SECOND_OF_JUNE)
    assert [one.colour for one in queries.listed(viewer=place.desk)] == ["yellow"]


def test_what_was_published_counts_in_later_lists_and_not_what_came_late(place, yellow):
    """April's yellow by the one large loss. The loss turns out to be smaller, yet two yellow months remain two."""
    cases(
        place,
        [("2021-05-09", "溪口镇", 1_300_000), ("2021-05-11", "溪口镇", 10), ("2021-05-20", "岳林街道", 30)],
        moment=at("09:00", "2021-06-01"),
    )
    cases(place, [("2021-04-09", "溪口镇", 5000)], moment=at("09:30", "2021-06-01"))
    accepted(place, yellow, at("09:00", "2021-05-04"))
    operations.publish(month=MAY, by=place.desk, now=SECOND_OF_JUNE)

    again = now_standing(place)
    assert (again.colour, again.reasons) == ("red", ["连续 2 个月黄牌，案件没有减少"])


def test_no_list_comes_after_a_later_one(place, yellow):
    with pytest.raises(Unfit, match="2021-04 已经公布"):
        operations.publish(month=date(2021, 3, 1), by=place.desk, now=SECOND_OF_JUNE)


def test_published_late_the_time_begins_late(place):
    """On Monday 7 June: three working days end on the 10th, thirty days on 7 July."""
    rows = [("2020-05-02", "溪口镇", 3000), ("2021-05-20", "岳林街道", 3000)]
    cases(
        place,
        rows + [(f"2021-05-{10 + n}", "溪口镇", 3000) for n in range(10)],
        moment=at("09:00", "2021-06-01"),
    )
    operations.publish(month=MAY, by=place.desk, now=at("09:00", "2021-06-07"))

    due = {one.kind: one.due_on for one in now_standing(place).obligations.all()}
    assert due == {
        "supervision_order": date(2021, 6, 7), "plan": date(2021, 6, 10), "report": date(2021, 7, 7), "talk_deputy": None,
    }  # fmt: skip


def test_a_town_can_do_nothing_for_another_and_see_nothing_of_it(place, yellow):
    for text in ("方案已报", ""):
        with pytest.raises(NotAllowed):
            operations.do(obligation=owed(yellow, "plan"), text=text, by=place.town_yuelin, now=SECOND_OF_MAY)


def test_what_was_handed_in_is_sent_back_and_owed_again_by_a_new_day(place, yellow):
    plan = owed(yellow, "plan")
    operations.do(obligation=plan, text="一句话", by=place.town_xikou, now=at("09:00", "2021-05-04"))
    operations.send_back(
        obligation=plan, why="没有写人和时间", due_on=date(2021, 5, 10), by=place.inspector, now=at("09:00", "2021-05-06")
    )  # fmt: skip
    plan.refresh_from_db()
    assert (plan.done_at, plan.due_on) == (None, date(2021, 5, 10))
    with pytest.raises(Unfit, match="还没有报送"):
        operations.accept(obligation=plan, by=place.inspector, now=at("10:00", "2021-05-06"))

    flow.work_once(worker="w", now=at("00:01", "2021-05-11"), deliver={"ring": lambda key, payload: None})
    told = [one for one in audit.events_after(0, limit=500) if one.kind == "review.overdue"]
    assert [one.on_id for one in told if "plan" in one.facts] == [str(plan.pk)]
    operations.do(obligation=plan, text="写清了", by=place.town_xikou, now=at("09:00", "2021-05-12"))
    with pytest.raises(Unfit, match="已经报过"):
        operations.do(obligation=plan, text="再改", by=place.town_xikou, now=at("09:05", "2021-05-12"))
    operations.accept(obligation=plan, by=place.inspector, now=at("09:00", "2021-05-13"))

    seen = queries.obligation(str(plan.pk), viewer=place.town_xikou)
    assert [(one.text, one.why) for one in seen.sent_back.all()] == [("一句话", "没有写人和时间")]
    assert seen.text == "写清了"


def test_who_handed_it_in_cannot_send_it_back(place, yellow):
    plan = operations.do(obligation=owed(yellow, "plan"), text="代报", by=place.desk, now=SECOND_OF_MAY)
    with pytest.raises(Unfit, match="不能自己"):
        operations.send_back(
            obligation=plan, why="x", due_on=date(2021, 5, 10), by=place.desk, now=SECOND_OF_MAY
        )


def handed_in_and_accepted(place, standing):
    for kind, day in (("plan", "2021-05-04"), ("report", "2021-05-20")):
        now = at("09:00", day)
        done = operations.do(obligation=owed(standing, kind), text="已报", by=place.town_xikou, now=now)
        operations.accept(obligation=done, by=place.inspector, now=now)


def lift(place, standing):
    made = operations.propose_lifting(standing=standing, by=place.desk, now=SECOND_OF_JUNE)
    return operations.approve_lifting(lifting=made, by=place.inspector, now=SECOND_OF_JUNE)
