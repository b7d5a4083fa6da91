"""Area alarms on a simulated district of Fenghua's size: how often they cry for nothing, how soon they see a doubling.

    python3 dev.py bench alarms [DRAWS] [FOLDER]

25.8 cases a week over the 12 demo towns, Poisson, no season; the same draws for our ladder and for the rules that boards use
today. A district of its own is drawn each time; 67 weeks lie before the first week judged. With FOLDER the picture is drawn
there (alarms.svg, alarms.png). All simulated.
"""

import json
import sys
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from jinzhong_engine.ladders.area_early_warning import COLOURS, in_force
from jinzhong_engine.surveillance import alarms
from jinzhong_engine.surveillance.counts import TOTAL, Weekly, Whole

TOWNS = {
    "锦屏": 92_000, "岳林": 118_000, "江口": 62_000, "西坞": 62_000, "萧王庙": 36_000, "方桥": 34_000,
    "尚田": 28_500, "莼湖": 42_000, "溪口": 72_000, "裘村": 14_500, "大堰": 8_500, "松岙": 8_005,
}  # fmt: skip
A_WEEK = 25.8
MEDIAN = ("萧王庙", "莼湖")
"""The two in the middle of the twelve."""
BEFORE, MONTH, QUARTER = 67, 4, 13
FIRST = date(2019, 1, 5)


def means() -> Whole:
    people = np.array(list(TOWNS.values()))
    return A_WEEK * people / people.sum()


def calm(draws: int, seed: int) -> dict[str, dict[str, float]]:
    """Share of town-weeks in each colour when nothing changes, by rule."""
    rng = np.random.default_rng(seed)
    seen: dict[str, list[str]] = {name: [] for name in RULES}
    for _ in range(draws):
        counts = rng.poisson(means()[:, None], (len(TOWNS), BEFORE + QUARTER))
        for name, rule in RULES.items():
            seen[name] += [colour for one in rule(counts) for colour in one]
    return {name: {c: found.count(c) / len(found) for c in COLOURS} for name, found in seen.items()}


def doubling(draws: int, seed: int, towns: Iterable[str] = tuple(TOWNS)) -> dict[str, dict[str, float]]:
    """Share of doublings for which ours has shown at least a colour within a month and a quarter, by town."""
    rng = np.random.default_rng(seed)
    found: dict[str, dict[str, float]] = {}
    for town in towns:
        mean = means()[list(TOWNS).index(town)]
        before = rng.poisson(mean, (draws, BEFORE))
        counts = np.hstack([before, rng.poisson(2 * mean, (draws, QUARTER))])
        told = [[COLOURS.index(colour) for colour in one] for one in ours(counts)]
        for colour in ("red", "orange", "yellow"):
            hits = np.maximum.accumulate(np.array(told) >= COLOURS.index(colour), axis=1).mean(axis=0)
            found.setdefault(town, {}).update(
                {f"{colour} in a month": hits[MONTH - 1], f"{colour} in a quarter": hits[QUARTER - 1]}
            )
    return found


# -- the rules -----------------------------------------------------------------------------------------------


def ours(counts: Whole) -> list[list[str]]:
    """Colours of the last QUARTER weeks of each row."""
    starts = [FIRST + timedelta(weeks=n) for n in range(counts.shape[1])]
    told: list[list[str]] = []
    for row in counts:
        found = alarms.judge(Weekly(starts, {("A", TOTAL): row}), last=QUARTER)
        told.append([one.colour for one in found])
    return told


def by_growth(counts: Whole) -> list[list[str]]:
    """Growth over the mean of 15 weeks alone: above 50 % red, 30 % orange, 10 % yellow."""
    return _naive(counts, lambda row, week: max(sum(row[week - 15 : week]) / 15, 0.5))


def by_week_before(counts: Whole) -> list[list[str]]:
    """Growth over the week before alone."""
    return _naive(counts, lambda row, week: max(row[week - 1], 0.5))


def _naive(counts: Whole, base) -> list[list[str]]:
    steps = [(one.growth_over, one.colour) for one in in_force(FIRST).rungs]
    return [
        [
            next((name for over, name in steps if row[week] / base(row, week) - 1 > over), "green")
            for week in range(BEFORE, BEFORE + QUARTER)
        ]
        for row in counts.tolist()
    ]


