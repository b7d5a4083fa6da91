"""Drafted at their hour; after signing sent to those on the list, once, under a key; who has opened it; reminded once."""

from datetime import date

import pytest

from jinzhong import flow
from jinzhong.agenda.models import Outbox
from jinzhong.audit.models import Event
from jinzhong.bulletin import operations, queries, sending
from jinzhong.bulletin.models import Delivery, Drafted
from jinzhong.district import operations as district
from jinzhong.district.models import Account
from jinzhong.district.permissions import NotAllowed
from jinzhong.situation.tests.small import YUELIN, file_case
from jinzhong.wire import notice
from tests.district import at
from tests.pages import logged_in, send, text

DAY = date(2021, 5, 30)
SIGNED = at("08:30")


@pytest.fixture
def listed(place, monkeypatch):
    """The daily goes to 岳林派出所 (three officers) and to the inspector, the weekly to the town's office of Xikou."""
    monkeypatch.setattr(queries, "drawn", lambda content, ending: content["digest"].encode())
    place.office_xikou = district.add_unit(
        code="town-2", name="溪口反诈工作站", kind="town_office", town=place.xikou, by="test", at=at("07:00")
    )
    for to, kinds in (
        (place.station, ["daily"]),
        (place.inspector, ["daily", "weekly"]),
        (place.office_xikou, ["weekly"]),
    ):
        sending.set_receiver(to=to, kinds=kinds, by=place.desk, now=at("07:30"))
    file_case("A", "2021-05-30", YUELIN)
    return place


def issue(now=SIGNED):
    return operations.issue(kind="daily", day=DAY, by="leader", signed="林*", now=now).issue


def turn(monkeypatch, now):
    """A turn of the worker."""
    monkeypatch.setattr("jinzhong.clock.now", lambda: now)
    while flow.work_once(worker="one", now=now, deliver={"notice": notice.deliver}):
        pass


def names(found):
    return sorted(one.account.username for one in found)


def test_what_is_signed_goes_to_those_listed_under_a_key_each(listed, monkeypatch):
    made = issue()

    assert names(made.deliveries.all()) == ["inspector", "officer_217", "officer_226", "officer_340"]
    rows = Outbox.objects.filter(channel="notice")
    assert {one.key for one in rows} == {one.key for one in Delivery.objects.all()}
    assert {tuple(one.payload) for one in rows} == {("delivery",)}, "ids alone, nothing of what it says"
    assert not sending.unread(listed.inspector).exists(), "not before it was delivered"
    turn(monkeypatch, at("08:31"))
    assert sending.unread(listed.inspector).count() == 1
    for row in rows:
        notice.deliver(row.key, row.payload)
    assert Delivery.objects.filter(sent_at=at("08:31")).count() == 4, "delivered twice, it lies there once"
    operations.issue(kind="daily", day=DAY, by="leader", signed="林*", now=at("09:00"))
    assert Delivery.objects.count() == 4, "nothing new was issued, nothing is sent"


def test_a_town_office_is_its_towns_accounts(listed):
    for by, signed, do in (("office", "周*", operations.submit), ("leader", "林*", operations.issue)):
        done = do(kind="weekly", day=date(2021, 5, 28), by=by, signed=signed, now=SIGNED)

    assert names(done.issue.deliveries.all()) == ["inspector", "town_xikou"]


def test_opening_it_is_the_receipt_and_only_the_office_sees_all(listed, monkeypatch):
    issue()
    turn(monkeypatch, at("08:31"))
    monkeypatch.setattr("jinzhong.clock.now", lambda: at("09:10"))
    reader = logged_in(listed.inspector)
    assert "发给您，还没有打开" in text(reader.get("/bulletins"))
    for _twice in range(2):
        page = text(reader.get("/bulletins/daily/2021-05-30"))

    assert Delivery.objects.get(account=listed.inspector).opened_at == at("09:10")
    assert Event.objects.filter(kind="bulletin.opened").count() == 1
    assert "<b>217</b>" not in page
    assert "发给您，还没有打开" not in text(reader.get("/bulletins"))
    shown = text(logged_in(listed.desk).get("/bulletins/daily/2021-05-30"))
    assert "5月31日 09:10 打开" in shown
    assert "<b>217</b>" in shown
    assert shown.count("还没有打开") == 3


