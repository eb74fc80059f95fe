"""A scoring rule as people read it."""

from shared.contracts.sentences import Sentence, sentence
from shared.criteria import model


def rule_in_words(criterion: model.Criterion) -> Sentence:
    """How the criterion gives its points, in one phrase."""
    rule = criterion.rule
    match rule:
        case None:
            return sentence("points given by a body")
        case model.Proportional():
            return sentence("share of the target")
        case model.LeaderRelative():
            return sentence("half for the target, the rest by distance to the leader")
        case model.ShareOfBest():
            return sentence("share of the best")
        case model.Goalposts(low, high, "none"):
            return sentence("%(low)s: nothing; %(high)s: all points", low=float(low), high=float(high))
        case model.Goalposts(low, high):
            return sentence("%(low)s: nothing; %(high)s: all points (logarithm)", low=float(low), high=float(high))
        case model.MinMax():
            return sentence("between smallest and largest")
        case model.Bands(limits, direction):
            sign = "≥" if direction == "higher" else "≤"
            return _listed(
                [f"{sign} %(limit{n})s: %(share{n})s %%" for n in range(len(limits))], *zip(*limits, strict=True)
            )
        case model.Rubric(shares):
            levels = tuple(float(level) for level in range(1, len(shares) + 1))
            return _listed([f"%(limit{n})s: %(share{n})s %%" for n in range(len(shares))], levels, shares)
        case model.Binary():
            return sentence("all or nothing")
        case model.PerCount(points_each):
            return sentence("%(each)s points for each", each=float(points_each))


def _listed(parts: list[str], limits: tuple[float, ...], shares: tuple[float, ...]) -> Sentence:
    params: dict[str, object] = {}
    for number, (limit, share) in enumerate(zip(limits, shares, strict=True)):
        params |= {f"limit{number}": float(limit), f"share{number}": 100.0 * share}
    return Sentence("; ".join(parts), params)
