"""A district in which every record has an owner, and people whose words can be recognised wherever they come out.

Each record has a letter. ``a`` raised at the outlet of the accounts we try, ``b`` by another bank in the same town, ``c`` by
the same bank in the other town, ``d`` by the other bank there, ``h`` told to the hotline about the own town, ``k`` closed, of
the own outlet; ``y`` and ``x`` are cases of the own and of the other town, ``r`` a row of the sheet that was refused.
``n`` and ``m`` are numbers on the list of the own and of another operator, of a resident each whom they got hold of.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from jinzhong import flow
from jinzhong.bulletin import operations as bulletins
from jinzhong.bulletin import queries as bulletin_queries
from jinzhong.bulletin.models import Delivery, File, Issue
from jinzhong.cases import queries as cases
from jinzhong.dispatch import operations as dispatch
from jinzhong.dispatch.models import Assignment
from jinzhong.district import operations as district
from jinzhong.district.models import Account
from jinzhong.intake.sources.bank_alert import parse as bank_alert
from jinzhong.intake.sources.hotline_call import parse as hotline_call
from jinzhong.review import inspection
from jinzhong.review import operations as review
from jinzhong.review import queries as listings
from jinzhong.review.models import Lifting, Obligation
from jinzhong.scoring import live
from jinzhong.scoring import operations as scoring
from jinzhong.scoring.given import Judged, LiveLine, Named, Rival, Scored
from jinzhong.vault import forms
from jinzhong_engine.evaluate.reached import Resident
from tests.district import PASSWORD, at, small_district

NOW = at("14:06")
MISSING = UUID("01790000-0000-7000-8000-000000000000")
ACTORS = (
    "visitor", "citizen", "grid_worker", "town", "outlet", "bank_head", "operator", "hotline", "officer", "colleague",
    "officer_away", "office", "inspector", "auditor", "admin",
)  # fmt: skip
"""``officer`` is asked to go to ``a``; ``colleague`` sits in the same station and isn't; ``officer_away`` is of the other town."""

WARNINGS = {
    "visitor": "", "citizen": "", "operator": "", "admin": "",
    "outlet": "ak", "bank_head": "ack",
    "grid_worker": "abhk", "town": "abhk", "officer": "abhk", "colleague": "abhk", "officer_away": "cd",
    "hotline": "abcdhk", "office": "abcdhk", "inspector": "abcdhk", "auditor": "abcdhk",
}  # fmt: skip
"""Whose warnings each of them may see, worked out by hand from the handbook's page."""
CASES = {"town": "y", "officer": "y", "colleague": "y", "officer_away": "x", "office": "xy", "inspector": "xy", "auditor": "xy"}  # fmt: skip
NUMBERS = {"operator": "n", "office": "mn"}
"""Whose lists of numbers each of them may see."""


@dataclass(frozen=True)
class Person:
    """Somebody made up, told nowhere else: a surname, phones, numbers that stand for nobody."""

    letter: str
    name: str
    phone: str
    id_number: str
    account: str
    payee_name: str
    told_phone: str
    """A number inside the story, where people write what belongs into a field."""

    @property
    def story(self) -> str:
        return f"{self.name}接到{self.told_phone}来电，要转给{self.payee_name}"

    @cached_property
    def plain(self) -> dict[str, str]:
        """Field → what nobody sees without a reason."""
        return {
            "name": self.name,
            "phone": self.phone,
            "id_number": self.id_number,
            "account": self.account,
            "payee_name": self.payee_name,
            "story_number": self.told_phone,
        }

    @cached_property
    def masked(self) -> dict[str, str]:
        return {
            "name": forms.mask_name(self.name),
            "phone": forms.mask_phone(self.phone),
            "id_number": forms.mask_id(self.id_number),
            "account": forms.mask_account(self.account),
            "story_number": f"***{self.told_phone[-4:]}",
        }


def _id(born: str, order: int) -> str:
    body = f"330213{born}{order:03d}"
    return body + forms._check_digit(body)


def _person(letter: str, name: str, payee: str, number: int) -> Person:
    return Person(
        letter,
        name,
        f"1381555{number:04d}",
        _id("19580304", number % 1000),
        f"62220299990{number * 7:05d}",
        payee,
        f"1371666{number + 5:04d}",
    )


