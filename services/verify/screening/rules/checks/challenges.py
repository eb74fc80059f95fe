"""PEER_CHALLENGE: another member disputes the item, with a document."""

from collections.abc import Sequence

from services.verify.claims.model import Challenge
from services.verify.screening.model import PEER_CHALLENGE, Severity
from services.verify.screening.rules.checks.check import Result, View
from services.verify.screening.rules.cohort import Cohort
from shared.contracts.sentences import Sentence, sentence


class PeerChallengeCheck:
    """A challenge asks; it proves nothing by itself."""

    code = PEER_CHALLENGE
    compares = False

    def applies(self, cohort: Cohort) -> Sentence | None:
        """Needs to know which challenges there are, if any."""
        if cohort.context.challenges is not None:
            return None
        return sentence("Nothing is known about challenges by other members.")

    def run(self, view: View) -> Result:
        """One finding per disputed item."""
        challenges = view.cohort.context.challenges or {}
        return Result(
            tuple(
                view.finding(self.code, Severity.QUESTION, row, column, _said(challenges[row, column]))
                for row, column in sorted(challenges)
                if challenges[row, column] and view.cohort.given[row, column]
            )
        )


def _said(challenges: Sequence[Challenge]) -> Sentence:
    first = challenges[0]
    if all(one.answered for one in challenges):
        return sentence(
            "%(unit)s disputes this item with document “%(number)s”; %(count)s in all. The unit has answered.",
            unit=first.by_unit,
            number=first.document_number,
            count=len(challenges),
        )
    return sentence(
        "%(unit)s disputes this item with document “%(number)s”; %(count)s in all.",
        unit=first.by_unit,
        number=first.document_number,
        count=len(challenges),
    )
