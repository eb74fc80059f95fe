"""Joins rules and signals into one suspicion per item, and says which items to flag."""

from collections import Counter
from dataclasses import dataclass

import numpy as np

from services.verify.screening.rules.calibration import Calibration, calibrate
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import Agreement
from services.verify.screening.rules.robust import Floats, Truth
from services.verify.screening.rules.signals import LEAST_UNITS, Inputs, Signals, dealt, find_signals
from services.verify.screening.rules.tails import PRIOR, discoveries, likely, suspicion
from shared.contracts.sentences import Sentence
from shared.criteria.model import Binary

FALSE_DISCOVERIES = 0.10  # of the statistical flags, on average, may turn out to be honest
UNIT_PRIOR = 0.02  # declared: the share of units that claim too much across the board
UNIT_SHARE = 0.5  # … and the share of such a unit's items that is then too high
UNIT_MATTERS = 0.01  # a unit's level that chance brings about more often tells only where items move together
UNIT_DISCOVERIES = 0.05
UNIT_WEIGHT = 5.0  # how much easier an item of such a unit is flagged; paid for by all other items
BORNE_OUT = 0.01  # declared: the share of claims that are adjusted although their source bears them out
RULED = 0.5  # suspicion of a claim that a public rule already questions, however small the difference


@dataclass(frozen=True)
class Judgement:
    """Suspicion (n, k) 0-1, flags, and what they rest on. `signals` cover the criteria only: (n, m)."""

    signals: Signals
    suspicion: Floats
    flagged: Truth
    inflating: Truth  # (n,) units found high across the board
    small_cluster: Truth  # (n,) units whose cluster has too few units for a comparison among peers
    tested: int  # items on which a statistical signal was tested
    discovered: int  # statistical flags
    expected_false: float  # how many of those may be honest
    calibration: Calibration | Sentence  # what earlier verdicts taught, or why they could not


def judge(cohort: Cohort, agreed: Agreement, ruled: Floats, asks: Truth) -> Judgement:
    """`ruled` (n, k): suspicion by public rules (0 where none); `asks`: what they ask about. Other claims by signals.

    A claim that its `same` source bears out is not suspected, whatever a comparison says: the seeing signal decides.
    """
    small = small_clusters(cohort)
    inputs = inputs_of(cohort, small)
    signals, calibration = find_signals(inputs), calibrate(inputs)
    width = signals.joined.shape[1]
    inflating = discoveries(signals.unit_exceedance, UNIT_DISCOVERIES)
    claimed = np.isfinite(cohort.claimed_points) | np.isfinite(cohort.value)
    doubt = np.where(claimed, PRIOR, 0.0)
    if isinstance(calibration, Calibration):
        doubt = np.where(claimed, calibration.share, 0.0)
        judged = calibration.suspicion(inputs, signals)
    else:
        prior = PRIOR + (UNIT_SHARE - PRIOR) * _unit_chance(signals)
        judged = suspicion(signals.joined, prior[:, None])
    found = np.isfinite(signals.joined)
    doubt[:, :width] = np.where(found, judged, doubt[:, :width])
    doubt = np.where(agreed.known, np.minimum(doubt, BORNE_OUT), doubt)
    tested = found & ~agreed.known[:, :width]
    flagged = np.zeros(cohort.shape, dtype=bool)
    if isinstance(calibration, Calibration):
        flagged[:, :width] = likely(np.where(tested, judged, np.nan), FALSE_DISCOVERIES)
        expected_false = float((1.0 - doubt[flagged]).sum())
    else:
        flagged[:, :width] = _discovered(np.where(tested, signals.joined, np.nan), inflating)
        expected_false = FALSE_DISCOVERIES * float(flagged.sum())
    return Judgement(
        signals=signals,
        suspicion=np.maximum(doubt, ruled),
        flagged=flagged | asks,
        inflating=inflating,
        small_cluster=small,
        tested=int(tested.sum()),
        discovered=int(flagged.sum()),
        expected_false=expected_false,
        calibration=calibration,
    )


def _discovered(tested: Floats, inflating: Truth) -> Truth:
    """Flags on the p-values (n, m); those of units high across the board weigh more, all others a little less."""
    known = np.isfinite(tested)
    weights = np.where(inflating[:, None] & known, UNIT_WEIGHT, 1.0)
    if known.any():
        weights = weights / weights[known].mean()
    return discoveries(np.minimum(tested / weights, 1.0), FALSE_DISCOVERIES)


def ruled_suspicion(gap: Floats, maximum: Floats) -> Floats:
    """Suspicion of a claim outside a public rule by `gap` points: from one half, rising with the points at stake."""
    return RULED + (1.0 - RULED) * (1.0 - np.exp(-5.0 * np.maximum(gap, 0.0) / maximum))


def small_clusters(cohort: Cohort) -> Truth:
    """(n,): units whose cluster has fewer than five, so that peers say nothing."""
    sizes = Counter(cohort.clusters)
    return np.array([sizes[cluster] < LEAST_UNITS for cluster in cohort.clusters], dtype=bool)


def inputs_of(cohort: Cohort, small: Truth) -> Inputs:
    """What the signals look at: criteria with graded points, as shares of their maxima."""
    width = len(cohort.framework.criteria)
    maximum = cohort.maximum[:, :width]
    graded = np.array(
        [item.kind != "binary" and not isinstance(item.rule, Binary) for item in cohort.framework.criteria]
    )

    def share(points: Floats) -> Floats:
        return np.where(graded, points[..., :width] / maximum, np.nan)

    claimed = share(cohort.claimed_points)
    with np.errstate(invalid="ignore"):
        nothing = (claimed <= 0).sum(axis=0) > 0.5 * np.isfinite(claimed).sum(axis=0)
    # Where most units rightly claim nothing, whoever has something to show is no outlier among peers.
    peers = ~small[:, None] & ~nothing[None, :]
    return Inputs(
        claimed=claimed,
        past_claimed=share(cohort.past_points),
        past_verified=share(cohort.past_verified),
        same=share(cohort.same_points),
        rated=cohort.rated[:, :width],
        older=share(cohort.older_points),
        peers=np.broadcast_to(peers, claimed.shape),
        deal=dealt(cohort.units, cohort.clusters),
    )


def _unit_chance(signals: Signals) -> Floats:
    """(n,): the chance that a unit claims too much across the board."""
    exceedance = signals.unit_exceedance
    with np.errstate(invalid="ignore"):
        telling = (exceedance < UNIT_MATTERS) | (signals.together & np.isfinite(exceedance))
    return np.where(telling, suspicion(exceedance, UNIT_PRIOR), 0.0)
