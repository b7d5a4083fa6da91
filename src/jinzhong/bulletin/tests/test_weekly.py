"""The weekly and monthly: what they say, counted by hand; words edited and figures not; two persons; corrections; the same again."""

import hashlib
import io
import json
import re
import zipfile
from datetime import date, timedelta

import pytest
from docx import Document
from docx.shared import Pt

from jinzhong.bulletin import changes, operations, queries, wording
from jinzhong.bulletin import content as contents
from jinzhong.bulletin.paper import ENDINGS
from jinzhong.review import operations as review
from jinzhong.review import queries as review_queries
from jinzhong.situation import board
from jinzhong.situation import operations as situation
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, victim
from tests.district import at

FRIDAY = date(2021, 5, 28)
"""The week is Saturday 22 to Friday 28 May."""
MORNING = at("08:30", "2021-05-29")


def weeks_of_yuelin() -> None:
    """From 2 January: one loan case a week in Yuelin, on its Saturday; in the week of 22 May six. One case in Xikou in March.

    Expected of the week: the mean of fifteen weeks with one case each, 1.0. Poisson: P(X >= 6; 1) = 0.0006.
    """
    for number in range(20):
        day = date(2021, 1, 2) + timedelta(weeks=number)
        file_case(f"W{number:02}", day.isoformat(), YUELIN, "loan", 1_000, victim("F", 30))
    file_case("X1", "2021-03-10", XIKOU, "brushing", 5_000, victim("M", 45))
    for number in range(6):
        file_case(
            f"R{number}",
            f"2021-05-{22 + number}",
            YUELIN,
            "brushing",
            10_000,
            victim("F", 21, occupation="学生"),
        )


def weekly(now=MORNING):
    return queries.draft("weekly", FRIDAY, as_of=now, now=now)


def sign(kind="weekly", day=FRIDAY, now=MORNING):
    """The office puts it forward, the leader signs."""
    operations.submit(kind=kind, day=day, by="office", signed="周*", now=now)
    return operations.issue(kind=kind, day=day, by="leader", signed="林*", now=now)


@pytest.fixture
def plain_files(monkeypatch):
    """Issuing without drawing: for tests that take no file."""
    monkeypatch.setattr(queries, "drawn", lambda content, ending: content["digest"].encode())


def test_the_week_is_counted_and_coloured(place):
    weeks_of_yuelin()
    told = weekly()
    figures = told["figures"]

    # 22 to 28 May: six cases of 10,000; the Saturday of the twentieth week (W19) was 15 May
    assert (told["since"], told["until"], told["date"]) == ("2021-05-22", "2021-05-29", "2021-05-28")
    assert (figures["cases"]["value"], figures["loss"]["value"]) == (6, "60000.00")
    assert figures["cases_previous"]["value"] == 1
    assert figures["cases_year"]["value"] == 27
    assert figures["cases_last_year"]["text"] == "—"
    assert {
        "warnings_issued",
        "orders_late",
        "met",
        "protected_amount",
        "loss_year",
        "cases_month",
    } <= figures.keys()
    yuelin = next(one for one in told["alarms"]["towns"] if one["code"] == YUELIN)
    assert (yuelin["observed"], yuelin["expected"], yuelin["colour"], yuelin["p"]) == (
        6,
        "1.0",
        "red",
        "0.001",
    )
    assert (yuelin["act_by"], yuelin["who"]) == ("2021-05-29", "区反诈办牵头")
    assert told["alarms"]["weeks"] == [1, 1, 1, 1, 2, *[1] * 10, 6]
    # streets and towns are ranked apart; 26 of 118,000 against 27 of 190,000 is high, 1 of 72,000 is low
    assert [(one["code"], one["rank"], one["against"]) for one in told["towns"]] == [
        (YUELIN, 1, "higher"), (XIKOU, 1, "lower"),
    ]  # fmt: skip
    students = next(one for one in told["groups"]["occupation"] if one["code"] == "学生")
    assert (students["now"], students["year"]) == (6, 6)
    brushing = next(one for one in told["matrix"] if one["code"] == "brushing")
    assert (brushing["all"], brushing["sex/F"], brushing["sex/M"], brushing["age/20-30"], brushing["age/41-50"]) == (7, 6, 1, 6, 1)  # fmt: skip


