"""The demo's 557 cases of January to May 2021, with exactly the counts and sums a newspaper printed about the district.

Every margin is dealt from a pile that holds as many cards as were printed; only who gets which card is chance, leaning
to what is plausible (students brush orders, old people are called by a false policeman). People, places and numbers are
invented.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from jinzhong.clock import ZONE
from jinzhong.demo import names
from jinzhong.demo.fenghua import BY_CODE, CAMPUS, JINZHONG, STATIONS, Place, short
from jinzhong.demo.stories import KINDS, LONGEST, Kind
from jinzhong_engine.world.profile import load
from jinzhong_engine.world.register import JOBS, SOURCES, ages_of, amounts, dealt, leaning

SEED = 557
PRINTED = load("fenghua").register
MONTHS = {int(month): count for month, count in PRINTED["months"].items()}
LAST_DAY: date = PRINTED["last_report"]
CLASSES = {code: (count, yuan) for code, (count, yuan) in PRINTED["classes"].items()}
"""Cases and loss in yuan of each class; those the newspaper printed, the rest shared out."""
URBAN, RURAL = PRINTED["urban"], PRINTED["rural"]
AGES = {tuple(one["band"]): one["victims"] for one in PRINTED["ages"]}
"""Victims by age, rarest first: who leans most is dealt first."""
HOURS = {int(hour): weight for hour, weight in PRINTED["hours"].items()}
A_WEEK = timedelta(days=7)
"""Nothing reported later than a week ago is solved yet."""
GANGS = 18
"""Cases of one gang share numbers, cards and sites."""


@dataclass(frozen=True)
class Victim:
    name: str
    sex: str
    age: int
    job: str
    phone: str


@dataclass(frozen=True)
class Payment:
    at: datetime
    amount: Decimal
    card: str
    bank: str


@dataclass(frozen=True)
class DemoCase:
    """One case, as the station knows it at first; ``cleared_on``: the day on which it is told to be solved."""

    number: str
    reported_at: datetime
    filed_at: datetime
    occurred_from: datetime
    town: str
    area: str
    community: str
    station: str
    source: str
    fraud_class: str
    raw_class: str
    channel: str
    loss: Decimal
    stopped: Decimal | None
    narrative: str
    victims: tuple[Victim, ...]
    payments: tuple[Payment, ...]
    suspect_number: str
    app: str
    url: str
    status: str = "立案"
    cleared_on: date | None = None
    told_on: date | None = None

    @property
    def learned_on(self) -> date:
        """The day whose sheet tells of it: sheets come in half an hour after midnight."""
        return self.told_on or self.reported_at.date()

    def solved(self) -> "DemoCase":
        """The same case as told again, solved."""
        return replace(self, status="破案", told_on=self.cleared_on)


def plan() -> list[DemoCase]:
    """The 557 cases in the order they were reported."""
    dice = random.Random(SEED)
    classes = dealt(dice, {code: count for code, (count, _) in CLASSES.items()})
    losses = {
        code: amounts(dice, count, total, PRINTED["least_loss"].get(code, 1_000))
        for code, (count, total) in CLASSES.items()
    }
    moments = sorted(_moments(dice))
    where = _where(dice, classes)
    people = _people(dice, classes, where)
    known = [n for n, moment in enumerate(moments) if moment.date() <= LAST_DAY - A_WEEK]
    cleared = set(dice.sample(known, PRINTED["cleared"]))
    gangs = [dice.choice(list(CLASSES)[:8]) for _ in range(GANGS)]
    return [
        _case(
            n, dice, moments[n], BY_CODE[where[n][0]], where[n][1], classes[n], losses[classes[n]].pop(), people[n], gangs,
            is_cleared=n in cleared,
        )
        for n in range(len(moments))
    ]  # fmt: skip


def _moments(dice: random.Random) -> Iterable[datetime]:
    hours = dealt(dice, HOURS)
    for month, count in MONTHS.items():
        last = LAST_DAY.day if month == LAST_DAY.month else (date(2021, month + 1, 1) - timedelta(days=1)).day
        for _ in range(count):
            yield datetime(
                2021, month, dice.randint(1, last), dice.choice(hours), dice.randrange(60), tzinfo=ZONE
            )


def _where(dice: random.Random, classes: Sequence[str]) -> list[tuple[str, str]]:
    """(town, area) of each case; of those at the campus half are brushing."""
    campus = CAMPUS[0]
    brushing = [n for n, code in enumerate(classes) if code == "brushing"]
    placed = dict.fromkeys(dice.sample(brushing, RURAL[campus] // 2), (campus, "rural"))
    rest = {(town, "urban"): count for town, count in URBAN.items()}
    rest |= {(town, "rural"): count for town, count in RURAL.items()}
    rest[campus, "rural"] -= len(placed)
    pile = iter(dealt(dice, rest))
    return [placed[n] if n in placed else next(pile) for n in range(len(classes))]


def _people(
    dice: random.Random, classes: Sequence[str], where: Sequence[tuple[str, str]]
) -> list[tuple[Victim, ...]]:
    """The victims of each case: ten cases have two."""
    slots = [*range(len(classes)), *dice.sample(range(len(classes)), PRINTED["pairs"])]
    women_lean = PRINTED["women_lean"]
    women = leaning(dice, slots, PRINTED["sexes"]["F"], lambda n: women_lean.get(classes[n], 1.0))
    ages = ages_of(dice, slots, classes, AGES, PRINTED["ages"])
    told: dict[int, list[Victim]] = {n: [] for n in range(len(classes))}
    for number, case in enumerate(slots):
        sex, age = "F" if number in women else "M", ages[number]
        at_campus = where[case][0] == CAMPUS[0] and classes[case] == "brushing"
        phone = names.mobile(number + 1)
        told[case].append(Victim(names.name(dice), sex, age, _job(dice, age, at_campus), phone))
    return [tuple(told[n]) for n in range(len(classes))]


def _job(dice: random.Random, age: int, at_campus: bool) -> str:
    if age < 18 or (at_campus and age < 25) or (age < 23 and dice.random() < 0.6):
        return "学生"
    return "退休" if age > 60 else dice.choice(JOBS)


# -- one case -------------------------------------------------------------------------------------------


def _case(
    n: int, dice: random.Random, reported: datetime, place: Place, area: str, code: str, loss: Decimal,
    victims: tuple[Victim, ...], gangs: Sequence[str], *, is_cleared: bool,
) -> DemoCase:  # fmt: skip
    kind = KINDS[code]
    paid = _payments(n, dice, reported, loss, gangs, code)
    app = dice.choice(kind.apps) if kind.apps and dice.random() < 0.7 else ""
    channel = dice.choice(kind.channels)
    return DemoCase(
        number=f"A330213{reported:%Y%m}{n + 1:05d}",
        reported_at=reported,
        filed_at=min(reported + timedelta(minutes=dice.randint(40, 260)), _end_of(reported)),
        occurred_from=paid[0].at - timedelta(minutes=dice.choice((5, 15, 40, 120, 600, 3000))),
        town=place.code,
        area=area,
        community=_community(dice, place, area, reported, victims),
        station=station_of(place.code),
        source=dice.choice(SOURCES),
        fraud_class=code,
        raw_class=dice.choice(kind.labels),
        channel=channel,
        loss=loss,
        stopped=loss // 1000 * 200 if dice.random() < 0.08 and loss >= 10_000 else None,
        narrative=_narrative(dice, kind, app, len(paid)),
        victims=victims,
        payments=paid,
        suspect_number=_suspect(n, dice, channel, gangs, code),
        app=app,
        url=f"https://{_gang(n, gangs, code) or 30 + n}.example.invalid"
        if app and dice.random() < 0.3
        else "",
        cleared_on=_cleared_on(dice, reported) if is_cleared else None,
    )


def _end_of(day: datetime) -> datetime:
    return day.replace(hour=23, minute=59)


def _cleared_on(dice: random.Random, reported: datetime) -> date:
    return min(reported.date() + timedelta(days=dice.randint(4, 70)), LAST_DAY)


def _payments(
    n: int, dice: random.Random, reported: datetime, loss: Decimal, gangs: Sequence[str], code: str
) -> tuple[Payment, ...]:
    """One to three transfers that sum to the loss, the last one some time before the report."""
    count = 1 if loss < 3_000 else dice.choice((1, 1, 1, 2, 3))
    first = reported - timedelta(minutes=dice.choice((30, 60, 90, 240, 900, 2000)) + 25 * count)
    parts = amounts(dice, count, int(loss), 500 if count > 1 else 0)
    gang = _gang(n, gangs, code)
    cards = [names.card(gang * 10 + dice.randrange(4) if gang else 1000 + n * 4 + k) for k in range(count)]
    return tuple(
        Payment(
            first + timedelta(minutes=25 * k),
            part,
            cards[k],
            dice.choice(("剡江银行", "外地银行甲", "外地银行乙")),
        )
        for k, part in enumerate(parts)
    )


def _gang(n: int, gangs: Sequence[str], code: str) -> int:
    """The gang behind a case, from 1; 0: nobody known. Two cases in five of a gang's own trade are theirs."""
    trade = [place for place, chosen in enumerate(gangs, 1) if chosen == code]
    return trade[n // 5 % len(trade)] if trade and n % 5 < 2 else 0


def _suspect(n: int, dice: random.Random, channel: str, gangs: Sequence[str], code: str) -> str:
    if channel not in ("电话", "境外来电", "短信", "会议软件"):
        return ""
    gang = _gang(n, gangs, code)
    number = gang * 10 + dice.randrange(3) if gang else 1000 + n
    return names.overseas(number) if channel == "境外来电" else names.mobile(8000 + number)


def _community(
    dice: random.Random, place: Place, area: str, reported: datetime, victims: Sequence[Victim]
) -> str:
    """金钟社区 had no case since May; students live on the campus."""
    if place.code == CAMPUS[0] and victims[0].job == "学生":
        return CAMPUS[1]
    among = place.urban if area == "urban" else place.rural
    return dice.choice([one for one in among if one != JINZHONG or reported.month < 5])


def station_of(code: str) -> str:
    """The station in charge of a town."""
    first = next(towns[0] for towns in STATIONS if code in towns)
    return f"{short(BY_CODE[first])}派出所"


def _narrative(dice: random.Random, kind: Kind, app: str, times: int) -> str:
    told = [one for one in kind.told if app or "{app}" not in one]
    return dice.choice(told).format(app=app, times=times)[:LONGEST]
