"""Quasi-Poisson regression with log link, by iteratively reweighted least squares.

Starts and stops as R's ``glm`` does (start at y + 0.1; stop when the deviance moves by less than 1e-8 of itself; at most 25
rounds), so that bounds on an edge fall on the same side.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Reals = NDArray[np.float64]
ROUNDS = 25
STILL = 1e-8
DEPENDENT = 1e-11
"""A column whose rest, after the columns before it, is smaller than this share of it says nothing new and is left out."""


class NotConverged(ArithmeticError):
    """The rounds ran out, or the numbers ran away."""


@dataclass(frozen=True)
class Fit:
    """``columns``: those kept; ``r``: upper triangle of the weighted design; ``working``: weights of the last round."""

    columns: list[int]
    coefficients: Reals
    fitted: Reals
    weights: Reals
    working: Reals
    q: Reals
    r: Reals
    y: Reals

    @property
    def freedom(self) -> int:
        return int((self.weights > 0).sum()) - len(self.columns)

    @property
    def residuals(self) -> Reals:
        """Of the working model: (y - fitted) / fitted."""
        return (self.y - self.fitted) / self.fitted

    @property
    def dispersion(self) -> float:
        return float((self.working * self.residuals**2).sum() / self.freedom)

    @property
    def hat(self) -> Reals:
        return (self.q**2).sum(axis=1)

    def predictor(self, row: Reals) -> float:
        return float(row[self.columns] @ self.coefficients)

    def spread(self, row: Reals) -> float:
        """Square root of row' (X'WX)^-1 row; times the root of a dispersion it is the standard error."""
        return float(np.linalg.norm(np.linalg.solve(self.r.T, row[self.columns])))


def fit(x: Reals, y: Reals, weights: Reals, *, settled: bool = True) -> Fit:
    """Regress y on the columns of x. ``settled``: take nothing but a fit that came to rest. Raises NotConverged."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        found, at_rest = _rounds(x, y, weights)
    if settled and not at_rest:
        raise NotConverged
    return found


def _rounds(x: Reals, y: Reals, weights: Reals) -> tuple[Fit, bool]:
    predictor = np.log(y + 0.1)
    fitted = np.exp(predictor)
    before = deviance(y, fitted, weights)
    for _ in range(ROUNDS):
        working = weights * fitted
        root = np.sqrt(working)
        kept, q, r = _decomposed(x * root[:, None])
        coefficients = np.linalg.solve(r, q.T @ (root * (predictor + (y - fitted) / fitted)))
        predictor = x[:, kept] @ coefficients
        fitted = np.exp(predictor)
        now = deviance(y, fitted, weights)
        if not np.isfinite(now):
            raise NotConverged
        at_rest = abs(now - before) / (0.1 + abs(now)) < STILL
        if at_rest:
            break
        before = now
    return Fit(kept, np.asarray(coefficients, float), fitted, weights, working, q, r, y), at_rest


def _decomposed(x: Reals) -> tuple[list[int], Reals, Reals]:
    """QR of the columns that aren't made of those before them."""
    kept = list(range(x.shape[1]))
    while True:
        q, r = np.linalg.qr(x[:, kept])
        lengths = np.linalg.norm(x[:, kept], axis=0)
        poor = np.flatnonzero(np.abs(np.diag(r)) <= DEPENDENT * lengths)
        if not len(poor):
            return kept, q, r
        del kept[int(poor[0])]


def deviance(y: Reals, fitted: Reals, weights: Reals) -> float:
    terms = np.where(y > 0, y * np.log(np.where(y > 0, y, 1.0) / fitted) - (y - fitted), fitted)
    return float(2 * (weights * terms).sum())
