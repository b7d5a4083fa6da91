"""The duty page: who is on, changing a duty with a colleague's consent, the note for the next shift."""

from jinzhong.district import operations as district
from jinzhong.district import queries
from tests.district import at
from tests.pages import logged_in, send, text

DAY_SHIFT, EVENING_SHIFT = "2021053108", "2021053116"


def duty_of(account):
    return next(one for one in queries.duties_at(at("14:06")) if one.account == account)


def test_the_page_tells_who_is_on_and_who_is_lacking(place, desk):
    page = text(desk.get("/desk/duty"))

    assert "现在 白班" in page
    assert "217" in page
    assert "缺值班领导 1" in page
    assert "5月31日–6月6日" in page


def test_the_office_puts_people_on_a_shift_and_takes_them_off(place, desk):
    told = text(send(desk, f"/desk/duty/{EVENING_SHIFT}/assign", post="patrol", account="officer_217"))
    assert "217 已排上" in told
    duty = queries.duties_at(at("18:00"))[0]

    send(desk, f"/desk/duty/{EVENING_SHIFT}/relieve", duty=duty.pk)
    assert queries.duties_at(at("18:00")) == []

    told = text(send(desk, f"/desk/duty/{EVENING_SHIFT}/assign", post="patrol", account="hotline"))
    assert "没有改动：这个人不能上这个岗" in told


def test_a_duty_changes_hands_only_with_consent(place, desk):
    wang, zhao = place.patrols[0], place.patrols[2]
    district.relieve(duty=duty_of(zhao), by="desk", at=at("13:00"))
    asks, answers = logged_in(wang), logged_in(zhao)

    send(asks, "/desk/duty/swap", duty=duty_of(wang).pk, takes=zhao.username)
    assert "请您接" in text(answers.get("/desk/duty"))
    assert wang in queries.patrols_at(at("14:06"))
    swap = queries.open_swaps(zhao)[0]
    assert send(logged_in(place.chief), f"/desk/duty/swaps/{swap.pk}", answer="agree").status_code == 404
    assert "没有改动" in text(send(asks, f"/desk/duty/swaps/{swap.pk}", answer="agree"))

    send(answers, f"/desk/duty/swaps/{swap.pk}", answer="agree")
    assert zhao in queries.patrols_at(at("14:06"))
    assert wang not in queries.patrols_at(at("14:06"))


def test_the_note_for_the_next_shift_is_asked_for_until_it_is_written(place, desk, time):
    time["now"] = at("16:05")
    assert "有 1 班没有写交接" in text(desk.get("/desk/duty"))

    assert "没有改动" in text(send(desk, f"/desk/duty/{DAY_SHIFT}/handover", note=" "))
    send(desk, f"/desk/duty/{DAY_SHIFT}/handover", note="锦屏一单等反馈")

    page = text(desk.get("/desk/duty"))
    assert "没有写交接" not in page
    assert "锦屏一单等反馈" in page


def test_a_cadre_comes_from_a_member_unit(place, desk):
    send(
        desk,
        "/desk/duty/second",
        account="inspector",
        unit="bank-01",
        since="2021-05-31",
        until="2021-06-06",
    )

    page = text(desk.get("/desk/duty"))
    assert "5月31日–6月6日" in page
    assert "示范银行" in page


def test_readers_read_and_strangers_stay_out(place, time):
    for account, status in (
        (place.inspector, 200),
        (place.auditor, 200),
        (place.hotline, 200),
        (place.teller, 403),
    ):
        client = logged_in(account)
        assert client.get("/desk/duty").status_code == status
        assert send(client, f"/desk/duty/{DAY_SHIFT}/handover", note="x").status_code == 403
        assert send(client, "/desk/duty/repeat", week="2021-06-07").status_code == 403


def test_no_such_shift_is_no_page(place, desk):
    for key in ("2021053109", "20210532", "1"):
        assert desk.get(f"/desk/duty/{key}").status_code == 404
