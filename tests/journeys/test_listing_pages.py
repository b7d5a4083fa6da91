"""三色挂牌 through the page: published once, handed in, sent back, off the list by two people who each say what they mean."""

import re
from datetime import date
from html import unescape

import pytest
from django.utils import translation

from jinzhong import reasons
from jinzhong.district import operations as district
from jinzhong.review import inspection, operations, queries
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case
from tests.district import at
from tests.pages import logged_in, send, text

BEGINS = at("09:00", "2021-05-02")

APRIL = "/review?month=2021-04"


@pytest.fixture
def april(place, time):
    """溪口 had ten cases of eleven, after one a year before: red as soon as it is published."""
    file_case("A0", "2020-04-02", XIKOU)
    for number in range(10):
        file_case(f"A{number + 1}", f"2021-04-{10 + number}", XIKOU)
    file_case("B1", "2021-04-20", YUELIN)
    return place


def red(place):
    [one] = queries.listed(viewer=place.desk)
    return one.standing


def form(page: str, path: str) -> bool:
    return f'action="{path}"' in page


def owed(place, kind: str) -> str:
    return f"/review/obligations/{red(place).obligations.get(kind=kind).pk}"


def make_good(place, time):
    """Plan and report are handed in and accepted; May is mild and published."""
    for kind in ("plan", "report"):
        send(logged_in(place.town_xikou), f"{owed(place, kind)}/do", text="已报")
        send(logged_in(place.inspector), f"{owed(place, kind)}/accept")
    for number in range(6):
        file_case(f"C{number}", f"2021-05-{10 + number}", XIKOU)
    for number in range(12):
        file_case(f"D{number}", f"2021-05-{10 + number}", YUELIN)
    time["now"] = at("09:00", "2021-06-02")
    operations.publish(month=date(2021, 5, 1), by=place.desk, now=time["now"])


def test_a_lifted_colour_says_since_when_wherever_it_stands(april, time):
    operations.publish(month=date(2021, 4, 1), by=april.desk, now=time["now"])
    make_good(april, time)
    desk, town = logged_in(april.desk), f"/review/towns/{XIKOU}?month=2021-04"
    assert "6月2日摘牌" not in text(desk.get(APRIL)) + text(desk.get(town))
    lifting = operations.propose_lifting(standing=red(april), by=april.desk, now=time["now"])
    operations.approve_lifting(lifting=lifting, by=april.inspector, now=time["now"])
    time["now"] = at("09:01", "2021-06-02")

    listing = text(desk.get(APRIL))
    assert "6月2日摘牌，现为" in listing
    assert "红※</a>" in listing
    assert "6月2日摘牌，现为" in text(desk.get(town))
    # May's own yellow was not lifted
    assert "6月2日摘牌" not in text(desk.get(f"/review/towns/{XIKOU}?month=2021-05"))


def test_the_office_sees_the_draft_and_publishes_it_once(april):
    office = logged_in(april.desk)
    draft = text(office.get(APRIL))
    assert "还没有公布，照现在的案件会是这样" in draft
    assert form(draft, "/review/publish")
    assert "还没有公布" in text(logged_in(april.inspector).get(APRIL))

    page = text(send(office, "/review/publish", month="2021-04"))
    assert "万人发案率 1.39，是全区 0.58 的 2.40 倍" in page
    assert "挂牌并发督办单" in page
    assert "挂牌后满一个月" in page
    assert not form(page, "/review/publish")
    assert send(logged_in(april.inspector), "/review/publish", month="2021-04").status_code == 403


def test_a_list_published_in_chinese_is_read_in_english(april):
    office = logged_in(april.desk)
    send(office, "/review/publish", month="2021-04")
    kept = red(april).reasons
    office.post("/language", {"language": "en", "next": "/review"})
    page = unescape(text(office.get(APRIL)))
    with translation.override("en"):
        english = [reasons.told(one) for one in (*kept, "挂牌并发督办单", "挂牌后满一个月")]

    assert kept[0].startswith("万人发案率 1.39，是全区 0.58 的 2.40 倍，比上年同期多")
    for said in english:
        assert said in page
    assert "List the town" in page
    assert "挂牌并发督办单" not in page
    assert red(april).reasons == kept


def test_a_paper_rests_on_chinese_grounds_whoever_writes_it(april, time):
    office = logged_in(april.desk)
    district.add_unit(
        code="town-2", name="溪口反诈工作站", kind="town_office", town=april.xikou, by="test", at=time["now"]
    )
    send(office, "/review/publish", month="2021-04")
    office.post("/language", {"language": "en", "next": "/review"})
    form = {"to": "town-2", "kind": "letter", "facts": "发案多", "demand": "开会", "due": "2021-05-10"}
    assert "Red listing" in text(office.get("/inspection/new?to=town-2"))

    send(office, "/inspection/new", ground=f"listing:2021-04/{XIKOU}", **form)
    [paper] = inspection.papers(viewer=april.desk)
    assert paper.basis[0][2].startswith("2021-04 溪口镇 红牌：万人发案率 1.39，是全区 0.58 的 2.40 倍")


