"""Bulletins through their pages: drafted, read, issued, corrected, compared, taken as files; who may and who may not."""

import hashlib
import json
import re
from html import unescape

import pytest

from jinzhong.audit import queries as audit
from jinzhong.bulletin import queries as bulletins
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, victim
from tests.district import at
from tests.journeys.test_situation_pages import words
from tests.pages import logged_in, text

BEGINS = at("08:30")
pytestmark = pytest.mark.usefixtures("time")

DAY = "/bulletins/daily/2021-05-30"


@pytest.fixture
def plain_files(monkeypatch):
    """Issuing without drawing: for tests that take no file."""
    monkeypatch.setattr(bulletins, "drawn", lambda content, ending: content["digest"].encode())


@pytest.fixture
def two_cases(place):
    """Of 30 May: a loan in Yuelin, 20,000 yuan; an investment in Xikou, 70,000. Of 29 May: one in Yuelin."""
    file_case("C0", "2021-05-29", YUELIN, "loan", 1_000, victim("F", 40))
    file_case("C1", "2021-05-30", YUELIN, "loan", 20_000, victim("F", 30))
    file_case("C2", "2021-05-30", XIKOU, "investment", 70_000, victim("M", 50))
    return place


def sign(browser, address=DAY):
    """Read the draft and issue it, as its button does."""
    read = re.search(r'name="read" value="(\w+)"', text(browser.get(f"{address}?draft=")))
    return browser.post(f"{address}/issue", {"read": read[1]}, follow=True)


def late_case(time):
    """A case of 30 May that we learn at 9:00 of the next day; it is 10:00 now."""
    file_case("C3", "2021-05-30", YUELIN, "loan", 5_000, clock="22:00", known=at("09:00"))
    time["now"] = at("10:00")


def test_a_draft_is_read_and_signed(desk, two_cases):
    draft = words(desk.get(DAY))
    assert "草稿，未签发" in draft
    assert "当日发案 2 起 ，损失 9.00 万元 ；前一日 1 起" in draft
    assert "签发以后不能改，也不能撤回" in draft

    page = words(sign(desk))

    assert "已签发第 1 版" in page
    assert "已签发，第 1 版" in page
    assert "草稿，未签发" not in page
    assert "当日发案 2 起 ，损失 9.00 万元 ；前一日 1 起" in page
    archive = words(desk.get("/bulletins"))
    assert "5月30日 已签发，第 1 版 5月31日 08:30 desk" in archive
    assert "5月29日 草稿" in archive


def test_signed_twice_there_is_one(desk, two_cases, plain_files):
    sign(desk)
    page = text(desk.get(f"{DAY}?draft="))

    assert "与第 1 版没有不同" in page
    assert 'name="read"' not in page
    assert audit.search(kind="bulletin.issued").count() == 1


def test_what_came_in_after_reading_is_not_signed(desk, two_cases, time):
    read = re.search(r'name="read" value="(\w+)"', text(desk.get(DAY)))[1]
    late_case(time)

    answer = desk.post(f"{DAY}/issue", {"read": read})

    assert answer.status_code == 409
    assert "没有签发：您看过之后又有新的数" in text(answer)
    assert "当日发案 3 起" in words(answer)
    assert desk.post(f"{DAY}/issue").status_code == 409
    assert bulletins.revisions("daily", at("00:00", "2021-05-30").date()) == []


def test_a_late_case_makes_a_correction_beside_the_first(desk, two_cases, plain_files, time):
    sign(desk)
    late_case(time)
    draft = words(desk.get(f"{DAY}?draft="))
    assert "当日发案 2 起 → 3 起 案件 C3 迟到" in draft
    assert "出更正，第 2 版" in draft

    assert "更正，第 2 版" in words(sign(desk))
    first = words(desk.get(f"{DAY}?revision=1"))
    assert "当日发案 2 起 ，" in first

    page = desk.get(f"{DAY}/compare")
    beside = words(page)
    assert "当日发案 2 起 3 起 案件 C3 迟到（5月30日 22:00报案，5月31日 09:00录入）" in beside
    assert "岳林街道 · 当日 1 2 随上面的数变" in beside
    assert "岳林街道 · 当日损失 2.00 万元 2.50 万元" in beside
    assert text(page).count('<article class="paper"') == 2
    assert 'class="prov changed"' in text(page)


