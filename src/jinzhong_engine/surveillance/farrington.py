"""Seasonal expectation of a weekly count and its upper bound, by the improved Farrington method.

Noufaily et al. 2013 (doi 10.1002/sim.5595), with the choices of ``farringtonFlexible`` in R's package surveillance 1.20.3, against
which it is held in ``tests/test_farrington.py``.

1. The same week of each of the ``b`` years before, with ``w`` weeks on either side, is the reference season; the rest of
   each year is cut into ``periods - 1`` further seasons.
2. A quasi-Poisson regression on season and trend is fitted to all these weeks but the last ``past_weeks_excluded``.
3. Weeks that lie far above it (Anscombe residual beyond ``reweight_beyond``) are weighted down and it is fitted again.
4. The trend stays if ``b >= 3``, its p lies below ``trend_p`` and it doesn't lead beyond the largest count seen.
5. The bound is a quantile: negative binomial with the estimates plugged in (nbPlugin), or normal on the scale of the
   2/3 power (delta). More cases than the bound: alarm.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jinzhong_engine.surveillance import loglinear, tails
from jinzhong_engine.surveillance.loglinear import Fit, NotConverged, Reals

Whole = NDArray[np.int64]
WEEK = timedelta(weeks=1)
POWER = 2 / 3


class BadSettings(ValueError):
    """These settings can't be computed with; the message says which."""


@dataclass(frozen=True)
class Settings:
    """``enough``: so many cases in so many weeks, this one included, or no answer is given."""

    b: int = 5
    w: int = 3
    periods: int = 10
    past_weeks_excluded: int = 26
    alpha: float = 0.05
    threshold: Literal["nbPlugin", "delta"] = "nbPlugin"
    reweight_beyond: float = 2.58
    trend_p: float = 1.0
    enough: tuple[int, int] = (0, 4)

    def check(self) -> None:
        """Raises BadSettings."""
        bounds = {
            "b": (self.b, 1, 20), "w": (self.w, 0, 20), "periods": (self.periods, 1, 26),
            "past-weeks-excluded": (self.past_weeks_excluded, 0, 104),
        }  # fmt: skip
        for name, (value, low, high) in bounds.items():
            if not low <= value <= high:
                raise BadSettings(f"--{name} {value}: use a number from {low} to {high}")
        if not 0 < self.alpha < 0.5:
            raise BadSettings(f"--alpha {self.alpha}: use a share between 0 and 0.5")
        if self.periods > 1 and 52 - 2 * self.w - 1 < self.periods - 1:
            raise BadSettings(
                f"--periods {self.periods}: too many for the weeks that --w {self.w} leaves of a year"
            )


class Bound(NamedTuple):
    """What was expected of a week, and above what it is an alarm. None: no answer."""

    expected: float | None
    upper: float | None
    p: float | None
    alarm: bool


NO_ANSWER = Bound(None, None, None, False)


def has_history(weeks: list[date], now: int, settings: Settings) -> bool:
    """Whether the reference weeks of all ``b`` years lie in the series (one week may lack at its very beginning)."""
    found = _reference_weeks(weeks, now, settings.b)
    return found is not None and found[-1] - settings.w >= -1


def bound(weeks: list[date], counts: Reals, now: int, settings: Settings) -> Bound:
    """The bound of week ``now``. ``weeks``: first days, each seven days after the one before; ``counts``: NaN where unknown."""
    seasons = _seasons(weeks, now, settings)
    used = np.flatnonzero(seasons > 0)
    used = used[used < now - settings.past_weeks_excluded]
    if not len(used):
        return NO_ANSWER
    origin = int(used[0])
    used = used[~np.isnan(counts[used])]
    try:
        fit, row, phi = _model(counts[used], used - origin, seasons[used], now - int(used[0]), settings)
    except (NotConverged, np.linalg.LinAlgError):
        return NO_ANSWER
    method = _negative_binomial if settings.threshold == "nbPlugin" else _two_thirds
    found = method(fit, row, phi, float(counts[now]), settings.alpha)
    window = counts[max(0, now - settings.enough[1] + 1) : now + 1]
    return found if window.sum() >= settings.enough[0] else Bound(None, None, found.p, False)


# -- which weeks are compared --------------------------------------------------------------------------------


def _reference_weeks(weeks: list[date], now: int, b: int) -> list[int] | None:
    """This week and the nearest one to the same date of each year before; None if the series doesn't reach back."""
    found = [now + round((_nearest(weeks[now], back) - weeks[now]).days / 7) for back in range(b + 1)]
    return found if found[-1] >= 0 else None


def _nearest(day: date, years: int) -> date:
    """The same weekday nearest to the same date some years before; of two equally near ones the one in the same
    Sunday-to-Saturday week."""
    try:
        then = day.replace(year=day.year - years)
    except ValueError:  # 29 February
        then = date(day.year - years, 3, 1)
    inside = then - timedelta(days=then.isoweekday() % 7 - day.isoweekday() % 7)
    other = inside + (-WEEK if inside > then else WEEK)
    return other if abs(other - then) < abs(inside - then) else inside


