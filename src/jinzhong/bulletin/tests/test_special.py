"""专项行动通报: counted by hand, tested honestly, two persons, the same again, and pages that hold with nothing and with much."""

import io
import json
from datetime import date, timedelta
from decimal import Decimal

import pytest
from docx import Document

from jinzhong.bulletin import operations, queries
from jinzhong.bulletin.operations import BadCampaign, SamePerson
from jinzhong.bulletin.paper import ENDINGS
from jinzhong.bulletin.wording import BadWords
from jinzhong.cli import main
from jinzhong.district.permissions import NotAllowed
from jinzhong.review import operations as review
from jinzhong.review.inspection import Ground
from jinzhong.review.tests.test_units import alarm, on_duty
from jinzhong.situation import drill
from jinzhong.situation.tests.small import XIKOU, YUELIN, file_case, victim
from tests.district import at
from tests.pages import logged_in, send, text

SINCE, UNTIL = date(2021, 5, 11), date(2021, 5, 31)
"""Twenty days, 11 to 30 May; before it 21 April to 10 May."""
AFTER = at("09:00", "2021-05-31")


def campaign(
    place, title="校园反诈专项行动", classes=("brushing",), towns=(YUELIN,), since=SINCE, until=UNTIL
):
    return operations.open_campaign(
        title=title, since=since, until=until, classes=list(classes), towns=list(towns), by=place.desk, now=at("09:00", "2021-05-10")
    )  # fmt: skip


def draft(held, now=AFTER):
    return queries.draft(held.kind, held.last, as_of=now, now=now)


def value(content, key):
    return content["figures"][key]["value"]


@pytest.fixture
def fallen(place):
    """Brushing in Yuelin: eight cases before, one during. All others: five before, five during. A loan in Yuelin isn't meant."""
    file_case("OLD", "2020-01-01", YUELIN)
    for number in range(8):
        file_case(f"B{number}", f"2021-04-{22 + number}", YUELIN, "brushing", 1_000, victim("F", 20))
    file_case("D0", "2021-05-30", YUELIN, "brushing", 7_000, victim("M", 21))
    for number in range(5):
        file_case(f"X{number}", f"2021-04-{21 + number}", XIKOU, "brushing", 500)
        file_case(f"L{number}", f"2021-05-{11 + number}", YUELIN, "loan", 500)
    return place


def test_it_counts_its_own_days_towns_and_classes(fallen):
    told = draft(campaign(fallen))

    assert (value(told, "cases"), value(told, "loss")) == (1, "7000.00")
    assert (value(told, "cases_before"), value(told, "loss_before")) == (8, "8000.00")
    assert (value(told, "rest"), value(told, "rest_before")) == (5, 5)
    assert [(one["name"], one["cases"], one["cases_previous"]) for one in told["towns"]] == [
        ("岳林街道", 1, 8)
    ]
    assert [(one["code"], one["cases"]) for one in told["classes"]] == [("brushing", 1)]
    assert sum(one["cases"] for one in told["bars"] if one["during"]) == 1
    assert sum(one["cases"] for one in told["bars"] if not one["during"]) == 8
    assert len(told["bars"]) == 40


def test_a_fall_is_called_one_only_where_chance_hardly_brings_it(fallen):
    """Of nine cases at most one in the second half: 10 / 512 = 2.0 %. Beside the rest, 5 and 5: of 9 and 10, 6 in the second time;
    at most one of them among the nine: (9 × C(10, 5) + C(10, 6)) / C(19, 6) = 2478 / 27132 = 9.1 %, no more than chance."""
    told = draft(campaign(fallen))

    assert told["figures"]["against_before"]["text"] == "比此前少，碰巧的可能 2.0%"
    assert told["figures"]["against_rest"]["text"] == "变化和其余差不多"
    assert told["towns"][0]["against"] == "lower"
    assert "{岳林街道期内发案}" in next(one["text"] for one in told["passages"] if one["key"] == "praise")


def test_towns_share_the_chance_among_them(fallen):
    """Two towns: each needs 2.5 %; Xikou's five and none are 1 / 32 = 3.1 %, Yuelin's eight and one 2.0 %."""
    told = draft(campaign(fallen, towns=()))

    assert {one["name"]: one["against"] for one in told["towns"]} == {"岳林街道": "lower", "溪口镇": "like"}


