"""Mail as rows of work: put together from what is due, claimed with a lease, sent, or tried again later."""

import uuid
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from services.intake.inbox.model import Letter, MailSetting
from services.intake.inbox.ports import ClaimedLetter, MailReport
from services.intake.inbox.rules import letter_of
from services.intake.inbox.store.inbox import entries_of, read_entry
from services.intake.notices.model import NEVER, PAUSE
from services.intake.notices.tables import mail_setting, notice, notice_recipient
from services.intake.people.tables import account
from services.intake.tables import metadata
from shared.plumbing import work as work_rows
from shared.plumbing.database import Database
from shared.plumbing.leases import Work

KIND = "mail"
ATTEMPTS = 10
LEASE_SECONDS = 120


# Minutes until the next attempt after the first, second … failure; the last one is used for all that follow.
PAUSES = (1, 2, 5, 15, 30, 60, 120)


# What waited for a week (mail was not set up yet, say) is not mailed any more.
OLDEST = timedelta(days=7)
MOST_AT_ONCE = 500
APPS = ("intake", "verify", "ranking", "ballot")


class SqlMailQueue:
    """`services.intake.inbox.ports.MailQueue` on PostgreSQL. `public_url`: where people reach the gateway."""

    def __init__(self, database: Database, public_url: str) -> None:
        self.database = database
        self.apps = {app: f"{public_url.rstrip('/')}/{app}" for app in APPS}

    def gather(self) -> int:
        with self.database.unit_of_work() as uow:
            ready = sa.or_(
                mail_setting.c.gathered_at.is_(None),
                mail_setting.c.gathered_at <= uow.now - PAUSE,
            )
            due = (
                sa.select(notice_recipient.c.account_id)
                .where(
                    notice_recipient.c.mail_due_at <= uow.now,
                    notice_recipient.c.mail_due_at > uow.now - OLDEST,
                )
                .distinct()
            )
            people = uow.connection.execute(
                sa.select(mail_setting.c.account_id)
                .where(mail_setting.c.account_id.in_(due), mail_setting.c.mode != NEVER, ready)
                .order_by(mail_setting.c.account_id)
                .limit(MOST_AT_ONCE)
                .with_for_update(skip_locked=True)
            ).scalars()
            chosen = list(people)
            if not chosen:
                return 0
            uow.connection.execute(
                sa.update(mail_setting).where(mail_setting.c.account_id.in_(chosen)).values(gathered_at=uow.now)
            )
            # Whatever waits for them goes along, also what would be due later.
            taken = uow.connection.execute(
                sa.update(notice_recipient)
                .where(
                    notice_recipient.c.account_id.in_(chosen),
                    notice_recipient.c.mail_due_at > uow.now - OLDEST,
                )
                .values(mail_due_at=None)
                .returning(notice_recipient.c.account_id, notice_recipient.c.notice_id)
            )
            numbers: dict[uuid.UUID, list[int]] = {}
            for row in taken:
                numbers.setdefault(row.account_id, []).append(row.notice_id)
            for reader, some in numbers.items():
                key = f"{reader}/{max(some)}"
                work_rows.enqueue(uow, KIND, key, {"account": str(reader), "notices": sorted(some)})
            uow.commit()
        return len(numbers)

    def take(self) -> ClaimedLetter | None:
        work = work_rows.claim(self.database, KIND, lease_seconds=LEASE_SECONDS, attempts=ATTEMPTS)
        return None if work is None else ClaimedLetter(work, self._letter(work))

    def done(self, taken: ClaimedLetter) -> None:
        with self.database.unit_of_work() as uow:
            work_rows.finish(uow, taken.claim, "done" if taken.letter else "discarded")
            uow.commit()

    def again(self, taken: ClaimedLetter, error: BaseException) -> None:
        work: Work = taken.claim
        minutes = PAUSES[min(work.attempts, len(PAUSES)) - 1]
        work_rows.postpone(self.database, work, error, minutes * 60)

    def give_up(self, taken: ClaimedLetter, error: BaseException) -> None:
        work_rows.give_up(self.database, taken.claim, error)

    def report(self) -> MailReport:
        work = metadata.tables["work"]
        unfinished = (work.c.kind == KIND, work.c.state.in_(("queued", "claimed", "failed")))
        with self.database.reader() as connection:
            counted = connection.execute(
                sa.select(work.c.state, sa.func.count()).where(*unfinished).group_by(work.c.state)
            )
            counts = {str(state): int(number) for state, number in counted}
            newest = connection.execute(
                sa.select(work.c.error)
                .where(*unfinished, work.c.error.is_not(None))
                .order_by(work.c.created_at.desc())
                .limit(1)
            ).scalar_one_or_none()
        return MailReport(counts.get("queued", 0) + counts.get("claimed", 0), counts.get("failed", 0), newest)

    def retry_failed(self) -> int:
        with self.database.unit_of_work() as uow:
            count = work_rows.retry_failed(uow, KIND)
            uow.wake_up("intake.send_mail", "intake")
            uow.commit()
        return count

    def _letter(self, work: Work) -> Letter | None:
        """The mail as it stands now: what was read meanwhile is left out, a changed address counts."""
        reader: str = work.payload["account"]
        wanted: Sequence[int] = work.payload["notices"]
        with self.database.reader() as connection:
            person = connection.execute(
                sa.select(
                    account.c.name,
                    account.c.language,
                    mail_setting.c.address,
                    mail_setting.c.mode,
                )
                .join(mail_setting, mail_setting.c.account_id == account.c.id)
                .where(account.c.id == uuid.UUID(reader), account.c.active, mail_setting.c.mode != NEVER)
            ).one_or_none()
            unread = entries_of(reader).where(notice.c.id.in_(list(wanted)), notice_recipient.c.read_at.is_(None))
            rows: list[Any] = list(connection.execute(unread.order_by(notice.c.id)).mappings())
        if person is None or not rows:
            return None
        setting = MailSetting(person.address, person.mode)
        entries = [read_entry(row) for row in rows]
        return letter_of(str(work.id), person.name, person.language, setting, entries, self.apps)
