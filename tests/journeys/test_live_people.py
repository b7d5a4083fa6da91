"""Whom the live list's numbers talk to comes in beside it and becomes warnings, each once, merged per person."""

import json
from unittest import mock

import pytest

from jinzhong import clock, flow
from jinzhong.audit.models import Event
from jinzhong.cli import main
from jinzhong.dispatch.models import Order
from jinzhong.scoring import operations, queries
from jinzhong.scoring.models import LiveChange, PeopleRead, Reached
from jinzhong.vault import queries as vault
from jinzhong.warning.models import Source, Warning
from tests.district import at
from tests.number_list import REASONS
from tests.pages import logged_in, send, text

NOW = at("14:05")
BAD, OTHER, CHEN, LIN = "15400002093", "15400002094", "15410007104", "15410000936"


@pytest.fixture(autouse=True)
def now(monkeypatch):
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture
def file(tmp_path):
    made = tmp_path / "list.jsonl"
    made.write_text(listed(BAD) + listed(OTHER), "utf-8")
    return made


def listed(number: str, moment: str = "13:40", *, chance: float = 0.9) -> str:
    told = {
        "number": number, "at": at(moment).isoformat(), "score": chance, "listed": True, "reasons": REASONS, "reached": 7,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False) + "\n"


def met(
    person: str, pattern: str, was: str | None = None, *, number: str = BAD, last: str = "13:20", **more
) -> str:
    told = {
        "number": number, "since": at("13:40").isoformat(), "at": at("13:45").isoformat(), "person": person,
        "pattern": pattern, "was": was, "talks": 1, "seconds": 1320, "last": last if last == "x" else at(last).isoformat(), **more,
    }  # fmt: skip
    return json.dumps(told) + "\n"


def people_of(file):
    return file.with_name("people.jsonl")


def read(file, *lines: str, by: str = "risk_1", more: tuple[str, ...] = ()) -> int:
    with people_of(file).open("a", encoding="utf-8") as grown:
        grown.write("".join(lines))
    return main(["numbers", "live", str(file), "--people", str(people_of(file)), "--by", by, *more])


def counts() -> list[int]:
    return [one.objects.count() for one in (Reached, Warning, Source, Order, Event, PeopleRead)]


def grades() -> list[str]:
    return sorted(Warning.objects.values_list("grade", flat=True))


def test_who_talks_to_a_listed_number_is_warned_once(file, operators):
    lines = [met(CHEN, "deep"), met(LIN, "medium"), met("15410004417", "shallow")]
    assert read(file, *lines) == 0
    assert grades() == ["red", "yellow"]
    assert Order.objects.count() == 1  # officers go to the deep one at once
    source = Source.objects.filter(warning__grade="yellow").get().alert
    assert source.story == "和上榜的 154****2093 通话 1 次，共 22 分钟（5月31日实时上榜，近 7 天）"
    assert LiveChange.objects.get(line=1).shallow == 1
    assert not vault.find("phone", "15410004417")  # counted, not kept

    before = counts()
    assert read(file) == 0
    assert counts() == before


def test_who_gets_in_deeper_is_warned_as_gravely_and_stays_one(file, operators):
    read(file, met(CHEN, "shallow"))
    assert grades() == []
    read(file, met(CHEN, "medium", "shallow"))
    assert grades() == ["yellow"]
    read(file, met(CHEN, "deep", "medium"))  # rang the bank: no further talk with the number
    assert grades() == ["red"]
    assert Source.objects.count() == 2
    assert LiveChange.objects.get(line=1).shallow == 0


def test_two_numbers_at_one_person_are_one_warning(file, operators):
    read(file, met(CHEN, "medium"), met(CHEN, "medium", number=OTHER))
    assert (Warning.objects.count(), Source.objects.count()) == (1, 2)


@pytest.mark.parametrize("person", ["95588", "110", "+16505550100", "4008001234", "010-88881234"])
def test_a_service_number_or_one_abroad_is_nobody_to_warn(file, operators, person):
    assert read(file, met(person, "deep"), met(person, "shallow")) == 0
    assert (Reached.objects.count(), Warning.objects.count()) == (0, 0)
    assert LiveChange.objects.get(line=1).shallow == 0