PEOPLE = {
    one.letter: one
    for one in (
        _person("a", "邬秀英", "佟万里", 1203),
        _person("b", "祁建国", "鲍三多", 2317),
        _person("c", "褚月娥", "卞得利", 3429),
        _person("d", "阚志强", "滕四海", 4531),
        _person("h", "仇小妹", "郏五福", 5647),
        _person("k", "娄阿兴", "郁六顺", 6759),
        _person("y", "亓玉兰", "匡七巧", 7861),
        _person("x", "麴德才", "晁八斗", 8973),
        _person("r", "逄大山", "丌九如", 9187),
        _person("n", "阙十方", "仉百川", 1613),
        _person("m", "笪千里", "亢万山", 2714),
    )
}
STAFF_NAME = "澹台灭明"
"""Every account has it: a colleague's full name stands on no page."""


@dataclass
class World:
    """The district, who tries what, and the records by letter."""

    place: SimpleNamespace
    accounts: dict[str, Account]
    tokens: dict[str, str] = field(default_factory=dict)
    alerts: dict[str, Any] = field(default_factory=dict)
    warnings: dict[str, Any] = field(default_factory=dict)
    orders: dict[str, Any] = field(default_factory=dict)
    cases: dict[str, Any] = field(default_factory=dict)
    entries: dict[str, Any] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    rule: Any = None
    fresh_sheet: Any = None
    swaps: dict[str, Any] = field(default_factory=dict)
    duties: dict[str, Any] = field(default_factory=dict)
    obligations: dict[str, Any] = field(default_factory=dict)
    liftings: dict[str, Any] = field(default_factory=dict)
    papers: dict[str, Any] = field(default_factory=dict)
    checks: dict[str, Any] = field(default_factory=dict)
    deliveries: dict[str, UUID] = field(default_factory=dict)

    def numbers(self, letter: str) -> list[str]:
        """Our own numbers of a record."""
        kept = [self.warnings.get(letter), self.orders.get(letter)]
        found = [one.number for one in kept if one]
        return found + ([self.cases[letter].case.number] if letter in self.cases else [])

    @cached_property
    def marks(self) -> "re.Pattern[str]":
        return re.compile("|".join(map(re.escape, sorted(self.meanings, key=len, reverse=True))))

    @cached_property
    def meanings(self) -> dict[str, tuple[str, str, bool]]:
        """Word → (letter of the record, field, is it plain)."""
        found = {STAFF_NAME: ("s", "staff_name", True)}
        for letter, one in PEOPLE.items():
            found |= {text: (letter, name, False) for name, text in one.masked.items()}
            found |= {text: (letter, name, True) for name, text in one.plain.items()}
            found |= dict.fromkeys(self.numbers(letter), (letter, "number", False))
        return found

    def told(self, text: str) -> set[tuple[str, str, bool]]:
        """Everything a text tells of whom: (letter, field, is it plain)."""
        return {self.meanings[one] for one in self.marks.findall(text)}


def build() -> World:
    """The small district, its other bank and station, and one record of each kind."""
    place = small_district()
    accounts = _accounts(place)
    Account.objects.update(name=STAFF_NAME)
    for one in Account.objects.all():
        district.set_password(account=one, password=PASSWORD, by="test", at=at("07:00"))
    accounts = {name: Account.objects.get(pk=one.pk) for name, one in accounts.items()}
    made = World(place, accounts)
    made.tokens = {
        name: district.make_token(account=one, by="test", at=at("07:00")) for name, one in accounts.items()
    }
    _alerts(made)
    _cases(made)
    _duties(made)
    _number_lists(made)
    _listing(made)
    _inspection(made)
    _campaign(made)
    _deliveries(made)
    return made


