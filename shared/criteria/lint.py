"""What is allowed in a framework and still deserves a second look: by its document alone, and on last year's data."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shared.contracts.sentences import N_, Sentence, sentence
from shared.criteria import model
from shared.criteria.aggregate import effective_weights
from shared.criteria.arrays import Floats
from shared.criteria.documents import Path_

HEAVY = 0.2  # share of all points in a single criterion
MANY = 6  # criteria, from which on one can be heavy
UNEVEN = 10  # times the lightest criterion
WITHOUT_EFFECT = sentence("Overlays change maxima, which count only where points are added: here they have no effect.")
ADDED_SHARE = 0.1  # of the total, from which on bonuses or penalties can overturn it


@dataclass(frozen=True)
class Remark:
    """One thing to look at again: a stable code, the path in the document, a sentence."""

    code: str
    path: Path_
    said: Sentence


def remarks(framework: model.Framework) -> Iterator[Remark]:
    """What the document alone shows; none of it stops the framework."""
    yield from _totals(framework)
    yield from _additions(framework)
    for path, criterion in criteria_with_paths(framework):
        for code, message in _criterion(criterion):
            yield Remark(code, path, message)
    yield from _quantified(framework)
    yield from _balance(framework)
    yield from _overlays(framework)


def criteria_with_paths(framework: model.Framework) -> Iterator[tuple[Path_, model.Criterion]]:
    """Each criterion with its path in the document, in document order."""
    for path, group in groups_with_paths(framework):
        for index, criterion in enumerate(group.criteria):
            yield (*path, "criteria", index), criterion


def groups_with_paths(framework: model.Framework) -> Iterator[tuple[Path_, model.Group]]:
    """The root and each group with its path in the document, parents first."""

    def walk(group: model.Group, path: Path_) -> Iterator[tuple[Path_, model.Group]]:
        yield path, group
        for index, child in enumerate(group.groups):
            yield from walk(child, (*path, "groups", index))

    yield from walk(framework.root, ())


def nominal_weights(framework: model.Framework) -> Floats:
    """The share [m] of the attainable total that each criterion carries when nothing is missing; sums to 1."""
    maxima: list[Floats | float] = [criterion.max_points for criterion in framework.criteria]
    return np.asarray(effective_weights(framework, np.array([maxima], dtype=np.float64), maxima)[0])


def _totals(framework: model.Framework) -> Iterator[Remark]:
    if framework.aggregation == "sum" and abs(framework.root.max_points - framework.total) > 1e-9:
        text = N_("The maxima add up to %(sum)s, but the total says %(total)s.")
        yield Remark(
            "total", ("total",), sentence(text, sum=float(framework.root.max_points), total=float(framework.total))
        )
    for path, group in groups_with_paths(framework):
        if group.aggregation != "sum":
            continue
        children: list[tuple[Path_, model.Criterion | model.Group]] = []
        children += [((*path, "criteria", index), child) for index, child in enumerate(group.criteria)]
        children += [((*path, "groups", index), child) for index, child in enumerate(group.groups)]
        for here, child in children:
            if child.weight != 1:
                text = N_("“%(code)s” has a weight, but its parent adds points: the weight has no effect.")
                yield Remark("idle_weight", (*here, "weight"), sentence(text, code=child.code))
            if isinstance(child, model.Group) and child.aggregation != "sum":
                text = N_("“%(code)s” is a weighted mean inside a table of points; it is worth %(worth)s points.")
                yield Remark("mixed", here, sentence(text, code=child.code, worth=float(child.max_points)))


def _additions(framework: model.Framework) -> Iterator[Remark]:
    given = math.fsum(bonus.cap for bonus in framework.bonuses)
    taken = -math.fsum(penalty.floor for penalty in framework.penalties)
    cap = framework.bonus_cap
    floor = None if framework.penalty_floor is None else -framework.penalty_floor
    if framework.bonuses:
        yield from _limit(
            framework, "bonuses", "bonus_cap", given, cap,
            sentence("The bonuses have no common cap (bonus_cap)."),
            N_("The cap of all bonuses (%(limit)s) has no effect: together they give at most %(sum)s."),
            N_("Bonuses can give %(share)s %% of the total: they can overturn the table."),
        )  # fmt: skip
    if framework.penalties:
        yield from _limit(
            framework, "penalties", "penalty_floor", taken, floor,
            sentence("The penalties have no common floor (penalty_floor)."),
            N_("The floor of all penalties (−%(limit)s) has no effect: together they take at most %(sum)s."),
            N_("Penalties can take %(share)s %% of the total: they can overturn the table."),
        )  # fmt: skip


def _limit(
    framework: model.Framework, key: str, limit_key: str, attainable: float, limit: float | None,
    unlimited: Sentence, idle: str, heavy: str,
) -> Iterator[Remark]:  # fmt: skip
    """A common limit that is missing, that nothing reaches, or that leaves room to overturn the table."""
    path: Path_ = (key if limit is None else limit_key,)
    if limit is None:
        yield Remark("caps", path, unlimited)
    elif limit > attainable + 1e-9:
        yield Remark("caps", path, sentence(idle, limit=float(limit), sum=attainable))
    reach = attainable if limit is None else min(attainable, limit)
    if reach > ADDED_SHARE * framework.total + 1e-9:
        yield Remark("caps", path, sentence(heavy, share=100 * reach / framework.total))


def _criterion(criterion: model.Criterion) -> Iterator[tuple[str, Sentence]]:
    code, rule = criterion.code, criterion.rule
    if not criterion.sources:
        yield "unverifiable", sentence("“%(code)s” has no independent source: it cannot be verified.", code=code)
    levels = _levels(criterion)
    if levels is not None and len(levels) <= 2:
        yield "two_levels", sentence("“%(code)s” knows only two levels: it tells units apart badly.", code=code)
    if levels is not None and max(levels) < 1:
        text = N_("“%(code)s” cannot earn all its points: its best level gives %(share)s %%.")
        yield "unreachable", sentence(text, code=code, share=100 * max(levels))
    if isinstance(rule, model.Goalposts) and criterion.unit.strip() == "%" and not 0 <= rule.high <= 100:
        text = N_("“%(code)s” gives all points at %(high)s %%: if it is a share of a whole, nobody can reach that.")
        yield "unreachable", sentence(text, code=code, high=float(rule.high))
    if criterion.kind == "qualitative" and not isinstance(rule, model.Rubric):
        yield "vague", sentence("“%(code)s” is qualitative and has no rubric.", code=code)
    if rule is None:
        yield "no_rule", sentence("“%(code)s” has no scoring rule: somebody must give its points.", code=code)
    if isinstance(rule, model.Proportional | model.LeaderRelative) and criterion.target is None:
        text = N_("“%(code)s” is scored against a target, but does not say which one counts.")
        yield "no_target", sentence(text, code=code)
    whole = isinstance(rule, model.Rubric | model.Binary | model.PerCount)  # levels and counts are the same or not
    for source in criterion.sources:
        if source.relation == "same" and source.tolerance == model.Tolerance() and not whole:
            text = N_("“%(code)s”: the source “%(source)s” has no tolerance, so every difference is asked about.")
            yield "no_tolerance", sentence(text, code=code, source=source.id)


def _levels(criterion: model.Criterion) -> set[float] | None:
    """The shares of its points that a criterion can give; None where they are not a few fixed ones."""
    rule = criterion.rule
    if isinstance(rule, model.Binary):
        return {0.0, 1.0}
    if isinstance(rule, model.Bands):
        return {0.0, *(share for _, share in rule.limits)}
    if isinstance(rule, model.Rubric):
        return set(rule.shares)
    if isinstance(rule, model.PerCount) and rule.points_each >= criterion.max_points:
        return {0.0, 1.0}
    return None


def _quantified(framework: model.Framework) -> Iterator[Remark]:
    """The share of points that is measured or counted; all must be where the framework promises so."""
    weights = nominal_weights(framework)
    measured = [criterion.kind in ("quantitative", "count") for criterion in framework.criteria]
    if framework.quantified == "all":
        for (path, criterion), counts in zip(criteria_with_paths(framework), measured, strict=True):
            if not counts:
                text = N_("“%(code)s” is not quantified, and the framework promises that all criteria are.")
                yield Remark("not_quantified", path, sentence(text, code=criterion.code))
    if not all(measured):
        text = N_("%(share)s %% of the points are measured (kinds quantitative and count).")
        yield Remark("quantified_share", (), sentence(text, share=100 * math.fsum(weights[np.array(measured)])))


def _balance(framework: model.Framework) -> Iterator[Remark]:
    """A criterion that weighs as much as many others together, and weights that lie far apart."""
    weights = nominal_weights(framework)
    paths = [path for path, _ in criteria_with_paths(framework)]
    codes = [criterion.code for criterion in framework.criteria]
    if len(codes) < MANY:
        return
    for column in np.flatnonzero(weights > HEAVY + 1e-9):
        text = N_("“%(code)s” alone carries %(share)s %% of all points.")
        yield Remark("imbalance", paths[column], sentence(text, code=codes[column], share=100 * float(weights[column])))
    carrying = np.flatnonzero(weights > 0)
    heaviest, lightest = carrying[np.argmax(weights[carrying])], carrying[np.argmin(weights[carrying])]
    if weights[heaviest] > UNEVEN * weights[lightest] * (1 + 1e-9):
        text = N_("“%(heavy)s” weighs %(times)s times as much as “%(light)s”.")
        times = float(weights[heaviest] / weights[lightest])
        yield Remark(
            "imbalance", paths[heaviest], sentence(text, heavy=codes[heaviest], light=codes[lightest], times=times)
        )


def _overlays(framework: model.Framework) -> Iterator[Remark]:
    if framework.overlays and framework.aggregation != "sum":
        yield Remark("overlays", ("overlays",), WITHOUT_EFFECT)
