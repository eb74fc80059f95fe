"""The worker's side of the rows of work: claim one, hold it while it computes, give it back when something breaks."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

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
