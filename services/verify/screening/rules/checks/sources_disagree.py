"""SOURCES_DISAGREE: two sources of the same figure differ beyond their tolerances."""

import numpy as np

from services.verify.screening.model import SOURCES_DISAGREE, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort, Figures
from services.verify.screening.rules.comparison import Dispute, disputes
from shared.contracts.sentences import Sentence, sentence


class SourcesDisagreeCheck:
    """Precedence picks the figure that is used; the item is contested only where that changes the points enough."""

    code = SOURCES_DISAGREE
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants two `same` sources for some criterion."""
        columns = [figures.column for figures in _same(cohort)]
        if len(columns) > len(set(columns)):
            return None
        return sentence("No criterion has two sources with the same figure.")

    def run(self, view: View) -> Result:
        """One finding per item on which a source of lower precedence differs from the one that is used."""
        given = view.cohort.given
        findings = [
            self._finding(view, int(row), dispute)
            for dispute in disputes(view.cohort)
            for row in np.flatnonzero(dispute.differs & given[:, dispute.figures.column])
        ]
        return Result(tuple(findings))

    def _finding(self, view: View, row: int, dispute: Dispute) -> Finding:
        cohort, figures, moved = view.cohort, dispute.figures, float(dispute.moved[row])
        used = cohort.figures[int(cohort.same_index[row, figures.column])]
        message = sentence(
            "%(first)s has %(one)s, %(second)s has %(other)s; the first one is used.",
            first=used.reference.id,
            one=float(cohort.same_value[row, figures.column]),
            second=figures.reference.id,
            other=float(figures.current[row]),
        )
        # Where no rule says what the other figure would change, a person is asked.
        asked = bool(dispute.contested[row]) or np.isnan(moved)
        severity = Severity.QUESTION if asked else Severity.NOTE
        return view.finding(self.code, severity, row, figures.column, message, moved=moved)


def _same(cohort: Cohort) -> list[Figures]:
    return [
        figures
        for figures in cohort.figures
        if figures.reference.relation == "same" and np.isfinite(figures.current).any()
    ]
