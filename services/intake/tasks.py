"""Intake's tasks: each only says "look now"; what there is to do stands in the database."""

from typing import Any

import structlog
from celery import Celery

from services.intake.adapters.verify_feed import verify_reader
from services.intake.ports import Intake
from services.intake.usecases import cycles
from shared.contracts.refusals import Kind, Refusal
from shared.plumbing.database import Database
from shared.plumbing.feed_reader import FeedClient

log = structlog.get_logger(__name__)


def drain_feeds(database: Database, client: FeedClient) -> int:
    """Read verify's feed to its end; a service that does not answer is asked again at the next ring."""
    try:
        return verify_reader(client).drain(database)
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            raise
        log.warning("verify_unavailable")
        return 0


def register_tasks(app: Celery, intake: Intake, database: Database, client: FeedClient) -> dict[str, Any]:
    """`intake.close_due_cycles`: close the intake of every cycle whose time is over; `intake.drain_feeds`: verify's."""

    @app.task(name="intake.close_due_cycles")
    def close_due_cycles() -> None:
        cycles.close_due_cycles(intake)

    @app.task(name="intake.drain_feeds")
    def drain() -> None:
        drain_feeds(database, client)

    return {close_due_cycles.name: close_due_cycles, drain.name: drain}
