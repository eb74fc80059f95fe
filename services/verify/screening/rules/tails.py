"""From "how far" to "how unusual" to "how suspicious": one-sided calibrated tails and what follows from them.

Over-claiming pushes residuals up only, so the *lower* half of a signal's residuals shows what honest noise looks
like, heavy tails included: it is mirrored to judge the upper half. No verdicts are needed and nothing is assumed
Gaussian.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, stdtr, stdtrit

from services.verify.screening.rules.robust import Floats, Truth

FREEDOMS = (2.0, 3.0, 4.0, 5.0, 7.0, 10.0, 15.0, 30.0, 100.0)
CAUTIOUS_FREEDOM = 4.0  # what is assumed of the tail while there is little to learn from
CAUTION = 40.0  # as many cells as it takes to believe the data half
PRIOR = 0.05  # declared: the share of claims that would be adjusted, before anything is known
EVIDENCE_EXPONENT = 0.3  # p-values of claims that need adjusting are taken as Beta(0.3, 1): many small ones


@dataclass(frozen=True)
class Tail:
    """A Student tail: `freedom` degrees, `scale` in units of the standardised residual, around `centre`."""

    centre: float
    scale: float
    freedom: float

    def exceedance(self, residuals: Floats) -> Floats:
        """The one-sided probability that honest noise is at least as high; NaN stays NaN. Any shape."""
        return np.asarray(stdtr(self.freedom, -(residuals - self.centre) / self.scale))


def fit_tail(residuals: Floats, cautious: float = CAUTIOUS_FREEDOM, most: float = FREEDOMS[-1]) -> Tail:
    """The tail of honest noise, from the lower half of the residuals (any shape, NaN left out).

    `cautious`: the degrees of freedom assumed while there is little to learn from; `most`: how many the number of
    units allows, for a spread known from few units makes heavy tails of its own.
    """
    known = residuals[np.isfinite(residuals)]
    if known.size < 8:
        return Tail(0.0, 1.0, min(cautious, most))
    centre = float(np.median(known))
    below, above = centre - known[known <= centre], known[known >= centre] - centre
    size = max(float(np.median(below)), float(np.median(above)), 1e-9)
    best, best_score = cautious, -np.inf
    for freedom in (each for each in FREEDOMS if each <= max(most, FREEDOMS[0])):
        scale = size / float(stdtrit(freedom, 0.75))
        score = float(_log_density(below / scale, freedom).sum()) - below.size * np.log(scale)
        score += CAUTION / 2.0 * _belief(freedom, cautious)
        if score > best_score:
            best, best_score = freedom, score
    # The residuals come standardised: less than 0.8 would only mean that the spread was overestimated on few cells.
    return Tail(centre, max(size / float(stdtrit(best, 0.75)), 0.8), best)


def _log_density(x: Floats, freedom: float) -> Floats:
    constant = gammaln((freedom + 1) / 2) - gammaln(freedom / 2) - np.log(freedom * np.pi) / 2
    return np.asarray(constant - (freedom + 1) / 2 * np.log1p(x**2 / freedom))


def _belief(freedom: float, cautious: float) -> float:
    """Prior weight of a tail: a mild pull towards the cautious one, gone once some hundred cells are seen."""
    return -0.1 * abs(float(np.log(freedom / cautious)))


def suspicion(exceedance: Floats, prior: Floats | float = PRIOR) -> Floats:
    """The chance (0-1) that a claim needs adjusting, from its p-value and a prior: Bayes with declared densities.

    Honest p-values are uniform, the others Beta(0.3, 1). Strictly decreasing in the p-value: more evidence, more
    suspicion. Uncalibrated until verdicts exist; see the README of verify.
    """
    likelihood = EVIDENCE_EXPONENT * np.maximum(exceedance, 1e-300) ** (EVIDENCE_EXPONENT - 1.0)
    odds = likelihood * prior / (1.0 - np.asarray(prior))
    return np.asarray(odds / (1.0 + odds))


def discoveries(exceedance: Floats, rate: float) -> Truth:
    """Benjamini-Hochberg (1995): which p-values to flag so that at most `rate` of the flags are false on average.

    NaN is never flagged and not counted among the tests. Any shape.
    """
    known = np.isfinite(exceedance)
    ordered = np.sort(exceedance[known])
    passing = np.nonzero(ordered <= rate * np.arange(1, ordered.size + 1) / max(ordered.size, 1))[0]
    if passing.size == 0:
        return np.zeros(exceedance.shape, dtype=bool)
    return np.asarray(known & (exceedance <= ordered[passing[-1]]))


def likely(chance: Floats, rate: float) -> Truth:
    """Which claims to flag so that at most `rate` of the flags are false on average, by their calibrated chances.

    The largest set of the highest chances whose mean is at least 1 - `rate` (the Bayesian false-discovery rate:
    Efron, Tibshirani 2002); equal chances stay together. NaN is never flagged. Any shape.
    """
    known = np.isfinite(chance)
    ordered = -np.sort(-chance[known])
    false = np.cumsum(1.0 - ordered) / np.arange(1, ordered.size + 1)
    last = np.append(ordered[1:] < ordered[:-1], True)
    passing = np.nonzero((false <= rate) & last[: ordered.size])[0]
    if passing.size == 0:
        return np.zeros(chance.shape, dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray(known & (chance >= ordered[passing[-1]]))
