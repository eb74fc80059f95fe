"""Reads verify's feed: what its reviewers ask of the units, what was found, what sources are waited for."""

from collections.abc import Callable, Mapping
from typing import Any

from marshmallow import Schema

from services.intake.cycles.store import Frameworks
from services.intake.people.model import NotArrivedYet
from services.intake.questions.actions import record_request
from services.intake.reminders.actions import announce_due_source
from services.intake.results.actions import record_verified
from services.intake.store import SqlUnitOfWork
from shared.contracts.events import Event
from shared.contracts.verify_v1 import ExplanationRequestRecorded, SourceReminderDue, UnitVerified
from shared.plumbing.database import UnitOfWork
from shared.plumbing.feed_reader import FeedClient, FeedReader, MissingReference

READER = "verify"


def verify_reader(client: FeedClient) -> FeedReader:
    """The reader of verify's feed; `drain` it into intake's database."""
    frameworks = Frameworks()

    def handler(
        schema: type[Schema], use: Callable[[SqlUnitOfWork, Mapping[str, Any]], object]
    ) -> Callable[[UnitOfWork, Event], None]:
        def handle(uow: UnitOfWork, event: Event) -> None:
            try:
                use(SqlUnitOfWork(uow, frameworks), schema().load(event.data))
            except NotArrivedYet as missing:
                raise MissingReference(str(missing)) from missing

        return handle

    handlers = {
        "explanation_request_recorded": handler(ExplanationRequestRecorded, record_request),
        "source_reminder_due": handler(SourceReminderDue, announce_due_source),
        "unit_verified": handler(UnitVerified, record_verified),
    }
    return FeedReader(READER, client, handlers)
