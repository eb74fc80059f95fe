"""Reads verify's feed: what its reviewers ask of the units."""

from services.intake.adapters.cycle_repository import Frameworks
from services.intake.adapters.store import SqlUnitOfWork
from services.intake.usecases import explanations
from shared.contracts.events import Event
from shared.contracts.verify_v1 import ExplanationRequestRecorded
from shared.plumbing.database import UnitOfWork
from shared.plumbing.feed_reader import FeedClient, FeedReader, MissingReference

READER = "verify"


def verify_reader(client: FeedClient) -> FeedReader:
    """The reader of verify's feed; `drain` it into intake's database."""
    frameworks = Frameworks()

    def record_request(uow: UnitOfWork, event: Event) -> None:
        data = ExplanationRequestRecorded().load(event.data)
        try:
            explanations.record_request(SqlUnitOfWork(uow, frameworks), data)
        except explanations.NotArrivedYet as missing:
            raise MissingReference(str(missing)) from missing

    return FeedReader(READER, client, {"explanation_request_recorded": record_request})
