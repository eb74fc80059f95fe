"""What can be done in voting: opening a box on a frozen snapshot, putting in papers, closing and counting."""

import hashlib
import secrets
import uuid
from collections.abc import Sequence

from services.ranking.voting.model import AnnouncedTally, Box, Opening, Paper, Plan, Snapshot, Tally
from services.ranking.voting.ports import BoxKeys, KeyMissing, PaperNotConfirmed, Store
from services.ranking.voting.queries import box_for, box_view
from services.ranking.voting.rules import electors
from services.ranking.voting.rules.boxes import check_casting, check_closing, check_opening
from services.ranking.voting.rules.counting import counted, may_be_opened, unopened
from services.ranking.voting.rules.papers import NONCE_BYTES, Ballot, UnreadableBallot, packed, unpacked
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor


def open_box(store: Store, keys: BoxKeys, actor: Actor, opening: Opening) -> Box:
    """Open a box on the cluster's newest frozen snapshot, whose hash it keeps."""
    box = uuid.uuid4()
    with store.unit_of_work() as uow:
        uow.voting.lock_cluster(opening.cycle, opening.cluster)
        snapshot = _conducted(actor, uow.voting.snapshot(opening.cycle, opening.cluster))
        plan = Plan(
            method=opening.method,
            opens_at=opening.opens_at or uow.now,
            closes_at=opening.closes_at,
            quorum=opening.quorum,
            threshold=opening.threshold,
        )
        earlier = uow.voting.earlier(opening.cycle, opening.cluster)
        check_opening(snapshot, plan, earlier, uow.now)
        public_key = keys.create(box)
        try:
            uow.voting.add_box(box, snapshot, plan, len(earlier) + 1, public_key, uow.now, actor.account)
            uow.commit()
        except BaseException:
            keys.destroy(box)
            raise
    with store.view() as view:
        return box_view(view, actor, box).box


def cast(store: Store, keys: BoxKeys, actor: Actor, box: uuid.UUID, unit: str, paper: Paper) -> str:
    """Put in a unit's paper; the receipt. One transaction: a mark on the roll and a sealed paper, nothing else.

    No event, no history, no log: what this leaves behind says that the unit voted, not when and not how. Nor does
    what fails: an error of the database would carry unit and paper into the log, so it is answered, not logged.
    """
    try:
        with store.casting() as uow:
            uow.voting.lock_for_casting(box)
            found = box_for(uow, actor, box)
            if unit not in electors.votes_of(actor, found):
                raise Refusal(
                    "vote_not_held", Kind.FORBIDDEN, sentence("You do not hold the vote of this unit in this ballot.")
                )
            check_casting(found, paper, uow.now)
            if not uow.voting.mark(box, unit):
                raise Refusal(
                    "already_voted",
                    Kind.CONFLICT,
                    sentence("This unit's paper is in the box already; each unit has one."),
                )
            ballot = Ballot(paper, secrets.token_bytes(NONCE_BYTES))
            sealed = keys.seal(found.public_key, box, packed(ballot, found.snapshot.units))
            receipt = receipt_of(sealed)
            uow.voting.put_in(box, sealed, receipt)
            uow.commit()
    except PaperNotConfirmed:
        raise Refusal(
            "paper_not_confirmed",
            Kind.UNAVAILABLE,
            sentence(
                "It could not be confirmed that the paper was put in. Look at the ballot again: it says whether your "
                "unit's paper is in the box."
            ),
        ) from None
    return receipt


def close_box(store: Store, keys: BoxKeys, actor: Actor, box: uuid.UUID) -> AnnouncedTally:
    """Close, open, count and announce in one transaction; afterwards the box's key is destroyed."""
    with store.unit_of_work() as uow:
        uow.voting.lock_for_closing(box)
        found = box_for(uow, actor, box)
        if not electors.conducts(actor, found.snapshot):
            raise _not_a_teller()
        if uow.voting.tally(box) is not None:
            # A crash between the commit and the last line of this action may have left the key.
            keys.destroy(box)
        check_closing(found, uow.now)
        sealed = uow.voting.sealed(box)
        tally, ballots = _count(keys, found, sealed)
        receipts = [receipt_of(paper) for paper in sealed]
        uow.voting.close(found, tally, ballots, receipts, uow.now, actor.account)
        announced = uow.voting.tally(box)
        uow.commit()
    keys.destroy(box)
    if announced is None:
        raise AssertionError("a closed box has its tally")
    return announced


def _count(keys: BoxKeys, box: Box, sealed: Sequence[bytes]) -> tuple[Tally, list[tuple[str, Paper | None]]]:
    members = len(box.snapshot.members)
    if len(sealed) != box.cast:
        raise Refusal(
            "box_does_not_balance",
            Kind.CONFLICT,
            sentence(
                "%(marks)s units are marked on the roll, but %(papers)s papers lie in the box; it was not opened.",
                marks=box.cast,
                papers=len(sealed),
            ),
        )
    if (why := may_be_opened(box.plan, members, len(sealed))) is not None:
        return unopened(box.plan, members, len(sealed), why), []
    try:
        contents = keys.open(box.id, sealed)
    except KeyMissing as error:
        raise Refusal(
            "box_key_missing",
            Kind.CONFLICT,
            sentence("The key of this box is not in its place; nothing was opened."),
        ) from error
    papers: list[Paper] = []
    ballots: list[tuple[str, Paper | None]] = []
    for number, content in enumerate(contents):
        try:
            if content is None:
                raise UnreadableBallot
            ballot = unpacked(content, box.snapshot.units)
        except UnreadableBallot:
            ballots.append((receipt_of(sealed[number]), None))
            continue
        papers.append(ballot.paper)
        ballots.append((ballot.sha256(box.id), ballot.paper))
    tally = counted(box.plan, box.snapshot.units, papers, unreadable=len(sealed) - len(papers))
    return tally, ballots


def receipt_of(sealed: bytes) -> str:
    """SHA-256 of the sealed paper: whoever holds it can show that the paper is there, and nothing more."""
    return hashlib.sha256(sealed).hexdigest()


def _conducted(actor: Actor, snapshot: Snapshot | None) -> Snapshot:
    if snapshot is None:
        raise Refusal(
            "not_frozen",
            Kind.CONFLICT,
            sentence("A ballot opens only on frozen scores; none are known for this cycle and cluster."),
        )
    if not electors.conducts(actor, snapshot):
        raise _not_a_teller()
    return snapshot


def _not_a_teller() -> Refusal:
    return Refusal("not_a_teller", Kind.FORBIDDEN, sentence("Only tellers of this ballot and administrators do this."))
