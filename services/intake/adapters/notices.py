"""Notices, inboxes and mail settings as rows."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.adapters import notice_tables, tables
from services.intake.adapters.account_tables import account
from services.intake.adapters.documents import contributions_of
from services.intake.domain.mail import MailSetting
from services.intake.domain.notices import KINDS, NEVER, Addressee, Delivery, Entry, Notice, Recipients
from services.intake.domain.reminders import CycleReminders, Waiting, waiting_of
from shared.clock import Clock
from shared.contracts.sentences import Sentence
from shared.people import UNIT_ROLES, Actor, Grant


class SqlNotices:
    """`services.intake.notice_ports.Notices` over one connection. `clock` says when something was read or written."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock

    def people(self, wanted: Sequence[Recipients]) -> Sequence[Addressee]:
        asked = _granted(wanted)
        named = {number for one in wanted for text in one.accounts if (number := tables.uuid_of(text))}
        if named:
            asked.append(account.c.id.in_(named))
        if not asked:
            return []
        rows = self.connection.execute(
            sa.select(
                account.c.id, account.c.name, account.c.home_units, account.c.grants, notice_tables.mail_setting.c.mode
            )
            .outerjoin(notice_tables.mail_setting, notice_tables.mail_setting.c.account_id == account.c.id)
            .where(account.c.active, sa.or_(*asked))
        )
        return [
            Addressee(
                Actor(
                    str(row.id),
                    row.name,
                    tuple((council, unit) for council, unit in row.home_units),
                    tuple(Grant.from_claim(claim) for claim in row.grants),
                ),
                row.mode or NEVER,
            )
            for row in rows
        ]

    def add(self, by: str, notices: Sequence[tuple[Notice, Sequence[Delivery]]]) -> int:
        keyed = {(one.kind.code, one.once or uuid.uuid4().hex): (one, lines) for one, lines in notices if lines}
        if not keyed:
            return 0
        at = self.clock.now()
        written = self.connection.execute(
            postgresql.insert(notice_tables.notice)
            .on_conflict_do_nothing()
            .returning(notice_tables.notice.c.id, notice_tables.notice.c.kind, notice_tables.notice.c.once),
            [
                {
                    "kind": kind,
                    "once": once,
                    "council": one.to.council,
                    "cycle": one.cycle,
                    "unit": one.unit,
                    "detail": _detail_column(one.detail),
                    "by_name": by,
                    "at": at,
                }
                for (kind, once), (one, _) in keyed.items()
            ],
        )
        rows = [
            {"account_id": uuid.UUID(line.account), "notice_id": row.id, "mail_due_at": line.mail_due_at}
            for row in written
            for line in keyed[row.kind, row.once][1]
        ]
        if rows:
            self.connection.execute(sa.insert(notice_tables.notice_recipient), rows)
        return len(rows)


