"""Intake's tasks: each only says "look now"; what there is to do stands in the database."""

from dataclasses import dataclass
from typing import Any

import structlog
from celery import Celery

from services.intake.accounts.actions.handovers import carry_out_due_handovers
from services.intake.administration import actions as administration_actions
from services.intake.feed import verify_reader
from services.intake.files import actions as files_actions
from services.intake.files.actions import scan_files
from services.intake.files.ports import Scanner
from services.intake.inbox.actions import send_due_mail
from services.intake.inbox.ports import MailQueue, Post
from services.intake.ports import AccountStore, EvidenceFiles, Store
from services.intake.reminders.actions import send_due_reminders
from shared.contracts.refusals import Kind, Refusal
from shared.plumbing.database import Database
from shared.plumbing.feed_reader import FeedClient

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Surroundings:
    """What the tasks work with. Without a scanner nothing is scanned, without a post nothing is sent."""

    store: Store
    account_store: AccountStore
    database: Database
    verify: FeedClient
    files: EvidenceFiles
    scanner: Scanner | None
    queue: MailQueue
    post: Post | None


def drain_feeds(database: Database, client: FeedClient) -> int:
    """Read verify's feed to its end; a service that does not answer is asked again at the next wake-up."""
    try:
        return verify_reader(client).drain(database)
    except Refusal as refusal:
        if refusal.kind is not Kind.UNAVAILABLE:
            raise
        log.warning("verify_unavailable")
        return 0


def register_tasks(app: Celery, around: Surroundings) -> dict[str, Any]:
    """`intake.close_due_cycles`: close the intake of every cycle whose time is over; `intake.drain_feeds`: read
    verify's feed; `intake.remind`: remind of what is due; `intake.send_mail`: send the mail that is due;
    `intake.scan_evidence`: have files scanned; `intake.delete_expired_files`: delete files whose period is over;
    `intake.carry_out_handovers`: offices pass on the day they should.
    """

    @app.task(name="intake.close_due_cycles", shared=False)
    def close_due_cycles() -> None:
        administration_actions.close_due_cycles(around.store)

    @app.task(name="intake.drain_feeds", shared=False)
    def drain() -> None:
        drain_feeds(around.database, around.verify)

    @app.task(name="intake.remind", shared=False)
    def remind() -> None:
        send_due_reminders(around.store)

    @app.task(name="intake.send_mail", shared=False)
    def send_mail() -> None:
        if around.post is not None:
            send_due_mail(around.queue, around.post)

    @app.task(name="intake.scan_evidence", shared=False)
    def scan_evidence() -> None:
        if around.scanner is not None:
            scan_files(around.store, around.files, around.scanner)

    @app.task(name="intake.delete_expired_files", shared=False)
    def delete_expired_files() -> None:
        files_actions.delete_expired_files(around.store, around.files)

    @app.task(name="intake.carry_out_handovers", shared=False)
    def carry_out_handovers() -> None:
        carry_out_due_handovers(around.account_store)

    tasks = (close_due_cycles, carry_out_handovers, drain, remind, send_mail, scan_evidence, delete_expired_files)
    return {task.name: task for task in tasks}
