"""SOURCE_CONFLICT: the claimed value is outside the tolerance of the source that has the same figure."""

import numpy as np

from services.verify.screening.model import SOURCE_CONFLICT, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.judgement import ruled_suspicion
from shared.contracts.sentences import Sentence, sentence


class SourceConflictCheck:
    """One-sided: claiming more than the source is asked about, claiming less is noted."""

    code = SOURCE_CONFLICT
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants figures of a `same` source for the claims' own period."""
        if (cohort.same_index >= 0).any():
            return None
        return sentence("No source with the same figures was given for this period.")

    def run(self, view: View) -> Result:
        """One finding per item outside the tolerance."""
        agreed = view.agreement
        half_tick = 0.5 * 10.0**-view.cohort.framework.rounding
        with np.errstate(invalid="ignore"):
            # Where both figures earn the same points (both beyond a cap) there is nothing to ask about.
            asks = agreed.outside & agreed.over & ~(agreed.gap <= half_tick)
        suspicion = np.where(asks, ruled_suspicion(np.nan_to_num(agreed.gap), view.cohort.maximum), 0.0)
        findings = [
            self._finding(view, row, column, bool(asks[row, column])) for row, column in view.cells(agreed.outside)
        ]
        return Result(tuple(findings), suspicion, asks)

    def _finding(self, view: View, row: int, column: int, asks: bool) -> Finding:
        agreed, cohort, cell = view.agreement, view.cohort, (row, column)
        figures = cohort.figures[int(cohort.same_index[cell])]
        tolerance = float(agreed.tolerance[cell])
        difference = float(abs(agreed.difference[cell]))
        if not np.isfinite(difference):
            message = sentence(
                "The self-score is not what the figure of %(source)s gives, its tolerance of %(tolerance)s included.",
                source=figures.reference.id,
                tolerance=tolerance,
            )
        elif asks:
            message = sentence(
                "The claimed value %(value)s is %(difference)s off the figure of %(source)s, "
                "more than the tolerance of %(tolerance)s; please explain the difference.",
                value=float(cohort.value[cell]),
                difference=difference,
                source=figures.reference.id,
                tolerance=tolerance,
            )
        elif agreed.over[cell]:
            message = sentence(
                "The claimed value is %(difference)s off the figure of %(source)s, which changes no points.",
                difference=difference,
                source=figures.reference.id,
            )
        else:
            message = sentence(
                "The unit claims less than %(source)s has (by %(difference)s).",
                difference=difference,
                source=figures.reference.id,
            )
        return view.finding(
            self.code,
            Severity.CONFLICT if asks else Severity.NOTE,
            row,
            column,
            message,
            value=float(cohort.value[cell]),
            figure=float(cohort.same_value[cell]),
            tolerance=tolerance,
            gap=float(agreed.gap[cell]),
        )
