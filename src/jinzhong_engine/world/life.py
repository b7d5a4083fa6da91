"""Everybody's ordinary day: calls and messages of residents and of the trades that look like fraud, but aren't.

Nobody's circle is stored. The n-th contact of a person is a function of the two (``chance.mix``), so that a day can be drawn
anywhere, any time, with the same outcome. Every call belongs to the edge of one owner, who makes or receives it.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from jinzhong_engine.world.chance import mix, stream
from jinzhong_engine.world.people import CIRCLE, Book, People
from jinzhong_engine.world.profile import Profile

Ints = np.ndarray
SHARD = 1 << 17
"""Numbers drawn together; each shard of each day has its own stream."""
FINE = 4096
PROMPT_SECONDS = 900
"""Mean time until a missed call is returned."""
DOMESTIC, INTERNATIONAL, FORWARDED = range(3)
KINDS = ("domestic", "international", "forwarded")
NONE = -1
# Hourly weights: work, school, old age, night; guesses
RHYTHMS = np.array([
    [1, 0, 0, 0, 0, 1, 3, 8, 15, 20, 23, 21, 15, 14, 16, 17, 18, 20, 21, 17, 13, 10, 6, 3],
    [1, 0, 0, 0, 0, 0, 2, 5, 4, 5, 6, 12, 18, 8, 5, 6, 9, 20, 24, 22, 21, 20, 12, 4],
    [0, 0, 0, 0, 1, 4, 9, 15, 22, 24, 22, 14, 8, 7, 11, 15, 17, 15, 13, 11, 7, 3, 1, 0],
    [9, 7, 5, 3, 2, 1, 1, 2, 4, 7, 10, 12, 14, 13, 13, 14, 15, 17, 19, 20, 21, 21, 18, 13],
], float)  # fmt: skip


class Calls(NamedTuple):
    """Calls of one local day, as places in the books. ``t``: seconds since local midnight."""

    caller: Ints
    callee: Ints
    t: Ints
    seconds: Ints
    kind: Ints
    cell: Ints
    imei: Ints


class Messages(NamedTuple):
    sender: Ints
    receiver: Ints
    t: Ints
    text: Ints


@dataclass(frozen=True)
class Habits:
    """How the numbers of residents and trades are used; one place a number. Rates are per day."""

    calls: Ints
    messages: Ints
    out: Ints
    new: Ints
    answered: Ints
    log_seconds: Ints
    spread: Ints
    circle: Ints
    weekend: Ints
    rhythm: Ints
    rhythms: Ints
    """Local hour for each of ``FINE`` equal chances, by rhythm."""
    trade: Ints
    """Place in the profile's trades; -1 for residents."""
    opened: Ints
    """Day of the world on which the number is first used; below 0: before."""
    home_cell: Ints
    work_cell: Ints
    changes_handset: Ints
    """Day from which the second handset is used, NEVER for most."""
    work_order: Ints
    work_place: Ints
    """Residents ordered by work place, and the place of each in this order."""


NEVER = 1 << 20


