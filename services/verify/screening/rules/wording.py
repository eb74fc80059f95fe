"""What an officer reads about an item: the facts first, then what each check says, then what could not be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from services.verify.screening.model import Finding, Severity
from services.verify.screening.rules.cohort import Cohort
from services.verify.screening.rules.columns import Basis
from services.verify.screening.rules.judgement import Judgement
from services.verify.screening.rules.signals import LEAST_UNITS
from shared.contracts.sentences import Sentence, catalogue, sentence, shown_number
from shared.criteria.model import Criterion, Item

TELL_SHARE = 0.5  # a gap smaller than that of half the units is not worth a comparison


def spoken(said: Sequence[Sentence], language: str) -> str:
    """Sentences as one text in `vi` or `en`: what `Sentence.in_language` says, fast enough for millions of items."""
    return " ".join([_spoken(each, language) for each in said])


def _spoken(said: Sentence, language: str) -> str:
    template = _template(said.text, language)
    if not said.params:
        return template.replace("%%", "%")
    shown: dict[str, object] = {}
    for name, value in said.params.items():
        if isinstance(value, float):
            shown[name] = _number(value, language)
        else:
            shown[name] = _spoken(value, language) if isinstance(value, Sentence) else value
    return template % shown


@cache
def _template(text: str, language: str) -> str:
    return catalogue(language).gettext(text)


@lru_cache(maxsize=1 << 17)
def _number(value: float, language: str) -> str:
    return shown_number(value, language)


@dataclass(frozen=True, slots=True)
class Facts:
    """The figures of one item; NaN where unknown. `share_below`: of the other units, those with a smaller gap."""

    row: int
    column: int
    points: float
    value: float
    maximum: float
    independent: float
    gap: float
    share_below: float
    basis: int
    flagged: bool


class Explainer:
    """Explains the items of one screening: by cell what was found, by row what was found of the unit as a whole."""

    def __init__(
        self,
        cohort: Cohort,
        judgement: Judgement | None,
        findings: Mapping[tuple[int, int], Sequence[Finding]],
        unit_findings: Mapping[int, Sequence[Finding]],
    ) -> None:
        self.cohort = cohort
        self.findings = findings
        self.unit_findings = unit_findings
        small = judgement.small_cluster if judgement is not None else None
        self.small = small.tolist() if small is not None else [False] * len(self.cohort.units)
        self.related = [_related(item) for item in self.cohort.framework.items]
        self.too_small = sentence(
            "The cluster has fewer than %(least)s units, so there is no comparison with its peers.", least=LEAST_UNITS
        )

    def explain(self, facts: Facts) -> tuple[Sentence, ...]:
        """The sentences on one item."""
        sentences = [self._facts(facts)]
        own = self.findings.get((facts.row, facts.column), ())
        of_unit = self.unit_findings.get(facts.row, ())
        if not own and not of_unit:
            return (sentences[0], self.too_small) if self.small[facts.row] else (sentences[0],)
        named = {finding.code for finding in own}
        sentences += [finding.sentence for finding in own]
        # What is said of the unit as a whole is said beside what is asked about, and always if a check broke.
        sentences += [
            finding.sentence
            for finding in of_unit
            if finding.severity is Severity.INCONCLUSIVE or (finding.code not in named and facts.flagged)
        ]
        if self.small[facts.row]:
            sentences.append(self.too_small)
        return tuple(each for number, each in enumerate(sentences) if each not in sentences[:number])

    def _facts(self, facts: Facts) -> Sentence:
        cohort, row, column = self.cohort, facts.row, facts.column
        if facts.points != facts.points:
            if facts.value == facts.value:
                return sentence("Claimed: %(value)s; no points can be worked out for it.", value=facts.value)
            return sentence("Nothing is claimed here.")
        params: dict[str, object] = {"points": facts.points, "maximum": facts.maximum}
        basis = facts.basis
        if basis == Basis.NOTHING:
            return Sentence(
                "Self-score %(points)s of %(maximum)s; there is no independent figure to compare it with.", params
            )
        params["independent"] = facts.independent
        compared = facts.share_below >= TELL_SHARE and facts.gap > 0
        if compared:
            params["share"] = min(int(100 * facts.share_below), 99)
        if basis == Basis.RELATED:
            params["source"] = self.related[column]
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
            figures = cohort.figures[int(cohort.older_index[row, column])]
            params |= {
                "source": figures.reference.id,
                "figure": self._figure(float(cohort.older_value[row, column]), column),
                "period": cohort.periods[int(figures.older_period[row])],
            }
            return Sentence(
                "Self-score %(points)s of %(maximum)s; %(source)s has no figure for this period yet, "
                "that of %(period)s (%(figure)s) would give %(independent)s.",
                params,
            )
        figures = cohort.figures[int(cohort.same_index[row, column])]
        params |= {
            "source": figures.reference.id,
            "figure": self._figure(float(cohort.same_value[row, column]), column),
        }
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


def _related(item: Item) -> str:
    names = [source.id for source in getattr(item, "sources", ()) if source.relation == "related"]
    return ", ".join(dict.fromkeys(names))