def test_a_town_sees_itself_alone(april):
    send(logged_in(april.desk), "/review/publish", month="2021-04")
    own, other = (text(logged_in(one).get(APRIL)) for one in (april.town_xikou, april.town_yuelin))

    assert "报送整改方案" in own
    assert form(own, f"{owed(april, 'plan')}/do")
    assert not form(own, f"{owed(april, 'supervision_order')}/do")
    for words in ("报送整改方案", "溪口镇"):
        assert words not in other
    at_plan = f"{owed(april, 'plan')}/do"
    assert send(logged_in(april.town_yuelin), at_plan, text="x").status_code == 404


def test_a_plan_is_sent_back_with_a_new_day_and_accepted_by_another(april, time):
    send(logged_in(april.desk), "/review/publish", month="2021-04")
    town, inspector, plan = logged_in(april.town_xikou), logged_in(april.inspector), owed(april, "plan")
    time["now"] = at("09:00", "2021-05-07")
    assert "迟 2 天" in text(town.get(APRIL))
    handed_in = text(send(town, f"{plan}/do", text="会开过了"))
    assert "等另一人验收" in handed_in
    assert not form(handed_in, f"{plan}/accept")

    assert send(inspector, f"{plan}/back", why="没有写时间", due="").status_code == 422
    assert send(inspector, f"{plan}/back", why="没有写时间", due="2021-05-07").status_code == 422
    back = text(send(inspector, f"{plan}/back", why="没有写时间", due="2021-05-12"))
    assert "没有写时间" in back
    again = text(town.get(APRIL))
    assert "会开过了" in again
    assert "5月12日" in again
    assert form(again, f"{plan}/do")
    assert send(town, f"{plan}/back", why="x", due="2021-05-12").status_code == 403

    send(town, f"{plan}/do", text="5月11日开会，40 人")
    assert "已验收" in text(send(inspector, f"{plan}/accept"))


def test_two_people_take_it_down_each_by_their_own_button(april, time):
    send(logged_in(april.desk), "/review/publish", month="2021-04")
    make_good(april, time)
    office, inspector = logged_in(april.desk), logged_in(april.inspector)
    propose = f"/review/standings/{red(april).pk}/lift"
    assert form(text(inspector.get(APRIL)), propose)

    proposed = text(send(office, propose))
    answer = re.search(r'action="(/review/liftings/[^"]+)"', proposed)[1]
    assert "批准摘牌" not in proposed
    assert "撤销这次提出" in proposed
    send(inspector, propose)  # the page was open before: that they propose the same isn't their signature
    assert [one.colour for one in queries.listed(viewer=april.desk)] == ["red"]
    assert send(office, answer, answer="approve").status_code == 422
    assert "批准摘牌" in text(inspector.get(APRIL))

    lifted = text(send(inspector, answer, answer="approve"))
    assert re.search(r"现为 <span class=\"plaque lv-yellow\">黄牌", lifted)
    assert send(inspector, answer, answer="approve").status_code == 422


def test_what_is_declined_may_be_proposed_again(april, time):
    send(logged_in(april.desk), "/review/publish", month="2021-04")
    make_good(april, time)
    propose = f"/review/standings/{red(april).pk}/lift"
    page = text(send(logged_in(april.desk), propose))
    answer = re.search(r'action="(/review/liftings/[^"]+)"', page)[1]

    assert form(text(send(logged_in(april.inspector), answer, answer="decline")), propose)
    assert send(logged_in(april.town_xikou), answer, answer="approve").status_code == 403


def test_still_red_by_april_is_told_wherever_may_is_looked_at(april, time):
    """May by itself is green; nobody has signed."""
    send(logged_in(april.desk), "/review/publish", month="2021-04")
    make_good(april, time)

    page = text(logged_in(april.town_xikou).get("/review?month=2021-05"))
    assert "还没有摘牌" in page
    assert f"?month=2021-04#t-{XIKOU}" in page
    town = text(logged_in(april.town_xikou).get(f"/review/towns/{XIKOU}?month=2021-05"))
    assert "以 2021年4月 的挂牌为准" in town
    assert f'href="/review/towns/{XIKOU}?month=2021-05"' in page


def test_an_earlier_month_isnt_added_later(april, time):
    send(logged_in(april.desk), "/review/publish", month="2021-04")
    page = text(logged_in(april.desk).get("/review?month=2021-03"))

    assert "这个月不再补" in page
    assert not form(page, "/review/publish")
    assert send(logged_in(april.desk), "/review/publish", month="2021-03").status_code == 422
