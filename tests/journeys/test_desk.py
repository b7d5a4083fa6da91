"""The desk's day through its pages: seen, sent, found, revealed, settled and taken back."""

import re

from django.test import Client

from jinzhong import flow
from jinzhong.audit import queries as audit
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch import queries as orders
from jinzhong.intake.sources.hotline_call.parse import parse
from jinzhong.vault import queries as vault
from tests.district import at
from tests.journeys.test_one_alert import ALERT, raise_alert
from tests.pages import logged_in, send, text

PHONE = "13812346620"


def phone_call(place, moment, **said):
    given = {"phone": "13905740011", "town": place.yuelin.pk, "signs": ["repeated_contact"], **said}
    return flow.raise_alert(
        source="hotline_call", fields=parse(given, towns={place.yuelin.pk, place.xikou.pk}), raw=given,
        by=place.hotline, sent_at=moment, now=moment,
    )  # fmt: skip


def act(warning, what=""):
    return f"/desk/warnings/{warning.pk}{what and '/' + what}"


def test_the_queue_shows_who_why_how_much_and_the_running_clock(place, desk):
    raised = raise_alert(place, at("14:05:32"))

    page = text(desk.get("/desk"))

    assert "张*" in page
    assert "岳林街道" in page
    assert "自称配合办案" in page
    assert "8.60" in page
    assert "签收剩" in page
    assert raised.warning.number in page
    assert PHONE not in page


def test_the_gravest_stands_first_and_tabs_count(place, desk):
    phone_call(place, at("14:00"))
    raise_alert(place, at("14:05"))

    page = text(desk.get("/desk"))
    unsent = text(desk.get("/desk?tab=unsent"))

    assert page.index("紧急</span>") < page.index("中危</span>")
    assert re.search(r"全部 <b>2</b>", page)
    assert re.search(r"待派 <b>1</b>", page)
    assert 'data-grade="yellow"' in unsent
    assert 'data-grade="red"' not in unsent


def test_filters_are_in_the_address_and_found_by_words_never(place, desk):
    raise_alert(place, at("14:05"))
    phone_call(place, at("14:00"), town=place.xikou.pk)

    assert "溪口镇" not in rows(desk.get(f"/desk?town={place.yuelin.pk}"))
    assert "紧急" not in rows(desk.get("/desk?grade=yellow"))
    for words in ("138 1234 6620", "+8613812346620", "张桂兰"):
        found = desk.post("/desk", {"words": words})
        assert "张*" in rows(found)
        assert 'data-grade="yellow"' not in rows(found)
    assert "没有找到" in rows(desk.post("/desk", {"words": "13900000000"}))
    assert "没有找到" not in rows(desk.get("/desk?words=13900000000"))


def test_the_log_keeps_that_somebody_was_looked_for_but_not_whom(place, desk):
    raise_alert(place, at("14:05"))

    desk.post("/desk", {"words": "13812346620"})
    desk.get("/desk")

    line = audit.search(kind="vault.looked_up").get()
    assert (line.by, line.facts) == ("desk", '{"found": 1, "where": "desk"}')


def rows(answer) -> str:
    page = text(answer)
    return page[page.index('id="rows"') : page.index('class="keys"')]


def test_a_part_that_asks_again_gets_the_part(place, desk):
    raised = raise_alert(place, at("14:05"))

    part = text(desk.get("/desk", headers={"HX-Request": "true", "HX-Target": "rows"}))
    pane = text(desk.get(act(raised.warning), headers={"HX-Request": "true", "HX-Target": "pane"}))

    assert part.startswith('<div id="rows"')
    assert "<html" not in part + pane
    assert 'id="pane"' in pane


def test_the_session_over_a_part_takes_the_whole_page_to_the_login(place):
    answer = Client().get(
        "/desk", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/desk?tab=late"}
    )

    assert answer.status_code == 204
    assert answer["HX-Redirect"] == "/login?next=/desk%3Ftab%3Dlate"


def test_a_reveal_needs_a_purpose_lasts_ten_minutes_and_is_logged(place, desk, time):
    warning = raise_alert(place, at("14:05")).warning

    refused = send(desk, act(warning, "reveal"))
    assert refused.status_code == 422
    assert "先选用途" in text(refused)

    shown = send(desk, act(warning, "reveal"), purpose="contact", why="女儿托我们找")
    assert PHONE in text(shown)
    event = audit.search(kind="vault.revealed").get()
    assert (event.by, event.purpose, event.recorded_at) == ("desk", "contact", at("14:06"))
    assert PHONE not in text(logged_in(place.chief).get(act(warning)))

    time["now"] = at("14:16:01")
    assert PHONE not in text(desk.get(act(warning)))


def test_nobody_reveals_whose_role_it_is_not(place, time):
    warning = raise_alert(place, at("14:05")).warning

    for account in (place.town_yuelin, place.inspector, place.auditor):
        assert send(logged_in(account), act(warning, "reveal"), purpose="contact").status_code == 403
    assert not audit.search(kind="vault.revealed").exists()


def test_named_officers_are_sent_and_another_one_takes_over(place, desk):
    warning = phone_call(place, at("14:05")).warning

    send(desk, act(warning, "send"), officer=["officer_217", "officer_340"])
    order = orders.open_order(warning)
    assert sorted(one.account.staff_no for one in order.assignments.all()) == ["217", "340"]

    told = send(desk, act(warning, "send"), officer="officer_226")
    assert "已改派" in text(told)
    assert [one.account.staff_no for one in order.assignments.filter(released_at=None)] == ["226"]

    both = send(desk, act(warning, "send"), officer=["officer_217", "officer_340"])
    assert both.status_code == 422