def test_reminders_are_drafted_from_facts_and_filled_by_name(place):
    weeks_of_yuelin()
    told = weekly()
    said = {one["key"]: one["text"] for one in told["passages"]}
    names = {one["name"] for one in told["figures"].values()}

    assert said["remind"].startswith(
        "岳林街道发案 {岳林街道本周发案}，预期 {岳林街道预期发案}，{岳林街道预警颜色}"
    )
    # 10 March to 28 May: 79 days; 27 cases of 190,000 people in 148 days are 5.5 of 72,000 in 79: no luck
    assert said["praise"].startswith("溪口镇连续{溪口镇零发案天数}没有发案")
    assert told["figures"][f"town_zero_days/{XIKOU}"]["value"] == 79
    assert told["figures"][f"town_zero_expected/{XIKOU}"]["text"] == "5.5 起"
    for text in said.values():
        assert wording.checked(text, names) == text


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("岳林街道本周 6 起。", "手写的数"),
        ("岳林街道本周６起。", "手写的数"),
        ("比上周多五成。", "手写的数"),
        ("上升了二十三起。", "手写的数"),
        ("{岳林街道明年发案}。", "没有叫"),
        ("{岳林街道本周发案", "成对"),
        ("{岳林街道本周发案:5}", "只写数的名字"),
        ("   ", "写点什么"),
        ("长" * 401, "太长"),
    ],
)
def test_a_figure_cannot_be_typed(place, text, why):
    weeks_of_yuelin()

    with pytest.raises(wording.BadWords, match=why):
        operations.reword(kind="weekly", day=FRIDAY, passage="remind", text=text, by="office", now=MORNING)

    assert queries.wordings("weekly", FRIDAY, as_of=at("00:00", "2021-06-30")) == {}


def test_words_are_changed_and_the_figures_stay_ours(place):
    weeks_of_yuelin()
    text = "请岳林街道与学校一起办：{岳林街道本周发案}，三色不论。"
    operations.reword(kind="weekly", day=FRIDAY, passage="remind", text=text, by="office", now=MORNING)
    again = operations.reword(
        kind="weekly", day=FRIDAY, passage="remind", text=text, by="office", now=at("08:31", "2021-05-29")
    )

    html = queries.drawn(weekly(at("08:32", "2021-05-29")), "html").decode()

    assert again is None
    assert "请岳林街道与学校一起办：" in html
    assert re.search(r"一起办：<span[^>]*>6 起</span>，三色不论", html)
    assert "{" not in re.sub(r"<style>.*?</style>", "", html, flags=re.S)


def test_two_persons_issue_what_both_have_read(place, plain_files):
    weeks_of_yuelin()
    ask = {"kind": "weekly", "day": FRIDAY, "now": MORNING}

    with pytest.raises(operations.NotSubmitted):
        operations.issue(by="leader", signed="林*", **ask)
    operations.submit(by="office", signed="周*", **ask)
    with pytest.raises(operations.SamePerson):
        operations.issue(by="office", signed="周*", **ask)
    file_case("L1", "2021-05-27", XIKOU, "loan", 1, known=at("08:40", "2021-05-29"))
    later = ask | {"now": at("08:45", "2021-05-29")}
    with pytest.raises(operations.NotSubmitted):
        operations.issue(by="leader", signed="林*", **later)
    operations.submit(by="office", signed="周*", **later)
    made = operations.issue(by="leader", signed="林*", **later)

    assert made.fresh
    assert (made.issue.told()["drafted"], made.issue.told()["signed"]) == ("周*", "林*")
    assert made.issue.told()["figures"]["cases"]["value"] == 7


