"""Alerts of the demo: what an invented teller or caller says, how fast officers are there, and how it ends.

From January to the present hour 51 orders end dissuaded and protect exactly 3,880,000 yuan, as printed; the other
outcomes are invented in plausible numbers. The last hours are placed before the present one, so that every page has
something to show whenever the demo is started.
"""

import random
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from jinzhong.clock import ZONE
from jinzhong.demo import cases, names
from jinzhong.demo.fenghua import BY_CODE, PLACES, outlets, short
from jinzhong.demo.staff import PLAYED_OUTLET, group_of
from jinzhong.demo.stories import KINDS
from jinzhong_engine.world.register import amounts, dealt

SEED = 51
DISSUADED, PROTECTED = 51, 3_880_000
OTHERS = {
    "false_alarm": 44, "already_transferred": 15, "does_not_match": 11, "not_found": 9, "refused": 6, "duplicate": 3,
}  # fmt: skip
EVIDENCE = {"counter_cancelled": 19, "document_seen": 12, "reversed": 8, "stated": 8, "estimated": 4}
MONTHS = {1: 18, 2: 14, 3: 26, 4: 38, 5: 43}
"""How the officers' orders before the last day lie over the months: more as the outlets came to know the key."""
CALLS = 36
"""Calls to the hotline that needed no officer."""
CALLED = {"investment": 9, "authority": 8, "acquaintance": 7, "ecom_cs": 6, "loan": 6, "brushing": 6, "gambling": 3, "credit": 2, "romance": 2}  # fmt: skip
SIGNS = {
    "authority": ("on_the_phone", "coached", "deposit_broken"),
    "ecom_cs": ("on_the_phone", "hides_phone", "in_a_hurry"),
    "investment": ("stranger_payee", "hides_phone", "deposit_broken"),
    "acquaintance": ("stranger_payee", "in_a_hurry"),
}
OLD = {"authority", "acquaintance", "investment"}
TOWNS = {short(one): one.code for one in PLACES}
CHECKS = ("calls", "chats", "apps", "transfers")
FIRST_PHONE = 2000
"""Victims of cases have the invented numbers below, people in danger those from here on."""
LATE_SIGN, LATE_DOOR = 0.1, 0.15
CLOSED_TODAY = (
    (58, "dissuaded"), (83, "false_alarm"), (112, "dissuaded"), (140, "already_transferred"), (171, "dissuaded"),
    (205, "does_not_match"), (238, "dissuaded"), (266, "false_alarm"), (301, "not_found"), (330, "dissuaded"),
    (410, "false_alarm"), (505, "dissuaded"), (590, "duplicate"), (680, "dissuaded"), (750, "false_alarm"),
)  # fmt: skip
"""Minutes before the present hour at which an alert of today came that is settled by now, and how."""
OPENING = timedelta(hours=8, minutes=20)


@dataclass
class Episode:
    """One alert and how it ends. ``given``: what is sent in; ``steps``, ``more`` and ``settled``: times from the alert on."""

    at: datetime
    source: str
    by: str
    given: dict[str, Any]
    outcome: str = ""
    protected: Decimal | None = None
    evidence: str = ""
    steps: dict[str, timedelta] = field(default_factory=dict)
    more: tuple[timedelta, str, dict[str, Any]] | None = None
    settled: tuple[timedelta, str] | None = None


def plan(now: datetime) -> list[Episode]:
    """All alerts up to ``now``."""
    teller = Teller(random.Random(SEED))
    ended = [(now - timedelta(minutes=back), outcome) for back, outcome in CLOSED_TODAY]
    today = [(at, outcome) for at, outcome in ended if at >= _first_today(now)]
    money = [
        (amount, evidence)
        for amount, evidence in zip(
            amounts(teller.dice, DISSUADED, PROTECTED, 6_000, step=1000),
            dealt(teller.dice, EVIDENCE),
            strict=True,
        )
    ]
    before = dealt(
        teller.dice, {"dissuaded": DISSUADED - sum(outcome == "dissuaded" for _, outcome in today)} | OTHERS
    )
    moments = _moments(teller.dice, before)
    told = [teller.settled(at, outcome, money) for at, outcome in zip(moments, before, strict=True)]
    told += [
        teller.settled(at, outcome, money, is_today=True, played=at == max(ended)[0]) for at, outcome in today
    ]
    told += [teller.harmless(at) for at in _days(teller.dice, CALLS)]
    return sorted(told, key=lambda one: one.at) + teller.under_way(now)