def test_nobody_is_reminded_twice_nor_after_opening(listed, monkeypatch):
    made = issue()
    turn(monkeypatch, at("08:31"))
    sending.open_(made, by=listed.inspector, now=at("10:00"))
    turn(monkeypatch, at("08:30", "2021-06-01"))
    assert not Event.objects.filter(kind="bulletin.reminded").exists()
    for day in ("2021-06-01", "2021-06-02", "2021-06-09"):
        turn(monkeypatch, at("09:00", day))

    assert Event.objects.filter(kind="bulletin.reminded").count() == 3
    assert Delivery.objects.get(account=listed.inspector).reminded_at is None


def test_a_correction_takes_the_place_of_what_wasnt_opened(listed, monkeypatch):
    issue()
    turn(monkeypatch, at("08:31"))
    file_case("LATE", "2021-05-30", YUELIN, known=at("12:00"))
    second = issue(now=at("13:00"))
    turn(monkeypatch, at("13:01"))
    turn(monkeypatch, at("13:30", "2021-06-01"))

    assert [one.issue_id for one in sending.unread(listed.inspector)] == [second.pk]
    assert names(Delivery.objects.exclude(reminded_at=None)) == names(second.deliveries.all())


def test_the_list_is_kept_by_the_office_and_what_was_sent_stays(listed):
    issue()
    sending.set_receiver(to=listed.station, kinds=[], by=listed.desk, now=at("10:00"))
    sending.set_receiver(to=listed.inspector, kinds=["daily", "weekly"], by=listed.desk, now=at("10:00"))

    assert sorted((one.kind, str(one.to)) for one in sending.receivers()) == [
        ("daily", "inspector"), ("weekly", "inspector"), ("weekly", "溪口反诈工作站"),
    ]  # fmt: skip
    assert Delivery.objects.count() == 4
    assert Event.objects.filter(kind="bulletin.receiver_removed").count() == 1
    with pytest.raises(NotAllowed):
        sending.set_receiver(to=listed.station, kinds=["daily"], by=listed.inspector, now=at("10:00"))
    nobody = district.add_unit(
        code="operator-1", name="示范运营商", kind="operator", by="test", at=at("07:00")
    )
    for to in (nobody, listed.citizen):
        with pytest.raises(sending.NoReceiver):
            sending.set_receiver(to=to, kinds=["daily"], by=listed.desk, now=at("10:00"))


def test_the_page_keeps_the_list(listed):
    desk = logged_in(listed.desk)
    Account.objects.filter(username="auditor").update(name="沈敏")
    page = text(send(desk, "/bulletins/receivers", to="account:auditor", kind=["monthly", "special"]))

    assert "沈*</b>" in page, "by name, not by login"
    assert "沈敏" not in page
    assert {one.kind for one in sending.receivers().filter(account=listed.auditor)} == {"monthly", "special"}
    assert "没有存" in text(send(desk, "/bulletins/receivers", to="account:citizen", kind=["daily"]))
    assert logged_in(listed.inspector).get("/bulletins/receivers").status_code == 403


def test_each_kind_is_drafted_at_its_hour_once(listed, monkeypatch):
    """From Monday 31 May 07:00: the daily at 8 each day, the monthly of May on 2 June, the week to 4 June on the 5th."""
    for _started_twice in range(2):
        flow.begin(now=at("07:00"))
    for day in range(1, 8):
        for _turned_twice in range(2):
            turn(monkeypatch, at("08:00", f"2021-06-0{day}"))

    assert [(one.kind, str(one.date)) for one in Drafted.objects.order_by("at", "kind")] == [
        ("daily", "2021-05-30"), ("daily", "2021-05-31"), ("daily", "2021-06-01"), ("monthly", "2021-05-31"), ("daily", "2021-06-02"),
        ("daily", "2021-06-03"), ("daily", "2021-06-04"), ("weekly", "2021-06-04"), ("daily", "2021-06-05"), ("daily", "2021-06-06"),
    ]  # fmt: skip
    monkeypatch.setattr("jinzhong.clock.now", lambda: at("08:05", "2021-06-02"))
    assert "到点起草，等签发" in text(logged_in(listed.desk).get("/bulletins"))
    assert "到点起草，等签发" not in text(logged_in(listed.inspector).get("/bulletins"))