def test_a_late_case_makes_revision_two_and_one_stays_byte_for_byte(place):
    weeks_of_yuelin()
    first = sign().issue
    given = {ending: queries.file_of(first, ending) for ending in ENDINGS}
    file_case("L1", "2021-05-27", YUELIN, "loan", 2_000, known=at("09:00", "2021-05-30"))
    text = "岳林街道 {岳林街道本周发案}，抓紧。"
    operations.reword(
        kind="weekly", day=FRIDAY, passage="remind", text=text, by="office", now=at("09:10", "2021-05-30")
    )
    second = sign(now=at("09:30", "2021-05-30")).issue
    told = second.told()

    changed = {one["figure"]: (one["before"], one["after"], one["because"]) for one in told["changes"]}
    late = "案件 L1 迟到（5月27日 10:00报案，5月30日 09:00录入）"
    assert second.revision == 2
    assert changed["cases"] == (6, 7, late)
    assert changed[f"town_cases/{YUELIN}"] == (6, 7, late)
    assert changed["loss"] == ("60000.00", "62000.00", late)
    assert [one["passage"] for one in told["words_changed"]] == ["remind"]
    for issue, files in ((first, given), (second, None)):
        content = queries.again(issue)
        assert content["digest"] == issue.digest
        for ending in ENDINGS:
            drawn = queries.drawn(content, ending)
            assert drawn == queries.file_of(issue, ending)
            assert files is None or drawn == files[ending]
            assert hashlib.sha256(drawn).hexdigest() == issue.files.get(ending=ending).digest


def test_issued_again_without_a_change_it_stays(place, plain_files):
    weeks_of_yuelin()
    first = sign().issue

    again = sign(now=at("12:00", "2021-05-29"))

    assert not again.fresh
    assert again.issue == first


def test_a_town_reads_its_own_week_without_the_districts_words(place, plain_files):
    weeks_of_yuelin()
    operations.reword(
        kind="weekly",
        day=FRIDAY,
        passage="remind",
        text="只说岳林街道：{岳林街道本周发案}。",
        by="office",
        now=MORNING,
    )
    issue = sign(now=at("08:40", "2021-05-29")).issue

    told = queries.extract(issue, viewer=place.town_xikou, now=at("09:00", "2021-05-29"))

    assert [one["code"] for one in told["towns"]] == [XIKOU]
    assert [one["code"] for one in told["alarms"]["towns"]] == [XIKOU]
    assert told["figures"]["cases"]["value"] == 0
    assert "岳林" not in str(told)


def test_a_running_week_is_not_coloured_and_says_so(place):
    weeks_of_yuelin()
    now = at("10:00", "2021-05-26")
    told = queries.draft("weekly", FRIDAY, as_of=now, now=now)

    assert not told["complete"]
    assert told["alarms"]["towns"] == []
    assert "5月28日还没有过完，数字到 5月26日 10:00" in queries.laid_out(told).warning


def test_any_day_names_its_week_and_month(db):
    assert queries.about("weekly", date(2021, 5, 22)) == queries.about("weekly", FRIDAY) == FRIDAY
    assert queries.about("monthly", date(2021, 2, 3)) == date(2021, 2, 28)
    assert queries.about("daily", FRIDAY) == FRIDAY
    assert queries.last_over("weekly", date(2021, 5, 27)) == date(2021, 5, 21)
    with pytest.raises(queries.NotAskable):
        queries.draft("weekly", date(2021, 6, 4), as_of=MORNING, now=at("08:30", "2021-05-28"))


def test_the_month_is_counted_against_the_quarter_before(place):
    weeks_of_yuelin()
    now = at("09:00", "2021-06-02")
    told = queries.draft("monthly", date(2021, 5, 31), as_of=now, now=now)
    figures = told["figures"]

    # May: Saturdays 1, 8, 15 and six of the week of 22; April: 3, 10, 17, 24
    assert (figures["cases"]["value"], figures["cases_previous"]["value"]) == (9, 4)
    assert figures["change_percent"]["text"] == "—"  # four are too few for a percentage
    # 30 January to 30 April: thirteen Saturdays in 91 days, 13 / 91 * 31 = 4.4
    assert figures[f"town_expected/{YUELIN}"]["value"] == "4.4"
    assert "cases_month" not in figures
    assert "本月没有发案的 1 个：溪口镇。" in str(queries.laid_out(told).blocks)


def test_the_content_needs_no_clock(place):
    weeks_of_yuelin()
    now = at("09:00", "2021-06-02")
    one = queries.draft("weekly", FRIDAY, as_of=MORNING, now=MORNING)
    other = queries.draft("weekly", FRIDAY, as_of=MORNING, now=now)

    assert contents.written(one) == contents.written(other)


