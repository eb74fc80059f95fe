"""What is allowed in a framework and still deserves a second look."""

import math
from collections.abc import Iterator

from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria import model


def remarks(framework: model.Framework) -> Iterator[Sentence]:
    """Sentences about a framework that loads; none of them stops it."""
    yield from _totals(framework)
    for criterion in framework.criteria:
        yield from _criterion(criterion)
    quantified = math.fsum(c.max_points for c in framework.criteria if c.kind in ("quantitative", "count"))
    whole = math.fsum(c.max_points for c in framework.criteria)
    if framework.aggregation == "sum" and quantified < whole:
        said = N_("%(share)s %% of the points are measured (kinds quantitative and count).")
        yield sentence(said, share=100 * quantified / whole)


def _totals(framework: model.Framework) -> Iterator[Sentence]:
    if framework.aggregation == "sum" and abs(framework.root.max_points - framework.total) > 1e-9:
        said = N_("The maxima add up to %(sum)s, but the total says %(total)s.")
        yield sentence(said, sum=float(framework.root.max_points), total=float(framework.total))
    for group in framework.root.walk():
        if group.aggregation == "sum":
            for child in group.children:
                if child.weight != 1:
                    said = N_("“%(code)s” has a weight, but its parent adds points: the weight has no effect.")
                    yield sentence(said, code=child.code)
                if isinstance(child, model.Group) and child.aggregation != "sum":
                    said = N_("“%(code)s” is a weighted mean inside a table of points; it is worth %(worth)s points.")
                    yield sentence(said, code=child.code, worth=float(child.max_points))
    if framework.bonuses and framework.bonus_cap is None:
        yield sentence("The bonuses have no common cap (bonus_cap).")
    if framework.penalties and framework.penalty_floor is None:
        yield sentence("The penalties have no common floor (penalty_floor).")


def _criterion(criterion: model.Criterion) -> Iterator[Sentence]:
    code = criterion.code
    if not criterion.sources:
        yield sentence("“%(code)s” has no independent source: it cannot be verified.", code=code)
    if isinstance(criterion.rule, model.Binary) or (
        isinstance(criterion.rule, model.Bands) and len(criterion.rule.limits) == 1
    ):
        yield sentence("“%(code)s” knows only two levels: it tells units apart badly.", code=code)
    if criterion.kind == "qualitative" and not isinstance(criterion.rule, model.Rubric):
        yield sentence("“%(code)s” is qualitative and has no rubric.", code=code)
    if criterion.rule is None:
        yield sentence("“%(code)s” has no scoring rule: somebody must give its points.", code=code)
    if isinstance(criterion.rule, model.Proportional | model.LeaderRelative) and criterion.target is None:
        yield sentence("“%(code)s” is scored against a target, but does not say which one counts.", code=code)
    for source in criterion.sources:
        if source.relation == "same" and source.tolerance == model.Tolerance():
            said = N_("“%(code)s”: the source “%(source)s” has no tolerance, so every difference is asked about.")
            yield sentence(said, code=code, source=source.id)
