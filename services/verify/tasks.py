"""Thin Celery tasks: a message only says "look now"; the work is rows, and every task may run twice."""

import structlog
from celery import Celery

from services.verify.claims.model import TASK
from services.verify.intake_feed import intake_reader
from services.verify.renewal.tasks import screen_all, wake_up_for_open_work
from services.verify.reviews.actions.ask import watch_requests
from services.verify.reviews.actions.holding import release_lapsed
from services.verify.settings import VerifySettings
from services.verify.sources.actions.due_dates import attend_due_dates
from services.verify.sources.actions.fetch import fetch_due
from services.verify.sources.clients.fetcher import HttpFetcher
from services.verify.sources.clients.public_addresses import hosts_of
from services.verify.sources.readers.rating_workbook import READERS
from services.verify.store import SqlStore
from services.verify.triage.actions.audits import draw_due_audits
from shared.contracts.refusals import Kind, Refusal
from shared.plumbing.database import Database
from shared.plumbing.feed_reader import FeedClient

SCREEN_SECONDS = 3600  # the longest that one screening may take
log = structlog.get_logger(__name__)


def drain_feeds(database: Database, client: FeedClient) -> int:
    """Read intake's feed to its end; a service that does not answer is asked again at the next wake-up."""
    try:
        return intake_reader(client).drain(database)
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            raise
        log.warning("intake_unavailable")
        return 0


def register_tasks(app: Celery, database: Database, client: FeedClient, settings: VerifySettings) -> None:
    """Give the worker its tasks."""
    store = SqlStore(database)

    @app.task(name="verify.drain_feeds")
    def drain() -> None:
        drain_feeds(database, client)

    # A cohort of a hundred thousand units takes minutes; the lease, not the clock of Celery, says that it is alive.
    @app.task(name=TASK, soft_time_limit=SCREEN_SECONDS, time_limit=SCREEN_SECONDS + 60)
    def screen() -> None:
        screen_all(database, store, settings)

    @app.task(name="verify.fetch_due_sources")
    def fetch() -> None:
        fetch_due(store, HttpFetcher(hosts_of(settings.fetch_allowed_hosts)), READERS)

    @app.task(name="verify.attend_due_dates")
    def attend() -> None:
        attend_due_dates(store)

    @app.task(name="verify.watch_reviews")
    def watch() -> None:
        watch_requests(store)
        release_lapsed(store)

    @app.task(name="verify.draw_due_audits")
    def draw() -> None:
        draw_due_audits(store)

    @app.task(name="verify.wake_up_for_open_work")
    def wake_up() -> None:
        wake_up_for_open_work(database)
