"""Who in the unit supplies which item, by when, and whether the officer has taken it over."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.contracts.sentences import Sentence, sentence

ASSIGNED, SUPPLIED, ACCEPTED, RETURNED = "assigned", "supplied", "accepted", "returned"
STATES = (ASSIGNED, SUPPLIED, ACCEPTED, RETURNED)
LONGEST_REASON = 2000
# Who hands in may do so again after a return; an officer may return what was accepted by mistake.
FOLLOWING = {
    ASSIGNED: (SUPPLIED,),
    SUPPLIED: (ACCEPTED, RETURNED),
    ACCEPTED: (RETURNED,),
    RETURNED: (SUPPLIED,),
}


@dataclass(frozen=True)
class Contribution:
    """An item given to a contributor. `version`: of the draft in which this was last changed."""

    criterion: str
    account: str
    name: str
    due_on: date | None = None
    state: str = ASSIGNED
    reason: str = ""
    version: int = 0
    changed_by: str = ""
    changed_at: datetime | None = None
    supplied_at: datetime | None = None

    def is_late(self, today: date) -> bool:
        """Whether it should have been handed in by now."""
        return self.due_on is not None and self.state in (ASSIGNED, RETURNED) and today > self.due_on


@dataclass(frozen=True)
class Assignment:
    """An item for a contributor, by when; `account` None takes it back to the officers."""

    criterion: str
    account: str | None
    name: str = ""
    due_on: date | None = None


STATE_NAMES: dict[str, Sentence] = {
    ASSIGNED: sentence("assigned"),
    SUPPLIED: sentence("handed in"),
    ACCEPTED: sentence("taken over"),
    RETURNED: sentence("returned"),
}