def test_the_next_week_says_whether_the_colours_were_acted_upon(place):
    """Yuelin is red in the week to 28 May, so it had to act on the 29th."""
    weeks_of_yuelin()
    week, now = board.week_of(FRIDAY), at("08:30", "2021-06-05")

    def followed():
        told = queries.draft("weekly", date(2021, 6, 4), as_of=now, now=now)
        return re.search(r"上周办理。</b>([^<]*)", queries.drawn(told, "html").decode())[1]

    assert followed() == "过期没有报的 1 个：岳林街道。"
    situation.respond(
        week=week.since, town=place.yuelin, text="已会商", by=place.desk, at=at("10:00", "2021-05-30")
    )
    assert followed() == "迟报的 1 个：岳林街道。"


@pytest.mark.parametrize("many", [0, 120])
def test_a_week_is_four_pages_however_much_happened(place, many):
    """With a town whose name is as long as they come."""
    type(place.yuelin).objects.filter(pk=YUELIN).update(
        name="双江拉祜族佤族布朗族傣族自治县勐勐镇管理委员会街道"
    )
    for number in range(many):
        file_case(
            f"M{number:03}",
            f"2021-05-{22 + number % 7}",
            (YUELIN, XIKOU)[number % 2],
            "loan",
            1_234_567,
            victim("F", 15 + number % 60),
        )

    for kind, day in (("weekly", FRIDAY), ("monthly", date(2021, 5, 31))):
        told = queries.draft(kind, day, as_of=at("09:00", "2021-06-01"), now=at("09:00", "2021-06-01"))
        assert re.findall(rb"/Count (\d+)", queries.drawn(told, "pdf")) == [b"4"], kind


def test_charts_in_docx_are_drawn_with_lines(place):
    weeks_of_yuelin()
    with zipfile.ZipFile(io.BytesIO(queries.drawn(weekly(), "docx"))) as archive:
        drawings = [name for name in archive.namelist() if name.endswith(".svg")]
        document = archive.read("word/document.xml").decode()
        relations = archive.read("word/_rels/document.xml.rels").decode()

    assert drawings == ["word/media/chart1.svg", "word/media/chart2.svg"]
    drawn = re.findall(r'svgBlip [^>]*r:embed="(\w+)"', document)
    assert [
        re.search(rf'Id="{one}"[^>]*Target="([^"]+)"|Target="([^"]+)"[^>]*Id="{one}"', relations) is not None
        for one in drawn
    ] == [True, True]
    assert document.count('w:type="page"') == 3


def listed_in(told) -> dict[str, str | None]:
    return {one["code"]: one["colour"] for one in told["towns"]}


def test_the_list_is_read_as_published_and_by_the_cut_off(place, plain_files):
    """Xikou is yellow in April by one case of 1.2 million. A week of May looks back on April, one of April on March."""
    file_case("A1", "2021-04-09", XIKOU, "loan", 1_200_000)
    file_case("A2", "2021-04-20", YUELIN, "loan", 3_000)
    before = weekly()
    review.publish(month=date(2021, 4, 1), by=place.desk, now=at("09:00", "2021-05-29"))

    after = weekly(at("10:00", "2021-05-29"))

    assert (before["listing"], listed_in(before)) == (
        {"month": "2021-04", "published": False}, {YUELIN: None, XIKOU: None},
    )  # fmt: skip
    assert (after["listing"], listed_in(after)) == (
        {"month": "2021-04", "published": True}, {YUELIN: "green", XIKOU: "yellow"},
    )  # fmt: skip
    assert contents.written(weekly()) == contents.written(before)
    april = queries.draft("weekly", date(2021, 4, 30), as_of=MORNING, now=MORNING)
    assert april["listing"] == {"month": "2021-03", "published": False}


