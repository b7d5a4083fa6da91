"""The register of cases, dealt from piles that hold as many cards as were printed: every margin comes out exactly.

Only who gets which card is chance, leaning to what is plausible (students brush orders, old people are called by a false
policeman). At full size the five months are the newspaper's; a smaller or longer register is dealt in proportion.
"""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from jinzhong_engine.world.chance import apportioned, dice
from jinzhong_engine.world.profile import Profile

CHINA = timezone(timedelta(hours=8))
A_WEEK = timedelta(days=7)
JOBS = ("公司职员", "公司职员", "公司职员", "工人", "工人", "个体经营", "农民", "教师", "财务人员", "医护人员", "司机", "快递员", "无业", "其他")  # fmt: skip
SOURCES = ("110报警", "110报警", "派出所接报", "派出所接报", "96110转办", "银行移送")
T = TypeVar("T")
Band = tuple[int, int]


@dataclass(frozen=True)
class Planned:
    """A case before it has a victim with a name. ``people``: sex, age, occupation; ``gang``: 0 for a single offender."""

    place: int
    reported_at: datetime
    fraud_class: str
    town: str
    area: str
    loss: Decimal
    people: tuple[tuple[str, int, str], ...]
    cleared_on: date | None
    gang: int


@dataclass(frozen=True)
class Margins:
    """How many cards of each kind a register of this size and period has."""

    days: tuple[date, ...]
    """Day of each case's report is drawn from the days of its month."""
    months: dict[tuple[int, int], int]
    classes: dict[str, tuple[int, int]]
    places: dict[tuple[str, str], int]
    sexes: dict[str, int]
    ages: dict[Band, int]
    pairs: int
    cleared: int

    @property
    def cases(self) -> int:
        return sum(self.months.values())


def margins(profile: Profile, *, residents: int, since: date, until: date, density: float = 1.0) -> Margins:
    """The printed margins where residents and days are the newspaper's, else the same in proportion."""
    told = profile.register
    days = tuple(since + timedelta(days=n) for n in range((until - since).days))
    is_printed = (since, until) == (told["since"], told["until"])
    days = tuple(day for day in days if day <= told["last_report"]) if is_printed else days
    scale = density * residents / profile.residents
    printed_days = (told["until"] - told["since"]).days
    cases = round(told["cases"] * scale * (1 if is_printed else (until - since).days / printed_days))
    cases = max(told["least_cases"], cases)
    by_month: dict[tuple[int, int], float] = {}
    for day in days:
        share = told["months"][str(day.month)] / told["cases"] if is_printed else 1.0
        by_month[day.year, day.month] = share if is_printed else by_month.get((day.year, day.month), 0.0) + 1
    counts = _deal(cases, {code: count for code, (count, _) in told["classes"].items()})
    pairs = round(told["pairs"] * cases / told["cases"])
    places = {(town, "urban"): count for town, count in told["urban"].items()}
    places |= {(town, "rural"): count for town, count in told["rural"].items()}
    losses = {code: round(yuan * counts[code] / count, -2) for code, (count, yuan) in told["classes"].items()}
    return Margins(
        days=days,
        months=_deal(cases, by_month),
        classes={code: (counts[code], losses[code]) for code in counts if counts[code]},
        places=_deal(cases, places),
        sexes=_deal(cases + pairs, told["sexes"]),
        ages=_deal(cases + pairs, {tuple(one["band"]): one["victims"] for one in told["ages"]}),
        pairs=pairs,
        cleared=round(told["cleared"] * cases / told["cases"]),
    )


def _deal(total: int, weights: Mapping[T, float]) -> dict[T, int]:
    return {
        key: int(n)
        for key, n in zip(weights, apportioned(total, [float(w) for w in weights.values()]), strict=True)
    }


def deal(profile: Profile, found: Margins, *, seed: int) -> list[Planned]:
    """The cases in the order they were reported."""
    cards = dice(seed, "register")
    classes = dealt(cards, {code: count for code, (count, _) in found.classes.items()})
    least = profile.register["least_loss"]
    losses = {
        code: amounts(cards, count, int(yuan), least.get(code, 1_000))
        for code, (count, yuan) in found.classes.items()
    }
    when = sorted(_moments(cards, found, profile.register["hours"]))
    where = dealt(cards, found.places)
    people = _people(cards, profile, found, classes)
    last = max(found.days)
    known = [n for n, moment in enumerate(when) if moment.date() <= last - A_WEEK]
    cleared = set(cards.sample(known, min(found.cleared, len(known))))
    gangs = _gangs(cards, profile, classes)
    return [
        Planned(
            n, when[n], classes[n], *where[n], losses[classes[n]].pop(), people[n],
            min(when[n].date() + timedelta(days=cards.randint(4, 70)), last) if n in cleared else None, gangs[n],
        )
        for n in range(len(when))
    ]  # fmt: skip


