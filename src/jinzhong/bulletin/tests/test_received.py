"""Banks, outlets and operators read what the office sent them and nothing else, and say that they have it."""

import re

import pytest

from jinzhong.audit.models import Event
from jinzhong.bulletin import queries, sending
from jinzhong.bulletin.models import Delivery
from jinzhong.bulletin.tests.test_send import issue, turn
from jinzhong.district import operations as district
from jinzhong.district.permissions import NotAllowed
from jinzhong.situation.tests.small import YUELIN, file_case
from jinzhong.web.shared import received
from tests.district import at
from tests.pages import logged_in, send, text


@pytest.fixture
def sent(place, monkeypatch):
    """The daily of 30 May went to the bank, to one of its outlets and to an operator's account at 08:31."""
    monkeypatch.setattr(queries, "drawn", lambda content, ending: content["digest"].encode())
    operator = district.add_unit(
        code="operator-1", name="示范运营商", kind="operator", by="test", at=at("07:00")
    )
    place.operator = district.add_account(
        username="risk", password=None, role="operator", unit=operator, by="test", at=at("07:00")
    )
    for to in (place.bank, place.outlet, place.operator):
        sending.set_receiver(to=to, kinds=["daily"], by=place.desk, now=at("07:30"))
    file_case("A", "2021-05-30", YUELIN)
    place.issue = issue()
    turn(monkeypatch, at("08:31"))
    return place


def given(place, account):
    return f"/received/{Delivery.objects.get(issue=place.issue, account=account).pk}"


def test_a_bank_opens_what_it_was_sent_and_confirms_it_once(sent, monkeypatch):
    monkeypatch.setattr("jinzhong.clock.now", lambda: at("09:10"))
    bank = logged_in(sent.bank_head)
    listed = text(bank.get("/received"))
    assert "还没有确认收到" in listed
    assert re.search(r"通报<i>1</i>", listed)
    assert "通报 <b>1</b>" in text(bank.get("/outlet"))

    paper = text(bank.get(given(sent, sent.bank_head)))
    assert "5月30日全区电信网络诈骗防控情况" in paper
    assert "/situation/rows" not in paper
    assert bank.get(given(sent, sent.bank_head) + "/file/pdf").content == sent.issue.digest.encode()
    for _twice in range(2):
        done = text(send(bank, given(sent, sent.bank_head) + "/confirm"))
    assert "5月31日 09:10 确认收到" in done
    assert not re.search(r"通报<i>1</i>", done)
    assert Event.objects.filter(kind="bulletin.confirmed").count() == 1
    seen = text(logged_in(sent.desk).get("/bulletins/daily/2021-05-30"))
    assert "5月31日 09:10 打开，5月31日 09:10 确认收到" in seen


def test_nobody_reads_what_was_sent_to_another(sent):
    bank, other = logged_in(sent.bank_head), given(sent, sent.operator)

    for address in (other, f"{other}/file/pdf"):
        assert bank.get(address).status_code == 404
    assert send(bank, f"{other}/confirm").status_code == 404
    with pytest.raises(NotAllowed):
        sending.confirm(
            delivery=Delivery.objects.get(account=sent.operator), by=sent.bank_head, now=at("09:00")
        )
    for address in ("/bulletins", "/bulletins/daily/2021-05-30", "/bulletins/daily/2021-05-30/file/pdf"):
        assert bank.get(address).status_code == 403
    assert "还没有发给您的通报" in text(logged_in(sent.far_teller).get("/received"))
    assert logged_in(sent.inspector).get("/received").status_code == 403
    assert not Delivery.objects.exclude(confirmed_at=None).exists()


def test_who_opened_without_confirming_is_reminded_once(sent, monkeypatch):
    sending.open_(sent.issue, by=sent.bank_head, now=at("09:00"))
    sending.open_(sent.issue, by=sent.teller, now=at("09:00"))
    sending.confirm(delivery=Delivery.objects.get(account=sent.teller), by=sent.teller, now=at("09:01"))
    for day in ("2021-06-01", "2021-06-02"):
        turn(monkeypatch, at("09:00", day))

    reminded = Delivery.objects.exclude(reminded_at=None).values_list("account__username", flat=True)
    assert sorted(reminded) == ["bank_head", "risk"]
    assert "6月1日 09:00 提醒过" in text(logged_in(sent.bank_head).get("/received"))


def test_a_correction_is_what_has_to_be_confirmed(sent, monkeypatch):
    file_case("LATE", "2021-05-30", YUELIN, known=at("12:00"))
    second = issue(now=at("13:00"))
    turn(monkeypatch, at("13:01"))

    assert [one.issue_id for one in sending.unconfirmed(sent.bank_head)] == [second.pk]
    bank = logged_in(sent.bank_head)
    assert "已有更正，看新的一版" in text(bank.get(given(sent, sent.bank_head)))
    monkeypatch.setattr(received, "LINES", 1)
    for page, shown in ((1, "第 2 版"), (2, "第 1 版")):
        listed = text(bank.get("/received", {"page": page}))
        assert re.findall(r"第 \d 版", listed) == [shown]
        assert f"{page} / 2" in listed


def test_taken_off_the_list_it_keeps_what_it_had(sent):
    sending.set_receiver(to=sent.bank, kinds=[], by=sent.desk, now=at("10:00"))
    file_case("LATE", "2021-05-30", YUELIN, known=at("12:00"))
    issue(now=at("13:00"))

    assert [one.issue_id for one in sending.received(sent.bank_head)] == [sent.issue.pk]
    assert not Delivery.objects.filter(account=sent.bank_head).exclude(issue=sent.issue).exists()
