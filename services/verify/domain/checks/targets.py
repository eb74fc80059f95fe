"""TARGET_LOWERED: the target was made easier after the covenant."""

import numpy as np

from services.verify.domain.checks.check import Result, View
from services.verify.domain.cohort import Cohort
from services.verify.domain.findings import TARGET_LOWERED, Severity
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion


class TargetLoweredCheck:
    """Points use the registered target, so nothing is at stake; the reader should know."""

    code = TARGET_LOWERED
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants revised targets."""
        if np.isfinite(cohort.revised_target).any():
            return None
        return sentence("No revised targets were given.")

    def run(self, view: View) -> Result:
        """One finding per item whose revised target asks for less than the registered one."""
        cohort = view.cohort
        lower = np.array([isinstance(item, Criterion) and item.direction == "lower" for item in cohort.framework.items])
        with np.errstate(invalid="ignore"):
            easier = np.where(lower, cohort.revised_target > cohort.target, cohort.revised_target < cohort.target)
        return Result(
            tuple(
                view.finding(
                    self.code,
                    Severity.QUESTION,
                    row,
                    column,
                    sentence(
                        "The target went from %(registered)s to %(revised)s after registration; "
                        "the registered one counts.",
                        registered=float(cohort.target[row, column]),
                        revised=float(cohort.revised_target[row, column]),
                    ),
                    registered=float(cohort.target[row, column]),
                    revised=float(cohort.revised_target[row, column]),
                )
                for row, column in view.cells(easier)
            )
        )
