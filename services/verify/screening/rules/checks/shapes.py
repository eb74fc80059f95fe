"""ALL_MAX and LOW_DISCRIMINATION: shapes of a whole unit or a whole criterion."""

import numpy as np

from services.verify.screening.model import ALL_MAX, LOW_DISCRIMINATION, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.judgement import inputs_of, small_clusters
from services.verify.screening.rules.signals import LEAST_UNITS
from shared.contracts.sentences import Sentence, sentence

AT_MAXIMUM = 0.99
NEARLY_ALL = 0.9
TYPICAL = 0.6  # where most units are at the maximum almost everywhere, one more of them is no news
SAME_POINTS = 0.9


class AllMaxCheck:
    """A unit that gives itself the maximum nearly everywhere, while others do not."""

    code = ALL_MAX
    compares = True

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants five units and five criteria."""
        if len(cohort.units) >= LEAST_UNITS and len(cohort.framework.criteria) >= 5:
            return None
        return sentence("Too few units or criteria to see a pattern.")

    def run(self, view: View) -> Result:
        """One finding per such unit, and a note on each of its items at the maximum."""
        shares = inputs_of(view.cohort, small_clusters(view.cohort)).claimed
        count = np.isfinite(shares).sum(axis=1)
        with np.errstate(invalid="ignore"):
            at_maximum = shares >= AT_MAXIMUM
        full = at_maximum.sum(axis=1) / np.maximum(count, 1)
        if float(np.median(full)) > TYPICAL:
            return Result()
        findings: list[Finding] = []
        for row in np.flatnonzero((full >= NEARLY_ALL) & (count >= 5)).tolist():
            share = float(full[row])
            message = sentence(
                "The unit gives itself the maximum on %(share)s %% of its items.", share=round(100.0 * share, 1)
            )
            findings.append(view.finding(self.code, Severity.QUESTION, row, None, message, share=share))
            findings += [
                view.finding(self.code, Severity.NOTE, row, column, message, share=share)
                for column in np.flatnonzero(at_maximum[row]).tolist()
            ]
        return Result(tuple(findings))


class LowDiscriminationCheck:
    """A criterion on which nearly all units claim the same points tells nobody apart."""

    code = LOW_DISCRIMINATION
    compares = True

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants five units."""
        if len(cohort.units) >= LEAST_UNITS:
            return None
        return sentence("Too few units or criteria to see a pattern.")

    def run(self, view: View) -> Result:
        """One finding per criterion, on no unit."""
        findings: list[Finding] = []
        for column, criterion in enumerate(view.cohort.framework.criteria):
            points = view.cohort.claimed_points[:, column]
            points = np.round(points[np.isfinite(points)], view.cohort.framework.rounding)
            if points.size < LEAST_UNITS:
                continue
            share = float(np.unique(points, return_counts=True)[1].max() / points.size)
            if share >= SAME_POINTS:
                message = sentence(
                    "%(share)s %% of the units claim the same points, so this criterion tells nobody apart.",
                    share=round(100.0 * share, 1),
                )
                findings.append(Finding(self.code, Severity.NOTE, "", "", criterion.code, message, {"share": share}))
        return Result(tuple(findings))
