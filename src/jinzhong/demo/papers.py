"""督导 of the demo: what was seen at a few places, and the papers that followed, one for each unit that can be logged in to.

By the last morning one paper is closed, one answered and waiting for its review, the others wait for the unit.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from jinzhong.clock import ZONE
from jinzhong.demo.staff import HOME, PLAYED_OUTLET
from jinzhong.demo.timeline import Timeline
from jinzhong.district import queries as places
from jinzhong.district.models import Account
from jinzhong.review import checks, inspection
from jinzhong.review import operations as review
from jinzhong.review.inspection import Ground, Paper
from jinzhong_engine.ladders.town_listing import after_working_days

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Check(NamedTuple):
    """What an inspector found at a place (``checks.Place.key``, or a kind: the first in the played town)."""

    place: str
    items: Mapping[str, str]
    text: str


class Answer(NamedTuple):
    after: timedelta
    by: str
    text: str
    evidence: str


class Plan(NamedTuple):
    """One paper. It rests on a check half a day before it, or on what ``seen`` tells. ``closed``: after the answer, by whom, why."""

    at: datetime
    by: str
    kind: str
    to: str
    facts: str
    demand: str
    check: Check | None = None
    seen: str = ""
    answer: Answer | None = None
    closed: tuple[timedelta, str, str] | None = None


def _may(day: int, hour: int) -> datetime:
    return datetime(2021, 5, day, hour, tzinfo=ZONE)


PLANS = (
    Plan(
        at=_may(18, 15), by="inspector", kind="letter", to="bank-01",
        facts="南门一带网点抽查，柜员说不全“五必问”，取款机没有贴“三是否”。",
        demand="三个工作日内全员培训一次，补齐张贴，报培训签到和照片编号。",
        check=Check(
            f"outlet:{PLAYED_OUTLET[1]}",
            {"questions": checks.GOOD, "five_questions": checks.BAD, "alarm_key": checks.GOOD, "atm": checks.BAD},
            "新柜员到岗两周，还没有培训。",
        ),
        answer=Answer(DAY, "bank", "全员培训已办，取款机已补贴。", "培训签到表 1 份，照片 3 张"),
        closed=(2 * DAY, "office", "回访柜员两人，都说得出“五必问”，予以办结。"),
    ),
    Plan(
        at=_may(24, 16), by="office", kind="order", to="town-office-02",
        facts="抽查的村（社区）宣传栏两个月没有换，易受骗的人没有写明谁联系。",
        demand="宣传栏一周内换新；易受骗的人逐户定联系人，名单留在街道，报户数。",
        check=Check(
            checks.COMMUNITY,
            {"board": checks.BAD, "speakers": checks.GOOD, "quiet_hours": checks.GOOD, "contacts": checks.BAD},
            "",
        ),
        answer=Answer(3 * DAY, "town", "宣传栏已换，联系人已定，请复核。", "村（社区）台账 1 本，照片 6 张"),
    ),
    Plan(
        at=_may(28, 10), by="inspector", kind="letter", to="town-office-02",
        facts="小喇叭有两处不响，登记本上没有报修。",
        demand="三个工作日内修好，写明几时修、谁试听过。",
        seen="5月27日下午随网格员走访，两处小喇叭不响。",
    ),
    Plan(
        at=_may(28, 11), by="office", kind="letter", to="operator-1",
        facts="停机告知没有写明怎样申诉，群众打热线来问。",
        demand="三个工作日内改告知文字，写清理由、申诉电话和要带的证件，报新的样文。",
        seen="热线本周三次接到同样的询问。",
    ),
    Plan(
        at=_may(28, 14), by="office", kind="letter", to="station-02",
        facts="两张派单见面后没有在单上写核实了什么。",
        demand="三个工作日内补写，以后见面当班写完。",
        seen="5月28日日常抽查派单。",
    ),
)  # fmt: skip
"""Days of work in the last two weeks of May 2021."""


def plan(line: Timeline) -> None:
    """Note them down for their times."""
    for one in PLANS:
        if one.check:
            line.at(one.at - 4 * HOUR, partial(_look, one.check))
        line.at(one.at, partial(_issue, line, one))


def _look(told: Check, at: datetime) -> None:
    inspector = _account("inspector")
    review.record_check(
        place=_place(told.place, inspector), items=told.items, text=told.text, seen_at=at - HOUR, by=inspector, now=at
    )  # fmt: skip


def _place(named: str, viewer: Account) -> str:
    """That place; where a kind alone is named, the first such in the played town."""
    keys = (one.key for one in checks.places(viewer) if one.kind == named or one.key == named)
    return next(key for key in keys if key == named or _town_of(key, viewer) == HOME)


def _town_of(key: str, viewer: Account) -> str | None:
    seen = checks.place(key, viewer)
    return seen.town_id if seen else None


def _issue(line: Timeline, told: Plan, at: datetime) -> None:
    by, receiver = _account(told.by), places.unit(told.to)
    assert receiver
    recorded = inspection.written_grounds(receiver, viewer=by, now=at) if told.check else []
    made = review.issue_paper(
        kind=told.kind, receiver=receiver,
        basis=[*(one for one in recorded if one.kind == "check"), Ground("site", "", told.seen)],
        facts=told.facts, demand=told.demand,
        due_on=after_working_days(at.date(), inspection.WORKING_DAYS[told.kind]), by=by, now=at,
    )  # fmt: skip
    if told.answer:
        line.at(at + told.answer.after, partial(_answer, line, made, told))


def _answer(line: Timeline, made: Paper, told: Plan, at: datetime) -> None:
    said = told.answer
    assert said
    review.answer_paper(paper=made, text=said.text, evidence=said.evidence, by=_account(said.by), now=at)
    if told.closed:
        after, by, why = told.closed
        line.at(at + after, partial(_close, made, by, why))


def _close(made: Paper, by: str, why: str, at: datetime) -> None:
    review.close_paper(paper=made, text=why, by=_account(by), now=at)


def _account(username: str) -> Account:
    found = places.account(username)
    assert found
    return found