def test_killed_on_the_way_nothing_is_half_done_and_nothing_doubled(file, operators):
    """Killed when the second person is about to be noted as warned: their transaction is undone whole."""
    lines = [met(CHEN, "deep"), met(LIN, "medium")]
    before = counts()[:4]
    note, seen = operations.note_warned, []

    def killed(**given):
        seen.append(given)
        if len(seen) == 2:
            raise KeyboardInterrupt
        return note(**given)

    with mock.patch("jinzhong.scoring.operations.note_warned", killed):
        assert read(file, *lines) == 130
    assert counts()[:4] == before
    assert read(file) == 0
    assert grades() == ["red", "yellow"]
    assert Source.objects.count() == 2


def test_who_was_told_of_before_the_office_begins_waits_for_a_person(file, operators):
    """Told at 13:45, warned from 13:50 on; later one of the two gets in deeper, and somebody is met anew."""
    begins = ("--quiet-until", at("13:50").isoformat())
    assert read(file, met(CHEN, "medium"), met(LIN, "medium"), more=begins) == 0
    assert (Reached.objects.count(), Warning.objects.count()) == (2, 0)
    page = logged_in(operators.risk_1).get(f"/numbers/{LiveChange.objects.get(line=1).pk}")
    assert "转预警：2 人" in text(page)

    later = {"at": at("13:50").isoformat()}
    fresh = met("15410004417", "medium", number=OTHER, **later)
    assert read(file, met(CHEN, "deep", "medium", **later), fresh, more=begins) == 0
    assert grades() == ["red", "yellow"]

    raised = flow.warn_reached(entry=LiveChange.objects.get(line=1), by=operators.risk_1, now=NOW)
    assert [vault.plain(one.warning.person)["phone"] for one in raised] == [LIN]


def test_quiet_without_people_is_refused(file, operators, capsys):
    for more in (["--quiet-until", at("13:50").isoformat()], ["--warn-from", "0.5"]):
        assert main(["numbers", "live", str(file), "--by", "risk_1", *more]) == 2
        assert "give it too" in capsys.readouterr().err


def test_whom_an_unlikely_number_reached_waits_for_a_person(file, operators):
    """Both are listed with 0.9."""
    read(file, met(CHEN, "deep"), more=("--warn-from", "0.95"))
    assert (Reached.objects.count(), Warning.objects.count()) == (1, 0)
    read(file, met(LIN, "medium"), more=("--warn-from", "0.9"))
    assert grades() == ["yellow"]


def test_a_number_more_likely_innocent_sends_nobody_to_a_door_unless_a_person_says_so(file, operators):
    """The line lets in numbers of one in a hundred; a family that is in touch with one isn't startled by a program."""
    file.write_text(listed(BAD, chance=0.49) + listed(OTHER, chance=0.5), "utf-8")
    assert read(file, met(CHEN, "deep"), met(LIN, "medium", number=OTHER)) == 0
    assert (Reached.objects.count(), grades(), Order.objects.count()) == (2, ["yellow"], 0)
    at_it, client = f"/numbers/{LiveChange.objects.get(line=1).pk}", logged_in(operators.risk_1)
    assert "转预警：1 人，其中 1 人立刻派人上门" in text(client.get(at_it))
    send(client, f"{at_it}/warn")
    assert (grades(), Order.objects.count()) == (["red", "yellow"], 1)


def test_the_officer_and_the_desk_read_why_though_nobody_knows_where_they_live(file, operators):
    """A number says no town: the phone says what to do, and the list of tasks opens too."""
    read(file, met(CHEN, "deep"), met(LIN, "deep"))
    first, second = Order.objects.order_by("pk")
    officer = first.assignments.filter(account__in=second.assignments.values("account")).first().account
    page = text(logged_in(officer).get("/field"))
    assert page.count("镇街不详") == 3  # two tasks to choose from, and the one that is open
    assert "打过去问本人在哪里" in page
    assert "柜台前的客户" not in page
    assert "和上榜的 154****2093 通话 1 次" in page

    desk = text(logged_in(operators.desk).get(f"/desk/warnings/{first.warning_id}"))
    assert "深度受骗迹象；和上榜的 154****2093" in desk
    assert "5月31日实时上榜" in desk
    assert "deep_pattern" not in desk


