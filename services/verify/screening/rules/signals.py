"""How unusual every self-score is, seen from several sides, and never with the unit's own claims in the yardstick.

Four signals, each blind where another sees (measured in tests/benchmarks/bench_screening.py):

- *own past*: the claim against the unit's own earlier claims and everything else known: sees fresh inflation;
- *peers*: the level claimed over all cycles against independent figures and the unit's other claims: sees single
  items inflated year after year;
- *model*: the same against independent figures only: sees a unit that inflates across the board;
- *gap*: self-score minus the points of a `same` source, among peers.

Each has its own tail, calibrated on the lower half of its residuals; they are joined by their maximum (the smallest
weighted p-value), and a signal that finds nothing in this cohort weighs less (p-value weighting: Genovese, Roeder,
Wasserman 2006). Lines, spreads, tails and weights for a unit are fitted on other units (cross-fitting).
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.verify.screening.rules.robust import (
    Floats,
    Truth,
    Whole,
    fit_lines,
    level_of_others,
    middle,
    pooled_spread,
    quantile,
)
from services.verify.screening.rules.tails import Tail, fit_tail

OWN_PAST, PEERS, MODEL, GAP = "own_past", "peers", "model", "gap"
SIGNALS = (OWN_PAST, PEERS, MODEL, GAP)
LEAST_UNITS = 5  # fewer make no cohort
FLOOR = 0.02  # of the maximum: no spread is taken to be smaller, so that a MAD of 0 cannot make a trifle enormous
FLOOR_STANDARDISED = 0.05
LEAST_CELLS = 10  # per slope
MOST_TAUGHT = 5000  # units from which a fold learns, more or less
LOPSIDED, LEAST_LEFT = 1.6, 0.25
TOGETHER = 5.0  # times the variance that the levels of units would have if their items were separate
QUIET = 0.2  # standardised; half of all residuals lie within 0.67
PATIENCE = 8.0  # moves until a cell's own unrest is believed half


@dataclass(frozen=True)
class Inputs:
    """What the signals look at, in shares of the maximum; NaN where unknown. n units, m criteria, t past cycles."""

    claimed: Floats  # (n, m) self-score
    past_claimed: Floats  # (t, n, m) earlier self-scores, oldest first
    past_verified: Floats  # (t, n, m) earlier verified points, oldest first
    same: Floats  # (n, m) points of a `same` source for this period
    rated: Floats  # (n, m) a `related` rating, standardised; any scale
    older: Floats  # (n, m) points of a `same` source for an older period
    peers: Truth  # (n, m) whether the cell may be compared with peers
    deal: Whole  # (n,) the units dealt out, see `dealt`


@dataclass(frozen=True)
class Signals:
    """Per signal one-sided p-values and expected shares (n, m); joined p-values; per unit the p-value of its level."""

    exceedance: dict[str, Floats]
    expected: dict[str, Floats]
    joined: Floats
    strongest: Whole  # (n, m) index into SIGNALS, -1 where none
    unit_exceedance: Floats  # (n,)
    together: Truth  # (n,) whether, among the other units, the items of a unit move together


def dealt(units: Sequence[str], clusters: Sequence[str]) -> Whole:
    """Numbers 0 … n−1 for the units: by cluster, inside it by the hash of the code. No row order, no seed matters."""
    shuffled = sorted(
        range(len(units)), key=lambda row: (clusters[row], hashlib.sha256(units[row].encode()).digest(), units[row])
    )
    deal = np.empty(len(units), dtype=np.int64)
    deal[shuffled] = np.arange(len(units))
    return deal


def folds_of(count: int) -> int:
    """In how many parts the units are judged: one by one while that is cheap."""
    return count if count <= 12 else 12 if count <= 400 else 5 if count <= 5000 else 2


def find_signals(inputs: Inputs) -> Signals:
    """All signals for all cells. Cohorts under five units have only their own past to be compared with."""
    shape = inputs.claimed.shape
    exceedance = {name: np.full(shape, np.nan) for name in SIGNALS}
    expected = {name: np.full(shape, np.nan) for name in SIGNALS}
    joined, strongest = np.full(shape, np.nan), np.full(shape, -1, dtype=np.int64)
    unit_exceedance, together = np.full(shape[0], np.nan), np.zeros(shape[0], dtype=bool)
    if shape[0] < LEAST_UNITS:
        exceedance[OWN_PAST], expected[OWN_PAST] = _own_past_alone(inputs)
        joined = exceedance[OWN_PAST].copy()
        strongest[np.isfinite(joined)] = SIGNALS.index(OWN_PAST)
        return Signals(exceedance, expected, joined, strongest, unit_exceedance, together)
    folds = folds_of(shape[0])
    for fold in range(folds):
        judged = inputs.deal % folds == fold
        # Of very many others, every n-th teaches as well as all of them.
        stride = max(1, int((~judged).sum()) // MOST_TAUGHT)
        side = _Fold(inputs, judged, ~judged & (inputs.deal // folds % stride == 0))
        for name in SIGNALS:
            exceedance[name][judged], expected[name][judged] = side.exceedance[name], side.expected[name]
        joined[judged], strongest[judged] = side.joined()
        unit_exceedance[judged], together[judged] = side.unit_exceedance()
    return Signals(exceedance, expected, joined, strongest, unit_exceedance, together)


def _own_past_alone(inputs: Inputs) -> tuple[Floats, Floats]:
    """One to four units: each claim against its own past; the noise is what the past itself shows, pooled."""
    past = np.where(np.isfinite(inputs.past_verified), inputs.past_verified, inputs.past_claimed)
    cycles = np.isfinite(past).sum(axis=0)
    with np.errstate(invalid="ignore"):
        mean = np.where(cycles > 0, np.nansum(past, axis=0) / np.maximum(cycles, 1), np.nan)
    deviations = (past - mean) * np.sqrt(cycles / np.maximum(cycles - 1, 1))
    moves = np.where(cycles >= 2, deviations, np.nan)
    freedom = max(int(np.isfinite(moves).sum() - (cycles >= 2).sum()), 0)
    if freedom < 2:
        return np.full(mean.shape, np.nan), mean
    noise = np.sqrt(np.nansum(moves**2) / np.isfinite(moves).sum())
    size = np.maximum(noise, FLOOR) * np.sqrt(1.0 + 1.0 / np.maximum(cycles, 1))
    tail = Tail(0.0, 1.0, float(min(freedom, 4)))
    return tail.exceedance((inputs.claimed - mean) / size), mean


class _Fold:
    """The signals of some units, by what all other units teach."""

    def __init__(self, inputs: Inputs, judged: Truth, taught: Truth) -> None:
        self.inputs, self.judged, self.taught = inputs, judged, taught
        others = int(self.taught.sum())
        # Residuals of the units that were fitted are a little too small, those of the judged ones a little too large.
        self.correction = float(np.sqrt((others + 1) / max(others - 1, 1)))
        self.freedom = max(others - 2.0, 2.0)
        self.residuals: dict[str, Floats] = {}
        self.exceedance: dict[str, Floats] = {}
        self.taught_exceedance: dict[str, Floats] = {}
        self.expected: dict[str, Floats] = {}
        self._standardise()
        self._fit_all()
        self.weights = _weights(self.taught_exceedance)

    def _standardise(self) -> None:
        """Puts claims and past on one scale per criterion: medians and spreads of the taught units."""
        inputs, taught = self.inputs, self.taught
        self.centre = middle(inputs.claimed[taught])
        self.size = pooled_spread(inputs.claimed[taught] - self.centre, FLOOR)
        self.claimed = (inputs.claimed - self.centre) / self.size
        self.past = self._past(inputs.past_claimed)
        self.verified = self._past(_informative(inputs.past_verified, inputs.past_claimed))
        count = np.isfinite(self.past).sum(axis=0) + 1
        self.level = (np.nansum(self.past, axis=0) + self.claimed) / count

    def _past(self, cycles: Floats) -> Floats:
        """Earlier points against the taught median of their own cycle, so that a common shift is no surprise."""
        shifted = [(cycle - middle(cycle[self.taught])) / self.size for cycle in cycles]
        return np.stack(shifted) if shifted else np.empty((0, *self.claimed.shape))

    def _fit_all(self) -> None:
        inputs = self.inputs
        source = np.where(np.isfinite(inputs.same), (inputs.same - self.centre) / self.size, inputs.rated)
        mapped, _ = self._predict(self.claimed, [source], require=1)
        elsewhere = _mean_of_others(mapped)
        older = (inputs.older - self.centre) / self.size
        known = np.where(np.isfinite(older), older, _last(self.verified))
        independent = [source, known, elsewhere]
        self._own_past(known, independent)
        # What was verified before is worth more than what was claimed before: it stands in for the level of all years.
        informed = np.isfinite(known)
        response = np.where(informed, np.where(np.isfinite(source), self.claimed, np.nan), self.level)
        compared = np.where(inputs.peers, response, np.nan)
        others = np.where(informed, level_of_others(self.claimed), level_of_others(self.level))
        self._signal(PEERS, compared, [others, *independent], require=1)
        self._signal(MODEL, response, independent, require=0, at_least_one=True)
        self._gap()

    def _own_past(self, known: Floats, independent: list[Floats]) -> None:
        """Against what was verified before, else against what was claimed before and everything else known.

        The step from the last verified points is judged as it is (slope 1): coverage rates, growth and the like move
        in steps; only the pull back to the unit's own mean is learned.
        """
        past_mean, past_last, verified_mean = _mean(self.past), _last(self.past), _mean(self.verified)
        back = np.where(np.isfinite(verified_mean), verified_mean - known, 0.0)
        stepping = np.isfinite(known)
        step, stretched = self._predict(self.claimed - known, [np.where(stepping, back, np.nan)], require=1)
        moved = np.where(stepping, np.nan, self.claimed - past_mean)
        history = [past_last - past_mean, independent[0] - past_mean, independent[2] - past_mean]
        free, strained = self._predict(moved, history, require=1)
        predicted = np.where(stepping, known + step, past_mean + free)
        residual = self.claimed - predicted
        size = pooled_spread(residual[self.taught], FLOOR_STANDARDISED)
        # What was verified moves more in some places than in others; of what was only claimed that is not known.
        unrest = np.where(stepping, _unrest(self.verified, self.taught, PATIENCE), 1.0)
        self._judge(OWN_PAST, residual / (size * unrest), np.where(stepping, stretched, strained))
        self.expected[OWN_PAST] = (self.centre + self.size * predicted)[self.judged]

    def _gap(self) -> None:
        """Self-score minus the source's points, as they are: both are on one scale, so nothing is mapped."""
        gaps = np.where(self.inputs.peers, self.inputs.claimed - self.inputs.same, np.nan)
        centre = middle(gaps[self.taught])
        size = pooled_spread(gaps[self.taught] - centre, FLOOR)
        self._judge(GAP, (gaps - centre) / size, np.ones(gaps.shape))
        self.expected[GAP] = (self.inputs.same + centre)[self.judged]

    def _signal(
        self, name: str, response: Floats, features: list[Floats], *, require: int, at_least_one: bool = False
    ) -> None:
        predicted, strain = self._predict(response, features, require=require, at_least_one=at_least_one)
        residual = response - predicted
        size = pooled_spread(residual[self.taught], FLOOR_STANDARDISED)
        self._judge(name, residual / size, strain)
        self.expected[name] = (self.centre + self.size * predicted)[self.judged]

    def _judge(self, name: str, standardised: Floats, strain: Floats) -> None:
        shown = standardised[self.taught] * self.correction
        tail = fit_tail(shown[:, ~_cut_off(shown)], most=self.freedom)
        self.residuals[name] = standardised
        self.taught_exceedance[name] = tail.exceedance(shown)
        self.exceedance[name] = tail.exceedance((standardised / strain)[self.judged] / self.correction)

    def _predict(
        self, response: Floats, features: list[Floats], *, require: int, at_least_one: bool = False
    ) -> tuple[Floats, Floats]:
        """Expected response and strain, by lines on whichever features a cell has; the first `require` are a must."""
        known = np.stack([np.isfinite(feature) for feature in features], axis=2)
        pattern = known @ (1 << np.arange(len(features)))
        usable = known[:, :, :require].all(axis=2) & (known.any(axis=2) if at_least_one else True)
        values = np.stack(features, axis=2)
        predicted, strain = np.full(response.shape, np.nan), np.ones(response.shape)
        for code in np.unique(pattern[usable]):
            chosen = [index for index in range(len(features)) if code >> index & 1]
            teachable = self.taught[:, None] & np.isfinite(response)
            while len(chosen) > max(require, 1 if at_least_one else 0):
                if (known[:, :, chosen].all(axis=2) & teachable).sum() >= LEAST_CELLS * (len(chosen) + 1):
                    break
                chosen = chosen[:-1]
            here = usable & (pattern == code)
            columns = here.any(axis=0)
            cells = np.ix_(self.taught, columns)
            if (known[:, :, chosen].all(axis=2) & teachable)[:, columns].sum() < LEAST_UNITS:
                continue
            lines = fit_lines(response[cells], values[cells][:, :, chosen], FLOOR_STANDARDISED)
            enough = lines.count >= LEAST_UNITS - 1
            given = np.where(here[:, columns, None], values[:, columns][:, :, chosen], 0.0)
            fitting = here[:, columns] & enough
            predicted[:, columns] = np.where(fitting, lines.expected(given), predicted[:, columns])
            strain[:, columns] = np.where(fitting, lines.strain(given), strain[:, columns])
        return predicted, strain

    def joined(self) -> tuple[Floats, Whole]:
        """The maximum of the signals: the smallest p-value over its weight, weights adding up to 1 over what ran."""
        values = np.stack([self.exceedance[name] for name in SIGNALS])
        weights = np.array([self.weights[name] for name in SIGNALS])[:, None, None]
        ran = np.isfinite(values)
        share = np.where(ran, weights, 0.0)
        total = share.sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            weighted = np.where(ran, values * total / share, np.inf)
        best = np.argmin(weighted, axis=0)
        smallest = np.minimum(weighted.min(axis=0), 1.0)
        anything = ran.any(axis=0)
        return np.where(anything, smallest, np.nan), np.where(anything, best, -1)

    def unit_exceedance(self) -> tuple[Floats, bool]:
        """How unusual the unit's mean residual against figures, or its own past, is among units; else NaN.

        And whether the items of a unit move together: their means scatter far more than separate items' would.
        """
        figures, record = self.residuals[MODEL], self.residuals[OWN_PAST]
        residuals = np.clip(np.where(np.isfinite(figures), figures, record), -3.0, 3.0)
        count = np.isfinite(residuals).sum(axis=1)
        means = np.where(count >= LEAST_UNITS, np.nansum(residuals, axis=1) / np.maximum(count, 1), np.nan)
        centre = middle(means[self.taught, None])[0]
        size = pooled_spread(means[self.taught, None] - centre, FLOOR_STANDARDISED)[0]
        standardised = (means - centre) / size
        # Means over many items are nearly Gaussian; what is uncertain is their spread, known from so many units.
        cautious = float(np.clip(np.isfinite(means[self.taught]).sum() / 3, 3, 30))
        tail = fit_tail(standardised[self.taught] * self.correction, cautious)
        known = self.taught & np.isfinite(means)
        apart = np.nanmean((residuals[known] - means[known, None]) ** 2) if known.any() else np.inf
        together = bool(size**2 * np.median(count[known]) > TOGETHER * apart) if known.any() else False
        return tail.exceedance(standardised[self.judged] / self.correction), together


