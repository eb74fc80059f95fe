"""Notices and who reads them as rows."""

import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql

from services.intake.notices.model import NEVER, Addressee, Delivery, Notice, Recipients
from services.intake.notices.tables import mail_setting, notice, notice_recipient
from services.intake.people.tables import account
from services.intake.tables import uuid_of
from shared.clock import Clock
from shared.contracts.sentences import Sentence
from shared.people import UNIT_ROLES, Actor, Grant


class SqlNotices:
    """`services.intake.notices.ports.Notices` over one connection. `clock` says when something was read or written."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self.connection = connection
        self.clock = clock

    def people(self, wanted: Sequence[Recipients]) -> Sequence[Addressee]:
        asked = _granted(wanted)
        named = {number for one in wanted for text in one.accounts if (number := uuid_of(text))}
        if named:
            asked.append(account.c.id.in_(named))
        if not asked:
            return []
        rows = self.connection.execute(
            sa.select(account.c.id, account.c.name, account.c.home_units, account.c.grants, mail_setting.c.mode)
            .outerjoin(mail_setting, mail_setting.c.account_id == account.c.id)
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
            postgresql.insert(notice).on_conflict_do_nothing().returning(notice.c.id, notice.c.kind, notice.c.once),
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
            self.connection.execute(sa.insert(notice_recipient), rows)
        return len(rows)


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


def _detail_column(detail: Sentence | str) -> dict[str, Any]:
    if isinstance(detail, Sentence):
        return {"text": detail.text, "params": dict(detail.params)}
    return {"said": detail} if detail else {}
