"""Reads intake's feed: validates each event and passes it to its action, in the reader's transaction."""

from collections.abc import Callable, Mapping
from typing import Any

import marshmallow as ma

from services.verify.claims.actions import receive
from services.verify.ports import UnitOfWork
from services.verify.reviews.actions import ask
from services.verify.store import SqlUnitOfWork
from shared.contracts.events import Event
from shared.contracts.intake_v1 import (
    ChallengeRecorded,
    CovenantRecorded,
    CycleRecorded,
    ExplanationGiven,
    SessionsRevoked,
    SubmissionSent,
)
from shared.plumbing.database import UnitOfWork as PlainUnitOfWork
from shared.plumbing.feed_reader import FeedClient, FeedReader, Handler, MissingReference

READER = "intake"


def _handler(schema: type[ma.Schema], take: Callable[[UnitOfWork, Mapping[str, Any]], None]) -> Handler:
    def handle(uow: PlainUnitOfWork, event: Event) -> None:
        data = schema().load(event.data)
        try:
            take(SqlUnitOfWork(uow), data)
        except receive.NotArrivedYet as missing:
            raise MissingReference(str(missing)) from missing

    return handle


def _record_cycle(uow: UnitOfWork, data: Mapping[str, Any]) -> None:
    """A member that goes takes its review items along."""
    receive.record_cycle(uow, data)
    uow.reviews.drop_others(data["cycle"], [member["unit"] for one in data["clusters"] for member in one["members"]])


def intake_reader(client: FeedClient) -> FeedReader:
    """The reader of intake's feed; `drain` it into verify's database."""
    return FeedReader(
        READER,
        client,
        {
            "cycle_recorded": _handler(CycleRecorded, _record_cycle),
            "submission_sent": _handler(SubmissionSent, receive.record_submission),
            "covenant_recorded": _handler(CovenantRecorded, receive.record_covenant),
            "explanation_given": _handler(ExplanationGiven, ask.record_answer),
            "challenge_recorded": _handler(ChallengeRecorded, receive.record_challenge),
            "sessions_revoked": _handler(SessionsRevoked, receive.revoke_sessions),
        },
    )