def worst_three(counts: Whole) -> list[list[str]]:
    """The three towns with the most cases are red each week."""
    red = np.argsort(-counts[:, BEFORE:], axis=0, kind="stable")[:3]
    return [
        ["red" if town in red[:, week] else "green" for week in range(QUARTER)] for town in range(len(counts))
    ]


RULES = {
    "ours": ours,
    "growth over 15 weeks": by_growth,
    "growth over last week": by_week_before,
    "worst three": worst_three,
}


def largest_four(draws: int, seed: int) -> float:
    """Share of the red cards of "worst three by count" that the four largest towns get when rates are equal."""
    rng = np.random.default_rng(seed)
    big = np.argsort(-means())[:4]
    cards = [
        town in big
        for _ in range(draws)
        for town, colours in enumerate(
            worst_three(rng.poisson(means()[:, None], (len(TOWNS), BEFORE + QUARTER)))
        )
        for colour in colours
        if colour == "red"
    ]
    return sum(cards) / len(cards)


# -- telling and drawing ---------------------------------------------------------------------------------


def main(draws: int, folder: Path | None) -> None:
    quiet, doubled = calm(draws, seed=1), doubling(draws, seed=2)
    print(
        f"simulated: {draws} districts of {len(TOWNS)} towns, {A_WEEK} cases a week, {QUARTER} weeks each\n"
    )
    print("no change: share of town-weeks, %")
    for name, shares in quiet.items():
        print(f"  {name:22}", "  ".join(f"{c} {100 * shares[c]:5.2f}" for c in ("red", "orange", "yellow")))
    print(
        f"  worst three: {100 * largest_four(draws, seed=3):.0f} % of red cards go to the four largest towns\n"
    )
    print("a true doubling: share caught by ours, %")
    for town in sorted(TOWNS, key=TOWNS.__getitem__):
        told = "  ".join(f"{name} {100 * share:4.0f}" for name, share in doubled[town].items())
        print(f"  {TOWNS[town]:7,} {told}{'   <- median' if town in MEDIAN else ''}")
    if folder:
        draw(quiet, doubled, folder)


def draw(quiet: dict[str, dict[str, float]], doubled: dict[str, dict[str, float]], folder: Path) -> None:
    import vl_convert

    chart = json.dumps(picture(quiet, doubled))
    (folder / "alarms.svg").write_text(vl_convert.vegalite_to_svg(chart), encoding="utf-8")
    (folder / "alarms.png").write_bytes(vl_convert.vegalite_to_png(chart, scale=2))


def picture(quiet: dict[str, dict[str, float]], doubled: dict[str, dict[str, float]]) -> dict:
    bars = [{"rule": name, "share": round(100 * one["red"], 2)} for name, one in quiet.items()]
    seen = [
        {"people": people, "within": within, "share": 100 * doubled[town][f"orange in a {within}"]}
        for town, people in TOWNS.items()
        for within in ("month", "quarter")
    ]
    share = {"type": "quantitative", "axis": {"grid": False}}
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "hconcat": [
            {
                "title": "Nothing changed: red town-weeks, %",
                "data": {"values": bars},
                "width": 320,
                "encoding": {
                    "y": {"field": "rule", "type": "nominal", "sort": None, "title": None},
                    "x": {"field": "share", "title": None, "scale": {"domain": [0, 34]}, **share},
                },
                "layer": [
                    {"mark": {"type": "bar", "color": "#1a3e66"}},
                    {
                        "mark": {"type": "text", "align": "left", "dx": 4},
                        "encoding": {"text": {"field": "share"}},
                    },
                ],
            },
            {
                "title": "True doubling: at least orange, % of doublings, by residents",
                "data": {"values": seen},
                "width": 320,
                "mark": {"type": "line", "point": True},
                "encoding": {
                    "x": {
                        "field": "people",
                        "type": "quantitative",
                        "title": "residents",
                        "axis": {"grid": False},
                    },
                    "y": {"field": "share", "title": None, **share},
                    "color": {
                        "field": "within",
                        "title": "within a",
                        "scale": {"range": ["#8a98a8", "#1a3e66"]},
                    },
                },
            },
        ],
    }


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, Path(sys.argv[2]) if len(sys.argv) > 2 else None)
