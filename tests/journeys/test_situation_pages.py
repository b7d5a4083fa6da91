"""The situation through its page: figures counted by hand, against what, and the rows each opens to; who may and who may not."""

import re
from datetime import date, timedelta
from html import unescape

import pytest
from django.utils import translation

from jinzhong import reasons
from jinzhong.district import operations as district
from jinzhong.situation import board, late
from jinzhong.situation import operations as situation
from jinzhong.situation.periods import Period
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, five_cases, victim
from jinzhong.situation.told import board_json
from tests.district import at
from tests.journeys.test_one_alert import raise_alert
from tests.pages import logged_in, text

BEGINS = at("09:00", "2021-06-01")
pytestmark = pytest.mark.usefixtures("time")

MAY = "/situation?since=2021-05-01&until=2021-05-31"


@pytest.fixture
def five(place):
    five_cases()
    return place


def words(answer):
    """What a reader sees: no marks, one space between words."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text(answer))).split())


def facts(answer):
    """Each figure on top with what it is held against."""
    found = re.search(r'<ul class="sit-facts">(.*?)</ul>', text(answer), re.S)[1]
    lines = [
        " ".join(unescape(re.sub(r"<[^>]+>", " ", one)).split())
        for one in re.findall(r"<li.*?</li>", found, re.S)
    ]
    return {line.split()[0]: line for line in lines}


def links(answer):
    return [unescape(one) for one in re.findall(r'href="(/situation/rows\?[^"]+)"', text(answer))]


def test_every_figure_of_may_and_what_it_is_held_against(desk, five):
    told = facts(desk.get(MAY))

    # 20,000 + 70,000.50 + 0, in three cases; April had 10,000 + 5,000 in two
    assert told["发案"].startswith("发案 3 起 上一段 2021年4月 2 起 — 不足 20 起，不算百分比")
    assert told["损失"].startswith("损失 9.00 万元 上一段 2021年4月 1.50 万元")
    assert told["案均损失"].startswith("案均损失 3.00 万元 上一段 2021年4月 7,500 元")
    assert told["每万人发案"] == "每万人发案 0.16 起 常住人口 190,000 人"
    assert told["受害人"].startswith("受害人 4 人 案件 3 起")
    assert "去年同期 — 在最早的案件之前，没有数据" in told["发案"]
    assert told["占全市"] == "占全市 — 全市 — 全市数还没有报全"


def test_twenty_are_enough_for_a_percentage(desk, place):
    for n in range(20):
        file_case(f"A{n}", "2021-04-10", YUELIN, "loan", 1_000, victim("F", 25))
    for n in range(25):
        file_case(f"M{n}", "2021-05-10", XIKOU if n < 5 else YUELIN, "loan", 1_000, victim("M", 40))
    situation.record_city_count(
        month=at("00:00", "2021-05-01").date(), cases=500, source="市局", by="test", at=at("08:00")
    )
    page = desk.get(f"{MAY}&show=table")

    told = facts(page)
    assert "2021年4月 20 起 上升25.0%" in told["发案"]
    assert told["占全市"] == "占全市 5.00% 全市 500 起"
    assert "溪口镇 5 0 20.0% 5,000 元 20.0% 0.69" in words(page)
    assert "31 至 40 岁 25 100.0%" in words(page)


def test_each_figure_opens_to_the_cases_it_was_counted_from(desk, five):
    page = desk.get(MAY)
    opened = {link: words(desk.get(link)) for link in links(page)}

    assert len(opened) > 40
    first = opened[links(page)[0]]
    assert "3 起 损失 9.00 万元" in first
    assert all(number in first for number in ("M1", "M2", "M3"))
    assert "A2" not in first
    women = next(said for link, said in opened.items() if "sex=F" in link)
    assert "2 起" in women
    assert "M3" not in women


def test_the_rows_are_those_known_at_the_cut_off(desk, five, time):
    link = links(desk.get(MAY))[0]
    file_case("M4", "2021-05-20", YUELIN, "loan", 1_000, known=at("10:00", "2021-06-01"))
    time["now"] = at("10:30", "2021-06-01")

    page = words(desk.get(link))
    assert (
        "6月1日 09:00:00 以前收到的 · 当时 3，今为 4：案件 M4 迟到（5月20日 10:00报案，6月1日 10:00录入）"
        in page
    )
    assert "M4" not in page.split("案件编号")[1]
    assert facts(desk.get(MAY))["发案"].startswith("发案 4 起")


def test_a_filter_stays_in_the_address_and_in_every_link(desk, five):
    page = desk.get(f"{MAY}&town={YUELIN}&class=loan")

    assert facts(page)["发案"].startswith("发案 2 起")
    assert "岳林街道、贷款：2021年5月发案2起" in text(page)
    assert all("town=330213002" in link and "class=loan" in link for link in links(page))
    quick = re.search(r'href="(\?[^"]+)">今年以来', text(page))[1]
    assert "since=2021-01-01" in quick
    assert "until=2021-06-01" in quick
    assert "town=330213002" in quick


def test_sex_age_and_area_count_alone(desk, five):
    assert facts(desk.get(f"{MAY}&sex=M&age=66%2B"))["受害人"].startswith("受害人 1 人 案件 1 起")
    assert facts(desk.get(f"{MAY}&area=unknown"))["发案"].startswith("发案 1 起")


def test_quick_periods_end_today(desk, five):
    page = text(desk.get("/situation"))
    found = {
        word: tuple(days)
        for *days, word in re.findall(r'\?since=([\d-]+)&amp;until=([\d-]+)"[^>]*>(\w+)<', page)
    }

    # 1 June 2021 is a Tuesday; the week begins on Saturday
    assert found["本周"] == ("2021-05-29", "2021-06-01")
    assert found["本月"] == ("2021-06-01", "2021-06-01")
    assert found["上月"] == ("2021-05-01", "2021-05-31")


def test_nothing_counted_says_so(desk, place):
    page = words(desk.get(MAY))

    assert "2021年5月没有发案。" in page
    assert "这一段没有发案" in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("since=2021-02-30&until=2021-05-31", "日期要写成 2021-05-31 这样"),
        ("since=2021-05-31", "日期要写成 2021-05-31 这样"),
        ("since=2021-05-31&until=2021-05-01", "结束要晚于开始"),
        ("since=1066-10-14&until=9999-12-31", "年份请在 1990 到 2100 之间"),
        ("class=nonsense", "没有这个镇（街道）、类别或分组"),
        ("town=%00", "没有这个镇（街道）、类别或分组"),
    ],
)
def test_a_wrong_address_is_told_and_still_answers(desk, five, query, told):
    answer = desk.get(f"/situation?{query}")

    assert answer.status_code == 422
    assert told in text(answer)


@pytest.mark.parametrize("query", ["", "of=cases&since=x&until=y", "of=secrets&since=2021-05-01&until=2021-06-01",
    "of=orders&what=none&since=2021-05-01&until=2021-06-01", "of=cases&since=2021-05-01&until=2021-06-01&as_of=noon"])  # fmt: skip
def test_rows_nobody_counted_are_not_there(desk, five, query):
    assert desk.get(f"/situation/rows?{query}").status_code == 404


def test_warnings_and_orders_open_too(desk, place, time):
    raise_alert(place, at("14:05:32"))
    today = "since=2021-05-31&until=2021-06-01"

    assert "1 人" in words(desk.get(f"/situation/rows?of=warnings&{today}"))
    assert "岳林街道" in words(desk.get(f"/situation/rows?of=warnings&what=red&{today}"))
    assert "一条也没有" in words(desk.get(f"/situation/rows?of=warnings&what=blue&{today}"))
    late = words(desk.get(f"/situation/rows?of=orders&what=late&{today}"))
    assert "签收、到门、反馈" in late


def test_a_town_counts_and_opens_only_its_own(place, five):
    town = logged_in(place.town_xikou)
    page = town.get(MAY)

    assert facts(page)["发案"].startswith("发案 1 起")
    assert facts(page)["占全市"] == "占全市 — 全市 — 只有全区合计才能比"
    assert "溪口镇：2021年5月发案1起" in text(page)
    assert "岳林" not in text(page)
    opened = words(town.get("/situation/rows?of=cases&since=2021-05-01&until=2021-06-01"))
    assert "M2" in opened
    assert "M1" not in opened
    other = town.get(f"{MAY}&town={YUELIN}")
    assert other.status_code == 422
    assert "不在您的辖区" in text(other)
    assert "一条也没有" in words(
        town.get(f"/situation/rows?of=cases&since=2021-05-01&until=2021-06-01&town={YUELIN}")
    )


@pytest.mark.parametrize(
    ("role", "status"),
    [("desk", 200), ("inspector", 200), ("auditor", 200), ("town_yuelin", 200),
     ("hotline", 403), ("teller", 403), ("admin", 403), ("citizen", 403)],
)  # fmt: skip
def test_who_may_read_the_situation(place, role, status):
    browser = logged_in(getattr(place, role))

    assert browser.get("/situation").status_code == status
    assert browser.get("/situation/rows?of=cases&since=2021-05-01&until=2021-06-01").status_code == status
    assert ('href="/situation"' in text(browser.get("/me"))) == (status == 200)


# -- five colours ---------------------------------------------------------------------------------------


@pytest.fixture
def rising(place):
    """One loan a week in Yuelin from 6 February on, and six in the week from 22 May: P(X >= 6; 1) = 0.0006."""
    for number in range(15):
        file_case(
            f"W{number:02}", (date(2021, 2, 6) + timedelta(weeks=number)).isoformat(), YUELIN, "loan", 100
        )
    for number in range(6):
        file_case(f"R{number}", f"2021-05-{22 + number}", YUELIN, "brushing", 10_000)
    return place


def test_the_board_says_colour_why_who_by_when_and_how_it_ends(desk, rising):
    page = words(desk.get("/situation/alarms"))

    assert "岳林街道 红色预警 逾期 6 1.0" in page
    assert "6 起，前 15 周平均 1 起，多 500%，偶然出现的可能为 不到 0.1%" in page
    assert "谁来办 区反诈办牵头，5月29日 24 时前：当日会商，逐日跟踪" in page
    assert "怎么消 连续 2 周不高于黄色后解除（一周不超过 3 起就不再是红或橙）" in page
    assert "只按涨幅算，会有 1 个镇（街道）变红或橙；加上起数和碰巧检验，剩 1 个" in page
    assert "岳林街道 红色预警 6 起，预期 1.0" in words(desk.get("/situation")).replace(
        "红色预警 岳林街道 ", "岳林街道 红色预警 "
    )


def test_colours_are_told_in_the_language_of_the_reader(desk, rising):
    desk.post("/language", {"language": "en", "next": "/situation"})

    for page in ("/situation", "/situation/alarms"):
        assert "Red alarm" in words(desk.get(page))
        assert "红色预警" not in words(desk.get(page))


def test_why_who_and_until_when_are_told_in_the_language_of_the_reader(desk, rising):
    chinese = ("6 起，前 15 周平均 1 起，多 500%，偶然出现的可能为 不到 0.1%", "区反诈办牵头", "当日会商，逐日跟踪", "连续 2 周不高于黄色后解除")  # fmt: skip
    desk.post("/language", {"language": "en", "next": "/situation"})
    page = words(desk.get("/situation/alarms"))
    with translation.override("en"):
        english = [reasons.told(one) for one in chinese]
    for said in english:
        assert said in page
    assert "区反诈办牵头" not in page


def test_what_was_done_is_told_on_the_page(desk, rising, time):
    assert "岳林街道 红色预警 逾期" in words(desk.get("/situation/alarms"))
    form = {"week": "2021-05-22", "town": YUELIN, "text": "已会商", "once": "k1"}

    assert desk.post("/situation/alarms/act", form).headers["Location"].endswith(f"?town={YUELIN}#town")
    desk.post("/situation/alarms/act", form)
    time["now"] = at("09:05", "2021-06-01")
    page = words(desk.get("/situation/alarms"))
    empty = desk.post("/situation/alarms/act", form | {"text": " ", "once": "k2"})

    assert "已会商 区反诈办 desk 6月1日 09:00" in page
    assert "逾期" not in page
    assert words(desk.get("/situation/alarms")).count("已会商") == 1
    assert empty.status_code == 422
    assert "没有存：写清办了什么" in words(empty)
    for wrong in ({"town": "1"}, {"week": "2021-06-01"}, {"week": "x"}):
        assert desk.post("/situation/alarms/act", form | wrong | {"once": "k3"}).status_code == 404


def test_a_number_of_the_board_opens_to_its_cases(desk, rising):
    board = desk.get("/situation/alarms")
    opened = words(desk.get(links(board)[0]))

    assert "6 起" in opened
    assert "2021-05-22" in opened


def test_the_table_stands_beside_the_chart(desk, rising):
    page = words(desk.get("/situation/alarms?show=table"))

    assert "岳林街道 红 6 1.0 0–3 0.001" in page


def test_before_fifteen_weeks_the_answer_is_too_little_data(desk, rising):
    page = words(desk.get("/situation/alarms?week=2021-05-10"))

    assert "岳林街道 数据不足 1 —" in page
    assert "此前只有 13 周数据，不足 15 周" in page
    assert "数据不足 这一周之前没有整周的案件" in words(desk.get("/situation/alarms?week=2020-05-10"))


def test_a_class_and_a_town_are_chosen_by_the_address(desk, rising, place):
    of_loans = words(desk.get("/situation/alarms?class=loan"))
    other = words(desk.get(f"/situation/alarms?town={XIKOU}"))

    assert "岳林街道 绿色 0 1.0" in of_loans
    assert "溪口镇 绿色 看 0 起案件" in other
    assert "这一周没有案件" in other


def test_page_and_command_say_the_same(desk, rising):
    told = board_json(
        board.board(board.last_week(date(2021, 6, 1)), viewer=None, as_of=at("09:00", "2021-06-01"))
    )
    page = words(desk.get("/situation/alarms"))

    shown = [f"{one['name']} {one['word']} {one['observed']} {one['expected']}" for one in told["towns"]]
    assert [one in page.replace(" 逾期", "") for one in shown] == [True, True]


def test_a_town_sees_its_own_line_alone(place, rising):
    page = words(logged_in(place.town_xikou).get("/situation/alarms"))

    assert "溪口镇 绿色" in page
    assert "岳林" not in page


@pytest.mark.parametrize(
    "words_", ["week=nonsense", "week=9999-12-31", "class=none", "town=1", "expected=x", "show=x"]
)
def test_rubbish_in_the_address_shows_the_last_week(desk, rising, words_):
    answer = desk.get(f"/situation/alarms?{words_}")

    assert answer.status_code == 200
    assert "2021年5月22日至28日" in words(answer)


def test_a_rate_stands_with_its_interval_against_the_districts(desk, place):
    """40 cases among Yuelin's 118,000, one among Xikou's 72,000: 41 / 190,000 = 2.16 per 10,000, and one case is 0.025 to 5.572
    (Garwood), so 0.00 to 0.77 per 10,000."""
    for n in range(40):
        file_case(f"Y{n}", "2021-05-10", YUELIN)
    file_case("X", "2021-05-11", XIKOU)
    page = words(desk.get(f"{MAY}&show=table"))

    assert "全区 2.16 起（95% 区间 1.55–2.93）" in page
    yuelin, xikou = (
        re.search(rf"{name} {n} {people} ([\d.]+) ([\d.]+)–([\d.]+) ([\d.]+) ([\d.]+)–([\d.]+) (\S+)", page)
        for name, n, people in (("岳林街道", 40, 118000), ("溪口镇", 1, 72000))
    )
    assert (yuelin[1], yuelin[7]) == ("3.39", "高于全区")
    assert (*xikou.groups()[:3], xikou[7]) == ("0.14", "0.00", "0.77", "低于全区")
    assert 0.14 < float(xikou[4]) < 2.16
    # residents are not known by age: no rate
    assert "与全区比" not in words(desk.get(f"{MAY}&age=20-30"))
    # a town reads the interval that the office reads, and of itself alone
    own = words(logged_in(place.town_xikou).get(f"{MAY}&show=table"))
    assert xikou[0] in own
    assert "岳林街道 40" not in own


def test_what_is_still_to_be_reported_is_said_beside_the_newest_week(desk, place):
    """Of 60 April cases 30 came the same night and 30 six days later. On 1 June the days from 22 to 25 May have been waited for
    long enough; of the 26th to 28th a half is known: (4 + 3/2) / 7 = 0.786 of the week. Four known: 4 / 0.786 - 4 = 1."""
    for n in range(60):
        day = date(2021, 4, 1) + timedelta(days=n % 25)
        late = day + timedelta(days=6 * (n % 2))
        file_case(f"A{n}", day.isoformat(), YUELIN, known=at("23:59", late.isoformat()))
    for n in range(4):
        file_case(f"M{n}", "2021-05-28", YUELIN)

    assert "按此前报来的快慢，这一周约还有 1 起没有报来（0–5 起）" in words(desk.get("/situation/alarms"))
    assert "没有报来" not in words(desk.get("/situation/alarms?week=2021-04-10"))


def test_what_comes_every_night_is_not_missed_the_next_morning(desk, place):
    """Each day's cases come at 00:30 of the next: at nine nothing of yesterday is still to come; at midnight all of it is."""
    for n in range(40):
        day = date(2021, 4, 1) + timedelta(days=n)
        file_case(f"A{n}", day.isoformat(), YUELIN, known=at("00:30", (day + timedelta(days=1)).isoformat()))
    as_of = at("09:00", "2021-06-01")

    yesterday = Period(date(2021, 5, 31), date(2021, 6, 1))
    assert late.complete(yesterday, as_of=as_of).share == pytest.approx(1.0, abs=0.02)
    midnight = late.complete(yesterday, as_of=at("00:10", "2021-06-01"))
    assert midnight.share == pytest.approx(0.0, abs=0.02)
    assert late.coming(1, midnight).about is None


