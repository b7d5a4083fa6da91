"""How often the interval of a town's rate holds the truth, on simulated districts of Fenghua's size.

    python3 dev.py bench rates [DRAWS]

557 cases among 577,505 people in the 12 demo towns, Poisson; the towns' true risks are equal, differ by chance (Gamma) or one
median town has twice the others'. All simulated.
"""

import sys

import numpy as np

from benchmarks.alarms import TOWNS
from jinzhong_engine.surveillance import rates

CASES = 557
PEOPLE = np.array(list(TOWNS.values()))


def held(
    *, spread: float, share_of_cases: float, draws: int, seed: int, twice: int | None = None
) -> np.ndarray:
    """Whether the interval held the truth: rows of draws, columns of towns. ``spread``: standard deviation over mean of the
    true risks; ``twice``: the town that has twice the risk of the others."""
    rng = np.random.default_rng(seed)
    found = np.zeros((draws, len(PEOPLE)), dtype=bool)
    for draw in range(draws):
        risk = rng.gamma(spread**-2, spread**2, len(PEOPLE)) if spread else np.ones(len(PEOPLE))
        if twice is not None:
            risk[twice] = 2
        true = risk * CASES * share_of_cases / PEOPLE.sum()
        told = rates.shrunken(rng.poisson(true * PEOPLE).tolist(), PEOPLE.tolist())
        found[draw] = [one.low <= rate <= one.high for one, rate in zip(told, true, strict=True)]
    return found


def main(draws: int) -> None:
    print(
        f"simulated: {draws} districts of {len(PEOPLE)} towns; share of intervals (95 promised) that hold the truth, %"
    )
    median = int(np.argsort(PEOPLE)[len(PEOPLE) // 2])
    for weeks in (22, 4):
        for spread, twice in ((0, None), (0.1, None), (0.3, None), (0.6, None), (0, median)):
            got = held(spread=spread, share_of_cases=weeks / 22, draws=draws, seed=11, twice=twice)
            name = f"one town twice ({PEOPLE[median]:,})" if twice is not None else f"spread {spread}"
            worst = got.mean(axis=0).min()
            print(f"  {weeks:2} weeks  {name:24} all {100 * got.mean():5.1f}  worst town {100 * worst:5.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
