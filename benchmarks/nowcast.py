"""How often the interval of a week's cases, told before all of them are known, holds what the week came to.

    python3 dev.py bench nowcast [DRAWS]

Registers of 3.6 cases a day (557 in 22 weeks), or of 25 (a city), and so many days, Poisson; half of the cases are known on the same day, the others
on average four days later (geometric), none after 28. Some days after its end a week is told by what is known then. "Shares as
certain" is what was computed before: the same shares, without their uncertainty. Harder: every register has its own share of
late cases in the week that is told, as if the office were short of people (Beta around a half, 0.4 to 0.6 in two of three). All
simulated.
"""

import sys
from typing import NamedTuple

import numpy as np

from jinzhong_engine.surveillance import delay

PER_DAY, CITY = 557 / 154, 25.0
LONGEST = 28
SAME_DAY, LATE_DAYS = 0.5, 4.0
MOODY = 12.0
"""Weight of the beta distribution from which a week's own share of same-day cases comes."""


class Held(NamedTuple):
    """Shares of weeks, and how wide the interval is on average."""

    ours: float
    shares_as_certain: float
    cases_wide: float
    wide_before: float
    told: float


def held(
    *, days: int, wait: int, draws: int, seed: int, per_day: float = PER_DAY, own_mood: bool = False
) -> Held:
    """``days``: of register before the week; ``wait``: from the end of the week to now."""
    rng = np.random.default_rng(seed)
    rows = [row for _draw in range(draws) for row in _week(rng, per_day, days, wait, own_mood)]
    if not rows:
        return Held(float("nan"), float("nan"), float("nan"), float("nan"), 0.0)
    ours, before = ([_holds(one[at], one[2]) for one in rows] for at in (0, 1))
    wide, was = ([one[at].high - one[at].low for one in rows] for at in (0, 1))
    return Held(*(float(np.mean(one)) for one in (ours, before, wide, was)), told=len(rows) / draws)


def _week(
    rng: np.random.Generator, per_day: float, days: int, wait: int, own_mood: bool
) -> list[tuple[delay.Nowcast, delay.Nowcast, int]]:
    """(ours, as before, truth) of one register, or nothing where too little is known to say."""
    ages = np.repeat(np.arange(days + 7 + wait), rng.poisson(per_day, days + 7 + wait))
    delays = _delays(rng, len(ages), SAME_DAY)
    week = (ages >= wait) & (ages < wait + 7)
    if own_mood:
        delays[week] = _delays(rng, int(week.sum()), rng.beta(MOODY / 2, MOODY / 2))
    known = delays <= ages
    share = delay.known(
        list(zip(delays[known].tolist(), ages[known].tolist(), strict=True)),
        [wait + n for n in range(7)],
        LONGEST,
    )
    told = [
        delay.nowcast(int((week & known).sum()), one) for one in (share, share and delay.Known(share.share))
    ]
    return [(told[0], told[1], int(week.sum()))] if all(one.high is not None for one in told) else []


def _delays(rng: np.random.Generator, many: int, same_day: float) -> np.ndarray:
    later = np.minimum(rng.geometric(1 / LATE_DAYS, many), LONGEST)
    return np.where(rng.random(many) < same_day, 0, later)


def _holds(told: delay.Nowcast, truth: int) -> bool:
    return told.low is not None and told.high is not None and told.low <= truth <= told.high


def main(draws: int) -> None:
    print(
        f"simulated: {draws} registers each; share of intervals (95 promised) that hold the truth, %, and their mean width"
    )
    for own_mood in (False, True):
        print("every week has its own share of late cases" if own_mood else "cases come as they did before")
        for per_day in (PER_DAY, CITY):
            for days in (30, 60, 150):
                for wait in (0, 1, 3):
                    found = held(
                        days=days, wait=wait, draws=draws, seed=3, per_day=per_day, own_mood=own_mood
                    )
                    print(
                        f"  {per_day:4.1f} a day, {days:3} days of register, {wait} days after: told {100 * found.told:5.1f}  "
                        f"ours {100 * found.ours:5.1f} ({found.cases_wide:4.1f} cases)  "
                        f"shares as certain {100 * found.shares_as_certain:5.1f} ({found.wide_before:4.1f})"
                    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000)
