"""Which target counts, where a criterion names one: the registered, the assigned, or the stricter of the two."""

from shared.criteria.model import Criterion


def counting_target(criterion: Criterion, registered: float | None, assigned: float | None) -> float | None:
    """The target that counts; None where it is unknown. A criterion that names none takes what was registered.

    `stricter` is the larger of the two, the smaller where lower is better; where only one is known it is that one.
    """
    if criterion.target in (None, "registered"):
        return registered
    if criterion.target == "assigned":
        return assigned
    known = [target for target in (registered, assigned) if target is not None]
    if not known:
        return None
    return min(known) if criterion.direction == "lower" else max(known)
