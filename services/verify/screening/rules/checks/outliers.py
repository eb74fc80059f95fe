"""PEER_OUTLIER, MODEL_OUTLIER, HISTORY_OUTLIER, UNIT_INFLATION: what stands out once everything is compared."""

from abc import ABC, abstractmethod

import numpy as np

from services.verify.screening.model import (
    HISTORY_OUTLIER,
    MODEL_OUTLIER,
    PEER_OUTLIER,
    UNIT_INFLATION,
    Finding,
    Severity,
)
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.judgement import small_clusters
from services.verify.screening.rules.robust import Floats
from services.verify.screening.rules.signals import GAP, LEAST_UNITS, MODEL, OWN_PAST, PEERS, SIGNALS
from shared.contracts.sentences import Sentence, sentence

TELLING = 0.0025  # one signal alone makes a claim more likely too high than not (prior 5 %)
SUPPORTING = 0.05  # enough to be mentioned beside something that is already asked about


class _Outlier(ABC):
    """A finding where this signal is telling, or supports what is flagged anyway."""

    code: str
    compares = True
    signals: tuple[str, ...]

    @abstractmethod
    def applies(self, cohort: Cohort) -> Sentence | None:
        """None if it can run; else what is lacking."""

    @abstractmethod
    def said(self, expected: float) -> Sentence:
        """The sentence for the officer."""

    def run(self, view: View) -> Result:
        """One finding per item that is far above what this signal expects."""
        judgement = view.judgement
        width = judgement.signals.joined.shape[1]
        flagged, borne_out = judgement.flagged[:, :width], view.agreement.within[:, :width]
        findings: dict[tuple[int, int], Finding] = {}
        for name in self.signals:
            exceedance = judgement.signals.exceedance[name]
            strongest = judgement.signals.strongest == SIGNALS.index(name)
            with np.errstate(invalid="ignore"):
                telling = (exceedance < TELLING) & ~borne_out
                supports = flagged & ((exceedance < SUPPORTING) | (strongest & ~view.asks[:, :width]))
            expected = judgement.signals.expected[name] * view.cohort.maximum[:, :width]
            for row, column in view.cells(telling | supports):
                severity = Severity.QUESTION if flagged[row, column] else Severity.NOTE
                most = view.cohort.maximum[row, column]
                guess = float(np.clip(expected[row, column], 0.0, most))
                found = view.finding(
                    self.code,
                    severity,
                    row,
                    column,
                    self.said(guess),
                    exceedance=float(exceedance[row, column]),
                    expected=guess,
                )
                before = findings.get((row, column))
                if before is None or found.numbers["exceedance"] < before.numbers["exceedance"]:
                    findings[row, column] = found
        return Result(tuple(findings.values()))


class PeerOutlierCheck(_Outlier):
    """Among peers: the gap to the source, or the level against sources and the unit's other claims."""

    code = PEER_OUTLIER
    signals = (PEERS, GAP)

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants a cluster of five."""
        if not small_clusters(cohort).all():
            return None
        return sentence(
            "No cluster has %(least)s units or more, so nobody can be compared with peers.", least=LEAST_UNITS
        )

    def said(self, expected: float) -> Sentence:
        """The sentence for the officer."""
        return sentence("Compared with its peers about %(expected)s would be usual.", expected=round(expected, 2))


class ModelOutlierCheck(_Outlier):
    """Against everything known independently about the unit."""

    code = MODEL_OUTLIER
    signals = (MODEL,)

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants five units and independent figures or verified points."""
        if len(cohort.units) < LEAST_UNITS:
            return sentence("Fewer than %(least)s units: too few for a model.", least=LEAST_UNITS)
        if not cohort.figures and not np.isfinite(cohort.past_verified).any():
            return sentence("No independent figures were given.")
        return None

    def said(self, expected: float) -> Sentence:
        """The sentence for the officer."""
        return sentence(
            "What is known independently about the unit suggests about %(expected)s.", expected=round(expected, 2)
        )


class HistoryOutlierCheck(_Outlier):
    """Against the unit's own earlier rounds."""

    code = HISTORY_OUTLIER
    signals = (OWN_PAST,)

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants earlier rounds."""
        if np.isfinite(cohort.past_points).any() or np.isfinite(cohort.past_verified).any():
            return None
        return sentence("No earlier rounds were given.")

    def said(self, expected: float) -> Sentence:
        """The sentence for the officer."""
        return sentence("The unit's own earlier rounds suggest about %(expected)s.", expected=round(expected, 2))


class UnitInflationCheck:
    """The unit is high across the board, each item a little: named on those of its items that lie above the model."""

    code = UNIT_INFLATION
    compares = True

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants what the model wants."""
        return ModelOutlierCheck().applies(cohort)

    def run(self, view: View) -> Result:
        """One finding on the unit, and one on each of its items that lies clearly above what figures suggest."""
        judgement = view.judgement
        findings: list[Finding] = []
        with np.errstate(invalid="ignore"):
            above = judgement.signals.exceedance[MODEL] < 0.25
        shares = view.cohort.claimed_points[:, : above.shape[1]] / view.cohort.maximum[:, : above.shape[1]]
        excess = shares - judgement.signals.expected[MODEL]
        for row in np.flatnonzero(judgement.inflating).tolist():
            exceedance = float(judgement.signals.unit_exceedance[row])
            message = self._said(excess[row])
            findings.append(view.finding(self.code, Severity.QUESTION, row, None, message, exceedance=exceedance))
            findings += [
                view.finding(self.code, Severity.QUESTION, row, column, message, exceedance=exceedance)
                for column in np.flatnonzero(above[row] & view.cohort.given[row, : above.shape[1]]).tolist()
            ]
        return Result(tuple(findings))

    def _said(self, excess: Floats) -> Sentence:
        known = excess[np.isfinite(excess)]
        mean = float(np.mean(known)) if known.size else 0.0
        if mean <= 0.0:  # its own verified past told, not the figures
            return sentence("Over all criteria the unit's self-scores lie above what was verified before.")
        return sentence(
            "Over %(count)s criteria the unit's self-scores lie above what independent figures suggest, "
            "by %(share)s %% of the maximum on average.",
            count=int(known.size),
            share=round(100.0 * mean, 1),
        )
