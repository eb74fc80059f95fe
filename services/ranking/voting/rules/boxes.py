"""When a box may be opened, filled and closed."""

from collections.abc import Sequence
from datetime import datetime

from services.ranking.voting.model import MOST_ROUNDS, VOTING_CLUSTER, Box, EarlierBox, Paper, Plan, Snapshot, State
from shared.contracts.refusals import Fault, Kind, Refusal
from shared.contracts.sentences import sentence


def check_opening(snapshot: Snapshot, plan: Plan, earlier: Sequence[EarlierBox], now: datetime) -> None:
    """Raises a Refusal unless a box may be opened on this snapshot now."""
    if snapshot.method != VOTING_CLUSTER:
        raise Refusal(
            "cluster_does_not_vote",
            Kind.CONFLICT,
            sentence("This cluster decides by its scores alone; no nomination vote is held in it."),
        )
    if not plan.opens_at < plan.closes_at or plan.closes_at <= now:
        raise Refusal(
            "bad_voting_time",
            Kind.INVALID,
            sentence("The ballot must close in the future and after it opens."),
            [Fault(sentence("The ballot must close in the future and after it opens."), path="closes_at")],
        )
    if plan.method.places > len(snapshot.members):
        raise Refusal(
            "too_many_places",
            Kind.INVALID,
            sentence(
                "A paper cannot have more lines than the cluster has members (%(members)s).",
                members=len(snapshot.members),
            ),
            [Fault(sentence("Fewer places are needed."), path="places")],
        )
    if any(box.state is State.OPEN for box in earlier):
        raise Refusal("box_already_open", Kind.CONFLICT, sentence("A ballot of this cluster is already open."))
    if any(box.decided for box in earlier):
        raise Refusal(
            "vote_already_decided", Kind.CONFLICT, sentence("The nomination vote of this cluster has its result.")
        )
    if len(earlier) >= MOST_ROUNDS:
        raise Refusal(
            "no_more_rounds",
            Kind.CONFLICT,
            sentence(
                "At most %(rounds)s ballots are held on one nomination; people must decide now.", rounds=MOST_ROUNDS
            ),
        )


def check_casting(box: Box, paper: Paper, now: datetime) -> None:
    """Raises a Refusal unless this paper may be put in now."""
    if box.state is State.CLOSED or now >= box.plan.closes_at:
        raise Refusal("box_closed", Kind.CONFLICT, sentence("This ballot is closed; no more papers are taken."))
    if now < box.plan.opens_at:
        raise Refusal("box_not_open_yet", Kind.CONFLICT, sentence("This ballot has not opened yet."))
    faults = box.plan.method.faults(paper, box.snapshot.units)
    if faults:
        raise Refusal(
            "invalid_paper",
            Kind.INVALID,
            sentence("The paper is not filled in validly; it was not put in, and you may correct it."),
            [Fault(message, path="names") for message in faults],
        )


def check_closing(box: Box, now: datetime) -> None:
    """Raises a Refusal unless the box may be closed: its time is over, or everybody has voted."""
    if box.state is State.CLOSED:
        raise Refusal("box_already_closed", Kind.CONFLICT, sentence("This ballot was closed before."))
    if now < box.plan.closes_at and not box.everybody_voted:
        raise Refusal(
            "voting_goes_on",
            Kind.CONFLICT,
            sentence(
                "Voting goes on: %(cast)s of %(members)s units have voted and the closing time has not come.",
                cast=box.cast,
                members=len(box.snapshot.members),
            ),
        )


def unknown_box() -> Refusal:
    """Nobody knows such a box, or the asker may not know of it."""
    return Refusal("box_unknown", Kind.NOT_FOUND, sentence("There is no such ballot."))


def leave_room(boxes: Sequence[Box]) -> bool:
    """Whether the boxes that were held on a cluster leave room for another one."""
    return len(boxes) < MOST_ROUNDS and all(box.state is State.CLOSED and not box.decided for box in boxes)