def test_each_bulletin_prints_the_published_colour_or_that_there_is_none(place):
    file_case("A1", "2021-05-09", XIKOU, "loan", 1_200_000)
    file_case("A2", "2021-05-20", YUELIN, "loan", 3_000)
    late = at("09:00", "2021-06-03")

    def printed(kind: str, day: date) -> str:
        html = queries.drawn(queries.draft(kind, day, as_of=late, now=late), "html").decode()
        row = re.search(r"<tr><td[^>]*>(?:\d+</td><td[^>]*>)?溪口镇.*?</tr>", html, re.DOTALL)[0]
        return re.sub(r"<[^>]+>", " ", row) + re.search(r"挂牌为[^。]*。", html)[0]

    for kind, day in (("monthly", date(2021, 5, 31)), ("daily", date(2021, 6, 2))):
        assert re.search(r" 未公布 .*挂牌为 5 月的三色挂牌，截稿时还没有公布。", printed(kind, day)), kind
    review.publish(month=date(2021, 5, 1), by=place.desk, now=at("09:00", "2021-06-02"))
    for kind, day in (("monthly", date(2021, 5, 31)), ("daily", date(2021, 6, 2))):
        assert re.search(r" 黄 .*挂牌为 5 月的三色挂牌。", printed(kind, day)), kind


def test_a_lifted_colour_is_told_from_the_cut_off_on(place):
    """Xikou's yellow of April, by one case of 1.2 million, is lifted on 2 June: five weeks without a case, the plan accepted, two sign."""
    file_case("A1", "2021-04-09", XIKOU, "loan", 1_200_000)
    file_case("A2", "2021-04-20", YUELIN, "loan", 3_000)
    review.publish(month=date(2021, 4, 1), by=place.desk, now=at("09:00", "2021-05-02"))
    standing = review_queries.standings(date(2021, 4, 1), viewer=place.desk)[0]
    plan = standing.obligations.get(kind="plan")
    review.do(obligation=plan, text="已报", by=place.town_xikou, now=at("09:00", "2021-05-03"))
    review.accept(obligation=plan, by=place.desk, now=at("10:00", "2021-05-03"))
    review.publish(month=date(2021, 5, 1), by=place.desk, now=at("09:00", "2021-06-02"))
    before, signed = weekly(at("09:59", "2021-06-02")), at("10:00", "2021-06-02")
    proposed = review.propose_lifting(standing=standing, by=place.desk, now=signed)
    review.approve_lifting(lifting=proposed, by=place.inspector, now=signed)
    after = weekly(at("10:01", "2021-06-02"))

    assert contents.written(weekly(at("09:59", "2021-06-02"))) == contents.written(before)
    assert "lifted_on" not in json.dumps(before)
    xikou = next(one for one in after["towns"] if one["code"] == XIKOU)
    assert (xikou["colour"], xikou["lifted_on"], xikou["lifted_to"]) == ("yellow", "2021-06-02", "green")
    html = queries.drawn(after, "html").decode()
    assert "黄※" in html
    assert "※已摘牌：溪口镇 6月2日。" in html
    assert "※" not in queries.drawn(before, "html").decode()
    told = [(one["column"], one["before"], one["after"]) for one in changes.tables(before, after)]
    assert told == [("lifted_on", None, "2021-06-02"), ("lifted_to", None, "green")]
    late = at("08:00", "2021-06-03")
    daily = queries.draft("daily", date(2021, 5, 28), as_of=late, now=late)
    assert "※已摘牌：溪口镇 6月2日。" in queries.drawn(daily, "html").decode()


def test_docx_cuts_no_line_and_breaks_no_number(place):
    """A line with words is never set three points high; of a very long name and a number, the name breaks."""
    type(place.yuelin).objects.filter(pk=YUELIN).update(
        name="双江拉祜族佤族布朗族傣族自治县勐勐镇管理委员会街道"
    )
    file_case("A1", "2021-05-28", YUELIN, "loan", 61_728_400)
    made = queries.drawn(queries.draft("daily", FRIDAY, as_of=MORNING, now=MORNING), "docx")
    told = Document(io.BytesIO(made))

    frame = told.tables[0]
    left = frame.rows[0].cells[0]
    lines = [*left.paragraphs, *frame.rows[0].cells[1].paragraphs]
    assert [one.text for one in lines if one.text and one.paragraph_format.line_spacing == Pt(3)] == []
    towns = left.tables[0]
    assert [one.text for one in towns.rows[1].cells][2] == "6,172.84"
    # eight figures of 4.5 points at 9 points' print, and a millimetre at each side
    assert towns.rows[1].cells[2].width >= Pt(8 * 4.5 + 5.7)
