"""A red team pads half to all of its registrations in five ways; how many are found, and how many honest people are named.

    python3 dev.py bench padding [STAFF]

Honest staff walk from door to door (3 to 12 minutes each, phones scatter by 12 m), some in one block of flats, some by car between
hamlets; a fifth write up a day's visits the evening after; 55 % of the sums people name end in 000. All simulated.
"""

import sys
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import numpy as np

from jinzhong_engine.surveillance import padding
from jinzhong_engine.surveillance.padding import Record

VISITS, DAYS = 60, 6
ZONE = timezone(timedelta(hours=8))
MONDAY = datetime(2021, 5, 10, 9, tzinfo=ZONE)
METRE = 1 / 111_000


def honest(staff: str, rng: np.random.Generator) -> list[Record]:
    found = []
    flats, writes_late = rng.random() < 0.3, rng.random() < 0.2
    for day in range(DAYS):
        at = MONDAY + timedelta(days=day)
        place = np.array([29.65, 121.4]) + rng.normal(0, 0.02, 2)
        for _ in range(VISITS // DAYS):
            at += timedelta(minutes=float(rng.uniform(3, 12)))
            if not flats:
                by_car = rng.random() < 0.1
                place = place + rng.normal(0, 2_000 * METRE if by_car else 60 * METRE, 2)
                at += timedelta(minutes=float(rng.uniform(6, 15)) if by_car else 0)
            seen = place + rng.normal(0, 12 * METRE, 2)
            delay = timedelta(hours=30 if writes_late and day == 2 else 0, minutes=float(rng.uniform(1, 20)))
            found.append(Record(staff, at, at + delay, (float(seen[0]), float(seen[1])), _amount(rng, 0.55)))
    return found


def _amount(rng: np.random.Generator, share: float) -> int | None:
    if rng.random() < 0.5:
        return None
    sum_yuan = int(rng.lognormal(9, 1)) + 100
    return (
        max(round(sum_yuan, -3), 1000)
        if rng.random() < share
        else sum_yuan // 1000 * 1000 + int(rng.integers(1, 999))
    )


def in_bursts(one: list[Record], rng: np.random.Generator) -> list[Record]:
    """From the desk, three days, twenty households in a quarter of an hour."""
    return [
        record._replace(
            at=(at := MONDAY + timedelta(days=n // 20, minutes=15 * (n % 20) / 20)), recorded_at=at
        )
        for n, record in enumerate(one)
    ]


def everywhere(one: list[Record], rng: np.random.Generator) -> list[Record]:
    """Places picked on the map."""
    places = rng.uniform([29.5, 121.2], [29.8, 121.6], (len(one), 2))
    return [r._replace(place=(float(a), float(b))) for r, (a, b) in zip(one, places, strict=True)]


def from_one_point(one: list[Record], rng: np.random.Generator) -> list[Record]:
    """From where they sit."""
    return [r._replace(place=(29.65, 121.4)) for r in one]


def round_sums(one: list[Record], rng: np.random.Generator) -> list[Record]:
    return [r._replace(amount_yuan=int(rng.integers(1, 60)) * 1000) for r in one]


def afterwards(one: list[Record], rng: np.random.Generator) -> list[Record]:
    """The week entered at the end of the month."""
    end = MONDAY + timedelta(days=20)
    return [
        r._replace(recorded_at=end + timedelta(minutes=2 * n)) if rng.random() < 0.75 else r
        for n, r in enumerate(one)
    ]


TRICKS: dict[str, Callable[[list[Record], np.random.Generator], list[Record]]] = {
    "burst": in_bursts, "impossible_speed": everywhere, "one_point": from_one_point,
    "round_amounts": round_sums, "back_filled": afterwards,
}  # fmt: skip


def padded(one: list[Record], trick: Callable, rng: np.random.Generator) -> list[Record]:
    """Half to all of the records made up, the rest honest."""
    made_up = rng.random(len(one)) < rng.uniform(0.5, 1)
    return [
        fake if chosen else true for fake, true, chosen in zip(trick(one, rng), one, made_up, strict=True)
    ]


def measure(staff: int, seed: int) -> dict[str, float]:
    """Share of the planted ones found by the sign that is meant, by trick; share of honest staff with any sign."""
    rng = np.random.default_rng(seed)
    records = {f"honest {n}": honest(f"honest {n}", rng) for n in range(staff)}
    for trick, planted in TRICKS.items():
        for n in range(staff // 20):
            name = f"{trick} {n}"
            records[name] = padded(honest(name, rng), planted, rng)
    found: dict[str, set[str]] = defaultdict(set)
    for sign in padding.signs([one for theirs in records.values() for one in theirs]):
        found[sign.staff].add(sign.kind)
    told = {
        trick: sum(trick in found[f"{trick} {n}"] for n in range(staff // 20)) / (staff // 20)
        for trick in TRICKS
    }
    return told | {"false alarms": sum(bool(found[f"honest {n}"]) for n in range(staff)) / staff}


def main(staff: int) -> None:
    print(f"simulated: {staff} honest staff, {staff // 20} for each trick, {VISITS} records each")
    for name, share in measure(staff, seed=5).items():
        print(f"  {name:18} {100 * share:5.1f} %")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 2000)