def test_of_many_people_twelve_are_shown_and_the_judgement_stays_in_reach(file, operators):
    quiet = ("--quiet-until", at("13:50").isoformat())
    read(file, *(met(f"154100044{one:02}", "medium") for one in range(15)), more=quiet)
    page = text(logged_in(operators.risk_1).get(f"/numbers/{LiveChange.objects.get(line=1).pk}"))
    assert "另外 3 人" in page
    assert page.index("另外 3 人") < page.index("154****4414")  # folded, and there
    assert "转预警：15 人" in page


def test_an_office_may_have_all_of_them_warned(file, operators):
    file.write_text(listed(BAD, chance=0.01) + listed(OTHER), "utf-8")
    assert read(file, met(CHEN, "medium"), more=("--warn-from", "0")) == 0
    assert grades() == ["yellow"]


def test_whom_a_number_reached_is_asked_of_the_vault_at_once(file, operators, django_assert_num_queries):
    quiet = ("--quiet-until", at("13:50").isoformat())
    read(file, *(met(f"154100044{one:02}", "medium") for one in range(22)), more=quiet)
    change = LiveChange.objects.get(line=1)
    with django_assert_num_queries(3):  # who was warned, whom it reached, their numbers
        assert len(queries.to_warn(change)) == 22


def test_a_line_whose_listing_is_not_read_yet_waits_for_it(file, operators, capsys):
    whole = file.read_text("utf-8")
    file.write_text(listed(BAD), "utf-8")
    assert read(file, met(CHEN, "medium"), met(LIN, "medium", number=OTHER)) == 0
    assert "the lines from 2 on wait for the list" in capsys.readouterr().err
    assert Warning.objects.count() == 1
    file.write_text(whole, "utf-8")
    assert read(file) == 0
    assert Warning.objects.count() == 2


def test_a_first_line_that_waits_is_taken_up_later(file, operators):
    file.write_text("", "utf-8")
    assert read(file, met(CHEN, "medium")) == read(file) == 0
    assert not Warning.objects.exists()
    file.write_text(listed(BAD), "utf-8")
    assert read(file) == 0
    assert grades() == ["yellow"]


def test_the_page_shows_them_and_what_came_of_it(file, operators):
    read(file, met(CHEN, "medium"), met(LIN, "deep"), met("15410004417", "shallow"))
    change = LiveChange.objects.get(line=1)
    page = text(logged_in(operators.risk_1).get(f"/numbers/{change.pk}"))
    assert page.index("154****0936") < page.index("154****7104")  # the deep one first
    assert CHEN not in page
    assert "1 次 22 分" in page
    assert "中、深的都转过了" in page
    assert logged_in(operators.risk_2).get(f"/numbers/{change.pk}").status_code == 404


def test_who_brings_it_in_must_be_allowed_to_warn_and_have_a_name(file, operators, capsys):
    assert read(file, met(CHEN, "medium"), by="teller") == 2
    with mock.patch("jinzhong.cli.machine_account", return_value="os:root"):
        given = ["numbers", "live", str(file), "--people", str(people_of(file)), "--by", "os:root"]
        assert main([*given, "--operator", "operator-1"]) == 2
    assert "a warning is raised by an account" in capsys.readouterr().err
    assert not Warning.objects.exists()


@pytest.mark.parametrize(
    "bad", ["[]\n", met("1541000710x", "deep"), met(CHEN, "grave"), met(CHEN, "deep", talks=0), met(CHEN, "deep", last="x"), met(CHEN, "deep", seconds=None)]
)  # fmt: skip
def test_a_bad_line_is_told_without_its_number(file, operators, capsys, bad):
    assert read(file, met(LIN, "medium"), bad, met(CHEN, "medium")) == 2
    told = capsys.readouterr().err
    assert "people.jsonl 第 2 行不是 numbers watch --people 写的样子" in told
    assert "1541000" not in told
    assert Warning.objects.count() == 1


def test_thirty_days_later_who_was_not_warned_is_deleted_with_the_number(file, operators):
    read(file, met(LIN, "medium"))
    change = LiveChange.objects.get(line=1)
    person = operations.live.vault.keep("person", at=NOW, phone=CHEN)
    Reached.objects.create(
        change=change, person=person, pattern="medium", talks=1, seconds=1320, last_at=at("13:20")
    )
    flow.work_once(worker="w", now=at("00:00", "2021-07-01"), deliver={})
    assert not vault.find("phone", BAD)
    assert not vault.find("phone", CHEN)
    assert vault.find("phone", LIN)  # with their warning