def test_nothing_is_compared_before_the_end_or_without_the_past(fallen):
    held = campaign(fallen)
    early = draft(held, now=at("09:00", "2021-05-20"))
    assert early["figures"]["against_before"]["text"] == "行动还没有结束，不比"
    assert early["towns"][0]["against"] is None

    first = campaign(fallen, since=date(2020, 1, 2), until=date(2020, 1, 10), classes=(), towns=())
    assert draft(first)["figures"]["against_before"]["text"] == "此前的案件不全，不比"


def test_each_figure_opens_to_exactly_its_rows(fallen):
    told = draft(campaign(fallen, classes=("brushing", "loan"), towns=(YUELIN, XIKOU)))

    for key in ("cases", "cases_before"):
        figure = told["figures"][key]
        rows = drill.meant(figure["rows"]).cases(viewer=None, as_of=AFTER)
        assert rows.count() == figure["value"], key
    assert value(told, "cases") == 6
    with pytest.raises(drill.NoSuchRows):
        drill.meant(told["figures"]["cases"]["rows"] | {"class": "brushing,nothing"})


def test_money_and_papers_are_counted_as_they_are_known(fallen):
    """86,000 by word only and 20,000 cancelled at the counter, both in Yuelin; one letter, answered the day after."""
    on_duty(fallen, "2021-05-20")
    alarm(
        fallen, 1, "10:00", outcome="dissuaded", evidence="stated", amount=Decimal(86_000), day="2021-05-20"
    )
    alarm(
        fallen,
        2,
        "11:00",
        outcome="dissuaded",
        evidence="counter_cancelled",
        amount=Decimal(20_000),
        day="2021-05-20",
    )
    paper = review.issue_paper(
        kind="letter", receiver=fallen.station, basis=[Ground("site", "", "检查")], facts="事实", demand="要求",
        due_on=date(2021, 5, 25), by=fallen.inspector, now=at("09:00", "2021-05-20"),
    )  # fmt: skip
    review.answer_paper(
        paper=paper, text="办了", evidence="", by=fallen.patrols[0], now=at("09:00", "2021-05-21")
    )
    held = campaign(fallen)

    told = draft(held)
    assert (value(told, "dissuaded"), value(told, "protected_amount"), value(told, "protected_hard")) == (
        2, "106000.00", "20000.00"
    )  # fmt: skip
    assert (value(told, "papers"), value(told, "papers/已回复"), value(told, "papers/已办结")) == (1, 1, 0)
    elsewhere = draft(campaign(fallen, towns=(XIKOU,)))
    assert (value(elsewhere, "dissuaded"), value(elsewhere, "papers")) == (0, 0)
    before_the_answer = draft(held, now=at("10:00", "2021-05-20"))
    assert value(before_the_answer, "papers/已回复") == 0


def test_two_persons_issue_it_and_it_comes_out_the_same_again(fallen):
    held = campaign(fallen)
    said = {"kind": held.kind, "day": held.last, "now": AFTER}
    operations.reword(
        **said, passage="result", text="{期内发案}，此前{此前发案}，{与此前比}。各校都开了班会。", by="office"
    )
    with pytest.raises(BadWords):
        operations.reword(**said, passage="result", text="下降了九成。只有 1 起。", by="office")
    operations.submit(**said, by="office", signed="周*")
    with pytest.raises(SamePerson):
        operations.issue(**said, by="office", signed="周*")
    made = operations.issue(**said, by="leader", signed="林*").issue

    assert operations.issue(**said, by="leader", signed="林*").fresh is False
    again = queries.again(made)
    assert again["digest"] == made.digest
    for ending in ENDINGS:
        assert queries.drawn(again, ending) == queries.file_of(made, ending), ending
    file_case(
        "LATE", "2021-05-29", YUELIN, "brushing", 9_000, victim("F", 33), known=at("08:00", "2021-06-01")
    )
    later = draft(held, now=at("09:00", "2021-06-01"))
    (change,) = [one for one in later["changes"] if one["figure"] == "cases"]
    assert (change["before"], change["after"]) == (1, 2)
    assert "案件 LATE 迟到" in change["because"]


