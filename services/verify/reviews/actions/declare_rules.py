"""An administrator declares what a council, or one cycle of it, wants of its reviews."""

from dataclasses import asdict

from services.verify.ports import Store
from services.verify.reviews.actions.cluster_review import working_cycle
from services.verify.reviews.model.steps import ReviewRules
from services.verify.reviews.rules.second_person import check_rules
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor, Role

LONGEST_REASON = 1000


def declare_rules(
    store: Store, actor: Actor, cycle: str, rules: ReviewRules, reason: str, *, whole_council: bool = False
) -> ReviewRules:
    """Declare rules for a cycle, or for all cycles of its council that have none of their own.

    They apply to what is decided from now on. Raises BadInput with every fault.
    """
    with store.unit_of_work() as uow:
        found = working_cycle(uow, actor, cycle)
        if not actor.may(Role.ADMINISTRATOR, council=found.council):
            message = sentence("Only administrators of the council declare the rules of review.")
            raise Refusal("not_allowed", Kind.FORBIDDEN, message)
        check_rules(rules)
        if not reason.strip() or len(reason) > LONGEST_REASON:
            message = sentence("Give the reason, in at most %(most)s characters.", most=LONGEST_REASON)
            raise BadInput([Fault(message, path="reason")])
        own = None if whole_council else cycle
        uow.steps.declare(found.council, own, rules, reason.strip(), uow.now, (actor.account, actor.name))
        uow.record("review_rules_declared", f"cycle:{cycle}", actor, reason.strip(), asdict(rules))
        uow.commit()
    return rules
