"""Has a cycle screened again at a person's wish, for example after screenings have failed."""

from services.verify.claims.actions.screenings import request_screenings
from services.verify.ports import Store
from services.verify.roles import SCREENERS
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def screen_again(store: Store, actor: Actor, cycle: str) -> int:
    """Ask for the screenings of everything that was received; returns how many were asked for."""
    with store.unit_of_work() as uow:
        uow.cycles.lock([cycle])
        found = uow.cycles.find(cycle)
        if found is None or not actor.may(SCREENERS, council=found.council):
            raise Refusal("cycle_not_found", Kind.NOT_FOUND, sentence("There is no such cycle open to you."))
        if found.archived:
            message = sentence("The cycle is archived; nothing of it is screened any more.")
            raise Refusal("cycle_archived", Kind.CONFLICT, message)
        asked = request_screenings(uow, cycle, None)
        uow.record("screened_again", f"cycle:{cycle}", actor, "", {"screenings": asked})
        uow.commit()
    return asked
