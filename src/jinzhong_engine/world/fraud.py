"""Fraud as it is done: gangs and single offenders, their numbers, boxes, lists, and how they adapt.

Each gang calls from a seat, through numbers that live for days or for good. A suspended number is replaced, and the one that
follows is less loud. Some gangs run SIM boxes: many numbers, the same handsets and one cell. They dial through bought lists.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from jinzhong_engine.world import manners
from jinzhong_engine.world.chance import dice, mix, stream
from jinzhong_engine.world.life import DOMESTIC, INTERNATIONAL, NONE, TEXTS
from jinzhong_engine.world.manners import Targets
from jinzhong_engine.world.people import CITIES, Book
from jinzhong_engine.world.profile import Profile
from jinzhong_engine.world.register import Planned

Ints = np.ndarray
VARIANTS = 24
"""Wordings of one gang's message."""
FRAUD_TEXTS = 1 << 15
BOX_HANDSETS = 32
LONG_LIVED = 0.85
"""Share of the world's days from which a number counts as long-lived."""


@dataclass(frozen=True)
class Gang:
    """A gang or a single offender. ``cases``: places in the register."""

    place: int
    fraud_class: str
    cases: tuple[int, ...]
    seat: str
    is_box: bool

    @property
    def id(self) -> str:
        return f"G{self.place:04d}"


@dataclass(frozen=True)
class Numbers:
    """The fraud numbers; one place each. ``first``, ``last``: days of the world; ``replaces``: place or -1."""

    gang: Ints
    targets: Targets
    first: Ints
    last: Ints
    own_days: list[Ints]
    is_overseas: Ints
    messages_only: Ints
    opened: Ints
    is_suspended: Ints
    replaces: Ints

    def __len__(self) -> int:
        return len(self.gang)


@dataclass
class Calls:
    """All calls of fraud numbers, ordered by number, day and second. ``party``: which of the number's parties."""

    number: Ints
    party: Ints
    peer: Ints
    is_out: Ints
    day: Ints
    t: Ints
    seconds: Ints
    kind: Ints
    cell: Ints
    imei: Ints


def gangs(profile: Profile, cases: Sequence[Planned], *, seed: int) -> list[Gang]:
    """Who stands behind the register: the dealt gangs, then each single offender."""
    cards = dice(seed, "gangs")
    by_gang: dict[int, list[int]] = {}
    for one in cases:
        by_gang.setdefault(one.gang or -1 - one.place, []).append(one.place)
    found = []
    for n, places in enumerate(by_gang[key] for key in sorted(by_gang, key=lambda key: (key < 0, abs(key)))):
        is_box = len(places) > 1 and cards.random() < profile.fraud["sim_box"]
        seat = cards.choice(("+999", *CITIES)) if cards.random() < 0.9 else "+999"
        found.append(Gang(n + 1, cases[places[0]].fraud_class, tuple(places), seat, is_box))
    return found


def numbers(
    profile: Profile, found: Sequence[Gang], cases: Sequence[Planned], *, seed: int, count: int, start: date, days: int
) -> Numbers:  # fmt: skip
    """Numbers for the gangs: one for each case of these days first, the rest where most is done."""
    chance = stream(seed, "fraud numbers")
    fraud = profile.fraud
    gang, anchor = _owners(chance, found, cases, count, start, days)
    targets = manners.draw(profile.manners, chance, count, days=days)
    swap = _quieter_later(gang, targets)
    targets = Targets(*(values[swap] for values in targets))
    own_days: list[Ints] = []
    is_suspended = (targets.days < LONG_LIVED * days) & (chance.random(count) < fraud["suspended"])
    replaces = np.full(count, NONE)
    for n in range(count):
        before = n - 1 if n and gang[n - 1] == gang[n] and anchor[n] < 0 else NONE
        if before >= 0 and is_suspended[before] and chance.random() < fraud["replaced"]:
            replaces[n] = before
            begin = int(own_days[before][-1])
        else:
            begin = int(anchor[n]) if anchor[n] >= 0 else int(chance.integers(0, days))
        own_days.append(_days(chance, int(targets.days[n]), begin, days))
    never_abroad = replaces >= 0
    woken = chance.random(count) < fraud["old_card"]
    first = np.array([one[0] for one in own_days], int)
    opened = first - np.where(woken, chance.integers(60, 1500, count), chance.integers(0, 12, count))
    return Numbers(
        gang=gang, targets=targets, first=first, last=np.array([one[-1] for one in own_days], int), own_days=own_days,
        is_overseas=(chance.random(count) < fraud["overseas"]) & ~never_abroad,
        messages_only=chance.random(count) < fraud["messages_only"], opened=opened, is_suspended=is_suspended, replaces=replaces,
    )  # fmt: skip


