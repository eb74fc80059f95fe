"""Thin Celery tasks: a message only says "look now"; the work is rows, and every task may run twice."""

import time

import structlog
from celery import Celery

from services.verify.adapters.intake_feed import intake_reader
from services.verify.adapters.queue import held
from services.verify.adapters.store import SqlStore
from services.verify.claims.model import KIND, QUEUE, TASK
from services.verify.reviews.actions.ask import watch_requests
from services.verify.reviews.actions.holding import release_lapsed
from services.verify.settings import VerifySettings
from services.verify.sources.actions.due_dates import attend_due_dates
from services.verify.sources.actions.fetch import fetch_due
from services.verify.sources.clients.fetcher import HttpFetcher
from services.verify.sources.clients.public_addresses import hosts_of
from services.verify.sources.workbooks import READERS
from services.verify.usecases.audits import draw_due_audits
from services.verify.usecases.screen import run_screening
from shared.contracts.refusals import Kind, Refusal
from shared.plumbing import work as work_rows
from shared.plumbing.database import Database
from shared.plumbing.feed_reader import FeedClient
from shared.plumbing.leases import LeaseLost

# Well inside Celery's soft time limit; whoever comes after goes on with the next row.
LONGEST_TURN = 120.0
SCREEN_SECONDS = 3600  # the longest that one screening may take
log = structlog.get_logger(__name__)


def screen_one(database: Database, settings: VerifySettings) -> str | None:
    """Claim and run one screening: `done`, `discarded`, `lost`, `failed`, or None if there was nothing to do."""
    work = work_rows.claim(database, KIND, lease_seconds=settings.lease_seconds)
    if work is None:
        return None
    try:
        with held(database, work, settings.lease_seconds):
            outcome = run_screening(SqlStore(database), work, settings.screening_turn)
    except LeaseLost:
        outcome = "lost"
    except Exception as error:
        log.exception("screening_failed", key=work.key, attempt=work.attempts)
        work_rows.fail(database, work, error)
        outcome = "failed"
    log.info("screening_finished", key=work.key, outcome=outcome)
    return outcome


def screen_all(database: Database, settings: VerifySettings) -> int:
    """Run screenings until none is left or the turn is over; rings for the rest. Returns how many were run."""
    ends = time.monotonic() + LONGEST_TURN
    count = 0
    if _waiting(database) > 1:
        database.doorbell.ring(TASK, QUEUE)  # whoever is idle shares the work, and rings in turn
    while screen_one(database, settings) is not None:
        count += 1
        if time.monotonic() > ends:
            database.doorbell.ring(TASK, QUEUE)
            break
    return count


def drain_feeds(database: Database, client: FeedClient) -> int:
    """Read intake's feed to its end; a service that does not answer is asked again at the next ring."""
    try:
        return intake_reader(client).drain(database)
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            raise
        log.warning("intake_unavailable")
        return 0


def _waiting(database: Database) -> int:
    with database.reader() as connection:
        rows = work_rows.open_work(connection, database.schema)
    return sum(row["count"] for row in rows if row["kind"] == KIND and row["state"] == "queued")


def ring_open_work(database: Database) -> bool:
    """Ring for rows that nobody has taken, or whose holder died. True if there were any."""
    with database.reader() as connection:
        rows = work_rows.open_work(connection, database.schema)
    # A claimed row may be somebody's who died: only who looks finds out, and looking costs next to nothing.
    waits = any(row["kind"] == KIND and row["state"] in ("queued", "claimed") for row in rows)
    if waits:
        database.doorbell.ring(TASK, QUEUE)
    return waits


def register_tasks(app: Celery, database: Database, client: FeedClient, settings: VerifySettings) -> None:
    """Give the worker its tasks."""

    @app.task(name="verify.drain_feeds")
    def drain() -> None:
        drain_feeds(database, client)

    # A cohort of a hundred thousand units takes minutes; the lease, not the clock of Celery, says that it is alive.
    @app.task(name=TASK, soft_time_limit=SCREEN_SECONDS, time_limit=SCREEN_SECONDS + 60)
    def screen() -> None:
        screen_all(database, settings)

    @app.task(name="verify.fetch_due_sources")
    def fetch() -> None:
        fetch_due(SqlStore(database), HttpFetcher(hosts_of(settings.fetch_allowed_hosts)), READERS)

    @app.task(name="verify.attend_due_dates")
    def attend() -> None:
        attend_due_dates(SqlStore(database))

    @app.task(name="verify.watch_reviews")
    def watch() -> None:
        store = SqlStore(database)
        watch_requests(store)
        release_lapsed(store)

    @app.task(name="verify.draw_due_audits")
    def draw() -> None:
        draw_due_audits(SqlStore(database))

    @app.task(name="verify.ring_open_work")
    def ring() -> None:
        ring_open_work(database)
