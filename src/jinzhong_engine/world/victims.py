"""Who is reached, begins to believe, pays or doesn't, and how late it is reported.

Every case of the register finds its person: of that community, sex and age, and less likely one whose door was knocked at. Within
the world's days its first contact is a call of the gang, if the gang telephones: that call and this case are one story.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import numpy as np

from jinzhong_engine.world import outreach
from jinzhong_engine.world.chance import stream
from jinzhong_engine.world.fraud import NONE, Calls, Gang, Numbers
from jinzhong_engine.world.people import Book, People
from jinzhong_engine.world.profile import Profile
from jinzhong_engine.world.register import CHINA, Planned

Ints = np.ndarray
CANDIDATES = 48
SAME_STORY = timedelta(days=6)
"""How long before the payment a call may lie that began it."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Incident:
    """One person an offender got to believe. ``case``: place in the register or -1; ``fraud_number``: place or -1."""

    person: int
    gang: int
    fraud_class: str
    case: int
    fraud_number: int
    contacted_at: datetime
    believed_at: datetime
    paid_at: datetime | None
    reported_at: datetime | None
    at_stake: Decimal
    outcome: str
    channel: str
    is_repeat: bool = False
    others: tuple[int, ...] = ()
    """Persons robbed in the same case."""

    @property
    def lost(self) -> Decimal:
        return self.at_stake if self.outcome == "paid" else Decimal(0)

    @property
    def due(self) -> datetime:
        """When the money goes, or would have gone."""
        return self.paid_at or self.believed_at + HOUR


class Town:
    """Finds persons for stories, each once. Ages and sexes that the register fixes are written into the people."""

    def __init__(self, profile: Profile, people: People, seed: int):
        self.profile, self.people, self.seed = profile, people, seed
        self.taken: set[int] = set()

    def person(
        self, chance: np.random.Generator, place: tuple[str, str], day: date, fraud_class: str, wanted: tuple[str, int] | None
    ) -> int:  # fmt: skip
        """Somebody who lives at ``place``; of this sex and near this age, if wanted."""
        pool = self.people.places[place]
        if not len(pool):
            pool = np.concatenate(
                [some for (town, _), some in self.people.places.items() if town == place[0]]
            )
        if not len(pool):
            pool = np.flatnonzero(self.people.number >= 0)
        some = pool[chance.integers(0, len(pool), CANDIDATES)]
        falls = chance.random(CANDIDATES) >= outreach.protection(
            self.profile, self.people, self.seed, some, day, fraud_class
        )
        far = np.where(falls, 0.0, 200.0) + np.array([1000.0 * (int(one) in self.taken) for one in some])
        if wanted:
            sex, age = wanted
            far = (
                far
                + np.abs(self.people.age[some] - age)
                + 100.0 * (self.people.is_woman[some] != (sex == "F"))
            )
        found = int(some[np.argmin(far)])
        if found in self.taken:
            free = np.setdiff1d(np.flatnonzero(self.people.number >= 0), np.fromiter(self.taken, int))
            found = int(free[chance.integers(0, len(free))]) if len(free) else found
        self.taken.add(found)
        if wanted:
            self.people.age[found], self.people.is_woman[found] = wanted[1], wanted[0] == "F"
        return found


def of_cases(
    profile: Profile, people: People, book: Book, cases: Sequence[Planned], gangs: Sequence[Gang], numbers: Numbers, calls: Calls,
    *, seed: int, start: date, days: int,
) -> list[Incident]:  # fmt: skip
    """The story of each case. Writes its victim's number into the gang's calls."""
    town, phone = Town(profile, people, seed), _Phone(book, people, gangs, numbers, calls, start)
    gang_of = {case: n for n, one in enumerate(gangs) for case in one.cases}
    found = []
    for one in cases:
        chance = stream(seed, "case", one.place)
        day = one.reported_at.date()
        persons = [
            town.person(chance, (one.town, one.area), day, one.fraud_class, (sex, age))
            for sex, age, _ in one.people
        ]
        script = profile.scripts[one.fraud_class]
        channel = script.channels[int(chance.integers(len(script.channels)))]
        paid = one.reported_at - _delay(profile, chance)
        story = Incident(
            persons[0], gang_of[one.place], one.fraud_class, one.place, NONE, paid, paid, paid, one.reported_at, one.loss, "paid",
            channel, others=tuple(persons[1:]),
        )  # fmt: skip
        by_phone = channel in profile.victims["by_phone"] or chance.random() < 0.35
        at = phone.call(chance, story) if by_phone and (day - start).days >= 0 else None
        found.append(_timed(chance, script.days, story, at))
    return found


