"""What can be seen of ballots. While a box is open, nobody learns any count of votes."""

import uuid

from services.ranking.voting.model import VOTING_CLUSTER, AnnouncedTally, Box, BoxView, Snapshot
from services.ranking.voting.ports import View
from services.ranking.voting.rules import electors
from services.ranking.voting.rules.boxes import unknown_box
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def openable(view: View, actor: Actor) -> list[Snapshot]:
    """The frozen clusters that vote and in which the actor may open a box."""
    snapshots = view.voting.snapshots()
    return [one for one in snapshots if one.method == VOTING_CLUSTER and electors.conducts(actor, one)]


def boxes(view: View, actor: Actor) -> list[Box]:
    """The boxes the actor may know of, newest first."""
    return [box for box in view.voting.boxes() if electors.sees(actor, box)]


def box_for(view: View, actor: Actor, box: uuid.UUID) -> Box:
    """The box, if the actor may know of it."""
    found = view.voting.box(box)
    if found is None or not electors.sees(actor, found):
        raise unknown_box()
    return found


def box_view(view: View, actor: Actor, box: uuid.UUID) -> BoxView:
    """One box as the actor may see it."""
    found = box_for(view, actor, box)
    roll = tuple(view.voting.roll(box))
    held = electors.votes_of(actor, found)
    conducts = electors.conducts(actor, found.snapshot)
    return BoxView(
        box=found,
        conducts=conducts,
        own=tuple(entry for entry in roll if entry.unit in held),
        roll=roll if conducts else None,
        tally=view.voting.tally(box),
    )


def tally(view: View, actor: Actor, box: uuid.UUID) -> AnnouncedTally:
    """The announced tally; a Refusal while there is none."""
    box_for(view, actor, box)
    announced = view.voting.tally(box)
    if announced is None:
        raise Refusal("not_counted_yet", Kind.CONFLICT, sentence("The papers are counted after the ballot has closed."))
    return announced


def receipt_included(view: View, actor: Actor, box: uuid.UUID, receipt: str) -> Box:
    """The box, if the paper of this receipt is in it; a Refusal if not. Says nothing of what is on the paper."""
    found = box_for(view, actor, box)
    if not view.voting.knows_receipt(box, receipt):
        raise Refusal("receipt_unknown", Kind.NOT_FOUND, sentence("No paper with this receipt is in this box."))
    return found
