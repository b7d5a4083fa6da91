"""The performance index of units, with the gap of what wasn't measured and how firm the rank is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from jinzhong_engine.ladders.performance_index import KINDS, PINGAN_CAP, WHOLE, Indicator

DRAWS = 1_000
SEED = 330_213
WEIGHTS_BY = 0.2
"""Weights are a judgement: each is varied by up to so much either way to see whether the ranks hold."""
SPREAD = 3.92
"""Width of a 95 % interval in standard deviations."""


class BadInputs(ValueError):
    """Inputs that can't be used; the message names the row."""


class Input(NamedTuple):
    """A measured value. ``low`` and ``high``: its 95 % interval where it rests on few cases."""

    unit: str
    kind: str
    indicator: str
    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Measured:
    """``points``: weight × share of the way from worst to best; None where nothing was measured."""

    indicator: Indicator
    value: float | None
    points: float | None
    spread: float = 0.0


@dataclass(frozen=True)
class Scored:
    """``score``: 0 to 100 over what was measured, None if nothing was; ``rank``: among units of the kind, 1 the best, with
    the interval it keeps in 90 of 100 draws; ``rank_without``: where leaving one indicator out changes it."""

    unit: str
    kind: str
    score: float | None
    measured_weight: float
    indicators: list[Measured]
    rank: int | None = None
    rank_low: int | None = None
    rank_high: int | None = None
    rank_without: dict[str, int] | None = None

    @property
    def pingan_points(self) -> float | None:
        return None if self.score is None else PINGAN_CAP * self.score / WHOLE


def of(
    inputs: Sequence[Input], formulas: Mapping[str, Sequence[Indicator]], place: Sequence[str] = ()
) -> list[Scored]:
    """Every unit of the inputs, by kind and score. ``place``: what a row is called in messages. Raises BadInputs."""
    values = _values(inputs, formulas, place or [f"row {n}" for n in range(1, len(inputs) + 1)])
    found = [_scored(unit, kind, formulas[kind], told) for (unit, kind), told in values.items()]
    ranked = [one for kind in KINDS for one in _ranked([each for each in found if each.kind == kind])]
    return sorted(
        ranked, key=lambda one: (list(KINDS).index(one.kind), one.rank or len(ranked) + 1, one.unit)
    )


def _values(
    inputs: Sequence[Input], formulas: Mapping[str, Sequence[Indicator]], place: Sequence[str]
) -> dict[tuple[str, str], dict[str, Input]]:
    found: dict[tuple[str, str], dict[str, Input]] = {}
    kinds: dict[str, str] = {}
    for one, where in zip(inputs, place, strict=True):
        known = [each.id for each in formulas.get(one.kind, ())]
        if not known:
            raise BadInputs(f"{where}: kind {one.kind} is none of {', '.join(formulas)}")
        if one.indicator not in known:
            raise BadInputs(
                f"{where}: a {one.kind} has no indicator {one.indicator}; it has {', '.join(known)}"
            )
        if kinds.setdefault(one.unit, one.kind) != one.kind:
            raise BadInputs(f"{where}: {one.unit} is a {kinds[one.unit]} in an earlier row")
        told = found.setdefault((one.unit, one.kind), {})
        if one.indicator in told:
            raise BadInputs(f"{where}: {one.indicator} of {one.unit} comes twice")
        if one.low is not None and one.high is not None and not one.low <= one.high:
            raise BadInputs(f"{where}: low {one.low:g} is above high {one.high:g}")
        told[one.indicator] = one
    return found


def _scored(unit: str, kind: str, indicators: Sequence[Indicator], told: Mapping[str, Input]) -> Scored:
    measured = [_measured(one, told.get(one.id)) for one in indicators]
    known = [one for one in measured if one.points is not None]
    weight = sum(one.indicator.weight for one in known)
    score = WHOLE * sum(one.points or 0.0 for one in known) / weight if weight else None
    return Scored(unit, kind, score, weight, measured)


def _measured(indicator: Indicator, told: Input | None) -> Measured:
    if told is None or told.value is None:
        return Measured(indicator, None, None)
    spread = (told.high - told.low) / SPREAD if told.low is not None and told.high is not None else 0.0
    return Measured(indicator, told.value, indicator.weight * indicator.share(told.value), spread)


# -- ranks -----------------------------------------------------------------------------------------------


def _ranked(units: list[Scored]) -> list[Scored]:
    """Ranks, their intervals and what they hang on. Units without any value have none."""
    scored = [one for one in units if one.score is not None]
    if not scored:
        return units
    ranks = _ranks(np.array([one.score for one in scored]))
    drawn = _drawn_ranks(scored)
    low, high = np.percentile(drawn, [5, 95], axis=0, method="nearest")
    without = _without(scored)
    told = {
        one.unit: replace(
            one,
            rank=int(ranks[at]),
            rank_low=min(int(low[at]), int(ranks[at])),
            rank_high=max(int(high[at]), int(ranks[at])),
            rank_without={name: int(found[at]) for name, found in without.items() if found[at] != ranks[at]},
        )
        for at, one in enumerate(scored)
    }
    return [told.get(one.unit, one) for one in units]


def _ranks(scores: np.ndarray) -> np.ndarray:
    """1 for the highest; equal scores share the better rank."""
    return 1 + (scores[..., None, :] > scores[..., :, None] + 1e-9).sum(axis=-1)


def _drawn_ranks(units: list[Scored]) -> np.ndarray:
    """Ranks when values move within their intervals and weights by a fifth. The same inputs give the same draws."""
    rng = np.random.default_rng(SEED)
    indicators = [one.indicator for one in units[0].indicators]
    published = np.array([one.weight for one in indicators])
    weights = published * rng.uniform(1 - WEIGHTS_BY, 1 + WEIGHTS_BY, (DRAWS, 1, len(indicators)))
    values = np.array([[np.nan if m.value is None else m.value for m in one.indicators] for one in units])
    spread = np.array([[m.spread for m in one.indicators] for one in units])
    moved = values + spread * rng.standard_normal((DRAWS, *values.shape))
    worst, best = (np.array([getattr(one, name) for one in indicators]) for name in ("worst", "best"))
    shares = np.clip((moved - worst) / (best - worst), 0, 1)
    known = np.broadcast_to(~np.isnan(values), shares.shape)
    total = np.where(known, weights, 0).sum(axis=-1)
    return _ranks(np.where(known, weights * np.nan_to_num(shares), 0).sum(axis=-1) / total)


def _without(units: list[Scored]) -> dict[str, np.ndarray]:
    """Ranks with one indicator left out, for each that isn't the only one of any unit."""
    found = {}
    for at, measured in enumerate(units[0].indicators):
        rest = [
            [m for n, m in enumerate(one.indicators) if n != at and m.points is not None] for one in units
        ]
        if all(rest):
            scores = [
                sum(m.points or 0.0 for m in kept) / sum(m.indicator.weight for m in kept) for kept in rest
            ]
            found[measured.indicator.id] = _ranks(np.array(scores))
    return found