def of_attempts(
    profile: Profile, people: People, book: Book, cases: Sequence[Planned], gangs: Sequence[Gang], numbers: Numbers, calls: Calls,
    told: Sequence[Incident], *, seed: int, start: date, days: int,
) -> list[Incident]:  # fmt: skip
    """Those who were stopped in time or came to doubt, within the world's days; in proportion to its cases."""
    town, phone = Town(profile, people, seed), _Phone(book, people, gangs, numbers, calls, start)
    town.taken |= {person for one in told for person in (one.person, *one.others)}
    inside = [one for one in cases if 0 <= (one.reported_at.date() - start).days < days]
    register = profile.register
    stopped = round(register["warned"] * max(1, len(inside)) / register["cases"] + 0.5)
    doubted = round(profile.victims["doubted_per_case"] * max(2, len(inside)))
    mean = register["warned_yuan"] / register["warned"]
    phoning = np.unique(calls.number[calls.is_out & (calls.seconds > 0)])
    found = []
    for n in range(stopped + doubted):
        chance = stream(seed, "attempt", n)
        number = int(phoning[chance.integers(len(phoning))])
        gang = gangs[numbers.gang[number]]
        day = start + timedelta(days=int(chance.integers(days)))
        place = list(people.places)[
            int(
                chance.choice(
                    len(people.places), p=_weights(np.array([len(some) for some in people.places.values()]))
                )
            )
        ]
        person = town.person(chance, place, day, gang.fraud_class, None)
        at_stake = Decimal(
            int(max(10, mean * 0.6065 * np.exp(chance.standard_normal())) // 100 * 100 or 1000)
        )
        at = datetime(day.year, day.month, day.day, tzinfo=CHINA) + timedelta(
            seconds=int(chance.integers(8 * 3600, 22 * 3600))
        )
        outcome = "stopped" if n < stopped else "doubted"
        story = Incident(
            person, int(numbers.gang[number]), gang.fraud_class, NONE, NONE, at, at, None, None, at_stake, outcome, "电话",
            is_repeat=bool(chance.random() < profile.victims["earlier_victims"]),
        )  # fmt: skip
        call = phone.call(chance, story, number=number)
        if call:
            story = replace(story, fraud_number=call[0], contacted_at=call[1], believed_at=call[2])
        found.append(story)
    return found


def _weights(counts: Ints) -> Ints:
    return counts / counts.sum()


def _delay(profile: Profile, chance: np.random.Generator) -> timedelta:
    """From the payment to the report: the median is twelve hours, one in six comes within the hour."""
    minutes = 720 * np.exp(2.7 * chance.standard_normal())
    return timedelta(minutes=float(np.clip(minutes, 6, 45 * 1440)))


def _timed(
    chance: np.random.Generator,
    mean_days: float,
    story: Incident,
    call: tuple[int, datetime, datetime] | None,
) -> Incident:
    """Contact, belief and payment in their order, all before the report."""
    paid, reported = story.paid_at, story.reported_at
    assert paid is not None
    assert reported is not None
    if call is None:
        contacted = paid - timedelta(days=float(mean_days * chance.exponential()) + 0.01)
        return replace(story, contacted_at=contacted, believed_at=contacted + (paid - contacted) / 3)
    number, contacted, believed = call
    latest = reported - timedelta(minutes=5)
    paid = min(max(paid, believed + timedelta(minutes=float(4 + 30 * chance.exponential()))), latest)
    return replace(
        story, fraud_number=number, contacted_at=contacted, believed_at=min(believed, paid), paid_at=paid
    )


class _Phone:
    """Finds the call that began a story and puts the person behind it."""

    def __init__(
        self, book: Book, people: People, gangs: Sequence[Gang], numbers: Numbers, calls: Calls, start: date
    ):
        self.book, self.people, self.numbers, self.calls = book, people, numbers, calls
        self.midnight = datetime(start.year, start.month, start.day, tzinfo=CHINA)
        self.seconds = calls.day.astype(np.int64) * 86_400 + calls.t
        self.bounds = np.searchsorted(calls.number, np.arange(len(numbers) + 1))
        self.used: set[tuple[int, int]] = set()

    def call(
        self, chance: np.random.Generator, story: Incident, *, number: int | None = None
    ) -> tuple[int, datetime, datetime] | None:
        """(number, first call, when belief began), or None if the gang made no call that fits."""
        among = [number] if number is not None else np.flatnonzero(self.numbers.gang == story.gang).tolist()
        latest = story.reported_at - HOUR / 2 if story.reported_at else self.midnight + timedelta(days=400)
        earliest = latest - SAME_STORY if story.reported_at else self.midnight
        for one in among:
            found = self._fitting(chance, int(one), earliest, latest)
            if found is not None:
                return self._take(int(one), found, story.person)
        return None

    def _fitting(
        self, chance: np.random.Generator, number: int, earliest: datetime, latest: datetime
    ) -> int | None:
        """Party of an answered call the number made in this time, the talkative ones first."""
        span = slice(self.bounds[number], self.bounds[number + 1])
        low, high = ((at - self.midnight).total_seconds() for at in (earliest, latest))
        at = self.seconds[span]
        fits = (at >= low) & (at < high) & self.calls.is_out[span] & (self.calls.seconds[span] > 0)
        places = np.flatnonzero(fits)
        if not len(places):
            return None
        liking = self.calls.seconds[span][places] * chance.random(len(places))
        for place in places[np.argsort(-liking, kind="stable")][:12]:
            party = int(self.calls.party[span][place])
            if (number, party) not in self.used:
                return party
        return None

    def _take(self, number: int, party: int, person: int) -> tuple[int, datetime, datetime]:
        self.used.add((number, party))
        span = slice(self.bounds[number], self.bounds[number + 1])
        phone = int(self.people.number[person])
        self.calls.peer[span][self.calls.party[span] == party] = phone
        mine = np.flatnonzero(self.calls.peer[span] == phone)  # the list may have held the person already
        talked = mine[self.calls.seconds[span][mine] > 0]
        first = self.midnight + timedelta(seconds=int(self.seconds[span][mine[0]]))
        longest = talked[np.argmax(self.calls.seconds[span][talked])]
        belief = int(self.seconds[span][longest]) + int(self.calls.seconds[span][longest])
        return number, first, self.midnight + timedelta(seconds=belief)