def _owners(
    chance: np.random.Generator, found: Sequence[Gang], cases: Sequence[Planned], count: int, start: date, days: int
) -> tuple[Ints, Ints]:  # fmt: skip
    """Gang of each number, and the day near which its case needs it (-1: none); ordered by gang."""
    needed = []
    for place, one in enumerate(found):
        for case in one.cases:
            day = (cases[case].reported_at.date() - start).days
            if 0 <= day < days:
                needed.append((place, max(0, day - int(chance.integers(0, 4)))))
    needed = needed[:count]
    weight = np.array([len(one.cases) ** 0.7 if len(one.cases) > 1 else 0.15 for one in found])
    rest = chance.choice(len(found), count - len(needed), p=weight / weight.sum())
    gang = np.array([place for place, _ in needed] + rest.tolist(), int)
    anchor = np.array([day for _, day in needed] + [NONE] * len(rest), int)
    order = np.lexsort((np.where(anchor < 0, days, anchor), gang))
    return gang[order], anchor[order]


def _quieter_later(gang: Ints, targets: Targets) -> Ints:
    """Within a gang the loudest number comes first: who was cut off dials less the next time."""
    loudness = targets.calls / targets.days
    found = np.arange(len(gang))
    for one in np.unique(gang):
        places = np.flatnonzero(gang == one)
        found[places] = places[np.argsort(-loudness[places], kind="stable")]
    return found


def _days(chance: np.random.Generator, count: int, begin: int, days: int) -> Ints:
    """The days of the world on which a number works: nearly in a row, from ``begin`` on where they fit."""
    span = min(days, count + int(chance.binomial(count, 0.2)))
    first = min(begin, days - span)
    inner = chance.permutation(np.arange(first + 1, first + span - 1))[: max(0, count - 2)]
    ends = [first] if count == 1 else [first, first + span - 1]
    return np.sort(np.concatenate([ends, inner])).astype(int)


def calls(
    profile: Profile, book: Book, found: Sequence[Gang], these: Numbers, *, seed: int, first_cell: int, first_imei: int
) -> tuple[Calls, list[tuple[str, int]], int]:  # fmt: skip
    """The calls of all fraud numbers; also their cells as (city, place) from ``first_cell`` on, and how many handsets."""
    parts: list[Calls] = []
    cells: list[tuple[str, int]] = []
    imei = first_imei
    box_imei: dict[int, int] = {}
    box_cell: dict[int, int] = {}
    for n in range(len(these)):
        if these.messages_only[n]:
            continue
        chance = stream(seed, "fraud calls", n)
        gang = found[these.gang[n]]
        made = manners.voice(these.targets, n, chance, called_back=profile.fraud["called_back"])
        is_abroad = bool(these.is_overseas[n])
        if gang.is_box:
            if gang.place not in box_imei:
                box_imei[gang.place], imei = imei, imei + BOX_HANDSETS
            handsets = box_imei[gang.place] + chance.permutation(BOX_HANDSETS)
            handsets = np.concatenate([handsets, imei + np.arange(200)])  # past the box it has its own
            imei += max(0, int(made.handset.max(initial=0)) + 1 - BOX_HANDSETS)
        else:
            handsets, imei = (
                imei + np.arange(int(made.handset.max(initial=0)) + 1),
                imei + int(made.handset.max(initial=0)) + 1,
            )
        if not gang.is_box or gang.place not in box_cell:
            box_cell[gang.place] = first_cell + len(cells)
            home = CITIES[int(book.city[book.first_fraud + n]) % len(CITIES)]
            cells.append((_cell_city(chance, profile, gang, home), int(chance.integers(10_000))))
        parts.append(_placed(
            profile, book, gang, n, chance, made, these.own_days[n], is_abroad,
            np.where(made.handset >= 0, handsets[made.handset], NONE), box_cell[gang.place],
        ))  # fmt: skip
    joined = Calls(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in Calls.__annotations__)
    )
    return joined, cells, imei - first_imei


def _cell_city(chance: np.random.Generator, profile: Profile, gang: Gang, sold: str) -> str:
    """Roaming: away from the city that sold the card, where the gang sits."""
    if chance.random() >= profile.fraud["roaming"]:
        return sold
    return gang.seat if gang.seat in CITIES else "0871"


