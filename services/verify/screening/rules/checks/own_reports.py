"""INCONSISTENT_REPORTS: the unit wrote another figure in another report of its own."""

import numpy as np

from services.verify.screening.model import INCONSISTENT_REPORTS, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import better_side, written_half
from services.verify.screening.rules.judgement import ruled_suspicion
from shared.contracts.sentences import Sentence, sentence


class InconsistentReportsCheck:
    """Compares claimed values with sources of the kind `own_report`, within the tolerance of the criterion's source.

    Without one, within what rounding explains. Either way one of the two figures is wrong and somebody should answer;
    only a claim that is the better one is flagged.
    """

    code = INCONSISTENT_REPORTS
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants another report of the units themselves."""
        if cohort.context.own_reports:
            return None
        return sentence("No other report of the units themselves was given.")

    def run(self, view: View) -> Result:
        """One finding per item whose figure differs from the unit's own report."""
        cohort = view.cohort
        findings: list[Finding] = []
        asks = np.zeros(cohort.shape, dtype=bool)
        for (row, column), reports in cohort.context.own_reports.items():
            value = float(cohort.value[row, column])
            for report in reports:
                rounding = float(written_half(np.array([value])).sum() + written_half(np.array([report.value])).sum())
                allowed = rounding if report.reference is None else report.reference.tolerance.around(report.value)
                if not abs(value - report.value) > allowed * (1 + 1e-9) + 1e-12:
                    continue
                side = better_side(cohort.framework.items[column])
                asks[row, column] = cohort.given[row, column] and side * (value - report.value) > 0
                message = sentence(
                    "Claimed here: %(value)s; the unit's own report (%(source)s) has %(reported)s for the same period. "
                    "Which one is right?",
                    value=value,
                    source=report.source,
                    reported=report.value,
                )
                findings.append(
                    view.finding(
                        self.code,
                        Severity.QUESTION,
                        row,
                        column,
                        message,
                        value=value,
                        reported=report.value,
                        tolerance=allowed,
                    )
                )
                break
        return Result(tuple(findings), np.where(asks, ruled_suspicion(np.zeros(1), cohort.maximum), 0.0), asks)