def _informative(verified: Floats, claimed: Floats) -> Floats:
    """The verified points, unless they are nothing but the self-scores (accepted as they came: no news in them)."""
    both = np.isfinite(verified) & np.isfinite(claimed)
    differ = both & (np.abs(verified - claimed) > 1e-9)
    if both.any() and differ.sum() <= 0.01 * both.sum() and both.sum() >= 0.9 * np.isfinite(verified).sum():
        return np.full(verified.shape, np.nan)
    return verified


def _cut_off(residuals: Floats) -> Truth:
    """(m,): criteria whose residuals tell nothing about the upper tail of the others.

    Those cut off at their maximum, with a long lower tail, and those on which most units are exactly as expected
    (figures copied from the source): mixed with the others these would look like a heavy tail.
    None if hardly any criterion would be left to learn from.
    """
    below = quantile(np.where(residuals < 0, -residuals, np.nan), 0.8)
    above = quantile(np.where(residuals > 0, residuals, np.nan), 0.8)
    with np.errstate(invalid="ignore"):
        cut = (below > LOPSIDED * above) | (middle(np.abs(residuals)) < QUIET)
    left = np.isfinite(residuals[:, ~cut]).sum()
    if left < max(LEAST_LEFT * np.isfinite(residuals).sum(), 8):
        return np.zeros(cut.shape, dtype=bool)
    return np.asarray(cut)


