"""The tables of a world beside its calls and messages, and the truth."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from jinzhong_engine import tables
from jinzhong_engine.world import money, outreach
from jinzhong_engine.world.chance import dice, mix, stream
from jinzhong_engine.world.plan import World
from jinzhong_engine.world.register import CHINA, SOURCES, Planned
from jinzhong_engine.world.victims import Incident

Rows = Iterator[dict[str, Any]]
OPERATORS = ("移动", "联通", "电信")
MOST_STORY = 120


def small_tables(world: World) -> dict[str, Callable[[], pa.Table]]:
    """How to make each of them, by path."""
    register = Register(world)
    return {
        tables.SUBSCRIBERS.path: lambda: subscribers(world),
        tables.TRANSFERS.path: register.transfers,
        tables.ALERTS.path: lambda: pa.Table.from_pylist(
            list(_alerts(world, register)), tables.ALERTS.schema
        ),
        tables.CASES.path: lambda: pa.Table.from_pylist(list(register.cases()), tables.CASES.schema),
        tables.IDENTIFIERS.path: lambda: pa.Table.from_pylist(
            list(register.identifiers()), tables.IDENTIFIERS.schema
        ),
        tables.OUTREACH.path: lambda: pa.Table.from_pylist(
            outreach.actions(
                world.profile,
                world.people,
                seed=world.size.seed,
                start=world.size.start,
                days=world.size.days,
            ),
            tables.OUTREACH.schema,
        ),
        tables.TRUE_NUMBERS.path: lambda: true_numbers(world),
        tables.TRUE_GANGS.path: lambda: pa.Table.from_pylist(
            list(_true_gangs(world, register)), tables.TRUE_GANGS.schema
        ),
        tables.TRUE_VICTIMS.path: lambda: pa.Table.from_pylist(
            list(_true_victims(world, register)), tables.TRUE_VICTIMS.schema
        ),
    }


def person_id(person: int) -> str:
    return f"P{person + 1:07d}"


def subscribers(world: World) -> pa.Table:
    """What the operator knows of the numbers it sold: those of residents, trades and offenders, but those abroad."""
    book, people, profile = world.book, world.people, world.profile
    chance = stream(world.size.seed, "subscribers")
    ordinary, start = book.first_fraud, world.size.start
    sold = np.concatenate([np.arange(ordinary), ordinary + np.flatnonzero(~world.numbers.is_overseas)])
    fraud = sold[ordinary:] - ordinary
    targets = world.numbers.targets
    has_traffic = chance.random(ordinary) >= 0.075
    months = np.where(chance.random(ordinary) < 0.65, 8, chance.integers(1, 9, ordinary)) * has_traffic
    apps = np.maximum(0, np.round(185 + 120 * chance.standard_normal(ordinary))) * has_traffic
    bill = np.clip(np.round(np.exp(np.log(36) + 1.0 * chance.standard_normal(ordinary)), 2), 1, 900)
    opened = np.concatenate([world.habits.opened, world.numbers.opened[fraud]])
    closed = [
        start + timedelta(days=int(world.numbers.last[n]) + 1) if world.numbers.is_suspended[n] else None
        for n in fraud
    ]
    towns = np.concatenate([people.town[people.holder], np.full(len(sold) - len(people.holder), -1)])
    landline = np.array([bool(one.get("landline")) for one in profile.trades])[world.trades]
    is_landline = np.zeros(len(sold), bool)
    is_landline[book.residents : ordinary] = landline
    is_trade = np.zeros(len(sold), bool)
    is_trade[book.residents : ordinary] = True
    on_id = np.where(chance.random(len(sold)) < 0.8, 1, chance.integers(2, 6, len(sold)))
    return pa.table(
        {
            "number": book.text.take(pa.array(sold)),
            "operator": np.array(OPERATORS)[(mix(sold, world.size.seed, 61) % np.uint64(3)).astype(int)],
            "kind": np.where(is_landline, "landline", "mobile"),
            "holder": np.where(is_trade, "company", "person"),
            "city": np.array(book.cities)[book.city[sold]],
            "town": pa.array(np.array([*people.towns, ""])[towns], mask=towns < 0),
            "opened": pa.array(np.datetime64(start, "D") + opened),
            "closed": pa.array([None] * ordinary + closed, tables.DAY),
            "numbers_on_id": pa.array(on_id.astype(np.int32), mask=is_trade),
            "bill_yuan": pa.array(np.concatenate([bill, targets.bill_yuan[fraud]]), from_pandas=True),
            "traffic_months": np.concatenate([months, targets.traffic_months[fraud]]).astype(np.int32),
            "apps": np.concatenate([apps, targets.apps[fraud]]).astype(np.int32),
        }
    ).cast(tables.SUBSCRIBERS.schema)


def true_numbers(world: World) -> pa.Table:
    """What each number sold here, and each fraud number, really is."""
    book, these = world.book, world.numbers
    kinds = np.array([one["kind"] for one in world.profile.trades])
    roles = np.concatenate([
        np.full(book.residents, "resident", dtype=object), kinds[world.trades].astype(object), np.full(len(these), "fraud", dtype=object)
    ])  # fmt: skip
    nothing: list[Any] = [None] * book.first_fraud
    return pa.table(
        {
            "number": book.text.slice(0, book.first_elsewhere),
            "role": pa.array(roles, pa.string()),
            "gang": pa.array(nothing + [world.gangs[g].id for g in these.gang], pa.string()),
            "first_active": pa.array(nothing + _first_active(world), tables.TIME),
            "script": pa.array(nothing + [world.gangs[g].fraud_class for g in these.gang], pa.string()),
            "manner": pa.array(nothing + [f"manner-{k + 1}" for k in these.targets.manner], pa.string()),
            "suspended_at": pa.array(nothing + [_suspended(world, n) for n in range(len(these))], tables.TIME),
            "replaces": pa.array(
                nothing + [book.text[book.first_fraud + n].as_py() if n >= 0 else None for n in these.replaces.tolist()], pa.string()
            ),
        }
    ).cast(tables.TRUE_NUMBERS.schema)  # fmt: skip


def _first_active(world: World) -> list[datetime | None]:
    """First call made, else first message sent, else first sign of life of each fraud number."""
    found: dict[int, tuple[int, int]] = {}
    calls, texts = world.fraud_calls, world.fraud_texts
    never = 1 << 40
    for rank, (number, when) in enumerate((
        (calls.number[calls.is_out], (calls.day.astype(np.int64) * 86_400 + calls.t)[calls.is_out]),
        (texts.number[texts.is_out], (texts.day.astype(np.int64) * 86_400 + texts.t)[texts.is_out]),
        (calls.number, calls.day.astype(np.int64) * 86_400 + calls.t),
        (texts.number, texts.day.astype(np.int64) * 86_400 + texts.t),
    )):  # fmt: skip
        first = np.full(len(world.numbers), never)
        np.minimum.at(first, number, when)
        for n in np.flatnonzero(first < never).tolist():
            found.setdefault(n, (rank, int(first[n])))
    midnight = _midnight(world.size.start)
    return [
        midnight + timedelta(seconds=found[n][1]) if n in found else None for n in range(len(world.numbers))
    ]


def _suspended(world: World, n: int) -> datetime | None:
    if not world.numbers.is_suspended[n]:
        return None
    return _midnight(world.size.start) + timedelta(days=int(world.numbers.last[n]) + 1)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CHINA)


class Register:
    """The cases with their stories: who was robbed, by whom, where the money went, what is known."""

    def __init__(self, world: World):
        self.world = world
        self.stories = {one.case: one for one in world.stories if one.case >= 0}
        self.names = [
            f"A{world.profile.code}{one.reported_at:%Y%m}{one.place + 1:05d}" for one in world.cases
        ]
        self.mules = money.Mules(world.profile, world.gangs, world.size.seed)
        self.payments = {one.place: self.mules.payments(self.stories[one.place]) for one in world.cases}

    def transfers(self) -> pa.Table:
        world = self.world
        flat = [one for some in self.payments.values() for one in some]
        return money.table(
            world.profile, world.people, flat, self.names, seed=world.size.seed, start=world.size.start,
            days=world.size.days,
        )  # fmt: skip

    def cases(self) -> Rows:
        for one in self.world.cases:
            story, cards = self.stories[one.place], dice(self.world.size.seed, "case text", one.place)
            script = self.world.profile.scripts[one.fraud_class]
            where = self.world.people.communities[self.world.people.community[story.person]]
            loss = one.loss
            yield {
                "case": self.names[one.place], "reported_at": one.reported_at,
                "filed_at": min(one.reported_at + timedelta(minutes=cards.randint(40, 260)), _midnight(one.reported_at.date()) + timedelta(minutes=1439)),
                "occurred_from": story.contacted_at, "town": one.town, "area": one.area,
                "community": where.name if self._is_there(story, one) else self._some_community(one),
                "source": cards.choice(SOURCES), "fraud_class": one.fraud_class, "raw_class": cards.choice(script.labels),
                "channel": story.channel, "loss_yuan": loss,
                "stopped_yuan": Decimal(loss // 1000 * 200) if cards.random() < 0.08 and loss >= 10_000 else None,
                "narrative": self._told(one, cards), "victims": list(self._victims(one, story)),
                "status": "cleared" if one.cleared_on else "filed", "cleared_on": one.cleared_on,
            }  # fmt: skip

    def _is_there(self, story: Incident, one: Planned) -> bool:
        where = self.world.people.communities[self.world.people.community[story.person]]
        return self.world.people.towns[where.town] == one.town and where.area == one.area

    def _some_community(self, one: Planned) -> str:
        """Where nobody fits in a small world: the place of the event isn't the victim's home."""
        town = next(town for town in self.world.profile.towns if town.code == one.town)
        return next(name for name, area in town.communities if area == one.area)

    def _told(self, one: Planned, cards: Any) -> str:
        script = self.world.profile.scripts[one.fraud_class]
        app = self._app(one) if script.apps else ""
        told = [text for text in script.told if app or "{app}" not in text]
        times = sum(payment.tier == 1 for payment in self.payments[one.place])
        return str(cards.choice(told).format(app=app, times=times))[:MOST_STORY]

    def _victims(self, one: Planned, story: Incident) -> Rows:
        for person, (sex, age, job) in zip((story.person, *story.others), one.people, strict=True):
            number = int(self.world.people.number[person])
            yield {
                "person": person_id(person), "phone": self.world.book.text[number].as_py(), "sex": sex, "age": age, "job": job,
            }  # fmt: skip

    def _app(self, one: Planned) -> str:
        script, gang = self.world.profile.scripts[one.fraud_class], self.stories[one.place].gang
        return script.apps[
            int(mix(np.array([gang]), self.world.size.seed, 62)[0] % np.uint64(len(script.apps)))
        ]

    def identifiers(self) -> Rows:
        for one in self.world.cases:
            cards = dice(self.world.size.seed, "identifiers", one.place)
            for kind, value in dict.fromkeys(self.known(one, cards)):
                hours = cards.expovariate(1 / 20)
                yield {
                    "case": self.names[one.place], "kind": kind, "value": value,
                    "known_at": (one.reported_at + timedelta(hours=hours)).replace(microsecond=0),
                }  # fmt: skip

    def known(self, one: Planned, cards: Any) -> Iterator[tuple[str, str]]:
        """(kind, value) of what an inquiry brings to light."""
        story, world = self.stories[one.place], self.world
        tag = mix(np.array([story.gang * 8]), world.size.seed, 63)[0]
        for payment in self.payments[one.place]:
            if payment.tier == 1 or cards.random() < 0.3:
                yield "account", payment.payee
        if story.fraud_number >= 0:
            yield "number", world.book.text[world.book.first_fraud + story.fraud_number].as_py()
        script = world.profile.scripts[one.fraud_class]
        if script.apps and cards.random() < 0.6:
            yield "app", self._app(one)
        if cards.random() < 0.35:
            yield "url", f"https://{int(tag) % 16**8:08x}{cards.randrange(2)}.example.invalid"
        if cards.random() < 0.5:
            yield "chat", f"chat-{(int(tag) >> 20) % 16**8:08x}{cards.randrange(3)}"


def _alerts(world: World, register: Register) -> Rows:
    for n, one in enumerate(world.alerts):
        story = world.stories[one.incident] if one.incident >= 0 else None
        payee = suspect = None
        if story is not None and one.source == "bank_outlet":
            payee = register.mules.first_tier(story.gang)[0]
        elif one.source == "bank_outlet":
            payee = money.account(
                world.size.seed * 31, int(mix(np.array([n]), 1, 64)[0] % np.uint64(len(world.people)))
            )
        if story is not None and story.fraud_number >= 0 and one.source != "bank_outlet":
            suspect = world.book.text[world.book.first_fraud + story.fraud_number].as_py()
        number = int(world.people.number[one.person])
        yield {
            "alert": f"W{n + 1:06d}", "at": one.at, "source": one.source, "outlet": one.outlet, "town": one.town, "area": one.area,
            "customer": person_id(one.person), "customer_phone": world.book.text[number].as_py() if number >= 0 else "",
            "age": one.age, "amount_yuan": one.amount, "payee_account": payee,
            "payee_bank": money.bank(world.profile, payee) if payee else None, "suspect_number": suspect, "signs": list(one.signs),
            "story": one.story or None, "grade": one.grade,
        }  # fmt: skip


def _true_gangs(world: World, register: Register) -> Rows:
    for n, one in enumerate(world.gangs):
        used = np.flatnonzero(world.numbers.gang == n) + world.book.first_fraud
        accounts = {payment.payee for case in one.cases for payment in register.payments[case]} - set(
            register.mules.hubs
        )
        yield {
            "gang": one.id, "fraud_class": one.fraud_class, "cases": [register.names[case] for case in one.cases],
            "numbers": world.book.text.take(pa.array(used)).to_pylist(), "accounts": sorted(accounts), "seat": one.seat,
        }  # fmt: skip


def _true_victims(world: World, register: Register) -> Rows:
    for one in sorted(world.stories, key=lambda story: (story.contacted_at, story.person)):
        for person in (one.person, *one.others):
            number = int(world.people.number[person])
            yield {
                "person": person_id(person), "number": world.book.text[number].as_py() if number >= 0 else "",
                "gang": world.gangs[one.gang].id, "fraud_class": one.fraud_class,
                "case": register.names[one.case] if one.case >= 0 else None,
                "fraud_number": world.book.text[world.book.first_fraud + one.fraud_number].as_py() if one.fraud_number >= 0 else None,
                "contacted_at": one.contacted_at, "believed_at": one.believed_at, "paid_at": one.paid_at,
                "reported_at": one.reported_at, "at_stake_yuan": one.at_stake if person == one.person else Decimal(0),
                "lost_yuan": one.lost if person == one.person else Decimal(0), "outcome": one.outcome, "is_repeat": one.is_repeat,
            }  # fmt: skip