@pytest.mark.parametrize("cases", [0, 100])
def test_nothing_and_much_fit_on_the_page(place, cases):
    """A title of sixty letters, a year of days, every town."""
    for number in range(cases):
        file_case(
            f"N{number}",
            f"2021-05-{11 + number % 20}",
            (YUELIN, XIKOU)[number % 2],
            "loan",
            1_000_000,
            victim("F", 20),
        )
    held = campaign(place, title="反诈" * 30, classes=(), towns=(), since=UNTIL - timedelta(days=366))
    told = draft(held)

    assert queries.drawn(told, "pdf").startswith(b"%PDF")
    words = "\n".join(one.text for one in Document(io.BytesIO(queries.drawn(told, "docx"))).paragraphs)
    assert "反诈" * 30 in words.replace("\n", "")
    assert value(told, "cases") == cases


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": " "},
        {"title": "长" * 61},
        {"since": UNTIL},
        {"since": UNTIL - timedelta(days=367)},
        {"towns": ["999"]},
        {"classes": ["nothing"]},
        {"until": date(9999, 1, 1)},
    ],
)
def test_what_cant_be_a_campaign_is_refused(place, wrong):
    with pytest.raises(BadCampaign):
        campaign(place, **wrong)


def test_only_the_office_sets_one_up(place):
    with pytest.raises(NotAllowed):
        operations.open_campaign(
            title="x", since=SINCE, until=UNTIL, classes=[], towns=[], by=place.town_yuelin, now=AFTER
        )


def test_it_is_set_up_read_and_found_on_the_pages(fallen, monkeypatch):
    monkeypatch.setattr("jinzhong.clock.now", lambda: AFTER)
    desk = logged_in(fallen.desk)
    said = {"title": "校园反诈专项行动", "since": "2021-05-11", "last": "2021-05-30", "class": ["brushing"], "town": [YUELIN, XIKOU]}  # fmt: skip
    page = text(send(desk, "/bulletins/special", **said))

    assert "校园反诈专项行动（5月11日至30日）" in page
    assert "范围是岳林街道、溪口镇的刷单返利" in page
    assert "校园反诈专项行动" in text(desk.get("/bulletins?kind=special"))
    own = text(logged_in(fallen.town_xikou).get("/bulletins/special-1/2021-05-30"))
    assert "溪口镇" in own
    assert "岳林街道" not in own
    refused = send(desk, "/bulletins/special", **(said | {"last": "2021-05-01"}))
    assert "最后一天不能早于第一天" in text(refused)
    for wrong in ("special", "special-2", "special-01", "special-x", "daily-1"):
        assert desk.get(f"/bulletins/{wrong}/2021-05-30").status_code == 404, wrong


def test_the_commands_set_up_write_put_forward_and_issue(fallen, tmp_path, capsys, monkeypatch):
    """By hand: one case of brushing in Yuelin from 11 to 30 May, eight in the twenty days before."""
    monkeypatch.setattr("jinzhong.clock.now", lambda: AFTER)

    def run(*said):
        code = main(["bulletin", *said])
        return code, capsys.readouterr()

    run("campaign", "--title", "校园反诈专项行动", "--since", "2021-05-11", "--until", "2021-05-31", "--town", YUELIN, "--class", "brushing", "--by", "desk")  # fmt: skip
    code, told = run("special", "--campaign", "1", "--out", str(tmp_path), "--json")
    content = json.loads(told.out)
    assert (code, content["state"]) == (0, "draft")
    assert (value(content, "cases"), value(content, "cases_before")) == (1, 8)
    assert sorted(one.name for one in tmp_path.iterdir()) == [
        f"special-1-2021-05-30.{ending}" for ending in sorted(ENDINGS)
    ]
    code, told = run("issue", "special", "--campaign", "1", "--by", "chief")
    assert (code, "submit special --campaign 1 --by ANOTHER" in told.err) == (2, True)

    assert run("submit", "special", "--campaign", "1", "--by", "desk")[0] == 0
    assert "another person" in run("issue", "special", "--campaign", "1", "--by", "desk")[1].err
    code, told = run("issue", "special", "--campaign", "1", "--by", "chief")
    assert (code, "special-1 2021-05-30 revision 1 issued" in told.out) == (0, True)
    run("special", "--campaign", "1", "--out", str(tmp_path), "--revision", "1")
    issued = queries.issued("special-1", date(2021, 5, 30), 1)
    assert (tmp_path / "special-1-2021-05-30.pdf").read_bytes() == queries.file_of(issued, "pdf")
    [listed] = json.loads(run("campaigns", "--json")[1].out)["campaigns"]
    assert listed == {
        "campaign": 1, "title": "校园反诈专项行动", "since": "2021-05-11", "until": "2021-05-31", "towns": [YUELIN],
        "classes": ["brushing"], "revisions": 1,
    }  # fmt: skip
