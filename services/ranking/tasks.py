"""Ranking's Celery task: read what intake and verify say."""

from collections.abc import Sequence

import structlog
from celery import Celery

from shared.contracts.refusals import Kind, Refusal
from shared.plumbing.database import Database
from shared.plumbing.feed_reader import FeedReader

log = structlog.get_logger(__name__)


def register_tasks(app: Celery, database: Database, readers: Sequence[FeedReader]) -> None:
    """Add `ranking.drain_feeds`; it may run twice at once, for a feed's cursor is locked while it is drained."""

    @app.task(name="ranking.drain_feeds", shared=False)
    def drain_feeds() -> None:
        """Read every feed to its end; one that does not answer does not stop the others."""
        for reader in readers:
            try:
                taken = reader.drain(database)
            except Refusal as refusal:
                if refusal.kind is not Kind.UNAVAILABLE:
                    raise
                continue
            if taken:
                log.info("feed_drained", reader=reader.name, events=taken)
