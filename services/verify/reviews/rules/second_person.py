"""What a council declares about its reviews: what needs a second person, and how long everything may take."""

from dataclasses import dataclass

from services.verify.results.model import Decided
from services.verify.reviews.model.steps import ReviewRules
from shared.contracts.refusals import BadInput, Fault
from shared.contracts.sentences import sentence

LONGEST_DAYS = 90


def check_rules(rules: ReviewRules) -> None:
    """Refuse rules that nobody could keep; every fault at its field."""
    faults = []
    if not 0 <= rules.countersign_share <= 1:
        message = sentence("A share lies between 0 and 100 percent.")
        faults.append(Fault(message, path="countersign_share"))
    for name in ("claim_days", "explanation_days", "objection_days"):
        if not 1 <= getattr(rules, name) <= LONGEST_DAYS:
            message = sentence("Between 1 and %(most)s days.", most=LONGEST_DAYS)
            faults.append(Fault(message, path=name))
    if not 0 <= rules.reminder_days < rules.explanation_days:
        message = sentence("The reminder comes before the deadline, within the time for the explanation.")
        faults.append(Fault(message, path="reminder_days"))
    if faults:
        raise BadInput(faults)


@dataclass(frozen=True)
class Weight:
    """What a decision moves. `claimed`, `decided`, `independent`: points of the self-score, of the decision, and of a
    source's figure (None: unknown); `first_changes`: whether somebody else would come first in the cluster."""

    claimed: float | None
    decided: float | None
    independent: float | None
    maximum: float
    first_changes: bool


def counts_by_rule(decided: Decided, *, outside: bool) -> bool:
    """Whether the source's figure counts within its tolerance, as it would without this decision."""
    return decided.on_source and not outside


def needs_second_person(rules: ReviewRules, decided: Decided, weight: Weight, *, outside: bool) -> bool:
    """Whether a decision counts only once a second person has signed it.

    Measured against the self-score and, where a source has a figure, against that figure too: taking a claim against
    its source moves as much as bringing it down. What the source's figure gives within its tolerance counts by rule,
    not by this decision.
    """
    if counts_by_rule(decided, outside=outside):
        return False
    if rules.countersign_first and weight.first_changes:
        return True
    if weight.decided is None or weight.maximum == 0:
        return True  # nobody can say how much it moves
    known = [points for points in (weight.claimed, weight.independent) if points is not None]
    moved = max((abs(weight.decided - points) for points in known), default=abs(weight.decided))
    return moved >= rules.countersign_share * abs(weight.maximum) - 1e-9 and moved > 1e-9