def habits(profile: Profile, people: People, trades: Ints, *, seed: int, days: int) -> Habits:
    """Draw how every ordinary number is used. ``trades``: place of the trade of each trade number."""
    chance = stream(seed, "habits")
    residents, life = len(people.holder), profile.life
    count = residents + len(trades)
    age = people.age[people.holder]
    normal = chance.standard_normal((4, residents), dtype=np.float32)
    calls = life["calls_a_day"] * np.exp(life["calls_spread"] * normal[0])
    calls *= np.select([age < 14, age >= 66], [0.3, 0.55], 1.0)
    silent = chance.random(residents) < profile.people["silent"]
    calls[silent] *= 0.02
    messages = life["messages_a_day"] * np.exp(life["messages_spread"] * (0.4 * normal[0] + 0.9 * normal[1]))
    of_trade = {
        name: np.array([float(one[name]) for one in profile.trades])[trades]
        for name in ("calls_a_day", "spread", "out", "new", "answered", "seconds_median", "seconds_spread", "weekend", "messages_a_day")
    }  # fmt: skip
    uneven = np.exp(of_trade["spread"] * chance.standard_normal(len(trades)))
    rhythms = np.vstack([RHYTHMS, *(_open_hours(*one["hours"]) for one in profile.trades)])
    rhythm = np.select([age < 22, age >= 61, chance.random(residents) < 0.06], [1, 2, 3], 0)
    appears = chance.random(count) < profile.people["opened_in_world"] * days / 30
    opened = np.where(appears, chance.integers(0, max(days, 1), count), -chance.integers(30, 3000, count))
    communities = len(people.communities)
    community = np.concatenate(
        [people.community[people.holder], chance.integers(0, communities, len(trades))]
    ).astype(np.int32)
    changed = chance.random(count) < life["handset_changed"]
    order = _work_order(chance, people)
    return Habits(
        calls=np.concatenate([calls, of_trade["calls_a_day"] * uneven]).astype(np.float32),
        messages=np.concatenate([messages, of_trade["messages_a_day"]]).astype(np.float32),
        out=np.concatenate([np.full(residents, 0.5), of_trade["out"]]).astype(np.float32),
        new=np.concatenate([np.full(residents, life["strangers"]), of_trade["new"]]).astype(np.float32),
        answered=np.concatenate([
            np.clip(life["answered"] + 0.09 * normal[2], 0.3, 0.97), of_trade["answered"]
        ]).astype(np.float32),
        log_seconds=np.concatenate([
            np.log(life["seconds_median"]) + 0.25 * normal[3], np.log(of_trade["seconds_median"])
        ]).astype(np.float32),
        spread=np.concatenate([np.full(residents, life["seconds_spread"]), of_trade["seconds_spread"]]).astype(np.float32),
        circle=np.maximum(
            3, life["contacts"] * np.exp(life["contacts_spread"] * chance.standard_normal(count, dtype=np.float32))
        ),
        weekend=np.concatenate([np.full(residents, life["weekend"]), of_trade["weekend"]]).astype(np.float32),
        rhythm=np.concatenate([rhythm, len(RHYTHMS) + trades]).astype(np.int8),
        rhythms=np.vstack([_inverse(one) for one in rhythms]),
        trade=np.concatenate([np.full(residents, NONE), trades]).astype(np.int8),
        opened=opened.astype(np.int32),
        home_cell=community * CELLS + chance.integers(0, CELLS, count, dtype=np.int32),
        work_cell=chance.integers(0, communities * CELLS, count, dtype=np.int32),
        changes_handset=np.where(changed, chance.integers(0, max(days, 1), count), NEVER).astype(np.int32),
        work_order=order,
        work_place=_inverse_order(order),
    )  # fmt: skip


CELLS = 4
"""Cells of a community."""


def _open_hours(first: int, last: int) -> Ints:
    """Weights of a trade: even within its hours but for a lunch dip, with little outside."""
    hour = np.arange(24)
    weights = np.where((hour >= first) & (hour < last), 10.0, 0.05)
    weights[12] *= 0.6
    return weights


def _inverse(weights: Ints) -> Ints:
    upto = np.cumsum(weights) / np.sum(weights)
    return np.searchsorted(upto, (np.arange(FINE) + 0.5) / FINE).astype(np.int8)


def _work_order(chance: np.random.Generator, people: People) -> Ints:
    """Residents by town, in random order: ``CIRCLE`` of them in a row work or learn together."""
    town = people.town[people.holder]
    return np.lexsort((chance.random(len(town)), town)).astype(np.int32)


def _inverse_order(order: Ints) -> Ints:
    place = np.empty_like(order)
    place[order] = np.arange(len(order), dtype=order.dtype)
    return place