def _mean(cycles: Floats) -> Floats:
    count = np.isfinite(cycles).sum(axis=0)
    return np.where(count > 0, np.nansum(cycles, axis=0) / np.maximum(count, 1), np.nan)


def _last(cycles: Floats) -> Floats:
    latest = np.full(cycles.shape[1:], np.nan)
    for cycle in cycles:
        latest = np.where(np.isfinite(cycle), cycle, latest)
    return latest


def _unrest(cycles: Floats, taught: Truth, patience: float) -> Floats:
    """How much more than usual a cell moved from cycle to cycle, (n, m), 1 for what is usual or unknown."""
    if cycles.shape[0] < 2:
        return np.ones(cycles.shape[1:])
    moves = np.diff(cycles, axis=0)
    count = np.isfinite(moves).sum(axis=0)
    squares = np.nansum(moves**2, axis=0)
    total = float(count[taught].sum())
    usual = float(squares[taught].sum()) / total if total else 0.0
    if usual <= 0.0:
        return np.ones(cycles.shape[1:])
    return np.asarray(np.sqrt(np.maximum((patience + squares / usual) / (patience + count), 0.5)))


def _mean_of_others(values: Floats) -> Floats:
    """Per cell the mean of its row's other cells; NaN where none is known."""
    known = np.isfinite(values)
    total, count = np.where(known, values, 0.0).sum(axis=1, keepdims=True), known.sum(axis=1, keepdims=True)
    others = count - known
    return np.where(others > 0, (total - np.where(known, values, 0.0)) / np.maximum(others, 1), np.nan)


def _weights(exceedance: dict[str, Floats]) -> dict[str, float]:
    """How much each signal is trusted to find something here: its small p-values beyond those of its mirror image.

    By the square, so that a signal that finds little where another finds much costs that one next to nothing.
    """
    yields = {}
    cells = max(int(np.isfinite(values).sum()) for values in exceedance.values())
    for name, values in exceedance.items():
        surplus = 0.0
        for level in (0.02, 0.01, 0.003, 0.001, 0.0003):
            high, low = float((values < level).sum()), float((values > 1.0 - level).sum())
            surplus = max(surplus, high - low - np.sqrt(high + low))
        yields[name] = (surplus + max(1.0, 0.001 * cells)) ** 2
    total = sum(yields.values())
    return {name: found / total for name, found in yields.items()}
