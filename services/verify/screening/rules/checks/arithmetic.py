"""ARITHMETIC: the self-score is not what the rule gives for the claimed value."""

import numpy as np

from services.verify.screening.model import ARITHMETIC, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.judgement import ruled_suspicion
from shared.contracts.sentences import Sentence, sentence


class ArithmeticCheck:
    """Leaves room for rounding; where the rule looks at the other units too, it only notes a difference."""

    code = ARITHMETIC
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants a self-score beside a value, or a self-score outside what can be earned."""
        if np.isfinite(cohort.self_points).any() or np.isfinite(cohort.value).any():
            return None
        return sentence("No values and no self-scores were given.")

    def run(self, view: View) -> Result:
        """One finding per item whose self-score cannot be explained, or whose value the rule cannot score."""
        found = view.arithmetic
        maximum = view.cohort.maximum
        too_high = (found.excess > 0) & found.own
        above = found.beyond & (view.cohort.self_points > 0)
        asks = too_high | above
        excess = np.where(above, view.cohort.self_points - np.fmin(maximum, np.fmax(found.ruled, 0.0)), found.excess)
        findings = [
            self._finding(view, row, column, bool(asks[row, column]))
            for row, column in view.cells((found.excess != 0) | found.beyond | found.unscorable)
        ]
        suspicion = np.where(asks, ruled_suspicion(np.nan_to_num(excess), maximum), 0.0)
        return Result(tuple(findings), suspicion, asks)

    def _finding(self, view: View, row: int, column: int, asks: bool) -> Finding:
        found, cohort = view.arithmetic, view.cohort
        cell = row, column
        numbers = {
            "value": cohort.value[cell],
            "self_points": cohort.self_points[cell],
            "ruled_points": found.ruled[cell],
        }
        severity = Severity.CONFLICT if asks else Severity.NOTE
        if found.beyond[cell]:
            message = sentence("The self-score lies outside what this item can earn.")
        elif found.excess[cell] and not found.own[cell]:
            message = sentence(
                "With the other units' values the rule gives %(ruled)s for the claimed value.",
                ruled=float(found.ruled[cell]),
            )
        elif found.excess[cell]:
            message = sentence(
                "For the claimed value %(value)s the rule gives %(ruled)s points; please explain the difference.",
                value=float(cohort.value[cell]),
                ruled=float(found.ruled[cell]),
            )
        else:
            message = sentence(
                "The value %(value)s lies outside the range of its rule.", value=float(cohort.value[cell])
            )
        return view.finding(self.code, severity, row, column, message, **numbers)