def _accounts(place: SimpleNamespace) -> dict[str, Account]:
    def account(username: str, role: str, **rest: object) -> Account:
        return district.add_account(
            username=username, password=None, role=role, by="test", at=at("07:00"), **rest
        )

    def unit(code: str, name: str, kind: str, **rest: Any) -> Any:
        return district.add_unit(code=code, name=name, kind=kind, by="test", at=at("07:00"), **rest)

    other = unit("bank-02", "另一银行", "bank")
    place.near = unit("outlet-003", "另一银行岳林网点", "outlet", parent=other, town=place.yuelin)
    place.away = unit("outlet-004", "另一银行溪口网点", "outlet", parent=other, town=place.xikou)
    station = unit("station-2", "溪口派出所", "station", town=place.xikou, covers=[place.xikou])
    place.tellers = {
        "a": place.teller,
        "b": account("teller_near", "outlet", unit=place.near, town=place.yuelin),
        "c": place.far_teller,
        "d": account("teller_away", "outlet", unit=place.away, town=place.xikou),
        "k": place.teller,
    }
    officer, colleague, _third = place.patrols
    return {
        "citizen": place.citizen,
        "grid_worker": account("grid", "grid_worker", town=place.yuelin),
        "town": place.town_yuelin,
        "outlet": place.teller,
        "bank_head": place.bank_head,
        "operator": account("operator", "operator", unit=unit("operator-1", "示范运营商", "operator")),
        "hotline": place.hotline,
        "officer": officer,
        "colleague": colleague,
        "officer_away": account("officer_501", "station_officer", unit=station, staff_no="501"),
        "office": place.desk,
        "inspector": place.inspector,
        "auditor": place.auditor,
        "admin": place.admin,
    }


def _alerts(made: World) -> None:
    goes = {"a": "officer", "b": "colleague", "c": "officer_away", "d": "officer_away", "k": "officer"}
    for letter in "kabcd":
        by, one = made.place.tellers[letter], PEOPLE[letter]
        raw = {
            "customer_name": one.name, "customer_phone": one.phone, "customer_id_number": one.id_number, "amount": "50000",
            "payee_account": one.account, "payee_name": one.payee_name, "story": one.story,
        }  # fmt: skip
        fields = bank_alert.parse(raw)
        raised = flow.raise_alert(
            source="bank_alert", fields=fields, raw=raw, by=by, sent_at=at("14:00"), now=at("14:00")
        )
        made.alerts[letter], made.warnings[letter], made.orders[letter] = (
            raised.alert,
            raised.warning,
            raised.order,
        )
        Assignment.objects.filter(order=raised.order).delete()
        Assignment.objects.create(
            order=raised.order, account=made.accounts[goes[letter]], part="first", asked_at=at("14:00")
        )
    made.orders["k"] = dispatch.close(
        order=made.orders["k"],
        by=made.accounts["office"],
        happened_at=at("14:03"),
        now=at("14:03"),
        outcome="dissuaded",
        amount_protected=None,
        note=PEOPLE["k"].story,
    )
    made.warnings["k"].refresh_from_db()
    one = PEOPLE["h"]
    raw = {
        "name": one.name, "phone": one.phone, "id_number": one.id_number, "payee_account": one.account, "payee_name": one.payee_name,
        "story": one.story, "place": f"{one.name}家，{one.told_phone}", "town": made.place.yuelin.code, "signs": ["link_opened"],
    }  # fmt: skip
    raised = flow.raise_alert(
        source="hotline_call",
        fields=hotline_call.parse(raw, towns={made.place.yuelin.code}),
        raw=raw,
        by=made.accounts["hotline"],
        sent_at=at("14:01"),
        now=at("14:01"),
    )
    made.alerts["h"], made.warnings["h"] = raised.alert, raised.warning


SHEET_HEADER = "案件编号,报案时间,涉案金额(元),发案镇街,案件类别,事主姓名,联系电话,身份证号,收款账号,转账金额(元),简要案情"


def sheet(run: str = "") -> bytes:
    """An office's own sheet: a case of each town, and a row with a day that doesn't exist. ``run``: other numbers."""
    rows = [
        ("y", f"A2021{run}001", "2021-05-20", "岳林街道"),
        ("x", f"A2021{run}002", "2021-05-21", "溪口镇"),
    ]
    rows.append(("r", f"A2021{run}003", "2021-02-30", "岳林街道"))
    lines = [
        f"{number},{day},30000,{town},刷单返利,{one.name},{one.phone},{one.id_number},{one.account},30000,{one.story}"
        for letter, number, day, town in rows
        for one in (PEOPLE[letter],)
    ]
    return "\n".join([SHEET_HEADER, *lines]).encode()


