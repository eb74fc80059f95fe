"""What an officer reads about an item: the facts first, then what each check says, then what could not be compared."""

from typing import TYPE_CHECKING

import numpy as np

from services.verify.domain.findings import Severity
from services.verify.domain.items import Basis
from services.verify.domain.signals import LEAST_UNITS
from shared.contracts.sentences import Sentence, sentence
from shared.criteria.model import Criterion

if TYPE_CHECKING:
    from services.verify.domain.screening import Screening

TELL_SHARE = 0.5  # a gap smaller than that of half the units is not worth a comparison


class Explainer:
    """Explains the items of one screening."""

    def __init__(self, screening: "Screening") -> None:
        self.screening = screening
        self.cohort = screening.cohort
        small = screening.judgement.small_cluster if screening.judgement is not None else None
        self.small = small if small is not None else np.zeros(len(self.cohort.units), dtype=bool)
        self.too_small = sentence(
            "The cluster has fewer than %(least)s units, so there is no comparison with its peers.", least=LEAST_UNITS
        )

    def explain(self, row: int, column: int) -> tuple[Sentence, ...]:
        """The sentences on one item."""
        said = [self._facts(row, column)]
        own = self.screening.findings.get((row, column), ())
        of_unit = self.screening.unit_findings.get(row, ())
        named = {finding.code for finding in own}
        said += [finding.sentence for finding in own]
        # What is said of the unit as a whole is told beside what is asked about, and always if a check broke.
        said += [
            finding.sentence
            for finding in of_unit
            if finding.severity is Severity.INCONCLUSIVE
            or (finding.code not in named and bool(self.screening.flagged[row, column]))
        ]
        if self.small[row]:
            said.append(self.too_small)
        return tuple(each for number, each in enumerate(said) if each not in said[:number])

    def _facts(self, row: int, column: int) -> Sentence:
        cohort, cell = self.cohort, (row, column)
        points, value = float(cohort.claimed_points[cell]), float(cohort.value[cell])
        if not np.isfinite(points):
            if np.isfinite(value):
                return sentence("Claimed: %(value)s; no points can be worked out for it.", value=value)
            return sentence("Nothing is claimed here.")
        params: dict[str, object] = {"points": points, "maximum": float(cohort.maximum[cell])}
        basis = int(self.screening.basis[cell])
        if basis == Basis.NOTHING:
            return Sentence(
                "Self-score %(points)s of %(maximum)s; there is no independent figure to compare it with.", params
            )
        params["independent"] = float(self.screening.independent_points[cell])
        share = float(self.screening.share_below[cell])
        compared = share >= TELL_SHARE and float(self.screening.gap[cell]) > 0
        if compared:
            params["share"] = min(int(100 * share), 99)
        if basis == Basis.RELATED:
            params["source"] = self._related(column)
            if compared:
                return Sentence(
                    "Self-score %(points)s of %(maximum)s; the rating of %(source)s corresponds to about "
                    "%(independent)s; the difference is larger than at %(share)s %% of the units.",
                    params,
                )
            return Sentence(
                "Self-score %(points)s of %(maximum)s; the rating of %(source)s corresponds to about %(independent)s.",
                params,
            )
        if basis == Basis.OLDER:
            figures = cohort.figures[int(cohort.older_index[cell])]
            params |= {
                "source": figures.reference.id,
                "figure": self._figure(float(cohort.older_value[cell]), column),
                "period": cohort.periods[int(figures.older_period[row])],
            }
            return Sentence(
                "Self-score %(points)s of %(maximum)s; %(source)s has no figure for this period yet, "
                "that of %(period)s (%(figure)s) would give %(independent)s.",
                params,
            )
        figures = cohort.figures[int(cohort.same_index[cell])]
        params |= {"source": figures.reference.id, "figure": self._figure(float(cohort.same_value[cell]), column)}
        if compared:
            return Sentence(
                "Self-score %(points)s of %(maximum)s; %(source)s has %(figure)s, which gives %(independent)s; "
                "the difference is larger than at %(share)s %% of the units.",
                params,
            )
        return Sentence(
            "Self-score %(points)s of %(maximum)s; %(source)s has %(figure)s, which gives %(independent)s.", params
        )

    def _figure(self, figure: float, column: int) -> Sentence:
        item = self.cohort.framework.items[column]
        unit = item.unit if isinstance(item, Criterion) else ""
        if not unit:
            return Sentence("%(figure)s", {"figure": figure})
        return Sentence("%(figure)s %(unit)s", {"figure": figure, "unit": unit})

    def _related(self, column: int) -> str:
        item = self.cohort.framework.items[column]
        names = [source.id for source in getattr(item, "sources", ()) if source.relation == "related"]
        return ", ".join(dict.fromkeys(names))