def shards(book: Book) -> range:
    return range(-(-book.first_fraud // SHARD))


def calls_of(
    habits: Habits, book: Book, *, seed: int, day: int, n: int, is_weekend: bool, shard: int
) -> Calls:
    """The calls of one shard on day ``n`` of the world; ``day``: its ordinal, which keys the chance."""
    chance = stream(seed, "calls", day, shard)
    low, high = shard * SHARD, min((shard + 1) * SHARD, book.first_fraud)
    rate = habits.calls[low:high] * (habits.weekend[low:high] if is_weekend else np.float32(1))
    rate = np.where(habits.opened[low:high] <= n, rate, 0)
    owner = np.repeat(np.arange(low, high, dtype=np.int32), chance.poisson(rate))
    u = chance.random((6, len(owner)), dtype=np.float32)
    hour = habits.rhythms[habits.rhythm[owner], (u[0] * FINE).astype(np.int32)].astype(np.int32)
    t = hour * 3600 + (u[1] * 3600).astype(np.int32)
    is_out = u[2] < habits.out[owner]
    is_new = u[3] < habits.new[owner]
    peer = np.where(is_new, _strangers(book, habits, owner, chance), _circle(habits, book, owner, u[4]))
    t, peer = _returned(owner, t, peer, is_new & ~is_out, chance)
    talked = habits.log_seconds[owner] + habits.spread[owner] * chance.standard_normal(
        len(owner), dtype=np.float32
    )
    seconds = np.where(u[5] < habits.answered[owner], np.clip(np.exp(talked), 1, 7200), 0).astype(np.int32)
    is_out |= peer == owner  # nobody calls himself
    peer = np.where(peer == owner, book.first_elsewhere + owner % book.elsewhere, peer).astype(np.int32)
    caller, callee = np.where(is_out, owner, peer), np.where(is_out, peer, owner)
    abroad = book.is_abroad[peer]
    kind = np.where(abroad, INTERNATIONAL, np.where(u[0] * 977 % 1 < 0.004, FORWARDED, DOMESTIC)).astype(
        np.int8
    )
    is_local = caller < book.first_fraud
    local = np.where(is_local, caller, 0)
    return Calls(
        caller, callee, t, seconds, kind,
        np.where(is_local, _cells(habits, local, hour, u[1]), NONE).astype(np.int32),
        np.where(is_local, local * 2 + (habits.changes_handset[local] <= n), NONE).astype(np.int32),
    )  # fmt: skip


def _strangers(book: Book, habits: Habits, owner: Ints, chance: np.random.Generator) -> Ints:
    """Somebody never thought of: most live here."""
    here = chance.integers(0, book.residents, len(owner), dtype=np.int32)
    there = chance.integers(book.first_elsewhere, book.first_service, len(owner), dtype=np.int32)
    return np.where(chance.random(len(owner), dtype=np.float32) < 0.75, here, there)


def _circle(habits: Habits, book: Book, owner: Ints, u: Ints) -> Ints:
    """A contact of the owner's circle: the first ones are called most; who calls much is also in many circles."""
    rank = np.power(habits.circle[owner], u * np.sqrt(u)).astype(np.int32)
    draw = mix(owner, rank, 1)
    sort = (draw >> np.uint64(40)).astype(np.int32) % 100
    low = (draw & np.uint64(0x7FFFFFFF)).astype(np.int64)
    neighbour = (owner + np.array([-3, -2, -1, 1, 2, 3], np.int32)[low % 6]) % book.residents
    known = np.where(rank <= 3, neighbour, _acquaintance(habits, book, owner, sort, low))
    other = _acquaintance(habits, book, owner, sort, mix(owner, rank, 4).astype(np.int64) & 0x7FFFFFFF)
    is_livelier = (rank > 3) & (habits.calls[other] > habits.calls[known])
    known = np.where(is_livelier, other, known)
    elsewhere, trade = (
        book.first_elsewhere + low % book.elsewhere,
        book.first_trade + low % max(book.trades, 1),
    )
    return np.where((rank <= 3) | (sort < 70), known, np.where(sort < 94, elsewhere, trade))


def _acquaintance(habits: Habits, book: Book, owner: Ints, sort: Ints, low: Ints) -> Ints:
    """A resident: from work or school, from the same town, or from anywhere in the district."""
    place = habits.work_place[owner % book.residents]
    near = np.where(
        sort < 28, place // CIRCLE * CIRCLE + low % CIRCLE, (place + low % 20_011 - 10_005) % book.residents
    )
    near = np.where(sort < 58, near, low % book.residents)
    return habits.work_order[np.minimum(near, book.residents - 1)]


def _returned(
    owner: Ints, t: Ints, peer: Ints, comes_in: Ints, chance: np.random.Generator
) -> tuple[Ints, Ints]:
    """Calls that come in from strangers are mostly answers to the owner's call before."""
    before = np.arange(len(owner)) - 1
    is_answer = comes_in & (before >= 0) & (chance.random(len(owner), dtype=np.float32) < 0.7)
    is_answer &= owner[before] == owner
    delay = (chance.standard_exponential(len(owner), dtype=np.float32) * PROMPT_SECONDS).astype(np.int32) + 30
    later = np.minimum(t[before] + delay, 86_399)
    return np.where(is_answer, later, t), np.where(is_answer, peer[before], peer)


def _cells(habits: Habits, number: Ints, hour: Ints, u: Ints) -> Ints:
    """Home, or where one works by day; trades move about near their place."""
    at_work = (hour >= 9) & (hour < 17)
    found = np.where(at_work, habits.work_cell[number], habits.home_cell[number])
    moves = habits.trade[number] >= 0
    return np.where(
        moves, habits.home_cell[number] // CELLS * CELLS + (u * 4096).astype(np.int32) % CELLS, found
    )


def messages_of(
    habits: Habits, book: Book, *, share_sent: float, seed: int, day: int, n: int, shard: int
) -> Messages:
    """The messages of one shard on one day: mostly notices of services."""
    chance = stream(seed, "messages", day, shard)
    low, high = shard * SHARD, min((shard + 1) * SHARD, book.first_fraud)
    rate = np.where(habits.opened[low:high] <= n, habits.messages[low:high], 0)
    owner = np.repeat(np.arange(low, high, dtype=np.int32), chance.poisson(rate))
    u = chance.random((4, len(owner)), dtype=np.float32)
    hour = habits.rhythms[0][(u[0] * FINE).astype(np.int32)].astype(np.int32)
    t = hour * 3600 + (u[1] * 3600).astype(np.int32)
    rank = np.power(np.float32(120), u[2]).astype(np.int32)
    popular = mix(owner, rank, 2)
    service = np.power(
        np.float32(book.services), (popular >> np.uint64(40)).astype(np.float32) / np.float32(1 << 24)
    )
    service = book.first_service + np.minimum(service.astype(np.int32), book.services) - 1
    is_sent = u[3] < share_sent * 2
    is_out = is_sent & (u[3] < share_sent)
    peer = np.where(is_sent, _circle(habits, book, owner, u[2]), service).astype(np.int32)
    peer = np.where(peer == owner, book.first_elsewhere + owner % book.elsewhere, peer).astype(np.int32)
    template = (u[1] * 40).astype(np.int32)
    text = np.where(
        is_sent,
        NOTICES + chance.integers(0, TEXTS - NOTICES, len(owner), dtype=np.int32),
        (mix(service, template, 3) % np.uint64(NOTICES)).astype(np.int32),
    )
    return Messages(np.where(is_out, owner, peer), np.where(is_out, peer, owner), t, text.astype(np.int32))


NOTICES, TEXTS = 1 << 15, 1 << 20
"""Texts of services, and all ordinary texts."""