def _cases(made: World) -> None:
    done = flow.import_cases(source=sheet(), name="5月.csv", by=made.accounts["office"], now=at("13:00"))
    assert [row.row for row in done.sheet.rejected] == [4]
    made.fresh_sheet = flow.keep_sheet(
        raw=sheet("9"), name="5月二.csv", by=made.accounts["office"], now=at("13:00")
    )
    made.cases = {
        letter: cases.known().get(case__number=number)
        for letter, number in (("y", "A2021001"), ("x", "A2021002"))
    }


def _number_lists(made: World) -> None:
    """A list of each operator: one number, and a resident whom it talked with for 22 minutes. The office said of it: fraud. The live
    watch lists it as well."""
    other = district.add_unit(
        code="operator-2", name="另一运营商", kind="operator", by="test", at=at("07:00")
    )
    for letter, unit in (("n", made.accounts["operator"].unit), ("m", other)):
        one, last = PEOPLE[letter], round(at("20:00", "2021-05-30").timestamp() * 1_000_000)
        given = Judged(
            rows=[Scored(one.phone, 0.9, ["近7天总通话 80 次（一般 9 次）"])],
            chances=[0.9],
            scored=5000,
            model="a" * 64,
            made_on=at("07:00").date(),
            prevalence=0.001,
            default_line=0.5,
            digest=letter,
            cut_off=at("00:00"),
            reached={one.phone: [Resident(one.told_phone, "medium", 1, 1320, last)]},
            named={
                "frequent_short_calls": Named(1, {one.phone: "一小时内呼叫 40 个不同号码，接通 5%"}),
                "only_calls_out": Named(0, {}),
            },
        )
        kept, _fresh = scoring.keep_list(
            operator=unit, day=at("07:00", "2021-05-30").date(), given=given, by="test", now=at("09:00")
        )
        made.entries[letter] = kept.entries.get()
        scoring.judge(
            entry=made.entries[letter],
            word="fraud",
            because="victim",
            note=f"受害人从{one.told_phone}打来",
            by=made.accounts["office"],
            now=at("09:30"),
        )
        entered = LiveLine(
            1, 1, letter, one.phone, at("13:50"), True, 0.9, ["近7天总通话 80 次（一般 9 次）"], 1
        )
        scoring.keep_live(
            operator=unit, file="list.jsonl", lines=[entered], simulated=False, by="test", now=at("13:51")
        )
        made.changes[letter] = live.last(unit)
    office = made.accounts["office"]
    rival = Rival({PEOPLE["n"].phone: 0.8}, model="b" * 64, made_on=at("07:00").date(), line=0.5, digest="b")
    scoring.challenge(kept=made.entries["n"].of, given=rival, by="test", now=at("09:30"))
    scoring.promote(model="b" * 64, since=at("09:00").date(), why="试用", by=office, now=at("09:30"))
    made.rule = scoring.switch_on(
        signal="frequent_short_calls", since=at("09:00").date(), why="试用", by=office, now=at("09:30")
    )
    scoring.set_line(value=0.4, since=at("09:00").date(), by=office, now=at("09:00"))


LARGE_LOSSES = """案件编号,报案时间,涉案金额(元),发案镇街,案件类别
A2021100,2021-01-09,1200000,溪口镇,贷款
A2021101,2021-02-09,3000,岳林街道,贷款
A2021102,2021-03-10,1200000,岳林街道,贷款
A2021103,2021-04-10,3000,溪口镇,贷款"""


def _listing(made: World) -> None:
    """Both towns yellow by one large loss each. The own town since March: its plan is handed in, a report is still owed, lifting is
    proposed. The other since January: its plan is accepted, lifting was declined and may be proposed again."""
    office, inspector = made.accounts["office"], made.accounts["inspector"]
    flow.import_cases(source=LARGE_LOSSES.encode(), name="前几月.csv", by=office, now=at("13:00"))
    for month in (1, 2, 3):
        published = review.publish(month=date(2021, month, 1), by=office, now=at("13:05"))
        for one in listings.owed(published):
            if one.kind == "plan":
                made.obligations["y" if one.standing.town_id == made.place.yuelin.pk else "x"] = one
    review.do(obligation=made.obligations["y"], text="方案已报", by=made.accounts["town"], now=at("13:30"))
    review.do(obligation=made.obligations["x"], text="方案已报", by=inspector, now=at("13:30"))
    review.accept(obligation=made.obligations["x"], by=office, now=at("13:35"))
    own, other = made.obligations["y"].standing, made.obligations["x"].standing
    made.obligations["w"] = Obligation.objects.create(
        standing=own, kind="report", title="报送整改报告", due_on=date(2021, 6, 30)
    )
    made.liftings = {
        letter: Lifting.objects.create(
            standing=one, to="green", proposed_by=office.username, proposed_at=at("13:40")
        )
        for letter, one in (("y", own), ("x", other))
    }
    review.decline_lifting(lifting=made.liftings["x"], by=inspector, now=at("13:45"))


