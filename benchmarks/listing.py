"""The monthly listing on a simulated district where every resident is equally at risk: how often a town is listed for nothing.

    python3 dev.py bench listing [DRAWS]

112 cases a month over the 12 demo towns, Poisson, 27 months each; the last twelve are judged. All simulated.
"""

import sys
from collections import Counter
from datetime import date
from itertools import pairwise

import numpy as np

from benchmarks.alarms import A_WEEK, TOWNS
from jinzhong_engine.ladders.town_listing import COLOURS
from jinzhong_engine.surveillance import counts, listing
from jinzhong_engine.surveillance.counts import Row

MONTHS = [date(2019 + n // 12, n % 12 + 1, 15) for n in range(27)]
JUDGED = 12
A_MONTH = A_WEEK * 365.25 / 12 / 7


def drawn(rng: np.random.Generator, judged: int = JUDGED) -> list[listing.Listing]:
    """The lists of the last months of one district."""
    people = np.array(list(TOWNS.values()))
    seen = rng.poisson(A_MONTH * people / people.sum(), (len(MONTHS), len(people)))
    rows = [
        Row(town, "other", month, int(seen[at, place]), TOWNS[town])
        for at, month in enumerate(MONTHS)
        for place, town in enumerate(TOWNS)
    ]
    return listing.of_months(counts.of(rows), MONTHS[-1].replace(day=1))[-judged:]


def measure(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Share of town-months in each colour: by our rules, by the tail rules alone, and by rates and growth alone."""
    rng = np.random.default_rng(seed)
    found: dict[str, Counter[str]] = {"ours": Counter(), "its rate alone": Counter(), "naive": Counter()}
    for _ in range(draws):
        lists = drawn(rng, JUDGED + 1)
        for before, now in pairwise(lists):
            for earlier, line in zip(before.lines, now.lines, strict=True):
                found["ours"][line.colour] += 1
                found["its rate alone"][by_rate(line.standing)] += 1
                found["naive"][naive(line, earlier, now)] += 1
    return {name: {colour: seen[colour] / seen.total() for colour in COLOURS} for name, seen in found.items()}


def by_rate(standing) -> str:
    """The steps that look at this month's rate and nothing else."""
    rules = standing.rules
    if standing.is_high(rules.red_times, rules.red_p) and standing.rises:
        return "red"
    return "yellow" if standing.is_high(rules.yellow_times, rules.yellow_p) else "green"


def naive(line: listing.Line, earlier: listing.Line, now: listing.Listing) -> str:
    """Rates and growth over the month before, as boards compute them."""
    times = line.cases / line.residents * listing.PER / now.district_rate
    if line.cases >= 5 and times >= 1.5:
        return "red"
    return "yellow" if line.cases >= 5 and (times >= 1.2 or line.cases > 1.3 * earlier.cases) else "green"


def main(draws: int) -> None:
    print(
        f"simulated: {draws} districts of {len(TOWNS)} towns, {A_MONTH:.0f} cases a month, {JUDGED} months each"
    )
    print("equal rates everywhere: share of town-months, %")
    for name, shares in measure(draws, seed=4).items():
        print(
            f"  {name:16}", "  ".join(f"{colour} {100 * shares[colour]:5.2f}" for colour in ("red", "yellow"))
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
