"""Giving an item to a contributor."""

from dataclasses import dataclass
from datetime import date

from services.intake.assessments.model import ACCEPTED, ASSIGNED, RETURNED, SUPPLIED

LONGEST_REASON = 2000


# Who hands in may do so again after a return; an officer may return what was accepted by mistake.
FOLLOWING = {
    ASSIGNED: (SUPPLIED,),
    SUPPLIED: (ACCEPTED, RETURNED),
    ACCEPTED: (RETURNED,),
    RETURNED: (SUPPLIED,),
}


@dataclass(frozen=True)
class Assignment:
    """An item for a contributor, by when; `account` None takes it back to the officers."""

    criterion: str
    account: str | None
    name: str = ""
    due_on: date | None = None
