"""What the rule gives for a claimed value, where that does not depend on the other units."""

import math
from collections.abc import Mapping

import numpy as np

from services.intake.domain.assessment import Claim
from shared.criteria.model import Bonus, Framework, Gate, Item, Penalty
from shared.criteria.rules import points


def points_of(framework: Framework, item: Item, claim: Claim, cluster: str) -> float | None:
    """Points of one claim by the rule; None where there is no value, no rule, or the cluster decides."""
    if claim.value is None or isinstance(item, Gate) or item.compares != "nobody":
        return None
    if isinstance(item, Bonus):
        return min(claim.value * item.points_each, item.cap)
    if isinstance(item, Penalty):
        return max(claim.value * item.points_each, item.floor)
    if item.rule is None:
        return None
    target = math.nan if claim.target is None else claim.target
    maximum = np.array([framework.maximum(item.code, cluster)])
    result = float(points(item, np.array([claim.value]), np.array([target]), maxima=maximum)[0])
    return None if math.isnan(result) else result


def differ(computed: float | None, self_points: float | None) -> bool:
    """Whether a self-score is not what the rule gives, beyond rounding to hundredths."""
    return computed is not None and self_points is not None and abs(computed - self_points) > 0.005 + 1e-9


def unexplained(framework: Framework, claims: dict[str, Claim], cluster: str) -> tuple[str, ...]:
    """Items whose self-score differs from the rule's points and that say nowhere why, in the framework's order."""
    said = [(item, claims[item.code]) for item in framework.items if item.code in claims]
    return tuple(
        item.code
        for item, claim in said
        if differ(points_of(framework, item, claim, cluster), claim.self_points)
        and not (claim.explanation or claim.note)
    )


def self_score(framework: Framework, claims: dict[str, Claim]) -> float | None:
    """The sum of the self-scores of a points table (`sum` all the way); None for index-type frameworks."""
    return sum_of_points(framework, {code: claim.self_points for code, claim in claims.items()})


def sum_of_points(framework: Framework, given: Mapping[str, float | None]) -> float | None:
    """The same of self-scores by item, as what was sent holds them."""
    if any(group.aggregation != "sum" for group in framework.root.walk()):
        return None
    scored: list[Item] = [*framework.criteria, *framework.bonuses, *framework.penalties]
    figures = [given.get(item.code) for item in scored]
    return math.fsum(figure for figure in figures if figure is not None)
