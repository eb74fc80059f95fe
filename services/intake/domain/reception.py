"""What the council's staff do with a version that was sent: take it in, accept it, or return it with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.intake.domain.submissions import Submission
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import Sentence, sentence

SUBMITTED = "submitted"
RECEIVED = "received"
ACCEPTED = "accepted"
RETURNED = "returned"
STEPS = (RECEIVED, ACCEPTED, RETURNED)
LONGEST_REASON = 2000
# What may follow what; accepted and returned end the story of a version.
FOLLOWING = {SUBMITTED: STEPS, RECEIVED: (ACCEPTED, RETURNED), ACCEPTED: (), RETURNED: ()}


@dataclass(frozen=True)
class Reception:
    """One step: who, when, and why."""

    cycle: str
    unit: str
    number: int
    state: str
    reason: str
    account: str
    name: str
    at: datetime


def state_of(steps: Sequence[Reception]) -> str:
    """Where a version stands after these steps, oldest first."""
    return steps[-1].state if steps else SUBMITTED


def is_taken(steps: Sequence[Reception]) -> bool:
    """Whether the council's staff took a version in and did not return it."""
    return state_of(steps) in (RECEIVED, ACCEPTED)


def check_step(newest: Submission, number: int, current: str, state: str, reason: str) -> None:
    """Refuse a step that cannot be taken: another version is newer, the story is over, or the reason is missing."""
    if newest.number != number:
        raise Refusal(
            "newer_version",
            Kind.CONFLICT,
            sentence("The unit has sent version %(number)s meanwhile; please look at that one.", number=newest.number),
        )
    if state not in FOLLOWING[current]:
        raise Refusal(
            "reception_state",
            Kind.CONFLICT,
            sentence("This version is %(state)s already.", state=STATE_NAMES[current]),
        )
    if state == RETURNED and not reason:
        raise BadInput([Fault(sentence("Say why it is returned, so that the unit knows what to do."), path="reason")])


STATE_NAMES: dict[str, Sentence] = {
    SUBMITTED: sentence("sent"),
    RECEIVED: sentence("received"),
    ACCEPTED: sentence("accepted"),
    RETURNED: sentence("returned"),
}
