"""EVERYONE_ABOVE_AVERAGE and ADDING_UP: claims that cannot all be true beside the national figure."""

from collections.abc import Iterator

import numpy as np
from scipy.special import bdtrc

from services.verify.screening.model import ADDING_UP, EVERYONE_ABOVE_AVERAGE, Finding, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.comparison import better_side
from services.verify.screening.rules.context import NationalFigure
from services.verify.screening.rules.robust import Floats
from services.verify.screening.rules.signals import LEAST_UNITS
from shared.contracts.sentences import Sentence, sentence

USUALLY_ABOVE = 2 / 3  # of the units may lie above a mean that a few large ones pull down
CHANCE = 0.01
TOO_MUCH = 1.02  # a sum may exceed the whole by rounding
MOST_PARTS = 2.5  # times the whole: provinces together claimed up to 1.9 times the growth of the country


class _National:
    """Looks at each criterion that has a national figure. Its finding is on the criterion, on no unit."""

    code: str
    compares = True

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Wants a national figure and five units."""
        if len(cohort.units) < LEAST_UNITS:
            return sentence("Too few units or criteria to see a pattern.")
        if cohort.context.national:
            return None
        return sentence("No national figures were given.")

    def _criteria(self, cohort: Cohort) -> Iterator[tuple[int, NationalFigure, Floats]]:
        for column, national in sorted(cohort.context.national.items()):
            values = cohort.value[:, column]
            values = values[np.isfinite(values)]
            if values.size >= LEAST_UNITS:
                yield column, national, values

    def _finding(self, cohort: Cohort, column: int, said: Sentence, **numbers: float) -> Finding:
        return Finding(self.code, Severity.NOTE, "", "", cohort.framework.items[column].code, said, numbers)


class EveryoneAboveAverageCheck(_National):
    """Nearly all units claim to do better than the country of which they are the parts (61 of 63 in 2011)."""

    code = EVERYONE_ABOVE_AVERAGE

    def run(self, view: View) -> Result:
        """One finding per criterion on which more units lie above the national figure than a mean allows."""
        findings = []
        for column, national, values in self._criteria(view.cohort):
            if _is_total(view.cohort, column, national, values):
                continue
            side = better_side(view.cohort.framework.items[column])
            above = int((side * (values - national.value) > 0).sum())
            if above and float(bdtrc(above - 1, values.size, USUALLY_ABOVE)) < CHANCE:
                message = sentence(
                    "%(above)s of %(count)s units claim to be better than the national figure of %(source)s "
                    "(%(figure)s).",
                    above=above,
                    count=int(values.size),
                    source=national.reference.id,
                    figure=national.value,
                )
                findings.append(self._finding(view.cohort, column, message, above=above, figure=national.value))
        return Result(tuple(findings))


class AddingUpCheck(_National):
    """The units' amounts add up to more than the country has."""

    code = ADDING_UP

    def run(self, view: View) -> Result:
        """One finding per criterion of amounts whose claims exceed the national total."""
        findings = []
        for column, national, values in self._criteria(view.cohort):
            total = float(np.sort(values).sum())
            if not _is_total(view.cohort, column, national, values) or total <= TOO_MUCH * national.value:
                continue
            message = sentence(
                "The units' claims add up to %(total)s; the national total of %(source)s is %(figure)s.",
                total=round(total, 2),
                source=national.reference.id,
                figure=national.value,
            )
            findings.append(self._finding(view.cohort, column, message, total=total, figure=national.value))
        return Result(tuple(findings))


def _is_total(cohort: Cohort, column: int, national: NationalFigure, claimed: Floats) -> bool:
    """Whether the national figure is the sum of its parts: no share or rate, and near the sum of the units' figures.

    Five units or more of which it were the mean would add up to five times as much.
    """
    unit = str(getattr(cohort.framework.items[column], "unit", ""))
    if "%" in unit or "‰" in unit or "/" in unit or national.value <= 0:
        return False
    known = cohort.same_value[:, column]
    parts = known[np.isfinite(known)] if np.isfinite(known).sum() >= LEAST_UNITS else claimed
    return bool((parts >= 0).all() and np.sort(parts).sum() <= MOST_PARTS * national.value)