class SqlInboxes:
    """`services.intake.notice_ports.Inboxes` over one connection."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock

    def inbox(self, account: str, before: int | None, limit: int) -> Sequence[Entry]:
        query = entries_of(account).order_by(notice_tables.notice.c.id.desc()).limit(limit)
        if before is not None:
            query = query.where(notice_tables.notice.c.id < before)
        return [read_entry(row) for row in self.connection.execute(query).mappings()]

    def entry(self, account: str, number: int) -> Entry | None:
        row = (
            self.connection.execute(entries_of(account).where(notice_tables.notice.c.id == number))
            .mappings()
            .one_or_none()
        )
        return None if row is None else read_entry(row)

    def unread(self, account: str) -> int:
        query = sa.select(sa.func.count()).where(
            notice_tables.notice_recipient.c.account_id == tables.uuid_of(account),
            notice_tables.notice_recipient.c.read_at.is_(None),
        )
        return int(self.connection.execute(query).scalar_one())

    def mark_read(self, account: str, numbers: Sequence[int] | None) -> int:
        change = (
            sa.update(notice_tables.notice_recipient)
            .where(
                notice_tables.notice_recipient.c.account_id == tables.uuid_of(account),
                notice_tables.notice_recipient.c.read_at.is_(None),
            )
            .values(read_at=self.clock.now(), mail_due_at=None)
        )
        if numbers is not None:
            change = change.where(notice_tables.notice_recipient.c.notice_id.in_(list(numbers)))
        return self.connection.execute(change).rowcount

    def mail_setting(self, account: str) -> MailSetting:
        query = sa.select(notice_tables.mail_setting.c.address, notice_tables.mail_setting.c.mode).where(
            notice_tables.mail_setting.c.account_id == tables.uuid_of(account)
        )
        row = self.connection.execute(query).one_or_none()
        return MailSetting() if row is None else MailSetting(row.address, row.mode)

    def save_mail_setting(self, account: str, setting: MailSetting) -> None:
        values = {"address": setting.address, "mode": setting.mode, "changed_at": self.clock.now()}
        self.connection.execute(
            postgresql.insert(notice_tables.mail_setting)
            .values(account_id=tables.uuid_of(account), **values)
            .on_conflict_do_update(index_elements=["account_id"], set_=values)
        )


class SqlReminders:
    """`services.intake.notice_ports.Reminders` over one connection."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def of(self, cycle: str) -> CycleReminders:
        query = sa.select(notice_tables.cycle_reminder).join(tables.cycle).where(tables.cycle.c.code == cycle)
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            return CycleReminders()
        return CycleReminders(tuple(row["days"]), row["covenant_due_on"], row["comments_due_on"])

    def save(self, cycle: str, reminders: CycleReminders) -> None:
        values = {
            "days": list(reminders.days),
            "covenant_due_on": reminders.covenant_due_on,
            "comments_due_on": reminders.comments_due_on,
        }
        number = sa.select(tables.cycle.c.id).where(tables.cycle.c.code == cycle).scalar_subquery()
        self.connection.execute(
            postgresql.insert(notice_tables.cycle_reminder)
            .values(cycle_id=number, **values)
            .on_conflict_do_update(index_elements=["cycle_id"], set_=values)
        )

    def waiting(self, cycle: str) -> Sequence[Waiting]:
        assessment = tables.assessment
        rows = self.connection.execute(
            sa.select(assessment.c.unit, assessment.c.contributions)
            .join(tables.cycle, tables.cycle.c.id == assessment.c.cycle_id)
            .where(tables.cycle.c.code == cycle, sa.cast(assessment.c.contributions, sa.Text) != "{}")
            .order_by(assessment.c.unit)
        )
        return [one for row in rows for one in waiting_of(row.unit, contributions_of(row.contributions))]


def _granted(wanted: Sequence[Recipients]) -> list[sa.ColumnElement[bool]]:
    """Conditions on `grants` that every account meant fulfils; for many units of a role only its council is asked."""
    units: dict[tuple[str, str], set[str | None]] = {}
    for one in wanted:
        for role in one.roles:
            narrowed = one.unit if role in UNIT_ROLES else None
            units.setdefault((role.value, one.council), set()).add(narrowed)
    conditions: list[sa.ColumnElement[bool]] = []
    for (role_name, council), some in units.items():
        few = [[role_name, council, [unit]] for unit in sorted(map(str, some))] if None not in some else []
        if not 1 <= len(few) <= 20:
            few = [[role_name, council]]
        conditions += [account.c.grants.contains([claim]) for claim in few]
    return conditions


def entries_of(reader: str) -> sa.Select[Any]:
    """The lines of somebody's inbox with the titles of what they are about; for `read_entry`."""
    cycle, member, unit, council = tables.cycle, tables.cycle_member, tables.unit, tables.council
    return (
        sa.select(
            notice_tables.notice,
            notice_tables.notice_recipient.c.read_at,
            cycle.c.title.label("cycle_title"),
            sa.func.coalesce(member.c.title, unit.c.title).label("unit_title"),
        )
        .join(notice_tables.notice_recipient, notice_tables.notice_recipient.c.notice_id == notice_tables.notice.c.id)
        .outerjoin(cycle, cycle.c.code == notice_tables.notice.c.cycle)
        .outerjoin(member, sa.and_(member.c.cycle_id == cycle.c.id, member.c.unit == notice_tables.notice.c.unit))
        .outerjoin(council, council.c.code == notice_tables.notice.c.council)
        .outerjoin(unit, sa.and_(unit.c.council_id == council.c.id, unit.c.code == notice_tables.notice.c.unit))
        .where(notice_tables.notice_recipient.c.account_id == tables.uuid_of(reader))
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


def _detail_column(detail: Sentence | str) -> dict[str, Any]:
    if isinstance(detail, Sentence):
        return {"text": detail.text, "params": dict(detail.params)}
    return {"said": detail} if detail else {}


def _detail_of(document: Mapping[str, Any]) -> Sentence | str:
    if "text" in document:
        return Sentence(**document)
    return str(document.get("said", ""))
