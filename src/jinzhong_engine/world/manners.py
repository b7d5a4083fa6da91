"""How a fraud number is used: targets drawn jointly from what was measured on real ones, then calls that meet them.

Counts, parties, hours, days, handsets and durations of each number are drawn together (a mixture over normal scores, so that
quantiles hold exactly and features hang together); a call process then meets them by construction, it doesn't hope to.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtr, ndtri

Ints = np.ndarray
MOST_CALLS = 20_000
LONGEST = 7200
DAY_TIME = np.array(
    [0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.5, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2.5, 2.5, 2, 1, 0.5]
)


class Targets(NamedTuple):
    """What each number is to come to; one place a number. A count over days is of the days it has."""

    manner: Ints
    parties: Ints
    calls: Ints
    out_share: Ints
    seconds_median: Ints
    seconds_mean: Ints
    handsets: Ints
    hour_mode: Ints
    hours: Ints
    days: Ints
    sms_parties: Ints
    sms: Ints
    sms_in_share: Ints
    sms_days: Ints
    apps: Ints
    traffic_months: Ints
    bill_yuan: Ints


def draw(manners: dict[str, Any], chance: np.random.Generator, count: int, *, days: int) -> Targets:
    """Targets of ``count`` numbers in a world of so many days; who was busy longer is cut in proportion."""
    weights = np.array(manners["weights"]) / sum(manners["weights"])
    manner = np.sort(chance.choice(len(weights), count, p=weights))
    scores = np.concatenate([
        chance.multivariate_normal(manners["means"][k], manners["covariances"][k], size=int(n))
        for k, n in enumerate(np.bincount(manner, minlength=len(weights)))
    ]).reshape(count, len(manners["features"]))  # fmt: skip
    mixed = chance.permutation(count)
    manner, scores = manner[mixed], scores[mixed]
    f = {
        name: np.interp(ndtr(scores[:, n]), manners["grid"], manners["quantiles"][n])
        for n, name in enumerate(manners["features"])
    }
    alive, texting = (np.maximum(1, np.round(f[name])).astype(int) for name in ("days", "sms_days"))
    parties = np.maximum(1, np.round(f["parties"] * np.minimum(1, days / alive)))
    calls = np.clip(np.round(parties * np.maximum(1, f["calls_per_party"])), 1, MOST_CALLS)
    sms_parties = np.maximum(1, np.round(f["sms_parties"]))
    sms = np.round(sms_parties * np.maximum(1, f["sms_per_party"]) * np.minimum(1, days / texting))
    bill = np.where(chance.random(count) < manners["share_without_bill"], np.nan, f["bill_yuan"])
    whole = {
        name: np.round(f[name]).astype(int)
        for name in ("handsets", "hour_mode", "hours", "apps", "traffic_months")
    }
    seconds = np.maximum(1, np.round(f["seconds_median"]))
    return Targets(
        manner=manner, parties=np.minimum(parties, calls).astype(int), calls=calls.astype(int), out_share=np.clip(f["out_share"], 0, 1),
        seconds_median=seconds, seconds_mean=seconds * np.maximum(0.5, f["seconds_mean_to_median"]), hour_mode=whole["hour_mode"],
        handsets=np.maximum(1, whole["handsets"]), hours=np.clip(whole["hours"], 1, 24), days=np.minimum(alive, days),
        sms_parties=np.minimum(sms_parties, np.maximum(sms, 1)).astype(int), sms=np.clip(sms, 1, MOST_CALLS).astype(int),
        sms_in_share=np.clip(f["sms_in_share"], 0, 1), sms_days=np.minimum(texting, days),
        apps=np.maximum(0, whole["apps"]), traffic_months=np.clip(whole["traffic_months"], 0, 8), bill_yuan=np.round(bill, 2),
    )  # fmt: skip


@dataclass(frozen=True)
class Voice:
    """The answered calls of one number. ``day``: place in the number's own days; ``handset``: -1 where the other side calls."""

    party: Ints
    is_out: Ints
    day: Ints
    t: Ints
    seconds: Ints
    handset: Ints


