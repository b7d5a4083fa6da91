"""People and places: residents in households and communities, and the book of all numbers that ever call or are called."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from jinzhong_engine.world.chance import apportioned, mix, stream
from jinzhong_engine.world.profile import Profile

Ints = np.ndarray
CITIES = (
    "0571", "0573", "0574", "0575", "0576", "0577", "0579", "010", "020", "021", "022", "023", "024", "025", "027", "028", "029",
    "0311", "0351", "0371", "0391", "0431", "0451", "0512", "0531", "0551", "0591", "0592", "0595", "0596", "0731", "0734", "0755",
    "0771", "0791", "0851", "0871", "0898", "0931", "0991",
)  # fmt: skip
"""Area codes; people elsewhere and offenders live in any of them."""
ABROAD = ("+999",)
CIRCLE = 40
"""People of one work place or school class."""


class Community(NamedTuple):
    town: int
    name: str
    area: str


@dataclass(frozen=True)
class People:
    """Residents in the order of their homes: neighbours stand next to each other. Arrays have one place a person."""

    communities: tuple[Community, ...]
    towns: tuple[str, ...]
    community: Ints
    household: Ints
    age: Ints
    is_woman: Ints
    holder: Ints
    """Person behind each resident number."""
    number: Ints
    """First number of each person, -1 for none."""

    def __len__(self) -> int:
        return len(self.age)

    @cached_property
    def town(self) -> Ints:
        return np.array([one.town for one in self.communities])[self.community]

    @cached_property
    def places(self) -> dict[tuple[str, str], Ints]:
        """Persons with a number, by (town code, area)."""
        codes = np.array([self.towns.index(self.towns[c.town]) * 2 + (c.area == "urban") for c in self.communities])[
            self.community
        ]  # fmt: skip
        has = self.number >= 0
        return {
            (town, area): np.flatnonzero(has & (codes == n * 2 + (area == "urban")))
            for n, town in enumerate(self.towns)
            for area in ("urban", "rural")
        }


def settle(profile: Profile, *, seed: int, residents: int) -> People:
    """Everybody who lives here."""
    chance = stream(seed, "people")
    per_town = apportioned(residents, [town.residents for town in profile.towns])
    communities = tuple(
        Community(n, name, area) for n, town in enumerate(profile.towns) for name, area in town.communities
    )
    sizes = np.concatenate([
        apportioned(int(count), chance.uniform(0.6, 1.4, len(town.communities)))
        for town, count in zip(profile.towns, per_town, strict=True)
    ])  # fmt: skip
    community = np.repeat(np.arange(len(communities), dtype=np.int32), sizes)
    household = _households(chance, profile.people["household"], residents)
    bands = profile.people["ages"]
    band = chance.choice(
        len(bands), residents, p=np.array([one[2] for one in bands]) / sum(one[2] for one in bands)
    )
    low, high = (np.array([one[k] for one in bands])[band] for k in (0, 1))
    age = (low + np.floor(chance.random(residents) * (high - low + 1))).astype(np.int16)
    has_number = chance.random(residents) < _phone_share(profile, age)
    first = np.flatnonzero(has_number)
    second = np.flatnonzero(
        has_number & (age >= 18) & (chance.random(residents) < profile.people["second_number"])
    )
    number = np.full(residents, -1, np.int32)
    number[first] = np.arange(len(first))
    return People(
        communities, tuple(town.code for town in profile.towns), community, household, age, chance.random(residents) < 0.49,
        np.concatenate([first, second]).astype(np.int32), number,
    )  # fmt: skip


def _households(chance: np.random.Generator, shares: list[float], residents: int) -> Ints:
    """Household of each person; neighbours in the order belong together."""
    mean = sum((n + 1) * share for n, share in enumerate(shares))
    sizes = 1 + chance.choice(len(shares), int(residents / mean * 1.1) + 20, p=np.array(shares) / sum(shares))
    return np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)[:residents]


def _phone_share(profile: Profile, age: Ints) -> Ints:
    found = np.zeros(len(age))
    for low, high, share in profile.people["phones"]:
        found[(age >= low) & (age <= high)] = share
    return found


@dataclass(frozen=True)
class Book:
    """All numbers of a world, residents first: residents | trades | fraud | people elsewhere | services."""

    residents: int
    trades: int
    fraud: int
    elsewhere: int
    services: int
    text: pa.Array
    city: Ints
    """Place in ``cities`` of each number."""
    cities: tuple[str, ...]
    is_abroad: Ints

    @property
    def first_trade(self) -> int:
        return self.residents

    @property
    def first_fraud(self) -> int:
        return self.residents + self.trades

    @property
    def first_elsewhere(self) -> int:
        return self.first_fraud + self.fraud

    @property
    def first_service(self) -> int:
        return self.first_elsewhere + self.elsewhere

    def __len__(self) -> int:
        return self.first_service + self.services


def book(profile: Profile, people: People, *, seed: int, landline: Ints, fraud: int, overseas: Ints) -> Book:
    """Give everybody a number: mobiles lie in 154, which no operator has; overseas ones begin with +999, which is no country."""
    residents, trades = len(people.holder), len(landline)
    elsewhere = int(profile.people["city_numbers"] * len(people)) + 20_000
    services = profile.life["services"]
    count = residents + trades + fraud + elsewhere + services
    place = np.arange(count)
    abroad = np.zeros(count, bool)
    outside = slice(residents + trades + fraud, count - services)
    abroad[outside] = (mix(place[outside], seed, 11) % np.uint64(10_000)).astype(int) < profile.life[
        "abroad"
    ] * 10_000
    abroad[residents + trades + np.flatnonzero(overseas)] = True
    cities = (*CITIES, *ABROAD)
    city = (mix(place, seed, 12) % np.uint64(len(CITIES))).astype(np.int16)
    city[: residents + trades] = cities.index(profile.city)
    city[count - services :] = cities.index(profile.city)
    city[abroad] = len(CITIES)
    return Book(
        residents, trades, fraud, elsewhere, services,
        _texts(seed, place, abroad, landline, residents, count - services, profile.city), city, cities, abroad,
    )  # fmt: skip


def _texts(
    seed: int, place: Ints, abroad: Ints, landline: Ints, residents: int, services: int, city: str
) -> pa.Array:
    """Canonical numbers; which of them is whose can't be seen from the digits."""
    shuffled = _shuffled(seed, place)
    found = pc.cast(pa.array(15_400_000_000 + shuffled), pa.string())
    is_landline = np.zeros(len(place), bool)
    is_landline[residents : residents + len(landline)] = landline
    is_service = place >= services
    for mask, written in (
        (abroad, lambda n: f"+9995{n:08d}"),
        (is_landline, lambda n: f"{city}-0{n % 10_000_000:07d}"),
        (is_service, lambda n: f"10699{n:08d}"),
    ):
        texts = pa.array([written(n) for n in shuffled[mask].tolist()], pa.string())
        found = pc.replace_with_mask(found, pa.array(mask), texts)
    return found


def _shuffled(seed: int, place: Ints) -> Ints:
    """Each place's own eight digits: a step that shares no factor with 10 visits all of them."""
    first, jump = (int(draw) for draw in mix(np.array([0, 1]), seed, 13) % np.uint64(49_999_999))
    step = 2 * jump + 1
    return (place * (step + 2 * (step % 5 == 0)) + first) % 100_000_000