def _moments(cards: random.Random, found: Margins, hours: Mapping[str, int]) -> list[datetime]:
    pile = dealt(cards, {int(hour): count for hour, count in hours.items()})
    days: dict[tuple[int, int], list[date]] = {}
    for day in found.days:
        days.setdefault((day.year, day.month), []).append(day)
    return [
        datetime(
            day.year,
            day.month,
            day.day,
            cards.choice(pile),
            cards.randrange(60),
            cards.randrange(60),
            tzinfo=CHINA,
        )
        for month, count in found.months.items()
        for day in (cards.choice(days[month]) for _ in range(count))
    ]


def _people(
    cards: random.Random, profile: Profile, found: Margins, classes: Sequence[str]
) -> list[tuple[tuple[str, int, str], ...]]:
    """Sex, age and occupation of the victims of each case: a few cases have two."""
    slots = [*range(len(classes)), *cards.sample(range(len(classes)), found.pairs)]
    lean = profile.register["women_lean"]
    women = leaning(cards, slots, found.sexes["F"], lambda n: lean.get(classes[n], 1.0))
    ages = ages_of(cards, slots, classes, found.ages, profile.register["ages"])
    told: dict[int, list[tuple[str, int, str]]] = {n: [] for n in range(len(classes))}
    for number, case in enumerate(slots):
        age = ages[number]
        told[case].append(("F" if number in women else "M", age, _job(cards, age, classes[case])))
    return [tuple(told[n]) for n in range(len(classes))]


def _job(cards: random.Random, age: int, fraud_class: str) -> str:
    if age < 18 or (age < 23 and cards.random() < (0.8 if fraud_class == "brushing" else 0.5)):
        return "学生"
    return "退休" if age > 60 else cards.choice(JOBS)


def _gangs(cards: random.Random, profile: Profile, classes: Sequence[str]) -> list[int]:
    """The gang behind each case, from 1, all of one class; singles have 0. Sizes are heavy-tailed within the stated bounds."""
    least, most = profile.register["gang_cases"]
    by_class: dict[str, list[int]] = {}
    for n, code in enumerate(classes):
        by_class.setdefault(code, []).append(n)
    wanted = round((1 - profile.register["singles"]) * len(classes))
    found, gang, dealt_out = [0] * len(classes), 0, 0
    piles = sorted(by_class.values(), key=len, reverse=True)
    for pile in piles:
        cards.shuffle(pile)
    while dealt_out < wanted and (open_piles := [pile for pile in piles if len(pile) >= least]):
        pile = cards.choices(open_piles, [len(one) for one in open_piles])[0]
        size = min(
            len(pile), max(least, min(most, int(cards.paretovariate(1.1) * least))), wanted - dealt_out
        )
        gang += 1
        for _ in range(max(least, size)):
            found[pile.pop()] = gang
        dealt_out += max(least, size)
    return found


# -- dealing --------------------------------------------------------------------------------------------


def dealt(cards: random.Random, counts: Mapping[T, int]) -> list[T]:
    """A shuffled pile with exactly this many cards of each kind."""
    pile = [kind for kind, count in counts.items() for _ in range(count)]
    cards.shuffle(pile)
    return pile


def amounts(cards: random.Random, count: int, total: int, least: int, *, step: int = 100) -> list[Decimal]:
    """``count`` uneven amounts in steps of a hundred yuan that sum to ``total``."""
    weights = [cards.lognormvariate(0, 1) for _ in range(count)]
    spare = total - least * count
    found = [least + int(spare * weight / sum(weights)) // step * step for weight in weights]
    found[found.index(max(found))] += total - sum(found)
    return [Decimal(amount) for amount in found]


def leaning(
    cards: random.Random, slots: Sequence[int], count: int, weight: Callable[[int], float]
) -> set[int]:
    """``count`` places of ``slots``, drawn one after the other by weight."""
    keys = {
        place: cards.random() ** (1 / weight(case)) if weight(case) else 0.0
        for place, case in enumerate(slots)
    }
    return set(sorted(keys, key=keys.__getitem__, reverse=True)[:count])


def _weight(lean: Mapping[str, float], classes: Sequence[str], n: int) -> float:
    return lean.get(classes[n], 1.0)


def ages_of(
    cards: random.Random, slots: Sequence[int], classes: Sequence[str], counts: Mapping[Band, int],
    leans: Sequence[Mapping[str, Any]],
) -> dict[int, int]:  # fmt: skip
    """The age of each place; bands are dealt in their order, who leans most first."""
    left, found = set(range(len(slots))), {}
    for band, lean in zip(counts, leans, strict=True):
        open_places = sorted(left)
        weight = partial(_weight, lean["lean"], classes)
        chosen = leaning(cards, [slots[place] for place in open_places], counts[band], weight)
        for place in (open_places[one] for one in sorted(chosen)):
            found[place] = cards.randint(*band)
            left.discard(place)
    return found
