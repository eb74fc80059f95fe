"""What suspicion has meant so far: earlier claims, screened as they would have been then, beside what was verified.

A claim counts as adjusted where the verified points were lower by more than a twentieth of the maximum. Each of the
last cycles is screened with nothing but what came before it; a logistic regression (scikit-learn; Platt 1999) then says
how often claims of that evidence, and of units with that record, were adjusted. It is refused, with its reason, on
few verdicts, on verdicts that hardly ever differ from the claims, and where they do not follow the evidence.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from services.verify.screening.rules.robust import Floats, Truth
from services.verify.screening.rules.signals import LEAST_UNITS, Inputs, Signals, find_signals
from services.verify.screening.rules.tails import PRIOR
from shared.contracts.sentences import Sentence, sentence

ADJUSTED = 0.05  # of the maximum: what moves less is corrected without a word
LEAST_VERDICTS = 50  # of either kind: ten for each thing that is learned
LEAST_SHARE = 0.01  # of the verdicts must differ from the claims; else they only repeat them
MOST_CYCLES = 4  # cycles to learn from
REMEMBERED = 8  # cycles after which a record lapses
MOST_UNITS = 1000
FARTHEST = 6.0  # standard deviations beyond which evidence is no stronger
OPENING = 4.0  # verdicts after which a unit's own record weighs as much as everybody's


@dataclass(frozen=True)
class Calibration:
    """How often claims of given evidence were adjusted. `slopes` belong to `_evidence`; none is negative."""

    intercept: float
    slopes: tuple[float, ...]
    verdicts: int
    adjusted: int
    cycles: int

    @property
    def share(self) -> float:
        """The share of adjusted claims among the verdicts."""
        return self.adjusted / self.verdicts

    def suspicion(self, inputs: Inputs, signals: Signals) -> Floats:
        """The chance (0-1) that a claim would be adjusted, (n, m); NaN where there is no claim."""
        verdicts = verdicts_of(inputs.past_claimed, inputs.past_verified)
        evidence = _evidence(signals, verdicts, inputs.claimed.shape)
        odds = self.intercept + evidence @ np.array(self.slopes)
        return np.where(np.isfinite(inputs.claimed), 1.0 / (1.0 + np.exp(-odds)), np.nan)


def verdicts_of(claimed: Floats, verified: Floats) -> Floats:
    """1 where a claim was adjusted, 0 where it stood, NaN where nobody knows. Any shape."""
    known = np.isfinite(claimed) & np.isfinite(verified)
    with np.errstate(invalid="ignore"):
        return np.where(known, (claimed - verified > ADJUSTED).astype(np.float64), np.nan)


def calibrate(inputs: Inputs) -> Calibration | Sentence:
    """Learns from the past cycles; a sentence says why not, where that cannot be done honestly."""
    inputs = _some(inputs)
    verdicts = verdicts_of(inputs.past_claimed, inputs.past_verified)
    # The first cycle has nothing before it to be judged by.
    cycles = [cycle for cycle in range(1, verdicts.shape[0]) if np.isfinite(verdicts[cycle]).any()][-MOST_CYCLES:]
    given = verdicts[cycles]
    count, adjusted = int(np.isfinite(given).sum()), int(np.nansum(given))
    if not count:
        return sentence("There are no earlier verdicts to learn from.")
    if inputs.claimed.shape[0] < LEAST_UNITS or min(adjusted, count - adjusted) < LEAST_VERDICTS:
        if adjusted < LEAST_SHARE * count:
            return sentence("Earlier verdicts hardly ever differ from the claims, so nothing can be learned from them.")
        return sentence(
            "There are too few earlier verdicts to learn from (%(adjusted)s adjusted, %(stood)s not; "
            "%(least)s of each are needed).",
            adjusted=adjusted,
            stood=count - adjusted,
            least=LEAST_VERDICTS,
        )
    if adjusted < LEAST_SHARE * count:
        return sentence("Earlier verdicts hardly ever differ from the claims, so nothing can be learned from them.")
    rows, answers = [], []
    for cycle in cycles:
        then = _as_of(inputs, cycle)
        evidence = _evidence(find_signals(then), verdicts[:cycle], then.claimed.shape)
        known = np.isfinite(verdicts[cycle])
        rows.append(evidence[known])
        answers.append(verdicts[cycle][known])
    intercept, slopes = _fit(np.concatenate(rows), np.concatenate(answers))
    if slopes[0] <= 0.0:
        return sentence("Earlier verdicts do not follow the evidence, so nothing is learned from them.")
    return Calibration(intercept, slopes, count, adjusted, len(cycles))


def meaning(learned: Calibration | Sentence) -> tuple[Sentence, ...]:
    """What suspicion rests on, for the reader."""
    if isinstance(learned, Calibration):
        return (
            sentence(
                "Suspicion is calibrated on %(verdicts)s verdicts of %(cycles)s earlier cycles, "
                "of which %(share)s %% were adjusted.",
                verdicts=learned.verdicts,
                cycles=learned.cycles,
                share=round(100 * learned.share, 1),
            ),
        )
    declared = sentence(
        "Suspicion is uncalibrated: it starts from a declared prior of %(prior)s %%.", prior=round(100 * PRIOR, 1)
    )
    return declared, learned


def _some(inputs: Inputs) -> Inputs:
    """Of very many units, every n-th teaches as well as all of them."""
    stride = -(-inputs.claimed.shape[0] // MOST_UNITS)
    if stride <= 1:
        return inputs
    rows = inputs.deal % stride == 0
    return Inputs(
        claimed=inputs.claimed[rows],
        past_claimed=inputs.past_claimed[:, rows],
        past_verified=inputs.past_verified[:, rows],
        same=inputs.same[rows],
        rated=inputs.rated[rows],
        older=inputs.older[rows],
        peers=inputs.peers[rows],
        deal=inputs.deal[rows] // stride,
    )


def _as_of(inputs: Inputs, cycle: int) -> Inputs:
    """What was known when that cycle's claims came in; its independent figures are not in the history."""
    unknown = np.full(inputs.claimed.shape, np.nan)
    return replace(
        inputs,
        claimed=inputs.past_claimed[cycle],
        past_claimed=inputs.past_claimed[:cycle],
        past_verified=inputs.past_verified[:cycle],
        same=unknown,
        rated=unknown,
        older=unknown,
    )


