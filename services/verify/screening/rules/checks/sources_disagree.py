"""SOURCES_DISAGREE: two sources of the same figure differ beyond their tolerances."""

import numpy as np

from services.verify.screening.model import SOURCES_DISAGREE, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort, Figures
from services.verify.screening.rules.robust import Floats
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.standings import score_cohort

CONTESTED_SHARE = 0.05  # of the maximum: differences that move the points by less are noted only


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
        cohort = view.cohort
        findings: list[Finding] = []
        for number, figures in enumerate(cohort.figures):
            if figures.reference.relation != "same":
                continue
            used = cohort.same_value[:, figures.column]
            second = (cohort.same_index[:, figures.column] != number) & np.isfinite(figures.current) & np.isfinite(used)
            allowed = figures.reference.tolerance
            room = np.maximum(allowed.absolute, allowed.relative * np.abs(figures.current))
            differs = second & (np.abs(figures.current - used) > room * (1 + 1e-9) + 1e-12)
            if differs.any():
                moved = self._points(cohort, figures) - cohort.same_points[:, figures.column]
                findings += [
                    self._finding(view, int(row), figures, float(moved[row]))
                    for row in np.flatnonzero(differs & cohort.given[:, figures.column])
                ]
        return Result(tuple(findings))

    def _points(self, cohort: Cohort, figures: Figures) -> Floats:
        values = cohort.same_value.copy()
        values[:, figures.column] = figures.current
        return np.asarray(
            score_cohort(cohort.framework, cohort.units, cohort.clusters, values, cohort.target)[:, figures.column]
        )

    def _finding(self, view: View, row: int, figures: Figures, moved: float) -> Finding:
        cohort = view.cohort
        used = cohort.figures[int(cohort.same_index[row, figures.column])]
        contested = not abs(moved) <= CONTESTED_SHARE * float(cohort.maximum[row, figures.column])
        said = sentence(
            "%(first)s has %(one)s, %(second)s has %(other)s; the first one is used.",
            first=used.reference.id,
            one=float(cohort.same_value[row, figures.column]),
            second=figures.reference.id,
            other=float(figures.current[row]),
        )
        severity = Severity.QUESTION if contested else Severity.NOTE
        return view.finding(self.code, severity, row, figures.column, said, moved=moved)


def _same(cohort: Cohort) -> list[Figures]:
    return [
        figures
        for figures in cohort.figures
        if figures.reference.relation == "same" and np.isfinite(figures.current).any()
    ]
