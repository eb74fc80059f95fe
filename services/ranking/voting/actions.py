"""Voting: opening a box on a frozen snapshot, putting in papers, closing and counting. Nothing here knows a score."""

import hashlib
import secrets
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from services.ranking.voting.ports import BoxKeys, KeyMissing, VotingRecords
from services.ranking.voting.model import (
    AnnouncedTally,
    Box,
    BoxView,
    Opening,
    Paper,
    Plan,
    Snapshot,
    Tally,
)
from services.ranking.voting.rules import electors
from services.ranking.voting.rules.boxes import check_casting, check_closing, check_opening, unknown_box
from services.ranking.voting.rules.counting import counted, may_be_opened, unopened
from services.ranking.voting.rules.papers import NONCE_BYTES, Ballot, UnreadableBallot, packed, unpacked
from shared.contracts.refusals import Kind, Refusal
from shared.contracts.sentences import sentence
from shared.people import Actor
from shared.plumbing.database import Database

Records = Callable[[Any], VotingRecords]


class Voting:
    """The use cases of voting."""

    def __init__(self, database: Database, records: Records, keys: BoxKeys) -> None:
        self.database = database
        self.records = records
        self.keys = keys

    def openable(self, actor: Actor) -> list[Snapshot]:
        """The frozen clusters that vote and in which the actor may open a box."""
        with self.database.reader() as connection:
            snapshots = self.records(connection).snapshots()
        return [s for s in snapshots if s.method == "score_then_vote" and electors.conducts(actor, s)]

    def boxes(self, actor: Actor) -> list[Box]:
        """The boxes the actor may know of, newest first."""
        with self.database.reader() as connection:
            return [box for box in self.records(connection).boxes() if electors.sees(actor, box)]

    def view(self, actor: Actor, box: uuid.UUID) -> BoxView:
        """One box."""
        with self.database.reader() as connection:
            records = self.records(connection)
            found = _box_for(records, actor, box)
            roll = tuple(records.roll(box))
            tally = records.tally(box)
        held = electors.votes_of(actor, found)
        conducts = electors.conducts(actor, found.snapshot)
        return BoxView(
            box=found,
            conducts=conducts,
            own=tuple(entry for entry in roll if entry.unit in held),
            roll=roll if conducts else None,
            tally=tally,
        )

    def open_box(self, actor: Actor, opening: Opening) -> Box:
        """Open a box on the cluster's newest frozen snapshot, whose hash it keeps."""
        box = uuid.uuid4()
        with self.database.unit_of_work() as uow:
            records = self.records(uow.connection)
            records.lock_cluster(opening.cycle, opening.cluster)
            snapshot = _conducted(actor, records.snapshot(opening.cycle, opening.cluster))
            plan = Plan(
                method=opening.method,
                opens_at=opening.opens_at or uow.now,
                closes_at=opening.closes_at,
                quorum=opening.quorum,
                threshold=opening.threshold,
            )
            earlier = records.earlier(opening.cycle, opening.cluster)
            check_opening(snapshot, plan, earlier, uow.now)
            public_key = self.keys.create(box)
            try:
                records.add_box(box, snapshot, plan, len(earlier) + 1, public_key, uow.now, actor.account)
                uow.commit()
            except BaseException:
                self.keys.destroy(box)
                raise
        return self.view(actor, box).box

    def cast(self, actor: Actor, box: uuid.UUID, unit: str, paper: Paper) -> str:
        """Put in a unit's paper; the receipt. One transaction: a mark on the roll and a sealed paper, nothing else.

        No event, no history, no log: what this leaves behind says that the unit voted, not when and not how.
        """
        with self.database.unit_of_work() as uow:
            records = self.records(uow.connection)
            records.lock_for_casting(box)
            found = _box_for(records, actor, box)
            if unit not in electors.votes_of(actor, found):
                raise Refusal(
                    "vote_not_held", Kind.FORBIDDEN, sentence("You do not hold the vote of this unit in this ballot.")
                )
            check_casting(found, paper, uow.now)
            if not records.mark(box, unit):
                raise Refusal(
                    "already_voted",
                    Kind.CONFLICT,
                    sentence("This unit's paper is in the box already; each unit has one."),
                )
            ballot = Ballot(paper, secrets.token_bytes(NONCE_BYTES))
            sealed = self.keys.seal(found.public_key, box, packed(ballot, found.snapshot.units))
            receipt = receipt_of(sealed)
            records.put_in(box, sealed, receipt)
            uow.commit()
        return receipt

    def close_box(self, actor: Actor, box: uuid.UUID) -> AnnouncedTally:
        """Close, open, count and announce in one transaction; afterwards the box's key is destroyed."""
        with self.database.unit_of_work() as uow:
            records = self.records(uow.connection)
            records.lock_for_closing(box)
            found = _box_for(records, actor, box)
            if not electors.conducts(actor, found.snapshot):
                raise _not_a_teller()
            if records.tally(box) is not None:
                # A crash between the commit and this line may have left the key.
                self.keys.destroy(box)
            check_closing(found, uow.now)
            sealed = records.sealed(box)
            tally, ballots = self._count(found, sealed)
            receipts = [receipt_of(paper) for paper in sealed]
            records.close(found, tally, ballots, receipts, uow.now, actor.account)
            announced = records.tally(box)
            uow.commit()
        self.keys.destroy(box)
        if announced is None:
            raise AssertionError("a closed box has its tally")
        return announced

    def _count(self, box: Box, sealed: Sequence[bytes]) -> tuple[Tally, list[tuple[str, Paper | None]]]:
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
            contents = self.keys.open(box.id, sealed)
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

    def tally(self, actor: Actor, box: uuid.UUID) -> AnnouncedTally:
        """The announced tally; while the box is open nobody learns any count of votes."""
        with self.database.reader() as connection:
            records = self.records(connection)
            _box_for(records, actor, box)
            announced = records.tally(box)
        if announced is None:
            raise Refusal(
                "not_counted_yet", Kind.CONFLICT, sentence("The papers are counted after the ballot has closed.")
            )
        return announced

    def receipt_included(self, actor: Actor, box: uuid.UUID, receipt: str) -> Box:
        """The box, if the paper of this receipt is in it; a Refusal if not. Says nothing of what is on the paper."""
        with self.database.reader() as connection:
            records = self.records(connection)
            found = _box_for(records, actor, box)
            if not records.knows_receipt(box, receipt):
                raise Refusal("receipt_unknown", Kind.NOT_FOUND, sentence("No paper with this receipt is in this box."))
        return found


def receipt_of(sealed: bytes) -> str:
    """SHA-256 of the sealed paper: whoever holds it can show that the paper is there, and nothing more."""
    return hashlib.sha256(sealed).hexdigest()


def _box_for(records: VotingRecords, actor: Actor, box: uuid.UUID) -> Box:
    found = records.box(box)
    if found is None or not electors.sees(actor, found):
        raise unknown_box()
    return found


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
