"""Who counts for a proposal, and when it may be confirmed. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date

from services.intake.adoption.model import APPROVE, COMMENT, Position, Proposal, Stand, Tally
from services.intake.cycles.model import DRAFT, Cycle
from services.intake.directory.model import HEAD, Directory
from shared.contracts.refusals import BadInput, Fault, Kind, Refusal
from shared.contracts.sentences import sentence


def tally(directory: Directory, positions: Iterable[Position], day: date) -> Tally:
    """The members of that day with their newest approval or dissent, by cluster and unit."""
    newest = {one.unit: one for one in positions if one.kind != COMMENT}
    heads = {
        (row.cluster, row.unit) for row in directory.headships if row.position == HEAD and row.validity.contains(day)
    }
    members = [(row.cluster, row.unit) for row in directory.memberships if row.validity.contains(day)]
    return Tally(
        tuple(Stand(unit, cluster, (cluster, unit) in heads, newest.get(unit)) for cluster, unit in sorted(members))
    )


def refuse_settled(cycle: Cycle) -> None:
    """Criteria are agreed while the cycle is prepared; once it is open they are locked."""
    if cycle.state != DRAFT:
        said = sentence("The cycle is open: its criteria are locked.")
        raise Refusal("criteria_locked", Kind.CONFLICT, said)


def newest_open(proposals: Sequence[Proposal], number: int) -> Proposal:
    """The proposal of that number, which must be the newest and not confirmed yet."""
    newest = proposals[-1]
    if newest.number != number or newest.confirmation is not None:
        said = sentence("Proposal %(number)s is no longer open; please look at the newest one.", number=number)
        raise Refusal("proposal_closed", Kind.CONFLICT, said)
    return newest


def check_position(kind: str, text: str) -> None:
    """A dissent and a comment say something; raises BadInput on `text`."""
    if kind != APPROVE and not text:
        raise BadInput([Fault(sentence("Say it in words, so that the others can answer."), path="text")])


def refuse_unconfirmed(proposals: Sequence[Proposal]) -> None:
    """A cycle whose criteria were proposed opens only once they are confirmed."""
    if proposals and proposals[-1].confirmation is None:
        said = sentence(
            "Proposal %(number)s of the criteria is not confirmed yet; the cycle cannot open.",
            number=proposals[-1].number,
        )
        raise Refusal("criteria_unconfirmed", Kind.CONFLICT, said)