def test_too_few_earlier_cases_say_nothing_of_what_is_to_come(desk, five):
    assert "迟报：数据不足" in words(desk.get("/situation/alarms"))


def test_weeks_stand_in_their_control_limits(desk, place):
    """Two cases a week for 15 weeks, then seven: P(X <= 5; 2) = 0.983, so five is the limit, and P(X <= 7; 2) = 0.9989: just not beyond 99.8."""
    for n in range(15):
        for twice in "ab":
            file_case(f"W{n}{twice}", (date(2021, 2, 6) + timedelta(weeks=n)).isoformat(), YUELIN)
    for n in range(7):
        file_case(f"N{n}", "2021-05-24", YUELIN)

    for address in (f"/situation/alarms?town={YUELIN}", f"/review/towns/{YUELIN}?month=2021-05"):
        page = words(desk.get(address))
        assert "5月22日 7 超出 2.0 0–5 0–8" in page
        assert "5月15日 2 数据不足" in page


def test_a_cluster_and_a_huge_case_are_marked_on_the_board(desk, place):
    district.add_community(town=place.yuelin, name="南门社区", area="urban", by="test", at=at("08:00"))
    file_case("F", "2021-02-06", YUELIN)
    for n in range(3):
        file_case(f"C{n}", f"2021-05-2{3 + n}", YUELIN, "loan", 600_000, community="南门社区")
    page = words(desk.get("/situation/alarms"))

    assert "扎堆 一案巨额" in page
    assert "单案损失 60.00 万元 一起" in page
    assert "扎堆：南门社区 5月23日至5月25日同类 3 起" in page
    assert "扎堆 一案巨额" in words(desk.get("/situation"))
