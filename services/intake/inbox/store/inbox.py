"""Inboxes and mail settings as rows."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.cycles import tables as cycles_tables
from services.intake.cycles.tables import cycle_member
from services.intake.directory import tables as directory_tables
from services.intake.inbox.model import Entry, MailSetting
from services.intake.notices.model import KINDS
from services.intake.notices.tables import mail_setting, notice, notice_recipient
from services.intake.tables import uuid_of
from shared.clock import Clock
from shared.contracts.sentences import Sentence


class SqlInboxes:
    """`services.intake.inbox.ports.Inboxes` over one connection."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock

    def inbox(self, account: str, before: int | None, limit: int) -> Sequence[Entry]:
        query = entries_of(account).order_by(notice.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(notice.c.id < before)
        return [read_entry(row) for row in self.connection.execute(query).mappings()]

    def entry(self, account: str, number: int) -> Entry | None:
        row = self.connection.execute(entries_of(account).where(notice.c.id == number)).mappings().one_or_none()
        return None if row is None else read_entry(row)

    def unread(self, account: str) -> int:
        query = sa.select(sa.func.count()).where(
            notice_recipient.c.account_id == uuid_of(account),
            notice_recipient.c.read_at.is_(None),
        )
        return int(self.connection.execute(query).scalar_one())

    def mark_read(self, account: str, numbers: Sequence[int] | None) -> int:
        change = (
            sa.update(notice_recipient)
            .where(
                notice_recipient.c.account_id == uuid_of(account),
                notice_recipient.c.read_at.is_(None),
            )
            .values(read_at=self.clock.now(), mail_due_at=None)
        )
        if numbers is not None:
            change = change.where(notice_recipient.c.notice_id.in_(list(numbers)))
        return self.connection.execute(change).rowcount

    def mail_setting(self, account: str) -> MailSetting:
        query = sa.select(mail_setting.c.address, mail_setting.c.mode).where(
            mail_setting.c.account_id == uuid_of(account)
        )
        row = self.connection.execute(query).one_or_none()
        return MailSetting() if row is None else MailSetting(row.address, row.mode)

    def save_mail_setting(self, account: str, setting: MailSetting) -> None:
        values = {"address": setting.address, "mode": setting.mode, "changed_at": self.clock.now()}
        self.connection.execute(
            postgresql.insert(mail_setting)
            .values(account_id=uuid_of(account), **values)
            .on_conflict_do_update(index_elements=["account_id"], set_=values)
        )


def entries_of(reader: str) -> sa.Select[Any]:
    """The lines of somebody's inbox with the titles of what they are about; for `read_entry`."""
    cycle, member, unit, council = cycles_tables.cycle, cycle_member, directory_tables.unit, directory_tables.council
    return (
        sa.select(
            notice,
            notice_recipient.c.read_at,
            cycle.c.title.label("cycle_title"),
            sa.func.coalesce(member.c.title, unit.c.title).label("unit_title"),
        )
        .join(notice_recipient, notice_recipient.c.notice_id == notice.c.id)
        .outerjoin(cycle, cycle.c.code == notice.c.cycle)
        .outerjoin(member, sa.and_(member.c.cycle_id == cycle.c.id, member.c.unit == notice.c.unit))
        .outerjoin(council, council.c.code == notice.c.council)
        .outerjoin(unit, sa.and_(unit.c.council_id == council.c.id, unit.c.code == notice.c.unit))
        .where(notice_recipient.c.account_id == uuid_of(reader))
    )


def read_entry(row: Mapping[Any, Any]) -> Entry:
    """A row of `entries_of`."""
    return Entry(
        number=row["id"],
        kind=KINDS[row["kind"]],
        council=row["council"],
        cycle=row["cycle"],
        cycle_title=row["cycle_title"] or {},
        unit=row["unit"],
        unit_title=row["unit_title"] or {},
        detail=_detail_of(row["detail"]),
        by=row["by_name"],
        at=row["at"],
        read_at=row["read_at"],
    )


def _detail_of(document: Mapping[str, Any]) -> Sentence | str:
    if "text" in document:
        return Sentence(**document)
    return str(document.get("said", ""))