def _inspection(made: World) -> None:
    """Papers that the duty chief issued to the offices of both towns: waiting, asking for more time, answered."""
    place, town = made.place, made.accounts["town"]
    for code, one in (("town-1", place.yuelin), ("town-2", place.xikou)):
        district.add_unit(
            code=code,
            name=f"{one.short_name}反诈工作站",
            kind="town_office",
            town=one,
            by="test",
            at=at("07:00"),
        )
    units = {one.code: one for one in inspection.receivers()}
    seen = [inspection.Ground(review.SITE, "", "实地检查")]
    for state, code in (
        ("own town, waiting", "town-1"),
        ("own town, asks for time", "town-1"),
        ("own town, answered", "town-1"),
        ("other town", "town-2"),
    ):
        made.papers[state] = review.issue_paper(
            kind="order", receiver=units[code], basis=seen, facts="没有开会", demand="开会", due_on=date(2021, 6, 10),
            by=place.chief, now=at("13:00"),
        )  # fmt: skip
    review.ask_extension(
        paper=made.papers["own town, asks for time"], until=date(2021, 6, 20), text="等配件", by=town, now=at("13:10")
    )  # fmt: skip
    review.answer_paper(
        paper=made.papers["own town, answered"], text="已开会", evidence="签到表", by=town, now=at("13:20")
    )

    for name, by in (("officer", made.accounts["officer"]), ("others", place.chief)):
        made.checks[name] = review.record_check(
            place=f"outlet:{place.outlet.code}", items={"alarm_key": "bad"}, text="", seen_at=at("13:00"), by=by, now=at("13:30"), photos=[b"a photo"],
        )  # fmt: skip


def _campaign(made: World) -> None:
    bulletins.open_campaign(
        title="校园反诈专项行动", since=date(2021, 5, 11), until=date(2021, 5, 31), classes=[], towns=[],
        by=made.accounts["office"], now=at("13:00"),
    )  # fmt: skip


def _deliveries(made: World) -> None:
    """An old daily, and that it was sent to a bank, one of its outlets and an operator."""
    issue = Issue.objects.create(
        kind="daily", date=date(2021, 3, 1), revision=1, as_of=at("08:30"), rules="", digest="", issued_by="office", issued_at=at("08:30"),
        content=json.dumps(bulletin_queries.draft("daily", date(2021, 3, 1), as_of=at("08:30"), now=at("08:30"))),
    )  # fmt: skip
    File.objects.create(issue=issue, ending="html", content=b"as issued", digest="")
    for actor in ("outlet", "bank_head", "operator"):
        one = Delivery.objects.create(
            issue=issue, account=made.accounts[actor], made_at=at("08:30"), sent_at=at("08:31")
        )
        made.deliveries[actor] = one.pk


def _duties(made: World) -> None:
    """A swap the officer asks of a colleague, and one between two others."""
    shift = district.open_shift(moment=at("18:00"), by="test", at=at("07:00"))
    people = {"officer": made.accounts["officer"], "third": made.place.patrols[2]}
    for name, account in people.items():
        made.duties[name] = district.assign(
            shift=shift, account=account, post="patrol", by="test", at=at("07:00")
        )
    tomorrow = district.open_shift(moment=at("18:00", "2021-06-01"), by="test", at=at("07:00"))
    made.duties["unasked"] = district.assign(
        shift=tomorrow, account=people["officer"], post="patrol", by="test", at=at("07:00")
    )
    takes = made.accounts["colleague"]
    made.swaps["officer"] = district.ask_swap(
        duty=made.duties["officer"], takes=takes, by=people["officer"], at=at("13:00")
    )
    away = made.accounts["officer_away"]
    made.swaps["others"] = district.ask_swap(
        duty=made.duties["third"], takes=away, by=people["third"], at=at("13:00")
    )
