"""点评 of member units: what is measured of each kind, beside its kind and its past; who may read and reply."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from jinzhong import flow
from jinzhong.audit.models import Event
from jinzhong.dispatch import operations as dispatch
from jinzhong.district import operations as district
from jinzhong.district.permissions import NotAllowed
from jinzhong.intake.sources.bank_alert.parse import parse
from jinzhong.review import operations, queries, spans, units
from jinzhong.review.inspection import Ground
from jinzhong.review.measured import Share
from jinzhong.scoring import operations as scoring
from tests.district import at
from tests.number_list import NOW as LISTED_AT
from tests.pages import logged_in, send, text

DAY = date(2021, 5, 31)
NOW = at("09:00", "2021-06-01")


def alarm(place, number, moment, *, outcome, by=None, evidence="", amount=None, day="2021-05-31"):
    """A teller presses; the officers sign after 1 minute, stand there after 4, and report after 20."""
    given, start = {"customer_phone": f"138{number:08d}", "amount": "86000"}, at(moment, day)
    order = flow.raise_alert(
        source="bank_alert", fields=parse(given), raw=given, by=by or place.teller, sent_at=start, now=start
    ).order
    officer, minute = order.assignments.first().account, timedelta(minutes=1)
    dispatch.sign(order=order, by=officer, happened_at=start + minute, now=start + minute)
    dispatch.arrive(order=order, by=officer, happened_at=start + 4 * minute, now=start + 4 * minute)
    dispatch.close(
        order=order, by=officer, happened_at=start + 20 * minute, now=start + 20 * minute, outcome=outcome, met_by=["217", "226"],
        evidence=evidence, amount_protected=amount,
    )  # fmt: skip
    return order


def alarm_left(place, *, by):
    """Nobody goes."""
    given, moment = {"customer_phone": f"1389999{by.username.count('f')}999", "amount": "50000"}, at("15:50")
    return flow.raise_alert(
        source="bank_alert", fields=parse(given), raw=given, by=by, sent_at=moment, now=moment
    ).order


def on_duty(place, day):
    shift = district.open_shift(moment=at("14:00", day), by="test", at=at("07:00", day))
    for officer in place.patrols:
        district.assign(shift=shift, account=officer, post="patrol", by="test", at=at("07:00", day))


@pytest.fixture
def day(place):
    """南门网点: two right (86,000 yuan by word only, 20,000 cancelled at the counter) and a false alarm; 溪口网点: one right."""
    alarm(place, 1, "14:05", outcome="dissuaded", evidence="stated", amount=Decimal(86_000))
    alarm(place, 2, "14:40", outcome="dissuaded", evidence="counter_cancelled", amount=Decimal(20_000))
    alarm(place, 3, "15:10", outcome="false_alarm")
    alarm(place, 4, "15:40", outcome="refused", by=place.far_teller)
    return place


def told(place, unit, by="day", viewer=None):
    return units.review(unit, by, spans.period_of(by, DAY), viewer=viewer or place.desk, now=NOW)


def own(review):
    return {one.title: one.own for one in review.lines}


def test_an_outlet_is_measured_by_its_alerts_and_what_came_of_them(day):
    figures = own(told(day, day.outlet))

    assert figures["报警"] == 3
    assert figures["判明的报警里属实的"] == Share(2, 3)
    assert figures["劝住"] == 2
    assert (figures["没转出去的钱"], figures["其中撤回和柜面取消的"]) == (106_000, 20_000)
    assert figures["民警到门用时，中位"] == 240


def test_a_bank_is_all_its_outlets_together(day):
    figures = own(told(day, day.bank))

    assert figures["报警"] == 4
    assert figures["判明的报警里属实的"] == Share(3, 4)


def test_a_station_is_measured_by_its_orders(day):
    figures = own(told(day, day.station))

    assert figures["接到派单"] == 4
    assert figures["须见面的见到"] == Share(4, 4)
    assert figures["签收用时，中位"] == 60
    assert figures["不听劝"] == 1
    assert "报警" not in figures


def test_too_few_of_a_kind_arent_compared(day):
    """One other outlet: its share would be its own figure, told to the neighbour."""
    review = told(day, day.outlet)

    assert all(one.kind is None for one in review.lines)
    assert review.said.usual == ["民警见过、判明的报警 3 起，属实 2 起"]


def test_beside_its_kind_only_what_chance_hardly_explains_is_bad(day):
    """Of a third outlet six alerts, none right; the two others: three of four. 0 of 6 lies under 0.459, the upper bound."""
    third = district.add_unit(
        code="outlet-003", name="西门网点", kind="outlet", parent=day.bank, town=day.yuelin, by="test", at=NOW
    )
    teller = district.add_account(
        username="teller_3", password=None, role="outlet", unit=third, by="test", at=NOW
    )
    for number in range(6):
        alarm(day, 20 + number, f"13:{number * 9:02d}", outcome="false_alarm", by=teller)

    assert told(day, third).said.bad == ["民警见过、判明的报警 6 起，属实 0 起，同类单位 75.0%"]
    assert told(day, day.outlet).said.bad == []


def test_a_week_is_held_against_the_own_twelve_before(day):
    """In April ten of ten were right, in the week none of five: the chance of that with one share is 1 / C(15, 5) = 0.03 %."""
    for other in ("2021-04-12", "2021-05-29"):
        on_duty(day, other)
    for number in range(10):
        alarm(day, 40 + number, f"1{number // 5}:{number % 5 * 10:02d}", outcome="refused", by=day.far_teller, day="2021-04-12")  # fmt: skip
    for number in range(5):
        alarm(day, 60 + number, f"1{number}:30", outcome="false_alarm", by=day.far_teller, day="2021-05-29")
    week = spans.period_of("week", date(2021, 5, 29))
    review = units.review(day.far_outlet, "week", week, viewer=day.desk, now=at("09:00", "2021-06-05"))

    (worse,) = [one for one in review.said.bad if "比自己差" in one]
    assert "此前 84 天 10 中 10" in worse
    assert "判明的报警 6 起，属实 1 起" in worse
    assert sum(count for _since, count in review.history) == 16


@pytest.mark.usefixtures("kept")
def test_an_operator_is_measured_by_what_it_made_of_its_list(operators, kept):
    """Two listed; one judged after 30 minutes as fraud, which the office says too."""
    entry = kept.entries.filter(listed=True).first()
    for by, minutes in ((operators.risk_1, 30), (operators.desk, 45)):
        scoring.judge(
            entry=entry, word="fraud", because="victim", note="", by=by, now=LISTED_AT + timedelta(minutes=minutes)
        )  # fmt: skip
    figures = own(told(operators, operators.operator_1))

    assert figures["名单上的号码"] == 2
    assert figures["判过的号码"] == Share(1, 2)
    assert figures["从出名单到判，中位"] == 1800
    assert figures["和反诈办判得一样"] == Share(1, 1)
    assert own(told(operators, operators.operator_2))["名单上的号码"] == 0


def test_papers_due_and_orders_left_open_are_told(day):
    operations.issue_paper(
        kind="letter", receiver=day.station, basis=[Ground("site", "", "检查")], facts="事实", demand="要求",
        due_on=date(2021, 5, 31), by=day.inspector, now=at("09:00", "2021-05-30"),
    )  # fmt: skip
    left = alarm_left(day, by=day.teller)
    owed = told(day, day.station, viewer=day.patrols[0]).said.owed

    assert owed[0] == "反诈督〔2021〕1 号 提示函应于 2021年5月31日 前回复，迟 1 天"
    assert any(one.startswith(f"{left.number} 应于 05-31 15:5") for one in owed[1:])
    assert told(day, day.outlet, viewer=day.teller).said.owed == []
    colleague = district.add_account(
        username="officer_new", password=None, role="station_officer", unit=day.station, by="test", at=NOW
    )
    elsewhere = alarm_left(day, by=day.far_teller).number
    hidden = told(day, day.station, viewer=colleague).said.owed
    assert not any(elsewhere in one for one in hidden)
    assert hidden[-1] == "别的镇（街道）的 1 单，过了时限还没有办"


def test_staff_read_their_own_a_bank_its_outlets_the_office_all(day):
    seen = {
        account.username: {one.code for one in queries.reviewed(viewer=account)}
        for account in (
            day.teller,
            day.bank_head,
            day.patrols[0],
            day.desk,
            day.auditor,
            day.town_yuelin,
            day.hotline,
        )
    }

    assert seen["teller"] == {"outlet-001"}
    assert seen["bank_head"] == {"bank-01", "outlet-001", "outlet-002"}
    assert seen["officer_217"] == {"station-1"}
    assert seen["desk"] == seen["auditor"] == {"bank-01", "outlet-001", "outlet-002", "station-1"}
    assert seen["town_yuelin"] == seen["hotline"] == set()


def test_the_page_takes_a_reply_and_shows_it_to_both_sides_alone(day, monkeypatch):
    monkeypatch.setattr("jinzhong.clock.now", lambda: NOW)
    teller = logged_in(day.teller)
    page = send(
        teller,
        "/review/units/outlet-001/reply",
        by="day",
        day="2021-05-31",
        text="误报那位是来取工资的。",
    )

    assert "误报那位是来取工资的。" in text(page)
    assert "误报那位是来取工资的。" in text(logged_in(day.desk).get("/review/units/outlet-001?by=month"))
    assert "属实 2 起" in text(teller.get("/review/units/outlet-001?by=day&day=2021-05-31"))
    assert logged_in(day.far_teller).get("/review/units/outlet-001").status_code == 404
    assert "溪口网点" not in text(teller.get("/review/units"))
    assert "溪口网点" in text(logged_in(day.bank_head).get("/review/units?kind=outlet"))
    assert Event.objects.filter(kind="review.remarked").count() == 1
    for by in (day.far_teller, day.auditor, day.town_yuelin):
        with pytest.raises(NotAllowed):
            operations.remark(on=day.outlet, month=date(2021, 5, 1), text="x", by=by, now=NOW)


def test_a_period_that_isnt_over_or_names_nothing_is_the_newest_one(day, monkeypatch):
    monkeypatch.setattr("jinzhong.clock.now", lambda: NOW)
    desk = logged_in(day.desk)
    for asked in ("day=2021-06-01", "day=nothing", "day=9999-12-31", "day=0001-01-01", ""):
        assert "2021年5月31日" in text(desk.get(f"/review/units/station-1?by=day&{asked}")), asked