def voice(targets: Targets, n: int, chance: np.random.Generator, *, called_back: float) -> Voice:
    """Calls that meet the targets of number ``n``."""
    calls, parties = int(targets.calls[n]), int(targets.parties[n])
    party = _spread(chance, calls, parties, weights=chance.pareto(1.2, parties) + 0.01)
    day = _spread(
        chance, calls, min(int(targets.days[n]), calls), weights=chance.gamma(1.5, 1, int(targets.days[n]))
    )
    hour = _hours(chance, calls, min(int(targets.hours[n]), calls), int(targets.hour_mode[n]) % 24)
    t = hour * 3600 + chance.integers(0, 3600, calls)
    made = round(float(targets.out_share[n]) * calls)
    order = np.lexsort((t, day, party))
    is_first = np.ones(calls, bool)
    is_first[1:] = party[order][1:] != party[order][:-1]
    # who calls: answers come after the number's own call to the same party, others on their own
    keenness = np.where(is_first, 1.0, 0.0) + chance.random(calls) * (2 - called_back)
    is_out = np.ones(calls, bool)
    is_out[order[np.argsort(keenness, kind="stable")[: calls - made]]] = False
    handset = np.full(calls, -1)
    out = np.flatnonzero(is_out)
    if len(out):
        kinds = min(int(targets.handsets[n]), len(out))
        handset[out] = _spread(chance, len(out), kinds, weights=chance.pareto(1.0, kinds) + 0.02)
    seconds = durations(chance, calls, float(targets.seconds_median[n]), float(targets.seconds_mean[n]))
    return Voice(party, is_out, day, t, seconds, handset)


def _spread(chance: np.random.Generator, count: int, kinds: int, *, weights: Ints) -> Ints:
    """``count`` places over ``kinds`` values, each at least once, the rest by weight, in random order."""
    found = np.concatenate([
        np.arange(kinds), np.repeat(np.arange(kinds), chance.multinomial(count - kinds, weights[:kinds] / weights[:kinds].sum()))
    ])  # fmt: skip
    return chance.permutation(found)


def _hours(chance: np.random.Generator, calls: int, hours: int, mode: int) -> Ints:
    """Hours around the busiest one, which stays the busiest."""
    far = np.abs(np.arange(24) - mode)
    liking = DAY_TIME / (1 + 0.25 * far) * chance.uniform(0.5, 1.5, 24)
    liking[mode] = 99
    chosen = np.argsort(-liking, kind="stable")[:hours]
    weights = liking[chosen] / (1 + 0.15 * far[chosen])
    weights[0] = max(weights[1:].max(initial=0) * 1.25, 0.1)
    found = chosen[_spread(chance, calls, hours, weights=weights)]
    busiest = int(np.bincount(found, minlength=24).argmax())
    found = np.where(found == busiest, mode, np.where(found == mode, busiest, found))
    counts = np.bincount(found, minlength=24)
    for tied in np.flatnonzero((counts == counts[mode]) & (counts > 1)):
        if tied < mode:
            found[np.flatnonzero(found == tied)[0]] = mode
    return found


def durations(chance: np.random.Generator, count: int, median: float, mean: float) -> Ints:
    """Seconds with this median and this mean: quantiles of a lognormal whose width is solved for; its mirror where the mean is below.

    >>> seconds = durations(np.random.default_rng(1), 501, 40, 90)
    >>> int(np.median(seconds)), abs(float(seconds.mean()) - 90) < 2
    (40, True)
    """
    z = ndtri((np.arange(count) + 0.5) / count)
    low, high = 0.0, 4.0
    for _ in range(24):
        width = (low + high) / 2
        far = float(
            np.minimum(median * np.exp(width * z), LONGEST).mean()
            if mean >= median
            else (2 * median - median * np.exp(-width * z)).clip(1).mean()
        )
        if (far < mean) == (mean >= median):
            low = width
        else:
            high = width
    found = median * np.exp(width * z) if mean >= median else 2 * median - median * np.exp(-width * z)
    return chance.permutation(np.clip(np.round(found), 1, LONGEST).astype(np.int32))


def texting(targets: Targets, n: int, chance: np.random.Generator) -> tuple[Ints, Ints, Ints, Ints]:
    """Messages that meet the targets of number ``n``: party, is_out, day of its own days, second of the day."""
    count, parties = int(targets.sms[n]), int(targets.sms_parties[n])
    party = np.sort(_spread(chance, count, parties, weights=chance.pareto(1.0, parties) + 0.02))
    is_out = np.arange(count) >= round(float(targets.sms_in_share[n]) * count)
    day = _spread(
        chance,
        count,
        min(int(targets.sms_days[n]), count),
        weights=chance.gamma(1.5, 1, int(targets.sms_days[n])),
    )
    return party, is_out, day, chance.integers(8 * 3600, 21 * 3600, count)
