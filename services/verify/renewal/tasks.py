"""The worker's side of the rows of work: claim one, hold it while it computes, give it back when something breaks."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from services.verify.claims.model import KIND, QUEUE, TASK
from services.verify.ports import Store
from services.verify.renewal.actions.screen import run_screening
from services.verify.settings import VerifySettings
from shared.plumbing import work as work_rows
from shared.plumbing.database import Database
from shared.plumbing.leases import LeaseLost, Work

log = structlog.get_logger(__name__)


@contextmanager
def held(database: Database, work: Work, lease_seconds: float) -> Iterator[None]:
    """Renew the lease three times in its length until the block ends; a lease that was lost is not renewed again."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(lease_seconds / 3):
            try:
                work_rows.renew(database, work, lease_seconds=lease_seconds)
            except LeaseLost:
                return
            except Exception as error:
                # The database may be away for a moment; whether the lease survived is found out when finishing.
                log.warning("lease_not_renewed", key=work.key, error=type(error).__name__)

    holder = threading.Thread(target=renew, name="lease", daemon=True)
    holder.start()
    try:
        yield
    finally:
        ended.set()
        holder.join()


# Well inside Celery's soft time limit; whoever comes after goes on with the next row.
LONGEST_TURN = 120.0


def screen_one(database: Database, store: Store, settings: VerifySettings) -> str | None:
    """Claim and run one screening: `done`, `discarded`, `lost`, `failed`, or None if there was nothing to do."""
    work = work_rows.claim(database, KIND, lease_seconds=settings.lease_seconds)
    if work is None:
        return None
    try:
        with held(database, work, settings.lease_seconds):
            outcome = run_screening(store, work, settings.screening_turn)
    except LeaseLost:
        outcome = "lost"
    except Exception as error:
        log.exception("screening_failed", key=work.key, attempt=work.attempts)
        work_rows.fail(database, work, error)
        outcome = "failed"
    log.info("screening_finished", key=work.key, outcome=outcome)
    return outcome


def screen_all(database: Database, store: Store, settings: VerifySettings) -> int:
    """Run screenings until none is left or the turn is over (then another worker is woken up); how many were run."""
    ends = time.monotonic() + LONGEST_TURN
    count = 0
    if _waiting(database) > 1:
        database.waker.wake_up(TASK, QUEUE)  # an idle worker shares the work, and wakes up the next
    while screen_one(database, store, settings) is not None:
        count += 1
        if time.monotonic() > ends:
            database.waker.wake_up(TASK, QUEUE)
            break
    return count


def _waiting(database: Database) -> int:
    with database.reader() as connection:
        rows = work_rows.open_work(connection, database.schema)
    return sum(row["count"] for row in rows if row["kind"] == KIND and row["state"] == "queued")


def wake_up_for_open_work(database: Database) -> bool:
    """Wake a worker up for rows that nobody has taken, or whose holder died. True if there were any."""
    with database.reader() as connection:
        rows = work_rows.open_work(connection, database.schema)
    # A claimed row may be somebody's who died: only who looks finds out, and looking costs next to nothing.
    waits = any(row["kind"] == KIND and row["state"] in ("queued", "claimed") for row in rows)
    if waits:
        database.waker.wake_up(TASK, QUEUE)
    return waits
