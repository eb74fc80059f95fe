"""How sure a share is that a few looked at: exact intervals, no normal approximation.

Clopper and Pearson (1934) for a share without a known population; the inverted hypergeometric distribution for how
many of a finite population; several strata by Bonferroni, so that together they hold at least the stated level.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv, gammaln

from services.verify.screening.rules.robust import Floats
from services.verify.triage.model import Estimate

LEVEL = 0.95


@dataclass(frozen=True)
class Stratum:
    """`found` of `looked_at` items, drawn at random from `population`."""

    population: int
    looked_at: int
    found: int


def share(found: int, looked_at: int, level: float = LEVEL) -> Estimate:
    """The share behind `found` of `looked_at` (Clopper-Pearson)."""
    if looked_at == 0:
        return Estimate(None, 0.0, 1.0)
    tail = (1.0 - level) / 2
    low = 0.0 if found == 0 else float(betaincinv(found, looked_at - found + 1, tail))
    high = 1.0 if found == looked_at else float(betaincinv(found + 1, looked_at - found, 1.0 - tail))
    return Estimate(found / looked_at, low, high)


def how_many(strata: Sequence[Stratum], level: float = LEVEL) -> Estimate:
    """How many of all strata's items are such as were found: per stratum by exact inversion, then added."""
    strata = [stratum for stratum in strata if stratum.population]
    if not strata:
        return Estimate(0.0, 0, 0)
    each = 1.0 - (1.0 - level) / len(strata)
    bounds = [_bounds(stratum, each) for stratum in strata]
    best = None
    if all(stratum.looked_at for stratum in strata):
        best = float(sum(stratum.population * stratum.found / stratum.looked_at for stratum in strata))
    return Estimate(best, sum(low for low, _ in bounds), sum(high for _, high in bounds))


def _bounds(stratum: Stratum, level: float) -> tuple[int, int]:
    """The smallest and the largest number of such items that would not make what was found too unlikely."""
    tail = (1.0 - level) / 2
    least = stratum.found
    most = stratum.population - (stratum.looked_at - stratum.found)
    # Both chances change one way only with the number, so each end is found by halving.
    low = _first(least, most, lambda number: _at_least(stratum, number) > tail)
    high = most - _first(0, most - least, lambda back: _at_most(stratum, most - back) > tail)
    return low, high


def _first(low: int, high: int, holds: Callable[[int], bool]) -> int:
    """The smallest number between the two for which it holds; the larger one if for none before."""
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _at_most(stratum: Stratum, number: int) -> float:
    """P(found or fewer) if `number` of the population are such."""
    return float(np.exp(_log_chances(stratum, number, np.arange(0.0, stratum.found + 1))).sum())


def _at_least(stratum: Stratum, number: int) -> float:
    """P(found or more) if `number` of the population are such."""
    return float(np.exp(_log_chances(stratum, number, np.arange(float(stratum.found), stratum.looked_at + 1))).sum())


def _log_chances(stratum: Stratum, number: int, found: Floats) -> Floats:
    """Logarithms of the hypergeometric chances; −inf where impossible."""
    others, rest = stratum.population - number, stratum.looked_at - found
    possible = (found <= number) & (rest >= 0) & (rest <= others)
    with np.errstate(invalid="ignore"):
        logs = _log_choose(number, found) + _log_choose(others, rest)
        logs = logs - _log_choose(stratum.population, np.float64(stratum.looked_at))
    return np.where(possible, logs, -np.inf)


def _log_choose(of: int, taken: Floats | np.float64) -> Floats:
    return np.asarray(gammaln(of + 1.0) - gammaln(taken + 1.0) - gammaln(of - taken + 1.0))
