"""From contributions to sentences: what an officer reads beside a score."""

from typing import Any

import numpy as np

from jinzhong_engine.features.catalogue import BY_NAME, Feature
from jinzhong_engine.features.monthly import MONTHLY
from jinzhong_engine.models.boosting import Model

MOST = 5
"""Reasons beside one number."""

LISTED = 2000
"""Numbers of one run that get reasons: what an office can look at; contributions cost more than the score itself."""


def reasons(model: Model, values: Any, chance: Any) -> list[str]:
    """One text per row, the most telling reason first; empty for rows below the highest LISTED."""
    told = [""] * len(chance)
    chosen = np.argsort(-chance, kind="stable")[:LISTED]
    for row, found in zip(chosen.tolist(), sentences(model, values[chosen]), strict=True):
        told[row] = "；".join(found)
    return told


def sentences(model: Model, values: Any) -> list[list[str]]:
    """The reasons of each row, the most telling first."""
    if not len(values):
        return []
    parts = model.contributions(values)[:, :-1]
    return [_of_row(model, row, part) for row, part in zip(values, parts, strict=True)]


def _of_row(model: Model, row: Any, parts: Any) -> list[str]:
    """What speaks for fraud; a number nothing speaks against gets none."""
    order = [at for at in np.argsort(-parts, kind="stable")[:MOST].tolist() if parts[at] > 0]
    return [sentence(model.features[at], row[at], model.card["usual"][at]) for at in order]


def sentence(name: str, value: float, usual: float | None) -> str:
    """One feature in words, beside what is usual among innocent numbers.

    >>> sentence("max_fanout_1h_7d", 86.0, 2.0)
    '近7天一小时内最多呼叫的不同号码 86 个（一般 2 个）'
    >>> sentence("callback_share_7d", 0.0, 0.25)
    '近7天回拨占比 0%（一般 25%）'
    >>> sentence("talk_mean_7d", float("nan"), 61.0)
    '近7天接通后平均通话：无记录（一般 61 秒）'
    """
    title, unit = words(name)
    beside = "" if usual is None else f"（一般 {_shown(usual, unit)}）"
    if np.isnan(value):
        return f"{title}：无记录{beside}"
    return f"{title} {_shown(value, unit)}{beside}"


WINDOWS = {"1h": "近1小时", "1d": "近1天", "7d": "近7天", "30d": "近30天", "37d": "近37天"}


def words(name: str) -> tuple[str, str]:
    """(title, unit) of a feature; a column nobody described keeps its name."""
    if name in MONTHLY:
        return MONTHLY[name]
    known: Feature | None = BY_NAME.get(name)
    if known is None:
        return name, ""
    said = known.zh if known.zh.startswith(("最近", "近", "本周")) else WINDOWS[known.window] + known.zh
    return said, known.unit


def _shown(value: float, unit: str) -> str:
    if unit == "比例":
        return f"{value * 100:.0f}%"
    number = f"{value:,.0f}" if value == round(value) or abs(value) >= 100 else f"{value:.1f}"
    return f"{number} {unit}".rstrip()