def _evidence(signals: Signals, verdicts: Floats, shape: tuple[int, ...]) -> Floats:
    """(n, m, 4): how far the claim stands out, how far its unit does, whether the item and its unit were adjusted."""
    recent = verdicts[-REMEMBERED:]
    known = np.isfinite(recent)
    usual = float(np.nansum(recent) / known.sum()) if known.any() else 0.0
    last = np.full(shape, np.nan)
    for cycle in recent:
        last = np.where(np.isfinite(cycle), cycle, last)
    count, adjusted = known.sum(axis=(0, 2)), np.nansum(recent, axis=(0, 2))
    record = (adjusted + OPENING * usual) / (count + OPENING)
    return np.stack(
        [
            _deviations(signals.joined),
            np.broadcast_to(_deviations(signals.unit_exceedance)[:, None], shape),
            np.where(np.isfinite(last), last, usual),
            np.broadcast_to(record[:, None], shape),
        ],
        axis=2,
    )


def _deviations(exceedance: Floats) -> Floats:
    """A p-value as Gaussian standard deviations, 0 where there is none."""
    tiny = 1e-12
    far = np.clip(-ndtri(np.clip(exceedance, tiny, 1 - tiny)), -FARTHEST / 2, FARTHEST)
    return np.asarray(np.nan_to_num(far, nan=0.0))


def _fit(evidence: Floats, answers: Floats) -> tuple[float, tuple[float, ...]]:
    """Intercept and slopes. A slope that would be negative is left out: more evidence never means less suspicion."""
    # Late, because it costs seconds and a hundred megabytes that only a history with verdicts needs.
    from sklearn.linear_model import LogisticRegression

    used: Truth = np.ones(evidence.shape[1], dtype=bool)
    while True:
        fitted = LogisticRegression(max_iter=1000).fit(evidence[:, used], answers)
        slopes = np.zeros(used.size)
        slopes[used] = fitted.coef_[0]
        if slopes[0] <= 0.0 or (slopes >= 0.0).all():
            return float(fitted.intercept_[0]), tuple(float(slope) for slope in slopes)
        used = used & (slopes > 0.0)