def _seasons(weeks: list[date], now: int, settings: Settings) -> Whole:
    """Season of each week: ``periods`` around the reference weeks, 1, 2, … between them, 0 outside."""
    found = _reference_weeks(weeks, now, settings.b)
    if found is None or found[-1] - settings.w < -1:
        raise BadSettings(f"{weeks[now]}: {settings.b} years before it there are no counts")
    seasons = np.zeros(len(weeks), dtype=np.int64)
    w, periods = settings.w, settings.periods
    seasons[now - w : now + 1] = periods
    for later, reference in pairwise(found):
        seasons[max(0, reference - w) : reference + w + 1] = periods
        if periods > 1:
            first, after = reference + w + 1, later - w
            for number, block in enumerate(np.array_split(np.arange(first, after), periods - 1), 1):
                seasons[block] = number
    return seasons


# -- the model -----------------------------------------------------------------------------------------------


def _model(y: Reals, time: Whole, seasons: Whole, ahead: int, settings: Settings) -> tuple[Fit, Reals, float]:
    """The fit, the row of this week in its design, and the dispersion."""
    levels = sorted(set(seasons.tolist()) | {settings.periods})
    design = _design(time, seasons, levels)
    row = _design(np.array([ahead]), np.array([settings.periods]), levels)[0]
    try:
        fit, phi = _reweighted(design, y, settings.reweight_beyond)
    except NotConverged:
        return _without_trend(design, row, y, settings)
    if 1 not in fit.columns:
        return _without_trend(design, row, y, settings)
    extrapolates = np.exp(fit.predictor(row)) > y.max()
    if settings.b < 3 or extrapolates or not _trend_p(fit) < settings.trend_p:
        return _without_trend(design, row, y, settings)
    return fit, row, phi


def _without_trend(design: Reals, row: Reals, y: Reals, settings: Settings) -> tuple[Fit, Reals, float]:
    fit, phi = _reweighted(np.delete(design, 1, axis=1), y, settings.reweight_beyond)
    return fit, np.delete(row, 1), phi


def _design(time: Whole, seasons: Whole, levels: list[int]) -> Reals:
    """One, the weeks, and a column for each season but the first."""
    columns = [np.ones(len(time)), time, *(seasons == level for level in levels[1:])]
    return np.column_stack(columns).astype(float)


def _reweighted(design: Reals, y: Reals, beyond: float) -> tuple[Fit, float]:
    first = loglinear.fit(design, y, np.ones(len(y)))
    residuals = _anscombe(first, max(first.dispersion, 1.0))
    high = residuals > beyond
    omega = np.where(high, np.where(high, residuals, 1.0) ** -2.0, 1.0)
    again = loglinear.fit(design, y, omega * len(y) / omega.sum(), settled=False)
    return again, max(again.dispersion, 1.0)


def _anscombe(fit: Fit, phi: float) -> Reals:
    distance = 1.5 * (fit.y ** (2 / 3) * fit.fitted ** (-1 / 6) - np.sqrt(fit.fitted))
    with np.errstate(divide="ignore", invalid="ignore"):
        found: Reals = distance / np.sqrt(phi * (1 - fit.hat))
    if np.isnan(found).any():
        raise NotConverged
    return found


def _scale(fit: Fit) -> float:
    """Dispersion behind a standard error: R takes the weights of step 3 in place of the working ones there."""
    return float((fit.weights * fit.residuals**2).sum() / fit.freedom)


def _trend_p(fit: Fit) -> float:
    at = fit.columns.index(1)
    unit = np.zeros(max(fit.columns) + 1)
    unit[1] = 1.0
    error = fit.spread(unit) * np.sqrt(_scale(fit))
    return float(2 * special.stdtr(fit.freedom, -abs(fit.coefficients[at]) / error))


# -- the bound -----------------------------------------------------------------------------------------------


def _negative_binomial(fit: Fit, row: Reals, phi: float, seen: float, alpha: float) -> Bound:
    mean = float(np.exp(fit.predictor(row)))
    if not np.isfinite(mean):
        return NO_ANSWER
    if phi > 1:
        size, share = mean / (phi - 1), 1 / phi
        upper = tails.binomial_quantile(1 - alpha, size, share)
        p = None if np.isnan(seen) else tails.binomial_tail(seen, size, share)
    else:
        upper = tails.poisson_quantile(1 - alpha, mean)
        p = None if np.isnan(seen) else tails.poisson_tail(int(seen), mean)
    return Bound(mean, float(upper), p, seen > upper)


def _two_thirds(fit: Fit, row: Reals, phi: float, seen: float, alpha: float) -> Bound:
    mean = float(np.exp(fit.predictor(row)))
    error = fit.spread(row) * np.sqrt(_scale(fit)) * mean
    spread = np.sqrt(4 / 9 * mean ** (1 / 3) * (phi + error**2 / mean))
    upper = float((mean**POWER - special.ndtri(alpha) * spread) ** (1 / POWER))
    if not np.isfinite(upper):
        return NO_ANSWER
    p = None if np.isnan(seen) else float(special.ndtr((mean**POWER - seen**POWER) / spread))
    return Bound(mean, upper, p, seen > upper)
