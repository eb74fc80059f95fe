"""Intake's tasks: each only says "look now"; what there is to do stands in the database."""

from typing import Any

from celery import Celery

from services.intake.keeping_ports import Scanner
from services.intake.notice_ports import MailQueue, Post
from services.intake.ports import EvidenceFiles, Intake
from services.intake.usecases import cycles, keeping, mailing, reminders


def register_tasks(
    app: Celery,
    intake: Intake,
    *,
    files: EvidenceFiles | None = None,
    scanner: Scanner | None = None,
    mail: tuple[MailQueue, Post] | None = None,
) -> dict[str, Any]:
    """`intake.close_due_cycles`: close the intake of every cycle whose time is over; `intake.remind`: remind of what
    is due; `intake.send_mail`: send the mail that is due, where a mail server is set up; `intake.scan_evidence`: have
    files scanned, where a scanner is; `intake.delete_expired_files`: delete files whose period is over.
    """

    @app.task(name="intake.close_due_cycles")
    def close_due_cycles() -> None:
        cycles.close_due_cycles(intake)

    @app.task(name="intake.remind")
    def remind() -> None:
        reminders.send_due_reminders(intake)

    @app.task(name="intake.send_mail")
    def send_mail() -> None:
        if mail is not None:
            mailing.send_due_mail(*mail)

    @app.task(name="intake.scan_evidence")
    def scan_evidence() -> None:
        if files is not None and scanner is not None:
            keeping.scan_files(intake, files, scanner)

    @app.task(name="intake.delete_expired_files")
    def delete_expired_files() -> None:
        if files is not None:
            keeping.delete_expired_files(intake, files)

    tasks = (close_due_cycles, remind, send_mail, scan_evidence, delete_expired_files)
    return {task.name: task for task in tasks}