def _placed(
    profile: Profile, book: Book, gang: Gang, n: int, chance: np.random.Generator, made: manners.Voice, own_days: Ints,
    is_abroad: bool, imei: Ints, cell: int,
) -> Calls:  # fmt: skip
    """Answered calls and, between them, those nobody answered."""
    answered = profile.fraud["answered"]
    out = np.flatnonzero(made.is_out)
    missed = chance.choice(out, chance.poisson(len(out) * (1 / answered - 1))) if len(out) else out
    count = len(made.party)
    parties = int(made.party.max()) + 1
    again = chance.random(len(missed)) < 0.3  # tried before or after the call that got through
    strange = parties + np.arange(len(missed))
    party = np.concatenate([made.party, np.where(again, made.party[missed], strange)])
    listed = bought_list(book, gang, chance, int(party.max()) + 1, local=profile.fraud["local_list"])
    t = np.concatenate([made.t, (made.t[missed] // 3600) * 3600 + chance.integers(0, 3600, len(missed))])
    of = np.concatenate([np.arange(count), missed])
    is_out = made.is_out[of]
    kind = np.full(len(of), INTERNATIONAL if is_abroad else DOMESTIC, np.int8)
    found = Calls(
        number=np.full(len(of), n, np.int32), party=party.astype(np.int32), peer=listed[party], is_out=is_out,
        day=own_days[made.day[of] % len(own_days)].astype(np.int32), t=t.astype(np.int32),
        seconds=np.concatenate([made.seconds, np.zeros(len(missed), np.int32)]).astype(np.int32), kind=kind,
        cell=np.where(is_out & (not is_abroad), cell, NONE).astype(np.int32),
        imei=np.where(is_out & (not is_abroad), imei[of], NONE).astype(np.int32),
    )  # fmt: skip
    order = np.lexsort((found.t, found.day))
    return Calls(*(getattr(found, name)[order] for name in Calls.__annotations__))


def bought_list(book: Book, gang: Gang, chance: np.random.Generator, count: int, *, local: float) -> Ints:
    """``count`` different numbers from the gang's list; two numbers of one gang meet the same people now and then."""
    found: Ints = np.empty(0, np.int64)
    reach = 6 * count + 2_000
    while len(found) < count:
        place = chance.integers(0, reach, 2 * count + 8)
        draw = mix(place, gang.place, 21)
        here = (draw >> np.uint64(44)).astype(np.int64) % 1000 < local * 1000
        low = (draw & np.uint64(0xFFFFFFFF)).astype(np.int64)
        some = np.where(here, low % book.residents, book.first_elsewhere + low % book.elsewhere)
        joined = np.concatenate([found, some])
        _, at = np.unique(joined, return_index=True)
        found, reach = joined[np.sort(at)], reach * 2
    return found[:count].astype(np.int32)


@dataclass
class Texts:
    """All messages of fraud numbers."""

    number: Ints
    peer: Ints
    is_out: Ints
    day: Ints
    t: Ints
    text: Ints


def messages(
    profile: Profile, book: Book, found: Sequence[Gang], these: Numbers, *, seed: int, days: int
) -> Texts:
    """Lures that go out, and what comes in: notices, and answers."""
    parts = []
    for n in range(len(these)):
        chance = stream(seed, "fraud messages", n)
        party, is_out, day, t = manners.texting(these.targets, n, chance)
        gang = found[these.gang[n]]
        lure = bought_list(book, gang, chance, int(party.max()) + 1, local=profile.fraud["local_list"])
        services = book.first_service + chance.permutation(book.services)
        notices = np.concatenate([services, lure])[: int(party.max()) + 1]
        own = _around(these.own_days[n], int(day.max()) + 1, days)
        comes = np.where(
            is_out, TEXTS + mix(chance.integers(0, VARIANTS, len(party)), gang.place, 22) % np.uint64(FRAUD_TEXTS),
            chance.integers(0, TEXTS, len(party)),
        )  # fmt: skip
        parts.append(Texts(
            np.full(len(party), n, np.int32), np.where(is_out, lure[party], notices[party]).astype(np.int32), is_out,
            own[day].astype(np.int32), t.astype(np.int32), comes.astype(np.int32),
        ))  # fmt: skip
    return Texts(*(np.concatenate([getattr(part, name) for part in parts]) for name in Texts.__annotations__))


def _around(own: Ints, count: int, days: int) -> Ints:
    """``count`` days of the world: the number's own first, then those nearest to them."""
    if count <= len(own):
        return own[:count]
    rest = np.setdiff1d(np.arange(days), own)
    nearest = rest[np.argsort(np.abs(rest - own[0]), kind="stable")]
    return np.concatenate([own, nearest])[:count]