def test_each_figure_opens_to_its_rows_by_cut_off_and_revision(desk, two_cases, plain_files, time):
    sign(desk)
    late_case(time)
    sheet = text(desk.get(DAY))
    links = [unescape(one) for one in re.findall(r'href="(/situation/rows\?[^"]+)"', sheet)]
    opened = words(desk.get(next(one for one in links if "figure=cases&" in one)))

    assert len(links) > 60
    assert {desk.get(one).status_code for one in links[:12]} == {200}
    assert "当日发案 2021年5月30日" in opened
    assert "反诈日报 5月30日 第 1 版" in opened
    assert (
        "5月31日 08:30:00 以前收到的 · 当时 2，今为 3：案件 C3 迟到（5月30日 22:00报案，5月31日 09:00录入）"
        in opened
    )
    assert all(number in opened for number in ("C1", "C2"))
    assert "C3" not in opened.split("案件编号")[1]


def test_files_are_those_that_were_given_out(desk, two_cases, time):
    sign(desk)
    given = {
        ending: desk.get(f"{DAY}/file/{ending}?revision=1") for ending in ("pdf", "docx", "html", "json")
    }
    issue = bulletins.issued("daily", at("00:00", "2021-05-30").date(), 1)
    late_case(time)

    for ending, answer in given.items():
        assert hashlib.sha256(answer.content).hexdigest() == issue.files.get(ending=ending).digest
        assert desk.get(f"{DAY}/file/{ending}?revision=1").content == answer.content
    assert given["pdf"].content.startswith(b"%PDF")
    assert "attachment" in given["pdf"]["Content-Disposition"]
    draft = json.loads(desk.get(f"{DAY}/file/json?draft=2021-05-31T09:30:00%2B08:00").content)
    assert (draft["state"], draft["figures"]["cases"]["value"]) == ("draft", 3)
    assert "草稿，未签发" in desk.get(f"{DAY}/file/html?draft=").content.decode()


def test_a_town_reads_and_takes_only_its_extract(desk, two_cases, place, plain_files):
    sign(desk)
    town = logged_in(place.town_xikou)
    page = words(town.get(DAY))

    assert "只摘溪口镇" in page
    assert "当日发案 1 起 ，损失 7.00 万元" in page
    assert "岳林街道" not in page.replace("送：各成员单位", "")
    assert "签发第" not in page
    told = bulletins.extract(
        bulletins.issued("daily", at("00:00", "2021-05-30").date()), viewer=place.town_xikou, now=at("08:30")
    )
    assert town.get(f"{DAY}/file/json?revision=1").content == told["digest"].encode()
    assert "当日发案 1 起" in words(town.get(f"{DAY}?draft="))


def test_today_is_drafted_but_signing_it_is_not_what_is_suggested(desk, two_cases):
    page = text(desk.get("/bulletins/daily/2021-05-31"))

    assert "这一天还没有过完，现在签发，数字只到此刻" in page
    assert "btn wide primary" not in page


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/bulletins/daily/2021-06-01", 422),
        ("/bulletins/daily/1889-01-01", 422),
        ("/bulletins/daily/2021-02-30", 404),
        ("/bulletins/daily/yesterday", 404),
        ("/bulletins/hourly/2021-05-30", 404),
        (f"{DAY}?revision=1", 404),
        (f"{DAY}?revision=first", 404),
        (f"{DAY}?draft=noon", 404),
        (f"{DAY}/compare", 404),
        (f"{DAY}/file/exe?draft=", 404),
        ("/bulletins?month=nonsense", 200),
    ],
)
def test_wrong_addresses_are_answered_in_words(desk, two_cases, address, status):
    assert desk.get(address).status_code == status


@pytest.mark.parametrize(
    ("role", "read", "issue"),
    [("desk", 200, 409), ("inspector", 200, 403), ("auditor", 200, 403), ("town_yuelin", 200, 403),
     ("hotline", 403, 403), ("teller", 403, 403), ("admin", 403, 403), ("citizen", 403, 403)],
)  # fmt: skip
def test_who_may_read_and_who_may_sign(place, two_cases, role, read, issue):
    browser = logged_in(getattr(place, role))

    assert browser.get("/bulletins").status_code == read
    assert browser.get(DAY).status_code == read
    assert browser.post(f"{DAY}/issue", {"read": "x"}).status_code == issue
    assert ('href="/bulletins"' in text(browser.get("/me"))) == (read == 200)


# -- weeks and months -----------------------------------------------------------------------------------

WEEK = "/bulletins/weekly/2021-05-28"
"""The week from Saturday 22 May."""


