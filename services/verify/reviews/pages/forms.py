"""The forms of decisions and settlements."""

from collections.abc import Mapping

from services.verify.results.model import Verdict
from services.verify.reviews.model.steps import Proposal
from services.verify.reviews.rules.deciding import LONGEST_REASON
from services.verify.web.forms import Posted, check_texts, whole
from shared.contracts.sentences import sentence


def read_decision(typed: Mapping[str, str], *, scored: bool) -> tuple[Posted, Proposal | None, int]:
    """The form of a decision: what was typed, the proposal (None if it has errors), and the version that was seen."""
    posted = Posted(typed)
    version = posted.text("version")
    figure = None
    verdict = posted.text("verdict")
    stands = verdict == "stands"  # the answer to an objection: what counted goes on counting
    if not stands and verdict not in (Verdict.ACCEPT, Verdict.ADJUST, Verdict.REJECT):
        posted.errors["verdict"] = sentence("Choose what you decide.")
    elif verdict == Verdict.ADJUST:
        figure = posted.figure("figure")
    check_texts(posted, LONGEST_REASON)
    if posted.errors:
        return posted, None, whole(version)
    proposal = Proposal(
        verdict=Verdict.ACCEPT if stands else Verdict(verdict),
        reason=posted.text("reason"),
        document_number=posted.text("document_number"),
        value=figure if scored else None,
        points=None if scored else figure,
        stands=stands,
    )
    return posted, proposal, whole(version)
