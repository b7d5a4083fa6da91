"""From contributions to sentences: what an officer reads beside a score."""

from typing import Any

import numpy as np

from jinzhong_engine.features.catalogue import BY_NAME, Feature
from jinzhong_engine.features.monthly import MONTHLY
from jinzhong_engine.models.boosting import Model
from jinzhong_engine.models.spread import as_far_out
from jinzhong_engine.sayings import CLAUSE, Saying, reader

MOST = 5
"""Reasons beside one number."""

HUB = 1000
"""Numbers called and numbers that called, in a week, from which a number is told to be a hub: 140 a day, every day. Placeholder, as large as
what is counted on one handset; docs/decisions/0029."""

ORDINARY = 0.25
"""Where so many of the innocent lie as far out or farther, a value tells nobody anything, however much the model makes of it beside others:
half of the innocent are subscribers of other networks, of whom no cell is known, so that one cell is more than usual. Ours, no evaluation."""

LISTED = 2000
"""Numbers of one run that get reasons: what an office can look at; contributions cost more than the score itself."""


def reasons(model: Model, values: Any, chance: Any) -> list[str]:
    """One text per row, the most telling reason first; empty for rows below the highest LISTED."""
    told = [""] * len(chance)
    chosen = np.argsort(-chance, kind="stable")[:LISTED]
    for row, found in zip(chosen.tolist(), sentences(model, values[chosen]), strict=True):
        told[row] = CLAUSE.join(found)
    return told


def sentences(model: Model, values: Any) -> list[list[str]]:
    """The reasons of each row, the most telling first; before them, whether it is a hub."""
    if not len(values):
        return []
    parts = model.contributions(values)[:, :-1]
    hubs = _hubs(model.features, values)
    return [
        [*hub, *(sentence(model.features[at], row[at], model.card["usual"][at]) for at in order)]
        for hub, row, order in zip(hubs, values, telling(model, values, parts), strict=True)
    ]


def _hubs(features: list[str], values: Any) -> list[list[str]]:
    """What is said of each row that is a hub: a mark, which weighs nothing."""
    if not {"out_parties_7d", "in_parties_7d"} <= set(features):
        return [[] for _row in values]
    parties = sum(values[:, features.index(one)] for one in ("out_parties_7d", "in_parties_7d"))
    return [[Saying.HUB.said(number=f"{one:,.0f}")] if one >= HUB else [] for one in parties.tolist()]


def without_mark(told: list[str]) -> list[str]:
    """The reasons that the model gave."""
    return [one for one in told if not _HUB.fullmatch(one)]


_HUB = reader(Saying.HUB.value)


def telling(model: Model, values: Any, parts: Any) -> list[list[int]]:
    """Which features of each row speak for fraud by a value that isn't ordinary, the most telling first; a number nothing speaks against has none."""
    speaks = (parts > 0) & ~_ordinary(model, values)
    order = np.argsort(-parts, axis=1, kind="stable")
    return [[at for at in row if speaks[n, at]][:MOST] for n, row in enumerate(order.tolist())]


def _ordinary(model: Model, values: Any) -> Any:
    """Which values of each row many of the innocent have too; a card that doesn't say how they were spread says so of none."""
    if "spread" not in model.card:
        return np.zeros(values.shape, bool)
    columns = zip(values.T, model.card["spread"]["features"], strict=True)
    return np.column_stack([as_far_out(column, spread) >= ORDINARY for column, spread in columns])


def sentence(name: str, value: float, usual: float | None) -> str:
    """One feature in words, beside what is usual among innocent numbers.

    >>> sentence("max_fanout_1h_7d", 86.0, 2.0)
    '近7天一小时内最多呼叫的不同号码 86 个（一般 2 个）'
    >>> sentence("callback_share_7d", 0.0, 0.25)
    '近7天回拨占比 0%（一般 25%）'
    >>> sentence("in_answered_share_7d", float("nan"), 0.7)  # nothing to count says more than a missing value
    '近7天被叫接听占比：没有人给它打电话（一般 70%）'
    >>> sentence("main_city_share_7d", float("nan"), 0.9)
    '近7天最常呼叫城市占比：无记录（一般 90%）'
    >>> sentence("handset_numbers_7d", 1000.0, 1.0)  # not counted further
    '近7天同一手机上出现过的号码 至少 1,000 个（一般 1 个）'
    """
    return _beside_usual(name, value, usual, _none(name))


def ways(name: str, value: float, usual: float | None) -> tuple[str, str]:
    """How it is said, and how lists that came earlier say it.

    >>> ways("in_answered_share_7d", float("nan"), 0.7)
    ('近7天被叫接听占比：没有人给它打电话（一般 70%）', '近7天被叫接听占比：无记录（一般 70%）')
    """
    return sentence(name, value, usual), _beside_usual(name, value, usual, Saying.NO_RECORD)


def _beside_usual(name: str, value: float, usual: float | None, none: Saying) -> str:
    title, unit = words(name)
    if np.isnan(value):
        said = none.said(feature=title)
    elif _is_capped(name, value):
        said = Saying.AT_LEAST.said(feature=title, number=f"{value:,.0f}", unit=unit)
    else:
        said = f"{title} {_shown(value, unit)}"
    return said if usual is None else Saying.BESIDE_USUAL.said(feature=said, usual=_shown(usual, unit))


def _none(name: str) -> Saying:
    """What a missing value means."""
    return (BY_NAME[name].none if name in BY_NAME else None) or Saying.NO_RECORD


def _is_capped(name: str, value: float) -> bool:
    """Whether nobody counted further."""
    most = BY_NAME[name].most if name in BY_NAME else None
    return most is not None and value >= most


SHARE = "比例"
"""The unit of what lies between 0 and 1."""

WINDOWS = {
    "1h": Saying.HOUR,
    "1d": Saying.DAY,
    "7d": Saying.WEEK_OF_CALLS,
    "30d": Saying.MONTH_OF_CALLS,
    "37d": Saying.LOOK_BACK,
}


def words(name: str) -> tuple[str, str]:
    """(title, unit) of a feature; a column nobody described keeps its name."""
    if name in MONTHLY:
        return MONTHLY[name]
    known: Feature | None = BY_NAME.get(name)
    if known is None:
        return name, ""
    if known.window == "ever" or known.zh.startswith(("最近", "近", "本周")):
        return known.zh, known.unit
    return WINDOWS[known.window].said(feature=known.zh), known.unit


def between(name: str, low: float, high: float) -> tuple[str, str]:
    """Two values of a feature as they stand on either side of a dash; the first is empty where they read alike.

    >>> between("max_fanout_1h_7d", 1.0, 6.0), between("callback_share_7d", 0.18, 0.55), between("handsets_7d", 1.0, 1.0)
    (('1', '6 个'), ('18', '55%'), ('', '1 个'))
    """
    unit = words(name)[1]
    first, last = _shown(low, unit), _shown(high, unit)
    return ("" if first == last else first.removesuffix("%").removesuffix(f" {unit}"), last)


def _shown(value: float, unit: str) -> str:
    if unit == SHARE:
        return f"{value * 100:.0f}%"
    number = f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.1f}"
    return f"{number} {unit}".rstrip()