def _first_today(now: datetime) -> datetime:
    """Counters open at twenty past eight; a demo started at night shows what came since midnight."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + OPENING if now > midnight + OPENING + timedelta(hours=1) else midnight


def _moments(dice: random.Random, outcomes: list[str]) -> list[datetime]:
    """When each alert came, on a day of its month in the hours of a counter."""
    months = dealt(dice, MONTHS)[: len(outcomes)]
    return [_at_counter(dice, month) for month in months] + _days(dice, len(outcomes) - len(months))


def _at_counter(dice: random.Random, month: int) -> datetime:
    day = date(2021, month, dice.randint(4 if month == 1 else 1, 28 if month == 2 else 30))
    return datetime(
        day.year, day.month, day.day, dice.randint(9, 16), dice.randrange(60), dice.randrange(60), tzinfo=ZONE
    )


def _days(dice: random.Random, how_many: int) -> list[datetime]:
    return [_at_counter(dice, dice.choice((2, 3, 4, 5))) for _ in range(how_many)]


class Teller:
    """Invents people and what they say. One number each, so that nobody comes twice unless meant to."""

    def __init__(self, dice: random.Random):
        self.dice, self.count = dice, 0
        self.outlets = outlets()
        self.kinds = dealt(dice, CALLED)

    def settled(
        self,
        at: datetime,
        outcome: str,
        money: list[tuple[Decimal, str]],
        *,
        is_today: bool = False,
        played: bool | None = None,
    ) -> Episode:
        """An alert for which officers went and said how it ended. ``played``: from the outlet that can be logged in to."""
        is_call = self.dice.random() < 0.12 and not played
        made = self.call(at, ["screen_sharing"]) if is_call else self.alert(at, played=played)
        made.outcome, made.steps = outcome, self._steps(made)
        if outcome == "dissuaded":
            made.protected, made.evidence = money.pop()
            made.given["amount"] = str(made.protected)
        if outcome in ("refused", "not_found"):
            end = "already_transferred" if outcome == "refused" else "false_alarm"
            made.settled = (made.steps["close"] + timedelta(minutes=15 if is_today else 90), end)
        if self.dice.random() < 0.08 and made.source == "bank_alert":
            again = {"customer_phone": made.given["customer_phone"], "signs": ["refused_elsewhere"]}
            made.more = (timedelta(minutes=3), self._somebody(but=made.by), again)
        return made

    def alert(self, at: datetime, *, played: bool | None = None, **where: str) -> Episode:
        """A teller presses the key for a customer at the counter. ``where``: ``town`` or ``outside`` of a town."""
        code = self._next_kind()
        person = self._person(code)
        given = {
            "customer_name": person.name, "customer_phone": person.phone, "customer_sex": person.sex, "customer_age": person.age,
            "amount": str(self._amount()), "payee_account": names.card(50_000 + self.count), "payee_bank": "外地银行甲",
            "signs": list(SIGNS.get(code, ("stranger_payee", "in_a_hurry")))[: self.dice.randint(1, 3)],
            "story": self.dice.choice(KINDS[code].counter),
        }  # fmt: skip
        is_played = self.dice.random() < 0.05 if played is None else played
        return Episode(at, "bank_alert", PLAYED_OUTLET[0] if is_played else self._somebody(**where), given)

    def call(self, at: datetime, signs: list[str], *, town: str = "") -> Episode:
        """Somebody calls the hotline about themselves or a relative."""
        code = self._next_kind()
        person, place = (
            self._person(code),
            self.dice.choice([one for one in PLACES if one.code == town or not town]),
        )
        community = self.dice.choice((*place.urban, *place.rural))
        given = {
            "name": person.name, "phone": person.phone, "sex": person.sex, "age": person.age, "amount": str(self._amount()),
            "town": place.code, "place": f"{BY_CODE[place.code].name}{community}示范路{self.count}号", "fraud_class": code,
            "signs": signs, "story": f"来电人称家人{self.dice.choice(KINDS[code].counter)}",
        }  # fmt: skip
        return Episode(at, "hotline_call", f"office_hotline_{group_of(at) + 1}", given)

    def harmless(self, at: datetime) -> Episode:
        """A call that was settled on the phone."""
        made = self.call(
            at, [self.dice.choice(("link_opened", "one_contact", "long_call", "repeated_contact"))]
        )
        made.given["age"] = self.dice.randint(22, 58)
        made.given.pop("amount")
        made.settled = (
            timedelta(minutes=self.dice.randint(6, 50)),
            self.dice.choice(("false_alarm", "does_not_match")),
        )
        return made

    def under_way(self, now: datetime) -> list[Episode]:
        """What is open at ``now``: an order in each state, calls of lower grades, a counter where nobody is named yet.

        Each in a town of its own and none in 岳林, whose officer is free for whoever tries the demo.
        """

        def ago(minutes: float) -> datetime:
            return now - timedelta(minutes=minutes)

        def alert(town: str, minutes: float, **reached: float) -> Episode:
            return _reached(self.alert(ago(minutes), played=False, town=TOWNS[town]), reached)

        def call(town: str, minutes: float, *signs: str, **reached: float) -> Episode:
            made = _reached(self.call(ago(minutes), list(signs), town=TOWNS[town]), reached)
            made.given["age"] = self.dice.randint(24, 55)
            return made

        refused = alert("溪口", 95, sign=0.5, depart=1, arrive=5, close=26)
        refused.outcome = "refused"
        twice = alert("萧王庙", 3, sign=0.5, depart=1.2)
        again = {"customer_phone": twice.given["customer_phone"], "signs": ["refused_elsewhere"]}
        twice.more = (timedelta(seconds=50), self._somebody(town=TOWNS["锦屏"]), again)
        same_payee = alert("莼湖", 1.4)
        same_payee.given["payee_account"] = refused.given["payee_account"]
        robbed = next(one for one in cases.plan() if one.fraud_class == "loan" and one.reported_at.month == 4)
        robbed_before = call("尚田", 52, "repeated_contact", sign=2, depart=5, arrive=22)
        robbed_before.given |= {"name": robbed.victims[0].name, "phone": robbed.victims[0].phone}
        unnamed = Episode(
            ago(0.3), "bank_alert", self._somebody(town=TOWNS["方桥"]), {"signs": ["on_the_phone"]}
        )
        return [
            call("松岙", 118, "link_opened"),
            refused,
            robbed_before,
            call("溪口", 33, "money_sign"),
            call("江口", 24, "money_sent_before", "long_call", sign=1.5, depart=4),
            alert("锦屏", 16, sign=0.4, depart=1, arrive=4.4),
            call("萧王庙", 12, "long_call"),
            alert("西坞", 9, sign=0.6, depart=1.5),
            twice,
            same_payee,
            unnamed,
        ]

    def _next_kind(self) -> str:
        self.count += 1
        return self.kinds[self.count % len(self.kinds)]

    def _person(self, code: str) -> names.Person:
        is_old = code in OLD and self.dice.random() < 0.6
        age = self.dice.randint(58, 78) if is_old else self.dice.randint(20, 52)
        return names.Person(
            names.name(self.dice), self.dice.choice("FFM"), age, names.mobile(FIRST_PHONE + self.count)
        )

    def _amount(self) -> int:
        return max(3, round(self.dice.lognormvariate(3.5, 0.9))) * 1000

    def _somebody(self, *, town: str = "", outside: str = "", but: str = "") -> str:
        """A simulated teller: in that town, outside that one, but not this one."""
        among = [one for one in self.outlets if one.town == town or (not town and one.town != outside)]
        them = [f"teller_{one.code[-3:]}" for one in among if one.code != PLAYED_OUTLET[1]]
        return self.dice.choice([one for one in them if one != but])

    def _steps(self, made: Episode) -> dict[str, timedelta]:
        """Mostly in time; some sign late, some meet late."""
        sign = self.dice.randint(80, 170) if self.dice.random() < LATE_SIGN else self.dice.randint(9, 52)
        depart = sign + self.dice.randint(15, 50)
        late = self.dice.random() < LATE_DOOR
        arrive = depart + (self.dice.randint(280, 700) if late else self.dice.randint(70, 200))
        close = arrive + self.dice.randint(400, 1400)
        return {name: timedelta(seconds=seconds) for name, seconds in zip(("sign", "depart", "arrive", "close"), (sign, depart, arrive, close), strict=True)}  # fmt: skip


def _reached(made: Episode, minutes: dict[str, float]) -> Episode:
    """With the steps taken so far, in minutes from the alert on."""
    made.steps = {name: timedelta(minutes=span) for name, span in minutes.items()}
    return made