def test_a_refused_visit_is_followed_by_another_pair(place, desk):
    raised = raise_alert(place, at("14:00"))
    dispatch.close(
        order=raised.order, by=place.patrols[0], happened_at=at("14:05"), now=at("14:05"), outcome="refused"
    )  # fmt: skip

    page = text(desk.get(act(raised.warning)))

    assert "再派一组去网点" in page
    assert 'name="officer" value="officer_340"' in page
    assert 'name="officer" value="officer_217"' not in page


def test_a_form_sent_twice_sends_nobody_twice(place, desk):
    warning = phone_call(place, at("14:05")).warning
    said = {"once": "k" * 32, "officer": "officer_217"}

    first = desk.post(act(warning, "send"), said)
    again = desk.post(act(warning, "send"), said)
    other = desk.post(act(warning, "send"), said | {"officer": "officer_340"})
    without = desk.post(act(warning, "send"), {"officer": "officer_340"})

    assert first["Location"] == again["Location"]
    assert (other.status_code, without.status_code) == (409, 400)
    assert [one.account.staff_no for one in orders.open_order(warning).assignments.all()] == ["217"]


def test_another_grade_needs_a_reason(place, desk):
    warning = phone_call(place, at("14:05")).warning

    assert send(desk, act(warning, "grade"), grade="red").status_code == 422
    send(desk, act(warning, "grade"), grade="red", reason="money_moving")

    warning.refresh_from_db()
    assert warning.grade == "red"
    assert "核实过" in text(desk.get(act(warning)))


def test_a_false_alarm_can_be_taken_back_from_the_bar(place, desk):
    warning = raise_alert(place, at("14:05")).warning

    settled = text(send(desk, act(warning, "settle"), outcome="false_alarm"))
    assert f'action="{act(warning, "reopen")}"' in settled
    assert "已办结:误报".replace(":", "：") in settled
    warning.refresh_from_db()
    assert warning.state == "closed"

    send(desk, act(warning, "reopen"))
    warning.refresh_from_db()
    assert warning.state == "open"
    assert orders.open_order(warning) is not None


def test_what_only_the_door_can_say_the_desk_cannot(place, desk):
    warning = raise_alert(place, at("14:05")).warning

    assert send(desk, act(warning, "settle"), outcome="refused").status_code == 422
    warning.refresh_from_db()
    assert warning.state == "open"


def test_two_about_one_person_become_one(place, desk):
    kept = raise_alert(place, at("14:00")).warning
    other = phone_call(place, at("14:04"), story="邻居来电").warning

    assert other.number in text(desk.get(act(kept, "merge")))
    told = send(desk, act(kept, "merge"), number=other.number.lower())
    assert "邻居来电" in text(told)
    assert "2 条来源" in text(told)
    assert desk.get(act(other)).status_code == 404
    assert send(desk, act(kept, "merge"), number="YJ-nothing").status_code == 422


def test_the_persons_of_merged_warnings_are_one_until_the_desk_parts_them(place, desk):
    kept = raise_alert(place, at("14:00")).warning
    other = phone_call(place, at("14:04"), phone="13900001111", story="另一个号码").warning
    assert kept.person != other.person

    told = text(send(desk, act(kept, "merge"), number=other.number))
    assert "与另 1 人并为一人" in told
    assert vault.find("phone", "13900001111") == [kept.person]

    told = text(send(desk, act(kept, "part")))
    assert "已分开" in told
    assert "并为一人" not in told
    assert vault.find("phone", "13900001111") == [other.person]
    assert "没有改动" in text(send(desk, act(kept, "part")))


def test_settled_meanwhile_nothing_changes_and_it_says_so(place, desk):
    raised = raise_alert(place, at("14:05"))
    dispatch.close(
        order=raised.order, by=place.patrols[0], happened_at=at("14:05:50"), now=at("14:05:50"), outcome="dissuaded"
    )  # fmt: skip

    told = text(send(desk, act(raised.warning, "grade"), grade="blue", reason="understood"))

    assert "刚才已经办结" in told
    raised.warning.refresh_from_db()
    assert raised.warning.grade == "red"


def test_each_role_sees_its_own_part_of_the_desk(place, time):
    here, there = (
        raise_alert(place, at("14:05")).warning,
        phone_call(place, at("14:04"), town=place.xikou.pk).warning,
    )
    seen = {
        "town_yuelin": {here},
        "town_xikou": {there},
        "inspector": {here, there},
        "auditor": {here, there},
    }

    for name, expected in seen.items():
        client = logged_in(getattr(place, name))
        page = text(client.get("/desk"))
        assert {one for one in (here, there) if one.number in page} == expected
        for one in (here, there):
            assert client.get(act(one)).status_code == (200 if one in expected else 404)
            assert send(client, act(one, "settle"), outcome="false_alarm").status_code == 403
    for name in ("admin", "citizen", "teller", "bank_head"):
        assert logged_in(getattr(place, name)).get("/desk").status_code == 403


def test_numbers_written_into_a_story_are_covered(place, desk):
    given = ALERT | {"story": "对方电话 13800138000,卡号 6222 0202 0000 7731"}
    warning = raise_alert(place, at("14:05"), given).warning

    page = text(desk.get(act(warning)))

    assert "13800138000" not in page
    assert "***8000" in page
    assert "6222 0202" not in page


def test_no_browser_keeps_what_only_the_viewer_may_see(place, desk):
    answer = desk.get("/desk")

    assert "no-store" in answer["Cache-Control"]
    assert "HX-Request" in answer["Vary"]