@pytest.fixture
def a_week(place):
    """Two cases of the week in Yuelin and Xikou; one of the week before."""
    file_case("B1", "2021-05-20", YUELIN, "loan", 1_000, victim("F", 40))
    file_case("C1", "2021-05-23", YUELIN, "loan", 20_000, victim("F", 30))
    file_case("C2", "2021-05-24", XIKOU, "investment", 70_000, victim("M", 50))
    return place


@pytest.fixture
def leader(place):
    return logged_in(place.chief)


def read_of(page):
    return re.search(r'name="read" value="(\w+)"', text(page))[1]


def test_a_week_is_put_forward_by_one_and_signed_by_another(desk, leader, a_week):
    draft = desk.get(WEEK)
    assert "反诈周报 2021年5月22日至28日" in words(draft)
    assert "本周发案 2 起 ，损失 9.00 万元 ；上周 1 起" in words(draft)
    assert "签发第 1 版" not in words(draft)
    assert desk.post(f"{WEEK}/issue", {"read": read_of(draft)}).status_code == 409

    waiting = words(desk.post(f"{WEEK}/submit", {"read": read_of(draft)}, follow=True))
    assert "已送审，请另一位签发" in waiting
    assert "等另一位签发" in waiting
    assert "要先由另一个人送审，送审的人自己不能签" in words(
        desk.post(f"{WEEK}/issue", {"read": read_of(draft)})
    )
    page = leader.get(WEEK)
    assert "送审，送的就是这一份" in words(page)
    issued = words(leader.post(f"{WEEK}/issue", {"read": read_of(page)}, follow=True))

    assert "已签发第 1 版" in issued
    assert "拟稿 desk" in issued
    assert "签发 chief" in issued
    assert "5月22日至5月28日 已签发，第 1 版" in words(desk.get("/bulletins?kind=weekly"))
    assert leader.get(f"{WEEK}/file/pdf").getvalue()[:5] == b"%PDF-"


def test_words_are_edited_on_the_page_and_figures_are_not(desk, a_week):
    ask = {"passage": "demand", "text": "先看老人。本周 {本周发案}。"}
    assert "文字改好了，数字没有动" in words(desk.post(f"{WEEK}/words", ask, follow=True))
    assert "下一步。 先看老人。本周 2 起" in words(desk.get(WEEK))

    refused = desk.post(f"{WEEK}/words", ask | {"text": "本周 3 起。"})

    assert refused.status_code == 422
    assert "文字没有改：“本周 3 起。”是手写的数" in words(refused)
    assert "本周 3 起。</textarea>" in text(refused)
    assert desk.post(f"{WEEK}/words", {"passage": "title", "text": "无"}).status_code == 404


def test_what_came_in_after_reading_is_not_put_forward(desk, a_week, time):
    read = read_of(desk.get(WEEK))
    file_case("C9", "2021-05-25", YUELIN, "loan", 1, known=at("09:00"))
    time["now"] = at("10:00")

    answer = desk.post(f"{WEEK}/submit", {"read": read})

    assert answer.status_code == 409
    assert "没有送审：您看过之后又有新的数" in words(answer)
    assert bulletins.submission("weekly", at("00:00", "2021-05-28").date()) is None


def test_any_day_of_a_week_or_month_opens_it(desk, a_week):
    assert "反诈周报 2021年5月22日至28日" in words(desk.get("/bulletins/weekly/2021-05-25"))
    assert "反诈月报 2021年4月" in words(desk.get("/bulletins/monthly/2021-04-07"))
    assert "5月29日至6月4日 还没有过完" in words(desk.get("/bulletins?kind=weekly"))
    assert "4月 草稿" in words(desk.get("/bulletins?kind=monthly"))


@pytest.mark.parametrize(
    "address",
    [
        "daily/2021-06-02/issue",
        "daily/2021-06-02/words",
        *(f"weekly/2021-06-05/{step}" for step in ("issue", "submit", "words")),
        *(f"monthly/2021-06-30/{step}" for step in ("issue", "submit", "words")),
    ],
)
def test_what_has_not_begun_is_refused_with_words(desk, a_week, address):
    answer = desk.post(f"/bulletins/{address}", {"read": "-", "passage": "demand", "text": "无"})

    assert answer.status_code == 422
    assert "还没有到" in words(answer)
    assert "从下面选一期" in words(answer)


def test_a_figure_of_a_week_opens_to_its_rows(desk, a_week):
    links = [unescape(one) for one in re.findall(r'href="(/situation/rows\?[^"]+)"', text(desk.get(WEEK)))]
    cases = next(one for one in links if "figure=cases&" in one)

    assert len(links) >= 80
    assert {desk.get(one).status_code for one in links} == {200}
    assert "2 起" in words(desk.get(cases))
